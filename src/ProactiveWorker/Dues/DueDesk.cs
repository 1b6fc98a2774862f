using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Dues;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Dues;

namespace B2D.ProactiveWorker.Dues;

/// <summary>Dues that a person marks as done.</summary>
public sealed class DueDesk(Database state, EntryQueue entries, TimeProvider time) : IDueDesk
{
    public ActOutcome MarkDone(long dueId, string who)
    {
        if (state.Read(db => DueStore.Find(db, dueId)) is not { } due)
            return new ActOutcome.Unknown();
        if (due.State == "Done")
            return new ActOutcome.Rejected("it is done already");
        var entry = new Entry.Action(DeviceId.Parse(due.Device), due.Rule, FaultAction.DueDone, who, null, "");
        if (!entries.TrySubmit(Submission.Of(entry)))
            return new ActOutcome.Rejected("the log is busy; try again in a moment");
        state.Write(db => AuditStore.Append(db, time.GetUtcNow().ToUnixTimeMilliseconds(), who, "due.done", $"due:{dueId}"));
        return new ActOutcome.Done(0);
    }
}
