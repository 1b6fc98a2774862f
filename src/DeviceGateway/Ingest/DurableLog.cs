using B2D.Core;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;

namespace B2D.DeviceGateway.Ingest;

/// <summary>Where ingest writes to. What <see cref="Append"/> has taken is on disk when it returns; when it throws, nothing of it is.</summary>
public interface IDurableLog
{
    /// <summary>Names of metrics by number, for the batches.</summary>
    MetricNames Names { get; }

    /// <summary>No later entry will carry a time before this.</summary>
    ServerTime SealedUntil { get; }

    /// <summary>Writes all of it or nothing.</summary>
    void Append(ServerTime at, EntryBatch batch, IReadOnlyList<DeadLetter> deadLetters);

    /// <summary>Says durably that nothing from before <paramref name="now"/> will come.</summary>
    void Seal(ServerTime now);
}

/// <summary>The partition logs of this machine's store.</summary>
public sealed class StoredLog(PartitionLog log) : IDurableLog
{
    /// <inheritdoc/>
    public MetricNames Names => log.Names;

    /// <inheritdoc/>
    public ServerTime SealedUntil => log.SealedUntil;

    /// <inheritdoc/>
    public void Append(ServerTime at, EntryBatch batch, IReadOnlyList<DeadLetter> deadLetters) => log.Append(at, batch, deadLetters);

    /// <inheritdoc/>
    public void Seal(ServerTime now) => log.Seal(now);
}
