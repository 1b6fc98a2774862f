using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Core.Rules;

/// <summary>Three-valued logic: what cannot be known is never true.</summary>
public enum Truth : byte { Unknown = 0, False = 1, True = 2 }

/// <summary>What a condition can see: the metric slots of one device, the device and the rule's parameters for it.</summary>
public ref struct ConditionScope(ReadOnlySpan<MetricValue> metrics, Device device, ReadOnlySpan<MetricValue> parameters)
{
    /// <summary>By metric slot of the rule set.</summary>
    public ReadOnlySpan<MetricValue> Metrics { get; } = metrics;

    public Device Device { get; } = device;

    /// <summary>By parameter slot of the rule.</summary>
    public ReadOnlySpan<MetricValue> Parameters { get; internal set; } = parameters;

    /// <summary>The number that a metric has; false where it has none.</summary>
    internal readonly bool TryNumber(int slot, out double value)
    {
        value = 0;
        if ((uint)slot >= (uint)Metrics.Length)
            return false;
        // In place: the value is larger than the number in it.
        return Metrics[slot].TryNumber(out value);
    }

    /// <summary>The number that a parameter is; false where it is none.</summary>
    internal readonly bool TryParameter(int slot, out double value)
    {
        value = 0;
        return (uint)slot < (uint)Parameters.Length && Parameters[slot].TryNumber(out value);
    }

    /// <summary>Device time of the message that is evaluated.</summary>
    internal DeviceTime At { get; init; }

    /// <summary>By metric slot, device time of the value.</summary>
    internal ReadOnlySpan<DeviceTime> Times { get; init; }

    /// <summary>By change slot of the rule set, device time of the last reading before the newest change of its value; default where it never changed.</summary>
    internal ReadOnlySpan<DeviceTime> Changes { get; init; }

    /// <summary>By window slot of the rule set, each standing at the device time of the evaluation; null where nothing ever entered.</summary>
    internal ReadOnlySpan<MetricWindow?> Windows { get; init; }

    /// <summary>By fleet slot of the rule set, the median over the devices of the device's model; NaN, or beyond the end, where it is unknown.</summary>
    internal ReadOnlySpan<double> Fleet { get; init; }
}

/// <summary>Evaluates a compiled condition; pure, allocation-free for numbers and booleans.</summary>
public delegate Truth CompiledCondition(in ConditionScope scope);

/// <summary>A condition as written and as compiled.</summary>
public sealed record Condition(string Text, ImmutableArray<int> MetricSlots, CompiledCondition Compiled)
{
    /// <summary>Slots of the windows it looks through, rising.</summary>
    public ImmutableArray<int> Windows { get; init; } = [];

    /// <summary>Fleet slots of the medians that it asks for, rising.</summary>
    public ImmutableArray<int> Fleet { get; init; } = [];

    /// <summary>True, false, or unknown where a metric it needs is missing.</summary>
    public Truth Evaluate(in ConditionScope scope) => Compiled(in scope);
}
