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
        return frame.Type switch
        {
            PacketType.Connect => Connect(body),
            PacketType.Connack => Connack(body, version),
            PacketType.Publish => Publish(frame.Header, body, version),
            PacketType.Puback or PacketType.Pubrec or PacketType.Pubrel or PacketType.Pubcomp => Ack(frame.Type, body, version),
            PacketType.Subscribe => Subscribe(body, version),
            PacketType.Unsubscribe => Unsubscribe(body, version),
            PacketType.Suback or PacketType.Unsuback => Grant(frame.Type, body, version),
            PacketType.Disconnect or PacketType.Auth => Disconnect(frame.Type, body, version),
            _ => Ping(frame.Type, body),
        };
    }

    private static Decoded Connect(byte[] body)
    {
        var error = ConnectPacket.Decode(body, out var packet, out _);
        return Result(error, () => Describe(packet!), output => packet!.Write(output));
    }

    private static Decoded Connack(byte[] body, MqttVersion version)
    {
        var error = ConnackPacket.Decode(body, version, out var packet);
        return Result(
            error,
            () => Wire.Join("CONNACK", packet.SessionPresent ? "present" : null, packet.Reason, Describe(packet.Properties)),
            output => packet.Write(output, version));
    }

    private static Decoded Publish(byte header, byte[] body, MqttVersion version)
    {
        var error = PublishPacket.Decode(header, body, version, new TopicCache(), out var packet);
        var flags = PublishPacket.FlagsOf(packet.QoS, packet.Retain, packet.Dup);
        return Result(
            error,
            () => Describe(packet),
            output => PublishPacket.Write(
                output, version, Encoding.UTF8.GetBytes(packet.Topic), packet.Payload.Span, flags, packet.PacketId, packet.Properties));
    }

    private static Decoded Ack(PacketType type, byte[] body, MqttVersion version)
    {
        var error = AckPacket.Decode(type, body, version, out var packet);
        return Result(
            error, () => Wire.Join(Upper(type), packet.PacketId, packet.Reason, Describe(packet.Properties)), output => packet.Write(output, version));
    }

    private static Decoded Subscribe(byte[] body, MqttVersion version)
    {
        var error = SubscribePacket.Decode(body, version, out var packet);
        return Result(error, () => Describe(packet!), output => packet!.Write(output, version));
    }

    private static Decoded Unsubscribe(byte[] body, MqttVersion version)
    {
        var error = UnsubscribePacket.Decode(body, version, out var packet);
        return Result(
            error,
            () => Wire.Join("UNSUBSCRIBE", packet!.PacketId, string.Join(',', packet.Filters), Describe(packet.Properties)),
            output => packet!.Write(output, version));
    }

    private static Decoded Grant(PacketType type, byte[] body, MqttVersion version)
    {
        var error = GrantPacket.Decode(type, body, version, out var packet);
        return Result(
            error,
            () => Wire.Join(Upper(type), packet!.PacketId, string.Join(',', packet.Reasons), Describe(packet.Properties)),
            output => packet!.Write(output, version));
    }

    private static Decoded Disconnect(PacketType type, byte[] body, MqttVersion version)
    {
        var error = DisconnectPacket.Decode(type, body, version, out var packet);
        return Result(error, () => Wire.Join(Upper(type), packet.Reason, Describe(packet.Properties)), output => packet.Write(output, version));
    }

    private static Decoded Ping(PacketType type, byte[] body) =>
        Result(body.Length == 0 ? ProtocolError.None : ProtocolError.BodyTooLong, () => Upper(type), output => PingPacket.Write(output, type));

    private static Decoded Result(ProtocolError error, Func<string> describe, Action<IBufferWriter<byte>> write)
    {
        if (error != ProtocolError.None)
            return new Decoded(error, "", []);
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return new Decoded(error, describe(), output.WrittenSpan.ToArray());
    }

    private static string Upper(PacketType type) => type.ToString().ToUpperInvariant();

    private static string Describe(ConnectPacket packet) => Wire.Join(
        "CONNECT",
        packet.Version,
        packet.ClientId,
        packet.CleanStart ? "clean" : null,
        $"keep={packet.KeepAlive}",
        packet.Will == null ? null : Describe(packet.Will),
        packet.UserName == null ? null : $"user={packet.UserName}",
        packet.Password == null ? null : $"password={Convert.ToHexString(packet.Password)}",
        Describe(packet.Properties));

    private static string Describe(Will will)
    {
        var message = will.Message;
        var text = $"will={message.Topic}:{Encoding.UTF8.GetString(message.Payload.Span)}:{message.QoS}{(message.Retain ? ":retain" : "")}";
        return $"{text}:{will.DelaySeconds}s{Describe(message.Properties)}";
    }

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
