namespace B2D.DeviceGateway.Devices;

/// <summary>Connections whose refusal is held back: they wait without a thread and without a timer, until the gateway's loop finds that they are due.</summary>
internal sealed class HeldRefusals(int most)
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<TaskCompletionSource, DateTimeOffset> waiting = new();

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return waiting.Count;
        }
    }

    /// <summary>Completes at the first <see cref="Pump"/> from this time on; at once where too many wait already.</summary>
    public Task UntilAsync(DateTimeOffset due, CancellationToken cancellation)
    {
        var source = new TaskCompletionSource();
        lock (gate)
        {
            if (waiting.Count >= most)
                return Task.CompletedTask;
            waiting.Enqueue(source, due);
        }
        return source.Task.WaitAsync(cancellation);
    }

    /// <summary>Lets those go that are due: what is left of them, an answer and an end, is done on the caller's stack.</summary>
    public void Pump(DateTimeOffset now)
    {
        while (Next(now) is { } source)
            source.TrySetResult();
    }

    private TaskCompletionSource? Next(DateTimeOffset now)
    {
        lock (gate)
            return waiting.TryPeek(out _, out var due) && due <= now ? waiting.Dequeue() : null;
    }
}
