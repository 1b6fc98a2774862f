using System.Text.Json;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Decisions about notices to many, by people and by the clock: the approval, the ledger, the timeline and the audit in one transaction.</summary>
public sealed class ApprovalDesk(Database state, NoticePlanner planner, TimeProvider time) : IApprovalDesk
{
    private readonly DueWatch watch = new(state);

    public ActOutcome Act(long approvalId, int version, ApprovalAct act, string who) => state.Write<ActOutcome>(db =>
    {
        var now = ServerTime.From(time.GetUtcNow());
        if (ApprovalStore.Find(db, approvalId) is not { } row)
            return new ActOutcome.Unknown();
        if (row.Version != version)
            return new ActOutcome.Conflict((int)row.Version, "somebody else decided in the meantime");
        var problem = Step(db, row, act, who, now);
        if (problem.Length > 0)
            return new ActOutcome.Rejected(problem);
        AuditStore.Append(db, now.EpochMs, who, act switch { ApprovalAct.Stop => "approval.stop", ApprovalAct.Again => "approval.again", _ => "approval.let-go" }, row.Subject,
            JsonSerializer.Serialize(new { status = row.Status, recipients = row.Recipients, reason = (act as ApprovalAct.Stop)?.Reason ?? "" }));
        return new ActOutcome.Done(version + 1);
    });

    /// <summary>Lets go what nobody stopped in time; true where there may be more to do at once.</summary>
    public bool Pump(ServerTime now)
    {
        if (!watch.IsDue(now, ApprovalStore.NextAt))
            return false;
        state.Write(db =>
        {
            foreach (var row in ApprovalStore.Offered(db).Where(a => a.GoesAt > 0 && a.GoesAt <= now.EpochMs))
                Step(db, row, new ApprovalAct.TimeIsOver(), "B2D", now);
        });
        return false;
    }

    private string Step(Db db, ApprovalRow row, ApprovalAct act, string who, ServerTime now)
    {
        var (phase, problem) = ApprovalStep.Step(Enum.Parse<ApprovalPhase>(row.Phase), act);
        if (problem.Length > 0)
            return problem;
        var reason = act is ApprovalAct.Stop stop ? stop.Reason : "";
        if (phase == ApprovalPhase.Offered && planner.OfferAgain(db, row, now) is { Length: > 0 } refused)
            return refused;
        if (phase != ApprovalPhase.Offered)
            ApprovalStore.Update(db, row with { Phase = phase.ToString(), DecidedAt = now.EpochMs, Who = who, Reason = reason });
        if (phase == ApprovalPhase.Stopped)
            NoticeStore.MarkAll(db, row.Subject, nameof(NoticePhase.Held), nameof(NoticePhase.Suppressed), $"{who}{NoticeRow.StoppedIt}{reason}");
        else if (phase != ApprovalPhase.Offered)
            planner.LetGo(db, row, phase == ApprovalPhase.LetGo ? $"{who} let it go" : "nobody stopped it in time", now);
        TimelineStore.Add(db, new TimelineRow
        {
            Subject = row.Subject,
            At = now.EpochMs,
            Kind = "approval",
            Text = phase switch
            {
                ApprovalPhase.Offered => $"{who} offers again what customers are to be told, with what is known now",
                ApprovalPhase.Stopped => $"{who} stopped what {row.Recipients} customers were to be told: {reason}",
                ApprovalPhase.LetGo => $"{who} let go what {row.Recipients} customers are told",
                _ => $"Nobody stopped it in time: {row.Recipients} customers are told",
            },
            Who = who,
        });
        return "";
    }
}
