namespace B2D.Mqtt.Tests.Server;

/// <summary>Single statements of the standards that no other test states, over in-memory pipes, byte by byte.</summary>
public sealed class ClauseTests
{
    // Session expiry 100 s; clean start 1 and 0.
    private const string Clean = "10 13 0004 'MQTT' 05 02 0000 05 11 00000064 0001 'p'", Resume = "10 13 0004 'MQTT' 05 00 0000 05 11 00000064 0001 'p'";

    /// <summary>[MQTT-3.1.2-4] [MQTT-3.1.2-5] [MQTT-3.1.4-4] [MQTT-3.2.2-2] [MQTT-3.2.2-3]: what is resumed is said to be present, and clean start discards it.</summary>
    [Fact]
    public async Task Connect_CleanStart_DiscardsAndOtherwiseResumes()
    {
        await using var rig = new Rig();
        await ConnectAndLeaveAsync(rig, Resume, present: false, "82 07 0001 00 0001 'a' 01");
        await ConnectAndLeaveAsync(rig, Resume, present: true);
        Assert.Equal(1, rig.Server.SubscriptionCount);
        await ConnectAndLeaveAsync(rig, Clean, present: false);
        Assert.Equal(0, rig.Server.SubscriptionCount);
        await ConnectAndLeaveAsync(rig, Resume, present: true);
    }

    /// <summary>[MQTT-3.1.3-5]: 1 to 23 bytes of digits and letters are allowed, all of them.</summary>
    [Theory]
    [InlineData("0123456789abcdefghijklm")]
    [InlineData("nopqrstuvwxyzABCDEFGHIJ")]
    [InlineData("KLMNOPQRSTUVWXYZ")]
    public async Task Connect_ClientIdOfTheStandard_IsAllowed(string id)
    {
        await using var rig = new Rig();
        var client = await rig.Connect5Async(id);
        await client.ExpectNothingElseAsync();
    }

    /// <summary>[MQTT-3.1.4-6]: nothing that comes behind a CONNECT that is refused is looked at.</summary>
    [Fact]
    public async Task Connect_RefusedWithPacketsBehind_IgnoresThem()
    {
        await using var rig = new Rig { Authenticate = (_, _) => ValueTask.FromResult(new ConnectDecision(ReasonCode.NotAuthorized)) };
        var client = rig.Open();
        await client.SendTogetherAsync("10 0E 0004 'MQTT' 05 02 0000 00 0001 'p'", "31 05 0001 'a' 00 'x'", "82 07 0001 00 0001 'a' 01");
        await client.ExpectEndAsync(EndReason.ConnectRefused, "20 03 00 87 00");
        Assert.Equal((0, 0, 0L), (rig.Server.RetainedCount, rig.Server.SubscriptionCount, rig.Server.Counters.PublishesFromClients));
    }

    /// <summary>[MQTT-3.1.2-14] [MQTT-3.1.3-10] [MQTT-3.3.2-18]: a will without retain is not kept; its user properties come in their order.</summary>
    [Fact]
    public async Task Will_WithUserProperties_KeepsTheirOrder()
    {
        await using var rig = new Rig();
        var watcher = await rig.Connect5Async("w");
        await watcher.SendAsync("82 07 0001 00 0001 's' 00");
        await watcher.ExpectAsync("90 04 0001 00 00");
        var lost = rig.Open();
        await lost.SendAsync("10 23 0004 'MQTT' 05 06 0000 00 0001 'p' 0E 26 0001 'b' 0001 '1' 26 0001 'a' 0001 '2' 0001 's' 0001 'x'");
        await lost.ExpectConnackAsync();
        lost.CloseWriting();
        await watcher.ExpectAsync("30 13 0001 's' 0E 26 0001 'b' 0001 '1' 26 0001 'a' 0001 '2' 'x'");
        Assert.Equal(0, rig.Server.RetainedCount);
    }

