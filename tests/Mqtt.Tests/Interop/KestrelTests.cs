using B2D.Mqtt.Tests.Server;

namespace B2D.Mqtt.Tests.Interop;

/// <summary>The whole way over real sockets: our client, TCP or TLS, Kestrel, our server.</summary>
public abstract class KestrelTests(bool epoll)
{
    [Fact]
    public async Task Client_OverTcp_PublishesAndReceives()
    {
        var ends = new EndWatcher();
        await using var host = await KestrelHost.StartAsync(ends, epoll);
        await ExchangeAsync(new MqttClientOptions("127.0.0.1", host.Port) { ClientId = "tcp" });
        Assert.Equal(EndReason.ClientDisconnected, await ends.NextAsync());
    }

    [Fact]
    public async Task Client_OverTls_PublishesAndReceives()
    {
        var ends = new EndWatcher();
        await using var host = await KestrelHost.StartAsync(ends, epoll);
        await ExchangeAsync(new MqttClientOptions("localhost", host.TlsPort) { ClientId = "tls", UseTls = true, CertificateAuthority = host.Certificate });
        Assert.Equal(EndReason.ClientDisconnected, await ends.NextAsync());
    }

    [Fact]
    public async Task Client_OverTls_CertificateReachesTheApplication()
    {
        var application = new CertificateReader();
        await using var host = await KestrelHost.StartAsync(application, epoll);
        using var mine = KestrelHost.SelfSigned("device-1");
        var options = new MqttClientOptions("localhost", host.TlsPort)
        {
            UseTls = true,
            TlsValidation = (_, certificate, _, _) => certificate?.GetCertHashString() == host.Certificate.GetCertHashString(),
            ClientCertificate = mine,
        };
        await using var client = await MqttClient.ConnectAsync(options, TimeProvider.System);
        Assert.Equal(("CN=device-1", "tls"), (application.Subject, application.Listener));
    }

    [Fact]
    public async Task Client_UntrustedServer_IsNotConnected()
    {
        await using var host = await KestrelHost.StartAsync(new OpenApplication(), epoll);
        using var other = KestrelHost.SelfSigned("localhost");
        var options = new MqttClientOptions("localhost", host.TlsPort) { UseTls = true, CertificateAuthority = other };
        var thrown = await Assert.ThrowsAsync<MqttConnectException>(() => MqttClient.ConnectAsync(options, TimeProvider.System));
        Assert.Equal(ReasonCode.ServerUnavailable, thrown.Reason);
    }

    [Fact]
    public async Task Client_NobodyListens_Throws()
    {
        var host = await KestrelHost.StartAsync(new OpenApplication(), epoll);
        var port = host.Port;
        await host.DisposeAsync();
        var options = new MqttClientOptions("127.0.0.1", port);
        var thrown = await Assert.ThrowsAsync<MqttConnectException>(() => MqttClient.ConnectAsync(options, TimeProvider.System));
        Assert.Equal(ReasonCode.ServerUnavailable, thrown.Reason);
    }

    [Fact]
    public async Task Client_Aborts_ServerSeesTheConnectionLost()
    {
        await using var host = await KestrelHost.StartAsync(new OpenApplication(), epoll);
        var will = new TaskCompletionSource<MqttMessage>();
        await using var watcher = await MqttClient.ConnectAsync(
            new MqttClientOptions("127.0.0.1", host.Port) { ClientId = "watcher", OnMessage = m => will.TrySetResult(m) }, TimeProvider.System);
        await watcher.SubscribeAsync("status", QoS.AtLeastOnce);
        var lost = await MqttClient.ConnectAsync(
            new MqttClientOptions("127.0.0.1", host.Port) { ClientId = "lost", Will = new MqttMessage("status", "offline"u8.ToArray()) }, TimeProvider.System);
        lost.Abort();
        Assert.Equal("status", (await will.Task.WaitAsync(Rig.Patience)).Topic);
        Assert.Equal(EndReason.ConnectionLost, await lost.Closed);
    }

    private static async Task ExchangeAsync(MqttClientOptions options)
    {
        const int Count = 1000;
        var received = 0;
        var all = new TaskCompletionSource();
        await using var client = await MqttClient.ConnectAsync(
            options with { OnMessage = _ => { if (Interlocked.Increment(ref received) == Count) all.SetResult(); } }, TimeProvider.System);
        await client.SubscribeAsync("t/#", QoS.AtLeastOnce);
        var payload = new byte[500];
        var publishes = Enumerable.Range(0, Count).Select(i => client.PublishAsync(new MqttMessage($"t/{i % 10}", payload)));
        var reasons = await Task.WhenAll(publishes).WaitAsync(Rig.Patience);
        Assert.All(reasons, reason => Assert.Equal(ReasonCode.Success, reason));
        await all.Task.WaitAsync(Rig.Patience);
    }

    private sealed class CertificateReader : IMqttApplication
    {
        public string? Subject { get; private set; }

        public string? Listener { get; private set; }

        public ValueTask<ConnectDecision> AuthenticateAsync(ConnectRequest request, CancellationToken cancellation)
        {
            Subject = request.ClientCertificate?.Subject;
            Listener = request.Listener;
            return ValueTask.FromResult(new ConnectDecision(ReasonCode.Success));
        }

        public bool MayPublish(MqttSession session, string topic) => true;

        public bool MaySubscribe(MqttSession session, string filter) => true;

        public void OnConnected(MqttSession session)
        {
        }

        public void OnDisconnected(MqttSession session, EndReason reason)
        {
        }

        public void OnPublish(MqttSession session, InboundPublish publish) => publish.Complete();

        public void OnDelivered(MqttSession session, object tag)
        {
        }
    }
}

/// <summary>Over Kestrel's own transport.</summary>
public sealed class KestrelSocketTests() : KestrelTests(epoll: false);

/// <summary>Over ours.</summary>
public sealed class KestrelEpollTests() : KestrelTests(epoll: true);
