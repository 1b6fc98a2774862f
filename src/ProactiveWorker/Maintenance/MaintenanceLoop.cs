using System.Globalization;
using B2D.Core;
using B2D.Core.Maintenance;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Devices;
using B2D.Storage.Maintenance;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Maintenance;

/// <summary>
/// Begins and ends planned work. It remembers nothing but when it looked last: the table says what runs, and each device's row until when it is worked on, which
/// the log hears of with the rest of the registry. A turn that was killed is just done again.
/// </summary>
public sealed partial class MaintenanceLoop(Stores stores, ILogger<MaintenanceLoop> log)
{
    /// <summary>How often the table is read.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>How often devices are looked for that came to a running one since.</summary>
    private static readonly TimeSpan DevicesEvery = TimeSpan.FromMinutes(1);

    private readonly DueWatch watch = new(stores.State);
    private ServerTime nextAt;

    /// <summary>One turn, of at most a thousand devices for each; true where there is more to do at once.</summary>
    public bool Pump(ServerTime now)
    {
        // A clock that was set back must not stop it for as long.
        if ((now < nextAt && nextAt - now <= LookEvery) || !watch.Any(now, db => MaintenanceStore.Live(db).Count > 0))
            return false;
        var (changed, more) = (false, false);
        foreach (var row in stores.State.Read(MaintenanceStore.Live))
        {
            var (devices, unfinished) = Step(row, now);
            changed |= devices > 0;
            more |= unfinished;
        }
        if (changed)
            DeviceRegistry.Announce(stores, now);
        nextAt = more ? ServerTime.Zero : now + LookEvery;
        return more;
    }

    /// <summary>Brings one closer to where its plan has it; how many devices changed, and whether there is more to do at once.</summary>
    private (int Devices, bool Unfinished) Step(MaintenanceRow row, ServerTime now)
    {
        var (phase, until) = StateOf(row, now);
        var runs = phase == MaintenancePhase.Running;
        if (phase.ToString() == row.State && (!runs || (until.EpochMs == row.RunningUntil && !IsStale(row, now))))
            return (0, false);
        return stores.State.Write(db =>
        {
            // Those that were to be worked on for longer: it ended before its time, or its end was moved.
            if (MaintenanceStore.Shorten(db, row.Id, runs ? until.EpochMs : now.EpochMs) is var released && released > 0)
            {
                // They may belong to another one as well, and must not be taken for free of work in between.
                foreach (var other in MaintenanceStore.Live(db).Where(o => o.Id != row.Id && o.State == nameof(MaintenancePhase.Running)))
                {
                    // For as long as it runs now: of two that were ended at once, each would give the devices back to the other for ever.
                    if (StateOf(other, now) is not { Phase: MaintenancePhase.Running } still)
                        continue;
                    while (MaintenanceStore.Begin(db, other with { RunningUntil = still.Until.EpochMs }) > 0)
                    {
                    }
                }
                return (released, true);
            }
            var next = row with { State = phase.ToString(), RunningUntil = until.EpochMs, LookedAt = now.EpochMs };
            if (runs && MaintenanceStore.Begin(db, next) is var begun && begun > 0)
                return (begun, true);
            if (MaintenanceStore.Update(db, next) && next.State != row.State)
                Tell(db, next, now);
            return (0, false);
        });
    }

    private static MaintenanceState StateOf(MaintenanceRow row, ServerTime now) =>
        row.EndedBy.Length > 0 ? new MaintenanceState(MaintenancePhase.Over, ServerTime.Zero) : row.ToPlan().At(now);

    private static bool IsStale(MaintenanceRow row, ServerTime now) => row.LookedAt > now.EpochMs || now.EpochMs - row.LookedAt >= DevicesEvery.TotalMilliseconds;

    private void Tell(Db db, MaintenanceRow row, ServerTime now)
    {
        var (kind, text) = row.State switch
        {
            nameof(MaintenancePhase.Running) => ("began", string.Create(CultureInfo.InvariantCulture, $"Work began on {MaintenanceStore.CountDevices(db, row):N0} devices")),
            nameof(MaintenancePhase.Over) when row.IsCalledOff => ("over", "It does not take place"),
            nameof(MaintenancePhase.Over) => ("over", "Work is over; what is still bad now is raised now"),
            _ => ("paused", "Work is over until it begins again; what is still bad now is raised now"),
        };
        TimelineStore.Add(db, new TimelineRow { Subject = $"maintenance:{row.Id}", At = now.EpochMs, Kind = kind, Text = text, Who = "B2D", EffectId = $"maintenance/{row.Id}/{kind}/{row.RunningUntil}/{row.Version}" });
        LogTurn(row.Id, row.Title, row.State);
    }

    [LoggerMessage(3075, LogLevel.Information, "Maintenance {Id}, {Title}: {State}")]
    private partial void LogTurn(long id, string title, string state);
}
