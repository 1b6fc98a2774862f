using B2D.Mqtt.Tests.Packets;
using B2D.Mqtt.Tests.Server;

namespace B2D.Mqtt.Tests.Client;

/// <summary>The client: against the server over memory, and against a server played by hand, byte by byte.</summary>
public sealed class ClientTests
{
    private static readonly byte[] Payload = "hello"u8.ToArray();

    [Theory]
    [InlineData(MqttVersion.V311, QoS.AtMostOnce)]
    [InlineData(MqttVersion.V311, QoS.AtLeastOnce)]
    [InlineData(MqttVersion.V311, QoS.ExactlyOnce)]
    [InlineData(MqttVersion.V5, QoS.AtMostOnce)]
    [InlineData(MqttVersion.V5, QoS.AtLeastOnce)]
    [InlineData(MqttVersion.V5, QoS.ExactlyOnce)]
    public async Task Publish_ToOneself_Arrives(MqttVersion version, QoS qos)
    {
        await using var rig = new Rig();
        var received = new TaskCompletionSource<MqttMessage>();
        var peer = rig.Open();
        var options = Options("c") with { Version = version, OnMessage = received.SetResult };
        await using var client = await MqttClient.ConnectAsync(peer.Duplex, options, rig.Time);
        Assert.Equal(qos, await client.SubscribeAsync("a/+", qos));
        var sent = new MqttMessage("a/b", Payload, qos)
        {
            Properties = new MessageProperties { ContentType = "text", UserProperties = [KeyValuePair.Create("k", "v")], CorrelationData = new byte[] { 1 } },
        };
        Assert.Equal(ReasonCode.Success, await client.PublishAsync(sent).WaitAsync(Rig.Patience));
        var message = await received.Task.WaitAsync(Rig.Patience);
        Assert.Equal(("a/b", "hello", qos), (message.Topic, System.Text.Encoding.UTF8.GetString(message.Payload.Span), message.QoS));
        Assert.Equal(version == MqttVersion.V5 ? "text" : null, message.Properties?.ContentType);
        await client.UnsubscribeAsync("a/+");
        await client.DisconnectAsync();
        Assert.Equal(EndReason.ClientDisconnected, await client.Closed);
        Assert.Equal(EndReason.ClientDisconnected, await peer.Run.WaitAsync(Rig.Patience));
    }

    [Fact]
    public async Task Connect_Refused_ThrowsTheReason()
    {
        await using var rig = new Rig { Authenticate = (_, _) => ValueTask.FromResult(new ConnectDecision(ReasonCode.NotAuthorized, ReasonString: "why")) };
        foreach (var version in new[] { MqttVersion.V311, MqttVersion.V5 })
        {
            var peer = rig.Open();
            var thrown = await Assert.ThrowsAsync<MqttConnectException>(
                () => MqttClient.ConnectAsync(peer.Duplex, Options("c") with { Version = version }, rig.Time));
            Assert.Equal(ReasonCode.NotAuthorized, thrown.Reason);
            Assert.Equal(version == MqttVersion.V5, thrown.Message.Contains("why", StringComparison.Ordinal));
            Assert.Equal(EndReason.ConnectRefused, await peer.Run.WaitAsync(Rig.Patience));
        }
    }

    [Fact]
    public async Task Connect_Options_ReachTheServer()
    {
        await using var rig = new Rig();
        var options = Options("c") with
        {
            UserName = "u",
            Password = "pw"u8.ToArray(),
            CleanStart = false,
            SessionExpiry = TimeSpan.FromSeconds(60),
            KeepAlive = TimeSpan.FromSeconds(10),
            Will = new MqttMessage("w", Payload),
        };
        var first = rig.Open();
        var client = await MqttClient.ConnectAsync(first.Duplex, options, rig.Time);
        Assert.False(client.SessionPresent);
        var request = rig.LastRequest!;
        Assert.Equal(("c", "u", false, (ushort)10), (request.ClientId, request.UserName, request.CleanStart, request.KeepAlive));
        Assert.Equal(("pw", "w"), (System.Text.Encoding.UTF8.GetString(request.Password!.Value.Span), request.Will!.Topic));
        client.Abort();
        Assert.Equal(EndReason.ConnectionLost, await client.Closed.WaitAsync(Rig.Patience));
        Assert.Equal(EndReason.ConnectionLost, await first.Run.WaitAsync(Rig.Patience));
        string[] expected = ["connected c", "disconnected c ConnectionLost", "will c w"];
        foreach (var entry in expected)
            Assert.Equal(entry, await rig.NextEventAsync());
        await using var again = await MqttClient.ConnectAsync(rig.Open().Duplex, options, rig.Time);
        Assert.True(again.SessionPresent);
    }

