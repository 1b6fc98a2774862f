using System.Text.Json;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;

namespace B2D.ProactiveWorker.Cases;

/// <summary>What agents do to cases: every act is one transaction with its line in the timeline and in the audit.</summary>
public sealed class CaseDesk(Database state, CaseTiming timing, TimeProvider time) : ICaseDesk
{
    private const int MaxSteps = 200;

    public ActOutcome Act(long caseId, int version, CaseAct act, string who) => act switch
    {
        CaseAct.Take => Move(caseId, version, new CaseEvent.Take(who), who, $"{who} took the case"),
        CaseAct.Assign e => Move(caseId, version, new CaseEvent.Assign(e.To), who, e.To.Length == 0 ? "Given back to the queue" : $"Given to {e.To}"),
        CaseAct.MoveQueue e => MoveQueue(caseId, version, e.Queue, who),
        CaseAct.AddStep e => AddStep(caseId, version, e.Text, e.Position, who),
        CaseAct.CompleteStep e => SetStep(caseId, version, e.StepId, "Done", who),
        CaseAct.SkipStep e => SetStep(caseId, version, e.StepId, "Skipped", who),
        CaseAct.MoveStep e => MoveStep(caseId, version, e.StepId, e.Position, who),
        CaseAct.Wait e => Move(caseId, version, new CaseEvent.Wait(e.For), who, $"Waiting for {Whom(e.Kind)}: {e.For}",
            c => c with { WaitingKind = WaitKinds.Name(e.Kind), WaitingFor = e.For, WaitingUntil = e.Until.EpochMs }),
        CaseAct.Resume => Move(caseId, version, new CaseEvent.Resume(), who, "The waiting is over"),
        CaseAct.Note e => Note(caseId, version, e.Text, who),
        CaseAct.Resolve => Move(caseId, version, new CaseEvent.Resolve(), who, "Resolved", c => c with { AskFirst = false, AskedAt = 0 }),
        CaseAct.Reopen => Move(caseId, version, new CaseEvent.Reopen(), who, "Reopened", c => c with { Reopened = c.Reopened + 1, ResolvedBy = "", ClearSinceAt = 0, AskFirst = true, AskedAt = 0 }),
        CaseAct.Close e => Move(caseId, version, new CaseEvent.Close(DispositionOf(e.Disposition)), who, "Closed", c => c with { Disposition = e.Disposition }, new { e.Disposition }),
        CaseAct.HandOff e => Move(caseId, version, new CaseEvent.HandOff(e.To), who, $"Handed over to {e.To}. Done: {e.Finished} Open: {e.Open} Promised: {e.Promised}",
            c => e.Promised.Length > 0 ? c with { AskFirst = true } : c, new { e.To, e.Finished, e.Open, e.Promised }),
        _ => throw new ArgumentOutOfRangeException(nameof(act), act, "an act this desk does not know"),
    };

    /// <summary>Moves the case machine on; <paramref name="change"/> sets what belongs to the event (what is waited for, the disposition …).</summary>
    private ActOutcome Move(long caseId, int version, CaseEvent happened, string who, string text, Func<CaseRow, CaseRow>? change = null, object? detail = null) =>
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

    /// <summary>Another team's people have not seen it yet: nobody has it there, but where it waits whoever does the waiting.</summary>
    private ActOutcome MoveQueue(long caseId, int version, string queue, string who) =>
        Act(caseId, version, who, nameof(CaseAct.MoveQueue), $"Moved to the queue {queue}", new { queue }, (_, row, now) =>
        {
            var facts = CaseFactsOf.Row(row);
            if (CaseQueue.Move(facts.Phase, row.Queue, queue) is { Length: > 0 } problem)
                return (row, problem);
            var step = CaseStep.Step(facts, new CaseEvent.Assign(""), now);
            return ((step.Accepted && facts.Phase != CasePhase.Waiting ? CaseFactsOf.Apply(row, step.Facts) : row) with { Queue = queue }, "");
        });

