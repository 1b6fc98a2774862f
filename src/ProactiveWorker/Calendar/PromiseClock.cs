using B2D.Core;
using B2D.Core.Outages;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Calendar;

/// <summary>
/// Keeps promised times: what people wrote of an outage goes out, and when a promised time comes and nobody has written, B2D itself says "no news yet, next at …".
/// An estimate that has passed is taken back in words.
/// </summary>
public sealed class PromiseClock(Database state, UpdateCadence cadence)
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
    private bool IsDue(OutageRow outage, ServerTime now) => !outage.Guard && outage.State is not ("Held" or "Resolved")
        && (Is(outage.NewsAt, now) || Is(outage.NextUpdateAt, now + cadence.Ahead) || Is(outage.EstimateUntil, now));

    private static bool Is(long at, ServerTime now) => at > 0 && at <= now.EpochMs;

    private void Renew(Db db, OutageRow outage, ServerTime now)
    {
        var (isNews, lapsed) = (outage.NewsAt > 0, Is(outage.EstimateUntil, now));
        var chosen = outage.ChosenUpdateAt > (now + cadence.Ahead).EpochMs ? outage.ChosenUpdateAt : 0;
        var renewed = outage with
        {
            NewsAt = 0,
            ChosenUpdateAt = chosen,
            NextUpdateAt = chosen > 0 ? chosen : cadence.Next(new ServerTime(outage.BeganAt), now).EpochMs,
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
