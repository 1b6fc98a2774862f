using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Devices;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Telemetry;

/// <summary>
/// Tells the lanes the medians that rules ask for, every <see cref="WorkerOptions.FleetMedianEvery"/> and when the rules change: one entry for every partition of
/// the log, so that a replay knows what stood. Where no rule asks, it reads and writes nothing. It remembers nothing: a look that was killed is just done again.
/// </summary>
public sealed partial class FleetMedianLoop(Stores stores, RuleBook book, EntryQueue entries, WorkerOptions options, ILogger<FleetMedianLoop> log)
{
    private ActiveRules? under;
    private ServerTime nextAt;
    private Entry.FleetMedians? unsent;
    private int leftOut;

    /// <summary>Looks where it is time to; never more to do at once.</summary>
    public bool Pump(ServerTime now)
    {
        var rules = book.Current;
        // A clock that was set back must not stop it for as long.
        if (rules != under || now >= nextAt || nextAt - now > options.FleetMedianEvery)
        {
            unsent = rules.AsksFleet ? Look(rules.Set, now) : null;
            (under, nextAt) = (rules, now + options.FleetMedianEvery);
        }
        if (unsent is not null && entries.TrySubmit(Submission.Of(unsent)))
            unsent = null;
        return false;
    }

    private Entry.FleetMedians Look(RuleSet set, ServerTime now)
    {
        var asked = set.Fleet.Select(slot => set.Metrics[slot]).ToHashSet(StringComparer.Ordinal);
        var gathered = new FleetGathering(now);
        foreach (var row in DeviceStore.Each(stores.State))
        {
            var device = DeviceId.Parse(row.Id);
            if (row.Model.Length == 0 || stores.Telemetry.LastHeard(device) is var heardAt && !FleetMedian.IsHeard(heardAt, now))
                continue;
            foreach (var latest in stores.Telemetry.Latest(device))
            {
                if (asked.Contains(latest.Metric))
                    gathered.Add(row.Model, latest.Metric, latest.Value, heardAt);
            }
        }
        var (medians, tooMany) = gathered.Finish();
        if (tooMany > 0 && tooMany != leftOut)
            LogLeftOut(FleetMedian.MaxTold, tooMany);
        leftOut = tooMany;
        return new Entry.FleetMedians(options.FleetMedianEvery, medians);
    }

    [LoggerMessage(3040, LogLevel.Warning, "Rules ask for more than {Most} medians of models: {LeftOut} of the smallest fleets have none")]
    private partial void LogLeftOut(int most, int leftOut);
}
