using System.Threading.Channels;

namespace B2D.Mqtt.Tests.Server;

/// <summary>Flow control: an application that falls behind, and peers that do not read.</summary>
public sealed class BacklogTests
{
    /// <summary>
    /// An application that falls behind holds its clients back, not the server's memory: it never has more than the limit, and all comes in the end.
    /// </summary>
    [Fact]
    public async Task Backlog_Full_StopsReadingUntilTheApplicationIsBack()
    {
        const int Limit = 4, Count = 50;
        var taken = Channel.CreateUnbounded<InboundPublish>();
        var (outstanding, most) = (0, 0);
        await using var rig = new Rig(new MqttServerOptions { MaxInboundBacklogMessages = Limit })
        {
            Take = (_, publish) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref outstanding));
                taken.Writer.TryWrite(publish);
            },
        };
        var client = rig.Open();
        await client.SendAsync("10 0D 0004 'MQTT' 04 02 000A 0001 'p'");
        await client.ExpectAsync("20 02 00 00");
        await client.SendTogetherAsync([.. Enumerable.Range(1, Count).Select(i => $"32 06 0001 'a' {i:X4} 'x'")]);
        await Rig.UntilAsync(() => rig.LastSession!.Connection!.IsHeld);
        Assert.Equal(Limit, taken.Reader.Count);
        // The client's keep-alive of 10 s runs out, but its silence is our doing.
        rig.Advance(20);
        for (var i = 0; i < Count; i++)
        {
            var publish = await taken.Reader.ReadAsync().AsTask().WaitAsync(Rig.Patience);
            Interlocked.Decrement(ref outstanding);
            publish.Complete();
        }
        await client.ExpectAsync([.. Enumerable.Range(1, Count).Select(i => $"40 02 {i:X4}")]);
        Assert.Equal(Limit, most);
    }

    /// <summary>What the application takes from the read itself is acknowledged like all else, in order, and what it leaves comes with a payload that stays.</summary>
    [Fact]
    public async Task TryTake_EverySecondMessage_OthersComeByOnPublish()
    {
        const int Count = 20;
        var (atOnce, later) = (new List<InboundPublish>(), new List<InboundPublish>());
        var payloads = new List<byte>();
        await using var rig = new Rig
        {
            TryTake = (publish, payload) =>
            {
                Assert.True(publish.Payload.IsEmpty);
                payloads.AddRange(payload);
                if (publish.PacketId % 2 == 0)
                    atOnce.Add(publish);
                return publish.PacketId % 2 == 0;
            },
            Take = (_, publish) => later.Add(publish),
        };
        var client = await rig.Connect311Async();
        await client.SendTogetherAsync([.. Enumerable.Range(1, Count).Select(i => $"{(i % 4 == 0 ? 34 : 32)} 06 0001 'a' {i:X4} {i:X2}")]);
        await Rig.UntilAsync(() => later.Count == Count / 2);
        Assert.Equal(Enumerable.Range(1, Count).Select(i => (byte)i), payloads);
        Assert.All(later, publish => Assert.Equal([(byte)publish.PacketId], publish.Payload.ToArray()));
        Assert.All(later, publish => publish.Complete());
        Assert.Throws<InvalidOperationException>(() => atOnce[^1].Complete(route: true));
        Assert.All(atOnce[..^1], publish => publish.Complete());
        await client.ExpectAsync([.. Enumerable.Range(1, Count - 1).Select(i => $"{(i % 4 == 0 ? 50 : 40)} 02 {i:X4}")]);
        Assert.Equal((Count, Count), (rig.Server.Counters.PublishesFromClients, rig.Server.Counters.BytesFromClients));
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
}
