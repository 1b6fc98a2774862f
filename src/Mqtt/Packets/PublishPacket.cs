using System.Buffers;
using B2D.Mqtt.Topics;

namespace B2D.Mqtt.Packets;

/// <summary>PUBLISH as received (MQTT 3.1.1 §3.3, 5.0 §3.3). The payload points into the memory it was decoded from.</summary>
/// <param name="Topic">Empty when only a topic alias was sent.</param>
/// <param name="Payload">Slice of the body.</param>
/// <param name="QoS">Delivery guarantee.</param>
/// <param name="Retain">Retain flag.</param>
/// <param name="Dup">Repeated by the sender.</param>
/// <param name="PacketId">0 with QoS 0.</param>
/// <param name="Properties">Null when there are none.</param>
internal readonly record struct PublishPacket(
    string Topic, ReadOnlyMemory<byte> Payload, QoS QoS, bool Retain, bool Dup, ushort PacketId, PropertyBag? Properties)
{
    public ushort TopicAlias => (ushort)(Properties?.Number(PropertyId.TopicAlias) ?? 0);

    public static ProtocolError Decode(byte header, ReadOnlyMemory<byte> body, MqttVersion version, TopicCache topics, out PublishPacket packet)
    {
        packet = default;
        var qos = (QoS)((header >> 1) & 3);
        var dup = (header & 8) != 0;
        if (dup && qos == QoS.AtMostOnce)
            return ProtocolError.DupWithQoS0; // [MQTT-3.3.1-2]
        var reader = new FieldReader(body.Span);
        if (!reader.TryBinary(out var utf8))
            return reader.Error;
        var topic = topics.Get(utf8);
        if (topic == null)
            return ProtocolError.TopicName;
        ushort id = 0;
        if (qos != QoS.AtMostOnce && !reader.TryUInt16(out id))
            return reader.Error;
        if (qos != QoS.AtMostOnce && id == 0)
            return ProtocolError.PacketIdZero; // [MQTT-2.2.1-3]
        PropertyBag? properties = null;
        if (version == MqttVersion.V5 && !PropertyBag.TryRead(ref reader, PropertyPlace.Publish, out properties))
            return reader.Error;
        if (topic.Length == 0 && properties?.Number(PropertyId.TopicAlias) == null)
            return ProtocolError.TopicMissing;
        packet = new PublishPacket(topic, body[^reader.Remaining..], qos, (header & 1) != 0, dup, id, properties);
        return ProtocolError.None;
    }

    /// <summary>Writes a PUBLISH.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="version">3.1.1 leaves the properties out.</param>
    /// <param name="topicUtf8">Empty when <paramref name="properties"/> carry an alias that the peer knows.</param>
    /// <param name="payload">Payload.</param>
    /// <param name="flags">Lower half of the first byte, see <see cref="FlagsOf"/>.</param>
    /// <param name="packetId">Left out with QoS 0.</param>
    /// <param name="properties">Message properties, subscription identifiers and alias.</param>
    public static void Write(
        IBufferWriter<byte> output, MqttVersion version, ReadOnlySpan<byte> topicUtf8, ReadOnlySpan<byte> payload, byte flags, ushort packetId,
        PropertyBag? properties)
    {
        var size = BodySize(version, topicUtf8.Length, payload.Length, flags, properties);
        var writer = FieldWriter.Begin(output, (byte)((byte)PacketType.Publish << 4 | flags), size);
        writer.Binary(topicUtf8);
        if ((flags & 6) != 0)
            writer.UInt16(packetId);
        if (version == MqttVersion.V5)
            PropertyBag.Write(properties, ref writer);
        writer.Bytes(payload);
    }

    public static int BodySize(MqttVersion version, int topic, int payload, byte flags, PropertyBag? properties) =>
        2 + topic + ((flags & 6) != 0 ? 2 : 0) + (version == MqttVersion.V5 ? PropertyBag.Size(properties) : 0) + payload;

    public static byte FlagsOf(QoS qos, bool retain, bool dup) => (byte)((dup ? 8 : 0) | (byte)qos << 1 | (retain ? 1 : 0));

    /// <summary>The part of the properties that belongs to the message; null when there is none.</summary>
    public static MessageProperties? ToMessage(PropertyBag? bag)
    {
        if (bag == null)
            return null;
        var message = new MessageProperties
        {
            ContentType = bag.Text(PropertyId.ContentType),
            ResponseTopic = bag.Text(PropertyId.ResponseTopic),
            CorrelationData = AsMemory(bag.Binary(PropertyId.CorrelationData)),
            UserProperties = bag.UserProperties,
            ExpirySeconds = bag.Number(PropertyId.MessageExpiryInterval),
            PayloadIsText = bag.Number(PropertyId.PayloadFormatIndicator) is { } format ? format == 1 : null,
            SubscriptionIdentifiers = bag.SubscriptionIdentifiers,
        };
        return HasAny(message) ? message : null;
    }

    /// <summary>A fresh bag with the message's properties; null when there are none. Subscription identifiers are the session's to add.</summary>
    public static PropertyBag? FromMessage(MessageProperties? message)
    {
        if (message == null || !HasAny(message))
            return null;
        var bag = new PropertyBag()
            .Add(PropertyId.PayloadFormatIndicator, message.PayloadIsText is { } text ? text ? 1u : 0u : null)
            .Add(PropertyId.MessageExpiryInterval, message.ExpirySeconds)
            .Add(PropertyId.ContentType, message.ContentType)
            .Add(PropertyId.ResponseTopic, message.ResponseTopic)
            .Add(PropertyId.CorrelationData, message.CorrelationData);
        foreach (var (name, value) in message.UserProperties)
            bag.Add(name, value);
        return bag;
    }

    /// <summary>Null stays null; the implicit conversion would make it an empty value.</summary>
    public static ReadOnlyMemory<byte>? AsMemory(byte[]? bytes) => bytes == null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(bytes);

    private static bool HasAny(MessageProperties message) =>
        message.ContentType != null || message.ResponseTopic != null || message.CorrelationData != null || message.ExpirySeconds != null ||
        message.PayloadIsText != null || message.UserProperties.Count > 0 || message.SubscriptionIdentifiers.Count > 0;
}
