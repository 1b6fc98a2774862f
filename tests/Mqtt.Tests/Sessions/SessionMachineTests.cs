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
        Assert.Equal((online5, online311, kept, ended), (Of(Online(Machine.V5)), Of(Online(Machine.V311)), Of(Kept()), Of(Ended())));
        string Of(Machine machine) => Events[name](machine);
    }

    [Fact]
    public void Step_Events_AreAllInTheTable()
    {
        var method = typeof(SessionMachineTests).GetMethod(nameof(Step_EveryEventInEveryState_HasItsEffects))!;
        var rows = method.GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>().Select(a => (string)a.GetData(method).Single()[0]);
        Assert.Equal(Events.Keys.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    /// <summary>[MQTT-4.6.0-2]: acknowledgements leave in the order of the messages, whatever order the application finishes in.</summary>
    [Fact]
    public void Completed_OutOfOrder_AcknowledgesInOrder()
    {
        var machine = Online(Machine.V5);
        var messages = new[] { machine.Message(QoS.AtLeastOnce, 1), machine.Message(QoS.ExactlyOnce, 2), machine.Message(QoS.AtLeastOnce, 3) };
        foreach (var message in messages)
            machine.Publish(message);
        messages[2].Complete();
        Assert.Equal("", machine.Completed());
        messages[0].Complete();
        Assert.Equal("Puback 1", machine.Completed());
        messages[1].Complete();
        Assert.Equal("Pubrec 2; Puback 3", machine.Completed());
        Assert.Equal(1, machine.Session.Inbound.Outstanding);
    }

    /// <summary>[MQTT-4.3.3-10]: a repetition before PUBREL is not handed on again; after PUBREL the id is a new message.</summary>
    [Fact]
    public void Publish_QoS2Repeated_DispatchesOnce()
    {
        var machine = Online(Machine.V5);
        var first = machine.Message(QoS.ExactlyOnce, 7);
        Assert.Equal("dispatch t", machine.Publish(first));
        Assert.Equal("", machine.Publish(machine.Message(QoS.ExactlyOnce, 7)));
        first.Complete();
        Assert.Equal("Pubrec 7", machine.Completed());
        Assert.Equal("Pubrec 7", machine.Publish(machine.Message(QoS.ExactlyOnce, 7)));
        Assert.Equal("Pubcomp 7", machine.Ack(PacketType.Pubrel, 7));
        Assert.Equal("dispatch t", machine.Publish(machine.Message(QoS.ExactlyOnce, 7)));
    }

    /// <summary>§4.1: QoS 2 ids are session state. A message completed after its connection is gone is not dispatched again on the next one.</summary>
    [Fact]
    public void Publish_QoS2CompletedBetweenConnections_IsAnsweredOnTheNext()
    {
        var machine = Online(Machine.Kept(Machine.V5));
        var first = machine.Message(QoS.ExactlyOnce, 7);
        machine.Publish(first);
        machine.Disconnected(EndReason.ConnectionLost);
        first.Complete();
        machine.Connect(Machine.Kept(Machine.V5));
        Assert.Equal("Pubrec 7", machine.Publish(machine.Message(QoS.ExactlyOnce, 7)));
    }

    [Fact]
    public void Publish_QoS2CompletedOnTheNextConnection_IsAnsweredThere()
    {
        var machine = Online(Machine.Kept(Machine.V5));
        var first = machine.Message(QoS.ExactlyOnce, 7);
        machine.Publish(first);
        machine.Disconnected(EndReason.ConnectionLost);
        machine.Connect(Machine.Kept(Machine.V5));
        Assert.Equal("", machine.Publish(machine.Message(QoS.ExactlyOnce, 7)));
        first.Complete();
        Assert.Equal("Pubrec 7", machine.Completed());
    }

    /// <summary>[MQTT-4.3.3-9]: after a PUBREC with a failure the id is free, and the message may come again.</summary>
    [Fact]
    public void Publish_QoS2Failed_IsANewMessageNextTime()
    {
        var machine = Online(Machine.V5);
        var first = machine.Message(QoS.ExactlyOnce, 7);
        machine.Publish(first);
        first.Complete(ReasonCode.QuotaExceeded);
        Assert.Equal("Pubrec 7 QuotaExceeded", machine.Completed());
        Assert.Equal("dispatch t", machine.Publish(machine.Message(QoS.ExactlyOnce, 7)));
    }

    /// <summary>3.1.1 §3.3.5: a server that does not accept a message acknowledges it or closes; it does not say no.</summary>
    [Fact]
    public void Completed_FailureFor311_Closes()
    {
        var machine = Online(Machine.V311);
        var message = machine.Message(QoS.AtLeastOnce, 1);
        machine.Publish(message);
        message.Complete(ReasonCode.QuotaExceeded);
        Assert.Equal("close PublishRefused QuotaExceeded", machine.Completed());
    }

    [Fact]
    public void Complete_Twice_Throws()
    {
        var message = new Machine().Message(QoS.AtLeastOnce, 1);
        message.Complete();
        Assert.Throws<InvalidOperationException>(() => message.Complete());
    }

    /// <summary>[MQTT-3.3.4-9]: QoS 1 counts until PUBACK, QoS 2 until PUBCOMP; QoS 0 and 3.1.1 are not limited.</summary>
    [Fact]
    public void Publish_AboveReceiveMaximum_Closes()
    {
        var machine = Online(Machine.V5 with { FromClientWindow = 2 });
        var exactly = machine.Message(QoS.ExactlyOnce, 1);
        machine.Publish(exactly);
        var least = machine.Message(QoS.AtLeastOnce, 2);
        machine.Publish(least);
        Assert.Equal("dispatch t", machine.Publish(machine.Message(QoS.AtMostOnce, 0)));
        exactly.Complete();
        machine.Completed();
        Assert.Equal("close ReceiveMaximumExceeded ReceiveMaximumExceeded", machine.Publish(machine.Message(QoS.AtLeastOnce, 3)));
        least.Complete();
        machine.Completed();
        Assert.Equal("dispatch t", machine.Publish(machine.Message(QoS.AtLeastOnce, 3)));
        Assert.Equal("close ReceiveMaximumExceeded ReceiveMaximumExceeded", machine.Publish(machine.Message(QoS.AtLeastOnce, 4)));
        machine.Ack(PacketType.Pubrel, 1);
        Assert.Equal("dispatch t", machine.Publish(machine.Message(QoS.AtLeastOnce, 4)));
    }

    [Fact]
    public void Acknowledge_QoS1And2_ReportsTheTagOnceDone()
    {
        var machine = Online(Machine.V5);
        Assert.Equal("Publish t 1", machine.Deliver("t", QoS.AtLeastOnce, "one"));
        Assert.Equal("Publish t 2", machine.Deliver("t", QoS.ExactlyOnce, "two"));
        Assert.Equal("", machine.Ack(PacketType.Pubrec, 1));
        Assert.Equal("", machine.Ack(PacketType.Puback, 2));
        Assert.Equal("delivered one", machine.Ack(PacketType.Puback, 1));
        Assert.Equal("", machine.Ack(PacketType.Pubcomp, 2));
        Assert.Equal("Pubrel 2", machine.Ack(PacketType.Pubrec, 2));
        Assert.Equal("Pubrel 2", machine.Ack(PacketType.Pubrec, 2));
        Assert.Equal("delivered two", machine.Ack(PacketType.Pubcomp, 2));
        Assert.Equal(0, machine.Session.Outbound.InFlight);
    }

    [Fact]
    public void Acknowledge_Failure_EndsWithoutDelivered()
    {
        var machine = Online(Machine.V5);
        machine.Deliver("t", QoS.AtLeastOnce, "one");
        machine.Deliver("t", QoS.ExactlyOnce, "two");
        Assert.Equal("", machine.Ack(PacketType.Puback, 1, ReasonCode.NotAuthorized));
        Assert.Equal("", machine.Ack(PacketType.Pubrec, 2, ReasonCode.NotAuthorized));
        Assert.Equal(0, machine.Session.Outbound.InFlight);
    }

    /// <summary>[MQTT-3.3.4-7] [MQTT-3.3.4-8]: never more under way than the client's receive maximum, the rest in order; and QoS 0 does not overtake.</summary>
    [Fact]
    public void Deliver_WindowFull_QueuesInOrder()
    {
        var machine = Online(Machine.V5 with { ToClientWindow = 2 });
        Assert.Equal("Publish a 1", machine.Deliver("a", QoS.AtLeastOnce));
        Assert.Equal("Publish b 2", machine.Deliver("b", QoS.AtLeastOnce));
        Assert.Equal("", machine.Deliver("c", QoS.AtLeastOnce));
        Assert.Equal("", machine.Deliver("d", QoS.AtMostOnce));
        Assert.Equal("", machine.Deliver("e", QoS.AtLeastOnce));
        Assert.Equal("Publish c 3; Publish d", machine.Ack(PacketType.Puback, 1));
        Assert.Equal("Publish e 4", machine.Ack(PacketType.Puback, 2));
    }

    [Fact]
    public void Deliver_TransportFull_QueuesUntilItDrains()
    {
        var machine = Online(Machine.V5);
        machine.Writable = false;
        Assert.Equal("", machine.Deliver("a", QoS.AtMostOnce));
        Assert.Equal("", machine.Deliver("b", QoS.AtLeastOnce));
        Assert.Equal("Publish a; Publish b 1", machine.Drain());
    }

    [Fact]
    public void Deliver_QueueFull_Drops()
    {
        var machine = new Machine(maxQueued: 2, maxQueuedBytes: 250);
        machine.Connect(Machine.Kept(Machine.V5));
        machine.Disconnected(EndReason.ConnectionLost);
        Assert.Equal("", machine.Deliver("a", QoS.AtLeastOnce));
        Assert.Equal("dropped", machine.Deliver("b", QoS.AtLeastOnce, size: 200));
        Assert.Equal("", machine.Deliver("c", QoS.AtLeastOnce));
        Assert.Equal("dropped", machine.Deliver("d", QoS.AtLeastOnce));
        Assert.Equal("Publish a 1; Publish c 2", machine.Connect(Machine.Kept(Machine.V5)));
        Assert.Equal(0L, machine.Session.Outbound.QueuedBytes);
    }

    /// <summary>[MQTT-4.4.0-1] [MQTT-3.3.1-1]: on the next connection everything unacknowledged is repeated in its order, PUBLISH with DUP and PUBREL as it is.</summary>
    [Fact]
    public void Connect_WithMessagesUnderWay_RepeatsThemInOrder()
    {
        var machine = Online(Machine.Kept(Machine.V5));
        machine.Deliver("a", QoS.ExactlyOnce);
        machine.Deliver("b", QoS.AtLeastOnce);
        machine.Deliver("c", QoS.ExactlyOnce);
        machine.Ack(PacketType.Pubrec, 1);
        machine.Disconnected(EndReason.ConnectionLost);
        machine.Deliver("d", QoS.AtLeastOnce);
        Assert.Equal("Pubrel 1; Publish b 2 dup; Publish c 3 dup; Publish d 4", machine.Connect(Machine.Kept(Machine.V5)));
    }

    [Fact]
    public void Disconnected_QoS0Waiting_IsDropped()
    {
        var machine = Online(Machine.Kept(Machine.V5));
        machine.Writable = false;
        machine.Deliver("a", QoS.AtMostOnce);
        machine.Deliver("b", QoS.AtLeastOnce);
        machine.Disconnected(EndReason.ConnectionLost);
        Assert.Equal("Publish b 1", machine.Connect(Machine.Kept(Machine.V5)));
    }

    /// <summary>[MQTT-3.3.2-5] [MQTT-3.3.2-6]: what waits too long is not sent; what is sent says how long it still lives.</summary>
    [Fact]
    public void Deliver_Expiry_CountsDownAndEnds()
    {
        var machine = Online(Machine.Kept(Machine.V5));
        machine.Disconnected(EndReason.ConnectionLost);
        machine.Deliver("short", QoS.AtLeastOnce, properties: new MessageProperties { ExpirySeconds = 5 });
        machine.Deliver("long", QoS.AtLeastOnce, properties: new MessageProperties { ExpirySeconds = 60 });
        machine.After(5);
        Assert.Equal("Publish long 1 expiry=55", machine.Connect(Machine.Kept(Machine.V5)));
        Assert.Equal("dropped", machine.Deliver("now", QoS.AtLeastOnce, properties: new MessageProperties { ExpirySeconds = 0 }));
    }

    /// <summary>[MQTT-3.1.2-24] [MQTT-3.1.2-25]: too large for the client counts as delivered. 7 bytes topic and payload, 2 id, 1 properties, 2 header.</summary>
    [Fact]
    public void Deliver_LargerThanTheClientTakes_IsNotSent()
    {
        var machine = Online(Machine.V5 with { ToClientPacketSize = 14 });
        Assert.Equal("Publish t 1", machine.Deliver("t", QoS.AtLeastOnce, size: 6));
        Assert.Equal("dropped", machine.Deliver("t", QoS.AtLeastOnce, size: 7));
    }

    /// <summary>§3.3.2.3.4: the first PUBLISH sets an alias, the next leaves the topic out, no more aliases than the client allows, none after reconnecting.</summary>
    [Fact]
    public void Deliver_AliasesAllowed_UsesThem()
    {
        var terms = Machine.Kept(Machine.V5) with { ToClientAliases = 1 };
        var machine = Online(terms);
        Assert.Equal("Publish a alias=1", machine.Deliver("a", QoS.AtMostOnce));
        Assert.Equal("Publish  alias=1", machine.Deliver("a", QoS.AtMostOnce));
        Assert.Equal("Publish b", machine.Deliver("b", QoS.AtMostOnce));
        machine.Disconnected(EndReason.ConnectionLost);
        machine.Connect(terms);
        Assert.Equal("Publish a alias=1", machine.Deliver("a", QoS.AtMostOnce));
    }

    /// <summary>[MQTT-2.2.1-3]: 65,535 is followed by 1, and ids under way are left out.</summary>
    [Fact]
    public void Deliver_IdsWrap_SkipThoseInUse()
    {
        var machine = Online(Machine.V5);
        machine.Deliver("t", QoS.AtLeastOnce);
        for (var id = 2; id <= ushort.MaxValue; id++)
        {
            Assert.Equal($"Publish t {id}", machine.Deliver("t", QoS.AtLeastOnce));
            machine.Ack(PacketType.Puback, (ushort)id);
        }
        Assert.Equal("Publish t 2", machine.Deliver("t", QoS.AtLeastOnce));
    }

    [Theory]
    [InlineData(RetainHandling.Send, true, true)]
    [InlineData(RetainHandling.SendIfNew, true, false)]
    [InlineData(RetainHandling.DoNotSend, false, false)]
    internal void Subscribe_RetainHandling_DecidesWhetherRetainedFollow(RetainHandling handling, bool first, bool again)
    {
        var machine = Online(Machine.V5);
        Assert.Equal("Suback 1 GrantedQoS1; subscribed a" + (first ? " with retained" : ""), machine.Subscribe(Machine.Entry("a", retain: handling)));
        Assert.Equal("Suback 1 GrantedQoS1; subscribed a" + (again ? " with retained" : ""), machine.Subscribe(Machine.Entry("a", retain: handling)));
    }

    /// <summary>§4.8.2: no retained messages for shared subscriptions.</summary>
    [Fact]
    public void Subscribe_Shared_SendsNoRetained() =>
        Assert.Equal("Suback 1 GrantedQoS1; subscribed a", Online(Machine.V5).Subscribe(Machine.Entry("$share/g/a")));

    [Fact]
    public void Subscribe_Limit_RefusesNewAndReplacesOld()
    {
        var machine = Online(Machine.V5);
        Assert.StartsWith("Suback 1 GrantedQoS1,QuotaExceeded;", machine.Subscribe(ReasonCode.Success, 1, Machine.Entry("a"), Machine.Entry("b")), StringComparison.Ordinal);
        Assert.StartsWith("Suback 1 GrantedQoS2;", machine.Subscribe(ReasonCode.Success, 1, Machine.Entry("a", QoS.ExactlyOnce)), StringComparison.Ordinal);
        Assert.Equal("unsubscribed a; Unsuback 2 Success,NoSubscriptionExisted", machine.Unsubscribe("a", "b"));
    }

    /// <summary>[MQTT-3.1.2-22]: one and a half times the keep-alive, and not a moment earlier.</summary>
    [Fact]
    public void Tick_Silence_ClosesAfterOneAndAHalfKeepAlives()
    {
        var machine = Online(Machine.V5 with { KeepAlive = 10 });
        Assert.Equal("", machine.After(15));
        Assert.Equal("close KeepAliveExpired KeepAliveTimeout", machine.After(1));
        machine.Session.LastHeard = machine.Now;
        Assert.Equal("", machine.After(15));
        Assert.Equal("", Online(Machine.V5).After(1_000_000));
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
        Assert.Equal(effects, Online(Machine.V5 with { Will = Will }).Disconnected(reason));

    /// <summary>[MQTT-3.1.3-9]: the will waits for its delay or the session's end, whichever is first, and a client that is back cancels it.</summary>
    [Fact]
    public void Tick_WillDelay_PublishesWhenItIsOver()
    {
        var terms = Machine.Kept(Machine.V5) with { Will = Will with { DelaySeconds = 10 } };
        var machine = Online(terms);
        Assert.Equal("", machine.Disconnected(EndReason.ConnectionLost));
        Assert.Equal("", machine.After(9));
        Assert.Equal("will w", machine.After(1));
        Assert.Equal("", machine.After(50));

        machine.Connect(terms);
        machine.Disconnected(EndReason.ConnectionLost);
        machine.After(9);
        machine.Connect(Machine.Kept(Machine.V5));
        Assert.Equal("", machine.After(5));

        var shortLived = Online(terms with { SessionExpiry = 5 });
        shortLived.Disconnected(EndReason.ConnectionLost);
        Assert.Equal("will w; end", shortLived.After(5));
    }

    /// <summary>§3.1.2.11.2: the session outlives its connection by its expiry.</summary>
    [Fact]
    public void Tick_SessionExpiry_EndsTheSession()
    {
        var machine = Online(Machine.V5 with { SessionExpiry = 60 });
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
        Assert.Equal("close ProtocolError ProtocolError", Online(Machine.V5).Disconnect(expiry: 5));
        var machine = Online(Machine.V5 with { SessionExpiry = 60 });
        Assert.Equal("close ClientDisconnected", machine.Disconnect(expiry: 5000));
        Assert.Equal(1000u, machine.Session.ExpirySeconds);
        Assert.Equal("close ClientDisconnected", machine.Disconnect(expiry: 0));
        Assert.Equal("end", machine.Disconnected(EndReason.ClientDisconnected));
    }

    private static Machine Online(ConnectionTerms terms)
    {
        var machine = new Machine();
        Assert.Equal("", machine.Connect(terms));
        return machine;
    }

    private static Machine Kept()
    {
        var machine = Online(Machine.Kept(Machine.V5));
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
