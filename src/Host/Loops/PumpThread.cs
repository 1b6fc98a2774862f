using B2D.Mqtt.Transport;
using Microsoft.Extensions.Logging;

namespace B2D.Host.Loops;

/// <summary>One thread that pumps one loop: at once when it is woken, else as often as the loop wants.</summary>
internal sealed partial class PumpThread : IDisposable
{
    private readonly string name;
    private readonly Func<bool> pump;
    private readonly TimeSpan every;
    private readonly ILogger log;
    private readonly Func<TimeSpan>? linger;
    private readonly Action? share;
    private readonly AutoResetEvent wake = new(false);
    private readonly Thread thread;
    private volatile bool stopping;
    private string lastError = "";

    /// <param name="linger">How long to let more gather once it was woken; null for not at all.</param>
    /// <param name="share">What the thread asks of the scheduler for itself, one of <see cref="ThreadShare"/>; null for what every thread has.</param>
    public PumpThread(string name, TimeSpan every, Func<bool> pump, ILogger log, Func<TimeSpan>? linger = null, Action? share = null)
    {
        (this.name, this.every, this.pump, this.log, this.linger, this.share) = (name, every, pump, log, linger, share);
        thread = new Thread(Run) { Name = $"b2d {name}", IsBackground = true };
    }

    /// <summary>Why the last turn failed; empty while it works.</summary>
    public string Problem => lastError;

    /// <summary>The loop's name.</summary>
    public string Name => name;

    public void Start() => thread.Start();

    /// <summary>Something is there to do. From any thread.</summary>
    public void Wake()
    {
        if (!stopping)
            wake.Set();
    }

    /// <summary>Ends after the turn that runs.</summary>
    public void Stop()
    {
        stopping = true;
        wake.Set();
        if (thread.IsAlive)
            thread.Join();
    }

    public void Dispose()
    {
        Stop();
        wake.Dispose();
    }

    private void Run()
    {
        share?.Invoke();
        while (!stopping)
        {
            if (!Turn() && !stopping && wake.WaitOne(every) && linger?.Invoke() is { Ticks: > 0 } time && !stopping)
                ShortSleep.For(time);
        }
    }

    private bool Turn()
    {
        try
        {
            var more = pump();
            if (lastError.Length > 0)
                LogWorks(name);
            lastError = "";
            return more;
        }
#pragma warning disable CA1031 // A loop outlives whatever one turn meets (a full disk, a locked file); it says so and tries again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (lastError != e.Message)
                LogFailed(e, name);
            lastError = e.Message;
            return false;
        }
    }

    [LoggerMessage(1010, LogLevel.Error, "The {Name} loop failed and tries again")]
    private partial void LogFailed(Exception e, string name);

    [LoggerMessage(1011, LogLevel.Information, "The {Name} loop works again")]
    private partial void LogWorks(string name);
}
