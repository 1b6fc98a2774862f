using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Outages;
using B2D.ProactiveWorker.Cases;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Calendar;

/// <summary>
/// Keeps promised times: what people wrote of an outage goes out, and when a promised time comes and nobody has written, B2D itself says "no news yet, next at …".
/// An estimate that has passed is taken back in words. The same of the next word that a person promised on a case.
/// </summary>
public sealed class PromiseClock(Database state, UpdateCadence cadence, WorkerOptions options)
{
    private const int CasesAtOnce = 500;
    private readonly DueWatch watch = new(state);

    /// <summary>Looks at all open outages, and at the promises of cases, once.</summary>
    public void Run(ServerTime now)
    {
        if (!watch.Any(now, AnyPromise))
            return;
        Outages(now);
        Cases(now);
        Complaints(now);
    }

    private static bool AnyPromise(Db db) =>
        OutageStore.Open(db).Count > 0 || CaseStore.WordsDue(db, long.MaxValue, 1).Count > 0 || CaseStore.ComplaintsLate(db, long.MaxValue, 1).Count > 0;

    /// <summary>What is owed on a complaint and late goes to somebody else, once for each thing owed.</summary>
    private void Complaints(ServerTime now)
    {
        if (state.Read(db => CaseStore.ComplaintsLate(db, now.EpochMs, 1).Count == 0))
            return;
        state.Write(db =>
        {
            foreach (var row in CaseStore.ComplaintsLate(db, now.EpochMs, CasesAtOnce))
                CaseStore.Update(db, CaseComplaints.Late(db, row, options, now));
        });
    }

    private void Cases(ServerTime now)
    {
        var until = (now + cadence.Ahead).EpochMs;
        if (state.Read(db => CaseStore.WordsDue(db, until, 1).Count == 0))
            return;
        state.Write(db =>
        {
            foreach (var row in CaseStore.WordsDue(db, until, CasesAtOnce))
            {
                if (NextWord.Decide(isOpen: true, new ServerTime(row.WordAt), cadence.Ahead, now) == NextWordReason.NoNews)
                    Renew(db, row, now);
            }
        });
    }

    /// <summary>Nobody wrote in time: B2D says so, and the agents see that it did.</summary>
    private void Renew(Db db, CaseRow row, ServerTime now)
    {
        var theirs = NoticePlanner.IsStillTheirs(db, row);
        var next = theirs ? cadence.Next(new ServerTime(row.OpenedAt), now).EpochMs : 0;
        var renewed = row with { Words = row.Words + 1, WordAt = next, WordWhat = theirs ? row.WordWhat : "", WordMissed = theirs ? row.WordMissed + 1 : 0 };
        if (!CaseStore.Update(db, renewed))
            return;
        if (theirs)
            NoticePlanner.PlanCase(db, renewed, "", now);
        TimelineStore.Add(db, new TimelineRow
        {
            Subject = $"case:{row.Id}",
            At = now.EpochMs,
            Kind = "word",
            Text = theirs ? "The promised word was not written: B2D told the customer that there is no news yet" : "The device is another’s now: nobody waits for the promised word",
            Who = "B2D",
            EffectId = $"case/{row.Id}/word/{renewed.Words}",
        });
    }

    private void Outages(ServerTime now)
    {
        if (!state.Read(db => OutageStore.Open(db).Any(o => IsDue(o, now))))
            return;
        state.Write(db =>
        {
            foreach (var outage in OutageStore.Open(db).Where(o => IsDue(o, now)))
                Renew(db, outage, now);
        });
    }

    /// <summary>While a person has not let anything go nobody has heard a promise.</summary>
    private bool IsDue(OutageRow outage, ServerTime now) => !outage.Guard && outage.State is not ("Held" or "Resolved")
        && (Is(outage.NewsAt, now) || Is(outage.NextUpdateAt, now + cadence.Ahead) || Is(outage.EstimateUntil, now));

    private static bool Is(long at, ServerTime now) => at > 0 && at <= now.EpochMs;

    private void Renew(Db db, OutageRow outage, ServerTime now)
    {
        var (isNews, lapsed) = (outage.NewsAt > 0, Is(outage.EstimateUntil, now));
        var chosen = outage.ChosenUpdateAt > (now + cadence.Ahead).EpochMs ? outage.ChosenUpdateAt : 0;
        var next = chosen > 0 ? chosen : cadence.Next(new ServerTime(outage.BeganAt), now).EpochMs;
        var renewed = outage with
        {
            NewsAt = 0,
            ChosenUpdateAt = chosen,
            NextUpdateAt = next,
            ToldNextUpdateAt = next,
            EstimateFrom = lapsed ? 0 : outage.EstimateFrom,
            EstimateUntil = lapsed ? 0 : outage.EstimateUntil,
            ToldEstimateFrom = lapsed ? 0 : outage.EstimateFrom,
            ToldEstimateUntil = lapsed ? 0 : outage.EstimateUntil,
            Revision = outage.Revision + 1,
        };
        if (!OutageStore.Update(db, renewed))
            return;
        NoticePlanner.PlanUpdate(db, renewed, isNews, outage, now);
        TimelineStore.Add(db, new TimelineRow
        {
            Subject = $"outage:{outage.Id}",
            At = now.EpochMs,
            Kind = "update",
            Text = isNews ? "What was written goes to those who were told"
                : lapsed ? "The estimate has passed: B2D said that it did not hold"
                : "The promised time comes and nobody had written: B2D said that there is no news yet",
            Who = "B2D",
            EffectId = $"outage/{outage.Episode}/promise/{renewed.Revision}",
        });
    }
}
