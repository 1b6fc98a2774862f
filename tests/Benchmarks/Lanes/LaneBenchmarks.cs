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
    private long turn;

    /// <summary>Devices that report in turn; with 100,000 their memory no longer fits the processor's caches.</summary>
    [Params(1000, 100_000)]
    public int Devices { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        fleet = new BenchFleet(Devices).Begin();
        rounds = [.. Enumerable.Range(0, Devices / Messages).Select(i => fleet.Round(i * Messages, Messages, BenchFleet.Epoch, timeless: true))];
        for (var i = 0; i < 40 * rounds.Length; i++)
            JudgeAndApply();
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public void JudgeAndApply()
    {
        // Every device reports every ten seconds.
        var at = BenchFleet.Epoch + (++turn * 10_000 / rounds.Length);
        foreach (var entry in rounds[turn % rounds.Length])
            fleet.Apply(entry with { At = new Core.ServerTime(at) });
    }
}
