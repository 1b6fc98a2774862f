using System.Buffers;
using B2D.Mqtt.Packets;
using B2D.Mqtt.Topics;

namespace B2D.Mqtt.Client;

/// <summary>Takes a server's packets apart. Holds the QoS 2 ids received and not yet released. Used by the read loop only.</summary>
internal sealed class ClientIntake(MqttClient client, MqttClientOptions options)
{
    private readonly TopicCache _topics = new();
    private readonly HashSet<ushort> _exactlyOnce = options.Session?.ExactlyOnce ?? [];

    /// <summary>Handles the whole packets at the front; what is wrong with them, or None.</summary>
    public ProtocolError Read(ref ReadOnlySequence<byte> input)
    {
        var error = ProtocolError.None;
        while (!client.IsEnding && FrameReader.TryRead(ref input, options.MaxPacketSize, out var frame, out error))
        {
            // One owned copy per packet: the application may keep the payload.
            error = Handle(frame, frame.Body.ToArray());
            if (error != ProtocolError.None)
                break;
        }
        return error;
    }

    private ProtocolError Handle(in Frame frame, byte[] body)
    {
        switch (frame.Type)
        {
            case PacketType.Publish:
                return Publish(frame.Header, body);
            case PacketType.Puback or PacketType.Pubrec or PacketType.Pubcomp or PacketType.Pubrel:
                return Acknowledge(frame.Type, body);
            case PacketType.Suback or PacketType.Unsuback:
                var error = GrantPacket.Decode(frame.Type, body, options.Version, out var grant);
                if (error == ProtocolError.None)
                    client.Exchange.Grant(grant!);
                return error;
            case PacketType.Pingresp when body.Length == 0:
                client.PingAnswered();
                return ProtocolError.None;
            case PacketType.Disconnect when options.Version == MqttVersion.V5:
                return Disconnect(body);
            default:
                return ProtocolError.ServerPacket;
        }
    }

    private ProtocolError Publish(byte header, byte[] body)
    {
        var error = PublishPacket.Decode(header, body, options.Version, _topics, out var packet);
        if (error != ProtocolError.None)
            return error;
        if (packet.TopicAlias > 0)
            return ProtocolError.AliasInvalid; // we offered none [MQTT-3.3.2-10]
        if (packet.QoS != QoS.ExactlyOnce || _exactlyOnce.Add(packet.PacketId))
            options.OnMessage?.Invoke(new MqttMessage(packet.Topic, packet.Payload, packet.QoS, packet.Retain)
            {
                Properties = PublishPacket.ToMessage(packet.Properties),
            });
        if (packet.QoS != QoS.AtMostOnce)
            Send(new AckPacket(packet.QoS == QoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec, packet.PacketId));
        return ProtocolError.None;
    }

    private ProtocolError Acknowledge(PacketType type, byte[] body)
    {
        var error = AckPacket.Decode(type, body, options.Version, out var ack);
        if (error != ProtocolError.None)
            return error;
        if (type == PacketType.Pubrel)
            Send(new AckPacket(
                PacketType.Pubcomp, ack.PacketId, _exactlyOnce.Remove(ack.PacketId) ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound));
        else
            client.Exchange.Acknowledge(ack);
        return ProtocolError.None;
    }

    private ProtocolError Disconnect(byte[] body)
    {
        var error = DisconnectPacket.Decode(PacketType.Disconnect, body, options.Version, out var packet);
        if (error != ProtocolError.None)
            return error;
        client.Close(EndOf(packet.Reason), null);
        return ProtocolError.None;
    }

    private void Send(AckPacket ack)
    {
        lock (client.Outbox.Gate)
            ack.Write(client.Outbox.Buffer, options.Version);
    }

    /// <summary>The server's DISCONNECT in the words of a connection's end.</summary>
    private static EndReason EndOf(ReasonCode reason) => reason switch
    {
        ReasonCode.SessionTakenOver => EndReason.TakenOver,
        ReasonCode.ServerShuttingDown => EndReason.ServerStopped,
        ReasonCode.KeepAliveTimeout => EndReason.KeepAliveExpired,
        ReasonCode.NotAuthorized => EndReason.NotAuthorized,
        ReasonCode.PacketTooLarge => EndReason.PacketTooLarge,
        ReasonCode.ReceiveMaximumExceeded => EndReason.ReceiveMaximumExceeded,
        ReasonCode.MalformedPacket => EndReason.Malformed,
        ReasonCode.ProtocolError => EndReason.ProtocolError,
        _ => EndReason.Disconnected,
    };
}
