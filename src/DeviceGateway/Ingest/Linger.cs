namespace B2D.DeviceGateway.Ingest;

/// <summary>
/// How long the writer lets messages gather before it writes. A transaction costs about as much for one message as for fifty; waiting is worth it only where
/// others come in that time. Without load nothing waits.
/// </summary>
public sealed class Linger
{
    /// <summary>Up to so many messages a second nothing waits: there is processor enough for a transaction each, and the flush itself gathers.</summary>
    private const double QuietRate = 8_000;

    /// <summary>From here on the wait is the longest.</summary>
    private const double BusyRate = 40_000;

    /// <summary>The shortest wait that gathers more than going to sleep costs, and the longest.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMicroseconds(50), Most = TimeSpan.FromMicroseconds(400);

    private double rate;
    private long since;
    private long messages;

    /// <summary>What the next turn is worth waiting for.</summary>
    public TimeSpan Time { get; private set; }

    /// <summary>A turn has written so many messages.</summary>
    public void Note(int written, long timestamp, long frequency)
    {
        messages += written;
        var seconds = (timestamp - since) / (double)frequency;
        if (seconds < 0.02)
            return;
        // A pause counts for what it was: the rate falls at once.
        rate = seconds > 0.5 ? messages / seconds : (0.5 * rate) + (0.5 * messages / seconds);
        (since, messages) = (timestamp, 0);
        Time = rate <= QuietRate ? TimeSpan.Zero : Least + ((Most - Least) * Math.Min(1, (rate - QuietRate) / (BusyRate - QuietRate)));
    }
}
