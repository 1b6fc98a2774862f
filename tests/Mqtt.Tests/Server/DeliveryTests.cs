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
        Assert.Throws<InvalidOperationException>(() => publishes[0].Payload);
    }

    /// <summary>What is over stays over, also when what stood behind it serves another message: whoever completes twice never completes somebody else's.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Complete_Twice_NeverTouchesALaterMessage(int qos)
    {
        await using var rig = new Rig { Take = null };
        var client = await rig.Connect311Async();
        var seen = new List<InboundPublish>();
        for (var i = 1; i <= 20; i++)
        {
            await client.SendAsync(qos == 0 ? $"30 04 0001 'a' {i:X2}" : $"32 06 0001 'a' {i:X4} {i:X2}");
            var publish = await rig.NextPublishAsync();
            Assert.Equal(i, publish.Payload.Span[0]);
            Assert.All(seen, old => Assert.Throws<InvalidOperationException>(() => old.Complete()));
            Assert.Equal(i, publish.Payload.Span[0]);
            publish.Complete();
            seen.Add(publish);
            if (qos == 1)
                await client.ExpectAsync($"40 02 {i:X4}");
        }
        await client.ExpectNothingElseAsync();
    }

    /// <summary>Two clients whose messages are completed by other threads all the while: every message is seen once with its own bytes, and acknowledged.</summary>
    [Fact]
    public async Task Complete_ByOtherThreads_EveryMessageIsItself()
    {
        const int Count = 2000;
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
        await using var rig = new Rig(new MqttServerOptions { MaxPublishRate = 0 })
        {
            Take = (_, publish) => ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                var number = BitConverter.ToInt32(publish.Payload.Span);
                Assert.Equal(number & 0xFFFF, publish.PacketId);
                seen.AddOrUpdate(number, 1, (_, n) => n + 1);
                publish.Complete();
            }, null),
        };
        var clients = new[] { await rig.Connect311Async("a"), await rig.Connect311Async("b") };
        await Task.WhenAll(clients.Select(async (client, c) =>
        {
            for (var id = 1; id <= Count; id++)
            {
                await client.SendRawAsync((byte[])[0x32, 9, 0, 1, (byte)'t', (byte)(id >> 8), (byte)id, .. BitConverter.GetBytes((c << 16) | id)]);
                if (id % 50 == 0)
                    await client.ExpectAsync([.. Enumerable.Range(id - 49, 50).Select(i => $"40 02 {i:X4}")]);
            }
        }));
        Assert.Equal(2 * Count, seen.Count);
        Assert.All(seen, s => Assert.Equal(1, s.Value));
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

    /// <summary>
    /// [MQTT-3.3.2-4] [MQTT-3.3.2-13] and following: message properties travel unchanged; a 3.1.1 subscriber gets the message without them.
    /// </summary>
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

    /// <summary>
    /// §3.3.4: one copy for overlapping subscriptions, with the highest QoS and all identifiers; No Local keeps one's own messages away
    /// [MQTT-3.8.3-3].
    /// </summary>
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
