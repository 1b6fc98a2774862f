namespace B2D.Core.Maintenance;

/// <summary>On what people work: a segment with all below it, a device with all that report through it, or every device of a model.</summary>
public enum MaintenanceScope : byte { Segment = 1, Device = 2, Model = 3 }

/// <summary>Where maintenance stands; <see cref="Planned"/> also between two times of one that repeats.</summary>
public enum MaintenancePhase : byte { Planned = 1, Running = 2, Over = 3 }

/// <summary>Maintenance at an instant.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="Until">End of the time that runs; zero while none does.</param>
public readonly record struct MaintenanceState(MaintenancePhase Phase, ServerTime Until);

/// <summary>When people work on something.</summary>
/// <param name="From">The beginning.</param>
/// <param name="Until">The end, after the beginning.</param>
public sealed record MaintenancePlan(ServerTime From, ServerTime Until)
{
    /// <summary>Longest maintenance; nothing is unlimited.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>How far ahead one may begin.</summary>
    public static readonly TimeSpan FarthestAhead = TimeSpan.FromDays(366);

    /// <summary>Where it stands at an instant.</summary>
    public MaintenanceState At(ServerTime now)
    {
        if (now >= Until)
            return new MaintenanceState(MaintenancePhase.Over, ServerTime.Zero);
        return now >= From ? new MaintenanceState(MaintenancePhase.Running, Until) : new MaintenanceState(MaintenancePhase.Planned, ServerTime.Zero);
    }

    /// <summary>What is wrong with a plan that is made now; empty where nothing is.</summary>
    public string Problem(ServerTime now)
    {
        if (Until <= From)
            return "it ends before it begins: until lies after from";
        if (Until <= now)
            return "it lies in the past: until lies in the future";
        if (From > now + FarthestAhead)
            return $"it begins more than {FarthestAhead.Days} days from now";
        return Until - From > Longest ? $"it lasts longer than {Longest.Days} days" : "";
    }
}
