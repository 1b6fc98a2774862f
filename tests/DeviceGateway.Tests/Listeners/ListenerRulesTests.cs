using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using B2D.DeviceGateway.Listeners;
using B2D.Mqtt;
using Xunit;
using static B2D.DeviceGateway.Tests.TestGateway;

namespace B2D.DeviceGateway.Tests.Listeners;

/// <summary>Listeners' rules with real handshakes: versions of TLS, certificates of devices, certificates that change, connections at once.</summary>
public sealed class ListenerRulesTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly string folder = Directory.CreateTempSubdirectory("b2d-rules").FullName;
    private readonly TestAuthority servers = new("Servers"), devices = new("Devices"), strangers = new("Strangers");

    public ListenerRulesTests()
    {
        WriteServer();
        File.WriteAllText(Authorities, devices.Pem);
    }

    private string Certificate => Path.Combine(folder, "server.pem");

    private string Key => Path.Combine(folder, "server.key");

    private string Authorities => Path.Combine(folder, "devices.pem");

    public void Dispose()
    {
        servers.Dispose();
        devices.Dispose();
        strangers.Dispose();
        Directory.Delete(folder, true);
    }

    [Theory(Timeout = Limit)]
    [InlineData(ListenerTls.Tls12, SslProtocols.Tls12, true)]
    [InlineData(ListenerTls.Tls12, SslProtocols.Tls13, false)]
    [InlineData(ListenerTls.Tls13, SslProtocols.Tls12, false)]
    [InlineData(ListenerTls.Tls13, SslProtocols.Tls13, true)]
    [InlineData(ListenerTls.Tls12And13, SslProtocols.Tls12, true)]
    [InlineData(ListenerTls.Tls12And13, SslProtocols.Tls13, true)]
    public async Task Tls_VersionOfTheClient_IsTakenWhereTheListenerOffersIt(ListenerTls offered, SslProtocols wanted, bool taken)
    {
        await using var host = await HostedGateway.StartAsync(Options(l => l with { Tls = offered }));

        var shaking = ShakeAsync(host.PortOf("devices"), wanted);

        if (taken)
            Assert.Equal(wanted, (await shaking).Version);
        else
            await Assert.ThrowsAnyAsync<Exception>(() => shaking);
    }

    [Fact(Timeout = Limit)]
    public async Task Tls_ApplicationProtocolOfTheClient_IsNoReasonToRefuse()
    {
        await using var host = await HostedGateway.StartAsync(Options());

        await ShakeAsync(host.PortOf("devices"), SslProtocols.Tls13, new SslApplicationProtocol("x-amzn-mqtt-ca"));
    }

    // By thumbprint, by the authority, and neither.
    [Theory(Timeout = Limit)]
    [InlineData(ClientCertificates.Required, ListenerTls.Tls12)]
    [InlineData(ClientCertificates.Required, ListenerTls.Tls13)]
    [InlineData(ClientCertificates.Accepted, ListenerTls.Tls13)]
    public async Task ClientCertificate_OfADevice_IsEnough(ClientCertificates wanted, ListenerTls tls)
    {
        using var byName = devices.ForClient("O=Acme, CN=pump");
        using var registered = strangers.ForClient("CN=whatever");
        await using var host = await HostedGateway.StartAsync(Options(l => l with
        {
            ClientCertificates = wanted, ClientCertificateAuthorities = Authorities, Tls = tls,
        }));
        host.Import($"id,thumbprint\nother,{TestAuthority.ThumbprintOf(registered)}\n");

        await using var pump = await ConnectAsync(host, byName, userName: null);
        await using var other = await ConnectAsync(host, registered, userName: "other");

        Assert.Equal(ReasonCode.Success, await pump.PublishAsync(new MqttMessage("devices/pump/telemetry", Bytes("""{"ts":1,"a":1}"""))));
        Assert.Equal(ReasonCode.NotAuthorized, await pump.PublishAsync(new MqttMessage("devices/other/telemetry", Bytes("""{"ts":1,"a":1}"""))));
        Assert.Equal(ReasonCode.Success, await other.PublishAsync(new MqttMessage("devices/other/telemetry", Bytes("""{"ts":1,"a":1}"""))));
    }

    [Fact(Timeout = Limit)]
    public async Task ClientCertificate_OverWebSocket_IsEnoughToo()
    {
        using var byName = devices.ForClient("CN=pump");
        var mutual = Mutual();
        await using var host = await HostedGateway.StartAsync(mutual with { Listeners = [mutual.Listeners[0] with { Transport = ListenerTransport.WebSocket }] });
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        socket.Options.ClientCertificates = [byName];
        socket.Options.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Issuer == servers.Certificate.Subject;
        await socket.ConnectAsync(new Uri($"wss://localhost:{host.PortOf("devices")}/mqtt"), default);

        byte[] connect = [0x10, 16, 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, 4, .. "pump"u8];
        await socket.SendAsync(connect, WebSocketMessageType.Binary, true, default);
        var answer = new byte[4];
        await socket.ReceiveAsync(answer.AsMemory(), default);

        Assert.Equal([0x20, 2, 0, 0], answer);
        Assert.Equal(1, host.Gateway.ConnectedDevices);
    }

    [Fact(Timeout = Limit)]
    public async Task ClientCertificate_OtherUserName_IsRefused()
    {
        using var byName = devices.ForClient("CN=pump");
        await using var host = await HostedGateway.StartAsync(Mutual());

        Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync(host, byName, "other", "rehto")));
        await using var same = await ConnectAsync(host, byName, "pump");
    }

    [Theory(Timeout = Limit)]
    [InlineData("CN=pump", "strangers")] // right name, wrong authority
    [InlineData("CN=pump", "expired")]
    [InlineData("CN=pump", "server")] // issued for servers
    public async Task ClientCertificate_NotGood_IsRefusedWhereRequired(string subject, string kind)
    {
        using var shown = kind switch
        {
            "expired" => devices.ForClient(subject, new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            "server" => devices.ForClient(subject, usage: "1.3.6.1.5.5.7.3.1"),
            _ => strangers.ForClient(subject),
        };
        await using var host = await HostedGateway.StartAsync(Mutual());

        Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync(host, shown, "pump", "pmup")));
    }

    [Fact(Timeout = Limit)]
    public async Task ClientCertificate_NoneWhereRequired_NoHandshake()
    {
        await using var host = await HostedGateway.StartAsync(Mutual());

        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(host, null, "pump", "pmup"));
    }

    [Fact(Timeout = Limit)]
    public async Task ClientCertificate_AcceptedAndNone_PasswordDecides()
    {
        using var stranger = strangers.ForClient("CN=pump");
        await using var host = await HostedGateway.StartAsync(Mutual(ClientCertificates.Accepted));

        await using var pump = await ConnectAsync(host, null, "pump", "pmup");
        await using var other = await ConnectAsync(host, stranger, "other", "rehto");
        Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync(host, stranger, "pump", "wrong")));
    }

    [Fact(Timeout = Limit)]
    public async Task ClientCertificate_IssuedButNamingNobody_PasswordDecides()
    {
        using var fleet = devices.ForClient("CN=the whole fleet");
        await using var host = await HostedGateway.StartAsync(Mutual());

        await using var pump = await ConnectAsync(host, fleet, "pump", "pmup");
        Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync(host, fleet, "pump", "wrong")));
    }

    [Fact(Timeout = Limit)]
    public async Task ClientCertificate_ThumbprintTakenBack_EndsTheConnectionAndItIsRefusedFromThenOn()
    {
        using var own = devices.ForClient("CN=pump");
        await using var host = await HostedGateway.StartAsync(Mutual());
        host.Import($"id,thumbprint\npump,{TestAuthority.ThumbprintOf(own)}\n");
        await using var client = await ConnectAsync(host, own, null);

        host.Import("id,thumbprint\npump,\n");

        Assert.Equal(EndReason.NotAuthorized, await client.Closed);
        // The authority's name on it does not bring it back.
        Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync(host, own, null)));
    }

    [Fact(Timeout = Limit)]
    public async Task ClientCertificate_AnotherIsRegistered_ThatOneAlone()
    {
        using var old = devices.ForClient("CN=pump");
        using var registered = devices.ForClient("CN=pump");
        await using var host = await HostedGateway.StartAsync(Mutual());
        await using var before = await ConnectAsync(host, old, null);

        host.Import($"id,thumbprint\npump,{TestAuthority.ThumbprintOf(registered)}\n");

        Assert.Equal(EndReason.NotAuthorized, await before.Closed);
        Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync(host, old, null)));
        await using var after = await ConnectAsync(host, registered, null);
    }

    [Fact(Timeout = Limit)]
    public async Task Certificate_FileChanges_NextHandshakeHasTheNewOneAndABrokenOneChangesNothing()
    {
        var clock = new TestClock();
        var errors = new ErrorList();
        var options = Options().Listeners[0];
        var file = new ReloadedFile<SslStreamCertificateContext>([options.Certificate, options.CertificateKey], () => ListenerCertificate.Load(options), clock, errors);
        var first = file.Current.TargetCertificate.Thumbprint;

        WriteServer();
        Assert.Equal(first, file.Current.TargetCertificate.Thumbprint); // within the same second nothing is looked at
        clock.Advance(TimeSpan.FromSeconds(1));
        var second = file.Current.TargetCertificate.Thumbprint;
        Assert.NotEqual(first, second);

        File.WriteAllText(Certificate, "no certificate");
        for (var i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(second, file.Current.TargetCertificate.Thumbprint);
        }
        Assert.Single(errors.All);
        File.Delete(Certificate);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(second, file.Current.TargetCertificate.Thumbprint);

        WriteServer();
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(second, file.Current.TargetCertificate.Thumbprint);
        await Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task Certificate_FileChangesWhileListening_IsShownWithoutARestart()
    {
        await using var host = await HostedGateway.StartAsync(Options());
        var port = host.PortOf("devices");
        var first = (await ShakeAsync(port, SslProtocols.Tls13)).Thumbprint;

        WriteServer();

        // Looked at once a second; until then the old one is shown.
        while ((await ShakeAsync(port, SslProtocols.Tls13)).Thumbprint == first)
            await Task.Yield();
    }

    [Fact(Timeout = Limit)]
    public async Task MaxConnections_Reached_NextIsCutAndAnotherListenerIsOpen()
    {
        await using var host = await HostedGateway.StartAsync(Options(l => l with { MaxConnections = 1 }) with { Address = "127.0.0.1", Port = 0 });
        using var holder = new TcpClient();
        await holder.ConnectAsync("127.0.0.1", host.PortOf("devices"));
        // The web server may take them in any order; there is room for one.
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            for (var i = 0; i < 2; i++)
                await ConnectAsync(host, null, "pump", "pmup");
        });

        await using var plain = await MqttClient.ConnectAsync(
            new MqttClientOptions("127.0.0.1", host.PortOf("plain")) { ClientId = "pump", UserName = "pump", Password = Bytes("pmup") }, TimeProvider.System);
        Assert.True(host.Gateway.MqttCounters.Ended(EndReason.TooManyConnections) > 0);
    }

    private static async Task<ReasonCode> RefusalAsync(Task<MqttClient> connecting) => (await Assert.ThrowsAsync<MqttConnectException>(() => connecting)).Reason;

    private async Task<(SslProtocols Version, string Thumbprint)> ShakeAsync(int port, SslProtocols version, params SslApplicationProtocol[] application)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(servers.Certificate);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("localhost", port);
        await using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = version,
            ApplicationProtocols = [.. application],
            CertificateChainPolicy = trust,
        });
        return (tls.SslProtocol, ((X509Certificate2)tls.RemoteCertificate!).Thumbprint);
    }

    private Task<MqttClient> ConnectAsync(HostedGateway host, X509Certificate2? shown, string? userName, string? password = null) => MqttClient.ConnectAsync(
        new MqttClientOptions("localhost", host.PortOf("devices"))
        {
            ClientId = Guid.NewGuid().ToString("N"),
            UserName = userName,
            Password = password is null ? null : Bytes(password),
            UseTls = true,
            CertificateAuthority = servers.Certificate,
            ClientCertificate = shown,
        },
        TimeProvider.System);

    private GatewayOptions Mutual(ClientCertificates wanted = ClientCertificates.Required) =>
        Options(l => l with { ClientCertificates = wanted, ClientCertificateAuthorities = Authorities });

    private GatewayOptions Options(Func<ListenerOptions, ListenerOptions>? with = null)
    {
        var listener = new ListenerOptions { Name = "devices", Address = "127.0.0.1", Port = 0, Certificate = Certificate, CertificateKey = Key };
        return new GatewayOptions { Address = "", Listeners = [with?.Invoke(listener) ?? listener] };
    }

    private void WriteServer()
    {
        var (certificate, key) = servers.ForServer();
        File.WriteAllText(Certificate, certificate);
        File.WriteAllText(Key, key);
    }
}
