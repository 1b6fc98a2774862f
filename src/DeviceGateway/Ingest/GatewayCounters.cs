using B2D.Bus;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;

namespace B2D.DeviceGateway.Ingest;

/// <summary>A number that only rises.</summary>
public sealed class Counter
{
    private long value;

    /// <summary>Where it stands.</summary>
    public long Value => Interlocked.Read(ref value);

    /// <summary>Raises it.</summary>
    public void Add(long by = 1) => Interlocked.Add(ref value, by);
}

/// <summary>What the gateway counts since its start, for metrics and pages.</summary>
public sealed class GatewayCounters
{
    private readonly Counter[] rejects = [.. Enumerable.Range(0, 1 + (int)Enum.GetValues<RejectReason>().Max()).Select(_ => new Counter())];

    /// <summary>Readings written to the log.</summary>
    public Counter Readings { get; } = new();

    /// <summary>Entries written to the log.</summary>
    public Counter Entries { get; } = new();

    /// <summary>Transactions of the log.</summary>
    public Counter Batches { get; } = new();

    /// <summary>Turns in which the log could not be written.</summary>
    public Counter FailedBatches { get; } = new();

    /// <summary>Entries of B2D's own given up because the log could not be written for too long.</summary>
    public Counter Forgotten { get; } = new();

    /// <summary>Publishes acknowledged (QoS 0: taken) after they were on disk.</summary>
    public Counter Acknowledged { get; } = new();

    /// <summary>Publishes that were not acknowledged because the log could not be written.</summary>
    public Counter Unacknowledged { get; } = new();

    /// <summary>Publishes and subscriptions that the device had no right to.</summary>
    public Counter NotAuthorized { get; } = new();

    /// <summary>Publishes of QoS 0 that were not taken because too much waited for the disk.</summary>
    public Counter Shed { get; } = new();

    /// <summary>Turns in which devices' messages were left waiting because evaluation was too far behind.</summary>
    public Counter Slowed { get; } = new();

    /// <summary>Metrics named twice in one object.</summary>
    public Counter RepeatedNames { get; } = new();

    /// <summary>Connections accepted.</summary>
    public Counter Connects { get; } = new();

    /// <summary>Connections refused for their user name or password.</summary>
    public Counter BadPasswords { get; } = new();

    /// <summary>Attempts to sign in that were refused unchecked, because too many before them had failed.</summary>
    public Counter AttemptsHeldOff { get; } = new();

    /// <summary>Commands sent to devices, repetitions included.</summary>
    public Counter CommandsSent { get; } = new();

    /// <summary>Commands that a device acknowledged.</summary>
    public Counter CommandsDelivered { get; } = new();

    /// <summary>Commands given up by the gateway: expired, or more waiting for one device than allowed.</summary>
    public Counter CommandsDropped { get; } = new();

    /// <summary>Submissions that wait for the log now.</summary>
    public Func<int> QueueDepth { get; set; } = () => 0;

    /// <summary>Dead letters written, by reason.</summary>
    public Counter Rejected(RejectReason reason) => rejects[(int)reason];

    internal void Written(int entries, long readings, List<DeadLetter> deadLetters)
    {
        Batches.Add();
        Entries.Add(entries);
        Readings.Add(readings);
        foreach (var letter in deadLetters)
            Rejected(Enum.Parse<RejectReason>(letter.Reason)).Add();
    }
}
