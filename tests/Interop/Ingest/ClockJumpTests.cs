using System.Globalization;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Ingest;

/// <summary>
/// The machine's clock is set by an hour under load (Debian's libfaketime stands between the program and the system's clock; the time that passes goes on as it
/// did). The devices' clocks stay right.
/// </summary>
public sealed class ClockJumpTests(ITestOutputHelper output)
{
    private const string Silence = """
        - fault: silent
          silent: 10m
          case: {}
        """;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static readonly string[] Libraries = ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"];

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Clock_SetByAnHourUnderLoad_NothingIsLostNothingIsCalledSilentFaultsBecomeCasesAndAnAlarmSaysSo(int hours)
    {
        await using var b2d = new B2dProgram { AsShipped = true };
        var clock = Path.Combine(b2d.Folder, "clock");
        File.WriteAllText(clock, "+0");
        b2d.Environment["LD_PRELOAD"] = Libraries.First(File.Exists);
        b2d.Environment["FAKETIME_TIMESTAMP_FILE"] = clock;
        b2d.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        b2d.Environment["FAKETIME_CACHE_DURATION"] = "1";
        b2d.Rule("silence.yaml", Silence);
        await Load.InstallAsync(b2d, 10, 200, alone: 2);
        await b2d.StartAsync();
        var start = TimeProvider.System.GetUtcNow();
        await FaultAsync(200, 1);
        await Wait.UntilAsync(async () => await CasesAsync("reported") == "200", Soon, "a case is open before");
        await using var load = Load.Start(
            b2d, "--connections", "10", "--devices", "200", "--rate", "500", "--for", "15s", "--in-flight", "100", "--payload", """{"n":{seq},"fault":0}""", "--acked-log", "acked");
        await Wait.UntilAsync(async () => await b2d.MetricAsync("b2d_messages_acknowledged_total") > 1000, Soon, "the load runs");

        File.WriteAllText(clock, $"{hours:+0;-0}h");

        await Wait.UntilAsync(async () => (await b2d.Open.TryGetAsync("/metrics")).Body.Contains("b2d_own_alarms{kind=\"ClockJumped\"} 1", StringComparison.Ordinal), Soon, "an alarm says so");
        var acknowledged = await b2d.MetricAsync("b2d_messages_acknowledged_total");
        await FaultAsync(201, 1);
        await Wait.UntilAsync(async () => await CasesAsync("reported") == "200, 201", Soon, "a case opens after");
        // Those two have gone as soon as they had spoken, which is silence; the others speak on.
        await Wait.UntilAsync(async () => await CasesAsync("silent") == "200, 201", Soon, "both who have gone are silent");
        await load.ResultAsync(TimeSpan.FromMinutes(2));
        Assert.InRange(await b2d.MetricAsync("b2d_messages_acknowledged_total"), acknowledged + 1000, long.MaxValue);
        await b2d.EvaluatedAsync();
        var hour = TimeSpan.FromHours(1);
        await Load.AssertStoredOnceAsync(
            b2d, await File.ReadAllLinesAsync(Path.Combine(b2d.Folder, "acked")), (start - (2 * hour)).ToUnixTimeMilliseconds(), (start + (2 * hour)).ToUnixTimeMilliseconds(),
            window: (long)(4 * hour).TotalMilliseconds);
        Assert.Equal("200, 201", await CasesAsync("reported"));
        output.WriteLine((await b2d.Open.GetAsync("/health")).ToString());
        await b2d.KillAsync();

        async Task FaultAsync(int device, int fault) => Assert.Equal(0, (await b2d.PublishAsync(
            device.ToString(CultureInfo.InvariantCulture), Load.Password, $"devices/{device}/telemetry", $$"""{"fault":{{fault}}}""")).Status);

        async Task<string> CasesAsync(string family) => string.Join(
            ", ", (await b2d.Api.ListAsync("/api/cases")).Where(c => c.Text("family") == family).Select(c => c.Text("device")).Order());
    }
}
