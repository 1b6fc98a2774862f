using System.Net;
using System.Text.Json;
using B2D.Console.Access;
using B2D.Console.Tests.Town;
using B2D.Storage.Access;

namespace B2D.Console.Tests;

public sealed class SignInTests
{
    [Fact]
    public async Task SignIns_OfMyOwn_AreListedAndEnd()
    {
        var clock = new StillClock(TownHost.Start);
        await using var host = await TownHost.Open(seeded: false, clock: clock);
        host.AddUser("rui", "ruisrui", "viewer");
        using var first = await SignedIn.AsAdministrator(host);
        clock.Advance(TimeSpan.FromMinutes(10));
        using var second = await SignedIn.AsAdministrator(host);
        using var third = await SignedIn.AsAdministrator(host);
        using var other = await SignedIn.As(host, "rui", "ruisrui");
        var page = SignedIn.Words(await second.GetStringAsync("/account"));
        Assert.Contains("127.0.0.1 (here) 14:30 just now Sign out", page, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1 14:20 10 min ago Sign out", page, StringComparison.Ordinal);
        var oldest = host.Stores.State.Read(db => SignInStore.OfUser(db, "admin")).Single(s => s.SinceAt == TownHost.Start.ToUnixTimeMilliseconds());

        Assert.Contains("Nothing was ended", await other.Follow(await other.Post("/account", "/account/sign-ins", ("id", oldest.Id))), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await Open(first));
        Assert.Contains("You are signed out there.", await second.Follow(await second.Post("/account", "/account/sign-ins", ("id", oldest.Id))), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, await Open(first));
        await second.Post("/account", "/account/sign-ins");
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Redirect, HttpStatusCode.OK], new[] { await Open(second), await Open(third), await Open(other) });
    }

    [Fact]
    public async Task SignIn_Unused_EndsAfterTwoHoursAndUsedAfterTwelve()
    {
        var clock = new StillClock(TownHost.Start);
        await using var host = await TownHost.Open(seeded: false, clock: clock);
        using var idle = await SignedIn.AsAdministrator(host);
        using var used = await SignedIn.AsAdministrator(host);
        for (var minutes = 0; minutes < 12 * 60 - 60; minutes += 60)
        {
            clock.Advance(TimeSpan.FromHours(1));
            Assert.Equal(HttpStatusCode.OK, await Open(used));
            if (minutes == 60)
                Assert.Equal(HttpStatusCode.Redirect, await Open(idle));
        }
        clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(HttpStatusCode.OK, await Open(used));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(HttpStatusCode.Redirect, await Open(used));
        using var next = await SignedIn.AsAdministrator(host);
        Assert.Single(host.Stores.State.Read(db => SignInStore.OfUser(db, "admin"))); // the old ones are forgotten
    }

    [Fact]
    public async Task SignIn_OfAPageThatOnlyKeepsItselfCurrent_EndsToo()
    {
        var clock = new StillClock(TownHost.Start);
        await using var host = await TownHost.Open(seeded: false, clock: clock);
        using var browser = await SignedIn.AsAdministrator(host);
        browser.DefaultRequestHeaders.Add("X-B2D-Part", "1");
        clock.Advance(TimeSpan.FromMinutes(100));
        Assert.Equal(HttpStatusCode.OK, await Open(browser));
        clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(HttpStatusCode.Redirect, await Open(browser));
    }

    [Fact]
    public async Task SignIn_OutAndFailed_AreInTheAuditWithoutPasswords()
    {
        await using var host = await TownHost.Open(seeded: false, options: o => o with { SignInAttempts = 1000 });
        using var browser = await SignedIn.AsAdministrator(host);
        await browser.Post("/", "/signout");
        await browser.Post("/signin", "/signin", ("name", "admin"), ("password", "not-the-one"));
        await browser.Post("/signin", "/signin", ("name", "hunter2-typed-into-the-name"), ("password", "not-the-one"));
        var audit = AuditOf(host);
        Assert.Equal(
            [
                """admin signed-in user:admin {"address":"127.0.0.1"}""", "admin signed-out user:admin {}",
                """b2d sign-in-failed user:admin {"address":"127.0.0.1","why":"password","known":true,"leftOutBefore":0}""",
                """b2d sign-in-failed user:hun… {"address":"127.0.0.1","why":"password","known":false,"leftOutBefore":0}""",
            ],
            audit);
    }

    [Fact]
    public void FailedSignIns_Many_AreCountedAndNotAllWritten()
    {
        using var stores = B2D.Storage.Stores.InMemory();
        var clock = new StillClock(TownHost.Start);
        var failed = new FailedSignIns(stores, clock);
        for (var i = 0; i < FailedSignIns.Most + 30; i++)
            failed.Note(null, "x", "192.0.2.1", "password");
        Assert.Equal(FailedSignIns.Most, stores.State.Read(db => AuditStore.List(db, limit: 1000)).Count);
        clock.Advance(FailedSignIns.Window);
        failed.Note("admin", "admin", "192.0.2.1", "password");
        failed.Note("admin", "admin", "192.0.2.1", "password");
        var last = stores.State.Read(db => AuditStore.List(db, limit: 2));
        Assert.Equal([0L, 30L], last.Select(a => JsonElement.Parse(a.Detail).GetProperty("leftOutBefore").GetInt64()));
    }

    private static async Task<HttpStatusCode> Open(HttpClient browser) => (await browser.GetAsync(new Uri("/cases", UriKind.Relative))).StatusCode;

    private static string[] AuditOf(TownHost host) =>
        [.. host.Stores.State.Read(db => AuditStore.List(db, limit: 1000)).Reverse().Select(a => $"{a.Who} {a.Action} {a.Subject} {a.Detail}")];
}
