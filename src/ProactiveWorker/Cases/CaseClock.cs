using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Faults;
using B2D.ProactiveWorker.Links;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;

namespace B2D.ProactiveWorker.Cases;

/// <summary>
/// What happens to cases because time passes: those that stayed clear resolve, or somebody is to ask the customer first; those that waited long enough go on; what
/// is promised of them and about to be missed is said.
/// </summary>
/// <param name="lateTo">Whose a case becomes that is late; empty: it stays whose it is.</param>
public sealed class CaseClock(Database state, CaseTiming timing, string lateTo = "")
{
    private const int AtOnce = 500;
    private const int CountedAtOnce = 50;

    private readonly DueWatch watch = new(state);
    private readonly Queue<long> toCount = new();
    private string counted = "";

    /// <summary>One turn; true where there may be more.</summary>
    public bool Pump(ServerTime now) => CountAnew(now) | (watch.IsDue(now, CaseStore.NextDueAt) && MoveDue(now));

    /// <summary>After a start, and when rules or calendars have changed, what is promised is judged anew, some cases at a time.</summary>
    private bool CountAnew(ServerTime now)
    {
        if (counted != timing.RulesHash)
        {
            toCount.Clear();
            foreach (var id in state.Read(db => CaseStore.OpenWithPromises(db, timing.PromisingRules)))
                toCount.Enqueue(id);
            counted = timing.RulesHash;
        }
        if (toCount.Count == 0)
            return false;
        state.Write(db =>
        {
            for (var i = 0; i < CountedAtOnce && toCount.TryDequeue(out var id); i++)
            {
                if (CaseStore.Find(db, id) is { } row && CaseStore.OpenStates.Contains(row.State))
                    Count(db, row, now);
            }
        });
        return toCount.Count > 0;
    }

    private bool MoveDue(ServerTime now) => state.Write(db =>
    {
        var due = CaseStore.NextDue(db, now.EpochMs, AtOnce);
        foreach (var row in due)
        {
            if (row.ClearSinceAt > 0 && row.ResolveAfterMs > 0 && row.AskedAt == 0 && row.ClearSinceAt + row.ResolveAfterMs <= now.EpochMs)
                StayedClear(db, row, now);
            else if (row.State == "Waiting" && row.WaitingUntil > 0 && row.WaitingUntil <= now.EpochMs)
                Resume(db, row, now);
            else
                Count(db, row, now);
        }
        return due.Count == AtOnce;
    });

    private void StayedClear(Db db, CaseRow row, ServerTime now)
    {
        var facts = CaseFactsOf.Row(row);
        // A visit may be booked in another system: nobody drives there for nothing, or stays away unasked. A call that the customer asked for outlives that somebody resolved it.
        var isAwaited = facts.AskFirst || CaseVisits.IsBooked(db, row, now) || LinkCalls.Find(db, row.Id, row.Customer) is not null;
        var step = CaseStep.Step(facts with { AskFirst = isAwaited }, new CaseEvent.StayedClear(), now);
        var asks = step.Reason is CaseReason.AskCustomer or CaseReason.LookFirst;
        var moved = CaseFactsOf.Apply(row, step.Facts);
        Update(db, row, asks ? moved with { AskedAt = now.EpochMs } : moved with { ResolvedBy = "B2D" }, now);
        Line(db, row.Id, now, asks ? "ask" : "resolved", step.Reason switch
        {
            CaseReason.AskCustomer => "Its faults are gone; ask the customer before closing",
            CaseReason.LookFirst => row.Class == FaultClass.Safety ? "The signal is normal again; somebody has to see that nobody is in danger" : "It is well for now, as it was each time before; find out why it comes back",
            _ => "Resolved by itself: everything stayed clear",
        });
    }

    private void Resume(Db db, CaseRow row, ServerTime now)
    {
        Update(db, row, CaseFactsOf.Apply(row, CaseStep.Step(CaseFactsOf.Row(row), new CaseEvent.Resume(), now).Facts), now);
        Line(db, row.Id, now, "resumed", $"The waiting for {row.WaitingFor} is over");
    }

    private void Update(Db db, CaseRow before, CaseRow after, ServerTime now) => CaseStore.Update(db, timing.Moved(db, before, after, "B2D", now));

