using System.IO.Pipelines;

namespace B2D.TestKit;

/// <summary>The one thread of some connections: what they have to do, in order, when the test lets them. What is left in it is never done.</summary>
public sealed class OneThread : PipeScheduler
{
    private readonly Queue<(Action<object?> Work, object? State)> queue = new();
    private readonly int thread = Environment.CurrentManagedThreadId;

    public override void Schedule(Action<object?> action, object? state)
    {
        if (Environment.CurrentManagedThreadId != thread)
            throw new InvalidOperationException("there is one thread, and a connection was continued on another");
        queue.Enqueue((action, state));
    }

    /// <summary>Does all there is to do; false where there was nothing.</summary>
    public bool Run()
    {
        var any = queue.Count > 0;
        // xunit's context would have continuations go to its own threads.
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            while (queue.TryDequeue(out var next))
                next.Work(next.State);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
        return any;
    }
}
