namespace B2D.Mqtt.Tests.Server;

/// <summary>MQTT 3.1, which old firmware in the field still speaks: served as 3.1.1 is, but for what that version did not know.</summary>
public sealed class OldProtocolTests
{
    /// <summary>MQTT 3.1 §2.1: DUP, QoS and RETAIN mean nothing in CONNECT, and DUP may be set where a packet is sent again.</summary>
    [Fact]
    public async Task Connect_31_FlagsMeanNothing()
    {
        await using var rig = new Rig();
        var client = rig.Open();
        await client.SendAsync("14 0F 0006 'MQIsdp' 03 03 000A 0001 'p'");
        await client.ExpectAsync("20 02 00 00");
        await client.SendAsync("8A 06 0001 0001 'a' 01");
        await client.ExpectAsync("90 03 0001 01");
        await client.SendAsync("34 06 0001 'b' 0002 'x'");
        await client.ExpectAsync("50 02 0002");
        await client.SendAsync("6A 02 0002");
        await client.ExpectAsync("70 02 0002");
        await client.SendAsync("E0 00");
        await client.ExpectEndAsync(EndReason.ClientDisconnected);
    }

    /// <summary>MQTT 3.1 §3.2: the byte before the return code is reserved; session present came with 3.1.1.</summary>
    [Fact]
    public async Task Connect_31Again_SaysNothingOfTheSession()
    {
        await using var rig = new Rig();
        for (var i = 0; i < 2; i++)
        {
            var client = rig.Open();
            await client.SendAsync("10 0F 0006 'MQIsdp' 03 00 000A 0001 'p'");
            await client.ExpectAsync("20 02 00 00");
            await client.SendAsync("E0 00");
            await client.ExpectEndAsync(EndReason.ClientDisconnected);
        }
        Assert.Equal(1, rig.Server.SessionCount);
    }

    /// <summary>MQTT 3.1 §3.1: a client id has 1 to 23 characters; longer ones are taken as 3.1.1 lets a server do.</summary>
    [Theory]
    [InlineData("10 0E 0006 'MQIsdp' 03 02 000A 0000", "20 02 00 02", false)]
    [InlineData("10 26 0006 'MQIsdp' 03 02 000A 0018 '123456789012345678901234'", "20 02 00 00", true)]
    public async Task Connect_31_NeedsAClientId(string connect, string connack, bool accepted)
    {
        await using var rig = new Rig();
        var client = rig.Open();
        await client.SendAsync(connect);
        await client.ExpectAsync(connack);
        if (accepted)
            await client.SendAsync("E0 00");
        await client.ExpectEndAsync(accepted ? EndReason.ClientDisconnected : EndReason.ConnectRefused);
    }

    /// <summary>
    /// Mosquitto's bridges set the highest bit of the level, 3.1 as 3.1.1: what they publish does not come back, and retained messages say that they are.
    /// </summary>
    [Theory]
    [InlineData("10 0D 0004 'MQTT' 84 02 0000 0001 'b'")]
    [InlineData("10 0F 0006 'MQIsdp' 83 02 0000 0001 'b'")]
    public async Task Connect_Bridge_HasNoEchoAndTheRetainFlag(string connect)
    {
        await using var rig = new Rig();
        var bridge = rig.Open();
        await bridge.SendAsync(connect);
        await bridge.ExpectAsync("20 02 00 00");
        await bridge.SendAsync("82 06 0001 0001 '#' 00");
        await bridge.ExpectAsync("90 03 0001 00");
        await bridge.SendAsync("30 04 0001 'a' 'x'");
        var other = await rig.Connect311Async("other");
        await other.SendAsync("31 04 0001 'a' 'y'");
        await bridge.ExpectAsync("31 04 0001 'a' 'y'");
        await bridge.ExpectNothingElseAsync();
        await bridge.SendAsync("E0 00");
        await bridge.ExpectEndAsync(EndReason.ClientDisconnected);
        await other.SendAsync("E0 00");
        await other.ExpectEndAsync(EndReason.ClientDisconnected);
    }

    /// <summary>A level that nobody knows, with that bit: refused in words that the bridge understands.</summary>
    [Fact]
    public async Task Connect_BridgeOfAnUnknownVersion_IsRefusedInTheOldForm()
    {
        await using var rig = new Rig();
        var client = rig.Open();
        await client.SendAsync("10 0D 0004 'MQTT' 89 02 000A 0001 'p'");
        await client.ExpectEndAsync(EndReason.UnsupportedVersion, "20 02 00 01");
    }

    /// <summary>5.0 §3.3.4: a peer with too many messages under way can still send what it owes, and reads why it was cut off.</summary>
    [Fact]
    public async Task Publish_BeyondReceiveMaximum_IsToldAndHeardOut()
    {
        await using var rig = new Rig(new MqttServerOptions { ReceiveMaximum = 1 });
        var client = rig.Open();
        await client.SendAsync("10 0E 0004 'MQTT' 05 02 000A 00 0001 'p'");
        await client.ExpectConnackAsync();
        await client.SendAsync("34 07 0001 'a' 0001 00 'x'");
        await client.ExpectAsync("50 02 0001");
        await client.SendAsync("34 07 0001 'a' 0002 00 'x'");
        await client.ExpectAsync("E0 01 93");
        await client.SendAsync("62 02 0001");
        Assert.False(client.Run.IsCompleted);
        client.CloseWriting();
        await client.ExpectEndAsync(EndReason.ReceiveMaximumExceeded);
    }

    /// <summary>The same peer, which never closes: the connection is cut after the time it has for its last bytes, 2 s.</summary>
    [Fact]
    public async Task Publish_BeyondReceiveMaximumAndStaying_IsCut()
    {
        await using var rig = new Rig(new MqttServerOptions { ReceiveMaximum = 1 });
        var client = rig.Open();
        await client.SendAsync("10 0E 0004 'MQTT' 05 02 0000 00 0001 'p'");
        await client.ExpectConnackAsync();
        await client.SendTogetherAsync("34 07 0001 'a' 0001 00 'x'", "34 07 0001 'a' 0002 00 'x'", "C0 00");
        // Together: what would have been acknowledged comes after DISCONNECT, so it does not come at all [MQTT-3.14.4-1].
        await client.ExpectAsync("E0 01 93");
        rig.Advance(1);
        Assert.False(client.Run.IsCompleted);
        rig.Advance(3);
        Assert.Equal(EndReason.ReceiveMaximumExceeded, await client.Run.WaitAsync(Rig.Patience));
    }
}
