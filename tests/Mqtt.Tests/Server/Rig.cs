using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;

namespace B2D.Mqtt.Tests.Server;

/// <summary>A server over memory and virtual time, with an application whose every decision a test can set and whose every event it can await.</summary>
internal sealed class Rig : IMqttApplication, IAsyncDisposable
{
    /// <summary>Real time after which an awaited event will not come any more: a defect, not a measure.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly Channel<InboundPublish> _publishes = Channel.CreateUnbounded<InboundPublish>();
    private readonly ConcurrentBag<WireClient> _clients = [];
    private Task _pump = Task.CompletedTask;
    private Action _pumpEnds = () => { };

    public Rig(MqttServerOptions? options = null, ISessionStore? store = null, DateTimeOffset? at = null)
    {
        if (at is { } begun)
            Time.Advance(begun - Time.GetUtcNow());
        Server = new MqttServer(this, options ?? new MqttServerOptions(), Time, NullLoggerFactory.Instance, store);
    }

    public VirtualTime Time { get; } = new();

    public MqttServer Server { get; }

    public Func<ConnectRequest, CancellationToken, ValueTask<ConnectDecision>> Authenticate { get; set; } =
        (_, _) => ValueTask.FromResult(new ConnectDecision(ReasonCode.Success, "someone"));

    public Func<string, bool> MayPublish { get; set; } = _ => true;

    public Func<string, bool> MaySubscribe { get; set; } = _ => true;

    /// <summary>Completes at once and routes; null leaves it to the test through <see cref="NextPublishAsync"/>.</summary>
    public Action<MqttSession, InboundPublish>? Take { get; set; } = (_, publish) => publish.Complete(route: true);

    /// <summary>Takes a message while its bytes are there; null leaves all to <see cref="Take"/>.</summary>
    public Func<InboundPublish, byte[], bool>? TryTake { get; set; }

    public MqttSession? LastSession { get; private set; }

    public ConnectRequest? LastRequest { get; private set; }

    /// <summary>A raw peer, not yet connected.</summary>
    public WireClient Open(int window = 64 * 1024, System.Net.IPAddress? from = null)
    {
        var client = new WireClient(Server, new MemoryTransport(window, from));
        _clients.Add(client);
        return client;
    }

    /// <summary>A 3.1.1 peer with a clean session, connected.</summary>
    public async Task<WireClient> Connect311Async(string id = "p")
    {
        var client = Open();
        await client.SendAsync($"10 {12 + id.Length:X2} 0004 'MQTT' 04 02 0000 {id.Length:X4} '{id}'");
        await client.ExpectAsync("20 02 00 00");
        return client;
    }

    /// <summary>A 5.0 peer that starts clean, connected.</summary>
    public async Task<WireClient> Connect5Async(string id = "p")
    {
        var client = Open();
        await client.SendAsync($"10 {13 + id.Length:X2} 0004 'MQTT' 05 02 0000 00 {id.Length:X4} '{id}'");
        await client.ExpectConnackAsync();
        return client;
    }

    public async Task<string> NextEventAsync() => await _events.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public async Task<InboundPublish> NextPublishAsync() => await _publishes.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>Lets other work go on until something is so. For the few states of the server that nobody is told of.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, "It did not come to this.");
            await Task.Yield();
        }
    }

    public bool HasEvents => _events.Reader.Count > 0;

    /// <summary>Writes all changes of sessions to the store.</summary>
    public void Pump()
    {
        while (Server.PumpSessions())
        {
            // Each turn is one commit.
        }
    }

    /// <summary>From now on changes of sessions are written as they come, by a loop that ends with the rig.</summary>
    public void PumpAlways()
    {
        var changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        Server.SessionsChanged = () => changed.Writer.TryWrite(true);
        _pumpEnds = () => changed.Writer.TryComplete();
        _pump = RunAsync();

        async Task RunAsync()
        {
            await foreach (var _ in changed.Reader.ReadAllAsync().ConfigureAwait(false))
                Pump();
        }
    }

    /// <summary>Waits for a change of sessions, which must come, and writes it to the store.</summary>
    public async Task PumpAsync()
    {
        await UntilAsync(() => Server.UnkeptBytes > 0);
        Pump();
    }

    /// <summary>Lets time pass in ticks of one second.</summary>
    public void Advance(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            Server.Tick(Time.GetUtcNow());
        }
    }

    async ValueTask<ConnectDecision> IMqttApplication.AuthenticateAsync(ConnectRequest request, CancellationToken cancellation)
    {
        LastRequest = request;
        return await Authenticate(request, cancellation);
    }

    bool IMqttApplication.MayPublish(MqttSession session, string topic) => MayPublish(topic);

    bool IMqttApplication.MaySubscribe(MqttSession session, string filter) => MaySubscribe(filter);

    void IMqttApplication.OnConnected(MqttSession session)
    {
        LastSession = session;
        _events.Writer.TryWrite($"connected {session.ClientId}");
    }

    void IMqttApplication.OnDisconnected(MqttSession session, EndReason reason)
    {
        Assert.False(session.IsConnected);
        _events.Writer.TryWrite($"disconnected {session.ClientId} {reason}");
    }

    bool IMqttApplication.TryTake(MqttSession session, InboundPublish publish, ReadOnlySpan<byte> payload) => TryTake?.Invoke(publish, payload.ToArray()) == true;

    void IMqttApplication.OnPublish(MqttSession session, InboundPublish publish)
    {
        _events.Writer.TryWrite($"{(publish.IsWill ? "will" : "publish")} {session.ClientId} {publish.Topic}");
        if (Take != null)
            Take(session, publish);
        else
            _publishes.Writer.TryWrite(publish);
    }

    void IMqttApplication.OnDelivered(MqttSession session, object tag) => _events.Writer.TryWrite($"delivered {session.ClientId} {tag}");

    /// <summary>The server must stop with every connection ended, and every one with a reason.</summary>
    public async ValueTask DisposeAsync()
    {
        await Server.StopAsync().WaitAsync(Patience);
        _pumpEnds();
        await _pump.WaitAsync(Patience);
        Pump();
        foreach (var client in _clients)
        {
            Server.Tick(Time.GetUtcNow());
            Time.Advance(TimeSpan.FromSeconds(5));
            Server.Tick(Time.GetUtcNow());
            Assert.NotEqual(EndReason.None, await client.Run.WaitAsync(Patience));
        }
        Assert.Equal(0, Server.ConnectionCount);
        var ends = Enum.GetValues<EndReason>().Sum(Server.Counters.Ended);
        Assert.Equal(Server.Counters.ConnectionsOpened, ends);
    }
}