    [Fact]
    public async Task Subscribe_Refused_Throws()
    {
        await using var rig = new Rig { MaySubscribe = _ => false };
        await using var client = await MqttClient.ConnectAsync(rig.Open().Duplex, Options("c"), rig.Time);
        Assert.Equal(ReasonCode.NotAuthorized, (await Assert.ThrowsAsync<MqttRefusedException>(() => client.SubscribeAsync("a", QoS.AtLeastOnce))).Reason);
        await Assert.ThrowsAsync<ArgumentException>(() => client.SubscribeAsync("a#", QoS.AtLeastOnce));
    }

    /// <summary>What the server has not acknowledged when the connection ends fails, with the reason, and the owner is told once.</summary>
    [Fact]
    public async Task Publish_ConnectionEnds_Fails()
    {
        await using var rig = new Rig { Take = null };
        var ends = new List<EndReason>();
        var client = await MqttClient.ConnectAsync(rig.Open().Duplex, Options("c") with { OnClosed = (end, _) => ends.Add(end), MaxInFlight = 1 }, rig.Time);
        var underWay = client.PublishAsync(new MqttMessage("a", Payload));
        var waiting = client.PublishAsync(new MqttMessage("a", Payload));
        await rig.NextPublishAsync();
        rig.Server.Disconnect("c", ReasonCode.AdministrativeAction);
        Assert.Equal(EndReason.Disconnected, (await Assert.ThrowsAsync<MqttClosedException>(() => underWay.WaitAsync(Rig.Patience))).Reason);
        await Assert.ThrowsAsync<MqttClosedException>(() => waiting);
        await Assert.ThrowsAsync<MqttClosedException>(() => client.PublishAsync(new MqttMessage("a", Payload)));
        await Assert.ThrowsAsync<MqttClosedException>(() => client.PublishAsync(new MqttMessage("a", Payload, QoS.AtMostOnce)));
        Assert.Equal(EndReason.Disconnected, await client.Closed.WaitAsync(Rig.Patience));
        Assert.Equal([EndReason.Disconnected], ends);
        await client.DisposeAsync();
    }

    /// <summary>[MQTT-3.3.4-7]: never more under way than allowed; the rest leaves in order as acknowledgements come.</summary>
    [Fact]
    public async Task Publish_WindowFull_WaitsItsTurn()
    {
        await using var rig = new Rig { Take = null };
        await using var client = await MqttClient.ConnectAsync(rig.Open().Duplex, Options("c") with { MaxInFlight = 2 }, rig.Time);
        var tasks = Enumerable.Range(0, 5).Select(i => client.PublishAsync(new MqttMessage($"t{i}", Payload))).ToList();
        for (var i = 0; i < 5; i++)
        {
            var publish = await rig.NextPublishAsync();
            Assert.Equal($"t{i}", publish.Topic);
            Assert.InRange(rig.Server.Counters.PublishesFromClients, 1, i + 2);
            publish.Complete(i == 3 ? ReasonCode.QuotaExceeded : ReasonCode.Success);
            Assert.Equal(i == 3 ? ReasonCode.QuotaExceeded : ReasonCode.Success, await tasks[i].WaitAsync(Rig.Patience));
        }
    }

