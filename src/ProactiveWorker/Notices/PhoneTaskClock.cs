using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Looks after calls that people are to make: one that is not needed any more closes itself with the reason, and one whose time passes is raised.</summary>
public sealed class PhoneTaskClock(Database state)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly NoticeFilter ToPrint = new() { States = [nameof(NoticePhase.Calling)], Channel = "letter", Limit = Page.MaxRows };
    private const string DangerPassed = "the signal is normal again, but somebody may have come to harm: ask whether all is well";

    private readonly DueWatch watch = new(state);
    private ServerTime next;

    /// <summary>Looks at all open calls, at most every five seconds; true where there may be more to do at once.</summary>
    public bool Pump(ServerTime now)
    {
        if (now < next || !watch.Any(now, db => PhoneTaskStore.Open(db, 0, 1).Count > 0 || NoticeStore.List(db, ToPrint with { Limit = 1 }).Count > 0))
            return false;
        next = now + Every;
        foreach (var page in Pages())
        {
            var changing = state.Read(db => page.Where(t => IsOver(db, t, now) is not null || IsLate(t, now) || Passed(db, t)).ToArray());
            if (changing.Length > 0)
                state.Write(db => Array.ForEach(changing, t => Look(db, t.Id, now)));
        }
        foreach (var page in Letters())
        {
            var changing = state.Read(db => page.Where(l => NoticeTruth.Untrue(db, l, now) is not null).ToArray());
            if (changing.Length > 0)
                state.Write(db => Array.ForEach(changing, l => LookAtLetter(db, l.Id, now)));
        }
        return false;
    }

    /// <summary>Letters that are to be printed.</summary>
    private IEnumerable<IReadOnlyList<NoticeRow>> Letters()
    {
        var filter = ToPrint;
        while (true)
        {
            var page = state.Read(db => NoticeStore.List(db, filter));
            if (page.Count == 0)
                yield break;
            yield return page;
            filter = filter with { Before = (page[^1].CreatedAt, page[^1].Id) };
        }
    }

    private static void LookAtLetter(Db db, string id, ServerTime now)
    {
        if (NoticeStore.Find(db, id) is { State: nameof(NoticePhase.Calling) } letter && NoticeTruth.Untrue(db, letter, now) is { } why)
            NoticeStore.Mark(db, id, nameof(NoticePhase.Suppressed), reason: $"{why} was printed");
    }

    /// <summary>What a notice by phone was to say need not be said any more.</summary>
    internal static void Close(Db db, NoticeRow notice, string why, ServerTime now)
    {
        if (PhoneTaskStore.OfNotice(db, notice.Id) is { State: "Open" } task)
            PhoneTaskStore.Update(db, task with { State = nameof(PhoneTaskPhase.Closed), Reason = why, DoneAt = now.EpochMs, Who = "B2D" });
    }

    private IEnumerable<IReadOnlyList<PhoneTaskRow>> Pages()
    {
        var after = 0L;
        while (true)
        {
            var page = state.Read(db => PhoneTaskStore.Open(db, after));
            if (page.Count == 0)
                yield break;
            yield return page;
            after = page[^1].Id;
        }
    }

    private static bool IsLate(PhoneTaskRow task, ServerTime now) => !task.Late && task.DueAt <= now.EpochMs;

    /// <summary>Why nobody need call any more; null while somebody has to.</summary>
    private static string? IsOver(Db db, PhoneTaskRow task, ServerTime now) => NoticeStore.Find(db, task.Notice) switch
    {
        null => "the notice is gone",
        { State: not nameof(NoticePhase.Calling) } other => other.Reason,
        var row when IsDangerPassed(db, row) => null,
        var row => NoticeTruth.Untrue(db, row, now) is { } why ? $"{why} was told" : null,
    };

    /// <summary>It was about danger, and the signal is normal again: that nobody is hurt is not what a signal says.</summary>
    private static bool IsDangerPassed(Db db, NoticeRow notice) =>
        notice is { Class: "safety", Status: "device-fault" } && notice.Subject.Split([':', '/'], 3) is ["fault", var device, var rule]
        && FaultStore.Find(db, device, rule, notice.Episode) is { ClearedAt: > 0 } && DeviceStore.Find(db, device)?.Customer == Carer.CustomerOf(notice.Customer);

    /// <summary>The danger passed, and whoever calls does not read so yet.</summary>
    private static bool Passed(Db db, PhoneTaskRow task) =>
        task.Reason != DangerPassed && NoticeStore.Find(db, task.Notice) is { State: nameof(NoticePhase.Calling) } row && IsDangerPassed(db, row);

    private static void Look(Db db, long id, ServerTime now)
    {
        if (PhoneTaskStore.Find(db, id) is not { State: "Open" } task)
            return;
        if (IsOver(db, task, now) is { } why)
        {
            if (NoticeStore.Find(db, task.Notice) is { State: nameof(NoticePhase.Calling) } row)
            {
                NoticeStore.Mark(db, row.Id, nameof(NoticePhase.Suppressed), reason: why);
                Close(db, row, why, now);
            }
            else
            {
                PhoneTaskStore.Update(db, task with { State = nameof(PhoneTaskPhase.Closed), Reason = why, DoneAt = now.EpochMs, Who = "B2D" });
            }
        }
        else if (IsLate(task, now) || Passed(db, task))
        {
            var isLate = task.Late || IsLate(task, now);
            PhoneTaskStore.Update(db, task with { Late = isLate, Reason = Passed(db, task) ? DangerPassed : task.Reason });
            if (!isLate || task.Late)
                return;
            TimelineStore.Add(db, new TimelineRow
            {
                Subject = $"phone-task:{task.Id}",
                At = now.EpochMs,
                Kind = "late",
                Text = $"Nobody has reached {task.Customer} in time: {task.Reason}",
                Who = "B2D",
                EffectId = $"phone-task/{task.Id}/late",
            });
        }
    }
}
