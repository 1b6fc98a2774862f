using B2D.Core;
using B2D.Core.Maintenance;

namespace B2D.Storage.Maintenance;

/// <summary>Planned work on devices.</summary>
public sealed record MaintenanceRow
{
    public long Id { get; init; }
    public string Title { get; init; } = "";

    /// <summary>Why, for whoever wonders; may be empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Who planned it.</summary>
    public string Person { get; init; } = "";

    /// <summary><c>Segment</c>, <c>Device</c> or <c>Model</c>.</summary>
    public string Scope { get; init; } = "";

    /// <summary>The segment's path, the device's id or the model's name.</summary>
    public string Target { get; init; } = "";
    public long FromAt { get; init; }
    public long UntilAt { get; init; }

    /// <summary>The hours in which it runs, as JSON; empty: all the time from beginning to end.</summary>
    public string Hours { get; init; } = "";

    /// <summary><c>Planned</c> (also between two times of one that repeats), <c>Running</c> or <c>Over</c>.</summary>
    public string State { get; init; } = nameof(MaintenancePhase.Planned);

    /// <summary>End of the time that runs, as the devices have it; 0 while none does.</summary>
    public long RunningUntil { get; init; }

    /// <summary>When devices that belong to it were last looked for.</summary>
    public long LookedAt { get; init; }
    public long CreatedAt { get; init; }

    /// <summary>Who ended it before its time; empty for nobody.</summary>
    public string EndedBy { get; init; } = "";
    public long Version { get; init; }

    public MaintenancePlan ToPlan() => new(new ServerTime(FromAt), new ServerTime(UntilAt));
}
