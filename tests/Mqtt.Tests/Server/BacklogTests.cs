namespace B2D.Mqtt.Tests.Server;

/// <summary>Flow control: an application that falls behind, and peers that do not read.</summary>
public sealed class BacklogTests
{
    /// <summary>
    /// An application that falls behind holds its clients back, not the server's memory: reading stops at the limit and goes on at half of it.
    /// </summary>
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
}
