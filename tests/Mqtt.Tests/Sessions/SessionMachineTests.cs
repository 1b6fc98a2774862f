using B2D.Mqtt.Packets;
using B2D.Mqtt.Sessions;

namespace B2D.Mqtt.Tests.Sessions;

public sealed class SessionMachineTests
{
    private static readonly Will Will = new(new MqttMessage("w", new byte[] { 1 }), 0);

    private static readonly Dictionary<string, Func<Machine, string>> Events = new(StringComparer.Ordinal)
    {
        ["PUBLISH 0"] = m => m.Publish(m.Message(QoS.AtMostOnce, 0)),
        ["PUBLISH 1"] = m => m.Publish(m.Message(QoS.AtLeastOnce, 5)),
        ["PUBLISH 2"] = m => m.Publish(m.Message(QoS.ExactlyOnce, 5)),
        ["PUBLISH 0 refused"] = m => m.Publish(m.Message(QoS.AtMostOnce, 0), ReasonCode.NotAuthorized),
        ["PUBLISH 1 refused"] = m => m.Publish(m.Message(QoS.AtLeastOnce, 5), ReasonCode.NotAuthorized),
        ["PUBLISH 2 refused"] = m => m.Publish(m.Message(QoS.ExactlyOnce, 5), ReasonCode.NotAuthorized),
        ["PUBACK unknown"] = m => m.Ack(PacketType.Puback, 9),
        ["PUBREC unknown"] = m => m.Ack(PacketType.Pubrec, 9),
        ["PUBREC failed unknown"] = m => m.Ack(PacketType.Pubrec, 9, ReasonCode.UnspecifiedError),
        ["PUBREL unknown"] = m => m.Ack(PacketType.Pubrel, 9),
        ["PUBCOMP unknown"] = m => m.Ack(PacketType.Pubcomp, 9),
        ["SUBSCRIBE"] = m => m.Subscribe(Machine.Entry("a")),
        ["SUBSCRIBE refused"] = m => m.Subscribe(ReasonCode.NotAuthorized, 100, Machine.Entry("a")),
        ["UNSUBSCRIBE"] = m => m.Unsubscribe("a"),
        ["PINGREQ"] = m => m.Ping(),
        ["DISCONNECT"] = m => m.Disconnect(),
        ["DISCONNECT 4"] = m => m.Disconnect(ReasonCode.DisconnectWithWill),
        ["message 0"] = m => m.Deliver("t", QoS.AtMostOnce),
        ["message 1"] = m => m.Deliver("t", QoS.AtLeastOnce),
        ["message 2"] = m => m.Deliver("t", QoS.ExactlyOnce),
        ["completed"] = m => m.Completed(),
        ["writable"] = m => m.Drain(),
        ["tick"] = m => m.Tick(),
        ["lost"] = m => m.Disconnected(EndReason.ConnectionLost),
        ["end"] = m => m.End(),
    };

