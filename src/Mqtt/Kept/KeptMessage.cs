using System.Buffers;
using B2D.Mqtt.Packets;
using B2D.Mqtt.Topics;

namespace B2D.Mqtt;

/// <summary>A message as it is kept: the MQTT 5.0 PUBLISH packet that would carry it, which every version of this library can read.</summary>
/// <param name="Packet">The packet, header included.</param>
/// <param name="ExpiresAt">When it must no longer be sent; null = never, or not yet known.</param>
public sealed record KeptMessage(ReadOnlyMemory<byte> Packet, DateTimeOffset? ExpiresAt)
{
    // A PUBLISH of QoS 1 and 2 has an id; here it stands for nothing.
    private const ushort AnyId = 1;

    internal static KeptMessage Of(StoredMessage message) => new(Encode(
        message.TopicUtf8, message.Payload.Span, PublishPacket.FlagsOf(message.QoS, message.Retain, false), message.Properties), message.ExpiresAt);

    internal static KeptMessage Of(MqttMessage message) => new(Encode(
        System.Text.Encoding.UTF8.GetBytes(message.Topic), message.Payload.Span, PublishPacket.FlagsOf(message.QoS, message.Retain, false),
        message.Properties), null);

    /// <summary>The message again.</summary>
    /// <exception cref="InvalidDataException">What is kept is not what was written.</exception>
    internal MqttMessage ToMessage()
    {
        var input = new ReadOnlySequence<byte>(Packet);
        if (!FrameReader.TryRead(ref input, int.MaxValue, out var frame, out var error) || !input.IsEmpty || frame.Type != PacketType.Publish)
            throw new InvalidDataException($"A message of a session is damaged: {error}.");
        error = PublishPacket.Decode(frame.Header, frame.Body.ToArray(), MqttVersion.V5, new TopicCache(), out var packet);
        if (error != ProtocolError.None)
            throw new InvalidDataException($"A message of a session is damaged: {error}.");
        return new MqttMessage(packet.Topic, packet.Payload, packet.QoS, packet.Retain) { Properties = PublishPacket.ToMessage(packet.Properties) };
    }

    private static byte[] Encode(byte[] topicUtf8, ReadOnlySpan<byte> payload, byte flags, MessageProperties? properties)
    {
        var bag = PublishPacket.FromMessage(properties);
        var output = new ArrayBufferWriter<byte>(5 + PublishPacket.BodySize(MqttVersion.V5, topicUtf8.Length, payload.Length, flags, bag));
        PublishPacket.Write(output, MqttVersion.V5, topicUtf8, payload, flags, AnyId, bag);
        return output.WrittenSpan.ToArray();
    }
}
