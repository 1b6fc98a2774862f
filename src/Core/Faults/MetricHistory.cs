using B2D.Core.Rules;

namespace B2D.Core.Faults;

/// <summary>What a device's conditions know of values before the latest.</summary>
internal sealed class MetricHistory(MetricWindow?[] windows, DeviceTime[] changes)
{
    /// <summary>By window slot; null before the first number.</summary>
    public MetricWindow?[] Windows { get; } = windows;

    /// <summary>By change slot, device time of the last reading before the newest change; default before the first.</summary>
    public DeviceTime[] Changes { get; } = changes;

    /// <summary>What rules with lateness see of the device; null where none concerns it, and before anything came for one.</summary>
    public DelayedView? Delayed { get; set; }

    /// <summary>One in which nothing has happened.</summary>
    public static MetricHistory Of(RuleSet set) => new(Blank<MetricWindow?>(set.Windows.Length), Blank<DeviceTime>(set.Changes.Length));

    private static T[] Blank<T>(int length) => length == 0 ? [] : new T[length];
}
