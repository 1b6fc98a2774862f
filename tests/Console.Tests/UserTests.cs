using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using B2D.Console.Access;
using B2D.Console.Tests.Town;
using B2D.Console.Users;
using B2D.Core;
using B2D.Storage.Access;
using B2D.Storage.Cases;

namespace B2D.Console.Tests;

public sealed partial class UserTests
{
    private const string Sentence = "a blue horse eats plums";

    [Fact]
    public async Task User_AddedByForm_ChoosesAPasswordByTheLinkOnceAndSignsIn()
    {
        await using var host = await TownHost.Open(seeded: false);
        using var admin = await SignedIn.AsAdministrator(host);
        var said = await admin.Follow(await admin.Post("/users", "/users", ("name", "ana"), ("role", "lead")));
        Assert.Contains("ana is added, as lead.", said, StringComparison.Ordinal);
        var link = LinkOf(said);
        Assert.StartsWith(host.Address.GetLeftPart(UriPartial.Authority), link, StringComparison.Ordinal);
        Assert.DoesNotContain(link, await admin.GetStringAsync("/users"), StringComparison.Ordinal);
        Assert.Contains("ana lead Invited", SignedIn.Words(await admin.GetStringAsync("/users")), StringComparison.Ordinal);
        using var ana = host.Browser();
        // Looking at it, as programs that check links do, uses nothing up.
        Assert.Contains("You sign in as ana", SignedIn.Words(await ana.GetStringAsync(link)), StringComparison.Ordinal);
        foreach (var (password, again, flaw) in new[] { ("short", "short", "12 to 200"), (Sentence, Sentence + "!", "differ"), ("aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa", "five different"),
            ("anaanaana12345", "anaanaana12345", "user's name") })
        {
            var refused = await ana.Post(link, "/invitation", ("token", TokenOf(link)), ("password", password), ("again", again));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains(flaw, SignedIn.Words(await refused.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        }
        Assert.Contains("Your password is set. Sign in as ana.",
            await ana.Follow(await ana.Post(link, "/invitation", ("token", TokenOf(link)), ("password", Sentence), ("again", Sentence))), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await ana.GetAsync(new Uri(link))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await ana.Post("/signin", "/invitation", ("token", TokenOf(link)), ("password", Sentence), ("again", Sentence))).StatusCode);
        Assert.Equal("/", (await ana.Post("/signin", "/signin", ("name", "ana"), ("password", Sentence))).Headers.Location!.OriginalString);
        Assert.Contains("your role is lead", SignedIn.Words(await ana.GetStringAsync("/account")), StringComparison.Ordinal);
        Assert.Equal(
            [
                """admin users.add user:ana {"role":"lead","by":"invitation"}""", """ana users.password user:ana {"by":"invitation"}""",
                """ana signed-in user:ana {"address":"127.0.0.1"}""",
            ],
            AuditOf(host).Where(a => a.Contains("ana", StringComparison.Ordinal)));
        AssertNoSecretIn(host, TokenOf(link), Sentence);
    }

    [Fact]
    public async Task Invitation_AfterADay_IsNotGoodAnyMore()
    {
        var clock = new StillClock(TownHost.Start);
        await using var host = await TownHost.Open(seeded: false, clock: clock);
        var desk = new UserDesk(host.Stores, clock);
        var first = desk.Add("ana", Role.Agent, byPassword: false, "admin").Admission!;
        var second = desk.Act("ana", new UserAct.Invite(), "admin").Admission!;
        Assert.Null(desk.InvitedBy(first.Secret));
        Assert.Equal(TownHost.Start.AddDays(1).ToUnixTimeMilliseconds(), second.Until!.Value.EpochMs);
        clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMilliseconds(1));
        Assert.Equal("ana", desk.InvitedBy(second.Secret));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(desk.InvitedBy(second.Secret));
        using var browser = host.Browser();
        var gone = await browser.GetAsync(new Uri("/invitation/" + second.Secret, UriKind.Relative));
        Assert.Contains("This link is not good any more", SignedIn.Words(await gone.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        using var admin = await SignedIn.AsAdministrator(host);
        Assert.Contains("the link ended", SignedIn.Words(await admin.GetStringAsync("/users")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UserLocked_TheirCasesAreNobodys_AndNothingIsGivenToThem()
    {
        await using var host = await TownHost.Open();
        host.AddUser("marta", "martamarta", "agent");
        host.AddUser("eve", "evesevesev", "viewer");
        using var admin = await SignedIn.AsAdministrator(host);
        Assert.Contains("marta is locked and signed out. 1 open case is nobody’s again.", await admin.Follow(await admin.Post("/users", "/users/marta/act", ("act", "lock"))), StringComparison.Ordinal);
        Assert.Equal(("", "New"), host.Stores.State.Read(db => CaseStore.Find(db, 3)!) is var theirs ? (theirs.Assignee, theirs.State) : default);
        Assert.Contains("marta is locked", await Give("marta"), StringComparison.Ordinal);
        Assert.Contains("there is no user matra", await Give("matra"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("eve may only look at cases", await Give("eve"), StringComparison.OrdinalIgnoreCase);

        async Task<string> Give(string to) => await admin.Follow(await admin.Post("/cases/1", "/cases/1/act", ("act", "assign"), ("to", to), ("version", "1")));
    }

    [Fact]
    public async Task User_ChangedByForms_IsWhatTheyMayAtOnce()
    {
        await using var host = await TownHost.Open();
        host.AddUser("ana", "anasana", "agent");
        using var admin = await SignedIn.AsAdministrator(host);
        using var ana = await SignedIn.As(host, "ana", "anasana");
        Assert.Equal(HttpStatusCode.Forbidden, (await ana.Post("/", "/stop/resume")).StatusCode);

        Assert.Contains("ana is operator now.", await Do("role", "operator"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await ana.Post("/", "/stop/resume")).StatusCode);
        Assert.Contains("Nothing was done: ana has that role already.", await Do("role", "operator"), StringComparison.Ordinal);
        Assert.Contains("Nothing was done: that cannot be done to a user.", await Do("role", "king"), StringComparison.Ordinal);

        Assert.Contains("ana is signed out everywhere.", await Do("end-sign-ins"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await ana.GetAsync(new Uri("/cases", UriKind.Relative))).StatusCode);
        using var again = await SignedIn.As(host, "ana", "anasana");
        Assert.Contains("ana is locked and signed out.", await Do("lock"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await again.GetAsync(new Uri("/cases", UriKind.Relative))).StatusCode);
        var refused = await again.Post("/signin", "/signin", ("name", "ana"), ("password", "anasana"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("This user is locked.", SignedIn.Words(await refused.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Contains("Nothing was done: ana is locked; unlock them first.", await Do("invite"), StringComparison.Ordinal);
        Assert.Contains("ana may sign in again.", await Do("unlock"), StringComparison.Ordinal);
        using var back = await SignedIn.As(host, "ana", "anasana");

        Assert.Contains("The password of ana is no longer good.", await Do("invite"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await back.GetAsync(new Uri("/cases", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await back.Post("/signin", "/signin", ("name", "ana"), ("password", "anasana"))).StatusCode);
        Assert.Equal(
            [
                """users.role user:ana {"from":"agent","to":"operator"}""", """users.end-sign-ins user:ana {"ended":1}""", "users.lock user:ana {}", "users.unlock user:ana {}",
                """users.password user:ana {"by":"invitation"}""",
            ],
            AuditOf(host).Where(a => a.StartsWith("admin users.", StringComparison.Ordinal)).Select(a => a["admin ".Length..]));

        async Task<string> Do(string act, string role = "") => await admin.Follow(await admin.Post("/users", "/users/ana/act", ("act", act), ("role", role)));
    }

    [Theory]
    [InlineData("lock", "", "admin is the last administrator; make another one first")]
    [InlineData("role", "operator", "admin is the last administrator; make another one first")]
    [InlineData("invite", "", "admin is the last administrator and would be locked out")]
    public async Task LastAdministrator_StaysOne(string act, string role, string why)
    {
        await using var host = await TownHost.Open(seeded: false);
        // Neither one who is locked nor one who has no password could sign in.
        host.AddUser("rui", "ruisrui", "administrator");
        host.Stores.State.Write(db => UserStore.SetLocked(db, "rui", 5));
        var desk = new UserDesk(host.Stores, host.Clock);
        desk.Add("eva", Role.Administrator, byPassword: false, "admin");
        using var program = host.Program(host.AdministratorKey);
        var refused = await program.PostAsJsonAsync("/api/users/admin/acts", new { act, role });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains(why, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.IsType<ActOutcome.Done>(desk.Act("rui", new UserAct.Unlock(), "admin").Outcome);
        Assert.Equal(HttpStatusCode.OK, (await program.PostAsJsonAsync("/api/users/admin/acts", new { act, role })).StatusCode);
        Assert.IsType<ActOutcome.Rejected>(desk.Act("rui", new UserAct.Lock(), "admin").Outcome);
    }

    [Fact]
    public async Task Users_ByTheApi_AreAddedListedAndRefusedInWords()
    {
        await using var host = await TownHost.Open(seeded: false);
        using var program = host.Program(host.AdministratorKey);
        var made = await program.PostAsJsonAsync("/api/users", new { name = "ana", role = "agent", password = true });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var password = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("password").GetString()!;
        using var ana = await SignedIn.As(host, "ana", password);
        var invited = await (await program.PostAsJsonAsync("/api/users", new { name = "rui", role = "viewer" })).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Matches("/invitation/[A-Za-z0-9_-]{43}$", invited.GetProperty("invitation").GetString());
        Assert.Equal("2026-11-25T14:20:00.000Z", invited.GetProperty("until").GetString());
        var items = (await program.GetFromJsonAsync<JsonElement>("/api/users?role=agent,viewer")).GetProperty("items").EnumerateArray()
            .Select(u => $"{u.GetProperty("name")} {u.GetProperty("role")} {u.GetProperty("state")} {u.GetProperty("signIns")}");
        Assert.Equal(["ana agent active 1", "rui viewer invited 0"], items);

        Assert.Equal(HttpStatusCode.Conflict, (await program.PostAsJsonAsync("/api/users", new { name = "ana", role = "agent" })).StatusCode);
        foreach (var name in new[] { "", "x", "Ana", "a b", "ana:x", "-ana", "ana.", "b2d", "demo", "key:x", new string('a', 41), "ana\n" })
            Assert.Equal(name.Trim() == "ana" ? HttpStatusCode.Conflict : HttpStatusCode.UnprocessableEntity, (await program.PostAsJsonAsync("/api/users", new { name, role = "agent" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await program.PostAsJsonAsync("/api/users", new { name = "eva", role = "king" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await program.PostAsJsonAsync("/api/users/ana/acts", new { act = "praise" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await program.PostAsJsonAsync("/api/users/nobody/acts", new { act = "lock" })).StatusCode);
        var renewed = await (await program.PostAsJsonAsync("/api/users/ana/acts", new { act = "password" })).Content.ReadFromJsonAsync<JsonElement>();
        Assert.NotEqual(password, renewed.GetProperty("password").GetString());
        Assert.Equal(HttpStatusCode.Redirect, (await ana.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
        AssertNoSecretIn(host, password, renewed.GetProperty("password").GetString()!, invited.GetProperty("invitation").GetString()!.Split('/')[^1]);
    }

    [Fact]
    public async Task OwnPassword_Changed_EndsTheOtherSignIns()
    {
        await using var host = await TownHost.Open(seeded: false);
        using var here = await SignedIn.AsAdministrator(host);
        using var there = await SignedIn.AsAdministrator(host);
        Assert.Contains("that is not your password", await Change("wrong", Sentence, Sentence), StringComparison.Ordinal);
        Assert.Contains("The two new passwords differ.", await Change(host.Password, Sentence, "x"), StringComparison.Ordinal);
        Assert.Contains("12 to 200", await Change(host.Password, "short", "short"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
        Assert.Contains("Your password is changed.", await Change(host.Password, Sentence, Sentence), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await there.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
        using var anew = await SignedIn.As(host, "admin", Sentence);
        Assert.Contains("""admin users.password user:admin {"by":"themselves"}""", AuditOf(host));
        AssertNoSecretIn(host, Sentence);

        async Task<string> Change(string current, string password, string again) => await here.Follow(
            await here.Post("/account", "/account/password", ("current", current), ("password", password), ("again", again)));
    }

    private static string[] AuditOf(TownHost host) =>
        [.. host.Stores.State.Read(db => AuditStore.List(db, limit: 1000)).Reverse().Select(a => $"{a.Who} {a.Action} {a.Subject} {a.Detail}")];

    private static void AssertNoSecretIn(TownHost host, params string[] secrets) =>
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, string.Join('\n', AuditOf(host)), StringComparison.Ordinal));

    private static string LinkOf(string said) => Link().Match(said).Value;

    private static string TokenOf(string link) => link.Split('/')[^1];

    [GeneratedRegex("http://[^ ]+/invitation/[A-Za-z0-9_-]{43}")]
    private static partial Regex Link();
}
