using B2D.Benchmarks.Lanes;
using B2D.Core;
using B2D.Core.Backtests;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using static B2D.Benchmarks.Ingest.Numbers;

namespace B2D.Benchmarks.Evaluation;

/// <summary>A back-test over a recording and the same rules by hand over the same recording, in turn. Both have to find the same faults.</summary>
internal static class BacktestDuel
{
    /// <summary>Rounds before the first that counts.</summary>
    private const int Warming = 2;

    /// <summary>How many times as long the back-test takes, in the median of all rounds.</summary>
    public static double Run(int count, int messages, int seed, int rounds, bool inTime)
    {
        var fleet = new BenchFleet(count, FiftyRules.Text);
        var devices = fleet.Devices.ToArray();
        var recording = FiftyRules.Record(devices, messages, seed, inTime);
        var end = recording.Max(m => m.At);
        var readings = (double)recording.Length * BenchFleet.Metrics.Length;
        Say($"back-test: {recording.Length:N0} messages of {count:N0} devices, {readings:N0} readings {(inTime ? "in order of time" : "device by device")}, seed {seed}");
        var (ours, hand, ratios) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -Warming; round < rounds; round++)
        {
            var (tested, byRules) = Time(() => Backtest(fleet.Set.Set, devices, recording, end));
            var (written, byHand) = Time(() => ByHand(devices, recording, end));
            Compare(byRules, byHand);
            if (round == -Warming)
                Say($"  the same {byRules.Length:N0} faults under {byRules.Select(f => f.Rule).Distinct().Count()} rules by both");
            if (round < 0)
                continue;
            ours.Add(readings / tested);
            hand.Add(readings / written);
            ratios.Add(tested / written);
        }
        Say($"  by rules: {Range(ours)} readings a second");
        Say($"  by hand:  {Range(hand)} readings a second");
        Say($"  by rules takes {Range(ratios, "0.00")} times as long");
        return Median(ratios);
    }

    private static (double Seconds, FoundFault[] Faults) Time(Func<FoundFault[]> run)
    {
        GC.Collect();
        var began = RulesRun.Spent;
        var found = run();
        return ((RulesRun.Spent - began).TotalSeconds, found);
    }

    private static FoundFault[] Backtest(RuleSet rules, Device[] devices, (ServerTime At, Entry.Telemetry Said)[] recording, ServerTime end)
    {
        var test = new Backtest(rules, ArrivalOptions.Default);
        foreach (var device in devices)
            test.Register(device, new ServerTime(BenchFleet.Epoch));
        foreach (var (at, said) in recording)
            test.Take(said.Device, said, at);
        return
        [
            .. test.Finish(end).Faults.Select(f =>
                new FoundFault(f.Device.Value, f.Rule.Id, f.RaisedAt.EpochMs) { Cleared = f.ClearedAt?.EpochMs ?? 0, Severity = f.Severity }),
        ];
    }

    private static FoundFault[] ByHand(Device[] devices, (ServerTime At, Entry.Telemetry Said)[] recording, ServerTime end)
    {
        var found = new List<FoundFault>();
        var known = devices.ToDictionary(d => d.Id, d => new HandDevice(d.Id.Value, found));
        foreach (var (at, said) in recording)
            known[said.Device].Take(said.Readings.AsSpan(), said.At!.Value.EpochMs, at.EpochMs);
        foreach (var device in known.Values)
            device.Elapse(end.EpochMs);
        return [.. found];
    }

    private static void Compare(FoundFault[] byRules, FoundFault[] byHand)
    {
        var (ours, theirs) = (InOrder(byRules), InOrder(byHand));
        for (var i = 0; i < Math.Max(ours.Length, theirs.Length); i++)
        {
            if (i >= ours.Length || i >= theirs.Length || ours[i] != theirs[i])
                throw new InvalidOperationException($"the rules found {(i < ours.Length ? ours[i] : "nothing")} where the hand-written code found {(i < theirs.Length ? theirs[i] : "nothing")}");
        }
    }

    private static FoundFault[] InOrder(FoundFault[] faults) =>
        [.. faults.OrderBy(f => f.Device, StringComparer.Ordinal).ThenBy(f => f.Rule, StringComparer.Ordinal).ThenBy(f => f.Raised)];
}