    /// <summary>Judges anew what is promised of a case, and says what its clocks have come to.</summary>
    private void Count(Db db, CaseRow row, ServerTime now)
    {
        var promised = timing.PromisedAnew(db, row);
        if ((promised.RespondMs, promised.RepairMs) != (row.RespondMs, row.RepairMs))
            Line(db, row.Id, now, "promised", Promise(promised));
        var (changed, clocks) = timing.Counted(db, promised, now);
        var (response, repair) = (clocks.Response.Stage(now), clocks.Repair.Stage(now));
        changed = Said(db, changed, "response", changed.RespondMs, response, row.ResponseSaid, now) with { ResponseSaid = Math.Max((long)response, row.ResponseSaid) };
        changed = Said(db, changed, "repair", changed.RepairMs, repair, row.RepairSaid, now) with { RepairSaid = Math.Max((long)repair, row.RepairSaid) };
        changed = changed with { ClockAt = clocks.LookAt((ClockStage)changed.ResponseSaid, (ClockStage)changed.RepairSaid).EpochMs };
        var becomesLate = (changed.ResponseSaid > row.ResponseSaid && response == ClockStage.Late) || (changed.RepairSaid > row.RepairSaid && repair == ClockStage.Late);
        if (becomesLate && HandedUp(db, changed, now) is { } handed)
            Update(db, row, handed, now);
        else if (changed != row)
            CaseStore.SetClocks(db, changed);
    }

    /// <summary>What is late is somebody's who can do something about it, whoever is away.</summary>
    private CaseRow? HandedUp(Db db, CaseRow row, ServerTime now)
    {
        if (lateTo.Length == 0)
            return null;
        if (UserStore.Find(db, lateTo) is not { LockedAt: 0, Role: not "viewer" })
        {
            Line(db, row.Id, now, "assign", $"It is late, and {lateTo}, who is to have it then, is nobody who works here: Worker:LateTo has to be changed");
            return null;
        }
        if (CaseStep.Step(CaseFactsOf.Row(row), new CaseEvent.Assign(lateTo), now) is not { Accepted: true } step)
            return null;
        Line(db, row.Id, now, "assign", row.Assignee.Length > 0 ? $"Given to {lateTo}, because it is late; it was {row.Assignee}’s" : $"Given to {lateTo}, because it is late");
        return CaseFactsOf.Apply(row, step.Facts);
    }

    /// <summary>A line for a clock that came to a stage; at the first of all of them the case is raised by one priority.</summary>
    private static CaseRow Said(Db db, CaseRow row, string clock, long promisedMs, ClockStage stage, long said, ServerTime now)
    {
        if ((long)stage <= said)
            return row;
        var raised = row.EscalatedAt == 0 && row.Priority > 1;
        var promised = Evidence.Duration(TimeSpan.FromMilliseconds(promisedMs));
        var text = stage == ClockStage.Late ? $"The {clock} is late: the {promised} that were promised are over" : $"The {clock} is at risk: most of the {promised} that were promised are over";
        Line(db, row.Id, now, stage == ClockStage.Late ? "late" : "at-risk", raised ? $"{text}. Raised to P{row.Priority - 1}" : text);
        return row with { EscalatedAt = row.EscalatedAt > 0 ? row.EscalatedAt : now.EpochMs, Priority = raised ? row.Priority - 1 : row.Priority };
    }

    private static string Promise(CaseRow row)
    {
        if (row.RespondMs + row.RepairMs == 0)
            return "No time is promised any more";
        var times = new List<string>();
        if (row.RespondMs > 0)
            times.Add($"a response within {Evidence.Duration(TimeSpan.FromMilliseconds(row.RespondMs))}");
        if (row.RepairMs > 0)
            times.Add($"the repair within {Evidence.Duration(TimeSpan.FromMilliseconds(row.RepairMs))}");
        return $"Promised now: {string.Join(", ", times)}{(row.Contract.Length > 0 ? $" (contract {row.Contract})" : "")}";
    }

    private static void Line(Db db, long caseId, ServerTime now, string kind, string text) =>
        TimelineStore.Add(db, new TimelineRow { Subject = $"case:{caseId}", At = now.EpochMs, Kind = kind, Text = text, Who = "B2D" });
}
