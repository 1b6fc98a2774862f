using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Access;
using B2D.Console.Tests.Town;
using B2D.Core;
using B2D.Storage.Access;

namespace B2D.Console.Tests;

public sealed class AccessTests(SharedTown town) : IClassFixture<SharedTown>
{
    [Fact]
    public async Task Key_InEitherHeader_SignsIn_AndOthersDoNot()
    {
        using var client = town.Host.Program("");
        Assert.Equal(HttpStatusCode.OK, await Get("X-Api-Key", town.Host.ReadKey));
        Assert.Equal(HttpStatusCode.OK, await Get("Authorization", "bearer " + town.Host.ReadKey));
        Assert.Equal(HttpStatusCode.Unauthorized, await Get("Authorization", "Bearer b2d_wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Get("X-Api-Key", town.Host.ReadKey[..^1] + (town.Host.ReadKey[^1] == 'A' ? 'B' : 'A')));
        Assert.Equal(HttpStatusCode.Unauthorized, await Get("Authorization", "Basic " + town.Host.ReadKey));

        async Task<HttpStatusCode> Get(string header, string value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/cases");
            request.Headers.TryAddWithoutValidation(header, value);
            return (await client.SendAsync(request)).StatusCode;
        }
    }

    [Fact]
    public async Task Key_Revoked_IsRefused()
    {
        await using var host = await TownHost.Open(seeded: false);
        using var reader = host.Program(host.ReadKey);
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync(new Uri("/api/cases", UriKind.Relative))).StatusCode);
        var id = host.Stores.State.Read(KeyStore.List).Single(k => k.Name == "reader");
        Assert.Equal(TownHost.Start.ToUnixTimeMilliseconds(), id.LastUsedAt);
        host.Stores.State.Write(db => KeyStore.Revoke(db, id.Id, 1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await reader.GetAsync(new Uri("/api/cases", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public void Keys_Created_AreStoredOnlyAsTheirHash()
    {
        using var stores = B2D.Storage.Stores.InMemory();
        var key = stores.State.Write(db => ApiKeys.Create(db, "backup", "read", new ServerTime(5)));
        Assert.Matches("^b2d_[A-Za-z0-9_-]{43}$", key);
        var row = stores.State.Read(KeyStore.List).Single();
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)), row.Hash);
        Assert.Throws<ArgumentException>(() => stores.State.Write(db => ApiKeys.Create(db, "x", "all", new ServerTime(5))));
        Assert.Throws<ArgumentException>(() => stores.State.Write(db => ApiKeys.Create(db, "", "read", new ServerTime(5))));
    }

    [Fact]
    public void FirstAdministrator_Ensured_IsMadeOnce()
    {
        using var stores = B2D.Storage.Stores.InMemory();
        var password = FirstAdministrator.Ensure(stores, new ServerTime(5));
        Assert.Matches("^([a-z2-9]{4}-){5}[a-z2-9]{4}$", password);
        Assert.Null(FirstAdministrator.Ensure(stores, new ServerTime(6)));
        var user = stores.State.Read(UserStore.List).Single();
        Assert.True(Passwords.Matches(password!, user.Hash, user.Salt));
        Assert.False(Passwords.Matches(password + "x", user.Hash, user.Salt));
    }

    [Fact]
    public async Task SignIn_WithAWrongPassword_IsRefusedAndThenHeldOff()
    {
        var clock = new StillClock(TownHost.Start);
        await using var host = await TownHost.Open(seeded: false, options: o => o with { SignInAttempts = 3 }, clock: clock);
        using var browser = host.Browser();
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await browser.Post("/signin", "/signin", ("name", i == 1 ? "nobody" : "admin"), ("password", "wrong")))
                .StatusCode);
        var held = await browser.Post("/signin", "/signin", ("name", "admin"), ("password", host.Password));
        Assert.Equal(HttpStatusCode.TooManyRequests, held.StatusCode);
        Assert.Contains("Too many attempts from here. Try again in 5 min", SignedIn.Words(await held.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Post("/signin", "/signin", ("name", "admin"), ("password", host.Password))).StatusCode);
    }

