using B2D.Bus;
using B2D.Core.Devices;
using B2D.DeviceGateway.Ingest;
using B2D.Mqtt;
using Xunit;
using static B2D.DeviceGateway.Tests.TestGateway;

namespace B2D.DeviceGateway.Tests.Devices;

/// <summary>The gateway behind the real MQTT server, spoken to by the real client over pipes.</summary>
public sealed class GatewayApplicationTests
{
    private const int Limit = 30_000;

    private static string Text(MqttMessage message) => System.Text.Encoding.UTF8.GetString(message.Payload.Span);

    private static MqttMessage Message(string topic, string payload, QoS qos = QoS.AtLeastOnce, bool retain = false) => new(topic, Bytes(payload), qos, retain);

    [Theory(Timeout = Limit)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Publish_NotPumped_IsNotAcknowledgedUntilItIs(MqttVersion version)
    {
        using var gateway = new TestGateway();
        await using var client = await MqttPipe.ConnectAsync(gateway, Pump, o => o with { Version = version });
        gateway.PumpAll();
        gateway.ForgetWork();

        var published = client.PublishAsync(Message("devices/pump/telemetry", """{"ts":1,"a":1}"""));
        await gateway.Work;
        Assert.Equal(1, gateway.Gateway.Counters.QueueDepth());
        Assert.False(published.IsCompleted);

        Assert.Equal(ReasonCode.Success, await gateway.PumpUntilAsync(published));
        Assert.Equal("pump Online Session | pump@1 a=1", gateway.Entered());
    }

    [Fact(Timeout = Limit)]
    public async Task Publish_HalfOfWhatMayWaitIsThere_QoS0IsShedAndCounted_AcknowledgedMessagesAreNot()
    {
        using var gateway = new TestGateway(new GatewayOptions { Port = 0, Ingest = new IngestOptions { MaxWaiting = 4 } });
        await using var client = await MqttPipe.ConnectAsync(gateway, Pump);
        gateway.PumpAll();
        Task Send(int n, QoS qos) => client.PublishAsync(Message("devices/pump/telemetry", $$"""{"ts":{{n}},"a":{{n}}}""", qos));

        var waiting = Task.WhenAll(Send(1, QoS.AtLeastOnce), Send(2, QoS.AtMostOnce), Send(3, QoS.AtMostOnce), Send(4, QoS.AtLeastOnce));
        while (gateway.Gateway.Counters.QueueDepth() < 3)
            await Task.Yield();
        await gateway.PumpUntilAsync(waiting);
        await gateway.PumpUntilAsync(Task.WhenAll(Send(5, QoS.AtMostOnce), Send(6, QoS.AtLeastOnce)));

        Assert.Equal(1, gateway.Gateway.Counters.Shed.Value);
        Assert.Equal("pump Online Session | pump@1 a=1 | pump@2 a=2 | pump@4 a=4 | pump@5 a=5 | pump@6 a=6", gateway.Entered());
    }

    [Theory(Timeout = Limit)]
    [InlineData("pump", "wrong", ReasonCode.BadUserNameOrPassword)]
    [InlineData("nobody", "ydobon", ReasonCode.BadUserNameOrPassword)]
    public async Task Connect_WrongPasswordOrUnknown_SameAnswer(string user, string password, ReasonCode expected)
    {
        using var gateway = new TestGateway();

        var refused = await Assert.ThrowsAsync<MqttConnectException>(
            () => MqttPipe.ConnectAsync(gateway, Pump, o => o with { UserName = user, Password = Bytes(password) }));

        Assert.Equal(expected, refused.Reason);
        gateway.PumpAll();
        Assert.Equal("", gateway.Entered());
        Assert.Equal(1, gateway.Gateway.Counters.BadPasswords.Value);
    }

    [Fact(Timeout = Limit)]
    public async Task Publish_WithoutRight_V5IsToldAndV311IsClosed()
    {
        using var gateway = new TestGateway();
        await using var five = await MqttPipe.ConnectAsync(gateway, Pump);
        await using var three = await MqttPipe.ConnectAsync(gateway, Other, o => o with { Version = MqttVersion.V311 });

        Assert.Equal(ReasonCode.NotAuthorized, await gateway.PumpUntilAsync(five.PublishAsync(Message("devices/other/telemetry", "{}"))));
        await Assert.ThrowsAsync<MqttClosedException>(() => gateway.PumpUntilAsync(three.PublishAsync(Message("devices/pump/telemetry", "{}"))));

        Assert.False(five.Closed.IsCompleted);
        Assert.Equal(2, gateway.Gateway.Counters.NotAuthorized.Value);
        Assert.Equal("", gateway.DeadLetters());
    }

    [Fact(Timeout = Limit)]
    public async Task Subscribe_WithoutRight_IsRefused()
    {
        using var gateway = new TestGateway();
        await using var client = await MqttPipe.ConnectAsync(gateway, Pump);

        var refused = await Assert.ThrowsAsync<MqttRefusedException>(() => client.SubscribeAsync("devices/+/commands/#", QoS.AtLeastOnce));
        Assert.Equal(ReasonCode.NotAuthorized, refused.Reason);
        Assert.Equal(QoS.AtLeastOnce, await client.SubscribeAsync("devices/pump/commands/#", QoS.AtLeastOnce));
    }

    [Theory(Timeout = Limit)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task LogFails_ConnectionEndsWithoutAcknowledgement(MqttVersion version)
    {
        using var gateway = new TestGateway();
        await using var client = await MqttPipe.ConnectAsync(gateway, Pump, o => o with { Version = version });
        gateway.PumpAll();
        gateway.Log.Failure = "disk full";

        // An acknowledgement of any reason would complete the task instead.
        await Assert.ThrowsAsync<MqttClosedException>(() => gateway.PumpUntilAsync(client.PublishAsync(Message("devices/pump/telemetry", """{"ts":1}"""))));

        gateway.Log.Failure = null;
        await using var again = await MqttPipe.ConnectAsync(gateway, Pump, o => o with { Version = version });
        Assert.Equal(ReasonCode.Success, await gateway.PumpUntilAsync(again.PublishAsync(Message("devices/pump/telemetry", """{"ts":1}"""))));
        Assert.Equal("pump Online Session | pump Online Session | pump@1 ", gateway.Entered());
    }

    [Fact(Timeout = Limit)]
    public async Task LogFails_OnTheWire_DisconnectAndNoPuback()
    {
        using var gateway = new TestGateway();
        await using var raw = MqttPipe.Raw(gateway);
        // CONNECT 5.0, clean start, user name and password, no keep-alive, no properties, client id, user "pump", password "pmup".
        await raw.SendAsync([0x10, 29, 0, 4, .. "MQTT"u8, 5, 0xC2, 0, 0, 0, 0, 4, .. "pump"u8, 0, 4, .. "pump"u8, 0, 4, .. "pmup"u8]);
        gateway.Log.Failure = "disk full";
        // PUBLISH QoS 1, packet id 7, no properties.
        await raw.SendAsync([0x32, 27, 0, 22, .. "devices/pump/telemetry"u8, 0, 7, 0]);

        var answered = raw.ReadToEndAsync();
        await gateway.PumpUntilAsync(answered);

        var bytes = await answered;
        Assert.Equal(0x20, bytes[0]);
        // CONNACK, then DISCONNECT 0x88 (server unavailable), then nothing.
        Assert.Equal([0xE0, 0x01, 0x88], bytes[(2 + bytes[1])..]);
    }

    [Fact(Timeout = Limit)]
    public async Task TakeOver_OldConnectionWithWill_WritesNoOffline()
    {
        using var gateway = new TestGateway();
        var will = Message("devices/pump/status", "offline", retain: true);
        var first = await MqttPipe.ConnectAsync(gateway, Pump, o => o with { Will = will });
        await gateway.PumpUntilAsync(first.PublishAsync(Message("devices/pump/status", "online", retain: true)));

        await using var second = await MqttPipe.ConnectAsync(gateway, Pump, o => o with { Will = will });
        Assert.Equal(EndReason.TakenOver, await first.Closed);
        await gateway.PumpUntilAsync(second.PublishAsync(Message("devices/pump/telemetry", """{"ts":1}""")));

        Assert.Equal("pump Online Session | pump Online StatusTopic | pump Online Session | pump@1 ", gateway.Entered());
        var retained = new TaskCompletionSource<string>();
        await using var third = await MqttPipe.ConnectAsync(gateway, Pump, o => o with { ClientId = "watch", OnMessage = m => retained.TrySetResult(Text(m)) });
        await third.SubscribeAsync("devices/pump/status", QoS.AtLeastOnce);
        Assert.Equal("online", await retained.Task);
    }

    [Fact(Timeout = Limit)]
    public async Task ConnectionLost_WillIsWrittenAndRetained()
    {
        using var gateway = new TestGateway();
        var lost = await MqttPipe.ConnectAsync(gateway, Pump, o => o with { Will = Message("devices/pump/status", "offline", retain: true) });
        gateway.PumpAll();
        gateway.ForgetWork();
        lost.Abort();
        await lost.Closed;
        await gateway.Work;
        var retained = new TaskCompletionSource<string>();
        await using var watch = await MqttPipe.ConnectAsync(gateway, Pump, o => o with { OnMessage = m => retained.TrySetResult(Text(m)) });
        await watch.SubscribeAsync("devices/pump/#", QoS.AtLeastOnce);

        Assert.Equal("offline", await gateway.PumpUntilAsync(retained.Task));
        Assert.StartsWith("pump Online Session | pump Offline Session | pump Offline Will", gateway.Entered(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task ClientId_OfAnotherDevice_DoesNotReachItsSession()
    {
        using var gateway = new TestGateway();
        await using var pump = await MqttPipe.ConnectAsync(gateway, Pump);
        await using var other = await MqttPipe.ConnectAsync(gateway, Other, o => o with { ClientId = "pump", CleanStart = false });

        Assert.Equal(ReasonCode.Success, await gateway.PumpUntilAsync(pump.PublishAsync(Message("devices/pump/telemetry", "{}"))));
        Assert.Equal("other/pump", other.ClientId);
        Assert.False(pump.Closed.IsCompleted);
        Assert.Equal(2, gateway.Gateway.ConnectedDevices);
    }

    [Fact(Timeout = Limit)]
    public async Task Command_OverMqtt_IsDeliveredByPuback()
    {
        using var gateway = new TestGateway();
        var received = new TaskCompletionSource<MqttMessage>();
        await using var client = await MqttPipe.ConnectAsync(gateway, Hub, o => o with { OnMessage = m => received.TrySetResult(m) });
        await client.SubscribeAsync("devices/child-1/commands/#", QoS.AtLeastOnce);
        gateway.Commands.Send(new DeviceCommand("c9", Child1, Bytes("""{"command":"restart"}""")));

        var message = await gateway.PumpUntilAsync(received.Task);
        Assert.Equal(("devices/child-1/commands/c9", QoS.AtLeastOnce), (message.Topic, message.QoS));
        await gateway.PumpUntilAsync(client.PublishAsync(Message("devices/child-1/commands/c9/reply", """{"status":"ok"}""")));

        Assert.Equal("hub Online Session | child-1 has c9 | child-1 answers c9 Ok", gateway.Entered());
    }

    [Fact(Timeout = Limit)]
    public async Task SlowLog_ConnectionIsNotReadBeyondItsLimit_AndNothingIsLost()
    {
        var options = new GatewayOptions { Port = 0, Mqtt = new() { MaxInboundBacklogMessages = 10 }, Ingest = new() { MaxBatch = 5 } };
        using var gateway = new TestGateway(options, entries: new EntryQueue(4));
        await using var client = await MqttPipe.ConnectAsync(gateway, Pump, o => o with { MaxInFlight = 1_000 });
        var most = 0;
        gateway.Log.Appending = () => most = Math.Max(most, gateway.Gateway.Counters.QueueDepth());

        var published = Enumerable.Range(1, 500).Select(i => client.PublishAsync(
            Message("devices/pump/telemetry", $$"""{"ts":{{i}},"a":1}""", i % 3 == 0 ? QoS.AtMostOnce : QoS.AtLeastOnce))).ToArray();
        await gateway.PumpUntilAsync(Task.WhenAll(published));
        // QoS 0 has no answer; a last QoS 1 message is behind all of them.
        await gateway.PumpUntilAsync(client.PublishAsync(Message("devices/pump/telemetry", """{"ts":501,"a":1}""")));

        Assert.InRange(most, 1, 11);
        Assert.Equal("pump Online Session | " + string.Join(" | ", Enumerable.Range(1, 501).Select(i => $"pump@{i} a=1")), gateway.Entered());
    }

    [Fact(Timeout = Limit)]
    public async Task Stop_ConnectedDevices_AreToldAndNotWrittenOffline()
    {
        using var gateway = new TestGateway();
        var client = await MqttPipe.ConnectAsync(gateway, Pump, o => o with { Will = Message("devices/pump/status", "offline", retain: true) });
        gateway.PumpAll();

        await gateway.PumpUntilAsync(gateway.Gateway.CloseConnectionsAsync());
        gateway.Gateway.Stop();

        await client.Closed;
        Assert.Equal("pump Online Session", gateway.Entered());
        var refused = await Assert.ThrowsAsync<MqttConnectException>(() => MqttPipe.ConnectAsync(gateway, Pump));
        Assert.NotEqual(ReasonCode.Success, refused.Reason);
    }
}
