namespace B2D.Mqtt.Tests.Server;

/// <summary>
/// The server over in-memory pipes and virtual time. Goal: what goes over the wire and how each connection ends. Method: packets written by hand
/// in, packets compared byte by byte out; every test states the end reason of each connection (the rig checks that there is one).
/// </summary>
public sealed class ServerTests
{
    [Fact]
    public async Task Connect_311_IsAccepted()
    {
        await using var rig = new Rig();
        var client = await rig.Connect311Async();
        Assert.Equal("connected p", await rig.NextEventAsync());
        var request = rig.LastRequest!;
        Assert.Equal(("p", "memory", true, MqttVersion.V311), (request.ClientId, request.Listener, request.CleanStart, request.Version));
        Assert.Null(request.Password);
        Assert.Equal(("someone", true, 1L), (rig.LastSession!.Principal, rig.LastSession.IsConnected, rig.LastSession.ConnectionNumber));
        await client.SendAsync("E0 00");
        await client.ExpectEndAsync(EndReason.ClientDisconnected);
        Assert.Equal("disconnected p ClientDisconnected", await rig.NextEventAsync());
        Assert.Equal(0, rig.Server.SessionCount);
    }

    /// <summary>
    /// §3.2.2.3: 5.0 is told the limits: topic aliases 16, packet size 262,144, receive maximum 1,000; the 40 minutes asked for are capped to 30.
    /// </summary>
    [Fact]
    public async Task Connect_5_IsToldTheLimits()
    {
        await using var rig = new Rig();
        var client = rig.Open();
        await client.SendAsync("10 0E 0004 'MQTT' 05 02 0960 00 0001 'p'");
        await client.ExpectAsync("20 11 00 00 0E 13 0708 22 0010 27 00040000 21 03E8");
        client.CloseWriting();
        await client.ExpectEndAsync(EndReason.ConnectionLost);
    }

    [Fact]
    public async Task Connect_5WithoutClientId_IsGivenOne()
    {
        await using var rig = new Rig();
        var client = rig.Open();
        await client.SendAsync("10 0D 0004 'MQTT' 05 00 000A 00 0000");
        Assert.Contains(Convert.ToHexString("auto-"u8), await client.ExpectConnackAsync(), StringComparison.Ordinal);
        await client.SendAsync("E0 00");
        await client.ExpectEndAsync(EndReason.ClientDisconnected);
    }

    /// <summary>The application's refusal in each version's words: 3.1.1 §3.2.2.3, 5.0 §3.2.2.2.</summary>
    [Theory]
    [InlineData(ReasonCode.BadUserNameOrPassword, "04", "86")]
    [InlineData(ReasonCode.NotAuthorized, "05", "87")]
    [InlineData(ReasonCode.Banned, "05", "8A")]
    [InlineData(ReasonCode.ServerBusy, "03", "89")]
    [InlineData(ReasonCode.ClientIdentifierNotValid, "02", "85")]
    public async Task Connect_Refused_AnswersAndCloses(ReasonCode reason, string code311, string code5)
    {
        await using var rig = new Rig { Authenticate = (_, _) => ValueTask.FromResult(new ConnectDecision(reason, ReasonString: "no")) };
        var old = rig.Open();
        await old.SendAsync("10 0D 0004 'MQTT' 04 02 000A 0001 'p'");
        await old.ExpectEndAsync(EndReason.ConnectRefused, $"20 02 00 {code311}");
        var five = rig.Open();
        await five.SendAsync("10 0E 0004 'MQTT' 05 02 000A 00 0001 'p'");
        await five.ExpectEndAsync(EndReason.ConnectRefused, $"20 08 00 {code5} 05 1F 0002 'no'");
        Assert.False(rig.HasEvents);
        Assert.Equal((2L, 0L), (rig.Server.Counters.ConnectsRefused, rig.Server.Counters.ConnectsAccepted));
    }

