using B2D.Core.Webhooks;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Webhooks;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Webhooks;
using B2D.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Webhooks;

public sealed class WebhookLoopTests : IDisposable
{
    private readonly VirtualClock clock = new(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000));
    private readonly Stores stores = Stores.InMemory();
    private readonly Poster poster = new();
    private readonly WebhookLoop loop;
    private readonly WebhookDesk desk;

    public WebhookLoopTests()
    {
        var seal = SecretSeal.InMemory();
        loop = new WebhookLoop(stores.State, poster, seal, new ReceiverOptions(), clock, NullLogger<WebhookLoop>.Instance);
        desk = new WebhookDesk(stores.State, seal, clock);
    }

    /// <summary>Others who take everything at once, but for one who takes their time.</summary>
    private sealed class Poster : IWebhookPoster
    {
        public TaskCompletionSource<(PostAnswer Answer, string Error)> Slow { get; } = new();

        public Task<(PostAnswer Answer, string Error)> PostAsync(WebhookPost post, CancellationToken cancellation) =>
            post.Url.Contains("slow", StringComparison.Ordinal) ? Slow.Task.WaitAsync(cancellation) : Task.FromResult((PostAnswer.Taken, ""));
    }

    /// <summary>A network in which nobody answers.</summary>
    private sealed class Silence : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            new TaskCompletionSource<HttpResponseMessage>().Task.WaitAsync(cancellationToken);
    }

    public void Dispose() => stores.Dispose();

    [Fact]
    public async Task Pump_OneReceiverIsSlow_TheOthersAreToldMeanwhile()
    {
        var (slow, quick) = (Add("slow"), Add("quick"));
        Offer();
        var turn = loop.PumpAsync(CancellationToken.None);
        Assert.False(turn.IsCompleted);
        Assert.Equal(["Delivered"], States(quick));
        Assert.Equal(["Waiting"], States(slow));
        poster.Slow.SetResult((PostAnswer.Taken, ""));
        Assert.True(await turn);
        Assert.Equal(["Delivered"], States(slow));
    }

    [Fact]
    public async Task Pump_CalledBackWhileItIsOnItsWay_CountsAsNoFailure()
    {
        var slow = Add("slow");
        Offer();
        using var stopping = new CancellationTokenSource();
        var turn = loop.PumpAsync(stopping.Token);
        await stopping.CancelAsync();
        await turn;
        Assert.Equal(["Waiting"], States(slow));
        Assert.Equal((0L, ""), stores.State.Read(db => WebhookStore.Find(db, slow)) is { } row ? (row.Failures, row.LastError) : default);
    }

    [Fact]
    public async Task Post_CalledBack_IsNotTheReceiversSilence()
    {
        using var http = new HttpClient(new Silence());
        using var stopping = new CancellationTokenSource();
        var post = new HttpPoster(http, TimeSpan.FromMinutes(1)).PostAsync(new WebhookPost("https://tickets.example.com", "m1", 1, "v1,x", "{}"), stopping.Token);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => post);
    }

    private long Add(string name) => desk.Add(new ReceiverWords(name, $"https://{name}.example.com", ["case.opened"]), "root").Id;

    private void Offer() => stores.State.Write(db => WebhookStore.Offer(db, "case.opened", "case:1", "m1", "{}"));

    private IEnumerable<string> States(long receiver) =>
        stores.State.Read(db => db.Query<string>("SELECT state FROM webhook_deliveries WHERE receiver = @receiver", new { receiver }));
}
