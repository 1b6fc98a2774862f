using B2D.Console.Access;
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
internal sealed class LiveEvents(ChangeFeeds feeds, Presence presence, TimeProvider time, ConsoleOptions options, IHostApplicationLifetime life)
{
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(15);
    private const int MostPage = 40;
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
            // A page that says where it is makes its reader seen by others there.
            var (page, who) = (http.Request.Query["at"].ToString(), http.User.Identity?.Name ?? "");
            var feed = feeds.Of(Sights.Of(http));
            // Nobody is seen, and sees nobody, at what they do not see.
            if (page.Length is 0 or > MostPage || !Sights.Sees(http, page))
                await Stream(feed, http.Response, "", who, stop.Token);
            else
                await StreamAt(feed, http.Response, page, who, stop.Token);
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

    private async Task StreamAt(ChangeFeed feed, HttpResponse response, string page, string who, CancellationToken stop)
    {
        presence.Streams(page, who, 1, Now);
        try
        {
            await Stream(feed, response, page, who, stop);
        }
        finally
        {
            presence.Streams(page, who, -1, Now);
        }
    }

    private async Task Stream(ChangeFeed feed, HttpResponse response, string page, string who, CancellationToken stop)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers["X-Accel-Buffering"] = "no";
        using var timer = new PeriodicTimer(options.LiveEvery, time);
        var seen = feed.Current();
        var others = Others(page, who);
        await Send(response, "event: ready\ndata:\n\n", stop);
        var quietSince = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stop))
        {
            var now = feed.Current();
            var changed = now.Where(c => seen.GetValueOrDefault(c.Key, -1) != c.Value).Select(c => c.Key).Order(StringComparer.Ordinal).ToList();
            seen = now;
            if (Others(page, who) is var there && there != others)
            {
                others = there;
                changed.Add("presence");
            }
            if (changed.Count == 0 && time.GetElapsedTime(quietSince) < Ping)
                continue;
            await Send(response, changed.Count > 0 ? $"event: changed\ndata: {string.Join(' ', changed)}\n\n" : ": still here\n\n", stop);
            quietSince = time.GetTimestamp();
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private string Others(string page, string who) => page.Length == 0 ? "" : string.Join(' ', presence.Others(page, who, Now).Select(o => $"{o.Who}{o.Here}"));

    private static async Task Send(HttpResponse response, string text, CancellationToken stop)
    {
        await response.WriteAsync(text, stop);
        await response.Body.FlushAsync(stop);
    }
}