    /// <summary>What cannot be served is told so or dropped [MQTT-3.1.2-1] [MQTT-3.1.2-2] [MQTT-3.1.3-8] [MQTT-3.1.0-1].</summary>
    [Theory]
    [InlineData("10 0F 0006 'MQIsdp' 04 02 000A 0001 'p'", EndReason.UnsupportedVersion, "20 02 00 01")]
    [InlineData("10 10 0004 'MQTT' 05 02 000A 02 7F 01 0001 'p'", EndReason.Malformed, "20 03 00 81 00")]
    [InlineData("11 0D 0004 'MQTT' 04 02 000A 0001 'p'", EndReason.Malformed, null)]
    [InlineData("10 0D 0004 'MQTT' 03 02 000A 0001 'p'", EndReason.UnsupportedVersion, "20 02 00 01")]
    [InlineData("10 0E 0004 'MQTT' 06 02 000A 00 0001 'p'", EndReason.UnsupportedVersion, "20 03 00 84 00")]
    [InlineData("10 0C 0004 'MQTT' 04 00 000A 0000", EndReason.ConnectRefused, "20 02 00 02")]
    [InlineData("10 14 0004 'MQTT' 05 02 000A 06 15 0003 'abc' 0001 'p'", EndReason.ConnectRefused, "20 03 00 8C 00")]
    [InlineData("10 10 0004 'MQTT' 05 02 000A 02 17 02 0001 'p'", EndReason.ProtocolError, "20 03 00 82 00")]
    [InlineData("10 0D 0004 'MQTT' 04 03 000A 0001 'p'", EndReason.Malformed, null)]
    [InlineData("10 0C 0003 'MQT' 04 02 000A 0001 'p'", EndReason.NotMqtt, null)]
    [InlineData("'GET / HTTP/1.1'", EndReason.NotMqtt, null)]
    [InlineData("30 04 0001 'a' 'x'", EndReason.NotMqtt, null)]
    [InlineData("10 FFFFFF 7F", EndReason.PacketTooLarge, null)]
    [InlineData("10 FFFFFF FF 7F", EndReason.Malformed, null)]
    public async Task Connect_Wrong_EndsAsTheStandardSays(string packet, EndReason end, string? answer)
    {
        await using var rig = new Rig();
        var client = rig.Open();
        await client.SendAsync(packet);
        await client.ExpectEndAsync(end, answer == null ? [] : [answer]);
        Assert.False(rig.HasEvents);
    }

    [Theory]
    [InlineData("", EndReason.ConnectionLost)]
    [InlineData("10", EndReason.Truncated)]
    [InlineData("10 0D 0004 'MQTT' 04 02 000A 0001", EndReason.Truncated)]
    public async Task Connect_CutOff_EndsWithItsReason(string packet, EndReason end)
    {
        await using var rig = new Rig();
        var client = rig.Open();
        await client.SendAsync(packet);
        client.CloseWriting();
        await client.ExpectEndAsync(end);
    }

    [Fact]
    public async Task Connect_TakesTooLong_IsClosed()
    {
        await using var rig = new Rig();
        var client = rig.Open();
        rig.Advance(10);
        Assert.False(client.Run.IsCompleted);
        rig.Advance(1);
        await client.ExpectEndAsync(EndReason.ConnectTimeout);
    }

    /// <summary>The decision on one client holds nobody else up, and its time is limited too.</summary>
    [Fact]
    public async Task Authenticate_Slow_HoldsNobodyElseUp()
    {
        var decision = new TaskCompletionSource<ConnectDecision>();
        await using var rig = new Rig();
        rig.Authenticate = async (request, cancellation) =>
            request.ClientId == "slow" ? await decision.Task.WaitAsync(cancellation) : new ConnectDecision(ReasonCode.Success);
        var slow = rig.Open();
        await slow.SendAsync("10 10 0004 'MQTT' 04 02 0000 0004 'slow'");
        var other = await rig.Connect311Async("fast");
        await other.ExpectNothingElseAsync();
        rig.Advance(11);
        await slow.ExpectEndAsync(EndReason.ConnectTimeout);
        await other.SendAsync("E0 00");
        await other.ExpectEndAsync(EndReason.ClientDisconnected);
    }

