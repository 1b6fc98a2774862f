using System.Text.Json;
using B2D.Core;
using B2D.Core.Cases;
using B2D.ProactiveWorker.Links;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;

namespace B2D.ProactiveWorker.Cases;

/// <summary>What agents do to cases: every act is one transaction with its line in the timeline and in the audit.</summary>
public sealed class CaseDesk(Database state, CaseTiming timing, RuleBook rules, WorkerOptions options, TimeProvider time) : ICaseDesk
{
    public ActOutcome Act(long caseId, int version, CaseAct act, string who) => act switch
    {
        CaseAct.Take => Move(caseId, version, act, new CaseEvent.Take(who), who, $"{who} took the case"),
        CaseAct.Assign e => Move(caseId, version, act, new CaseEvent.Assign(e.To), who, e.To.Length == 0 ? "Given back to the queue" : $"Given to {e.To}"),
        CaseAct.MoveQueue e => MoveQueue(caseId, version, e, who),
        CaseAct.Wait e when e.Until > ServerTime.Zero && e.Until <= ServerTime.From(time.GetUtcNow()) => new ActOutcome.Rejected("it waits until a time that has not come yet"),
        CaseAct.Wait e => Move(caseId, version, act, new CaseEvent.Wait(e.For), who, $"Waiting for {Whom(e.Kind)}: {e.For}",
            (_, c, _) => c with { WaitingKind = WaitKinds.Name(e.Kind), WaitingFor = e.For, WaitingUntil = e.Until.EpochMs }),
        CaseAct.Resume => Move(caseId, version, act, new CaseEvent.Resume(), who, "The waiting is over"),
        CaseAct.Note e => Note(caseId, version, e, who),
        CaseAct.Resolve => Move(caseId, version, act, new CaseEvent.Resolve(), who, "Resolved", (_, c, _) => c with { AskFirst = false, AskedAt = 0 }),
        CaseAct.Reopen => Move(caseId, version, act, new CaseEvent.Reopen(), who, "Reopened", (_, c, _) => c with { Reopened = c.Reopened + 1, ResolvedBy = "", ClearSinceAt = 0, AskFirst = true, AskedAt = 0 }),
        CaseAct.Close e => Move(caseId, version, act, new CaseEvent.Close(DispositionOf(e.Disposition)), who, "Closed", (_, c, _) => c with { Disposition = e.Disposition }, new { e.Disposition }),
        CaseAct.HandOff e => Move(caseId, version, act, new CaseEvent.HandOff(e.To), who, $"Handed over to {e.To}", (db, c, now) => HandedOff(db, c, e, who, now), new { e.To }),
        CaseAct.ReadHandOff => Do(caseId, version, act, who, CaseHandOffs.Read(who)),
        CaseAct.AddStep e => Do(caseId, version, act, who, CaseSteps.Add(e, who)),
        CaseAct.CompleteStep e => Do(caseId, version, act, who, CaseSteps.Set(e.StepId, "Done", who)),
        CaseAct.SkipStep e => Do(caseId, version, act, who, CaseSteps.Set(e.StepId, "Skipped", who)),
        CaseAct.MoveStep e => Do(caseId, version, act, who, CaseSteps.Move(e)),
        CaseAct.RepeatStep e => Do(caseId, version, act, who, CaseSteps.Repeat(e.StepId, who)),
        CaseAct.ProposeStep e => Do(caseId, version, act, who, CaseSteps.Propose(e.StepId, who)),
        CaseAct.Write e => Do(caseId, version, act, who, CaseWords.Write(e)),
        CaseAct.PromiseWord e => Do(caseId, version, act, who, CaseWords.Promise(e)),
        CaseAct.Merge e => Do(caseId, version, act, who, CaseLinks.Merge(e.Into, who)),
        CaseAct.Link e => Do(caseId, version, act, who, CaseLinks.Link(e.Subject, who)),
        CaseAct.Unlink e => Do(caseId, version, act, who, CaseLinks.Unlink(e.Subject, who)),
        CaseAct.Objection e => Do(caseId, version, act, who, CaseObjections.Put(e, who, rules)),
        CaseAct.SeenOutcome => Do(caseId, version, act, who, CaseObjections.Seen(who)),
        CaseAct.Complain e => Do(caseId, version, act, who, CaseComplaints.Raise(e, who, options)),
        CaseAct.AcknowledgeComplaint e => Do(caseId, version, act, who, CaseComplaints.Acknowledge(e)),
        CaseAct.AnswerComplaint e => Do(caseId, version, act, who, CaseComplaints.Answer(e, who)),
        CaseAct.Grant e => Do(caseId, version, act, who, GrantDesk.Give(e, who, options.Grants)),
        CaseAct.TakeBackWord e => Do(caseId, version, act, who, CaseWords.TakeBack(e.Why)),
        CaseAct.BookVisit e => Do(caseId, version, act, who, CaseWords.Book(e, who)),
        CaseAct.CallOffVisit e => Do(caseId, version, act, who, CaseWords.CallOff(e.Text)),
        _ => throw new ArgumentOutOfRangeException(nameof(act), act, "an act this desk does not know"),
    };

