using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>What a rule says of a device's values as they stand.</summary>
internal static class RuleEvaluation
{
    /// <summary>Every metric that the rule reads and that has a value.</summary>
    public static ImmutableArray<EvidenceValue> Evidence(FaultRule rule, ImmutableArray<string> metrics, MetricValue[] values, DeviceTime[] at)
    {
        var found = ImmutableArray.CreateBuilder<EvidenceValue>();
        foreach (var slot in rule.MetricSlots)
        {
            if (slot < values.Length && values[slot].Kind != ValueKind.Missing)
                found.Add(new EvidenceValue(metrics[slot], values[slot], at[slot]));
        }
        return found.ToImmutable();
    }

    /// <summary>Every fleet's median that the rule asks for and that is known for a model, of when it was taken.</summary>
    public static IEnumerable<EvidenceValue> Medians(FaultRule rule, RuleSet set, FleetMemory fleet, string model, ServerTime now)
    {
        var known = rule.FleetSlots.IsEmpty ? [] : fleet.Of(model, now).ToArray();
        return rule.FleetSlots.Where(slot => slot < known.Length && !double.IsNaN(known[slot]))
            .Select(slot => new EvidenceValue(FleetMedian.NameOf(set.Metrics[set.Fleet[slot]]), MetricValue.Of(known[slot]), new DeviceTime(fleet.At.EpochMs)));
    }

    /// <summary>Device time of a fault's end by the server's clock: the device's time as it must stand by then.</summary>
    public static DeviceTime ClearedAt(in FaultState before, FaultRule rule, ServerTime now) =>
        rule.Kind == FaultKind.Silence || before.LastHeard == ServerTime.Zero ? new DeviceTime(now.EpochMs) : before.LastAt + (now - before.LastHeard);

    /// <summary>True where what the device reported ended the fault, and not its being quiet or a change of rules.</summary>
    public static bool IsShownByTelemetry(FaultReason end) => end is FaultReason.ConditionFalse or FaultReason.ReleaseCompleted
        or FaultReason.ReleaseCompletedInSilence or FaultReason.CodeCleared or FaultReason.Heard;

    /// <summary>The counter and the marker of a due rule out of one message, whose metrics' slots are given; NaN where it does not carry them.</summary>
    public static (double Counter, double Marker) Use(DueRule rule, ReadOnlySpan<Reading> readings, ReadOnlySpan<int> slots)
    {
        var (counter, marker) = (double.NaN, double.NaN);
        for (var r = 0; r < readings.Length; r++)
        {
            if (slots[r] < 0 || readings[r].Value.Kind != ValueKind.Number)
                continue;
            counter = slots[r] == rule.CounterSlot ? readings[r].Value.Number : counter;
            marker = slots[r] == rule.DoneByResetOfSlot ? readings[r].Value.Number : marker;
        }
        return (counter, marker);
    }
}
