using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Storage.Access;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Console.Tests;

/// <summary>An outage that is over is looked at again: what it was to customers, what was found, what is to be done.</summary>
public sealed class ReviewTests
{
    private const long Over = 2;
    private static readonly long Now = TownHost.Start.ToUnixTimeMilliseconds();

    [Fact]
    public async Task OpenedOwnedFoundPlannedAndDone_IsOnThePagesAndInTheAudit()
    {
        await using var host = await TownHost.Open(options: o => o with { TimeZone = "Europe/Lisbon" });
        using var browser = await SignedIn.AsAdministrator(host);
        const string Page = "/outages/2/review";

        Assert.Contains("not reviewed", SignedIn.Words(await browser.GetStringAsync(Page)), StringComparison.Ordinal);
        Assert.Contains("The review is open.", await Act(browser, 0, ("act", "open")), StringComparison.Ordinal);
        // Five working days from Tuesday, by the end of the next one.
        Assert.Equal(new DateTimeOffset(2026, 12, 2, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), Find(host).DueAt);
        Assert.Contains("at least one finding", await Act(browser, 1, ("act", "close")), StringComparison.Ordinal);
        Assert.Contains("there is no user nobody", await Act(browser, 1, ("act", "assign"), ("owner", "nobody")), StringComparison.Ordinal);
        Assert.Contains("The review is admin’s.", await Act(browser, 1, ("act", "assign"), ("owner", "admin")), StringComparison.Ordinal);
        Assert.Contains("Written down.", await Act(browser, 2, ("act", "find"), ("text", "<script>alert(1)</script> the cable was not marked")), StringComparison.Ordinal);
        Assert.Contains("admin does it.", await Act(browser, 3, ("act", "plan"), ("text", "Mark the cables"), ("owner", "admin"), ("due", "2026-12-18")), StringComparison.Ordinal);
        Assert.Contains("somebody else changed the review", await Act(browser, 1, ("act", "close")), StringComparison.Ordinal);
        Assert.Contains("The review is done.", await Act(browser, 4, ("act", "close")), StringComparison.Ordinal);
        var note = host.Stores.State.Read(db => ReviewStore.Notes(db, Over))[1].Id;
        Assert.Contains("Mark the cables", SignedIn.Words(await browser.GetStringAsync("/reviews?q=state:done")), StringComparison.Ordinal);
        Assert.Contains("Done.", await Act(browser, 5, ("act", "finish"), ("note", note.ToString(System.Globalization.CultureInfo.InvariantCulture))), StringComparison.Ordinal);

        var html = await browser.GetStringAsync(Page);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.Contains("the cable was not marked", html, StringComparison.Ordinal);
        Assert.Contains("To do by admin until 18 Dec 23:59: Mark the cables", SignedIn.Words(html), StringComparison.Ordinal);
        Assert.Equal(["review.assign", "review.close", "review.find", "review.finish", "review.open", "review.plan"], host.Stores.State.Read(db => AuditStore.List(db, 6)).Select(a => a.Action).Order());
        // The audit forgets nothing: what people wrote is not in it.
        var audit = host.Stores.State.Read(db => AuditStore.List(db)).Where(a => a.Action.StartsWith("review.", StringComparison.Ordinal)).ToDictionary(a => a.Action, a => a.Detail);
        Assert.DoesNotContain(audit.Values, d => d.Contains("cable", StringComparison.Ordinal));
        Assert.Contains("\"characters\":15,\"owner\":\"admin\"", audit["review.plan"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Figures_AreOfTheLedgerAndOfContacts()
    {
        await using var host = await TownHost.Open(options: o => o with { CompensationPerDay = 4, CompensationAfter = TimeSpan.Zero });
        Told(host);
        using var browser = await SignedIn.AsAdministrator(host);
        var words = SignedIn.Words(await browser.GetStringAsync("/outages/2/review"));
        Assert.Contains("The first notice left 5 min after the first fault, the last customer’s after 8 min; 2 of 3 customers heard of it. 1 promised word was missed, and 1 estimate was passed.", words, StringComparison.Ordinal);
        Assert.Contains("missed by 10 min", words, StringComparison.Ordinal);
        Assert.Contains("mended 12 min later", words, StringComparison.Ordinal);
        Assert.Contains("12 in all", words, StringComparison.Ordinal);
        Assert.Contains("A digger cut the cable", words, StringComparison.Ordinal);

        using var reader = host.Program(host.ReadKey);
        var item = await reader.GetFromJsonAsync<JsonElement>("/api/outages/2/review");
        Assert.Equal((300.0, 480.0, 3, 2, 2), (item.GetProperty("toFirstNotice").GetDouble(), item.GetProperty("toLastNotice").GetDouble(), item.GetProperty("touched").GetInt32(), item.GetProperty("told").GetInt32(),
            item.GetProperty("allCleared").GetInt32()));
    }

    [Fact]
    public async Task Files_OfTheTimeLineAndOfWhoWasTold_AreWhole()
    {
        await using var host = await TownHost.Open();
        Told(host);
        using var browser = await SignedIn.AsAdministrator(host);
        var told = ExportTests.Read((await browser.GetStringAsync("/outages/2/review/told?as=csv")).TrimStart('\uFEFF'));
        Assert.Equal(["customer", "name", "place", "about", "status", "revision", "channel", "state", "reason", "planned_at", "due_at", "sent_at", "attempts", "last_error", "notice", "who"], told[0]);
        Assert.Equal(["all-clear", "all-clear", "all-clear", "opened", "opened", "opened", "opened", "opened", "update", "update"], told.Skip(1).Select(r => r[4]).Order());
        Assert.Equal(["carer", "customer", "customer", "customer", "subscriber"], told.Where(r => r[4] == "opened").Select(r => r[^1]).Order());
        // A name that a spreadsheet would run.
        Assert.Contains(told, r => r[1] == "'=1+1");
        var lines = (await browser.GetStringAsync("/outages/2/review/timeline?as=jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var texts = lines.Select(l => JsonElement.Parse(l).GetProperty("text").GetString()!).ToArray();
        Assert.Equal("The first device went down", texts[0]);
        Assert.Contains("The last customer’s first notice left", texts);
        Assert.Equal(lines.Order(StringComparer.Ordinal), lines);
    }

    [Fact]
    public async Task Api_ActsWithItsVersion_AndOnlyLeadsDo()
    {
        await using var host = await TownHost.Open();
        using var lead = host.Program(host.Key("lead"));
        using var agent = host.Program(host.Key("agent"));
        Assert.Equal(HttpStatusCode.Forbidden, (await agent.PostAsJsonAsync("/api/outages/2/review/acts", new { act = "open" })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await lead.PostAsJsonAsync("/api/outages/1/review/acts", new { act = "open" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await lead.PostAsJsonAsync("/api/outages/2/review/acts", new { act = "open" })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await lead.PostAsJsonAsync("/api/outages/2/review/acts", new { act = "find", text = "x", version = 7 })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await lead.PostAsJsonAsync("/api/outages/2/review/acts", new { act = "find" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await lead.PostAsJsonAsync("/api/outages/2/review/acts", new { act = "find", text = "x", version = 1 })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await lead.PostAsJsonAsync("/api/outages/99/review/acts", new { act = "open" })).StatusCode);
        Assert.Equal("open", (await agent.GetFromJsonAsync<JsonElement>("/api/reviews")).GetProperty("items")[0].GetProperty("state").GetString()!.ToLowerInvariant());
    }

    [Fact]
    public async Task Overdue_IsListedAndCounted()
    {
        await using var host = await TownHost.Open();
        host.Stores.State.Write(db => ReviewStore.TryOpen(db, new ReviewRow { OutageId = Over, OpenedAt = Now - 1000, DueAt = Now - 1 }));
        using var browser = await SignedIn.AsAdministrator(host);
        var words = SignedIn.Words(await browser.GetStringAsync("/reviews?q=" + Uri.EscapeDataString("state:open due:now")));
        Assert.Contains("1 review is overdue.", words, StringComparison.Ordinal);
        Assert.Contains("O-2 Outage at north/n12/cab-8", words, StringComparison.Ordinal);
        Assert.Contains("b2d_reviews_late 1", await browser.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    private static ReviewRow Find(TownHost host) => host.Stores.State.Read(db => ReviewStore.Find(db, Over))!;

    private static async Task<string> Act(HttpClient browser, int version, params (string, string)[] fields) => System.Net.WebUtility.HtmlDecode(await browser.Follow(
        await browser.Post("/outages/2/review", "/outages/2/review/act", [("version", version.ToString(System.Globalization.CultureInfo.InvariantCulture)), .. fields])));

    /// <summary>Three customers down for 42 minutes, two told; a promised word 10 minutes late, and an estimate that did not hold.</summary>
    private static void Told(TownHost host) => host.Stores.State.Write(db =>
    {
        var outage = OutageStore.Find(db, Over)!;
        long At(double minutes) => outage.BeganAt + (long)(minutes * 60_000);
        Storage.Customers.CustomerStore.Put(db, new Core.Customers.Customer("c01") { Name = "=1+1", Place = "Porto" }, 1);
        for (var i = 0; i < 3; i++)
            OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = Over, Device = $"RT-{i:0000}", Customer = $"c0{i}", FaultEpisode = $"2-{i}", DownAt = At(0), UpAt = At(42) });
        var facts = JsonSerializer.Serialize(new { NextUpdate = At(15), EstimateFrom = At(20), EstimateUntil = At(30) });
        void Put(int customer, string status, int revision, double at, string said, string state = "Sent") => PutTo($"c0{customer}", status, revision, at, said, state);
        void PutTo(string to, string status, int revision, double at, string said, string state = "Sent") => NoticeStore.Put(db, new NoticeRow
        {
            Id = $"r-{to}-{status}", Customer = to, Subject = "outage:2", Episode = "2-9", Status = status, Revision = revision, Channel = "sms", State = state, Facts = said,
            CreatedAt = At(at), DueAt = At(at), SentAt = state == "Sent" ? At(at) : 0,
        });
        Put(0, "opened", 1, 5, facts);
        Put(1, "opened", 1, 8, facts);
        Put(2, "opened", 1, 5, facts, "Suppressed");
        // They are told too, and are no customers whom it touches.
        PutTo("subscriber/1", "opened", 1, 2, facts);
        PutTo("carer:c00", "opened", 1, 30, facts);
        PutTo("carer:c00", "all-clear", 1, 43, "{}");
        for (var i = 0; i < 2; i++)
        {
            Put(i, "update", 2, 25, JsonSerializer.Serialize(new { NextUpdate = At(90), EstimateFrom = At(20), EstimateUntil = At(30) }));
            Put(i, "all-clear", 1, 43, "{}");
        }
    });
}
