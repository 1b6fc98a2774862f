using System.Net;
using B2D.Console.Tests.Town;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Cases;
using B2D.Storage.Outages;
using B2D.Storage.Remedies;

namespace B2D.Console.Tests;

public sealed class FormsTests
{
    [Fact]
    public async Task Case_TakenByForm_SaysSoOnceAndIsMine()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("It is yours now.", await browser.Follow(await browser.Post("/cases/1", "/cases/1/act", ("act", "take"), ("version", "1"))),
            StringComparison.Ordinal);
        Assert.DoesNotContain("It is yours now.", await browser.GetStringAsync("/cases/1"), StringComparison.Ordinal);
        Assert.Contains("#1 Pump blocked", SignedIn.Words(await browser.GetStringAsync("/cases?q=state:open+assignee:me")), StringComparison.Ordinal);
        Assert.DoesNotContain("#2 Gas", SignedIn.Words(await browser.GetStringAsync("/cases?q=state:open+assignee:me")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case_ChangedBySomebodyElse_SaysSoAndDoesNothing()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        host.Worker.CaseDesk.Act(1, 1, new CaseAct.Assign("marta"), "marta");
        var text = await browser.Follow(await browser.Post("/cases/1", "/cases/1/act", ("act", "resolve"), ("version", "1")));
        Assert.Contains("Nothing was done: somebody else changed this case in the meantime", text, StringComparison.Ordinal);
        Assert.Equal(("Working", "marta"), host.Stores.State.Read(db => CaseStore.Find(db, 1))! is var row ? (row.State, row.Assignee) : default);
    }

    [Fact]
    public async Task Steps_ByForm_AreAddedCompletedSkippedAndMoved()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        await Do(("act", "add-step"), ("text", "Ask the neighbour"), ("position", "3"));
        await Do(("act", "complete-step"), ("step", "2"));
        await Do(("act", "skip-step"), ("step", "3"));
        await Do(("act", "step-0"), ("step", "4"));
        var steps = host.Stores.State.Read(db => StepStore.List(db, 1));
        Assert.Equal(["Ask the neighbour Open", "Restart the pump Done", "Call the owner Done", "Visit with pump kit P-88 Skipped"],
            steps.Select(s => $"{s.Text} {s.State}"));

        async Task Do(params (string, string)[] fields)
        {
            var version = host.Stores.State.Read(db => CaseStore.Find(db, 1))!.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(HttpStatusCode.Redirect, (await browser.Post("/cases/1", "/cases/1/act", [.. fields, ("version", version)])).StatusCode);
        }
    }

