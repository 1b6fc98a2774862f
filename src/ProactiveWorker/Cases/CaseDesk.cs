using System.Text.Json;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;

namespace B2D.ProactiveWorker.Cases;

/// <summary>How an agent's act ended.</summary>
/// <param name="Conflict">Somebody else changed the case in between.</param>
/// <param name="Problem">Why it was refused, in words; empty where it was done.</param>
public readonly record struct DeskOutcome(bool Done, bool Conflict, string Problem)
{
    public static readonly DeskOutcome Ok = new(true, false, "");

    public static DeskOutcome Refused(string problem) => new(false, false, problem);
}

/// <summary>What agents do to cases: every act is one transaction with its line in the timeline and in the audit.</summary>
public sealed class CaseDesk(Database state, TimeProvider time)
{
    private const int MaxSteps = 200;

    /// <summary>Moves the case machine on; <paramref name="change"/> sets what belongs to the event (what is waited for, the disposition …).</summary>
    public DeskOutcome Move(long caseId, long version, CaseEvent happened, string who, string text, Func<CaseRow, CaseRow>? change = null, object? detail = null) =>
        Act(caseId, version, who, happened.GetType().Name, text, detail, (_, row, now) =>
        {
            var step = CaseStep.Step(CaseFactsOf.Row(row), happened, now);
            if (!step.Accepted)
                return (row, Words(step.Reason));
            var moved = CaseFactsOf.Apply(row, step.Facts);
            moved = moved.State == "Closed" ? moved with { ClosedAt = now.EpochMs } : moved;
            moved = moved.State == "Resolved" && row.State != "Resolved" ? moved with { ResolvedBy = who } : moved;
            return (change?.Invoke(moved) ?? moved, "");
        });

    /// <summary>Adds a line that changes nothing.</summary>
    public DeskOutcome Note(long caseId, long version, string text, string who) =>
        text.Length is 0 or > 10_000
            ? DeskOutcome.Refused("a note has 1 to 10,000 characters")
            : Act(caseId, version, who, "Note", text, null, (_, row, _) => (row, ""));

    /// <summary>Puts a step into the list; position from 0, beyond the end means last.</summary>
    public DeskOutcome AddStep(long caseId, long version, string text, int position, string who) =>
        text.Length is 0 or > 1_000
            ? DeskOutcome.Refused("a step has 1 to 1,000 characters")
            : Act(caseId, version, who, "AddStep", $"Step added: {text}", null, (db, row, _) =>
            {
                var steps = StepStore.List(db, caseId).Select(s => s.Id).ToList();
                if (steps.Count >= MaxSteps)
                    return (row, $"a case has at most {MaxSteps} steps");
                var id = StepStore.Add(db, new StepRow { CaseId = caseId, Position = steps.Count, Text = text, AddedBy = who });
                steps.Insert(Math.Clamp(position, 0, steps.Count), id);
                StepStore.Reorder(db, caseId, steps);
                return (row, "");
            });

    /// <summary>Marks a step as done, skipped or open again.</summary>
    public DeskOutcome SetStep(long caseId, long version, long stepId, string stepState, string who) =>
        Act(caseId, version, who, "SetStep", $"Step {stepState.ToLowerInvariant()}", new { stepId }, (db, row, now) =>
        {
            if (StepStore.Find(db, stepId) is not { } step || step.CaseId != caseId)
                return (row, "this case has no such step");
            StepStore.SetState(db, stepId, stepState, stepState == "Open" ? "" : who, stepState == "Open" ? 0 : now.EpochMs);
            return (row, "");
        });

    /// <summary>Moves a step to a position from 0.</summary>
    public DeskOutcome MoveStep(long caseId, long version, long stepId, int position, string who) =>
        Act(caseId, version, who, "MoveStep", "Steps put in another order", new { stepId, position }, (db, row, _) =>
        {
            var steps = StepStore.List(db, caseId).Select(s => s.Id).ToList();
            if (!steps.Remove(stepId))
                return (row, "this case has no such step");
            steps.Insert(Math.Clamp(position, 0, steps.Count), stepId);
            StepStore.Reorder(db, caseId, steps);
            return (row, "");
        });

    private DeskOutcome Act(long caseId, long version, string who, string kind, string text, object? detail, Func<Db, CaseRow, ServerTime, (CaseRow Row, string Problem)> work) => state.Write(db =>
    {
        var now = ServerTime.From(time.GetUtcNow());
        if (CaseStore.Find(db, caseId) is not { } row)
            return DeskOutcome.Refused($"there is no case {caseId}");
        if (row.Version != version)
            return new DeskOutcome(false, true, "somebody else changed this case in the meantime; look at it again and repeat what is still needed");
        var (changed, problem) = work(db, row, now);
        if (problem.Length > 0)
            return DeskOutcome.Refused(problem);
        if (changed.State is "New" or "Working" or "Waiting" && row.State == "Resolved" && CaseStore.FindOpen(db, row.Device, row.Family) is { } other)
            return DeskOutcome.Refused($"case {other.Id} is open for the same device and problem; work there");
        if (!CaseStore.Update(db, changed))
            return new DeskOutcome(false, true, "somebody else changed this case in the meantime");
        TimelineStore.Add(db, new TimelineRow { Subject = $"case:{caseId}", At = now.EpochMs, Kind = kind.ToLowerInvariant(), Text = text, Who = who, Detail = detail is null ? "{}" : JsonSerializer.Serialize(detail) });
        AuditStore.Append(db, now.EpochMs, who, $"case.{kind}", $"case:{caseId}");
        return DeskOutcome.Ok;
    });

    private static string Words(CaseReason reason) => reason switch
    {
        CaseReason.AlreadyThere => "it is so already",
        CaseReason.NotOpen => "the case is not open; reopen it first",
        CaseReason.NotWaiting => "the case is not waiting",
        CaseReason.NotResolved => "only a resolved case can be reopened",
        CaseReason.ClosedIsFinal => "the case is closed, and that is final; a new one can name it",
        CaseReason.DispositionMissing => "say why the case is closed",
        CaseReason.NobodyNamed => "say who is to have it",
        _ => reason.ToString(),
    };
}
