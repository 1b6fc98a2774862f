namespace B2D.Core.Alarms;

/// <summary>
/// Looks at the program once a second or so and says which alarms of its own are raised, changed or over. Durations run in time that passed, so that a clock
/// which is set neither raises nor hides one. Not safe for two threads.
/// </summary>
public sealed class AlarmWatch(AlarmLimits limits)
{
    /// <summary>Between two looks at the room on disk that its pace is taken from, and how many are kept: an hour.</summary>
    private static readonly TimeSpan DiskEvery = TimeSpan.FromMinutes(1);
    private const int DiskLooks = 60;

    /// <summary>What fills in a shorter time than this is no pace.</summary>
    private static readonly TimeSpan DiskPace = TimeSpan.FromMinutes(10);

    /// <summary>Between two marks that the age of what waits is taken from, and how many are kept.</summary>
    private const int MostMarks = 4096;

    private readonly Dictionary<AlarmKind, (AlarmState State, OwnAlarm? Alarm)> alarms = [];
    private readonly Queue<(TimeSpan At, long Offset)> marks = new();
    private readonly Queue<(TimeSpan At, long Free)> disk = new();
    private (ServerTime Wall, TimeSpan Passed)? clock;
    private long lastMark;
    private TimeSpan lastDisk;
    private long sentSeen;
    private long failuresAtSent;
    private int mostConnections;
    private TimeSpan noneSince;
    private ServerTime wall;
    private TimeSpan passed;
    private List<(AlarmChange, OwnAlarm)> changes = [];

    /// <summary>Alarms that are raised, worst first.</summary>
    public IReadOnlyList<OwnAlarm> Open => [.. alarms.Values.Where(a => a.State.IsOpen).Select(a => a.Alarm!).OrderByDescending(a => a.Level).ThenBy(a => a.Since.EpochMs)];

    /// <summary>Age of the oldest entry that is not evaluated, as far as it is known: from the first look at which it was there.</summary>
    public TimeSpan OldestUnevaluated { get; private set; }

    /// <summary>When the disk is full at the pace of the last hour; null where it does not fill.</summary>
    public TimeSpan? DiskFullIn { get; private set; }

    /// <summary>Takes up what an earlier run of the program raised and did not clear.</summary>
    public void TakeUp(OwnAlarm open)
    {
        if (Enum.TryParse<AlarmKind>(open.Kind, out var kind))
            alarms[kind] = (new AlarmState(AlarmPhase.Raised, open.Level, TimeSpan.Zero), open);
    }

    /// <summary>One look.</summary>
    /// <param name="now">The system clock.</param>
    /// <param name="elapsed">Time that passed since the start, by a clock that nobody sets.</param>
    public IReadOnlyList<(AlarmChange Change, OwnAlarm Alarm)> Look(AlarmFacts facts, ServerTime now, TimeSpan elapsed)
    {
        (wall, passed, changes) = (now, elapsed, []);
        Say(AlarmKind.IngestStopped, AlarmConditions.IngestStopped(facts.IngestProblem), $"What devices send is not acknowledged: {facts.IngestProblem}", 1, 5);
        LookAtLag(facts);
        LookAtNotices(facts);
        LookAtDisk(facts);
        LookAtClock();
        Say(AlarmKind.LoopFailing, AlarmConditions.LoopFailing(facts.FailingLoops.Count),
            $"Failing and trying again: {string.Join("; ", facts.FailingLoops.Select(l => $"{l.Loop} ({l.Reason})"))}", 10, 10);
        LookAtConnections(facts);
        return changes;
    }

    private AlarmLevel LevelOf(AlarmKind kind) => alarms.TryGetValue(kind, out var one) && one.State.IsOpen ? one.State.Level : AlarmLevel.None;

    private void LookAtLag(AlarmFacts facts)
    {
        while (marks.TryPeek(out var first) && first.Offset <= facts.EvaluatedOffset)
            marks.Dequeue();
        // A mark is worth keeping where something came since the last one.
        if (facts.LogOffset > facts.EvaluatedOffset && marks.Count < MostMarks && facts.LogOffset > lastMark)
            marks.Enqueue((passed, lastMark = facts.LogOffset));
        OldestUnevaluated = marks.TryPeek(out var oldest) ? passed - oldest.At : TimeSpan.Zero;
        Say(AlarmKind.EvaluationLagging, AlarmConditions.EvaluationLagging(OldestUnevaluated, limits.EvaluationLag, LevelOf(AlarmKind.EvaluationLagging)),
            $"The oldest entry that is not evaluated waits for {AlarmConditions.Span(OldestUnevaluated)}; {facts.LogOffset - facts.EvaluatedOffset:N0} wait", 0, 10);
    }

