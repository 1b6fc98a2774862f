using B2D.Core;
using B2D.Core.Alarms;
using B2D.Storage;
using B2D.Storage.Alarms;

namespace B2D.ProactiveWorker.Alarms;

/// <summary>Keeps the alarms of <see cref="AlarmLoop"/> in the database as soon as it can be written, and hears from it of those that evaluation raised.</summary>
public sealed class AlarmRecorder(Database state, AlarmLoop alarms, TimeProvider time)
{
    /// <summary>How often it looks at least.</summary>
    public static TimeSpan Every { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Takes up what an earlier run left open.</summary>
    public void Start() => alarms.TakeUp(Open().Where(IsOwn));

    /// <summary>One turn; throws where the database cannot be written, and does it again the next time.</summary>
    public bool Pump()
    {
        alarms.Evaluated([.. Open().Where(a => !IsOwn(a))], ServerTime.From(time.GetUtcNow()));
        var changed = alarms.Unrecorded();
        if (changed.Count == 0)
            return false;
        state.Write(db =>
        {
            foreach (var alarm in changed)
            {
                OwnAlarmStore.Raise(db, alarm.Key, alarm.Kind, alarm.Since.EpochMs, alarm.Detail);
                OwnAlarmStore.SetDetail(db, alarm.Key, alarm.Detail);
                if (alarm.Until is { } until)
                    OwnAlarmStore.Clear(db, alarm.Key, until.EpochMs);
            }
        });
        foreach (var alarm in changed)
            alarms.Recorded(alarm);
        return false;
    }

    private static bool IsOwn(OwnAlarm alarm) => Enum.TryParse<AlarmKind>(alarm.Kind, out _);

    private List<OwnAlarm> Open() =>
        [.. state.Read(OwnAlarmStore.Open).Select(r => new OwnAlarm(r.Key, r.Kind, AlarmLevel.Warning, new ServerTime(r.SinceAt), null, r.Detail))];
}
