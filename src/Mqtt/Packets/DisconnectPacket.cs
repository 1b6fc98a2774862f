using System.Buffers;

namespace B2D.Mqtt.Packets;

/// <summary>DISCONNECT and AUTH share a shape: reason and properties, both optional (MQTT 5.0 §3.14, §3.15).</summary>
internal readonly record struct DisconnectPacket(ReasonCode Reason, PropertyBag? Properties = null)
{
    public static ProtocolError Decode(PacketType type, ReadOnlySpan<byte> body, MqttVersion version, out DisconnectPacket packet)
    {
        packet = default;
        if (version == MqttVersion.V311)
            return body.IsEmpty ? ProtocolError.None : ProtocolError.BodyTooLong;
        if (body.IsEmpty)
            return ProtocolError.None;
        var reader = new FieldReader(body);
        reader.TryByte(out var reason);
        if (!IsAllowed(type, (ReasonCode)reason))
            return ProtocolError.ReasonCode;
        PropertyBag? properties = null;
        if (!reader.AtEnd && !PropertyBag.TryRead(ref reader, (PropertyPlace)(1 << (int)type), out properties))
            return reader.Error;
        if (!reader.AtEnd)
            return ProtocolError.BodyTooLong;
        packet = new DisconnectPacket((ReasonCode)reason, properties);
        return ProtocolError.None;
    }

    public void Write(IBufferWriter<byte> output, MqttVersion version)
    {
        var bare = version == MqttVersion.V311 || (Reason == ReasonCode.Success && Properties == null);
        var size = bare ? 0 : Properties == null ? 1 : 1 + PropertyBag.Size(Properties);
        var writer = FieldWriter.Begin(output, (byte)PacketType.Disconnect << 4, size);
        if (bare)
            return;
        writer.Byte((byte)Reason);
        if (Properties != null)
            PropertyBag.Write(Properties, ref writer);
    }

    /// <summary>Any code of the table in §3.14.2.1 [MQTT-3.14.2-1], of either direction; the rest are codes of other packets.</summary>
    private static bool IsAllowed(PacketType type, ReasonCode reason) => type == PacketType.Auth
        ? reason is ReasonCode.Success or ReasonCode.ContinueAuthentication or ReasonCode.ReAuthenticate
        : reason is ReasonCode.Success or ReasonCode.DisconnectWithWill
            or (>= ReasonCode.UnspecifiedError and <= ReasonCode.ImplementationSpecificError) or ReasonCode.NotAuthorized or ReasonCode.ServerBusy
            or (>= ReasonCode.ServerShuttingDown and <= ReasonCode.TopicNameInvalid)
            or (>= ReasonCode.ReceiveMaximumExceeded and <= ReasonCode.WildcardSubscriptionsNotSupported);
}

/// <summary>The packets that are two bytes (§3.12, §3.13).</summary>
internal static class PingPacket
{
    public static void Write(IBufferWriter<byte> output, PacketType type) => FieldWriter.Begin(output, (byte)((byte)type << 4), 0);
}
