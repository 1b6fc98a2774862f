using B2D.Core.Dues;
using B2D.Core.Faults;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Devices;
using B2D.Storage.Dues;

namespace B2D.ProactiveWorker.Dues;

/// <summary>Keeps dues by device, rule and cycle, and has the owner told once.</summary>
public sealed class DueRecorder(NoticePlanner notices)
{
    public void OnChanged(Db db, LaneEffect.DueChanged e)
    {
        var now = e.At.EpochMs;
        var row = Row(db, e);
        var next = e.Change switch
        {
            DueChange.Told => row with { State = "Told", Used = e.State.Used, DueAt = now, ToldAt = now, ChangedAt = now },
            DueChange.Overdue => row with { State = "Overdue", Used = e.State.Used, ChangedAt = now },
            _ => row with { State = "Done", DoneAt = now, DoneBy = e.Reason == DueReason.DoneByOwner ? "owner" : "reset", ChangedAt = now },
        };
        if (row.State is "Done" || row.State == next.State)
            return;
        DueStore.Update(db, next);
        TimelineStore.Add(db, new TimelineRow
        {
            Subject = $"due:{row.Id}",
            At = now,
            Kind = next.State,
            Text = Words(e),
            Who = "B2D",
            EffectId = e.EffectId,
        });
        if (e.Change == DueChange.Told && e.Rule.Notice is { } notice)
            notices.PlanDue(db, next, notice, e.At);
    }

    private static DueRow Row(Db db, LaneEffect.DueChanged e)
    {
        if (DueStore.Find(db, e.Device.Value, e.Rule.Id, e.Cycle) is { } known)
            return known;
        var row = new DueRow
        {
            Device = e.Device.Value,
            Customer = DeviceStore.Find(db, e.Device.Value)?.Customer ?? "",
            Rule = e.Rule.Id,
            Title = e.Rule.Title,
            Cycle = e.Cycle,
            Used = e.State.Used,
            Every = e.Rule.Every,
            Unit = e.Rule.Unit,
            TellAt = e.Rule.TellAt,
            ChangedAt = e.At.EpochMs,
            EffectId = e.EffectId,
        };
        var id = DueStore.TryOpen(db, row) ?? throw new InvalidOperationException($"a due of {e.Device} and {e.Rule.Id} appeared inside the transaction that looked for it");
        return row with { Id = id };
    }

    private static string Words(LaneEffect.DueChanged e) => e.Change switch
    {
        DueChange.Told => $"{e.State.Used:0} of {e.Rule.Every:0} {e.Rule.Unit} used; the owner is told",
        DueChange.Overdue => $"All {e.Rule.Every:0} {e.Rule.Unit} are used up",
        _ => e.Reason == DueReason.DoneByOwner ? "Done, says the owner" : "Done: the device's own counter was reset",
    };
}
