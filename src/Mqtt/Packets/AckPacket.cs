using System.Buffers;
using System.Buffers.Binary;

namespace B2D.Mqtt.Packets;

/// <summary>PUBACK, PUBREC, PUBREL and PUBCOMP have one shape (MQTT 5.0 §3.4 to §3.7).</summary>
internal readonly record struct AckPacket(PacketType Type, ushort PacketId, ReasonCode Reason = ReasonCode.Success, PropertyBag? Properties = null)
{
    /// <summary>Bytes of one without a reason, header included.</summary>
    public const int PlainSize = 4;

    public static ProtocolError Decode(PacketType type, ReadOnlySpan<byte> body, MqttVersion version, out AckPacket packet)
    {
        packet = default;
        var reader = new FieldReader(body);
        if (!reader.TryUInt16(out var id))
            return reader.Error;
        if (id == 0)
            return ProtocolError.PacketIdZero; // [MQTT-2.2.1-5]
        byte reason = 0;
        PropertyBag? properties = null;
        if (version == MqttVersion.V5 && !reader.AtEnd)
        {
            reader.TryByte(out reason);
            if (!IsAllowed(type, (ReasonCode)reason))
                return ProtocolError.ReasonCode;
            if (!reader.AtEnd && !PropertyBag.TryRead(ref reader, (PropertyPlace)(1 << (int)type), out properties))
                return reader.Error;
        }
        if (!reader.AtEnd)
            return ProtocolError.BodyTooLong;
        packet = new AckPacket(type, id, (ReasonCode)reason, properties);
        return ProtocolError.None;
    }

    /// <summary>Writes the shortest form: no reason byte for Success without properties (§3.4.2.1).</summary>
    public void Write(IBufferWriter<byte> output, MqttVersion version)
    {
        var header = (byte)((byte)Type << 4 | (Type == PacketType.Pubrel ? 2 : 0));
        var bare = version == MqttVersion.V311 || (Reason == ReasonCode.Success && Properties == null);
        var size = bare ? 2 : Properties == null ? 3 : 3 + PropertyBag.Size(Properties);
        var writer = FieldWriter.Begin(output, header, size);
        writer.UInt16(PacketId);
        if (bare)
            return;
        writer.Byte((byte)Reason);
        if (Properties != null)
            PropertyBag.Write(Properties, ref writer);
    }

    /// <summary>Writes a PUBACK of Success, the same in both versions.</summary>
    /// <param name="to">At least <see cref="PlainSize"/> bytes.</param>
    /// <param name="id">Packet identifier.</param>
    public static void WritePuback(Span<byte> to, ushort id) => BinaryPrimitives.WriteUInt32BigEndian(to, ((uint)PacketType.Puback << 28) | (2 << 16) | id);

    /// <summary>[MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1].</summary>
    private static bool IsAllowed(PacketType type, ReasonCode reason) => type is PacketType.Puback or PacketType.Pubrec
        ? reason is ReasonCode.Success or ReasonCode.NoMatchingSubscribers or ReasonCode.UnspecifiedError or ReasonCode.ImplementationSpecificError
            or ReasonCode.NotAuthorized or ReasonCode.TopicNameInvalid or ReasonCode.PacketIdentifierInUse or ReasonCode.QuotaExceeded
            or ReasonCode.PayloadFormatInvalid
        : reason is ReasonCode.Success or ReasonCode.PacketIdentifierNotFound;
}