    /// <summary>Moves the case machine on; <paramref name="change"/> sets what belongs to the event (what is waited for, the disposition …).</summary>
    private ActOutcome Move(long caseId, int version, CaseAct act, CaseEvent happened, string who, string text, Func<Db, CaseRow, ServerTime, CaseRow>? change = null, object? detail = null) =>
        Act(caseId, version, act, who, happened.GetType().Name, text, detail, (db, row, now) =>
        {
            var step = CaseStep.Step(CaseFactsOf.Row(row), happened, now);
            if (!step.Accepted)
                return (row, Words(step.Reason));
            if (!step.Facts.IsOpen && row.ComplaintDueAt > 0)
                return (row, "a complaint is open on it, which ends only with its final answer");
            if (!step.Facts.IsOpen && row.WordAt > 0)
                return (row, "the customer was promised another word; write it, or say why they no longer wait for it");
            if (!step.Facts.IsOpen && ContactStore.HasUnread(db, row.Id))
                return (row, "the customer wrote something that nobody has read yet; read it first, it stands under Contacts");
            if (!step.Facts.IsOpen && LinkVisits.ToCome(db, row.Id, now))
                return (row, "the customer waits for a visit that is booked; call it off first, which tells them");
            var moved = CaseFactsOf.Apply(row, step.Facts);
            moved = moved.State == "Closed" ? moved with { ClosedAt = now.EpochMs } : moved;
            moved = moved.State == "Resolved" && row.State != "Resolved" ? moved with { ResolvedBy = who } : moved;
            return (change?.Invoke(db, moved, now) ?? moved, "");
        });

    private static CaseRow HandedOff(Db db, CaseRow row, CaseAct.HandOff e, string who, ServerTime now)
    {
        CaseHandOffs.Add(db, row, e, who, now);
        return row with { HandedAt = now.EpochMs, AskFirst = row.AskFirst || e.Promised.Length > 0 };
    }

    /// <summary>Another team's people have not seen it yet: nobody has it there, but where it waits whoever does the waiting.</summary>
    private ActOutcome MoveQueue(long caseId, int version, CaseAct.MoveQueue act, string who) =>
        Act(caseId, version, act, who, nameof(CaseAct.MoveQueue), $"Moved to the queue {act.Queue}", new { queue = act.Queue }, (_, row, now) =>
        {
            var facts = CaseFactsOf.Row(row);
            if (CaseQueue.Move(facts.Phase, row.Queue, act.Queue) is { Length: > 0 } problem)
                return (row, problem);
            var step = CaseStep.Step(facts, new CaseEvent.Assign(""), now);
            return ((step.Accepted && facts.Phase != CasePhase.Waiting ? CaseFactsOf.Apply(row, step.Facts) : row) with { Queue = act.Queue }, "");
        });

    /// <summary>Adds a line that changes nothing.</summary>
    private ActOutcome Note(long caseId, int version, CaseAct.Note act, string who) =>
        act.Text.Length is 0 or > 10_000
            ? new ActOutcome.Rejected("a note has 1 to 10,000 characters")
            : Act(caseId, version, act, who, "Note", act.Text, null, (_, row, _) => (row, ""));

    private ActOutcome Do(long caseId, int version, CaseAct act, string who, CaseDoing doing) =>
        doing.Problem.Length > 0 ? new ActOutcome.Rejected(doing.Problem) : Act(caseId, version, act, who, doing.Kind, doing.Text, doing.Detail, doing.Work);

    private ActOutcome Act(long caseId, int version, CaseAct act, string who, string kind, string text, object? detail, Func<Db, CaseRow, ServerTime, (CaseRow Row, string Problem)> work) => state.Write<ActOutcome>(db =>
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
        if (changed.RespondedAt == 0 && kind is not (nameof(CaseEvent.Assign) or nameof(CaseAct.MoveQueue) or "Merge" or "Objection" or "SeenOutcome"))
            changed = changed with { RespondedAt = now.EpochMs, RespondedBy = who };
        if (!CaseStore.Update(db, timing.Moved(db, row, changed, who, now)))
            return new ActOutcome.Conflict((int)row.Version, "somebody else changed this case in the meantime");
        TimelineStore.Add(db, new TimelineRow { Subject = $"case:{caseId}", At = now.EpochMs, Kind = kind.ToLowerInvariant(), Text = text, Who = who, Detail = detail is null ? "{}" : JsonSerializer.Serialize(detail) });
        AuditStore.Append(db, now.EpochMs, who, $"case.{kind}", $"case:{caseId}", CaseAudit.Of(act));
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