    /// <summary>Every event in every state. Reading a column is reading what that state does.</summary>
    [Theory]
    [InlineData("PUBLISH 0", "dispatch t", "dispatch t", "", "")]
    [InlineData("PUBLISH 1", "dispatch t", "dispatch t", "", "")]
    [InlineData("PUBLISH 2", "dispatch t", "dispatch t", "", "")]
    [InlineData("PUBLISH 0 refused", "", "close NotAuthorized NotAuthorized", "", "")]
    [InlineData("PUBLISH 1 refused", "Puback 5 NotAuthorized", "close NotAuthorized NotAuthorized", "", "")]
    [InlineData("PUBLISH 2 refused", "Pubrec 5 NotAuthorized", "close NotAuthorized NotAuthorized", "", "")]
    [InlineData("PUBACK unknown", "", "", "", "")]
    [InlineData("PUBREC unknown", "Pubrel 9 PacketIdentifierNotFound", "Pubrel 9 PacketIdentifierNotFound", "", "")]
    [InlineData("PUBREC failed unknown", "", "", "", "")]
    [InlineData("PUBREL unknown", "Pubcomp 9 PacketIdentifierNotFound", "Pubcomp 9 PacketIdentifierNotFound", "", "")]
    [InlineData("PUBCOMP unknown", "", "", "", "")]
    [InlineData("SUBSCRIBE", "Suback 1 GrantedQoS1; subscribed a with retained", "Suback 1 GrantedQoS1; subscribed a with retained", "", "")]
    [InlineData("SUBSCRIBE refused", "Suback 1 NotAuthorized", "Suback 1 NotAuthorized", "", "")]
    [InlineData("UNSUBSCRIBE", "Unsuback 2 NoSubscriptionExisted", "Unsuback 2 NoSubscriptionExisted", "", "")]
    [InlineData("PINGREQ", "Pingresp", "Pingresp", "", "")]
    [InlineData("DISCONNECT", "close ClientDisconnected", "close ClientDisconnected", "", "")]
    [InlineData("DISCONNECT 4", "close ClientDisconnectedWithWill", "close ClientDisconnectedWithWill", "", "")]
    [InlineData("message 0", "Publish t", "Publish t", "dropped", "dropped")]
    [InlineData("message 1", "Publish t 1", "Publish t 1", "", "dropped")]
    [InlineData("message 2", "Publish t 1", "Publish t 1", "", "dropped")]
    [InlineData("completed", "", "", "", "")]
    [InlineData("writable", "", "", "", "")]
    [InlineData("tick", "", "", "", "")]
    [InlineData("lost", "end", "end", "", "")]
    [InlineData("end", "end", "end", "end", "")]
    public void Step_EveryEventInEveryState_HasItsEffects(string name, string online5, string online311, string kept, string ended)
    {
        Assert.Equal((online5, online311, kept, ended), (Of(Machine.Online(Machine.V5)), Of(Machine.Online(Machine.V311)), Of(Kept()), Of(Ended())));
        string Of(Machine machine) => Events[name](machine);
    }

