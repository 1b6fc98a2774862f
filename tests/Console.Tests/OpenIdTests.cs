using System.Net;
using B2D.Console.Access;
using B2D.Console.Tests.Town;
using B2D.Console.Users;
using B2D.Storage.Access;

namespace B2D.Console.Tests;

public sealed class OpenIdTests
{
    [Fact]
    public async Task User_WhoWasLinked_SignsInAndStaysThatPerson()
    {
        await using var issuer = await TownIssuer.Open(TownHost.Start);
        await using var host = await Open(issuer);
        var desk = new UserDesk(host.Stores, host.Clock);
        desk.Add("ana.lopes", Role.Lead, byPassword: true, "admin");
        using var admin = await SignedIn.AsAdministrator(host);
        Assert.Contains("comes from the organisation's own sign-in", await admin.Follow(await admin.Post("/users", "/users/ana.lopes/act", ("act", "link"))), StringComparison.Ordinal);
        using var ana = host.Browser();
        Assert.Contains("Sign in with Acme", SignedIn.Words(await ana.GetStringAsync("/signin?back=%2Fcases")), StringComparison.Ordinal);
        Assert.Equal("/cases", await Walk(ana, "/signin/openid?back=%2Fcases"));
        Assert.Contains("You are ana.lopes, and your role is lead", SignedIn.Words(await ana.GetStringAsync("/account")), StringComparison.Ordinal);
        // It is a sign-in as any other: forms work, and it ends with a lock.
        Assert.Contains("You are signed out there.", await ana.Follow(await AnotherEnds(host, ana)), StringComparison.Ordinal);
        desk.Act("ana.lopes", new UserAct.Lock(), "admin");
        Assert.Equal(HttpStatusCode.Redirect, (await ana.GetAsync(new Uri("/cases", UriKind.Relative))).StatusCode);
        Assert.Contains("this user is locked", await Refused(host), StringComparison.Ordinal);
        desk.Act("ana.lopes", new UserAct.Unlock(), "admin");
        issuer.Says["sub"] = "s-2";
        Assert.Contains("“ana.lopes” is somebody else", await Refused(host), StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_UnknownOrWithAPassword_IsRefused()
    {
        await using var issuer = await TownIssuer.Open(TownHost.Start);
        await using var host = await Open(issuer);
        Assert.Contains("there is no user “ana.lopes” here", await Refused(host), StringComparison.Ordinal);
        issuer.Says["preferred_username"] = "admin";
        Assert.Contains("“admin” has a password here", await Refused(host), StringComparison.Ordinal);
        new UserDesk(host.Stores, host.Clock).Add("rui", Role.Viewer, byPassword: false, "admin");
        issuer.Says["preferred_username"] = "rui";
        Assert.Contains("“rui” has a password here", await Refused(host), StringComparison.Ordinal); // or will, by the invitation
        issuer.Says.Remove("preferred_username");
        Assert.Contains("it did not say your name", await Refused(host), StringComparison.Ordinal);
        Assert.Contains(host.Stores.State.Read(db => AuditStore.List(db)), a => a.Action == "sign-in-failed" && a.Detail.Contains("openid", StringComparison.Ordinal));
    }

    [Fact]
    public async Task User_WithARoleFromThere_IsAddedAndFollowsIt()
    {
        await using var issuer = await TownIssuer.Open(TownHost.Start);
        await using var host = await Open(issuer, o => o with { RoleClaim = "roles" });
        Assert.Contains("gives you none of the roles", await Refused(host), StringComparison.Ordinal);
        issuer.Says["roles"] = new[] { "cook", "agent", "lead" };
        using var ana = host.Browser();
        await Walk(ana, "/signin/openid");
        Assert.Contains("your role is lead", SignedIn.Words(await ana.GetStringAsync("/account")), StringComparison.Ordinal);
        issuer.Says["roles"] = "viewer";
        using var later = host.Browser();
        await Walk(later, "/signin/openid");
        Assert.Contains("your role is viewer", SignedIn.Words(await ana.GetStringAsync("/account")), StringComparison.Ordinal);
        issuer.Says["preferred_username"] = "b2d";
        Assert.Contains("“b2d” is a name that B2D has for something else", await Refused(host), StringComparison.Ordinal);
        Assert.Equal(["users.add", "users.link", "users.role"], host.Stores.State.Read(db => AuditStore.List(db, who: "OpenID Connect")).Reverse().Select(a => a.Action));
    }

    [Fact]
    public async Task Issuer_WithANewKey_IsAskedForIt()
    {
        var clock = new StillClock(TownHost.Start);
        await using var issuer = await TownIssuer.Open(TownHost.Start);
        await using var host = await Open(issuer, o => o with { RoleClaim = "roles" }, clock);
        issuer.Says["roles"] = "agent";
        using var before = host.Browser();
        Assert.Equal("/", await Walk(before, "/signin/openid"));
        issuer.ChangeKey();
        // Not more than once a minute, whatever anybody sends.
        Assert.Contains("what it says of you is not good", await Refused(host), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(1));
        using var after = host.Browser();
        Assert.Equal("/", await Walk(after, "/signin/openid"));
    }

    [Theory]
    [InlineData("forged")]
    [InlineData("unsigned")]
    [InlineData("expired")]
    [InlineData("audience")]
    [InlineData("issuer")]
    [InlineData("nonce")]
    public async Task Token_ThatIsNotGood_SignsNobodyIn(string flaw)
    {
        await using var issuer = await TownIssuer.Open(TownHost.Start);
        await using var host = await Open(issuer, o => o with { RoleClaim = "roles" });
        issuer.Says["roles"] = "administrator";
        (issuer.Forged, issuer.WithoutSignature) = (flaw == "forged", flaw == "unsigned");
        var (claim, value) = flaw switch
        {
            "expired" => ("exp", (object)TownHost.Start.AddMinutes(-3).ToUnixTimeSeconds()),
            "audience" => ("aud", "another-console"),
            "issuer" => ("iss", "https://elsewhere.example"),
            "nonce" => ("nonce", "of another sign-in"),
            _ => ("sub", "s-1"),
        };
        issuer.Says[claim] = value;
        Assert.Contains(flaw == "nonce" ? "was said for another sign-in" : "what it says of you is not good", await Refused(host), StringComparison.Ordinal);
        Assert.Equal(["admin"], host.Stores.State.Read(UserStore.List).Select(u => u.Name));
    }

    [Fact]
    public async Task WayBack_OfAnotherBrowserOrMadeUp_SignsNobodyIn()
    {
        await using var issuer = await TownIssuer.Open(TownHost.Start);
        await using var host = await Open(issuer, o => o with { RoleClaim = "roles" });
        issuer.Says["roles"] = "administrator";
        using var attacker = host.Browser();
        var there = await attacker.GetAsync(new Uri("/signin/openid", UriKind.Relative));
        var back = (await attacker.GetAsync(there.Headers.Location)).Headers.Location!;
        foreach (var address in new[] { back.ToString(), "/signin/openid/back?code=x&state=y", "/signin/openid/back" })
        {
            using var victim = host.Browser();
            Assert.Contains("did not work: it was broken off", await victim.Follow(await victim.GetAsync(new Uri(address, UriKind.RelativeOrAbsolute))), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Redirect, (await victim.GetAsync(new Uri("/cases", UriKind.Relative))).StatusCode);
        }
    }

    [Fact]
    public async Task Issuer_ThatDoesNotAnswer_IsSaidInWords()
    {
        await using var host = await TownHost.Open(seeded: false, options: o => o with
        {
            OpenId = new OpenIdOptions { Authority = "http://127.0.0.1:1", ClientId = "x", ClientSecret = "x", Title = "Acme" },
        });
        Assert.Contains("Signing in with Acme did not work: it does not answer as it should", await Refused(host), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_ThatAreWrong_AreAllNamed()
    {
        Assert.Empty(new OpenIdOptions().Problems());
        Assert.Empty(new OpenIdOptions { Authority = "https://id.example.org", ClientId = "x", ClientSecret = "y" }.Problems());
        var problems = new OpenIdOptions { Authority = "http://id.example.org", ClientSecret = new string('s', 501), Title = "", NameClaim = "", RoleClaim = new string('r', 201) }.Problems();
        Assert.Equal(6, problems.Count);
        Assert.DoesNotContain(problems, p => p.Contains("sss", StringComparison.Ordinal));
    }

    private static Task<TownHost> Open(TownIssuer issuer, Func<OpenIdOptions, OpenIdOptions>? options = null, TimeProvider? clock = null)
    {
        var chosen = new OpenIdOptions { Authority = issuer.Address, ClientId = TownIssuer.ClientId, ClientSecret = TownIssuer.Secret, Title = "Acme" };
        return TownHost.Open(seeded: false, options: o => o with { OpenId = options?.Invoke(chosen) ?? chosen }, clock: clock);
    }

    /// <summary>To the issuer and back as a browser goes; where it ends.</summary>
    private static async Task<string> Walk(HttpClient browser, string from)
    {
        var answer = await browser.GetAsync(new Uri(from, UriKind.Relative));
        for (var step = 0; step < 2; step++)
        {
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            answer = await browser.GetAsync(answer.Headers.Location);
        }
        return answer.Headers.Location!.OriginalString;
    }

    /// <summary>What somebody reads who tries and is not let in.</summary>
    private static async Task<string> Refused(TownHost host)
    {
        using var browser = host.Browser();
        var answer = await browser.GetAsync(new Uri("/signin/openid", UriKind.Relative));
        for (var step = 0; answer.StatusCode == HttpStatusCode.Redirect && step < 5; step++)
            answer = await browser.GetAsync(answer.Headers.Location);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync(new Uri("/cases", UriKind.Relative))).StatusCode);
        return SignedIn.Words(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Signs the same person in from another browser, and ends that from this one by its form.</summary>
    private static async Task<HttpResponseMessage> AnotherEnds(TownHost host, HttpClient here)
    {
        using var there = host.Browser();
        var before = host.Stores.State.Read(db => SignInStore.OfUser(db, "ana.lopes")).Select(s => s.Id).ToHashSet();
        await Walk(there, "/signin/openid");
        var id = host.Stores.State.Read(db => SignInStore.OfUser(db, "ana.lopes")).Single(s => !before.Contains(s.Id)).Id;
        return await here.Post("/account", "/account/sign-ins", ("id", id));
    }
}
