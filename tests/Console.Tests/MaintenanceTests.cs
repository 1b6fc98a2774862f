using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Storage.Access;
using B2D.Storage.Maintenance;

namespace B2D.Console.Tests;

public sealed class MaintenanceTests
{
    private static readonly long Now = TownHost.Start.ToUnixTimeMilliseconds();

    [Fact]
    public async Task PlannedByForm_StandsOnThePageAndOnNow_AndIsMovedAndCalledOff()
    {
        await using var host = await TownHost.Open(options: o => o with { TimeZone = "Europe/Lisbon" });
        using var browser = await SignedIn.AsAdministrator(host);

        var planned = await browser.Follow(await browser.Post("/maintenance", "/maintenance",
            ("title", "<script>alert(1)</script>"), ("scope", "model"), ("target", "HP-2"), ("from", "2026-11-24T16:00"), ("until", "2026-11-24T18:30"), ("reason", "new firmware")));
        Assert.Contains("Planned; it concerns", planned, StringComparison.Ordinal);
        var row = host.Stores.State.Read(db => MaintenanceStore.Find(db, 1))!;
        Assert.Equal((new DateTimeOffset(2026, 11, 24, 16, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), "admin", "Model", "HP-2"), (row.FromAt, row.Person, row.Scope, row.Target));

        var html = await browser.GetStringAsync("/maintenance");
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.Contains("M-1 <script>alert(1)</script>", SignedIn.Words(html), StringComparison.Ordinal);
        Assert.Contains("Planned", SignedIn.Words(html), StringComparison.Ordinal);
        Assert.Contains("Maintenance 1", SignedIn.Words(await browser.GetStringAsync("/")), StringComparison.Ordinal);

        Assert.Contains("Its end is moved.", await browser.Follow(await browser.Post("/maintenance", "/maintenance/1/act", ("act", "until"), ("until", "2026-11-24T20:00"))), StringComparison.Ordinal);
        Assert.Contains("it ends before it begins", await browser.Follow(await browser.Post("/maintenance", "/maintenance/1/act", ("act", "until"), ("until", "2026-11-24T15:59"))), StringComparison.Ordinal);
        Assert.Contains("until is missing", (await browser.Follow(await browser.Post("/maintenance", "/maintenance/1/act", ("act", "until")))).ToLowerInvariant(), StringComparison.Ordinal);
        Assert.Contains("It is called off.", await browser.Follow(await browser.Post("/maintenance", "/maintenance/1/act", ("act", "end"))), StringComparison.Ordinal);
        Assert.Contains("it is over already", await browser.Follow(await browser.Post("/maintenance", "/maintenance/1/act", ("act", "end"))), StringComparison.Ordinal);
        Assert.Equal("admin", host.Stores.State.Read(db => MaintenanceStore.Find(db, 1))!.EndedBy);
        Assert.Equal(["maintenance.ended", "maintenance.moved", "maintenance.plan"], host.Stores.State.Read(db => AuditStore.List(db, 3)).Select(a => a.Action).Order());
    }

