using System.Globalization;

namespace B2D.Core.Alarms;

/// <summary>
/// Whether something is wrong now and how much. What is raised already clears at another mark than it was raised at, so that a value at the mark does not
/// raise and clear in turn.
/// </summary>
public static class AlarmConditions
{
    /// <summary>Room that has to be there again beyond the mark: one part in so many of it.</summary>
    private const long RoomAgain = 10;

    /// <summary>Behind by so many times the limit is critical.</summary>
    private const int FarBehind = 10;

    /// <summary>The log cannot be written.</summary>
    public static AlarmLevel IngestStopped(string? problem) => problem is null ? AlarmLevel.None : AlarmLevel.Critical;

    /// <summary>The oldest entry that is not evaluated is older than the limit; over when it is younger than half of it.</summary>
    public static AlarmLevel EvaluationLagging(TimeSpan oldest, TimeSpan limit, AlarmLevel now) => oldest switch
    {
        _ when oldest > limit * FarBehind => AlarmLevel.Critical,
        _ when oldest > limit => now == AlarmLevel.Critical && oldest > limit * FarBehind / 2 ? AlarmLevel.Critical : AlarmLevel.Warning,
        _ => now != AlarmLevel.None && oldest > limit / 2 ? AlarmLevel.Warning : AlarmLevel.None,
    };

    /// <summary>So many tries failed since the last notice that was sent.</summary>
    public static AlarmLevel NoticesFailing(long failuresSinceSent, int limit) => failuresSinceSent >= limit ? AlarmLevel.Critical : AlarmLevel.None;

    /// <summary>Little room; over when there is a tenth more than the mark.</summary>
    public static AlarmLevel DiskFilling(long? free, long warn, long critical, AlarmLevel now) => free switch
    {
        null => now,
        _ when free < critical || (now == AlarmLevel.Critical && free < critical + (critical / RoomAgain)) => AlarmLevel.Critical,
        _ when free < warn || (now != AlarmLevel.None && free < warn + (warn / RoomAgain)) => AlarmLevel.Warning,
        _ => AlarmLevel.None,
    };

    /// <summary>The clock went on by something else than the time that passed.</summary>
    public static AlarmLevel ClockJumped(TimeSpan jump, TimeSpan limit) => jump.Duration() > limit ? AlarmLevel.Warning : AlarmLevel.None;

    /// <summary>A loop's last turn failed.</summary>
    public static AlarmLevel LoopFailing(int loops) => loops > 0 ? AlarmLevel.Critical : AlarmLevel.None;

    /// <summary>None for so long, where there were many; over with the first.</summary>
    public static AlarmLevel NoConnections(int most, TimeSpan noneFor, AlarmLimits limits) =>
        most >= limits.ManyConnections && noneFor >= limits.NoConnectionsFor ? AlarmLevel.Warning : AlarmLevel.None;

    /// <summary>When a disk is full that fills at the pace of these two looks; null where it does not fill, or not within 100 days.</summary>
    public static TimeSpan? FullIn(long freeBefore, long freeNow, TimeSpan between)
    {
        var gone = freeBefore - freeNow;
        if (gone <= 0 || between <= TimeSpan.Zero)
            return null;
        var left = freeNow * (between.TotalHours / gone);
        return left < 2400 ? TimeSpan.FromHours(left) : null;
    }

    /// <summary>Bytes as people read them.</summary>
    public static string Size(long bytes) => bytes switch
    {
        >= 10L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 30:N0} GiB"),
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):N1} GiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20:N0} MiB"),
    };

    /// <summary>A duration as people say it.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        { TotalMinutes: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0} days"),
    };
}
