namespace B2D.ProactiveWorker.Telemetry;

/// <summary>The threads on which lanes are evaluated. The host has them; without a host there is the caller's only.</summary>
public interface ILaneThreads
{
    /// <summary>How many there are, the caller's included; 1 to 64.</summary>
    int Count { get; }

    /// <summary>Does each share of the work, 0 to <see cref="Count"/> - 1, on a thread of its own, and returns when all are done.</summary>
    /// <exception cref="Exception">What the first of those that failed threw; the others ran to their end.</exception>
    void Run(Action<int> share);
}

/// <summary>The caller's thread alone.</summary>
internal sealed class CallersThread : ILaneThreads
{
    public int Count => 1;

    public void Run(Action<int> share) => share(0);
}