    /// <summary>
    /// [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11] [MQTT-3.8.4-3] [MQTT-3.8.4-4]: retain handling 1 sends once, 2 never, 0 each time; the subscription
    /// stays one.
    /// </summary>
    [Fact]
    public async Task Subscribe_RetainHandling_DecidesWhatIsSent()
    {
        await using var rig = new Rig();
        var client = await rig.Connect5Async();
        await client.SendAsync("31 05 0001 'a' 00 'x'", "82 07 0001 00 0001 'a' 20");
        await client.ExpectAsync("90 04 0001 00 00");
        await client.SendAsync("82 07 0002 00 0001 'a' 10");
        await client.ExpectAsync("90 04 0002 00 00");
        await client.SendAsync("82 07 0003 00 0001 'a' 00");
        await client.ExpectAsync("90 04 0003 00 00", "31 05 0001 'a' 00 'x'");
        await client.SendAsync("A2 06 0004 00 0001 'a'", "82 07 0005 00 0001 'a' 10");
        await client.ExpectAsync("B0 04 0004 00 00", "90 04 0005 00 00", "31 05 0001 'a' 00 'x'");
        Assert.Equal(1, rig.Server.SubscriptionCount);
    }

    /// <summary>[MQTT-3.3.1-7] [MQTT-3.3.1-12]: an empty payload is not kept; without Retain As Published a subscription sees no retain flag.</summary>
    [Fact]
    public async Task Retained_EmptyPayload_IsNotKept()
    {
        await using var rig = new Rig();
        var client = await rig.Connect5Async();
        await client.SendAsync("82 07 0001 00 0001 'a' 00", "31 04 0001 'a' 00");
        await client.ExpectAsync("90 04 0001 00 00", "30 04 0001 'a' 00");
        Assert.Equal(0, rig.Server.RetainedCount);
    }

    /// <summary>[MQTT-3.3.2-7] [MQTT-3.3.2-9] [MQTT-3.3.2-12]: the greatest alias is taken, a greater one is not, and none lives on after the connection.</summary>
    [Fact]
    public async Task Alias_OfAnEarlierConnection_IsUnknown()
    {
        await using var rig = new Rig();
        var first = rig.Open();
        await first.SendAsync(Resume, "32 0A 0001 'a' 0001 03 23 0010 'x'", "32 09 0000 0002 03 23 0010 'y'");
        await first.ExpectConnackAsync();
        await first.ExpectAsync("40 03 0001 10", "40 03 0002 10");
        await first.SendAsync("E0 00");
        await first.ExpectEndAsync(EndReason.ClientDisconnected);
        var second = rig.Open();
        await second.SendAsync(Resume, "32 09 0000 0003 03 23 0010 'z'");
        await second.ExpectConnackAsync(present: true);
        await second.ExpectEndAsync(EndReason.ProtocolError, "E0 01 82");
        var third = await rig.Connect5Async("q");
        await third.SendAsync("30 08 0001 'a' 03 23 0011 'x'");
        await third.ExpectEndAsync(EndReason.ProtocolError, "E0 01 94");
    }

    /// <summary>
    /// [MQTT-3.10.4-1] [MQTT-3.10.4-2] [MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT-3.10.4-6] [MQTT-3.11.3-1] [MQTT-3.11.3-2]: filters are compared letter by letter,
    /// each has its code in its place, and nothing new comes; [MQTT-3.10.4-3]: what was under way is completed.
    /// </summary>
    [Fact]
    public async Task Unsubscribe_SeveralFilters_AnswersEachAndCompletesWhatIsUnderWay()
    {
        await using var rig = new Rig();
        var client = await rig.Connect5Async();
        await client.SendAsync("82 0B 0001 00 0001 'a' 02 0001 '+' 00");
        await client.ExpectAsync("90 05 0001 00 02 00");
        rig.Server.Publish(new MqttMessage("a", "x"u8.ToArray(), QoS.ExactlyOnce));
        await client.ExpectAsync("34 07 0001 'a' 0001 00 'x'");
        await client.SendAsync("A2 0C 0002 00 0001 '#' 0001 'a' 0001 '+'");
        await client.ExpectAsync("B0 06 0002 00 11 00 00");
        Assert.Equal(0, rig.Server.Publish(new MqttMessage("a", "y"u8.ToArray())));
        await client.SendAsync("50 02 0001");
        await client.ExpectAsync("62 02 0001");
        await client.SendAsync("70 02 0001");
        await client.ExpectNothingElseAsync();
    }

