using B2D.Core;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Calendar;

/// <summary>Keeps promised times: when one comes and nobody has acted, B2D itself says "no news yet, next at …".</summary>
public sealed class PromiseClock(Database state, WorkerOptions options)
{
    /// <summary>Looks at all open outages once.</summary>
    public void Run(ServerTime now)
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
    private static bool IsDue(OutageRow outage, ServerTime now) =>
        outage.NextUpdateAt > 0 && outage.NextUpdateAt <= now.EpochMs && !outage.Guard && outage.State is not ("Held" or "Resolved");

    private void Renew(Db db, OutageRow outage, ServerTime now)
    {
        var next = now + options.UpdateEvery;
        var renewed = outage with { NextUpdateAt = next.EpochMs, Revision = outage.Revision + 1 };
        if (!OutageStore.Update(db, renewed))
            return;
        NoticePlanner.PlanOutage(db, outage.Id, "update", renewed.Revision, now);
        TimelineStore.Add(db, new TimelineRow
        {
            Subject = $"outage:{outage.Id}",
            At = now.EpochMs,
            Kind = "update",
            Text = "The promised time came and nobody had written: B2D said that there is no news yet",
            Who = "B2D",
            EffectId = $"outage/{outage.Episode}/promise/{outage.NextUpdateAt}",
        });
    }
}
