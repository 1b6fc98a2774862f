using B2D.FirmwareSim.Signals;

namespace B2D.FirmwareSim.Truth;

/// <summary>What a message is.</summary>
public enum MessageKind
{
    /// <summary>One reading or an array of them.</summary>
    Telemetry,

    /// <summary>A code set or cleared.</summary>
    Event,

    /// <summary>online or offline.</summary>
    Status,

    /// <summary>The answer to a command.</summary>
    Reply,
}

/// <summary>The values of one device time.</summary>
/// <param name="DeviceTimeMs">The <c>ts</c> on the wire: the device's own clock, with its error, epoch milliseconds.</param>
/// <param name="Values">Metric (dotted where nested) and value, as on the wire.</param>
public sealed record SentReading(long DeviceTimeMs, IReadOnlyList<KeyValuePair<string, MetricValue>> Values);

/// <summary>A code on the wire.</summary>
/// <param name="Code">For example <c>E42</c>.</param>
/// <param name="State"><c>set</c> or <c>clear</c>.</param>
/// <param name="DeviceTimeMs">The <c>ts</c> on the wire, epoch milliseconds.</param>
public sealed record SentEvent(string Code, string State, long DeviceTimeMs);

/// <summary>One message of one device, however often it was delivered. Counters may be read and written from any thread.</summary>
public sealed class SentMessage
{
    private int _copies;
    private int _resent;
    private long _acknowledgedMs;

    /// <summary>Number within the run, from 1.</summary>
    public required long Id { get; init; }

    /// <summary>The device it is about (not the gateway that sends it).</summary>
    public required string Device { get; init; }

    /// <summary>Number within the device, from 1, in order of creation.</summary>
    public required int Sequence { get; init; }

    /// <summary>What it is.</summary>
    public required MessageKind Kind { get; init; }

    /// <summary>Its readings in order of device time; empty for other kinds, and where the fleet was told not to keep them.</summary>
    public IReadOnlyList<SentReading> Readings { get; init; } = [];

    /// <summary>Its code, for an event.</summary>
    public SentEvent? Event { get; init; }

    /// <summary>Device time of the first (or only) reading or event; the true time for other kinds.</summary>
    public required long DeviceTimeMs { get; init; }

    /// <summary>Values in all its readings; 1 for an event.</summary>
    public required int ValueCount { get; init; }

    /// <summary>True time of its creation, epoch milliseconds.</summary>
    public required long CreatedMs { get; init; }

    /// <summary>It was held back on purpose while later ones went first.</summary>
    public bool Late { get; internal set; }

    /// <summary>It holds readings of an offline spell.</summary>
    public bool Backfill { get; init; }

    /// <summary>How often the fleet handed it out for sending: 0 if it never left the device, 2 for a deliberate duplicate.</summary>
    public int Copies => Volatile.Read(ref _copies);

    /// <summary>How often it was sent again because an acknowledgement was missing.</summary>
    public int Resent => Volatile.Read(ref _resent);

    /// <summary>At least one copy was acknowledged.</summary>
    public bool Acknowledged => AcknowledgedMs != 0;

    /// <summary>When the first acknowledgement came, epoch milliseconds; 0 if none did.</summary>
    public long AcknowledgedMs => Interlocked.Read(ref _acknowledgedMs);

    /// <summary>To be called by whoever sends, on PUBACK.</summary>
    public void MarkAcknowledged(long nowMs) => Interlocked.CompareExchange(ref _acknowledgedMs, nowMs, 0);

    internal void MarkResent() => Interlocked.Increment(ref _resent);

    internal void MarkCopied() => Interlocked.Increment(ref _copies);
}
