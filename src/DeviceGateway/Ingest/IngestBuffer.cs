using B2D.Bus;
using B2D.Core.Telemetry;
using B2D.DeviceGateway.Devices;
using B2D.Mqtt;

namespace B2D.DeviceGateway.Ingest;

/// <summary>Whom to tell when something of a lot is on disk, and where in the lot it stands.</summary>
/// <param name="Link">Of a device's publish that was encoded as it came; null where there is a submission.</param>
/// <param name="Publish">That publish.</param>
/// <param name="Submission">Anything else.</param>
/// <param name="Start">First byte of its entries in the batch.</param>
/// <param name="End">One past the last.</param>
/// <param name="Count">How many entries.</param>
/// <param name="Readings">How many readings are in them.</param>
internal readonly record struct Ticket(MqttLink? Link, InboundPublish Publish, Submission? Submission, int Start, int End, int Count, int Readings)
{
    /// <summary>Its sender will send it again, behind something that was lost: it must not be written now.</summary>
    public bool IsWithdrawn => Link is { } link ? link.IsBroken && Publish.QoS != QoS.AtMostOnce : Submission!.IsWithdrawn?.Invoke() == true;
}

/// <summary>What goes to the log together: entries, encoded, and their tickets in the same order.</summary>
internal sealed class Lot(MetricNames names)
{
    /// <summary>The entries.</summary>
    public EntryBatch Entries { get; } = new(names, 64 * 1024);

    /// <summary>One for each message.</summary>
    public List<Ticket> Tickets { get; } = new(256);

    /// <summary>What the messages count for in the buffer's limits, in bytes.</summary>
    public long Bytes { get; private set; }

    public void Add(Submission submission)
    {
        var (start, count, readings) = (Entries.Length, Entries.Count, 0);
        foreach (var entry in submission.Entries)
        {
            Entries.Add(entry);
            if (entry is Entry.Telemetry telemetry)
                readings += telemetry.Readings.Length;
        }
        Tickets.Add(new Ticket(null, default, submission, start, Entries.Length, Entries.Count - count, readings));
        Bytes += submission.Size;
    }

    public void Add(MqttLink link, InboundPublish publish, int partition, ReadOnlySpan<byte> encoded, int readings, int size)
    {
        var start = Entries.Length;
        Entries.Add(EntryKind.NamedTelemetry, partition, encoded);
        Tickets.Add(new Ticket(link, publish, null, start, Entries.Length, 1, readings));
        Bytes += size;
    }

    public void Clear()
    {
        Entries.Clear();
        Tickets.Clear();
        Bytes = 0;
    }
}

/// <summary>
/// What devices said and the log does not have yet, in order of arrival. Many connections put in, the one writer takes out, a lot at a time: while it writes one
/// the next grows, so that under load many messages share a flush and without load none waits. Bounded: where it is full the connections are not read from.
/// </summary>
internal sealed class IngestBuffer(MetricNames names, IngestOptions options)
{
    private const int SpareLots = 8;

    private readonly Lock gate = new();
    private readonly Queue<Lot> whole = new();
    private readonly Stack<Lot> spare = new();
    private Lot filling = new(names);
    private long bytes;
    private int messages;

    /// <summary>Called, on the sender's thread, when something came in while nothing waited; it only signals.</summary>
    public Action? Wake { get; set; }

    /// <summary>Called when there is room again after it was full.</summary>
    public Action? Eased { get; set; }

    /// <summary>Names of metrics by number.</summary>
    public MetricNames Names => names;

    /// <summary>Messages that are not on disk yet.</summary>
    public int Count => Volatile.Read(ref messages);

    /// <summary>No more is to be read from devices.</summary>
    public bool IsFull => Volatile.Read(ref messages) >= options.MaxWaiting || Volatile.Read(ref bytes) >= options.MaxWaitingBytes;

    /// <summary>Half full: what nobody expects an answer to is not taken any more.</summary>
    public bool IsCrowded => Volatile.Read(ref messages) >= options.MaxWaiting / 2 || Volatile.Read(ref bytes) >= options.MaxWaitingBytes / 2;

    /// <summary>Whether something waits for the writer.</summary>
    public bool HasWaiting
    {
        get { lock (gate) return whole.Count > 0 || filling.Tickets.Count > 0; }
    }

    /// <summary>Takes a submission. It is never refused: what is full is known before a device is read from.</summary>
    public void Submit(Submission submission)
    {
        bool first;
        lock (gate)
        {
            first = Begin(submission.Size);
            filling.Add(submission);
            CloseFull();
        }
        if (first)
            Wake?.Invoke();
    }

    /// <summary>Takes a publish whose entry is encoded.</summary>
    public void Add(MqttLink link, InboundPublish publish, int partition, ReadOnlySpan<byte> encoded, int readings, int size)
    {
        bool first;
        lock (gate)
        {
            first = Begin(size);
            filling.Add(link, publish, partition, encoded, readings, size);
            CloseFull();
        }
        if (first)
            Wake?.Invoke();
    }

    /// <summary>The next lot for the writer, who brings it back by <see cref="Return"/>; null where nothing waits.</summary>
    public Lot? Take()
    {
        lock (gate)
        {
            if (whole.TryDequeue(out var next))
                return next;
            if (filling.Tickets.Count == 0)
                return null;
            next = filling;
            filling = spare.TryPop(out var free) ? free : new Lot(names);
            return next;
        }
    }

    /// <summary>The writer is done with a lot.</summary>
    public void Return(Lot lot)
    {
        bool wasFull, isFull;
        lock (gate)
        {
            wasFull = IsFull;
            Volatile.Write(ref bytes, bytes - lot.Bytes);
            Volatile.Write(ref messages, messages - lot.Tickets.Count);
            isFull = IsFull;
        }
        // Its entries are many: they are cleared without the lock.
        lot.Clear();
        lock (gate)
        {
            if (spare.Count < SpareLots)
                spare.Push(lot);
        }
        if (wasFull && !isFull)
            Eased?.Invoke();
    }

    private bool Begin(int size)
    {
        var first = filling.Tickets.Count == 0 && whole.Count == 0;
        Volatile.Write(ref bytes, bytes + size);
        Volatile.Write(ref messages, messages + 1);
        return first;
    }

    private void CloseFull()
    {
        if (filling.Tickets.Count < options.MaxBatch && filling.Bytes < options.MaxBatchBytes)
            return;
        whole.Enqueue(filling);
        filling = spare.TryPop(out var free) ? free : new Lot(names);
    }
}
