using System.Buffers;
using System.Text;
using B2D.Mqtt.Packets;
using B2D.Mqtt.Topics;

namespace B2D.Mqtt.Tests.Packets;

/// <summary>A packet read from bytes: as a line of text to compare with, and encoded again.</summary>
internal sealed record Decoded(ProtocolError Error, string Text, byte[] Again)
{
    public static Decoded Of(ReadOnlySequence<byte> bytes, MqttVersion version, int maxPacketSize = 1 << 20)
    {
        var rest = bytes;
        if (!FrameReader.TryRead(ref rest, maxPacketSize, out var frame, out var error))
            return new Decoded(error, error == ProtocolError.None ? "incomplete" : "", []);
        var body = frame.Body.ToArray();
        var output = new ArrayBufferWriter<byte>();
        switch (frame.Type)
        {
            case PacketType.Connect:
                error = ConnectPacket.Decode(body, out var connect, out _);
                connect?.Write(output);
                return new Decoded(error, connect == null ? "" : Describe(connect), Taken(output));
            case PacketType.Connack:
                error = ConnackPacket.Decode(body, version, out var connack);
                connack.Write(output, version);
                return new Decoded(error, Wire.Join("CONNACK", connack.SessionPresent ? "present" : null, connack.Reason, Describe(connack.Properties)), Taken(output));
            case PacketType.Publish:
                error = PublishPacket.Decode(frame.Header, body, version, new TopicCache(), out var publish);
                if (error == ProtocolError.None)
                    PublishPacket.Write(
                        output, version, Encoding.UTF8.GetBytes(publish.Topic), publish.Payload.Span,
                        PublishPacket.FlagsOf(publish.QoS, publish.Retain, publish.Dup), publish.PacketId, publish.Properties);
                return new Decoded(error, error == ProtocolError.None ? Describe(publish) : "", Taken(output));
            case PacketType.Puback or PacketType.Pubrec or PacketType.Pubrel or PacketType.Pubcomp:
                error = AckPacket.Decode(frame.Type, body, version, out var ack);
                ack.Write(output, version);
                return new Decoded(error, Wire.Join(ack.Type.ToString().ToUpperInvariant(), ack.PacketId, ack.Reason, Describe(ack.Properties)), Taken(output));
            case PacketType.Subscribe:
                error = SubscribePacket.Decode(body, version, out var subscribe);
                subscribe?.Write(output, version);
                return new Decoded(error, subscribe == null ? "" : Describe(subscribe), Taken(output));
            case PacketType.Unsubscribe:
                error = UnsubscribePacket.Decode(body, version, out var unsubscribe);
                unsubscribe?.Write(output, version);
                return new Decoded(
                    error,
                    unsubscribe == null ? "" : Wire.Join("UNSUBSCRIBE", unsubscribe.PacketId, string.Join(',', unsubscribe.Filters), Describe(unsubscribe.Properties)),
                    Taken(output));
            case PacketType.Suback or PacketType.Unsuback:
                error = GrantPacket.Decode(frame.Type, body, version, out var grant);
                grant?.Write(output, version);
                return new Decoded(
                    error,
                    grant == null ? "" : Wire.Join(grant.Type.ToString().ToUpperInvariant(), grant.PacketId, string.Join(',', grant.Reasons), Describe(grant.Properties)),
                    Taken(output));
            case PacketType.Disconnect or PacketType.Auth:
                error = DisconnectPacket.Decode(frame.Type, body, version, out var disconnect);
                disconnect.Write(output, version);
                return new Decoded(error, Wire.Join(frame.Type.ToString().ToUpperInvariant(), disconnect.Reason, Describe(disconnect.Properties)), Taken(output));
            default:
                PingPacket.Write(output, frame.Type);
                return new Decoded(body.Length == 0 ? ProtocolError.None : ProtocolError.BodyTooLong, frame.Type.ToString().ToUpperInvariant(), Taken(output));
        }
    }

    private static byte[] Taken(ArrayBufferWriter<byte> output) => output.WrittenSpan.ToArray();

    private static string Describe(ConnectPacket packet) => Wire.Join(
        "CONNECT",
        packet.Version,
        packet.ClientId,
        packet.CleanStart ? "clean" : null,
        $"keep={packet.KeepAlive}",
        packet.Will is { } will
            ? $"will={will.Message.Topic}:{Encoding.UTF8.GetString(will.Message.Payload.Span)}:{will.Message.QoS}{(will.Message.Retain ? ":retain" : "")}:{will.DelaySeconds}s{Describe(will.Message.Properties)}"
            : null,
        packet.UserName == null ? null : $"user={packet.UserName}",
        packet.Password == null ? null : $"password={Convert.ToHexString(packet.Password)}",
        Describe(packet.Properties));

    private static string Describe(in PublishPacket packet) => Wire.Join(
        "PUBLISH", $"'{packet.Topic}'", Encoding.UTF8.GetString(packet.Payload.Span), packet.QoS, packet.Retain ? "retain" : null, packet.Dup ? "dup" : null,
        packet.PacketId == 0 ? null : packet.PacketId, Describe(packet.Properties));

    private static string Describe(SubscribePacket packet) => Wire.Join(
        "SUBSCRIBE",
        packet.PacketId,
        string.Join(',', packet.Entries.Select(e =>
            $"{e.Text}:{(int)e.QoS}{(e.NoLocal ? "L" : "")}{(e.RetainAsPublished ? "P" : "")}{(e.Retain == RetainHandling.Send ? "" : e.Retain)}")),
        Describe(packet.Properties));

    private static string? Describe(MessageProperties? properties) =>
        properties == null ? null : $"[{properties.ContentType},{properties.ResponseTopic},{properties.ExpirySeconds},{properties.PayloadIsText}]";

    private static string? Describe(PropertyBag? bag)
    {
        if (bag == null)
            return null;
        var parts = new List<string>();
        foreach (var id in Enum.GetValues<PropertyId>())
            switch (PropertyRule.Of((uint)id).Type)
            {
                case PropertyType.Pair:
                    parts.AddRange(bag.UserProperties.Select(p => $"{p.Key}={p.Value}"));
                    break;
                case PropertyType.Text when bag.Text(id) is { } text:
                    parts.Add($"{id}={text}");
                    break;
                case PropertyType.Binary when bag.Binary(id) is { } binary:
                    parts.Add($"{id}={Convert.ToHexString(binary)}");
                    break;
                case PropertyType.Variable when bag.SubscriptionIdentifiers is { Count: > 0 } ids:
                    parts.Add($"{id}={string.Join('+', ids)}");
                    break;
                case PropertyType.Byte or PropertyType.UInt16 or PropertyType.UInt32 when bag.Number(id) is { } number:
                    parts.Add($"{id}={number}");
                    break;
                default:
                    break;
            }
        return $"{{{string.Join(' ', parts)}}}";
    }
}
