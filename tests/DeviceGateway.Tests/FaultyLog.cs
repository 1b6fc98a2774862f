using B2D.Core;
using B2D.Core.Telemetry;
using B2D.DeviceGateway.Ingest;
using B2D.Storage.Telemetry;

namespace B2D.DeviceGateway.Tests;

/// <summary>The real log, which a test can make fail before or after it has written.</summary>
internal sealed class FaultyLog(PartitionLog log) : IDurableLog
{
    private readonly StoredLog real = new(log);

    /// <summary>Thrown before anything is written; null writes.</summary>
    public string? Failure { get; set; }

    /// <summary>Writes and then throws: the process died between the flush and the acknowledgement.</summary>
    public bool DiesAfterWriting { get; set; }

    /// <summary>Called when the log is asked to write.</summary>
    public Action? Appending { get; set; }

    public int Appends { get; private set; }

    public int Seals { get; private set; }

    public ServerTime SealedUntil => real.SealedUntil;

    public MetricNames Names => real.Names;

    public void Append(ServerTime at, EntryBatch batch, IReadOnlyList<DeadLetter> deadLetters)
    {
        Appending?.Invoke();
        if (Failure is { } failure)
            throw new IOException(failure);
        real.Append(at, batch, deadLetters);
        Appends++;
        if (DiesAfterWriting)
            throw new IOException("died");
    }

    public void Seal(ServerTime now)
    {
        if (Failure is { } failure)
            throw new IOException(failure);
        real.Seal(now);
        Seals++;
    }
}
