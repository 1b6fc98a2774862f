using System.Text.Json;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Writes down what came of calls: the ledger, the task, its timeline and the audit in one transaction.</summary>
public sealed class PhoneTaskDesk(Database state, Ledger ledger, TimeProvider time) : IPhoneTaskDesk
{
    public ActOutcome Act(long taskId, int version, PhoneTaskAct act, string who) => state.Write<ActOutcome>(db =>
    {
        var now = ServerTime.From(time.GetUtcNow());
        if (PhoneTaskStore.Find(db, taskId) is not { } task)
            return new ActOutcome.Unknown();
        if (task.Version != version)
            return new ActOutcome.Conflict((int)task.Version, "somebody else wrote down a call in the meantime");
        var (phase, notice, outcome, problem) = PhoneTaskStep.Step(Enum.Parse<PhoneTaskPhase>(task.State), act, now);
        if (problem.Length > 0)
            return new ActOutcome.Rejected(problem);
        var tries = task.Tries + 1;
        PhoneTaskStore.Update(db, task with
        {
            State = phase.ToString(),
            Outcome = outcome,
            Tries = tries,
            TryAt = act is PhoneTaskAct.NotReached again ? again.TryAt.EpochMs : 0,
            Who = who,
            DoneAt = phase == PhoneTaskPhase.Open ? 0 : now.EpochMs,
        });
        NoticeStore.Mark(db, task.Notice, (notice ?? NoticePhase.Calling).ToString(), sentAt: notice == NoticePhase.Sent ? now.EpochMs : null,
            error: notice == NoticePhase.Failed ? "the number is somebody else’s" : null, attempts: (int)tries);
        if (act is PhoneTaskAct.WrongNumber && NoticeStore.Find(db, task.Notice) is { } called && CustomerStore.Find(db, task.Customer) is { } customer && NoticeTruth.Untrue(db, called, now) is null)
            ledger.LetterInstead(db, called, customer, now);
        TimelineStore.Add(db, new TimelineRow { Subject = $"phone-task:{taskId}", At = now.EpochMs, Kind = outcome, Text = $"{who} called {task.Customer}: {outcome}", Who = who });
        AuditStore.Append(db, now.EpochMs, who, "phone-task." + outcome.Replace(' ', '-'), $"phone-task:{taskId}", JsonSerializer.Serialize(new { customer = task.Customer, about = task.Subject }));
        return new ActOutcome.Done(version + 1);
    });
}
