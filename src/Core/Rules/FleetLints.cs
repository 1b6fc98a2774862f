using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Faults;

namespace B2D.Core.Rules;

/// <summary>What is most likely not meant, of rules beside the devices they are for and what those report. Each stands at its rule's line, column 1.</summary>
public static class FleetLints
{
    /// <summary>All that is found, in order of the rules.</summary>
    /// <param name="set">The rules.</param>
    /// <param name="devices">Every registered device; of none at all nothing is said.</param>
    /// <param name="intervals">By metric that was reported at all, the usual time between two readings of a device; of none at all nothing is said.</param>
    public static ImmutableArray<RuleProblem> Run(RuleSet set, IReadOnlyCollection<Device> devices, IReadOnlyDictionary<string, TimeSpan> intervals)
    {
        var found = ImmutableArray.CreateBuilder<RuleProblem>();
        foreach (var rule in set.Faults.Concat<Rule>(set.Dues))
        {
            if (devices.Count > 0 && !devices.Any(d => ActiveRules.Applies(rule, d)))
                found.Add(Lint(rule, "no device matches applies_to", "compare with a registered device's model, firmware, segment or customer"));
        }
        if (intervals.Count == 0)
            return found.ToImmutable();
        foreach (var rule in set.Faults)
            Lint(rule, set, intervals, found);
        return found.ToImmutable();
    }

    private static void Lint(FaultRule rule, RuleSet set, IReadOnlyDictionary<string, TimeSpan> intervals, ImmutableArray<RuleProblem>.Builder found)
    {
        // A code comes when it comes; only metrics have an interval.
        var names = rule.MetricSlots.Where(slot => !set.Codes.Any(c => c.Slot == slot)).Select(slot => set.Metrics[slot]).ToList();
        foreach (var name in names.Where(n => !intervals.ContainsKey(n)))
            found.Add(Lint(rule, $"no device reports {name}", Nearest.To(name, intervals.Keys) is { } near ? $"did you mean {near}?" : "a metric that is not reported makes a condition unknown"));
        foreach (var window in rule.WindowSlots.Select(w => set.Windows[w]))
        {
            if (intervals.TryGetValue(set.Metrics[window.Slot], out var each) && each > window.Length)
                found.Add(Lint(rule, $"{set.Metrics[window.Slot]} is reported every {Text(each)}, so a window of {Text(window.Length)} holds one number at most", "make the window longer"));
        }
        var known = names.Where(intervals.ContainsKey).Select(n => intervals[n]).ToList();
        if (rule.Kind == FaultKind.Condition && known.Count == rule.MetricSlots.Length && known.Count > 0)
        {
            LintDelays(rule, known.Min(), found);
            LintLateness(rule, known.Min(), found);
        }
    }

    /// <summary>A message with a metric of the rule waits for its lateness, and no more than so many do.</summary>
    private static void LintLateness(FaultRule rule, TimeSpan interval, ImmutableArray<RuleProblem>.Builder found)
    {
        if (interval > TimeSpan.Zero && rule.Lateness > interval * DelayedView.MaxHeld)
            found.Add(Lint(rule, $"its metrics are reported every {Text(interval)}, and of a device at most {DelayedView.MaxHeld} messages wait, so a lateness of {Text(rule.Lateness)} is never reached",
                $"write lateness: {Text(interval * DelayedView.MaxHeld)}, or less"));
    }

    /// <summary>Every message with a metric of the rule is a sample, so samples come as often as the metric that is reported most often.</summary>
    private static void LintDelays(FaultRule rule, TimeSpan interval, ImmutableArray<RuleProblem>.Builder found)
    {
        var every = $"its metrics are reported every {Text(interval)}";
        if (interval > rule.MaxGap && rule.AfterGap == GapPolicy.Reset)
        {
            (bool Is, string What)[] never =
            [
                (rule.Hold > rule.MaxGap, "a hold can never complete"), (rule.Release > rule.MaxGap, "a release can never complete"),
                (rule.RaiseSamples.Needed > 1, "samples to raise can never be enough"), (rule.ClearSamples.Needed > 1, "samples to clear can never be enough"),
            ];
            foreach (var (_, what) in never.Where(n => n.Is))
                found.Add(Lint(rule, $"{what}: {every}, and after max_gap of {Text(rule.MaxGap)} everything begins again", $"write max_gap: {Text(2 * interval)}, or max_gap: {{ after: {Text(rule.MaxGap)}, then: hold }}"));
            return;
        }
        if (rule.Hold > TimeSpan.Zero && rule.Hold < interval)
            found.Add(Lint(rule, $"hold is {Text(rule.Hold)} and {every}, so one reading is all there is to hold", "make it at least twice the interval, or use samples"));
    }

    private static RuleProblem Lint(Rule rule, string message, string hint) => new(ProblemLevel.Lint, rule.File, rule.Line, 1, $"{rule.Id}: {message}", hint);

    private static string Text(TimeSpan span) => DurationText.Format(span);
}
