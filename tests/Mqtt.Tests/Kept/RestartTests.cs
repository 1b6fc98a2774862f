using B2D.Mqtt.Tests.Server;

namespace B2D.Mqtt.Tests.Kept;

/// <summary>A server with a store, ended and begun again, as its clients see it.</summary>
public sealed class RestartTests
{
    private const string Connect = "10 0D 0004 'MQTT' 04 00 0000 0001 'p'";

    private readonly MemoryStore _store = new();

    private async Task<WireClient> ConnectAsync(Rig rig, bool present)
    {
        var client = rig.Open();
        await client.SendAsync(Connect);
        await rig.PumpAsync();
        await client.ExpectAsync(present ? "20 02 01 00" : "20 02 00 00");
        return client;
    }

    private Rig Restart(Rig before)
    {
        var rig = new Rig(store: new MemoryStore(_store.Changes), at: before.Time.GetUtcNow());
        rig.Server.Restore();
        return rig;
    }

    /// <summary>MQTT 5.0 §4.1: subscriptions, and what waited or was under way, are there after a restart; the ids are the same, with DUP [MQTT-4.4.0-1].</summary>
    [Fact]
    public async Task Restart_QueuedAndUnderWay_ComeAgain()
    {
        await using var rig = new Rig(store: _store);
        var client = await ConnectAsync(rig, present: false);
        await client.SendAsync("82 06 0001 0001 'a' 02");
        await rig.PumpAsync();
        await client.ExpectAsync("90 03 0001 02");
        foreach (var (payload, qos) in new[] { ("one"u8.ToArray(), QoS.AtLeastOnce), ("two"u8.ToArray(), QoS.ExactlyOnce), ("six"u8.ToArray(), QoS.ExactlyOnce) })
            rig.Server.Publish(new MqttMessage("a", payload, qos));
        await rig.PumpAsync();
        await client.ExpectAsync("32 08 0001 'a' 0001 'one'", "34 08 0001 'a' 0002 'two'", "34 08 0001 'a' 0003 'six'");
        await client.SendAsync("50 02 0003");
        await rig.PumpAsync();
        await client.ExpectAsync("62 02 0003");
        client.CloseWriting();
        await client.ExpectEndAsync(EndReason.ConnectionLost);
        rig.Server.Publish(new MqttMessage("a", "ten"u8.ToArray()));
        await rig.PumpAsync();

        await using var second = Restart(rig);

        Assert.Equal((1, 1), (second.Server.SessionCount, second.Server.SubscriptionCount));
        var again = await ConnectAsync(second, present: true);
        await again.ExpectAsync("3A 08 0001 'a' 0001 'one'", "3C 08 0001 'a' 0002 'two'", "62 02 0003", "32 08 0001 'a' 0004 'ten'");
        await again.SendAsync("50 02 0002");
        await second.PumpAsync();
        await again.ExpectAsync("62 02 0002");
        await again.SendAsync("70 02 0002", "40 02 0001", "70 02 0003", "40 02 0004");
        await again.ExpectNothingElseAsync();
        second.Server.Publish(new MqttMessage("a", "new"u8.ToArray()));
        await second.PumpAsync();
        await again.ExpectAsync("32 08 0001 'a' 0005 'new'");
    }

    /// <summary>[MQTT-4.3.3-10]: an id received before the restart is known: not dispatched again, PUBREL is answered, and what was held is routed once.</summary>
    [Fact]
    public async Task Restart_ExactlyOnceReceived_IsNotDispatchedAgain()
    {
        await using var rig = new Rig(store: _store);
        var client = await ConnectAsync(rig, present: false);
        await client.SendAsync("82 06 0001 0001 'a' 02");
        await rig.PumpAsync();
        await client.ExpectAsync("90 03 0001 02");
        await client.SendAsync("34 06 0001 'a' 0007 'x'");
        await rig.PumpAsync();
        await client.ExpectAsync("50 02 0007");

        await using var second = Restart(rig);

        var again = await ConnectAsync(second, present: true);
        await again.SendAsync("3C 06 0001 'a' 0007 'x'");
        await again.ExpectAsync("50 02 0007");
        await again.SendAsync("62 02 0007");
        await second.PumpAsync();
        await again.ExpectAsync("34 06 0001 'a' 0001 'x'", "70 02 0007");
        await again.SendAsync("62 02 0007");
        await again.ExpectAsync("70 02 0007");
        Assert.Equal("connected p", await second.NextEventAsync());
        Assert.False(second.HasEvents);
    }

