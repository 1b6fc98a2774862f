using B2D.Core;
using B2D.Core.Cases;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;

namespace B2D.ProactiveWorker.Cases;

/// <summary>Where leads decide which steps come first in new cases of a rule and model. Each decision is one transaction with its line in the audit and on the case.</summary>
public sealed class StandardStepDesk(Database state, TimeProvider time) : IStandardStepDesk
{
    public ActOutcome Act(long stepId, StandardStepAct act, string who) => state.Write<ActOutcome>(db =>
    {
        var now = ServerTime.From(time.GetUtcNow());
        if (StandardStepStore.Find(db, stepId) is not { } row)
            return new ActOutcome.Unknown();
        var (phase, reason) = StandardSteps.Step(Enum.Parse<StandardStepPhase>(row.State), act);
        if (reason != StandardStepReason.Done)
            return new ActOutcome.Rejected(reason == StandardStepReason.NotAccepted ? "it is not a standard step" : $"{row.DecidedBy} has decided about it already");
        StandardStepStore.Update(db, row with { State = phase.ToString(), DecidedBy = who, DecidedAt = now.EpochMs });
        var words = phase switch
        {
            StandardStepPhase.Accepted => "is a standard step from now on",
            StandardStepPhase.Declined => "does not become a standard step",
            _ => "is no standard step any more",
        };
        TimelineStore.Add(db, new TimelineRow { Subject = $"case:{row.CaseId}", At = now.EpochMs, Kind = "standard-step", Text = $"“{row.Text}” {words}", Who = who });
        AuditStore.Append(db, now.EpochMs, who, $"step.{act}", $"step:{row.Id}");
        return new ActOutcome.Done(0);
    });
}
