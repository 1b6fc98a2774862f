using B2D.ProactiveWorker.Notices;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Alarms;

/// <summary>
/// A sign of life to a watcher elsewhere, as long as nothing of B2D's own is critical. It tells nobody anything by itself; that it stays away does.
/// </summary>
public sealed partial class Heartbeat(HttpClient http, HeartbeatOptions options, Func<bool> well, TimeProvider time, ILogger<Heartbeat> log)
{
    private readonly long start = time.GetTimestamp();
    private TimeSpan? last;
    private string problem = "";

    /// <summary>How often it looks; not how often it sends.</summary>
    public static TimeSpan Every { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Signs that were taken since the start.</summary>
    public long Sent { get; private set; }

    /// <summary>Signs that nobody took since the start.</summary>
    public long Failures { get; private set; }

    /// <summary>One turn; never more to do at once.</summary>
    public async Task<bool> PumpAsync(CancellationToken cancellation)
    {
        var now = time.GetElapsedTime(start);
        if (!options.Enabled || now - last < options.Every || !well())
            return false;
        last = now;
        var failed = await SendAsync(cancellation).ConfigureAwait(false);
        if (failed.Length == 0)
            Sent++;
        else
            Failures++;
        if (failed.Length > 0 && failed != problem)
            LogFailed(failed);
        problem = failed;
        return false;
    }

    private async Task<string> SendAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.Timeout);
        try
        {
            using var request = new HttpRequestMessage(new HttpMethod(options.Method), options.Url);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? "" : $"the receiver answered {(int)answer.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return $"the receiver {HttpTrouble.Of(e.HttpRequestError)}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "the receiver did not answer in time";
        }
    }

    [LoggerMessage(3064, LogLevel.Warning, "The sign of life was not taken: {Reason}")]
    private partial void LogFailed(string reason);
}