    /// <summary>Nothing that promises leaves before the commit: CONNACK, SUBACK, UNSUBACK, PUBACK of what was queued, PUBREC, PUBLISH, PUBREL, PUBCOMP.</summary>
    [Fact]
    public async Task Promise_BeforeTheCommit_IsHeld()
    {
        await using var rig = new Rig(store: _store);
        var client = rig.Open();
        async Task Held(string sent, params string[] answers)
        {
            await client.SendAsync(sent);
            await Rig.UntilAsync(() => rig.Server.UnkeptBytes > 0);
            Assert.False(client.Input.TryRead(out _), $"{sent} was answered before the commit");
            rig.Pump();
            await client.ExpectAsync(answers);
        }

        await Held(Connect, "20 02 00 00");
        await Held("82 06 0001 0001 'a' 02", "90 03 0001 02");
        await Held("34 06 0001 'b' 0001 'x'", "50 02 0001");
        await Held("62 02 0001", "70 02 0001");
        await Held("32 06 0001 'a' 0002 'x'", "32 06 0001 'a' 0001 'x'", "40 02 0002");
        rig.Server.Publish(new MqttMessage("a", "y"u8.ToArray(), QoS.ExactlyOnce));
        Assert.False(client.Input.TryRead(out _));
        await rig.PumpAsync();
        await client.ExpectAsync("34 06 0001 'a' 0002 'y'");
        await Held("50 02 0002", "62 02 0002");
        await Held("A2 05 0003 0001 'a'", "B0 02 0003");
        // PUBACK of what nobody is to get promises nothing of the store.
        await client.SendAsync("32 06 0001 'b' 0004 'x'");
        await client.ExpectAsync("40 02 0004");
    }

    /// <summary>A clean session's telemetry makes no change and waits for nothing, also while the store stands still.</summary>
    [Fact]
    public async Task Promise_OfOthers_IsNotWaitedFor()
    {
        await using var rig = new Rig(store: _store);
        var kept = rig.Open();
        await kept.SendAsync(Connect);
        var clean = await rig.Connect311Async("q");

        await clean.SendAsync("32 06 0001 'a' 0001 'x'", "34 06 0001 'a' 0002 'x'");
        await clean.ExpectAsync("40 02 0001", "50 02 0002");
        await clean.SendAsync("62 02 0002");
        await clean.ExpectAsync("70 02 0002");
        Assert.False(kept.Input.TryRead(out _));
        Assert.Empty(_store.Changes);
    }

    /// <summary>A clean session's PUBACK and PUBCOMP wait for the queues of others that its messages went into.</summary>
    [Fact]
    public async Task Promise_OfACleanPublisher_WaitsForTheKeptQueue()
    {
        await using var rig = new Rig(store: _store);
        var kept = await ConnectAsync(rig, present: false);
        await kept.SendAsync("82 06 0001 0001 'a' 02");
        await rig.PumpAsync();
        kept.CloseWriting();
        await kept.ExpectEndAsync(EndReason.ConnectionLost, "90 03 0001 02");
        var clean = await rig.Connect311Async("q");

        await clean.SendAsync("32 06 0001 'a' 0001 'x'");
        Assert.False(clean.Input.TryRead(out _));
        await rig.PumpAsync();
        await clean.ExpectAsync("40 02 0001");
        await clean.SendAsync("34 06 0001 'a' 0002 'y'");
        await clean.ExpectAsync("50 02 0002");
        await clean.SendAsync("62 02 0002");
        Assert.False(clean.Input.TryRead(out _));
        await rig.PumpAsync();
        await clean.ExpectAsync("70 02 0002");
    }

    /// <summary>[MQTT-3.3.1-5]: retained messages are there after a restart, the removed and the expired ones are not.</summary>
    [Fact]
    public async Task Restart_Retained_IsThere()
    {
        await using var rig = new Rig(store: _store);
        rig.Server.Publish(new MqttMessage("a", "old"u8.ToArray(), Retain: true));
        rig.Server.Publish(new MqttMessage("a", "new"u8.ToArray(), Retain: true));
        rig.Server.Publish(new MqttMessage("b", "x"u8.ToArray(), Retain: true));
        rig.Server.Publish(new MqttMessage("b", default, Retain: true));
        rig.Server.Publish(new MqttMessage("c", "x"u8.ToArray(), Retain: true) { Properties = new MessageProperties { ExpirySeconds = 5 } });
        rig.Server.Publish(new MqttMessage("d", "y"u8.ToArray(), Retain: true) { Properties = new MessageProperties { ExpirySeconds = 50 } });
        rig.Advance(5);
        await rig.PumpAsync();

        await using var second = Restart(rig);

        Assert.Equal(2, second.Server.RetainedCount);
        var subscriber = await second.Connect5Async("s");
        await subscriber.SendAsync("82 07 0001 00 0001 '+' 01");
        await subscriber.ExpectAsync("90 04 0001 00 01", "33 09 0001 'a' 0001 00 'new'", "33 0C 0001 'd' 0002 05 02 0000002D 'y'");
    }