    /// <summary>Adds a line that changes nothing.</summary>
    private ActOutcome Note(long caseId, int version, string text, string who) =>
        text.Length is 0 or > 10_000
            ? new ActOutcome.Rejected("a note has 1 to 10,000 characters")
            : Act(caseId, version, who, "Note", text, null, (_, row, _) => (row, ""));

    /// <summary>Puts a step into the list; position from 0, beyond the end means last.</summary>
    private ActOutcome AddStep(long caseId, int version, string text, int position, string who) =>
        text.Length is 0 or > 1_000
            ? new ActOutcome.Rejected("a step has 1 to 1,000 characters")
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
    private ActOutcome SetStep(long caseId, int version, long stepId, string stepState, string who) =>
        Act(caseId, version, who, "SetStep", $"Step {stepState.ToLowerInvariant()}", new { stepId }, (db, row, now) =>
        {
            if (StepStore.Find(db, stepId) is not { } step || step.CaseId != caseId)
                return (row, "this case has no such step");
            StepStore.SetState(db, stepId, stepState, stepState == "Open" ? "" : who, stepState == "Open" ? 0 : now.EpochMs);
            return (row, "");
        });

    /// <summary>Moves a step to a position from 0.</summary>
    private ActOutcome MoveStep(long caseId, int version, long stepId, int position, string who) =>
        Act(caseId, version, who, "MoveStep", "Steps put in another order", new { stepId, position }, (db, row, _) =>
        {
            var steps = StepStore.List(db, caseId).Select(s => s.Id).ToList();
            if (!steps.Remove(stepId))
                return (row, "this case has no such step");
            steps.Insert(Math.Clamp(position, 0, steps.Count), stepId);
            StepStore.Reorder(db, caseId, steps);
            return (row, "");
        });

    private ActOutcome Act(long caseId, int version, string who, string kind, string text, object? detail, Func<Db, CaseRow, ServerTime, (CaseRow Row, string Problem)> work) => state.Write<ActOutcome>(db =>
    {
        var now = ServerTime.From(time.GetUtcNow());
        if (CaseStore.Find(db, caseId) is not { } row)
            return new ActOutcome.Unknown();
        if (row.Version != version)
            return new ActOutcome.Conflict((int)row.Version, "somebody else changed this case in the meantime; look at it again and repeat what is still needed");
        var (changed, problem) = work(db, row, now);
        if (problem.Length > 0)
            return new ActOutcome.Rejected(problem);
        if (changed.State is "New" or "Working" or "Waiting" && row.State == "Resolved" && CaseStore.FindOpen(db, row.Device, row.Family) is { } other)
            return new ActOutcome.Rejected($"case {other.Id} is open for the same device and problem; work there");
        // To give it to somebody else is no answer to the customer; everything else shows that a person has begun.
        if (changed.RespondedAt == 0 && kind is not (nameof(CaseEvent.Assign) or nameof(CaseAct.MoveQueue)))
            changed = changed with { RespondedAt = now.EpochMs, RespondedBy = who };
        if (!CaseStore.Update(db, timing.Moved(db, row, changed, who, now)))
            return new ActOutcome.Conflict((int)row.Version, "somebody else changed this case in the meantime");
        TimelineStore.Add(db, new TimelineRow { Subject = $"case:{caseId}", At = now.EpochMs, Kind = kind.ToLowerInvariant(), Text = text, Who = who, Detail = detail is null ? "{}" : JsonSerializer.Serialize(detail) });
        AuditStore.Append(db, now.EpochMs, who, $"case.{kind}", $"case:{caseId}", kind == nameof(CaseAct.MoveQueue) ? JsonSerializer.Serialize(detail) : "{}");
        return new ActOutcome.Done(version + 1);
    });

    private static Disposition DispositionOf(string name) =>
        Enum.TryParse<Disposition>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var disposition) ? disposition : Disposition.None;

    private static string Whom(WaitKind kind) => kind switch { WaitKind.Customer => "the customer", WaitKind.Parts => "parts", _ => "a third party" };

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