    /// <summary>[MQTT-4.3.2-5] [MQTT-4.3.3-12]: an id that was acknowledged to the end is a new message's, whatever DUP says.</summary>
    [Fact]
    public async Task Publish_IdUsedAgain_IsANewMessage()
    {
        await using var rig = new Rig();
        var client = await rig.Connect5Async();
        await client.SendAsync("32 07 0001 'a' 0001 00 'x'", "3A 07 0001 'a' 0001 00 'x'");
        await client.ExpectAsync("40 03 0001 10", "40 03 0001 10");
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync("3C 07 0001 'a' 0001 00 'x'");
            await client.ExpectAsync("50 02 0001");
            await client.SendAsync("62 02 0001");
            await client.ExpectAsync("70 02 0001");
        }
        Assert.Equal(4L, rig.Server.Counters.PublishesFromClients);
    }

    /// <summary>[MQTT-4.3.3-7] [MQTT-4.3.3-13] [MQTT-4.8.2-4]: a message that was sent is not expired any more, and its exchange goes on to the end.</summary>
    [Fact]
    public async Task Publish_QoS2ExpiredUnderWay_IsCompleted()
    {
        await using var rig = new Rig();
        var subscriber = rig.Open();
        await subscriber.SendAsync(Resume, "82 10 0001 00 000A '$share/g/a' 02");
        await subscriber.ExpectConnackAsync();
        await subscriber.ExpectAsync("90 04 0001 00 02");
        var publisher = await rig.Connect5Async("q");
        await publisher.SendAsync("34 0C 0001 'a' 0001 05 02 00000002 'x'");
        await publisher.ExpectAsync("50 02 0001");
        await publisher.SendAsync("62 02 0001");
        await publisher.ExpectAsync("70 02 0001");
        await subscriber.ExpectAsync("34 0C 0001 'a' 0001 05 02 00000002 'x'");
        rig.Advance(5);
        subscriber.CloseWriting();
        await subscriber.ExpectEndAsync(EndReason.ConnectionLost);
        var again = rig.Open();
        await again.SendAsync(Resume);
        await again.ExpectConnackAsync(present: true);
        Assert.StartsWith("3C", await again.ReadAsync(), StringComparison.Ordinal);
        await again.SendAsync("50 02 0001");
        await again.ExpectAsync("62 02 0001");
    }

    /// <summary>[MQTT-3.2.2-19]: a reason string that would make CONNACK too large is left out.</summary>
    [Fact]
    public async Task Connack_TooLargeWithItsReasonString_GoesWithout()
    {
        await using var rig = new Rig { Authenticate = (_, _) => ValueTask.FromResult(new ConnectDecision(ReasonCode.Success, ReasonString: new string('w', 60))) };
        var client = rig.Open();
        await client.SendAsync("10 13 0004 'MQTT' 05 02 000A 05 27 00000040 0001 'p'");
        Assert.InRange((await client.ExpectConnackAsync()).Length / 2, 5, 64);
    }

    private static async Task ConnectAndLeaveAsync(Rig rig, string connect, bool present, string? subscribe = null)
    {
        var client = rig.Open();
        await client.SendAsync(connect);
        await client.ExpectConnackAsync(present);
        if (subscribe != null)
        {
            await client.SendAsync(subscribe);
            await client.ExpectAsync("90 04 0001 00 01");
        }
        await client.SendAsync("E0 00");
        await client.ExpectEndAsync(EndReason.ClientDisconnected);
    }
}
