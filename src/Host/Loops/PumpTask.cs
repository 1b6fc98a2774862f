using Microsoft.Extensions.Logging;

namespace B2D.Host.Loops;

/// <summary>Pumps a loop that awaits others (mail servers, receivers).</summary>
internal sealed partial class PumpTask(string name, TimeSpan every, Func<CancellationToken, Task<bool>> pump, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim wake = new(0, 1);
    private Task running = Task.CompletedTask;

    /// <summary>Why the last turn failed; empty while it works.</summary>
    public string Problem { get; private set; } = "";

    public string Name => name;

    public void Start() => running = Task.Run(RunAsync);

    /// <summary>Something is there to do. From any thread.</summary>
    public void Wake()
    {
        if (wake.CurrentCount > 0)
            return;
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else woke it between the look and the release.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
        wake.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            if (await TurnAsync())
                continue;
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
            var tick = Task.Delay(every, time, pause.Token);
            await Task.WhenAny(tick, wake.WaitAsync(pause.Token));
            await pause.CancelAsync();
        }
    }

    private async Task<bool> TurnAsync()
    {
        try
        {
            var more = await pump(stopping.Token);
            Problem = "";
            return more;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
#pragma warning disable CA1031 // A loop outlives whatever one turn meets; it says so and tries again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (Problem != e.Message)
                LogFailed(e, name);
            Problem = e.Message;
            return false;
        }
    }

    [LoggerMessage(1012, LogLevel.Error, "The {Name} loop failed and tries again")]
    private partial void LogFailed(Exception e, string name);
}
