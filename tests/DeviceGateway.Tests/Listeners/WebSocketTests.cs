using System.Net;
using System.Net.WebSockets;
using B2D.DeviceGateway.Listeners;
using B2D.Mqtt;
using Xunit;
using static B2D.DeviceGateway.Tests.TestGateway;

namespace B2D.DeviceGateway.Tests.Listeners;

/// <summary>MQTT over WebSocket, spoken with .NET's own WebSocket client and packets written by hand.</summary>
public sealed class WebSocketTests
{
    private const int Limit = 60_000;

    // CONNECT, 3.1.1, clean session, client id, user name and password of pump.
    private static readonly byte[] Connect =
        [0x10, 28, 0, 4, .. "MQTT"u8, 4, 0xC2, 0, 0, 0, 4, .. "pump"u8, 0, 4, .. "pump"u8, 0, 4, .. "pmup"u8];

    private static readonly byte[] Ping = [0xC0, 0], Disconnect = [0xE0, 0];

    private static GatewayOptions Options => new()
    {
        Address = "", Listeners = [new ListenerOptions { Name = "web", Address = "127.0.0.1", Port = 0, Transport = ListenerTransport.WebSocket, Tls = ListenerTls.None }],
    };

    /// <summary>PUBLISH at QoS 1, packet id 7.</summary>
    private static byte[] PublishOf(string payload) => [0x32, (byte)(2 + 22 + 2 + payload.Length), 0, 22, .. "devices/pump/telemetry"u8, 0, 7, .. Bytes(payload).Span];

    private static Uri At(HostedGateway host, string path = "/mqtt") => new($"ws://127.0.0.1:{host.PortOf("web")}{path}");

    private static async Task<ClientWebSocket> OpenAsync(HostedGateway host, string protocol = "mqtt", string path = "/mqtt")
    {
        var socket = new ClientWebSocket();
        if (protocol.Length > 0)
            foreach (var one in protocol.Split(','))
                socket.Options.AddSubProtocol(one);
        await socket.ConnectAsync(At(host, path), default);
        return socket;
    }

    private static ValueTask SendAsync(ClientWebSocket socket, ReadOnlyMemory<byte> bytes, bool end = true) =>
        socket.SendAsync(bytes, WebSocketMessageType.Binary, end, default);

    /// <summary>So many bytes, in however many frames.</summary>
    private static async Task<byte[]> ReadAsync(ClientWebSocket socket, int count)
    {
        var bytes = new byte[count];
        for (var got = 0; got < count;)
        {
            var result = await socket.ReceiveAsync(bytes.AsMemory(got), default);
            Assert.Equal(WebSocketMessageType.Binary, result.MessageType);
            got += result.Count;
        }
        return bytes;
    }

    private static async Task<WebSocketCloseStatus?> ClosedAsync(ClientWebSocket socket)
    {
        var bytes = new byte[100];
        while ((await socket.ReceiveAsync(bytes.AsMemory(), default)).MessageType != WebSocketMessageType.Close)
        {
            // What was still under way.
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        return socket.CloseStatus;
    }

    // [MQTT-6.0.0-2]: how bytes are put into frames means nothing.
    [Theory(Timeout = Limit)]
    [InlineData(1000)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(31)]
    public async Task Frames_OfAnySize_AreOneStream(int size)
    {
        await using var host = await HostedGateway.StartAsync(Options);
        using var socket = await OpenAsync(host);
        byte[] all = [.. Connect, .. PublishOf("""{"ts":1,"a":1}"""), .. Ping];

        foreach (var frame in all.Chunk(size))
            await SendAsync(socket, frame);

        Assert.Equal("mqtt", socket.SubProtocol); // [MQTT-6.0.0-4]
        Assert.Equal([0x20, 2, 0, 0], await ReadAsync(socket, 4));
        var answers = await ReadAsync(socket, 6); // in either order: the PUBACK waits for the disk
        Assert.Contains(Convert.ToHexString(answers), new[] { "D00040020007", "40020007D000" });
        Assert.Contains("pump@1 a=1", host.Entered(), StringComparison.Ordinal);
        await SendAsync(socket, Disconnect);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await ClosedAsync(socket));
    }

    [Fact(Timeout = Limit)]
    public async Task Message_InContinuationFrames_IsTheSame()
    {
        await using var host = await HostedGateway.StartAsync(Options);
        using var socket = await OpenAsync(host);

        await SendAsync(socket, Connect.AsMemory(0, 5), end: false);
        await SendAsync(socket, Connect.AsMemory(5, 20), end: false);
        await SendAsync(socket, Connect.AsMemory(25));

        Assert.Equal([0x20, 2, 0, 0], await ReadAsync(socket, 4));
    }

    // [MQTT-6.0.0-1]
    [Fact(Timeout = Limit)]
    public async Task TextFrame_Comes_TheConnectionEnds()
    {
        await using var host = await HostedGateway.StartAsync(Options);
        using var socket = await OpenAsync(host);
        await SendAsync(socket, Connect);
        await ReadAsync(socket, 4);

        await socket.SendAsync("PINGREQ"u8.ToArray(), WebSocketMessageType.Text, true, default);

        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, await ClosedAsync(socket));
        Assert.Equal(1, host.Gateway.MqttCounters.Ended(EndReason.NotBinary));
    }

    // [MQTT-6.0.0-3]
    [Theory(Timeout = Limit)]
    [InlineData("", "/mqtt", HttpStatusCode.BadRequest)]
    [InlineData("mqttv3.1", "/mqtt", HttpStatusCode.BadRequest)]
    [InlineData("MQTT", "/mqtt", HttpStatusCode.BadRequest)]
    [InlineData("mqtt", "/", HttpStatusCode.NotFound)]
    [InlineData("mqtt", "/mqtt/x", HttpStatusCode.NotFound)]
    public async Task Upgrade_NotForMqtt_IsRefused(string protocol, string path, HttpStatusCode status)
    {
        await using var host = await HostedGateway.StartAsync(Options);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (protocol.Length > 0)
            socket.Options.AddSubProtocol(protocol);

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(At(host, path), default));

        Assert.Equal(status, socket.HttpStatusCode);
    }

    [Fact(Timeout = Limit)]
    public async Task Upgrade_SeveralProtocols_MqttIsChosen()
    {
        await using var host = await HostedGateway.StartAsync(Options);
        using var socket = await OpenAsync(host, "mqttv3.1,mqtt");

        Assert.Equal("mqtt", socket.SubProtocol);
    }

    [Theory(Timeout = Limit)]
    [InlineData("/mqtt", HttpStatusCode.UpgradeRequired)]
    [InlineData("/", HttpStatusCode.NotFound)]
    [InlineData("/api/devices", HttpStatusCode.NotFound)]
    [InlineData("/healthz", HttpStatusCode.NotFound)]
    public async Task Request_OrdinaryHttp_FindsNothing(string path, HttpStatusCode status)
    {
        await using var host = await HostedGateway.StartAsync(Options);
        using var http = new HttpClient();

        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{host.PortOf("web")}{path}"));

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact(Timeout = Limit)]
    public async Task Peer_GoesAway_IsAnOrdinaryEnd()
    {
        await using var host = await HostedGateway.StartAsync(Options);
        var socket = await OpenAsync(host);
        await SendAsync(socket, Connect);
        await ReadAsync(socket, 4);

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        socket.Dispose();

        while (host.Gateway.MqttCounters.Ended(EndReason.ConnectionLost) == 0)
            await Task.Yield();
    }
}
