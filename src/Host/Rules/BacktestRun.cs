using B2D.Core.Backtests;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Host.Rules;

/// <summary>What came of a back-test.</summary>
/// <param name="Rules">The rules.</param>
/// <param name="Input">Name of the telemetry.</param>
/// <param name="Record">What the rules would have done.</param>
/// <param name="Score">Against labels; null where there were none.</param>
/// <param name="Took">The evaluation; a recording was read before it, stored telemetry is read during it.</param>
/// <param name="Unregistered">Devices that the telemetry has and the registry has not: evaluated as devices without model, firmware and segment.</param>
internal sealed record BacktestResult(RuleSet Rules, string Input, BacktestRecord Record, BacktestScore? Score, TimeSpan Took, int Unregistered)
{
    /// <summary>Against labelled windows; null where there were none.</summary>
    public WindowScore? Windows { get; init; }

    /// <summary>Readings and events evaluated in a second.</summary>
    public double ReadingsPerSecond => (Record.Readings + Record.Events) / Math.Max(Took.TotalSeconds, 1e-6);
}

/// <summary>Feeds recorded telemetry to a back-test.</summary>
internal static class BacktestRun
{
    /// <summary>Entries between two steps of the progress.</summary>
    private const int Stride = 4096;

    public static BacktestResult Run(
        RuleSet rules, BacktestInput input, IReadOnlyList<BacktestLabel>? labels, ScoreTerms terms, Action<long> progress, TimeProvider time,
        CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var backtest = new Backtest(rules, ArrivalOptions.Default);
        var (done, unregistered) = (0L, 0);
        foreach (var entry in backtest.NeedsOrder ? input.InOrder : input.Entries)
        {
            if (done++ % Stride == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress(done);
            }
            if (!backtest.Knows(entry.Device))
            {
                var registered = input.Devices.TryGetValue(entry.Device, out var device);
                backtest.Register(device ?? new Device(entry.Device), entry.At);
                unregistered += registered ? 0 : 1;
            }
            backtest.Take(entry.Device, entry.Body, entry.At);
        }
        var record = backtest.Finish(input.Until);
        var took = time.GetElapsedTime(started);
        return new BacktestResult(rules, input.Name, record, labels is null ? null : BacktestScore.Of(record, labels, terms), took, unregistered);
    }
}
