using System.Net;
using B2D.ProactiveWorker.Alarms;
using B2D.ProactiveWorker.Notices;
using B2D.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Alarms;

public sealed class HeartbeatTests
{
    /// <summary>A watcher that counts what reaches it.</summary>
    private sealed class Watcher : HttpMessageHandler
    {
        public List<string> Heard { get; } = [];

        public HttpStatusCode Answer { get; set; } = HttpStatusCode.NoContent;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Heard.Add($"{request.Method} {request.RequestUri}");
            return Task.FromResult(new HttpResponseMessage(Answer));
        }
    }

    [Fact]
    public async Task Pump_EverySecond_SendsEveryMinuteWhileAllIsWell()
    {
        using var watcher = new Watcher();
        using var http = new HttpClient(watcher);
        var clock = new VirtualClock(DateTimeOffset.UnixEpoch);
        var well = true;
        var beat = new Heartbeat(http, new HeartbeatOptions { Url = "https://watch.example/b2d", Method = "POST" }, () => well, clock, NullLogger<Heartbeat>.Instance);

        await GoAsync(121);
        Assert.Equal(3, watcher.Heard.Count);
        Assert.All(watcher.Heard, h => Assert.Equal("POST https://watch.example/b2d", h));
        well = false;
        await GoAsync(600);
        Assert.Equal(3, watcher.Heard.Count);
        well = true;
        await GoAsync(1);
        Assert.Equal((4, 4, 0), (watcher.Heard.Count, beat.Sent, beat.Failures));
        watcher.Answer = HttpStatusCode.BadGateway;
        await GoAsync(60);
        Assert.Equal((5, 4, 1), (watcher.Heard.Count, beat.Sent, beat.Failures));

        async Task GoAsync(int seconds)
        {
            for (var i = 0; i < seconds; i++)
            {
                clock.AdvanceTo(clock.Now + TimeSpan.FromSeconds(1));
                await beat.PumpAsync(default);
            }
        }
    }

    [Fact]
    public async Task Pump_WithoutAnAddress_SendsNothing()
    {
        using var watcher = new Watcher();
        using var http = new HttpClient(watcher);
        await new Heartbeat(http, new HeartbeatOptions(), () => true, TimeProvider.System, NullLogger<Heartbeat>.Instance).PumpAsync(default);
        Assert.Empty(watcher.Heard);
    }

    [Fact]
    public void Validate_OfCareOptions_NamesEverythingThatIsWrong()
    {
        Assert.Empty(new CareOptions().Validate(new EmailOptions()));
        var wrong = new CareOptions
        {
            EvaluationLag = TimeSpan.Zero, NoticeFailures = 0, DiskWarnMegabytes = -1, DiskCriticalMegabytes = 600, DiskReserveMegabytes = 700, ClockJump = TimeSpan.Zero,
            ClockJumpShown = TimeSpan.Zero, ManyConnections = 0, NoConnectionsFor = TimeSpan.Zero, Repeat = TimeSpan.Zero, MailTo = "nobody", Mail = new EmailOptions(),
            Webhook = new WebhookOptions { Url = "http://x.example" },
            Heartbeat = new HeartbeatOptions { Url = "http://x.example", Method = "PUT", Every = TimeSpan.Zero, Timeout = TimeSpan.Zero },
        };
        var problems = wrong.Validate(new EmailOptions());
        Assert.Equal(18, problems.Count);
        Assert.All(problems, p => Assert.StartsWith("Care:", p, StringComparison.Ordinal));
        Assert.Contains(problems, p => p == "Care:DiskReserveMegabytes is 700, allowed is 0 to DiskCriticalMegabytes, which is 600");
        Assert.Contains(problems, p => p.StartsWith("Care:MailTo is given, but there is no mail server", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("Care:Webhook:Secret", StringComparison.Ordinal));
    }
}
