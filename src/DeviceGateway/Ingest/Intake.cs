using B2D.Bus;

namespace B2D.DeviceGateway.Ingest;

/// <summary>
/// The gateway's door to the entry queue: keeps the order of arrival when the queue is full by holding back what comes later, until there is room.
/// What is held back is bounded by its senders: a publish without an answer stops its connection's reading.
/// </summary>
internal sealed class Intake(EntryQueue queue)
{
    private readonly Lock gate = new();
    private readonly Queue<Submission> held = new();

    /// <summary>How many wait for room.</summary>
    public int Held
    {
        get { lock (gate) return held.Count; }
    }

    /// <summary>Submits, now or as soon as there is room.</summary>
    public void Submit(Submission submission)
    {
        lock (gate)
        {
            if (held.Count > 0 || !queue.TrySubmit(submission))
                held.Enqueue(submission);
        }
    }

    /// <summary>There may be room again.</summary>
    public void Retry()
    {
        lock (gate)
        {
            while (held.TryPeek(out var next) && queue.TrySubmit(next))
                held.Dequeue();
        }
    }
}
