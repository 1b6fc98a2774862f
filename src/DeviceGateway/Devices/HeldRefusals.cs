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
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (waiting.Count >= most)
                return Task.CompletedTask;
            waiting.Enqueue(source, due);
        }
        return source.Task.WaitAsync(cancellation);
    }

    /// <summary>Lets those go that are due.</summary>
    public void Pump(DateTimeOffset now)
    {
        lock (gate)
        {
            while (waiting.TryPeek(out var source, out var due) && due <= now)
            {
                waiting.Dequeue();
                source.TrySetResult();
            }
        }
    }
}
