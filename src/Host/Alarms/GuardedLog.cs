using B2D.Core;
using B2D.Core.Telemetry;
using B2D.DeviceGateway.Ingest;
using B2D.Storage.Telemetry;

namespace B2D.Host.Alarms;

/// <summary>The log as long as there is room: below the reserve nothing is taken, so that what is left of the disk is for the work on cases.</summary>
internal sealed class GuardedLog(IDurableLog log, DiskRoom room, long reserve) : IDurableLog
{
    public MetricNames Names => log.Names;

    public ServerTime SealedUntil => log.SealedUntil;

    /// <exception cref="IOException">There is no room but the reserve.</exception>
    public void Append(ServerTime at, EntryBatch batch, IReadOnlyList<DeadLetter> deadLetters)
    {
        Refuse();
        log.Append(at, batch, deadLetters);
    }

    /// <exception cref="IOException">There is no room but the reserve.</exception>
    public void Seal(ServerTime now)
    {
        Refuse();
        log.Seal(now);
    }

    private void Refuse()
    {
        // The words do not change from turn to turn: they are said once.
        if (room.IsLow)
            throw new IOException($"less than {reserve >> 20:N0} MiB are free on the disk of the data folder (Care:DiskReserveMegabytes)");
    }
}
