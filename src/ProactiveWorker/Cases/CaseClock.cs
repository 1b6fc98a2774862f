using B2D.Core;
using B2D.Core.Cases;
using B2D.Storage;
using B2D.Storage.Cases;

namespace B2D.ProactiveWorker.Cases;

/// <summary>What happens to cases because time passes: those that stayed clear resolve, those that waited long enough go on.</summary>
public sealed class CaseClock(Database state)
{
    private const int AtOnce = 500;
    private readonly DueWatch watch = new(state);

    /// <summary>One turn; true where there may be more.</summary>
    public bool Pump(ServerTime now) => !watch.IsQuiet(now) && watch.Look(now, CaseStore.NextDueAt) && MoveDue(now);

    private bool MoveDue(ServerTime now) => state.Write(db =>
    {
        var due = CaseStore.NextDue(db, now.EpochMs, AtOnce);
        foreach (var row in due)
            Move(db, row, now);
        return due.Count == AtOnce;
    });

    private static void Move(Db db, CaseRow row, ServerTime now)
    {
        var clear = row.ClearSinceAt > 0 && row.ResolveAfterMs > 0 && row.ClearSinceAt + row.ResolveAfterMs <= now.EpochMs;
        CaseEvent happened = clear ? new CaseEvent.StayedClear() : new CaseEvent.Resume();
        var step = CaseStep.Step(CaseFactsOf.Row(row), happened, now);
        if (!step.Accepted)
            return;
        CaseStore.Update(db, CaseFactsOf.Apply(row, step.Facts) with { ResolvedBy = clear ? "B2D" : row.ResolvedBy });
        TimelineStore.Add(db, new TimelineRow
        {
            Subject = $"case:{row.Id}",
            At = now.EpochMs,
            Kind = clear ? "resolved" : "resumed",
            Text = clear ? "Resolved by itself: everything stayed clear" : $"The waiting for {row.WaitingFor} is over",
            Who = "B2D",
        });
    }
}
