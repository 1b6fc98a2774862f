using B2D.Core.Telemetry;

namespace B2D.Bus;

/// <summary>
/// The way into the partition log: whoever has an entry submits it, the one writer of the log drains it.
/// Bounded, so that a slow disk slows the senders instead of filling the memory.
/// </summary>
public sealed class EntryQueue(int capacity = EntryQueue.DefaultCapacity)
{
    /// <summary>Entries that may wait, default 65,536: about three seconds at 20,000 messages a second.</summary>
    public const int DefaultCapacity = 65_536;

    private readonly Lock gate = new();
    private readonly Queue<Submission> waiting = new();

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
            if (waiting.Count >= capacity)
                return false;
            first = waiting.Count == 0;
            waiting.Enqueue(submission);
        }
        if (first)
            Wake?.Invoke();
        return true;
    }

    /// <summary>Takes up to <paramref name="max"/> submissions in order of arrival; adds them to <paramref name="into"/> and returns how many.</summary>
    public int Drain(List<Submission> into, int max)
    {
        lock (gate)
        {
            var taken = Math.Min(max, waiting.Count);
            for (var i = 0; i < taken; i++)
                into.Add(waiting.Dequeue());
            return taken;
        }
    }
}

/// <summary>Entries that belong together, and whom to tell when they are on disk.</summary>
/// <param name="Entries">In order; may be empty when there are only rejects.</param>
/// <param name="Rejects">What could not be read, to be kept as dead letters in the same transaction.</param>
/// <param name="Done">Called once by the writer: true, they are on disk; false, they could not be written and must not be acknowledged.</param>
public sealed record Submission(IReadOnlyList<Entry> Entries, IReadOnlyList<Reject> Rejects, Action<bool>? Done)
{
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
