using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Health;
using B2D.Console.Tests.Town;

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