    [Fact]
    public void Step_Events_AreAllInTheTable()
    {
        var method = typeof(SessionMachineTests).GetMethod(nameof(Step_EveryEventInEveryState_HasItsEffects))!;
        var data = method.GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>();
        var rows = data.Select(a => (string)a.GetData(method).Single()[0]);
        Assert.Equal(Events.Keys.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(RetainHandling.Send, true, true)]
    [InlineData(RetainHandling.SendIfNew, true, false)]
    [InlineData(RetainHandling.DoNotSend, false, false)]
    internal void Subscribe_RetainHandling_DecidesWhetherRetainedFollow(RetainHandling handling, bool first, bool again)
    {
        var machine = Machine.Online(Machine.V5);
        Assert.Equal("Suback 1 GrantedQoS1; subscribed a" + (first ? " with retained" : ""), machine.Subscribe(Machine.Entry("a", retain: handling)));
        Assert.Equal("Suback 1 GrantedQoS1; subscribed a" + (again ? " with retained" : ""), machine.Subscribe(Machine.Entry("a", retain: handling)));
    }

    /// <summary>§4.8.2: no retained messages for shared subscriptions.</summary>
    [Fact]
    public void Subscribe_Shared_SendsNoRetained() =>
        Assert.Equal("Suback 1 GrantedQoS1; subscribed a", Machine.Online(Machine.V5).Subscribe(Machine.Entry("$share/g/a")));

    [Fact]
    public void Subscribe_Limit_RefusesNewAndReplacesOld()
    {
        var machine = Machine.Online(Machine.V5);
        Assert.Equal(
            "Suback 1 GrantedQoS1,QuotaExceeded; subscribed a with retained",
            machine.Subscribe(ReasonCode.Success, 1, Machine.Entry("a"), Machine.Entry("b")));
        Assert.Equal(
            "Suback 1 GrantedQoS2; subscribed a with retained", machine.Subscribe(ReasonCode.Success, 1, Machine.Entry("a", QoS.ExactlyOnce)));
        Assert.Equal("unsubscribed a; Unsuback 2 Success,NoSubscriptionExisted", machine.Unsubscribe("a", "b"));
    }

    /// <summary>[MQTT-3.1.2-22]: one and a half times the keep-alive, and not a moment earlier.</summary>
    [Fact]
    public void Tick_Silence_ClosesAfterOneAndAHalfKeepAlives()
    {
        var machine = Machine.Online(Machine.V5 with { KeepAlive = 10 });
        Assert.Equal("", machine.After(15));
        Assert.Equal("close KeepAliveExpired KeepAliveTimeout", machine.After(1));
        machine.Session.LastHeard = machine.Now;
        Assert.Equal("", machine.After(15));
        Assert.Equal("", Machine.Online(Machine.V5).After(1_000_000));
    }

    /// <summary>Which ends publish the will [MQTT-3.1.2-8] [MQTT-3.14.4-3]; a stopping server leaves wills alone (§3.1.2.5).</summary>
    [Theory]
    [InlineData(EndReason.ClientDisconnected, "end")]
    [InlineData(EndReason.ClientDisconnectedWithWill, "will w; end")]
    [InlineData(EndReason.ConnectionLost, "will w; end")]
    [InlineData(EndReason.KeepAliveExpired, "will w; end")]
    [InlineData(EndReason.TakenOver, "will w; end")]
    [InlineData(EndReason.ProtocolError, "will w; end")]
    [InlineData(EndReason.Malformed, "will w; end")]
    [InlineData(EndReason.Disconnected, "will w; end")]
    [InlineData(EndReason.ServerStopped, "end")]
    public void Disconnected_Will_DependsOnTheEnd(EndReason reason, string effects) =>
        Assert.Equal(effects, Machine.Online(Machine.V5 with { Will = Will }).Disconnected(reason));

    /// <summary>[MQTT-3.1.3-9]: the will waits for its delay or the session's end, whichever is first, and a client that is back cancels it.</summary>
    [Fact]
    public void Tick_WillDelay_PublishesWhenItIsOver()
    {
        var terms = Machine.Kept(Machine.V5) with { Will = Will with { DelaySeconds = 10 } };
        var machine = Machine.Online(terms);
        Assert.Equal("", machine.Disconnected(EndReason.ConnectionLost));
        Assert.Equal("", machine.After(9));
        Assert.Equal("will w", machine.After(1));
        Assert.Equal("", machine.After(50));

        machine.Connect(terms);
        machine.Disconnected(EndReason.ConnectionLost);
        machine.After(9);
        machine.Connect(Machine.Kept(Machine.V5));
        Assert.Equal("", machine.After(5));

        var shortLived = Machine.Online(terms with { SessionExpiry = 5 });
        shortLived.Disconnected(EndReason.ConnectionLost);
        Assert.Equal("will w; end", shortLived.After(5));
    }

    /// <summary>§3.1.2.11.2: the session outlives its connection by its expiry.</summary>
    [Fact]
    public void Tick_SessionExpiry_EndsTheSession()
    {
        var machine = Machine.Online(Machine.V5 with { SessionExpiry = 60 });
        Assert.Equal("", machine.Disconnected(EndReason.ConnectionLost));
        Assert.Equal("", machine.After(59));
        Assert.Equal("end", machine.After(1));
        Assert.Equal("", machine.After(1));
        Assert.Equal("dropped", machine.Deliver("t", QoS.AtLeastOnce));
    }

    /// <summary>[MQTT-3.14.2-2]: DISCONNECT may change the expiry, but not from 0 to more; the server's limit holds.</summary>
    [Fact]
    public void Disconnect_SessionExpiry_IsTakenOver()
    {
        Assert.Equal("close ProtocolError ProtocolError", Machine.Online(Machine.V5).Disconnect(expiry: 5));
        var machine = Machine.Online(Machine.V5 with { SessionExpiry = 60 });
        Assert.Equal("close ClientDisconnected", machine.Disconnect(expiry: 5000));
        Assert.Equal(1000u, machine.Session.ExpirySeconds);
        Assert.Equal("close ClientDisconnected", machine.Disconnect(expiry: 0));
        Assert.Equal("end", machine.Disconnected(EndReason.ClientDisconnected));
    }

    private static Machine Kept()
    {
        var machine = Machine.Online(Machine.Kept(Machine.V5));
        Assert.Equal("", machine.Disconnected(EndReason.ConnectionLost));
        return machine;
    }

    private static Machine Ended()
    {
        var machine = Kept();
        Assert.Equal("end", machine.End());
        return machine;
    }
}
