using B2D.Mqtt.Transport.Epoll;
using Microsoft.Extensions.Logging;

namespace B2D.DeviceGateway.Ingest;

/// <summary>
/// Whose turn it is to write the log. Threads of connections do it themselves, right behind what their connections brought, as long as a turn takes no longer
/// than connections may wait; the ingest loop's own thread does it for everybody else, for heartbeats, and where the disk is slow. One at a time: who comes
/// while another one writes goes on, and that one writes for both.
/// </summary>
internal sealed class IngestTurns(IngestLoop ingest, IngestBuffer buffer, TimeProvider clock, ILogger logger) : IAfterEvents
{
    /// <summary>So many messages are a good batch: nothing is gained by waiting for more.</summary>
    private const int Enough = 64;

    /// <summary>Connections wait no longer than this for a turn on their thread; the next ones are the other thread's.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(20);

    /// <summary>Turns are taken back where the other thread needs no longer than this.</summary>
    private static readonly TimeSpan Fast = TimeSpan.FromMilliseconds(5);

    [ThreadStatic]
    private static bool t_takesTurns;

    private readonly Lock gate = new();
    private volatile bool isSlow;
    private int asked;
    private bool isStopped;

    /// <summary>Signals the ingest loop's thread.</summary>
    public Action? Signal { get; set; }

    /// <summary>Something is there to be written. Any thread.</summary>
    public void Wake()
    {
        if (!t_takesTurns || isSlow)
            Signal?.Invoke();
    }

    /// <summary>A turn of the ingest loop's thread; true where there is more to do at once.</summary>
    public bool Pump()
    {
        var more = Take(out var took);
        if (took <= Fast)
            isSlow = false;
        return more;
    }

    /// <summary>The last turn; there are none after it.</summary>
    public void Stop()
    {
        lock (gate)
        {
            isStopped = true;
            ingest.Stop();
        }
    }

    /// <inheritdoc/>
    public TimeSpan Gather() => isSlow || buffer.Count is 0 or >= Enough ? TimeSpan.Zero : ingest.Linger.Time;

    /// <inheritdoc/>
    public bool Run()
    {
        t_takesTurns = true;
        if (isSlow || buffer.Count == 0)
            return false;
        try
        {
            var more = Take(out var took);
            if (took <= Slow)
                return more;
            isSlow = true;
            Signal?.Invoke();
        }
#pragma warning disable CA1031 // The thread serves connections, whatever a turn meets; the loop's own thread meets it again, and says so on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.TurnFailed(logger, e);
            Signal?.Invoke();
        }
        return false;
    }

    private bool Take(out TimeSpan took)
    {
        var began = clock.GetTimestamp();
        var more = false;
        Interlocked.Exchange(ref asked, 1);
        // Whoever asked while the last turn ran found the gate closed and has gone.
        while (!more && Volatile.Read(ref asked) == 1 && gate.TryEnter())
        {
            try
            {
                Interlocked.Exchange(ref asked, 0);
                more = !isStopped && ingest.Pump();
            }
            finally
            {
                gate.Exit();
            }
        }
        took = clock.GetElapsedTime(began);
        return more;
    }
}
