using B2D.Mqtt.Packets;

namespace B2D.Mqtt.Tests.Sessions;

/// <summary>The way to the client: window, queue, repetition, expiry, sizes, aliases.</summary>
public sealed class OutboundWindowTests
{
    [Fact]
    public void Acknowledge_QoS1And2_ReportsTheTagOnceDone()
    {
        var machine = Machine.Online(Machine.V5);
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
        var machine = Machine.Online(Machine.V5);
        machine.Deliver("t", QoS.AtLeastOnce, "one");
        machine.Deliver("t", QoS.ExactlyOnce, "two");
        Assert.Equal("", machine.Ack(PacketType.Puback, 1, ReasonCode.NotAuthorized));
        Assert.Equal("", machine.Ack(PacketType.Pubrec, 2, ReasonCode.NotAuthorized));
        Assert.Equal(0, machine.Session.Outbound.InFlight);
    }

    /// <summary>
    /// [MQTT-3.3.4-7] [MQTT-3.3.4-8]: never more under way than the client's receive maximum, the rest in order; and QoS 0 does not overtake.
    /// </summary>
    [Fact]
    public void Deliver_WindowFull_QueuesInOrder()
    {
        var machine = Machine.Online(Machine.V5 with { ToClientWindow = 2 });
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
        var machine = Machine.Online(Machine.V5);
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

    /// <summary>
    /// [MQTT-4.4.0-1] [MQTT-3.3.1-1]: on the next connection everything unacknowledged is repeated in its order, PUBLISH with DUP and PUBREL as it
    /// is.
    /// </summary>
    [Fact]
    public void Connect_WithMessagesUnderWay_RepeatsThemInOrder()
    {
        var machine = Machine.Online(Machine.Kept(Machine.V5));
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
        var machine = Machine.Online(Machine.Kept(Machine.V5));
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
        var machine = Machine.Online(Machine.Kept(Machine.V5));
        machine.Disconnected(EndReason.ConnectionLost);
        machine.Deliver("short", QoS.AtLeastOnce, properties: new MessageProperties { ExpirySeconds = 5 });
        machine.Deliver("long", QoS.AtLeastOnce, properties: new MessageProperties { ExpirySeconds = 60 });
        machine.After(5);
        Assert.Equal("Publish long 1 expiry=55", machine.Connect(Machine.Kept(Machine.V5)));
        Assert.Equal("dropped", machine.Deliver("now", QoS.AtLeastOnce, properties: new MessageProperties { ExpirySeconds = 0 }));
    }

    /// <summary>
    /// [MQTT-3.1.2-24] [MQTT-3.1.2-25]: too large for the client counts as delivered. 7 bytes topic and payload, 2 id, 1 properties, 2 header.
    /// </summary>
    [Fact]
    public void Deliver_LargerThanTheClientTakes_IsNotSent()
    {
        var machine = Machine.Online(Machine.V5 with { ToClientPacketSize = 14 });
        Assert.Equal("Publish t 1", machine.Deliver("t", QoS.AtLeastOnce, size: 6));
        Assert.Equal("dropped", machine.Deliver("t", QoS.AtLeastOnce, size: 7));
    }

    /// <summary>
    /// §3.3.2.3.4: the first PUBLISH sets an alias, the next leaves the topic out, no more aliases than the client allows, none after reconnecting.
    /// </summary>
    [Fact]
    public void Deliver_AliasesAllowed_UsesThem()
    {
        var terms = Machine.Kept(Machine.V5) with { ToClientAliases = 1 };
        var machine = Machine.Online(terms);
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
        var machine = Machine.Online(Machine.V5);
        machine.Deliver("t", QoS.AtLeastOnce);
        for (var id = 2; id <= ushort.MaxValue; id++)
        {
            Assert.Equal($"Publish t {id}", machine.Deliver("t", QoS.AtLeastOnce));
            machine.Ack(PacketType.Puback, (ushort)id);
        }
        Assert.Equal("Publish t 2", machine.Deliver("t", QoS.AtLeastOnce));
    }
}