    [Fact]
    public async Task SignIn_BehindAProxy_HoldsOffWhoGuesses_AndInventedAddressesInAll()
    {
        await using var host = await TownHost.Open(seeded: false, options: o => o with { SignInAttempts = 1 }, clock: new StillClock(TownHost.Start));
        async Task<HttpStatusCode> From(string address, string password)
        {
            using var browser = host.Browser();
            browser.DefaultRequestHeaders.Add("X-Forwarded-For", address);
            return (await browser.Post("/signin", "/signin", ("name", "admin"), ("password", password))).StatusCode;
        }
        Assert.Equal(HttpStatusCode.Unauthorized, await From("203.0.113.7", "wrong"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await From("203.0.113.7", host.Password));
        Assert.Equal(HttpStatusCode.Redirect, await From("203.0.113.8", host.Password));
        for (var i = 1; i < 20; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await From($"198.51.100.{i}", "wrong"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await From("198.51.100.99", host.Password));
    }

    [Theory]
    [InlineData("/cases?q=state:open", "/cases?q=state:open")]
    [InlineData("//evil.example/", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("", "/")]
    public async Task SignIn_GoesBack_OnlyWithinTheSite(string back, string expected)
    {
        using var browser = town.Host.Browser();
        var answer = await browser.Post("/signin", "/signin", ("name", "admin"), ("password", town.Host.Password), ("back", back));
        Assert.Equal(expected, answer.Headers.Location!.OriginalString);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("b2d=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task SignIn_AfterPasswordChangeOrSignOut_Ends()
    {
        await using var host = await TownHost.Open(seeded: false);
        using var first = await SignedIn.AsAdministrator(host);
        using var second = await SignedIn.AsAdministrator(host);
        Assert.Equal("/signin", (await first.Post("/", "/signout")).Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, (await first.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await second.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
        var (hash, salt) = Passwords.Make("another", rounds: 10);
        host.Stores.State.Write(db => UserStore.SetPassword(db, "admin", hash, salt));
        Assert.Equal(HttpStatusCode.Redirect, (await second.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Form_WithoutItsToken_DoesNothing()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        foreach (var path in new[] { "/cases/1/act", "/outages/1/act", "/devices/HP-0010/command", "/dues/1/done", "/faults/1/act", "/stop", "/demo/press",
            "/signin" })
        {
            var answer = await browser.Send(path, ("act", "take"), ("version", "1"), ("name", "restart"), ("confirm", "STOP"), ("button", "Repair"));
            Assert.True(HttpStatusCode.BadRequest == answer.StatusCode, $"{path}: {answer.StatusCode}");
        }
        Assert.Empty(host.Acts);
        Assert.Empty(host.Submitted());
        Assert.Empty(host.Demo!.Pressed);
        Assert.False(host.Desks.State.Stopped);
    }

    [Fact]
    public async Task Api_WritingByCookie_NeedsAToken()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(new Uri("/api/cases", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsJsonAsync("/api/cases/1/acts", new { act = "take", version = 1 })).StatusCode);
        var page = await browser.GetStringAsync("/cases/1");
        browser.DefaultRequestHeaders.Add("X-B2D-Token", System.Text.RegularExpressions.Regex.Match(page, "name=\"__token\" value=\"([^\"]+)\"")
            .Groups[1].Value);
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsJsonAsync("/api/cases/1/acts", new { act = "take", version = 1 })).StatusCode);
    }

    [Fact]
    public async Task Viewer_SeesPagesWithoutForms_AndMayNotAct()
    {
        await using var host = await TownHost.Open();
        host.AddUser("vera", "veravera", "viewer");
        using var browser = await SignedIn.As(host, "vera", "veravera");
        var page = await browser.GetStringAsync("/cases/1");
        Assert.DoesNotContain("action=\"/cases/1/act\"", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Post("/", "/cases/1/act", ("act", "take"), ("version", "1"))).StatusCode);
        Assert.Empty(host.Acts);
    }

    [Fact]
    public async Task AutoSignIn_OnThisMachine_OpensPagesButNotTheApi()
    {
        await using var host = await TownHost.Open(options: o => o with { AutoSignIn = true });
        using var stranger = host.Program("");
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(new Uri("/api/cases", UriKind.Relative))).StatusCode);
        using var browser = host.Browser();
        Assert.Contains("demo", SignedIn.Words(await browser.GetStringAsync("/")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(new Uri("/api/cases", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Post("/cases/1", "/cases/1/act", ("act", "take"), ("version", "1"))).StatusCode);
        Assert.Single(host.Acts);
    }

    [Theory]
    [InlineData("Host", "console.example")]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    [InlineData("Forwarded", "for=192.0.2.1")]
    public async Task AutoSignIn_ThroughAProxyOrAForeignName_DoesNothing(string header, string value)
    {
        await using var host = await TownHost.Open(seeded: false, options: o => o with { AutoSignIn = true });
        using var client = host.Program("");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation(header, value);
        Assert.Equal(HttpStatusCode.Redirect, (await client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Refusal_OfTheApi_IsAProblemInPlainWords()
    {
        using var stranger = town.Host.Program("");
        var problem = await (await stranger.GetAsync(new Uri("/api/cases", UriKind.Relative))).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(401, problem.GetProperty("status").GetInt32());
        Assert.Contains("Authorization: Bearer b2d_", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
