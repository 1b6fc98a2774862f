using System.Net;
using B2D.Console.Tests.Town;
using B2D.Storage.Cases;

namespace B2D.Console.Tests;

public sealed class LiveTests
{
    [Fact]
    public async Task Events_WhenSomethingChanges_NameTheTopicsOnce()
    {
        var clock = new StillClock(TownHost.Start);
        await using var host = await TownHost.Open(clock: clock);
        using var browser = await SignedIn.AsAdministrator(host);
        using var stop = new CancellationTokenSource();
        using var stream = await browser.GetAsync(new Uri("/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, stop.Token);
        Assert.Equal("text/event-stream", stream.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(stop.Token));
        Assert.Equal("event: ready", await reader.ReadLineAsync(stop.Token));

        host.Stores.State.Write(db => TimelineStore.Add(db, new TimelineRow { Subject = "case:1", At = 1, Kind = "note", Text = "x" }));
        Assert.Equal("data: cases", await Next(clock, reader, stop.Token));
        host.Stores.State.Write(db => TimelineStore.Add(db, new TimelineRow { Subject = "outage:1", At = 1, Kind = "x", Text = "x" }));
        host.Stores.State.Write(db => TimelineStore.Add(db, new TimelineRow { Subject = "defect:1", At = 1, Kind = "x", Text = "x" }));
        host.Demo!.Revision++;
        Assert.Equal("data: defects demo outages", await Next(clock, reader, stop.Token));
        await stop.CancelAsync();
    }

    [Fact]
    public async Task Events_BeyondTheLimit_AreToldToComeBack()
    {
        await using var host = await TownHost.Open(seeded: false, options: o => o with { LiveStreams = 1 });
        using var browser = await SignedIn.AsAdministrator(host);
        using var first = await browser.GetAsync(new Uri("/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var second = await browser.GetAsync(new Uri("/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.Equal("15", second.Headers.RetryAfter!.ToString());
    }

    /// <summary>Lets time pass until the stream has something to say.</summary>
    private static async Task<string> Next(StillClock clock, StreamReader reader, CancellationToken stop)
    {
        var line = Data(reader, stop);
        while (!line.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        return await line;
    }

    private static async Task<string> Data(StreamReader reader, CancellationToken stop)
    {
        while (true)
        {
            var line = await reader.ReadLineAsync(stop) ?? throw new EndOfStreamException();
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return line;
        }
    }
}