    /// <summary>3.1.1 §3.1.4: a client need not wait for CONNACK before it sends on.</summary>
    [Fact]
    public async Task Connect_WithPacketsBehind_HandlesThemInOrder()
    {
        await using var rig = new Rig();
        var client = rig.Open();
        await client.SendTogetherAsync("10 0D 0004 'MQTT' 04 02 0000 0001 'p'", "82 06 0001 0001 'a' 01", "32 06 0001 'a' 0007 'x'", "C0 00");
        await client.ExpectAsync("20 02 00 00", "90 03 0001 01", "32 06 0001 'a' 0001 'x'", "D0 00", "40 02 0007");
        await client.SendAsync("10 0D 0004 'MQTT' 04 02 0000 0001 'p'");
        await client.ExpectEndAsync(EndReason.ProtocolError); // [MQTT-3.1.0-2]
    }

    [Fact]
    public async Task Connections_AboveTheLimit_AreClosed()
    {
        await using var rig = new Rig(new MqttServerOptions { MaxConnections = 1 });
        var first = await rig.Connect311Async();
        var second = rig.Open();
        await second.ExpectEndAsync(EndReason.TooManyConnections);
        await first.ExpectNothingElseAsync();
        first.Break();
        await first.ExpectEndAsync(EndReason.ConnectionReset);
    }

    [Fact]
    public async Task Sessions_AboveTheLimit_AreRefused()
    {
        await using var rig = new Rig(new MqttServerOptions { MaxSessions = 1 });
        var first = await rig.Connect311Async("a");
        var second = rig.Open();
        await second.SendAsync("10 0D 0004 'MQTT' 04 02 0000 0001 'b'");
        await second.ExpectEndAsync(EndReason.ConnectRefused, "20 02 00 03");
        await first.SendAsync("E0 00");
        await first.ExpectEndAsync(EndReason.ClientDisconnected);
    }

    /// <summary>5.0 clients are told why (§4.13), 3.1.1 clients see the connection close.</summary>
    [Theory]
    [InlineData("00 00", EndReason.Malformed, "E0 01 81")]
    [InlineData("30 05 0003 'a/+' 00", EndReason.Malformed, "E0 01 81")]
    [InlineData("32 07 0001 'a' 0000 00 'x'", EndReason.ProtocolError, "E0 01 82")]
    [InlineData("30 82 80 40", EndReason.PacketTooLarge, "E0 01 95")]
    [InlineData("30 07 0001 'a' 03 23 0011", EndReason.ProtocolError, "E0 01 94")]
    [InlineData("30 06 0000 03 23 0001", EndReason.ProtocolError, "E0 01 82")]
    [InlineData("30 06 0001 'a' 02 0B 01", EndReason.ProtocolError, "E0 01 82")]
    [InlineData("20 02 00 00", EndReason.ProtocolError, "E0 01 82")]
    [InlineData("D0 00", EndReason.ProtocolError, "E0 01 82")]
    [InlineData("F0 00", EndReason.ProtocolError, "E0 01 82")]
    public async Task Packet_Wrong_EndsTheConnection(string packet, EndReason end, string disconnect)
    {
        await using var rig = new Rig();
        var five = await rig.Connect5Async("five");
        await five.SendAsync(packet);
        await five.ExpectEndAsync(end, disconnect);
        Assert.Equal(["connected five", $"disconnected five {end}"], [await rig.NextEventAsync(), await rig.NextEventAsync()]);
    }

    [Fact]
    public async Task Packet_CutOff_EndsTruncated()
    {
        await using var rig = new Rig();
        var client = await rig.Connect5Async();
        await client.SendAsync("30 0A 0001 'a'");
        client.CloseWriting();
        await client.ExpectEndAsync(EndReason.Truncated);
    }

