using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Expressions;

/// <summary>What is told by the device times of the latest readings alone: exact to the millisecond, without a window. A reading of a later time than the
/// message that is evaluated (which came out of order, or after the clock was set back) has no age yet, and is in no window.</summary>
internal static class LatestTerm
{
    /// <summary>The latest value, where it is of the last so long.</summary>
    public static ValueTerm Last(int slot, TimeSpan length)
    {
        var within = (long)length.TotalMilliseconds;
        return (in s) => IsWithin(in s, slot, within) ? s.Metrics[slot] : MetricValue.Missing;
    }

    /// <summary>Milliseconds since the latest reading.</summary>
    public static NumberTerm Age(int slot) => (in s, out value) =>
    {
        value = IsReported(in s, slot) ? s.At.EpochMs - s.Times[slot].EpochMs : -1;
        return value >= 0;
    };

    /// <summary>Unknown without a reading of the last so long; true where two that followed each other within it differ.</summary>
    public static CompiledCondition Changed(int slot, int change, TimeSpan length)
    {
        var within = (long)length.TotalMilliseconds;
        return (in s) =>
        {
            if (!IsWithin(in s, slot, within))
                return Truth.Unknown;
            var before = (uint)change < (uint)s.Changes.Length ? s.Changes[change] : default;
            return Logic.Of(before != default && IsWithin(in s, before, within));
        };
    }

    private static bool IsReported(in ConditionScope s, int slot) =>
        (uint)slot < (uint)s.Times.Length && (uint)slot < (uint)s.Metrics.Length && s.Metrics[slot].Kind != ValueKind.Missing;

    private static bool IsWithin(in ConditionScope s, int slot, long length) => IsReported(in s, slot) && IsWithin(in s, s.Times[slot], length);

    private static bool IsWithin(in ConditionScope s, DeviceTime at, long length) => at <= s.At && s.At.EpochMs - at.EpochMs < length;
}
