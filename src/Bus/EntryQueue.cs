using B2D.Core.Telemetry;

namespace B2D.Bus;

/// <summary>
/// The way into the partition log: whoever has an entry submits it, the one writer of the log drains it.
/// Bounded in number and bytes, so that a slow disk slows the senders instead of filling the memory.
/// </summary>
/// <param name="capacity">Submissions that may wait, 1 or more.</param>
/// <param name="capacityBytes">Sum of their sizes, 1 or more; one submission larger than all of it is taken when nothing waits.</param>
public sealed class EntryQueue(int capacity = EntryQueue.DefaultCapacity, long capacityBytes = EntryQueue.DefaultCapacityBytes)
{
    /// <summary>Submissions that may wait, default 65,536: about three seconds at 20,000 messages a second.</summary>
    public const int DefaultCapacity = 65_536;

    /// <summary>Bytes that may wait, default 64 MiB.</summary>
    public const long DefaultCapacityBytes = 64L * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly Queue<Submission> waiting = new();
    private long bytes;

    /// <summary>Called, on the submitter's thread, when something came into an empty queue; it only signals.</summary>
    public Action? Wake { get; set; }

    /// <summary>How many submissions wait.</summary>
    public int Count
    {
        get { lock (gate) return waiting.Count; }
    }

    /// <summary>Puts a submission into the queue; false when it is full, and then nothing was taken and nothing will be called.</summary>
    public bool TrySubmit(Submission submission)
    {
        bool first;
        lock (gate)
        {
            first = waiting.Count == 0;
            if (waiting.Count >= capacity || (!first && bytes + submission.Size > capacityBytes))
                return false;
            waiting.Enqueue(submission);
            bytes += submission.Size;
        }
        if (first)
            Wake?.Invoke();
        return true;
    }

    /// <summary>Takes up to <paramref name="max"/> submissions in order of arrival; adds them to <paramref name="into"/> and returns how many.</summary>
    /// <param name="maxBytes">Stops before their sizes come to more than this, but always takes one.</param>
    public int Drain(List<Submission> into, int max, long maxBytes = long.MaxValue)
    {
        lock (gate)
        {
            var taken = 0;
            var size = 0L;
            while (taken < max && waiting.TryPeek(out var next) && (taken == 0 || size + next.Size <= maxBytes))
            {
                into.Add(waiting.Dequeue());
                size += next.Size;
                taken++;
            }
            bytes -= size;
            return taken;
        }
    }
}

/// <summary>Entries that belong together, and whom to tell when they are on disk.</summary>
/// <param name="Entries">In order; may be empty when there are only rejects.</param>
/// <param name="Rejects">What could not be read, to be kept as dead letters in the same transaction.</param>
/// <param name="Done">
/// Called once by the writer: true, they are on disk; false, they could not be written and must not be acknowledged. Null where nobody
/// would send them again: the writer keeps such a submission and tries it until it is on disk.
/// </param>
public sealed record Submission(IReadOnlyList<Entry> Entries, IReadOnlyList<Reject> Rejects, Action<bool>? Done)
{
    /// <summary>What it counts for in the queue's limits, in bytes: about the size of the message it came from; default 256.</summary>
    public int Size { get; init; } = 256;

    /// <summary>
    /// Asked by the writer right before it writes: true takes the submission back unwritten, and <see cref="Done"/> gets false. For a sender of
    /// whom an earlier submission was lost and who will send all from there on again, in order.
    /// </summary>
    public Func<bool>? IsWithdrawn { get; init; }

    /// <summary>One entry of B2D's own.</summary>
    public static Submission Of(Entry entry, Action<bool>? done = null) => new([entry], [], done);
}

/// <summary>Why a message could not be turned into entries.</summary>
public enum RejectReason : byte
{
    /// <summary>Not JSON at all, or cut off.</summary>
    NotJson = 1,

    /// <summary>JSON, but not of the shape the topic asks for.</summary>
    WrongShape = 2,

    /// <summary>The time is neither epoch milliseconds nor ISO 8601.</summary>
    BadTime = 3,

    /// <summary>More metrics, deeper nesting or longer names than allowed.</summary>
    OverLimit = 4,

    /// <summary>A topic that no format reads.</summary>
    UnknownTopic = 5,

    /// <summary>The device that the topic names is not registered.</summary>
    UnknownDevice = 6,
}

/// <summary>A message that could not be read: where it came from, why, and its first bytes.</summary>
public sealed record Reject(string Device, string Topic, RejectReason Reason, string Detail, byte[] Payload, int Size);