    /// <summary>[MQTT-3.1.2-23] [MQTT-3.1.3-9]: what was over by then is over, and a will that waited is published once the server is up.</summary>
    [Fact]
    public async Task Restart_ExpiredMeanwhile_EndsWithItsWill()
    {
        await using var rig = new Rig(store: _store);
        var client = rig.Open();
        // Session expiry 60 s, will delay 30 s.
        await client.SendAsync("10 1F 0004 'MQTT' 05 04 0000 05 11 0000003C 0001 'p' 05 18 0000001E 0001 's' 0001 'x'");
        await rig.PumpAsync();
        await client.ExpectConnackAsync();
        client.CloseWriting();
        await client.ExpectEndAsync(EndReason.ConnectionLost);
        await rig.PumpAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(70));

        await using var second = Restart(rig);

        Assert.False(second.HasEvents);
        second.Advance(1);
        Assert.Equal("will p s", await second.NextEventAsync());
        Assert.Equal(0, second.Server.SessionCount);
    }

    /// <summary>A will that waited is kept until the application has it: killed before, the server publishes it again; after, it does not.</summary>
    [Theory]
    [InlineData(30, 1)]
    [InlineData(60, 0)]
    public async Task Restart_BeforeTheApplicationHasTheWill_PublishesItAgain(int delay, int sessionsAfter)
    {
        await using var rig = new Rig(store: _store) { Take = null };
        var client = rig.Open();
        // Session expiry 60 s.
        await client.SendAsync($"10 1F 0004 'MQTT' 05 04 0000 05 11 0000003C 0001 'p' 05 18 000000{delay:X2} 0001 's' 0001 'x'");
        await rig.PumpAsync();
        await client.ExpectConnackAsync();
        client.CloseWriting();
        await client.ExpectEndAsync(EndReason.ConnectionLost);
        await rig.PumpAsync();
        rig.Advance(delay);
        rig.Pump();
        var will = await rig.NextPublishAsync();
        Assert.Equal(sessionsAfter, rig.Server.SessionCount);

        await using (var killed = Restart(rig))
        {
            killed.Advance(1);
            Assert.Equal("will p s", await killed.NextEventAsync());
        }
        will.Complete();
        await rig.PumpAsync();
        await using var second = Restart(rig);
        second.Advance(1);
        Assert.False(second.HasEvents);
        Assert.Equal(sessionsAfter, second.Server.SessionCount);
    }

    /// <summary>Who was connected when the process was killed has the whole expiry from the restart, and its will is not published: it did nothing wrong.</summary>
    [Fact]
    public async Task Restart_OfTheConnected_GivesThemTheirExpiry()
    {
        await using var rig = new Rig(store: _store);
        var client = rig.Open();
        await client.SendAsync("10 1F 0004 'MQTT' 05 04 0000 05 11 0000003C 0001 'p' 05 18 0000001E 0001 's' 0001 'x'");
        await rig.PumpAsync();
        await client.ExpectConnackAsync();
        rig.Advance(100);

        await using var second = Restart(rig);

        second.Advance(59);
        Assert.Equal(1, second.Server.SessionCount);
        second.Advance(1);
        Assert.Equal(0, second.Server.SessionCount);
        Assert.False(second.HasEvents);
    }

    /// <summary>[MQTT-3.1.2-4]: a clean start ends what is kept; so do the expiry, expiry 0 in DISCONNECT or in the next CONNECT, and the application.</summary>
    [Theory]
    [InlineData("clean start")]
    [InlineData("expiry")]
    [InlineData("disconnect")]
    [InlineData("resumed without expiry")]
    [InlineData("application, connected")]
    [InlineData("application")]
    public async Task Session_Over_IsNotKept(string how)
    {
        await using var rig = new Rig(store: _store);
        var client = rig.Open();
        await client.SendAsync("10 13 0004 'MQTT' 05 00 0000 05 11 0000000A 0001 'p'");
        await rig.PumpAsync();
        await client.ExpectConnackAsync();
        await client.SendAsync("82 07 0001 00 0001 'a' 01");
        await rig.PumpAsync();
        await client.ExpectAsync("90 04 0001 00 01");
        rig.Server.Publish(new MqttMessage("a", "x"u8.ToArray()));
        if (how == "disconnect")
            await client.SendAsync("E0 07 00 05 11 00000000");
        else if (how == "application, connected")
            Assert.Equal(1, rig.Server.EndSessions(s => s.ClientId == "p"));
        else
            client.CloseWriting();
        await rig.PumpAsync();
        while (await client.ReadAsync() != "")
        {
            // To the end.
        }
        await client.Run.WaitAsync(Rig.Patience);
        rig.Pump();
        if (how == "clean start")
            await rig.Open().SendAsync("10 0D 0004 'MQTT' 04 02 0000 0001 'p'");
        else if (how == "expiry")
            rig.Advance(10);
        else if (how == "resumed without expiry")
            await rig.Open().SendAsync("10 0E 0004 'MQTT' 05 00 0000 00 0001 'p'");
        else if (how == "application")
            Assert.Equal(1, rig.Server.EndSessions(s => s.ClientId == "p"));
        await Rig.UntilAsync(() => rig.Server.UnkeptBytes > 0 || how is "disconnect" or "application, connected");
        rig.Pump();

        await using var second = Restart(rig);

        Assert.Equal((0, 0), (second.Server.SessionCount, second.Server.SubscriptionCount));
        Assert.Equal(
            _store.Changes.OfType<SessionChange.MessageAdded>().Select(m => m.Message), _store.Changes.OfType<SessionChange.MessageRemoved>().Select(m => m.Message));
    }

    /// <summary>Limits that were lowered meanwhile hold for what is taken up; what has no room is removed from the store.</summary>
    [Fact]
    public async Task Restore_BeyondTheLimits_DropsTheRest()
    {
        await using var rig = new Rig(store: _store);
        foreach (var id in new[] { "p", "q" })
        {
            var client = rig.Open();
            await client.SendAsync($"10 0D 0004 'MQTT' 04 00 0000 0001 '{id}'");
            await rig.PumpAsync();
            await client.ExpectAsync("20 02 00 00");
            await client.SendAsync("82 0E 0001 0001 'a' 01 0001 'b' 01 0001 'c' 01");
            await rig.PumpAsync();
            await client.ExpectAsync("90 05 0001 01 01 01");
            client.CloseWriting();
            await client.ExpectEndAsync(EndReason.ConnectionLost);
        }
        for (var i = 0; i < 5; i++)
            rig.Server.Publish(new MqttMessage("a", "x"u8.ToArray()));
        await rig.PumpAsync();
        var store = new MemoryStore(_store.Changes);
        var limits = new MqttServerOptions { MaxSessions = 1, MaxSubscriptions = 2, MaxQueuedMessages = 3 };

        await using var second = new Rig(limits, store, rig.Time.GetUtcNow());
        Assert.Equal(1, second.Server.Restore());

        Assert.Equal((1, 2), (second.Server.SessionCount, second.Server.SubscriptionCount));
        await second.PumpAsync();
        await using var third = new Rig(store: new MemoryStore(store.Changes), at: rig.Time.GetUtcNow());
        Assert.Equal(1, third.Server.Restore());
        Assert.Equal(Snapshot.Of(second.Server, ["p", "q"]), Snapshot.Of(third.Server, ["p", "q"]));
        Assert.Equal(3, third.Server.FindSession("q")!.State.Outbound.Queued);
    }

    /// <summary>A store that fails loses nothing: the promises wait, and the next pump writes the same changes.</summary>
    [Fact]
    public async Task Pump_StoreFails_KeepsAndTriesAgain()
    {
        await using var rig = new Rig(store: _store);
        _store.Failure = new IOException("disk full");
        var client = rig.Open();
        await client.SendAsync(Connect);
        await Rig.UntilAsync(() => rig.Server.UnkeptBytes > 0);
        Assert.Throws<IOException>(() => rig.Server.PumpSessions());
        Assert.False(client.Input.TryRead(out _));
        rig.Advance(60); // it is not the peer that does not read
        _store.Failure = null;
        await rig.PumpAsync();
        await client.ExpectAsync("20 02 00 00");
    }

    /// <summary>Beyond the limit of what may wait for the store nobody is read from and kept sessions take nothing more; when it writes, all goes on.</summary>
    [Fact]
    public async Task Pump_StoreStandsStill_HoldsPeersBack()
    {
        await using var rig = new Rig(new MqttServerOptions { MaxUnkeptBytes = 1024 }, _store);
        var client = await ConnectAsync(rig, present: false);
        await client.SendAsync("82 06 0001 0001 'a' 01");
        await rig.PumpAsync();
        await client.ExpectAsync("90 03 0001 01");
        var taken = 0;
        while (taken < 100 && rig.Server.Publish(new MqttMessage("a", new byte[200])) == 1)
            taken++;
        Assert.InRange(taken, 2, 10);
        await client.SendAsync("C0 00");
        await rig.PumpAsync();
        for (var i = 0; i < taken; i++)
            Assert.StartsWith("32", await client.ReadAsync(), StringComparison.Ordinal);
        await client.ExpectAsync("D0 00");
        Assert.Equal(1, rig.Server.Publish(new MqttMessage("a", new byte[200])));
    }
}