    [Fact]
    public async Task Publish_TooLargeForTheServer_IsNotSent()
    {
        await using var rig = new Rig(new MqttServerOptions { MaxPacketSize = 100 });
        await using var client = await MqttClient.ConnectAsync(rig.Open().Duplex, Options("c"), rig.Time);
        Assert.Equal(ReasonCode.PacketTooLarge, await client.PublishAsync(new MqttMessage("a", new byte[100])));
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await client.PublishAsync(new MqttMessage("a", new byte[50])).WaitAsync(Rig.Patience));
    }

    /// <summary>[MQTT-3.1.2-20]: pings within the keep-alive; a server that does not answer is given up.</summary>
    [Fact]
    public async Task KeepAlive_PingsAndGivesUp()
    {
        var time = new VirtualTime();
        var server = new MemoryTransport();
        var connecting = MqttClient.ConnectAsync(server.Peer, Options("c") with { KeepAlive = TimeSpan.FromSeconds(10), Version = MqttVersion.V311 }, time);
        await ExpectAsync(server, "10 0D 0004 'MQTT' 04 02 000A 0001 'c'");
        await AnswerAsync(server, "20 02 00 00");
        var client = await connecting.WaitAsync(Rig.Patience);
        time.Advance(TimeSpan.FromSeconds(8));
        await ExpectAsync(server, "C0 00");
        await AnswerAsync(server, "D0 00");
        // The pause between two pings begins when the first one is out.
        await time.UntilTimersAsync(1);
        time.Advance(TimeSpan.FromSeconds(8));
        await ExpectAsync(server, "C0 00");
        Assert.False(client.Closed.IsCompleted);
        await time.UntilTimersAsync(1);
        time.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal(EndReason.KeepAliveExpired, await client.Closed.WaitAsync(Rig.Patience));
    }

    /// <summary>A server that says nonsense: the client ends, says why (5.0), and knows why.</summary>
    [Theory]
    [InlineData("00 00", EndReason.Malformed, "E0 01 81")]
    [InlineData("10 00", EndReason.ProtocolError, "E0 01 82")]
    [InlineData("30 05 0003 'a/+'", EndReason.Malformed, "E0 01 81")]
    [InlineData("30 08 0001 'a' 03 23 0001 'x'", EndReason.ProtocolError, "E0 01 94")]
    [InlineData("30 FFFFFF 7F", EndReason.PacketTooLarge, "E0 01 95")]
    [InlineData("E0 01 8B", EndReason.ServerStopped, null)]
    [InlineData("E0 01 8E", EndReason.TakenOver, null)]
    [InlineData("E0 01 8D", EndReason.KeepAliveExpired, null)]
    public async Task Server_Wrong_EndsWithTheReason(string packet, EndReason end, string? last)
    {
        var server = new MemoryTransport();
        var connecting = MqttClient.ConnectAsync(server.Peer, Options("c"), new VirtualTime());
        await AnswerAsync(server, "20 03 00 00 00");
        var client = await connecting.WaitAsync(Rig.Patience);
        await ReadAsync(server);
        await AnswerAsync(server, packet);
        Assert.Equal(end, await client.Closed.WaitAsync(Rig.Patience));
        Assert.Equal(last == null ? "" : Wire.Hex(Wire.Bytes(last)), await ReadAsync(server));
    }

    /// <summary>[MQTT-3.2.2-11] [MQTT-3.2.2-14] [MQTT-3.2.2-21]: what the server says it does not take is not sent, and its keep-alive is ours.</summary>
    [Fact]
    public async Task Connect_ServerOfLess_IsRespected()
    {
        var server = new MemoryTransport();
        var connecting = MqttClient.ConnectAsync(server.Peer, Options("c"), new VirtualTime());
        // Maximum QoS 1, no retained messages, keep-alive 7 s.
        await AnswerAsync(server, "20 0A 00 00 07 24 01 25 00 13 0007");
        await using var client = await connecting.WaitAsync(Rig.Patience);
        await ReadAsync(server);
        Assert.Equal(TimeSpan.FromSeconds(7), client.KeepAlive);
        Assert.Equal(ReasonCode.QoSNotSupported, await client.PublishAsync(new MqttMessage("a", Payload, QoS.ExactlyOnce)));
        Assert.Equal(ReasonCode.RetainNotSupported, await client.PublishAsync(new MqttMessage("a", Payload, QoS.AtMostOnce, Retain: true)));
        await client.PublishAsync(new MqttMessage("a", Payload, QoS.AtMostOnce));
        await ExpectAsync(server, "30 09 0001 'a' 00 'hello'");
    }

    [Theory]
    [InlineData("20 03 01 00 00", ReasonCode.MalformedPacket)] // [MQTT-3.2.2-4]: a session where a new one was asked for
    [InlineData("20 02 00 01", ReasonCode.UnsupportedProtocolVersion)]
    [InlineData("20 03 00 97 00", ReasonCode.QuotaExceeded)]
    [InlineData("D0 00", ReasonCode.ProtocolError)]
    [InlineData("20 03 02 00 00", ReasonCode.MalformedPacket)]
    public async Task Connect_Answer_Throws(string answer, ReasonCode reason)
    {
        var server = new MemoryTransport();
        var connecting = MqttClient.ConnectAsync(server.Peer, Options("c"), new VirtualTime());
        await AnswerAsync(server, answer);
        Assert.Equal(reason, (await Assert.ThrowsAsync<MqttConnectException>(() => connecting.WaitAsync(Rig.Patience))).Reason);
    }

    [Fact]
    public async Task Connect_ServerCloses_Throws()
    {
        var server = new MemoryTransport();
        var connecting = MqttClient.ConnectAsync(server.Peer, Options("c"), new VirtualTime());
        await server.Transport.Output.CompleteAsync();
        Assert.Equal(ReasonCode.UnspecifiedError, (await Assert.ThrowsAsync<MqttConnectException>(() => connecting.WaitAsync(Rig.Patience))).Reason);
    }

    /// <summary>[MQTT-4.3.3-10] from the other side: the repetition of a QoS 2 message reaches the application once.</summary>
    [Fact]
    public async Task Message_QoS2Repeated_ArrivesOnce()
    {
        var server = new MemoryTransport();
        var received = new List<string>();
        var connecting = MqttClient.ConnectAsync(server.Peer, Options("c") with { OnMessage = m => received.Add(m.Topic) }, new VirtualTime());
        await AnswerAsync(server, "20 03 00 00 00");
        var client = await connecting.WaitAsync(Rig.Patience);
        await ReadAsync(server);
        await AnswerAsync(server, "34 06 0001 'a' 0001 00");
        await ExpectAsync(server, "50 02 0001");
        await AnswerAsync(server, "3C 06 0001 'a' 0001 00");
        await ExpectAsync(server, "50 02 0001");
        await AnswerAsync(server, "62 02 0001");
        await ExpectAsync(server, "70 02 0001");
        await AnswerAsync(server, "62 02 0001");
        await ExpectAsync(server, "70 03 0001 92");
        Assert.Equal(["a"], received);
        await client.DisconnectAsync();
        await ExpectAsync(server, "E0 00");
    }

    [Fact]
    public async Task OnMessage_Throws_EndsAndReports()
    {
        await using var rig = new Rig();
        Exception? told = null;
        var client = await MqttClient.ConnectAsync(
            rig.Open().Duplex,
            Options("c") with { OnMessage = _ => throw new InvalidCastException("mine"), OnClosed = (_, error) => told = error },
            rig.Time);
        await client.SubscribeAsync("a", QoS.AtMostOnce);
        rig.Server.Publish(new MqttMessage("a", Payload));
        Assert.Equal(EndReason.InternalError, await client.Closed.WaitAsync(Rig.Patience));
        Assert.Equal("mine", told?.Message);
    }

    [Fact]
    public void Options_ToString_HidesThePassword() =>
        Assert.DoesNotContain("secret", (Options("c") with { Password = "secret"u8.ToArray() }).ToString(), StringComparison.Ordinal);

    private static MqttClientOptions Options(string id) => new("memory", 0) { ClientId = id, KeepAlive = TimeSpan.Zero };

    private static async Task AnswerAsync(MemoryTransport server, string packet) => await server.Transport.Output.WriteAsync(Wire.Bytes(packet));

    private static async Task ExpectAsync(MemoryTransport server, string packet) => Assert.Equal(Wire.Hex(Wire.Bytes(packet)), await ReadAsync(server));

    private static async Task<string> ReadAsync(MemoryTransport server) => await WireClient.ReadAsync(server.Transport.Input);
}
