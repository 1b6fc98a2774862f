using System.Net;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Ingest;

/// <summary>A slow disk, a full one, and a device that sends more than all others together.</summary>
[Collection(Alone.Name), Trait(Alone.Machine, Alone.Name)]
public sealed class HardTimesTests(ITestOutputHelper output)
{
    private const string Payload = """{"ts":{at},"n":{seq},"temp":{num:20.0:99.9},"fault":0}""";

    [FuseFact]
    public async Task SlowDisk_FlushesTake100Ms_AcknowledgementsWaitMemoryDoesNotGrowAndNothingIsLost()
    {
        await using var b2d = new B2dProgram { AsShipped = true };
        await using var disk = await LossyDisk.MountAsync(b2d.Data);
        await Load.InstallAsync(b2d, 10, 200);
        await b2d.StartAsync();
        var usual = await Run("--total", "4000", "--rate", "2000", "--in-flight", "200");
        var memory = await b2d.MetricAsync("b2d_process_memory_bytes");
        var start = TimeProvider.System.GetUtcNow();
        disk.SlowDown(TimeSpan.FromMilliseconds(100));

        var slow = await Run(
            "--total", "10000", "--rate", "4000", "--in-flight", "100", "--payload", Payload, "--at", start.ToString("O"), "--at-step", "50ms", "--acked-log", "acked");

        var grown = await b2d.MetricAsync("b2d_process_memory_bytes") - memory;
        disk.Heal();
        var after = await Run("--total", "4000", "--rate", "2000", "--in-flight", "200");
        output.WriteLine($"p50 {usual.Double("p50_ms"):0.0} ms, slow {slow.Double("p50_ms"):0.0} ms, after {after.Double("p50_ms"):0.0} ms; memory grew by {grown / 1e6:0} MB");
        Assert.InRange(slow.Double("p50_ms"), 90, 60_000);
        Assert.InRange(grown, double.MinValue, 200e6);
        Assert.InRange(after.Double("p50_ms"), 0, Math.Max(20, 5 * usual.Double("p50_ms")));
        await b2d.EvaluatedAsync(TimeSpan.FromMinutes(2));
        await Load.AssertStoredOnceAsync(b2d, await File.ReadAllLinesAsync(Path.Combine(b2d.Folder, "acked")), start.ToUnixTimeMilliseconds(), start.ToUnixTimeMilliseconds() + 2500);
        await b2d.KillAsync();

        async Task<System.Text.Json.JsonElement> Run(params string[] options)
        {
            await using var load = Load.Start(b2d, ["--connections", "10", "--devices", "200", .. options]);
            return await load.ResultAsync(TimeSpan.FromMinutes(2));
        }
    }

    [FuseFact]
    public async Task FullDisk_UnderLoad_AcknowledgementsStopHealthSaysSoAndIngestResumesByItself()
    {
        await using var b2d = new B2dProgram { AsShipped = true };
        await using var disk = await LossyDisk.MountAsync(b2d.Data);
        await Load.InstallAsync(b2d, 10, 200);
        await b2d.StartAsync();
        var start = TimeProvider.System.GetUtcNow();
        await using var load = Load.Start(
            b2d, "--connections", "10", "--devices", "200", "--total", "60000", "--rate", "5000", "--in-flight", "50", "--reconnect", "--payload", Payload, "--at", start.ToString("O"), "--at-step", "50ms",
            "--acked-log", "acked");
        await Wait.UntilAsync(async () => await b2d.MetricAsync("b2d_messages_acknowledged_total") > 5000, TimeSpan.FromSeconds(60), "messages are acknowledged");

        disk.Fill();

        await Wait.UntilAsync(async () => (await b2d.Open.TryGetAsync("/readyz")).Status == HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(30), "/readyz says that it is not ready");
        // What fits into the room that files have already is still written.
        var stopped = -1.0;
        await Wait.UntilAsync(async () => stopped == (stopped = await b2d.MetricAsync("b2d_messages_acknowledged_total")), TimeSpan.FromSeconds(30), "acknowledgements stop", TimeSpan.FromSeconds(1));
        await Wait.ForAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(stopped, await b2d.MetricAsync("b2d_messages_acknowledged_total"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await b2d.Open.TryGetAsync("/readyz")).Status);
        // Told of at the end, so that the rest is seen as well.
        var cases = await b2d.Api.TryGetAsync("/api/cases");
        output.WriteLine((await b2d.Open.TryGetAsync("/readyz")).Body);

        disk.Heal();

        var healed = TimeProvider.System.GetTimestamp();
        await Wait.UntilAsync(async () => await b2d.MetricAsync("b2d_messages_acknowledged_total") > stopped, TimeSpan.FromSeconds(30), "acknowledgements resume");
        output.WriteLine($"resumed {TimeProvider.System.GetElapsedTime(healed).TotalSeconds:0.0} s after there was room");
        await load.ResultAsync(TimeSpan.FromMinutes(2));
        await b2d.ReadyAsync();
        await b2d.EvaluatedAsync(TimeSpan.FromMinutes(2));
        await Load.AssertStoredOnceAsync(b2d, await File.ReadAllLinesAsync(Path.Combine(b2d.Folder, "acked")), start.ToUnixTimeMilliseconds(), start.ToUnixTimeMilliseconds() + 15_000);
        Assert.Equal((HttpStatusCode.OK, "served while the disk was full"), (cases.Status, "served while the disk was full"));
        await b2d.KillAsync();
    }

    // Compared with the loud device's own waits in the same seconds, and not with milliseconds: a machine that pauses makes both wait, a queue that is not fair only one.
    [Fact]
    public async Task LoudDevice_5000AMessageSecondBeside1000Others_NoneOfThemIsHeldUpAndNoneWaitsLongerThanIt()
    {
        await using var b2d = new B2dProgram { AsShipped = true };
        await Load.InstallAsync(b2d, 50, 1000, alone: 1);
        await b2d.StartAsync();
        string[] others = ["--connections", "50", "--devices", "1000", "--in-flight", "100"];
        await using var warm = Load.Start(b2d, [.. others, "--total", "10000"]);
        await warm.ResultAsync(TimeSpan.FromMinutes(2));
        await b2d.EvaluatedAsync();

        await using var loud = Load.Start(b2d, "--connections", "1", "--devices", "1", "--first-device", "1000", "--client-id", "loud", "--rate", "5000", "--in-flight", "1000", "--for", "9s");
        await using var beside = Load.Start(b2d, [.. others, "--rate", "1000", "--for", "5s"]);
        var theirs = await beside.ResultAsync(TimeSpan.FromMinutes(1));

        var own = await loud.ResultAsync(TimeSpan.FromMinutes(1));
        output.WriteLine($"{theirs}\n{own}");
        Assert.InRange(own.Double("msgs_per_s"), 4000, 6000);
        Assert.InRange(theirs.Double("msgs_per_s"), 950, 1050);
        Assert.InRange(theirs.Double("p50_ms"), 0, (3 * own.Double("p50_ms")) + 2);
        await b2d.EvaluatedAsync();
    }
}
