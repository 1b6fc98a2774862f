using System.Globalization;
using System.Text.Json;
using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Rules;

/// <summary><c>b2d rules backtest --stored</c> on the data of the built program: while it runs, after a kill, on a backup.</summary>
public sealed class BacktestRunTests
{
    private const string Hot =
        """
        - fault: too-hot
          title: Too hot
          raise: temp_c > 90.0
          clear: temp_c < 80.0
          severity: high
          catalog: { cause: a dirty condenser, response: Look at the condenser }
          case: { family: heat, queue: devices, priority: P2, resolve_after: 1h }
        """;

    [Fact]
    public async Task Backtest_BesideTheRunningProgram_SeesTheNewestAndChangesNothing()
    {
        await using var b2d = await Pump.InstallAsync();
        await b2d.StartAsync();
        var tried = Path.Combine(b2d.Folder, "tried.yaml");
        File.WriteAllText(tried, Hot);
        await SendAsync(b2d, 0, 41, 95, 70);

        // None of it is in telemetry.db yet: that comes to it within minutes.
        Assert.Equal((3, 1, 1), await FiguresAsync(b2d, tried, b2d.Data));
        await SendAsync(b2d, 10, 96, 60);
        Assert.Equal((5, 2, 1), await FiguresAsync(b2d, tried, b2d.Data));
        // Only as far back as is asked for.
        Assert.Equal((2, 1, 1), await FiguresAsync(b2d, tried, b2d.Data, "--from", "2026-01-31T00:00:05Z"));

        Assert.Equal(5, (await b2d.Api.GetAsync($"/api/devices/{Pump.Id}/series?metric=temp_c&points=100&from={At(0)}&until={At(60)}")).Items("points").Count());
        Assert.Empty(await b2d.Api.ListAsync("/api/faults"));
        var copy = Path.Combine(b2d.Folder, "copy");
        await b2d.MustAsync("backup", copy);
        await b2d.KillAsync();
        Assert.Equal((5, 2, 1), await FiguresAsync(b2d, tried, b2d.Data));
        Assert.Equal((5, 2, 1), await FiguresAsync(b2d, tried, copy));
        Assert.Equal(0, (await ChildProgram.RunAsync(Places.B2d, ["backup", "check", copy], b2d.Work)).Status);
        await b2d.StartAsync();
        Assert.Equal(0, (await b2d.StopAsync()).Status);
        Assert.Equal((5, 2, 1), await FiguresAsync(b2d, tried, b2d.Data));
    }

    private static long At(int second) => new DateTimeOffset(2026, 1, 31, 0, 0, 0, TimeSpan.Zero).AddSeconds(second).ToUnixTimeMilliseconds();

    /// <summary>One reading a second of the device's time.</summary>
    private static async Task SendAsync(B2dProgram b2d, int from, params double[] temperatures)
    {
        for (var i = 0; i < temperatures.Length; i++)
        {
            var said = await b2d.PublishAsync(Pump.Id, Pump.Password, $"devices/{Pump.Id}/telemetry",
                string.Create(CultureInfo.InvariantCulture, $$"""{"ts":{{At(from + i)}},"temp_c":{{temperatures[i]}}}"""));
            Assert.Equal((0, ""), (said.Status, said.Error));
        }
        await b2d.EvaluatedAsync();
    }

    private static async Task<(long Readings, long Faults, long Cases)> FiguresAsync(B2dProgram b2d, string rules, string stored, params string[] more)
    {
        var ended = await ChildProgram.RunAsync(Places.B2d, ["rules", "backtest", "--rules", rules, "--stored", stored, "--json", .. more], b2d.Work);
        Assert.True(ended.Status == 0, ended.Error);
        var json = JsonElement.Parse(ended.Output);
        return (json.Long("readings"), json.Long("faults"), json.Long("cases"));
    }
}
