using B2D.Core;
using B2D.Core.Alarms;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Alarms;

/// <summary>
/// Looks at the program itself and keeps its alarms in memory, so that a full disk or a database that hangs raises its alarm all the same. Who records and
/// who tells of them follows by itself.
/// </summary>
public sealed partial class AlarmLoop(CareOptions options, Func<AlarmFacts> facts, TimeProvider time, ILogger<AlarmLoop> log)
{
    private readonly Lock gate = new();
    private readonly AlarmWatch watch = new(options.Limits);
    private readonly long start = time.GetTimestamp();
    private readonly Dictionary<string, OwnAlarm> unrecorded = new(StringComparer.Ordinal);
    private readonly List<OwnAlarm> over = [];
    private IReadOnlyList<OwnAlarm> own = [];
    private IReadOnlyList<OwnAlarm> evaluated = [];

    /// <summary>How often it wants to be pumped.</summary>
    public static TimeSpan Every { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Called, on the pump's thread, when an alarm was raised, changed or is over; it must only signal.</summary>
    public Action? Changed { get; set; }

    /// <summary>All alarms that last, the worst first.</summary>
    public IReadOnlyList<OwnAlarm> Open
    {
        get
        {
            lock (gate)
                return [.. own, .. evaluated];
        }
    }

    /// <summary>The worst of them.</summary>
    public AlarmLevel Level => Open.Select(a => a.Level).DefaultIfEmpty().Max();

    /// <summary>Alarms raised since the start.</summary>
    public long Raised { get; private set; }

    /// <summary>Age of the oldest entry that waits for its evaluation.</summary>
    public TimeSpan OldestUnevaluated { get; private set; }

    /// <summary>When the disk is full at the pace of the last hour; null where it does not fill.</summary>
    public TimeSpan? DiskFullIn { get; private set; }

    /// <summary>Takes up the alarms that an earlier run left open; before the first pump.</summary>
    public void TakeUp(IEnumerable<OwnAlarm> open)
    {
        foreach (var alarm in open)
            watch.TakeUp(alarm);
        own = watch.Open;
    }

    /// <summary>One look; never more to do at once.</summary>
    public bool Pump()
    {
        var changes = watch.Look(facts(), ServerTime.From(time.GetUtcNow()), time.GetElapsedTime(start));
        lock (gate)
        {
            own = watch.Open;
            foreach (var (_, alarm) in changes)
            {
                unrecorded[alarm.Key] = alarm;
                if (alarm.Until is not null)
                    over.Add(alarm);
            }
        }
        (OldestUnevaluated, DiskFullIn) = (watch.OldestUnevaluated, watch.DiskFullIn);
        foreach (var (change, alarm) in changes)
            Say(change, alarm);
        if (changes.Count > 0)
            Changed?.Invoke();
        return false;
    }

    /// <summary>What is to be recorded, in no order; each stays until <see cref="Recorded"/>.</summary>
    internal IReadOnlyList<OwnAlarm> Unrecorded()
    {
        lock (gate)
            return [.. unrecorded.Values];
    }

    internal void Recorded(OwnAlarm alarm)
    {
        lock (gate)
        {
            if (unrecorded.GetValueOrDefault(alarm.Key) == alarm)
                unrecorded.Remove(alarm.Key);
        }
    }

    /// <summary>Alarms that ended since the last call.</summary>
    internal IReadOnlyList<OwnAlarm> TakeOver()
    {
        lock (gate)
        {
            OwnAlarm[] taken = [.. over];
            over.Clear();
            return taken;
        }
    }

    /// <summary>Alarms that evaluation raised itself, as the database has them now.</summary>
    internal void Evaluated(IReadOnlyList<OwnAlarm> open, ServerTime now)
    {
        lock (gate)
        {
            if (open.SequenceEqual(evaluated))
                return;
            over.AddRange(evaluated.Where(e => open.All(o => o.Key != e.Key)).Select(e => e with { Until = now }));
            evaluated = open;
        }
        Changed?.Invoke();
    }

    private void Say(AlarmChange change, OwnAlarm alarm)
    {
        if (change == AlarmChange.Cleared)
        {
            LogOver(alarm.Title);
            return;
        }
        if (change == AlarmChange.Raised)
            Raised++;
        if (alarm.Level == AlarmLevel.Critical)
            LogCritical(alarm.Title, alarm.Detail);
        else
            LogWarning(alarm.Title, alarm.Detail);
    }

    [LoggerMessage(3060, LogLevel.Error, "B2D itself: {Title}. {Detail}")]
    private partial void LogCritical(string title, string detail);

    [LoggerMessage(3061, LogLevel.Warning, "B2D itself: {Title}. {Detail}")]
    private partial void LogWarning(string title, string detail);

    [LoggerMessage(3062, LogLevel.Information, "B2D itself: over: {Title}")]
    private partial void LogOver(string title);
}
