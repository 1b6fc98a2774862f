using B2D.Mqtt.Tests.Server;

namespace B2D.Mqtt.Tests.Client;

/// <summary>A client that goes on with its session on the next connection, against a server played by hand.</summary>
public sealed class ClientSessionTests
{
    private readonly MqttClientSession _session = new();
    private readonly List<string> _received = [];

    private async Task<(MqttClient Client, MemoryTransport Peer)> ConnectAsync(string connack)
    {
        var peer = new MemoryTransport();
        var options = new MqttClientOptions("test", 0)
        {
            ClientId = "c",
            Version = MqttVersion.V311,
            CleanStart = false,
            KeepAlive = TimeSpan.Zero,
            MaxInFlight = 3,
            Session = _session,
            OnMessage = m => _received.Add(System.Text.Encoding.UTF8.GetString(m.Payload.Span)),
        };
        var connecting = MqttClient.ConnectAsync(peer.Peer, options, new VirtualTime());
        Assert.StartsWith("10", await WireClient.ReadAsync(peer.Transport.Input), StringComparison.Ordinal);
        await SendAsync(peer, connack);
        return (await connecting.WaitAsync(Rig.Patience), peer);
    }

    private static async Task SendAsync(MemoryTransport peer, string packet) => await peer.Transport.Output.WriteAsync(Packets.Wire.Bytes(packet));

    private static async Task ExpectAsync(MemoryTransport peer, params string[] packets)
    {
        foreach (var packet in packets)
            Assert.Equal(Packets.Wire.Hex(Packets.Wire.Bytes(packet)), await WireClient.ReadAsync(peer.Transport.Input));
    }

    private static async Task EndAsync(MqttClient client, MemoryTransport peer)
    {
        await peer.Transport.Output.CompleteAsync();
        await client.Closed.WaitAsync(Rig.Patience);
    }

    private static MqttMessage Message(string text, QoS qos) => new("a", System.Text.Encoding.UTF8.GetBytes(text), qos);

    /// <summary>[MQTT-4.4.0-1] [MQTT-3.3.1-1]: with the old ids, in the old order, PUBLISH with DUP, PUBREL where PUBREC had come; then what waited.</summary>
    [Fact]
    public async Task Resume_SessionPresent_SendsAgainWhatIsUnacknowledged()
    {
        var (first, peer) = await ConnectAsync("20 02 00 00");
        Task<ReasonCode>[] published =
        [
            first.PublishAsync(Message("1", QoS.AtLeastOnce)), first.PublishAsync(Message("2", QoS.ExactlyOnce)),
            first.PublishAsync(Message("3", QoS.ExactlyOnce)), first.PublishAsync(Message("4", QoS.ExactlyOnce)),
        ];
        await ExpectAsync(peer, "32 06 0001 'a' 0001 '1'", "34 06 0001 'a' 0002 '2'", "34 06 0001 'a' 0003 '3'");
        await SendAsync(peer, "50 02 0003");
        await ExpectAsync(peer, "62 02 0003");
        await EndAsync(first, peer);
        Assert.Equal(4, _session.Unacknowledged);
        Assert.DoesNotContain(published, p => p.IsCompleted);

        var (second, again) = await ConnectAsync("20 02 01 00");

        await ExpectAsync(again, "3A 06 0001 'a' 0001 '1'", "3C 06 0001 'a' 0002 '2'", "62 02 0003");
        // The PUBCOMP of the first PUBREL was lost: 3.1.1 has no code for that, 5.0 says 0x92; both are success.
        foreach (var ack in new[] { "70 02 0003", "40 02 0001", "50 02 0002" })
            await SendAsync(again, ack);
        await ExpectAsync(again, "34 06 0001 'a' 0004 '4'", "62 02 0002");
        foreach (var ack in new[] { "50 02 0004", "70 02 0002", "70 02 0004" })
            await SendAsync(again, ack);
        Assert.All(await Task.WhenAll(published).WaitAsync(Rig.Patience), reason => Assert.Equal(ReasonCode.Success, reason));
        Assert.Equal(0, _session.Unacknowledged);
        await EndAsync(second, again);
    }

    /// <summary>[MQTT-4.3.3-10]: a QoS 2 message sent again on the next connection is not given to the application again, until it was released.</summary>
    [Fact]
    public async Task Resume_ReceivedId_IsNotGivenAgain()
    {
        var (first, peer) = await ConnectAsync("20 02 00 00");
        await SendAsync(peer, "34 06 0001 'a' 0009 'x'");
        await ExpectAsync(peer, "50 02 0009");
        await EndAsync(first, peer);

        var (second, again) = await ConnectAsync("20 02 01 00");
        await SendAsync(again, "3C 06 0001 'a' 0009 'x'");
        await ExpectAsync(again, "50 02 0009");
        await SendAsync(again, "62 02 0009");
        await ExpectAsync(again, "70 02 0009");
        await SendAsync(again, "34 06 0001 'a' 0009 'y'");
        await ExpectAsync(again, "50 02 0009");
        Assert.Equal(["x", "y"], _received);
        await EndAsync(second, again);
    }

    /// <summary>[MQTT-3.2.2-5]: a server without the session: what was under way fails, received ids are free, and what waited is sent as new.</summary>
    [Fact]
    public async Task Resume_SessionGone_FailsWhatWasUnderWay()
    {
        var (first, peer) = await ConnectAsync("20 02 00 00");
        var published = Enumerable.Range(1, 4).Select(n => first.PublishAsync(Message($"{n}", QoS.AtLeastOnce))).ToArray();
        await SendAsync(peer, "34 06 0001 'a' 0009 'x'");
        await ExpectAsync(peer, "32 06 0001 'a' 0001 '1'", "32 06 0001 'a' 0002 '2'", "32 06 0001 'a' 0003 '3'", "50 02 0009");
        await EndAsync(first, peer);

        var (second, again) = await ConnectAsync("20 02 00 00");

        await ExpectAsync(again, "32 06 0001 'a' 0004 '4'");
        await SendAsync(again, "34 06 0001 'a' 0009 'x'");
        await ExpectAsync(again, "50 02 0009");
        Assert.Equal(["x", "x"], _received);
        foreach (var lost in published[..3])
            await Assert.ThrowsAsync<MqttClosedException>(() => lost.WaitAsync(Rig.Patience));
        await SendAsync(again, "40 02 0004");
        Assert.Equal(ReasonCode.Success, await published[3].WaitAsync(Rig.Patience));
        await EndAsync(second, again);
    }
}