    [Fact]
    public async Task Tick_Silence_EndsWithKeepAlive()
    {
        await using var rig = new Rig();
        var client = rig.Open();
        await client.SendAsync("10 0E 0004 'MQTT' 05 02 000A 00 0001 'p'");
        await client.ExpectConnackAsync();
        rig.Advance(14);
        await client.ExpectNothingElseAsync();
        rig.Advance(15);
        Assert.False(client.Run.IsCompleted);
        rig.Advance(1);
        await client.ExpectEndAsync(EndReason.KeepAliveExpired, "E0 01 8D");
    }

    /// <summary>The server's own stop of a minute is not the clients' silence: the first tick after a gap judges nobody, the second does.</summary>
    [Fact]
    public async Task Tick_AfterAGap_JudgesNoKeepAlive()
    {
        await using var rig = new Rig();
        var client = rig.Open();
        await client.SendAsync("10 0E 0004 'MQTT' 05 02 000A 00 0001 'p'");
        await client.ExpectConnackAsync();
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        rig.Server.Tick(rig.Time.GetUtcNow());
        await client.ExpectNothingElseAsync();
        rig.Advance(10);
        Assert.False(client.Run.IsCompleted);
        rig.Advance(6);
        await client.ExpectEndAsync(EndReason.KeepAliveExpired, "E0 01 8D");
    }

    /// <summary>
    /// [MQTT-3.1.4-3]: the older connection is told and ends before the newer one is accepted, and the application sees it in this order.
    /// </summary>
    [Fact]
    public async Task Connect_SameClientId_TakesOver()
    {
        await using var rig = new Rig();
        var older = await rig.Connect5Async();
        var newer = await rig.Connect5Async();
        await older.ExpectEndAsync(EndReason.TakenOver, "E0 01 8E");
        await newer.ExpectNothingElseAsync();
        Assert.Equal(
            ["connected p", "disconnected p TakenOver", "connected p"],
            [await rig.NextEventAsync(), await rig.NextEventAsync(), await rig.NextEventAsync()]);
        await newer.SendAsync("E0 00");
        await newer.ExpectEndAsync(EndReason.ClientDisconnected);
    }

    [Fact]
    public async Task Disconnect_ByTheApplication_TellsTheClient()
    {
        await using var rig = new Rig();
        var client = await rig.Connect5Async();
        Assert.True(rig.Server.Disconnect("p", ReasonCode.AdministrativeAction));
        await client.ExpectEndAsync(EndReason.Disconnected, "E0 01 98");
        Assert.False(rig.Server.Disconnect("p", ReasonCode.AdministrativeAction));
    }

    [Fact]
    public async Task Stop_Connected_TellsTheClientsAndRefusesNew()
    {
        await using var rig = new Rig();
        var client = await rig.Connect5Async();
        await rig.Server.StopAsync();
        await client.ExpectEndAsync(EndReason.ServerStopped, "E0 01 8B");
        await rig.Open().ExpectEndAsync(EndReason.ServerStopped);
    }

    [Fact]
    public async Task Application_Throws_EndsThatConnectionOnly()
    {
        await using var rig = new Rig { Take = (_, publish) => throw new InvalidCastException(publish.Topic) };
        var other = await rig.Connect311Async("other");
        var client = await rig.Connect5Async();
        await client.SendAsync("30 05 0001 'a' 00 'x'");
        await client.ExpectEndAsync(EndReason.InternalError, "E0 01 83");
        await other.ExpectNothingElseAsync();
        await other.SendAsync("E0 00");
        await other.ExpectEndAsync(EndReason.ClientDisconnected);
    }

    [Fact]
    public void Options_OutOfRange_AllAreNamed()
    {
        var options = new MqttServerOptions { MaxPacketSize = 1, MaxInFlight = 0, ConnectTimeout = TimeSpan.Zero };
        Assert.Equal(
            [
                "MaxPacketSize must be 64 to 268,435,460, but is 1.",
                "ConnectTimeout must be 00:00:01 to 00:05:00, but is 00:00:00.",
                "MaxInFlight must be 1 to 65,000, but is 0.",
            ],
            options.Validate());
        Assert.Empty(new MqttServerOptions().Validate());
    }
}
