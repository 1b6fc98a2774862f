using B2D.Mqtt.Packets;

namespace B2D.Mqtt.Tests.Sessions;

/// <summary>The way from the client: acknowledgement, QoS 2, the receive maximum.</summary>
public sealed class InboundWindowTests
{
    /// <summary>[MQTT-4.6.0-2]: acknowledgements leave in the order of the messages, whatever order the application finishes in.</summary>
    [Fact]
    public void Completed_OutOfOrder_AcknowledgesInOrder()
    {
        var machine = Machine.Online(Machine.V5);
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
        var machine = Machine.Online(Machine.V5);
        var first = machine.Message(QoS.ExactlyOnce, 7);
        Assert.Equal("dispatch t", machine.Publish(first));
        Assert.Equal("", machine.Publish(machine.Message(QoS.ExactlyOnce, 7)));
        first.Complete();
        Assert.Equal("Pubrec 7", machine.Completed());
        Assert.Equal("Pubrec 7", machine.Publish(machine.Message(QoS.ExactlyOnce, 7)));
        Assert.Equal("Pubcomp 7", machine.Ack(PacketType.Pubrel, 7));
        Assert.Equal("dispatch t", machine.Publish(machine.Message(QoS.ExactlyOnce, 7)));
    }

    /// <summary>[MQTT-4.4.0-1]: nothing is repeated within a connection. Once may be a crossing, twice the same is a peer that will never release.</summary>
    [Fact]
    public void Publish_QoS2RepeatedTwiceAfterPubrec_Closes()
    {
        var machine = Machine.Online(Machine.Kept(Machine.V5));
        var first = machine.Message(QoS.ExactlyOnce, 7);
        machine.Publish(first);
        first.Complete();
        Assert.Equal("Pubrec 7", machine.Completed());
        Assert.Equal("Pubrec 7", machine.Publish(machine.Message(QoS.ExactlyOnce, 7)));
        Assert.Equal("close ProtocolError ProtocolError", machine.Publish(machine.Message(QoS.ExactlyOnce, 7)));
        machine.Disconnected(EndReason.ProtocolError);
        machine.Connect(Machine.Kept(Machine.V5));
        Assert.Equal("Pubrec 7", machine.Publish(machine.Message(QoS.ExactlyOnce, 7)));
        Assert.Equal("Pubcomp 7", machine.Ack(PacketType.Pubrel, 7));
    }

    /// <summary>§4.1: QoS 2 ids are session state. A message completed after its connection is gone is not dispatched again on the next one.</summary>
    [Fact]
    public void Publish_QoS2CompletedBetweenConnections_IsAnsweredOnTheNext()
    {
        var machine = Machine.Online(Machine.Kept(Machine.V5));
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
        var machine = Machine.Online(Machine.Kept(Machine.V5));
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
        var machine = Machine.Online(Machine.V5);
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
        var machine = Machine.Online(Machine.V311);
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
        var machine = Machine.Online(Machine.V5 with { FromClientWindow = 2 });
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
}
