using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Faults;
using Microsoft.Data.Sqlite;

namespace B2D.Simulation.World;

/// <summary>
/// People who use B2D while the town lives: they put rules beside the town's into force, plan work, and look every second for faults that wait for them. Whether and when they
/// acknowledge one is in the seed. What fails because the program was killed they do again when it is back.
/// </summary>
internal sealed class Townspeople(VirtualTown town)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private DateTimeOffset nextLook = town.Town.Start + LookEvery;
    private bool offered;

    /// <summary>Who plans work; null where nobody does.</summary>
    public MaintenanceCrew? Crew { get; } = town.Setting.Maintenance ? new MaintenanceCrew(town) : null;

    /// <summary>Does what is due, where the program runs.</summary>
    public void Step()
    {
        var (now, installation) = (town.Clock.Now, town.Installation);
        if (!installation.WorkerRuns || !installation.GatewayRuns || installation.Commits?.IsDead == true)
            return;
        try
        {
            if (!offered && now >= town.Extra.From)
            {
                town.OfferRules(now);
                offered = true;
            }
            Crew?.Step(now);
            if (now < nextLook)
                return;
            nextLook = now + LookEvery;
            Acknowledge(now.ToUnixTimeMilliseconds());
        }
        catch (SqliteException) when (installation.Commits?.IsDead == true)
        {
            // Cut short: once more when it is back.
        }
    }

    /// <summary>A third of what latches is acknowledged within seconds, often while its condition is true; a third later; the rest never.</summary>
    private void Acknowledge(long now)
    {
        foreach (var rule in town.Extra.Latching)
        {
            foreach (var fault in town.Installation.Stores.State.Read(db => FaultStore.List(db, new FaultFilter { OpenOnly = true, Rule = rule, Limit = Page.MaxRows })))
            {
                var episode = EpisodeId.Parse(fault.Episode);
                var dice = new Random(unchecked((((town.Setting.Seed * 31) + episode.Partition) * 31) + (int)episode.Offset));
                var after = dice.Next(3) switch { 0 => dice.Next(3_000), 1 => dice.Next(3_000, 40_000), _ => long.MaxValue - now };
                if (fault.AcknowledgedAt == 0 && now >= fault.RaisedAt + after)
                    town.Installation.Submit(new Entry.Action(DeviceId.Parse(fault.Device), rule, FaultAction.Acknowledge, "somebody", null, ""));
            }
        }
    }
}
