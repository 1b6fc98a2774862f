namespace B2D.FirmwareSim.Running;

/// <summary>How connections behave.</summary>
public sealed record LinkOptions
{
    /// <summary>Unacknowledged messages of one connection. Default 16, range 1 to 65,535.</summary>
    public int MaxInFlight { get; init; } = 16;

    /// <summary>Messages one connection keeps while it cannot send; the oldest are dropped beyond it. Default 10,000, range 1 to 1,000,000.</summary>
    public int MaxQueued { get; init; } = 10_000;

    /// <summary>
    /// First pause before connecting again. Default 200 ms, range 1 ms to 1 minute. Each is halved to whole by chance, so that a fleet does not come back
    /// in step.
    /// </summary>
    public TimeSpan BackOffFirst { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest pause; pauses double up to it. Default 10 s, range <see cref="BackOffFirst"/> to 1 hour.</summary>
    public TimeSpan BackOffMost { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one attempt to connect may take. Default 15 s, range 100 ms to 10 minutes.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a runner waits for missing acknowledgements when it is told to stop. Default 10 s, range 0 to 1 hour.</summary>
    public TimeSpan DrainFor { get; init; } = TimeSpan.FromSeconds(10);

    internal void Check()
    {
        InRange(MaxInFlight, 1, 65_535, nameof(MaxInFlight));
        InRange(MaxQueued, 1, 1_000_000, nameof(MaxQueued));
        InRange(BackOffFirst, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), nameof(BackOffFirst));
        InRange(BackOffMost, BackOffFirst, TimeSpan.FromHours(1), nameof(BackOffMost));
        InRange(ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10), nameof(ConnectTimeout));
        InRange(DrainFor, TimeSpan.Zero, TimeSpan.FromHours(1), nameof(DrainFor));
    }

    private static void InRange<T>(T value, T low, T high, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(low) < 0 || value.CompareTo(high) > 0) throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {low} to {high}.");
    }
}

/// <summary>What all connections of a runner did so far. Read and written from any thread.</summary>
public sealed class LinkCounters
{
    private long _connected;
    private long _acknowledged;
    private long _refused;
    private long _lost;
    private long _dropped;
    private long _resent;
    private string? _lastTrouble;

    /// <summary>Connections that stand now.</summary>
    public long Connected => Interlocked.Read(ref _connected);

    /// <summary>Messages acknowledged.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Messages the server refused by a reason code.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Connections that ended without being asked to, and attempts that failed.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Messages dropped because a queue was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Messages sent again after a reconnect.</summary>
    public long Resent => Interlocked.Read(ref _resent);

    /// <summary>What went wrong last, in words; null if nothing did.</summary>
    public string? LastTrouble => Volatile.Read(ref _lastTrouble);

    internal void AddConnected(int change) => Interlocked.Add(ref _connected, change);

    internal void AddAcknowledged() => Interlocked.Increment(ref _acknowledged);

    internal void AddRefused() => Interlocked.Increment(ref _refused);

    internal void AddDropped() => Interlocked.Increment(ref _dropped);

    internal void AddResent() => Interlocked.Increment(ref _resent);

    internal void AddLost(string why)
    {
        Interlocked.Increment(ref _lost);
        Volatile.Write(ref _lastTrouble, why);
    }
}
