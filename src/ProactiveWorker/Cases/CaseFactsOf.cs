using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Rules;
using B2D.Storage.Cases;

namespace B2D.ProactiveWorker.Cases;

/// <summary>Between the case machine's facts and the row.</summary>
internal static class CaseFactsOf
{
    public static CaseFacts Row(CaseRow row) => new(
        Enum.Parse<CasePhase>(row.State),
        row.Assignee,
        new ServerTime(row.WaitingSinceAt),
        row.AskFirst,
        new ServerTime(row.ResolvedAt))
    {
        EndedByItself = row.ResolvedBy == "B2D",
        EndsByPerson = row.Class == FaultClass.Safety || row.Chronic,
    };

    public static CaseRow Apply(CaseRow row, CaseFacts facts) => row with
    {
        State = facts.Phase.ToString(),
        Assignee = facts.Assignee,
        WaitingSinceAt = facts.WaitingSince.EpochMs,
        ResolvedAt = facts.ResolvedAt.EpochMs,
        WaitingKind = facts.Phase == CasePhase.Waiting ? row.WaitingKind : "",
        WaitingFor = facts.Phase == CasePhase.Waiting ? row.WaitingFor : "",
        WaitingUntil = facts.Phase == CasePhase.Waiting ? row.WaitingUntil : 0,
    };
}
