using B2D.Core.Rules;

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
/// <param name="Within">Only in these hours; null: all the time from beginning to end.</param>
public sealed record MaintenancePlan(ServerTime From, ServerTime Until, Hours? Within = null)
{
    /// <summary>Longest maintenance that goes on all the time.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>Longest maintenance that repeats, and how far ahead one may begin.</summary>
    public static readonly TimeSpan LongestWithinHours = TimeSpan.FromDays(366);

    /// <summary>Where it stands at an instant.</summary>
    public MaintenanceState At(ServerTime now)
    {
        if (now >= Until)
            return new MaintenanceState(MaintenancePhase.Over, ServerTime.Zero);
        if (now < From || Within?.IsOpen(now) == false)
            return new MaintenanceState(MaintenancePhase.Planned, ServerTime.Zero);
        return new MaintenanceState(MaintenancePhase.Running, Within is null ? Until : ServerTime.Min(Until, Within.OpenUntil(now)));
    }

    /// <summary>The times that it runs, in order, from one that <paramref name="since"/> is within or that comes next, as far as they begin before <paramref name="until"/>.</summary>
    public IEnumerable<(ServerTime From, ServerTime Until)> Times(ServerTime since, ServerTime until)
    {
        // Whoever asks at an instant within a time wants its beginning as well.
        for (var at = Within is null ? From : ServerTime.Max(From, since - Longest); at < until && at < Until;)
        {
            var begin = Within?.NextOpen(at) ?? at;
            if (begin >= until || At(begin) is not { Phase: MaintenancePhase.Running } state)
                yield break;
            if (state.Until > since)
                yield return (begin, state.Until);
            at = state.Until;
        }
    }

    /// <summary>When it runs for the first time; <see cref="From"/> where its hours never come.</summary>
    public ServerTime Begins => Times(From, Until).Select(t => t.From).FirstOrDefault(From);

    /// <summary>Where it ends that people end now: what never ran ends where it was to begin, so that it never took place.</summary>
    /// <param name="begun">It runs, or ran.</param>
    public ServerTime EndsNow(bool begun, ServerTime now) => begun ? ServerTime.Max(now, From + TimeSpan.FromMilliseconds(1)) : From;

    /// <summary>What is wrong with a plan that is made now; empty where nothing is.</summary>
    public string Problem(ServerTime now)
    {
        if (Until <= From)
            return "it ends before it begins: until lies after from";
        if (Until <= now)
            return "it lies in the past: until lies in the future";
        if (From > now + LongestWithinHours)
            return $"it begins more than {LongestWithinHours.Days} days from now";
        var longest = Within is null ? Longest : LongestWithinHours;
        if (Until - From > longest)
            return $"it lasts longer than {longest.Days} days";
        return Within is not null && !Times(ServerTime.Max(From, now), Until).Any() ? "its hours never come between its beginning and its end" : "";
    }
}
