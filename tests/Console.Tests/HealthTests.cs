using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Health;
using B2D.Console.Tests.Town;
using B2D.Core;
using B2D.Core.Alarms;
using B2D.Storage.Alarms;

namespace B2D.Console.Tests;

public sealed class HealthTests(SharedTown town) : IClassFixture<SharedTown>
{
    [Fact]
    public async Task Health_OnThisMachine_NeedsNoSignIn()
    {
        using var stranger = town.Host.Program("");
        Assert.Equal("alive\n", await stranger.GetStringAsync("/healthz"));
        var ready = await stranger.GetFromJsonAsync<JsonElement>("/readyz");
        Assert.True(ready.GetProperty("ready").GetBoolean());
        Assert.Equal(0.12, ready.GetProperty("lagSeconds").GetDouble());
    }

    [Fact]
    public async Task Ready_WithReasons_Is503AndTellsThemOnlyHere()
    {
        await using var host = await TownHost.Open(seeded: false);
        host.Health.NotReady = [new NotReady("worker", "replays the log, 1,200 entries to go")];
        using var client = host.Program("");
        var here = await client.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, here.StatusCode);
        Assert.Equal("replays the log, 1,200 entries to go", (await here.Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("reasons")[0].GetProperty("reason").GetString());
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/readyz");
        foreign.Headers.Host = "b2d.example";
        var there = await client.SendAsync(foreign);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, there.StatusCode);
        Assert.DoesNotContain("replays", await there.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AlarmLevel.None, 200, "healthy")]
    [InlineData(AlarmLevel.Warning, 200, "degraded")]
    [InlineData(AlarmLevel.Critical, 503, "unhealthy")]
    public async Task Health_WithAnAlarm_SaysHowBadAndWhatToDoHereOnly(AlarmLevel level, int status, string expected)
    {
        await using var host = await TownHost.Open(seeded: false);
        if (level != AlarmLevel.None)
            host.Health.Alarms = [new OwnAlarm("k", "DiskFilling", level, new ServerTime(1000), null, "300 MiB are free")];
        using var client = host.Program("");
        var here = await client.GetAsync(new Uri("/health", UriKind.Relative));
        var answer = await here.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((status, expected), ((int)here.StatusCode, answer.GetProperty("status").GetString()));
        Assert.Equal(level == AlarmLevel.None ? 0 : 1, answer.GetProperty("reasons").GetArrayLength());
        if (level != AlarmLevel.None)
        {
            Assert.Equal("300 MiB are free", answer.GetProperty("reasons")[0].GetProperty("reason").GetString());
            Assert.Contains("Make room", answer.GetProperty("reasons")[0].GetProperty("whatToDo").GetString(), StringComparison.Ordinal);
        }
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/health");
        foreign.Headers.Host = "b2d.example";
        var there = await client.SendAsync(foreign);
        Assert.Equal((status, 0), ((int)there.StatusCode, (await there.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reasons").GetArrayLength()));
    }

    [Fact]
    public async Task Now_WithAnAlarm_ShowsItFirstAlsoWhereTheDatabaseDoesNotKnowIt()
    {
        await using var host = await TownHost.Open();
        host.Health.Alarms = [new OwnAlarm("k", "IngestStopped", AlarmLevel.Critical, new ServerTime(1000), null, "What devices send is not acknowledged: full")];
        // What the database has of the program's own kinds is older than what the program knows.
        host.Stores.State.Write(db => OwnAlarmStore.Raise(db, "DiskFilling/1", "DiskFilling", 1, "stale words"));
        host.Stores.State.Write(db => OwnAlarmStore.Raise(db, "fleet-silent/1", "FleetSilent", 1, "80 of 90 devices fell silent at once"));
        using var client = host.Program(host.ReadKey);
        var page = await client.GetStringAsync(new Uri("/", UriKind.Relative));
        Assert.Contains("B2D itself: Ingest stopped", page, StringComparison.Ordinal);
        Assert.Contains("B2D itself: Much of the fleet is silent at once", page, StringComparison.Ordinal);
        Assert.DoesNotContain("stale words", page, StringComparison.Ordinal);
        Assert.Contains("What to do:", page, StringComparison.Ordinal);
        Assert.True(page.IndexOf("Ingest stopped", StringComparison.Ordinal) < page.IndexOf("now-stats", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_Exposed_AreTheTextFormat()
    {
        using var client = town.Host.Program("");
        var answer = await client.GetAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("# HELP b2d_readings_total Readings stored.\n# TYPE b2d_readings_total counter\nb2d_readings_total 1234\n", text,
            StringComparison.Ordinal);
        Assert.Contains("b2d_queue{name=\"a\\\"b\"} 2.5\n", text, StringComparison.Ordinal);
        Assert.Contains("b2d_cases_open 4\n", text, StringComparison.Ordinal);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        foreign.Headers.Host = "b2d.example";
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(foreign)).StatusCode);
        using var reader = town.Host.Program(town.Host.ReadKey);
        using var byKey = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        byKey.Headers.Host = "b2d.example";
        Assert.Equal(HttpStatusCode.OK, (await reader.SendAsync(byKey)).StatusCode);
    }

    [Fact]
    public void Exposition_OfSpecialNumbersAndRepeats_IsWellFormed()
    {
        var text = HealthEndpoints.Exposition(
        [
            new("a", "Says \\ and\nmore.", MeasureKind.Gauge, double.NaN, []),
            new("b", "B.", MeasureKind.Counter, double.PositiveInfinity, [new("k", "x\ny\\")]),
            new("a", "Again.", MeasureKind.Gauge, 2, []), new("b", "B.", MeasureKind.Counter, 1e21, [new("k", "z")]),
        ]);
        Assert.Equal("# HELP a Says \\\\ and\\nmore.\n# TYPE a gauge\na NaN\n# HELP b B.\n# TYPE b counter\nb{k=\"x\\ny\\\\\"} +Inf\nb{k=\"z\"} 1E+21\n", text);
    }
}
