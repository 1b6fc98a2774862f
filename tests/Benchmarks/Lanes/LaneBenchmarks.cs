using B2D.Core.Telemetry;
using BenchmarkDotNet.Attributes;

namespace B2D.Benchmarks.Lanes;

/// <summary>One telemetry message judged and applied where nothing changes state, per number of devices that take turns.</summary>
[MemoryDiagnoser]
public class LaneBenchmarks
{
    private const int Messages = 1000;
    private BenchFleet fleet = null!;
    private LogEntry[][] rounds = [];
    private long minute;

    /// <summary>Devices that report in turn; with 100,000 their memory no longer fits the processor's caches.</summary>
    [Params(1000, 100_000)]
    public int Devices { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        fleet = new BenchFleet(Devices).Begin();
        fleet.Apply(fleet.Round(Devices, BenchFleet.Epoch + 1000, 1));
        rounds = [.. Enumerable.Range(0, 8).Select(i => fleet.Round(Messages, BenchFleet.Epoch, i))];
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public void JudgeAndApply()
    {
        var at = BenchFleet.Epoch + (++minute * 10_000);
        foreach (var entry in rounds[minute % rounds.Length])
            fleet.Apply(entry with { At = new Core.ServerTime(at) });
    }
}
