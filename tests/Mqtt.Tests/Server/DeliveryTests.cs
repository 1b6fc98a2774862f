using System.Text;

namespace B2D.Mqtt.Tests.Server;

/// <summary>Messages through the server, over in-memory pipes: acknowledgement, routing, retained messages, wills, sessions that are kept.</summary>
public sealed class DeliveryTests
{
    private static readonly byte[] Payload = "hello"u8.ToArray();

    [Fact]
    public async Task Publish_ToASubscriber_ArrivesWithTheLowerQoS()
    {
        await using var rig = new Rig();
        var subscriber = await rig.Connect311Async("s");
        await subscriber.SendAsync("82 0B 0001 0001 'a' 00 0002 'b/' 01");
        await subscriber.ExpectAsync("90 04 0001 00 01");
        var publisher = await rig.Connect311Async("p");
        await publisher.SendAsync("32 06 0001 'a' 0007 'x'", "32 07 0002 'b/' 0008 'y'", "30 05 0002 'b/' 'z'");
        await publisher.ExpectAsync("40 02 0007", "40 02 0008");
        await subscriber.ExpectAsync("30 04 0001 'a' 'x'", "32 07 0002 'b/' 0001 'y'", "30 05 0002 'b/' 'z'");
        await subscriber.SendAsync("40 02 0001");
        await subscriber.ExpectNothingElseAsync();
    }

    /// <summary>§4.3.3 both ways: PUBREC, then PUBREL moves the message on, PUBCOMP; the same towards the subscriber.</summary>
    [Fact]
    public async Task Publish_QoS2_GoesOnAtPubrelAndOnce()
    {
        await using var rig = new Rig();
        var subscriber = await rig.Connect5Async("s");
        await subscriber.SendAsync("82 07 0001 00 0001 'a' 02");
        await subscriber.ExpectAsync("90 04 0001 00 02");
        var publisher = await rig.Connect5Async("p");
        await publisher.SendAsync("34 07 0001 'a' 0007 00 'x'");
        await publisher.ExpectAsync("50 02 0007");
        await publisher.SendAsync("3C 07 0001 'a' 0007 00 'x'");
        await publisher.ExpectAsync("50 02 0007");
        await subscriber.ExpectNothingElseAsync();
        await publisher.SendAsync("62 02 0007");
        await publisher.ExpectAsync("70 02 0007");
        await subscriber.ExpectAsync("34 07 0001 'a' 0001 00 'x'");
        await subscriber.SendAsync("50 02 0001");
        await subscriber.ExpectAsync("62 02 0001");
        await subscriber.SendAsync("70 02 0001");
        await subscriber.ExpectNothingElseAsync();
        await publisher.SendAsync("62 02 0007");
        await publisher.ExpectAsync("70 03 0007 92");
        Assert.Equal(1L, rig.Server.Counters.PublishesFromClients);
    }

    /// <summary>[MQTT-4.6.0-2]: whatever order the application finishes in, the client sees PUBACKs in the order of its messages.</summary>
    [Fact]
    public async Task Complete_AnyOrder_AcknowledgesInOrder()
    {
        await using var rig = new Rig { Take = null };
        var client = await rig.Connect311Async();
        await client.SendTogetherAsync("32 06 0001 'a' 0001 'x'", "32 06 0001 'a' 0002 'y'", "32 06 0001 'a' 0003 'z'");
        var publishes = new[] { await rig.NextPublishAsync(), await rig.NextPublishAsync(), await rig.NextPublishAsync() };
        Assert.Equal("xyz", string.Concat(publishes.Select(p => Encoding.UTF8.GetString(p.Payload.Span))));
        publishes[2].Complete();
        publishes[1].Complete();
        await client.ExpectNothingElseAsync();
        publishes[0].Complete();
        await client.ExpectAsync("40 02 0001", "40 02 0002", "40 02 0003");
        Assert.True(publishes[0].Payload.IsEmpty);
    }