    [Fact]
    public async Task Text_ThatIsTooLong_IsCutBetweenSigns_AndNotInOne()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        await browser.Post("/cases/1", "/cases/1/act", ("act", "note"), ("text", new string('x', 3999) + "😀"), ("version", "1"));
        Assert.Equal(new string('x', 3999), host.Stores.State.Read(db => TimelineStore.List(db, "case:1")).Single(l => l.Text.Contains("xxx", StringComparison.Ordinal)).Text);
    }

    [Fact]
    public async Task Wait_ByForm_ReadsTheTimeInTheConsolesZone()
    {
        await using var host = await TownHost.Open(options: o => o with { TimeZone = "America/New_York" });
        using var browser = await SignedIn.AsAdministrator(host);
        await browser.Post("/cases/1", "/cases/1/act", ("act", "wait"), ("version", "1"), ("kind", "parts"), ("for", "the part"), ("until", "2026-11-25T09:30"));
        var row = host.Stores.State.Read(db => CaseStore.Find(db, 1))!;
        Assert.Equal(new DateTimeOffset(2026, 11, 25, 14, 30, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), row.WaitingUntil);
        var bad = await browser.Follow(await browser.Post("/cases/1", "/cases/1/act", ("act", "wait"), ("version", "2"), ("for", "x"), ("until", "soon")));
        Assert.Contains("Until is missing or no time", bad, StringComparison.Ordinal);
        Assert.Equal("parts", row.WaitingKind);
        var page = SignedIn.Words(await browser.GetStringAsync("/cases/1"));
        Assert.Contains("waits for the part until", page, StringComparison.Ordinal);
        Assert.Contains("For whom the customer parts a third party", page, StringComparison.Ordinal);
        var kindless = await browser.Follow(await browser.Post("/cases/2", "/cases/2/act", ("act", "wait"), ("version", "1"), ("for", "x"), ("until", "2026-11-25T09:30")));
        Assert.Contains("Kind is one of customer, parts, third-party", kindless, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outage_ByForm_TakesCauseEstimateAndPromise()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        await browser.Post("/outages/1", "/outages/1/act", ("act", "set-cause"), ("version", "1"), ("text", "A digger cut the cable"));
        await browser.Post("/outages/1", "/outages/1/act", ("act", "set-estimate"), ("version", "2"), ("from", "2026-11-24T17:00"),
            ("until", "2026-11-24T19:00"));
        var text = await browser.Follow(await browser.Post("/outages/1", "/outages/1/act", ("act", "set-next-update"), ("version", "3"),
            ("at", "2026-11-24T16:00")));
        Assert.Contains("The next word is promised for then", text, StringComparison.Ordinal);
        Assert.Contains(
            "cause: A digger cut the cable · expected back between 17:00 and 19:00 · next word promised for 16:00", text, StringComparison.Ordinal);
        var past = await browser.Follow(await browser.Post("/outages/1", "/outages/1/act", ("act", "set-next-update"), ("version", "4"),
            ("at", "2026-11-24T10:00")));
        Assert.Contains("At lies in the future", past, StringComparison.Ordinal);
        Assert.Equal(4, host.Stores.State.Read(db => OutageStore.Find(db, 1))!.Version);
        using var stranger = host.Program("");
        Assert.Contains("A digger cut the cable", SignedIn.Words(await stranger.GetStringAsync("/status")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_ByForm_IsSentOrRefusedInWords()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("“restart” is on its way to HP-0010.",
            await browser.Follow(await browser.Post("/devices/HP-0010", "/devices/HP-0010/command", ("name", "restart"), ("args", "{\"soft\":true}"))),
            StringComparison.Ordinal);
        Assert.Contains("The arguments are a JSON object", await browser.Follow(
            await browser.Post("/devices/HP-0010", "/devices/HP-0010/command", ("name", "restart"), ("args", "soft"))), StringComparison.Ordinal);
        Assert.Contains("this device knows no such command", await browser.Follow(
            await browser.Post("/devices/HP-0010", "/devices/HP-0010/command", ("name", "explode"), ("args", ""))), StringComparison.Ordinal);
        Assert.Single(host.Stores.State.Read(db => CommandStore.Queued(db, 10)));
    }

    [Fact]
    public async Task Stop_ByForm_NeedsTheWordAndIsSeenOnEveryPage()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("Nothing was stopped: type STOP to confirm.",
            await browser.Follow(await browser.Post("/stop", "/stop", ("confirm", "yes"), ("reason", "x"))), StringComparison.Ordinal);
        await browser.Post("/stop", "/stop", ("confirm", "stop"), ("reason", "wrong template"));
        Assert.Contains("All notices and remedies are stopped since 14:20 by admin", SignedIn.Words(await browser.GetStringAsync("/cases")),
            StringComparison.Ordinal);
        await browser.Post("/stop", "/stop/resume");
        Assert.False(host.Desks.State.Stopped);
    }

    [Fact]
    public async Task Due_Fault_AndDemo_ByForm_ReachTheirDesks()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("Marked as done.", await browser.Follow(await browser.Post("/dues", "/dues/1/done", ("back", "/dues?q="))), StringComparison.Ordinal);
        await browser.Post("/devices/HP-0010", "/faults/1/act", ("act", "acknowledge"), ("back", "/devices/HP-0010"));
        await browser.Post("/devices/HP-0010", "/faults/1/act", ("act", "shelve"), ("until", "2026-11-25T12:00"), ("reason", "roof work"), ("back", "/devices/HP-0010"));
        var until = new ServerTime(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds());
        var device = DeviceId.Parse("HP-0010");
        Assert.Equal(
            [
                new Entry.Action(DeviceId.Parse("CM-0010"), "water-filter", FaultAction.DueDone, "admin", null, ""),
                new Entry.Action(device, "pump-blocked", FaultAction.Acknowledge, "admin", null, ""),
                new Entry.Action(device, "pump-blocked", FaultAction.Shelve, "admin", until, "roof work"),
            ],
            host.Submitted());
        Assert.Contains("The cabinet in Bonfim is cut", await browser.Follow(await browser.Post("/demo", "/demo/press", ("button", "CutCabinet"))),
            StringComparison.Ordinal);
        Assert.Contains("There is no such button.", await browser.Follow(await browser.Post("/demo", "/demo/press", ("button", "99"))),
            StringComparison.Ordinal);
        Assert.Equal([DemoButton.CutCabinet], host.Demo!.Pressed);
    }
}
