using B2D.Core;
using B2D.Core.Maintenance;
using B2D.Core.Rules;

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

    /// <summary>The hours in which it runs, as <see cref="WeekHours"/> writes them; empty: all the time from beginning to end.</summary>
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

    /// <summary>Customers feel it, and hear of it.</summary>
    public bool Felt { get; init; }

    /// <summary>What does not work meanwhile and why, in customers' words, and what they have all the same.</summary>
    public string Words { get; init; } = "";
    public string Cause { get; init; } = "";
    public string StillWorks { get; init; } = "";

    /// <summary>Bits of the channels that do not work meanwhile.</summary>
    public long TakesDown { get; init; }

    /// <summary>Where the customers live, from when they were first told on.</summary>
    public string Place { get; init; } = "";

    /// <summary>How often people changed it, from 1 on: what <see cref="Version"/> is to programs.</summary>
    public long Revision { get; init; } = 1;

    /// <summary>The last change explained, as customers read it.</summary>
    public string Why { get; init; } = "";

    /// <summary>When a change is told; 0: none waits.</summary>
    public long ChangeAt { get; init; }

    /// <summary>When it is looked at next who is to hear what; 0: not by itself.</summary>
    public long LookAt { get; init; }

    /// <summary>When customers first heard of it, were reminded, and heard that it takes longer; 0: not yet.</summary>
    public long ToldAt { get; init; }
    public long RemindedAt { get; init; }
    public long OverrunAt { get; init; }

    /// <summary>It was ended before it began.</summary>
    public bool IsCalledOff => EndedBy.Length > 0 && UntilAt <= FromAt;

    /// <summary>Whether people have worked on it, or do: not before the first of its hours.</summary>
    public bool HasBegun(ServerTime now) => State == nameof(MaintenancePhase.Running) || ToPlan().Begins <= now;

    /// <summary>Its times as one text, so that another one is seen.</summary>
    public string Times => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{FromAt} {UntilAt} {Hours}");

    public MaintenancePlan ToPlan() => new(new ServerTime(FromAt), new ServerTime(UntilAt), WeekHours.Parse(Hours, out _) is { } hours ? new Hours([hours]) : null);
}
