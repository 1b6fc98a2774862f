using System.Runtime.ExceptionServices;
using B2D.ProactiveWorker.Telemetry;

namespace B2D.Host.Loops;

/// <summary>Lanes are evaluated on the worker's thread and on these, which sleep while there is little to do.</summary>
internal sealed class LaneThreads : ILaneThreads, IDisposable
{
    /// <summary>More would mostly wait for one another's memory.</summary>
    private const int MostByItself = 8;

    private readonly Thread[] threads;
    private readonly AutoResetEvent[] begin;
    private readonly CountdownEvent left;
    private Action<int>? share;
    private Exception? failure;
    private volatile bool stopping;

    /// <param name="count">With the worker's own; 0 for one for each processor, 8 at most.</param>
    public LaneThreads(int count)
    {
        Count = count > 0 ? count : Math.Clamp(Environment.ProcessorCount, 1, MostByItself);
        begin = [.. Enumerable.Range(1, Count - 1).Select(_ => new AutoResetEvent(false))];
        left = new CountdownEvent(Math.Max(1, begin.Length));
        threads = [.. begin.Select((wake, i) => new Thread(() => Work(wake, i + 1)) { Name = $"b2d lanes {i + 1}", IsBackground = true })];
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public void Run(Action<int> share)
    {
        if (threads.Length == 0)
        {
            share(0);
            return;
        }
        if (threads[0].ThreadState.HasFlag(ThreadState.Unstarted))
            Array.ForEach(threads, t => t.Start());
        (this.share, failure) = (share, null);
        left.Reset(threads.Length);
        foreach (var wake in begin)
            wake.Set();
        Do(0);
        left.Wait();
        this.share = null;
        if (failure is { } e)
            ExceptionDispatchInfo.Throw(e);
    }

    /// <summary>Ends the threads, when nothing is pumped any more.</summary>
    public void Dispose()
    {
        stopping = true;
        foreach (var wake in begin)
            wake.Set();
        foreach (var thread in threads)
        {
            if (!thread.ThreadState.HasFlag(ThreadState.Unstarted))
                thread.Join();
        }
        Array.ForEach(begin, w => w.Dispose());
        left.Dispose();
    }

    private void Work(AutoResetEvent wake, int number)
    {
        ThreadShare.BeQuick();
        while (wake.WaitOne() && !stopping)
        {
            Do(number);
            left.Signal();
        }
    }

    private void Do(int number)
    {
        try
        {
            share!(number);
        }
#pragma warning disable CA1031 // Whoever ran it meets it, when the others are done.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref failure, e, null);
        }
    }
}
