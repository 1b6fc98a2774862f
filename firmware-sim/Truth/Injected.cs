using B2D.FirmwareSim.Faults;

namespace B2D.FirmwareSim.Truth;

/// <summary>One fault that was put into a device. All times are true times (not the device's clock), epoch milliseconds.</summary>
public sealed class InjectedFault
{
    /// <summary>Number within the run, from 1.</summary>
    public required int Id { get; init; }

    /// <summary>The device.</summary>
    public required string Device { get; init; }

    /// <summary>What was done.</summary>
    public required InjectionKind Kind { get; init; }

    /// <summary>The rule expected to see it, or the rule that must not; null for offline spells and clocks.</summary>
    public string? Rule { get; init; }

    /// <summary>The code it sets, if it sets one.</summary>
    public string? Code { get; init; }

    /// <summary>The metric that shows it, if one does.</summary>
    public string? Metric { get; init; }

    /// <summary>When it began.</summary>
    public required long FromMs { get; init; }

    /// <summary>When a report first showed it: the code set, or the metric beyond the documented limit. Null if it never came that far.</summary>
    public long? VisibleMs { get; internal set; }

    /// <summary>When its cause was gone; null if it was still there at the end of the run.</summary>
    public long? ToMs { get; internal set; }

    /// <summary>What took the cause away: <c>restart</c>, <c>reduce_power</c>, <c>repair</c>, <c>by itself</c>; null while it is there.</summary>
    public string? EndedBy { get; internal set; }

    /// <summary>What it must become.</summary>
    public required Expectation Expected { get; init; }
}

/// <summary>One segment that was cut. Times are true times, epoch milliseconds.</summary>
public sealed class InjectedOutage
{
    /// <summary>Number within the run, from 1.</summary>
    public required int Id { get; init; }

    /// <summary>The segment: mostly a cabinet.</summary>
    public required string Segment { get; init; }

    /// <summary>Its routers, and those of the segments below it.</summary>
    public required IReadOnlyList<string> Devices { get; init; }

    /// <summary>Their owners, each once: exactly these are told, and told again when it is over.</summary>
    public required IReadOnlyList<string> Customers { get; init; }

    /// <summary>When it was cut.</summary>
    public required long FromMs { get; init; }

    /// <summary>When it was repaired; null if it was still cut at the end.</summary>
    public long? ToMs { get; internal set; }

    /// <summary>The smaller one that it began as; null if it was cut as a whole.</summary>
    public InjectedOutage? GrownFrom { get; init; }

    /// <summary>When the first of it was cut.</summary>
    public long BeganMs => GrownFrom?.BeganMs ?? FromMs;
}

/// <summary>One due. Times are true times, epoch milliseconds.</summary>
public sealed class InjectedDue
{
    /// <summary>The device.</summary>
    public required string Device { get; init; }

    /// <summary>The due's name: <c>water-filter</c>.</summary>
    public required string Due { get; init; }

    /// <summary>Its owner, or null.</summary>
    public string? Customer { get; init; }

    /// <summary>When a reading first reached 90 %.</summary>
    public required long FromMs { get; init; }

    /// <summary>When the owner reset it; null if that did not happen.</summary>
    public long? ResetMs { get; internal set; }
}

/// <summary>A spell in which a device had no connection, for whatever reason. Times are true times, epoch milliseconds.</summary>
public sealed class Silence
{
    /// <summary>The device.</summary>
    public required string Device { get; init; }

    /// <summary>Why: <c>cable-cut router-off reboot-loop offline restart clock-skew</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>From its last moment with a connection.</summary>
    public required long FromMs { get; init; }

    /// <summary>To the reconnect; null if it did not come back.</summary>
    public long? ToMs { get; internal set; }
}

/// <summary>A command as the device got it.</summary>
/// <param name="Device">The device.</param>
/// <param name="CommandId">The command's id.</param>
/// <param name="Name">For example <c>restart</c>.</param>
/// <param name="AtMs">True time, epoch milliseconds.</param>
/// <param name="Repeated">The id had come before; the old answer was given again and nothing was done.</param>
/// <param name="Status">The answer: <c>ok</c> or <c>failed</c>.</param>
public sealed record ReceivedCommand(string Device, string CommandId, string Name, long AtMs, bool Repeated, string Status);