    /// <summary>Completed while the read loop works on the same batch: one flush carries all acknowledgements.</summary>
    [Fact]
    public async Task Complete_AtOnce_AcknowledgesTheBatchInOneFlush()
    {
        await using var rig = new Rig();
        var client = await rig.Connect311Async();
        await client.SendTogetherAsync([.. Enumerable.Range(1, 50).Select(i => $"32 06 0001 'a' {i:X4} 'x'")]);
        var result = await client.Input.ReadAsync();
        Assert.Equal(50 * 4, result.Buffer.Length);
        client.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task Complete_WithFailure_IsPubackFor5AndAnEndFor311()
    {
        await using var rig = new Rig { Take = (_, publish) => publish.Complete(ReasonCode.QuotaExceeded) };
        var five = await rig.Connect5Async("five");
        await five.SendAsync("32 07 0001 'a' 0001 00 'x'");
        await five.ExpectAsync("40 03 0001 97");
        var old = await rig.Connect311Async("old");
        await old.SendAsync("32 06 0001 'a' 0001 'x'");
        await old.ExpectEndAsync(EndReason.PublishRefused);
    }

    /// <summary>5.0 §3.4.2.1: nobody is subscribed. 3.1.1 cannot be told.</summary>
    [Fact]
    public async Task Complete_RoutedToNobody_SaysSo()
    {
        await using var rig = new Rig();
        var five = await rig.Connect5Async("five");
        await five.SendAsync("32 07 0001 'a' 0001 00 'x'");
        await five.ExpectAsync("40 03 0001 10");
        var old = await rig.Connect311Async("old");
        await old.SendAsync("32 06 0001 'a' 0001 'x'");
        await old.ExpectAsync("40 02 0001");
    }

    [Fact]
    public async Task MayPublish_No_IsPubackFor5AndAnEndFor311()
    {
        await using var rig = new Rig { MayPublish = topic => topic != "secret" };
        var five = await rig.Connect5Async("five");
        await five.SendAsync("32 0C 0006 'secret' 0001 00 'x'", "30 0A 0006 'secret' 00 'x'");
        await five.ExpectAsync("40 03 0001 87");
        await five.ExpectNothingElseAsync();
        var old = await rig.Connect311Async("old");
        await old.SendAsync("30 09 0006 'secret' 'x'");
        await old.ExpectEndAsync(EndReason.NotAuthorized);
        Assert.Equal(0L, rig.Server.Counters.PublishesFromClients);
    }

    /// <summary>A will is a publish like any other: refused at CONNECT.</summary>
    [Fact]
    public async Task MayPublish_NoForTheWill_RefusesTheConnect()
    {
        await using var rig = new Rig { MayPublish = topic => topic != "w" };
        var client = rig.Open();
        await client.SendAsync("10 13 0004 'MQTT' 04 06 0000 0001 'p' 0001 'w' 0001 'x'");
        await client.ExpectEndAsync(EndReason.ConnectRefused, "20 02 00 05");
    }

    [Fact]
    public async Task MaySubscribe_No_IsSuback80Or87()
    {
        await using var rig = new Rig { MaySubscribe = filter => filter != "#" };
        var old = await rig.Connect311Async("old");
        await old.SendAsync("82 0A 0001 0001 '#' 00 0001 'a' 00");
        await old.ExpectAsync("90 04 0001 80 00");
        var five = await rig.Connect5Async("five");
        await five.SendAsync("82 10 0002 00 000A '$share/g/#' 00");
        await five.ExpectAsync("90 04 0002 00 87");
    }

    [Fact]
    public async Task Topic_TooDeep_IsRefused()
    {
        await using var rig = new Rig(new MqttServerOptions { MaxTopicLevels = 2 });
        var five = await rig.Connect5Async("five");
        await five.SendAsync("32 0B 0005 'a/b/c' 0001 00 'x'", "82 0B 0002 00 0005 'a/b/c' 00");
        await five.ExpectAsync("40 03 0001 90", "90 04 0002 00 8F");
    }

    /// <summary>§3.3.2.3.4: the alias stands for the topic on this connection only.</summary>
    [Fact]
    public async Task Publish_Alias_StandsForTheTopic()
    {
        await using var rig = new Rig();
        var client = await rig.Connect5Async();
        await client.SendAsync("82 07 0001 00 0001 '+' 00");
        await client.ExpectAsync("90 04 0001 00 00");
        await client.SendAsync("30 08 0001 'a' 03 23 0001 'x'", "30 07 0000 03 23 0001 'y'", "30 08 0001 'b' 03 23 0001 'z'", "30 07 0000 03 23 0001 'w'");
        await client.ExpectAsync("30 05 0001 'a' 00 'x'", "30 05 0001 'a' 00 'y'", "30 05 0001 'b' 00 'z'", "30 05 0001 'b' 00 'w'");
    }

    /// <summary>[MQTT-3.3.2-4] [MQTT-3.3.2-13] and following: message properties travel unchanged; a 3.1.1 subscriber gets the message without them.</summary>
    [Fact]
    public async Task Publish_Properties_TravelTo5()
    {
        await using var rig = new Rig();
        var five = await rig.Connect5Async("five");
        await five.SendAsync("82 07 0001 00 0001 'a' 00");
        await five.ExpectAsync("90 04 0001 00 00");
        var old = await rig.Connect311Async("old");
        await old.SendAsync("82 06 0001 0001 'a' 00");
        await old.ExpectAsync("90 03 0001 00");
        await five.SendAsync("30 1F 0001 'a' 1A 01 01 02 00000009 03 0001 't' 08 0001 'r' 09 0001 FF 26 0001 'k' 0001 'v' 'x'");
        await five.ExpectAsync("30 1F 0001 'a' 1A 01 01 02 00000009 03 0001 't' 08 0001 'r' 09 0001 FF 26 0001 'k' 0001 'v' 'x'");
        await old.ExpectAsync("30 04 0001 'a' 'x'");
    }

    /// <summary>§3.3.4: one copy for overlapping subscriptions, with the highest QoS and all identifiers; No Local keeps one's own messages away [MQTT-3.8.3-3].</summary>
    [Fact]
    public async Task Publish_OverlappingSubscriptions_ArrivesOnce()
    {
        await using var rig = new Rig();
        var client = await rig.Connect5Async();
        await client.SendAsync("82 09 0001 02 0B 01 0001 'a' 00", "82 09 0002 02 0B 02 0001 '+' 01", "82 09 0003 02 0B 03 0001 '#' 06");
        await client.ExpectAsync("90 04 0001 00 00", "90 04 0002 00 01", "90 04 0003 00 02");
        await client.SendAsync("34 07 0001 'a' 0001 00 'x'");
        await client.ExpectAsync("50 02 0001");
        await client.SendAsync("62 02 0001");
        var own = await client.ReadAsync();
        Assert.Equal("320B000161" + "0001" + "040B010B02" + "78", own);
        await client.ExpectAsync("70 02 0001");
        Assert.Equal(1, rig.Server.Publish(new MqttMessage("a", Payload, QoS.ExactlyOnce)));
        await client.ExpectAsync("34 11 0001 'a' 0002 06 0B 01 0B 02 0B 03 'hello'");
    }

    /// <summary>§4.8.2: each message of a shared subscription to one member, in turn; a member that left takes none.</summary>
    [Fact]
    public async Task Publish_SharedSubscription_GoesToOneMemberInTurn()
    {
        await using var rig = new Rig();
        var members = new[] { await rig.Connect5Async("m1"), await rig.Connect5Async("m2") };
        foreach (var member in members)
        {
            await member.SendAsync("82 10 0001 00 000A '$share/g/a' 00");
            await member.ExpectAsync("90 04 0001 00 00");
        }
        for (var i = 0; i < 4; i++)
            Assert.Equal(1, rig.Server.Publish(new MqttMessage("a", Payload)));
        foreach (var member in members)
        {
            await member.ExpectAsync("30 09 0001 'a' 00 'hello'", "30 09 0001 'a' 00 'hello'");
            await member.ExpectNothingElseAsync();
        }
        await members[0].SendAsync("E0 00");
        await members[0].ExpectEndAsync(EndReason.ClientDisconnected);
        Assert.Equal(1, rig.Server.Publish(new MqttMessage("a", Payload)));
        await members[1].ExpectAsync("30 09 0001 'a' 00 'hello'");
    }

    /// <summary>[MQTT-3.3.1-5] to [MQTT-3.3.1-8]: kept with its QoS, sent to new subscribers with the flag, removed by an empty payload.</summary>
    [Fact]
    public async Task Retained_Kept_ReachesLaterSubscribers()
    {
        await using var rig = new Rig();
        var publisher = await rig.Connect311Async("p");
        await publisher.SendAsync("33 06 0001 'a' 0001 'x'", "31 04 0001 'b' 'y'", "31 04 0001 'a' 'z'");
        await publisher.ExpectAsync("40 02 0001");
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

    [Fact]
    public async Task PublishTo_Subscribed_DeliversAndReportsTheTag()
    {
        await using var rig = new Rig();
        var client = await rig.Connect5Async();
        Assert.Equal("connected p", await rig.NextEventAsync());
        Assert.False(rig.Server.PublishTo("p", new MqttMessage("cmd/1", Payload), "tag"));
        Assert.False(rig.Server.PublishTo("nobody", new MqttMessage("cmd/1", Payload), "tag"));
        await client.SendAsync("82 0B 0001 00 0005 'cmd/+' 01");
        await client.ExpectAsync("90 04 0001 00 01");
        Assert.True(rig.Server.PublishTo("p", new MqttMessage("cmd/1", Payload), "tag"));
        await client.ExpectAsync("32 0F 0005 'cmd/1' 0001 00 'hello'");
        Assert.False(rig.HasEvents);
        await client.SendAsync("40 02 0001");
        Assert.Equal("delivered p tag", await rig.NextEventAsync());
        await client.SendAsync("A2 0A 0002 00 0005 'cmd/+'");
        await client.ExpectAsync("B0 04 0002 00 00");
        Assert.False(rig.Server.PublishTo("p", new MqttMessage("cmd/1", Payload)));
    }

    /// <summary>An application that falls behind holds its clients back, not the server's memory: reading stops at the limit and goes on at half of it.</summary>
    [Fact]
    public async Task Backlog_Full_StopsReadingUntilHalfIsDone()
    {
        await using var rig = new Rig(new MqttServerOptions { MaxInboundBacklogMessages = 4 }) { Take = null };
        var client = await rig.Connect311Async();
        await client.SendTogetherAsync([.. Enumerable.Range(1, 6).Select(i => $"32 06 0001 'a' {i:X4} 'x'")]);
        var held = new List<InboundPublish>();
        for (var i = 0; i < 4; i++)
            held.Add(await rig.NextPublishAsync());
        Assert.Equal(4L, rig.Server.Counters.PublishesFromClients);
        // Silence that is our doing does not count.
        rig.Advance(3);
        held[0].Complete();
        await client.ExpectAsync("40 02 0001");
        Assert.Equal(4L, rig.Server.Counters.PublishesFromClients);
        held[1].Complete();
        await client.ExpectAsync("40 02 0002");
        (await rig.NextPublishAsync()).Complete();
        (await rig.NextPublishAsync()).Complete();
        held[2].Complete();
        held[3].Complete();
        await client.ExpectAsync("40 02 0003", "40 02 0004", "40 02 0005", "40 02 0006");
    }

    [Fact]
    public async Task Backlog_FullAtTheEnd_StillEnds()
    {
        await using var rig = new Rig(new MqttServerOptions { MaxInboundBacklogMessages = 1 }) { Take = null };
        var client = await rig.Connect5Async();
        await client.SendTogetherAsync("32 07 0001 'a' 0001 00 'x'", "32 07 0001 'a' 0002 00 'x'");
        var publish = await rig.NextPublishAsync();
        rig.Server.Disconnect("p", ReasonCode.AdministrativeAction);
        await client.ExpectEndAsync(EndReason.Disconnected, "E0 01 98");
        publish.Complete();
    }

    /// <summary>A peer that does not read: QoS 0 waits in the queue, then is dropped; without progress the connection ends.</summary>
    [Fact]
    public async Task WriteBacklog_PeerDoesNotRead_QueuesThenEnds()
    {
        var options = new MqttServerOptions { WriteBacklogBytes = 4096, MaxQueuedMessages = 10, WriteTimeout = TimeSpan.FromSeconds(5) };
        await using var rig = new Rig(options);
        var client = rig.Open(window: 2048);
        await client.SendAsync("10 0D 0004 'MQTT' 04 02 0000 0001 'p'", "82 06 0001 0001 'a' 00");
        await client.ExpectAsync("20 02 00 00", "90 03 0001 00");
        var message = new MqttMessage("a", new byte[1000], QoS.AtMostOnce);
        for (var i = 0; i < 40; i++)
            rig.Server.Publish(message);
        Assert.NotEqual(0L, rig.Server.Counters.MessagesDropped);
        rig.Advance(8);
        rig.Advance(4);
        Assert.Equal(EndReason.WriteBacklog, await client.Run.WaitAsync(Rig.Patience));
    }

    [Fact]
    public async Task WriteBacklog_AboveTheHardLimit_Ends()
    {
        await using var rig = new Rig(new MqttServerOptions { WriteBacklogBytes = 1024, MaxWriteBacklogBytes = 1024 });
        var client = rig.Open(window: 1024);
        await client.SendAsync("10 0D 0004 'MQTT' 04 02 0000 0001 'p'", "82 06 0001 0001 'a' 00");
        await client.ExpectAsync("20 02 00 00", "90 03 0001 00");
        rig.Server.Publish(new MqttMessage("a", new byte[3000], QoS.AtMostOnce));
        rig.Advance(4);
        Assert.Equal(EndReason.WriteBacklog, await client.Run.WaitAsync(Rig.Patience));
    }

    /// <summary>A message for one that reads slowly arrives whole: the queue drains as the transport does.</summary>
    [Fact]
    public async Task WriteBacklog_PeerReadsSlowly_GetsEverything()
    {
        await using var rig = new Rig(new MqttServerOptions { WriteBacklogBytes = 4096 });
        var client = rig.Open(window: 2048);
        await client.SendAsync("10 0D 0004 'MQTT' 04 02 0000 0001 'p'", "82 06 0001 0001 'a' 00");
        await client.ExpectAsync("20 02 00 00", "90 03 0001 00");
        for (var i = 0; i < 100; i++)
            Assert.Equal(1, rig.Server.Publish(new MqttMessage("a", new byte[] { (byte)i }.Concat(new byte[999]).ToArray(), QoS.AtMostOnce)));
        for (var i = 0; i < 100; i++)
            Assert.Equal($"{i:X2}", (await client.ReadAsync()).Substring(12, 2));
        Assert.Equal(0L, rig.Server.Counters.MessagesDropped);
    }

    /// <summary>Two clients send to each other as fast as they can while a third comes and goes: every QoS 1 message arrives.</summary>
    [Fact]
    public async Task Publish_ManyAtOnce_AllArrive()
    {
        await using var rig = new Rig(new MqttServerOptions { MaxQueuedMessages = 100_000, MaxQueuedBytes = 1 << 26 });
        await using var one = await MqttClient.ConnectAsync(rig.Open().Duplex, new MqttClientOptions("", 0) { ClientId = "one" }, rig.Time);
        const int Count = 2000;
        var received = 0;
        var all = new TaskCompletionSource();
        await using var two = await MqttClient.ConnectAsync(
            rig.Open().Duplex,
            new MqttClientOptions("", 0) { ClientId = "two", OnMessage = _ => { if (Interlocked.Increment(ref received) == Count) all.SetResult(); } },
            rig.Time);
        await two.SubscribeAsync("x/#", QoS.AtLeastOnce);
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => one.PublishAsync(new MqttMessage($"x/{i % 7}", Payload)))).WaitAsync(Rig.Patience);
        await all.Task.WaitAsync(Rig.Patience);
        Assert.Equal(0L, rig.Server.Counters.MessagesDropped);
    }
}
