namespace B2D.Mqtt.Tests.Server;

/// <summary>What outlives a message or a connection: retained messages, wills and sessions, over in-memory pipes and virtual time.</summary>
public sealed class KeptStateTests
{
    private static readonly byte[] Payload = "hello"u8.ToArray();

    /// <summary>[MQTT-3.3.1-5] to [MQTT-3.3.1-8]: kept with its QoS, sent to new subscribers with the flag, removed by an empty payload.</summary>
    [Fact]
    public async Task Retained_Kept_ReachesLaterSubscribers()
    {
        await using var rig = new Rig();
        var publisher = await rig.Connect311Async("p");
        await publisher.SendAsync("33 06 0001 'a' 0001 'x'", "31 04 0001 'b' 'y'", "31 04 0001 'a' 'z'");
        await publisher.ExpectAsync("40 02 0001");
        await publisher.ExpectNothingElseAsync();
        Assert.Equal(2, rig.Server.RetainedCount);
        var subscriber = await rig.Connect311Async("s");
        await subscriber.SendAsync("82 06 0001 0001 '+' 01");
        await subscriber.ExpectAsync("90 03 0001 01", "31 04 0001 'a' 'z'", "31 04 0001 'b' 'y'");
        // To a subscription that exists it goes without the flag [MQTT-3.3.1-9 of 3.1.1].
        await publisher.SendAsync("31 03 0001 'a'");
        await subscriber.ExpectAsync("30 03 0001 'a'");
        Assert.Equal(1, rig.Server.RetainedCount);
    }

    /// <summary>[MQTT-3.3.1-13]: Retain As Published keeps the flag.</summary>
    [Fact]
    public async Task Retained_AsPublished_KeepsTheFlag()
    {
        await using var rig = new Rig();
        var client = await rig.Connect5Async();
        await client.SendAsync("82 07 0001 00 0001 'a' 08");
        await client.ExpectAsync("90 04 0001 00 00");
        await client.SendAsync("31 05 0001 'a' 00 'x'");
        await client.ExpectAsync("31 05 0001 'a' 00 'x'");
    }

    /// <summary>[MQTT-3.1.2-8]: the will is published when the connection breaks, after the application knows of the end; not after DISCONNECT.</summary>
    [Fact]
    public async Task Will_ConnectionLost_IsPublished()
    {
        await using var rig = new Rig();
        var watcher = await rig.Connect311Async("w");
        await watcher.SendAsync("82 06 0001 0001 '+' 00");
        await watcher.ExpectAsync("90 03 0001 00");
        const string Connect = "10 13 0004 'MQTT' 04 26 0000 0001 'p' 0001 's' 0001 'x'";
        var lost = rig.Open();
        await lost.SendAsync(Connect);
        await lost.ExpectAsync("20 02 00 00");
        lost.CloseWriting();
        await lost.ExpectEndAsync(EndReason.ConnectionLost);
        await watcher.ExpectAsync("30 04 0001 's' 'x'");
        Assert.Equal(1, rig.Server.RetainedCount);
        var tidy = rig.Open();
        await tidy.SendAsync(Connect);
        await tidy.ExpectAsync("20 02 00 00");
        await tidy.SendAsync("E0 00");
        await tidy.ExpectEndAsync(EndReason.ClientDisconnected);
        await watcher.ExpectNothingElseAsync();
        string[] expected = ["connected w", "connected p", "disconnected p ConnectionLost", "will p s", "connected p", "disconnected p ClientDisconnected"];
        foreach (var entry in expected)
            Assert.Equal(entry, await rig.NextEventAsync());
    }

    /// <summary>[MQTT-3.1.3-9]: a will with a delay of 5 s comes after 5 s, and not if the client is back before.</summary>
    [Fact]
    public async Task Will_Delayed_WaitsForTheClient()
    {
        await using var rig = new Rig();
        // Session expiry 60 s, will delay 5 s.
        const string Connect = "10 1F 0004 'MQTT' 05 04 0000 05 11 0000003C 0001 'p' 05 18 00000005 0001 's' 0001 'x'";
        var first = rig.Open();
        await first.SendAsync(Connect);
        await first.ExpectConnackAsync();
        first.CloseWriting();
        await first.ExpectEndAsync(EndReason.ConnectionLost);
        rig.Advance(4);
        var second = rig.Open();
        await second.SendAsync(Connect);
        await second.ExpectConnackAsync(present: true);
        rig.Advance(4);
        second.CloseWriting();
        await second.ExpectEndAsync(EndReason.ConnectionLost);
        rig.Advance(5);
        string[] expected = ["connected p", "disconnected p ConnectionLost", "connected p", "disconnected p ConnectionLost", "will p s"];
        foreach (var entry in expected)
            Assert.Equal(entry, await rig.NextEventAsync());
        Assert.False(rig.HasEvents);
    }

    /// <summary>3.1.1 §3.1.2.4: with clean session 0 subscriptions, and QoS 1 messages that came meanwhile, are there at the next connection.</summary>
    [Fact]
    public async Task Session_Kept_QueuesAndRepeats()
    {
        await using var rig = new Rig();
        const string Connect = "10 0D 0004 'MQTT' 04 00 0000 0001 'p'";
        var first = rig.Open();
        await first.SendAsync(Connect, "82 06 0001 0001 'a' 01");
        await first.ExpectAsync("20 02 00 00", "90 03 0001 01");
        rig.Server.Publish(new MqttMessage("a", "one"u8.ToArray()), "tag");
        await first.ExpectAsync("32 08 0001 'a' 0001 'one'");
        first.CloseWriting();
        await first.ExpectEndAsync(EndReason.ConnectionLost);
        Assert.Equal(1, rig.Server.Publish(new MqttMessage("a", "two"u8.ToArray())));
        Assert.Equal(0, rig.Server.Publish(new MqttMessage("a", Payload, QoS.AtMostOnce)));
        Assert.False(rig.Server.PublishTo("p", new MqttMessage("a", Payload)));
        var second = rig.Open();
        await second.SendAsync(Connect);
        await second.ExpectAsync("20 02 01 00", "3A 08 0001 'a' 0001 'one'", "32 08 0001 'a' 0002 'two'");
        await second.SendAsync("40 02 0001");
        string[] expected = ["connected p", "disconnected p ConnectionLost", "connected p", "delivered p tag"];
        foreach (var entry in expected)
            Assert.Equal(entry, await rig.NextEventAsync());
        // Clean session 1 discards all of it [MQTT-3.1.2-6].
        second.CloseWriting();
        await second.ExpectEndAsync(EndReason.ConnectionLost);
        var clean = await rig.Connect311Async();
        await clean.ExpectNothingElseAsync();
        Assert.Equal((1, 0), (rig.Server.SessionCount, rig.Server.SubscriptionCount));
    }

    [Fact]
    public async Task Session_Expired_IsForgotten()
    {
        await using var rig = new Rig();
        var client = rig.Open();
        await client.SendAsync("10 13 0004 'MQTT' 05 00 0000 05 11 0000000A 0001 'p'", "82 07 0001 00 0001 'a' 01");
        await client.ExpectConnackAsync();
        await client.ExpectAsync("90 04 0001 00 01");
        client.CloseWriting();
        await client.ExpectEndAsync(EndReason.ConnectionLost);
        rig.Advance(9);
        Assert.Equal((1, 1), (rig.Server.SessionCount, rig.Server.SubscriptionCount));
        rig.Advance(1);
        Assert.Equal((0, 0), (rig.Server.SessionCount, rig.Server.SubscriptionCount));
    }
}
