using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace B2D.Console.Live;

/// <summary>
/// Tells open pages what has changed (<c>event: changed</c>, topics separated by blanks), so that they fetch it: server-sent events (HTML Living Standard
/// §9.2).
/// A bounded number of streams at once.
/// </summary>
internal sealed class LiveEvents(ChangeFeed feed, TimeProvider time, ConsoleOptions options, IHostApplicationLifetime life)
{
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(15);
    private int open;

    /// <summary>Streams that are open now.</summary>
    public int Open => Volatile.Read(ref open);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/events", (LiveEvents events, HttpContext http) => events.Serve(http)).ExcludeFromDescription();

    private async Task Serve(HttpContext http)
    {
        try
        {
            if (Interlocked.Increment(ref open) > options.LiveStreams)
            {
                http.Response.Headers.RetryAfter = "15";
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping);
            await Stream(http.Response, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or the program stops.
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private async Task Stream(HttpResponse response, CancellationToken stop)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers["X-Accel-Buffering"] = "no";
        using var timer = new PeriodicTimer(options.LiveEvery, time);
        var seen = feed.Current();
        await Send(response, "event: ready\ndata:\n\n", stop);
        var quietSince = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stop))
        {
            var now = feed.Current();
            var changed = now.Where(c => seen.GetValueOrDefault(c.Key, -1) != c.Value).Select(c => c.Key).Order(StringComparer.Ordinal).ToList();
            seen = now;
            if (changed.Count == 0 && time.GetElapsedTime(quietSince) < Ping)
                continue;
            await Send(response, changed.Count > 0 ? $"event: changed\ndata: {string.Join(' ', changed)}\n\n" : ": still here\n\n", stop);
            quietSince = time.GetTimestamp();
        }
    }

    private static async Task Send(HttpResponse response, string text, CancellationToken stop)
    {
        await response.WriteAsync(text, stop);
        await response.Body.FlushAsync(stop);
    }
}