    [Fact]
    public async Task DevicePage_LeadsToAFormThatNamesTheDevice_AndSaysWhenPeopleWorkOnIt()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);

        Assert.Contains("href=\"/maintenance?scope=device&amp;target=HP-0010\"", await browser.GetStringAsync("/devices/HP-0010"), StringComparison.Ordinal);
        Assert.Contains("value=\"HP-0010\"", await browser.GetStringAsync("/maintenance?scope=device&target=HP-0010"), StringComparison.Ordinal);
        host.Stores.State.Write(db => MaintenanceStore.Begin(db, new MaintenanceRow { Id = 1, Scope = "Device", Target = "HP-0010", RunningUntil = Now + 3_600_000 }));
        Assert.Contains("Maintenance until", SignedIn.Words(await browser.GetStringAsync("/devices/HP-0010")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CalledOffBeforeItBegan_NeverRan()
    {
        await using var host = await TownHost.Open();
        using var writer = host.Program(host.WriteKey);
        var (from, until) = ((Now + 3_600_000).ToString(System.Globalization.CultureInfo.InvariantCulture), (Now + 7_200_000).ToString(System.Globalization.CultureInfo.InvariantCulture));
        await writer.PostAsJsonAsync("/api/maintenance", new { title = "t", scope = "model", target = "HP-2", from, until });

        Assert.Equal(HttpStatusCode.OK, (await writer.PostAsJsonAsync("/api/maintenance/1/acts", new { act = "end" })).StatusCode);

        Assert.Empty(host.Stores.State.Read(db => MaintenanceStore.Find(db, 1))!.ToPlan().Times(new B2D.Core.ServerTime(Now), new B2D.Core.ServerTime(Now + 86_400_000)));
    }

    [Fact]
    public async Task PlannedForNights_ByFormAndApi_IsWrittenTheSame()
    {
        await using var host = await TownHost.Open(options: o => o with { TimeZone = "Europe/Lisbon" });
        using var browser = await SignedIn.AsAdministrator(host);
        using var writer = host.Program(host.WriteKey);

        await browser.Post("/maintenance", "/maintenance", ("title", "t"), ("scope", "model"), ("target", "HP-2"), ("until", "2027-11-01T00:00"),
            ("days", "mon"), ("days", "tue"), ("hours-from", "22:00"), ("hours-to", "06:00"));
        await writer.PostAsJsonAsync("/api/maintenance", new { title = "t", scope = "model", target = "HP-2", until = "2027-11-01T00:00:00Z", hours = "mon-tue 22:00-06:00 Europe/Lisbon" });
        var refused = await writer.PostAsJsonAsync("/api/maintenance", new { title = "t", scope = "model", target = "HP-2", until = "2027-11-01T00:00:00Z", hours = "noon" });

        Assert.All([1L, 2], id => Assert.Equal("mon,tue 22:00-06:00 Europe/Lisbon", host.Stores.State.Read(db => MaintenanceStore.Find(db, id))!.Hours));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("mon,tue 22:00-06:00 Europe/Lisbon", SignedIn.Words(await browser.GetStringAsync("/maintenance")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "segment", "x", "2026-11-24T18:30", "title is missing")]
    [InlineData("t", "planet", "x", "2026-11-24T18:30", "'planet' is no scope: segment, device or model.")]
    [InlineData("t", "segment", " / ", "2026-11-24T18:30", "target is missing or longer than 500 characters: the segment")]
    [InlineData("t", "segment", "x", "", "until is missing or no time")]
    [InlineData("t", "segment", "x", "2026-11-24T10:00", "it ends before it begins")]
    [InlineData("t", "segment", "x", "2027-02-24T10:00", "it lasts longer than 90 days")]
    public async Task PlannedWrongly_IsRefusedInWords_OnThePageAndByTheApi(string title, string scope, string target, string until, string words)
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        using var writer = host.Program(host.WriteKey);

        var text = await browser.Follow(await browser.Post("/maintenance", "/maintenance", ("title", title), ("scope", scope), ("target", target), ("until", until)));
        var refused = await writer.PostAsJsonAsync("/api/maintenance", new { title, scope, target, until });

        Assert.Contains("Nothing was planned: ", text, StringComparison.Ordinal);
        Assert.Contains(words, WebUtility.HtmlDecode(text), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(words, (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!, StringComparison.OrdinalIgnoreCase);
        Assert.Null(host.Stores.State.Read(db => MaintenanceStore.Find(db, 1)));
    }

    [Fact]
    public async Task Api_PlansListsMovesAndEnds_AndReadersMayOnlyLook()
    {
        await using var host = await TownHost.Open();
        using var writer = host.Program(host.WriteKey);
        using var reader = host.Program(host.ReadKey);

        var planned = await writer.PostAsJsonAsync("/api/maintenance", new { title = "New meter", scope = "device", target = "HP-0010", until = (Now + 3_600_000).ToString(System.Globalization.CultureInfo.InvariantCulture) });
        Assert.Equal(HttpStatusCode.Created, planned.StatusCode);
        Assert.Equal("/api/maintenance/1", planned.Headers.Location!.OriginalString);
        Assert.Equal(1, (await planned.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("devices").GetInt32());
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsJsonAsync("/api/maintenance/1/acts", new { act = "end" })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await writer.PostAsJsonAsync("/api/maintenance/1/acts", new { act = "until", until = "2020-01-01T00:00:00Z" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await writer.PostAsJsonAsync("/api/maintenance/1/acts", new { act = "until", until = (Now + 60_000).ToString(System.Globalization.CultureInfo.InvariantCulture) })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await writer.PostAsJsonAsync("/api/maintenance/1/acts", new { act = "pause" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await writer.PostAsJsonAsync("/api/maintenance/1/acts", new { act = "end" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await writer.PostAsJsonAsync("/api/maintenance/9/acts", new { act = "end" })).StatusCode);

        var item = await reader.GetFromJsonAsync<JsonElement>("/api/maintenance/1");
        Assert.Equal(("device", "HP-0010", "key:writer", "key:writer"), (item.GetProperty("scope").GetString(), item.GetProperty("target").GetString(),
            item.GetProperty("by").GetString(), item.GetProperty("endedBy").GetString()));
        Assert.Equal(1, (await reader.GetFromJsonAsync<JsonElement>("/api/maintenance?q=target:HP-*")).GetProperty("items").GetArrayLength());
    }
}
