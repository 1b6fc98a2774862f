using System.IO.Pipelines;

namespace B2D.Simulation.World;

/// <summary>The one thread of a gateway's connections: what they have to do, in order, when the world lets them. What a killed gateway has left is never done.</summary>
internal sealed class VirtualScheduler : PipeScheduler
{
    private readonly Queue<(Action<object?> Work, object? State)> queue = new();
    private readonly int thread = Environment.CurrentManagedThreadId;

    public override void Schedule(Action<object?> action, object? state)
    {
        if (Environment.CurrentManagedThreadId != thread)
            throw new InvalidOperationException("this world has one thread, and a connection was continued on another");
        queue.Enqueue((action, state));
    }

    /// <summary>Does all there is to do; false where there was nothing.</summary>
    public bool Run()
    {
        var any = queue.Count > 0;
        while (queue.TryDequeue(out var next))
            next.Work(next.State);
        return any;
    }
}