    private void LookAtNotices(AlarmFacts facts)
    {
        if (facts.NoticesSent > sentSeen)
            (sentSeen, failuresAtSent) = (facts.NoticesSent, facts.NoticeFailures);
        var failed = facts.NoticeFailures - failuresAtSent;
        Say(AlarmKind.NoticesFailing, AlarmConditions.NoticesFailing(failed, limits.NoticeFailures), $"The last {failed:N0} tries to send a notice failed", 0, 0);
    }

    private void LookAtDisk(AlarmFacts facts)
    {
        if (facts.DiskFree is { } free && (disk.Count == 0 || passed - lastDisk >= DiskEvery))
        {
            disk.Enqueue((lastDisk = passed, free));
            if (disk.Count > DiskLooks)
                disk.Dequeue();
        }
        DiskFullIn = disk.TryPeek(out var first) && facts.DiskFree is { } left && passed - first.At >= DiskPace ? AlarmConditions.FullIn(first.Free, left, passed - first.At) : null;
        Say(AlarmKind.DiskFilling, AlarmConditions.DiskFilling(facts.DiskFree, limits.DiskWarn, limits.DiskCritical, LevelOf(AlarmKind.DiskFilling)),
            $"{AlarmConditions.Size(facts.DiskFree ?? 0)} are free on the disk of the data folder{(DiskFullIn is { } full ? $"; at the pace of the last hour it is full in {AlarmConditions.Span(full)}" : "")}",
            0, 10);
    }

    private void LookAtClock()
    {
        var jump = clock is var (before, then) ? wall - before - (passed - then) : TimeSpan.Zero;
        clock = (wall, passed);
        var level = AlarmConditions.ClockJumped(jump, limits.ClockJump);
        // A jump that is shown keeps its words; another one begins anew.
        if (level != AlarmLevel.None && LevelOf(AlarmKind.ClockJumped) != AlarmLevel.None)
            End(AlarmKind.ClockJumped);
        Say(AlarmKind.ClockJumped, level, level == AlarmLevel.None ? null : $"The system clock went {(jump > TimeSpan.Zero ? "ahead" : "back")} by {AlarmConditions.Span(jump.Duration())} at once",
            0, limits.ClockJumpShown.TotalSeconds);
    }

    private void LookAtConnections(AlarmFacts facts)
    {
        if (facts.Connections is not { } connections)
            return;
        if (connections > 0)
            noneSince = passed;
        mostConnections = Math.Max(mostConnections, connections);
        var noneFor = passed - noneSince;
        Say(AlarmKind.NoConnections, AlarmConditions.NoConnections(mostConnections, noneFor, limits),
            $"No device is connected since {AlarmConditions.Span(noneFor)}; there were {mostConnections:N0} at once", 0, 0);
    }

    private void End(AlarmKind kind)
    {
        var (_, alarm) = alarms[kind];
        alarms.Remove(kind);
        changes.Add((AlarmChange.Cleared, alarm! with { Until = wall }));
    }

    /// <param name="detail">Null: what was said before stays.</param>
    private void Say(AlarmKind kind, AlarmLevel level, string? detail, double raiseAfterSeconds, double clearAfterSeconds)
    {
        var (state, alarm) = alarms.GetValueOrDefault(kind, (AlarmState.Normal, null));
        var (next, change) = AlarmStep.Step(state, level, passed, TimeSpan.FromSeconds(raiseAfterSeconds), TimeSpan.FromSeconds(clearAfterSeconds));
        // While it clears, the last words on what was wrong stand.
        if (level == AlarmLevel.None)
            detail = null;
        alarm = change switch
        {
            AlarmChange.Raised => new OwnAlarm($"{kind}/{wall.EpochMs}", kind.ToString(), level, wall, null, detail!),
            AlarmChange.Cleared => alarm! with { Until = wall },
            _ => alarm is null ? null : alarm with { Level = next.Level, Detail = detail ?? alarm.Detail },
        };
        alarms[kind] = (next, next.IsOpen ? alarm : null);
        if (change != AlarmChange.None)
            changes.Add((change, alarm!));
    }
}
