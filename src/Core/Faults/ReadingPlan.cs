using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>What a message with these metrics in this order concerns under a set of rules, worked out once. Immutable but for the guess at what comes after it.</summary>
internal sealed class ReadingPlan
{
    private readonly string[] metrics;

    public ReadingPlan(ActiveRules rules, ReadOnlySpan<Reading> readings)
    {
        metrics = new string[readings.Length];
        Slots = new int[readings.Length];
        for (var i = 0; i < readings.Length; i++)
            (metrics[i], Slots[i]) = (readings[i].Metric, rules.SlotOfReading(readings[i].Metric));
        Room = Slots.Length == 0 ? 0 : Slots.Max() + 1;
        Faults = Touched(Slots, slot => rules.FaultsOf(slot).ToArray()
            .Where(f => rules.Set.Faults[f] is { Kind: FaultKind.Condition } or { Remedy.Verify: not null }));
        Dues = Touched(Slots, slot => rules.DuesOf(slot).ToArray());
        Changes = [.. Slots.Select((slot, i) => (i, Change: slot < 0 ? -1 : rules.ChangeOf(slot))).Where(c => c.Change >= 0)];
        Windows = [.. Slots.SelectMany((slot, i) => slot < 0 ? [] : rules.WindowsOf(slot).ToArray().Select(w => (i, w)))];
    }

    /// <summary>A message of the same device of which only some readings count: <paramref name="passedOver"/> marks the others.</summary>
    public ReadingPlan(ActiveRules rules, ReadOnlySpan<Reading> readings, ReadOnlySpan<bool> passedOver)
        : this(rules, Counting(readings, passedOver))
    {
    }

    /// <summary>By reading, the metric's slot; -1 where no rule reads it.</summary>
    public int[] Slots { get; }

    /// <summary>One more than the last slot that it has a reading for.</summary>
    public int Room { get; }

    /// <summary>Indices of the fault rules that are to be evaluated, rising.</summary>
    public int[] Faults { get; }

    /// <summary>Indices of the due rules that are to be counted, rising.</summary>
    public int[] Dues { get; }

    /// <summary>Which reading enters which window, in order of the readings.</summary>
    public (int Reading, int Window)[] Windows { get; }

    /// <summary>Which reading may be a change that a condition asks for, in order of the readings.</summary>
    public (int Reading, int Change)[] Changes { get; }

    /// <summary>What came after a message like this the last time.</summary>
    public ReadingPlan? Next { get; set; }

    /// <summary>True for a message with the same metrics in the same order. A device's strings mostly are the very same, which is told at a glance.</summary>
    public bool Fits(ReadOnlySpan<Reading> readings)
    {
        if (readings.Length != metrics.Length)
            return false;
        for (var i = 0; i < readings.Length; i++)
        {
            if (!string.Equals(metrics[i], readings[i].Metric, StringComparison.Ordinal))
                return false;
        }
        return true;
    }

    /// <summary>A hash of the metrics of a message, alike for messages that <see cref="Fits"/> takes for one another.</summary>
    public static int HashOf(ReadOnlySpan<Reading> readings)
    {
        var hash = readings.Length;
        foreach (ref readonly var reading in readings)
        {
            var name = reading.Metric;
            hash = (hash * 31) + (name.Length == 0 ? 0 : (name.Length << 16) + (name[0] << 8) + name[^1]);
        }
        return hash;
    }

    /// <summary>The readings that count, in a message of their own.</summary>
    public static Reading[] Counting(ReadOnlySpan<Reading> readings, ReadOnlySpan<bool> passedOver)
    {
        var counting = new List<Reading>(readings.Length);
        for (var i = 0; i < readings.Length; i++)
        {
            if (!passedOver[i])
                counting.Add(readings[i]);
        }
        return [.. counting];
    }

    private static int[] Touched(int[] slots, Func<int, IEnumerable<int>> readers) => [.. slots.Where(s => s >= 0).SelectMany(readers).Distinct().Order()];
}
