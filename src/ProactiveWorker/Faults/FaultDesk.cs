using System.Text.Json;
using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Faults;

namespace B2D.ProactiveWorker.Faults;

/// <summary>What people do to faults goes through the log, like everything that lanes see.</summary>
public sealed class FaultDesk(Database state, EntryQueue entries, TimeProvider time) : IFaultDesk
{
    /// <summary>Nothing is silenced for ever.</summary>
    private static readonly TimeSpan LongestOutOfService = TimeSpan.FromDays(90);

    public ActOutcome Act(long faultId, FaultAct act, string who)
    {
        if (state.Read(db => FaultStore.Find(db, faultId)) is not { } fault)
            return new ActOutcome.Unknown();
        var now = ServerTime.From(time.GetUtcNow());
        var (kind, until, reason) = act switch
        {
            FaultAct.Acknowledge => (FaultAction.Acknowledge, (ServerTime?)null, ""),
            FaultAct.Shelve e => (FaultAction.Shelve, e.Until, e.Reason),
            FaultAct.Unshelve => (FaultAction.Unshelve, null, ""),
            FaultAct.OutOfService => (FaultAction.OutOfService, now + LongestOutOfService, "out of service"),
            _ => (FaultAction.InService, null, ""),
        };
        if (kind == FaultAction.Shelve && (until <= now || until > now + LongestOutOfService))
            return new ActOutcome.Rejected("a fault is shelved until a time within the next 90 days");
        // No rule's memory follows what was found late, and nobody is told of it.
        if (fault.BackDated && act is not FaultAct.Acknowledge)
            return new ActOutcome.Rejected("this fault was found later, in readings that came late: nobody is told of it, so there is nothing to silence");
        var entry = new Entry.Action(DeviceId.Parse(fault.Device), fault.Rule, kind, who, until, reason);
        if (fault.BackDated)
            state.Write(db => FaultStore.Acknowledge(db, fault.Device, fault.Rule, who, now.EpochMs));
        else if (!entries.TrySubmit(Submission.Of(entry)))
            return new ActOutcome.Rejected("the log is busy; try again in a moment");
        state.Write(db => AuditStore.Append(db, now.EpochMs, who, $"fault.{kind}", $"fault:{faultId}", JsonSerializer.Serialize(new { until = until?.EpochMs, reason })));
        return new ActOutcome.Done(0);
    }
}
