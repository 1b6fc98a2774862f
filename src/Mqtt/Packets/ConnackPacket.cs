using System.Buffers;

namespace B2D.Mqtt.Packets;

/// <summary>CONNACK (MQTT 3.1.1 §3.2, 5.0 §3.2). The 3.1.1 return codes are translated here, so that everything else speaks reason codes.</summary>
internal readonly record struct ConnackPacket(bool SessionPresent, ReasonCode Reason, PropertyBag? Properties = null)
{
    public static ProtocolError Decode(ReadOnlySpan<byte> body, MqttVersion version, out ConnackPacket packet)
    {
        packet = default;
        var reader = new FieldReader(body);
        if (!reader.TryByte(out var flags) || !reader.TryByte(out var code))
            return reader.Error;
        if (flags > 1 || (flags == 1 && code != 0))
            return ProtocolError.ConnectFlags; // [MQTT-3.2.2-1] [MQTT-3.2.2-6]
        PropertyBag? properties = null;
        // A server of an older version answers a 5.0 CONNECT in its own, shorter form.
        if (version == MqttVersion.V5 && !reader.AtEnd && !PropertyBag.TryRead(ref reader, PropertyPlace.Connack, out properties))
            return reader.Error;
        if (!reader.AtEnd)
            return ProtocolError.BodyTooLong;
        var reason = version == MqttVersion.V5 && code is 0 or >= 0x80 ? (ReasonCode)code : FromReturnCode(code);
        packet = new ConnackPacket(flags == 1, reason, properties);
        return ProtocolError.None;
    }

    /// <summary>Bytes of the whole packet.</summary>
    public int Size(MqttVersion version) => FieldWriter.SizeOfPacket(BodySize(version));

    public void Write(IBufferWriter<byte> output, MqttVersion version)
    {
        var writer = FieldWriter.Begin(output, (byte)PacketType.Connack << 4, BodySize(version));
        writer.Byte((byte)(SessionPresent ? 1 : 0));
        writer.Byte(version == MqttVersion.V5 ? (byte)Reason : ToReturnCode(Reason));
        if (version == MqttVersion.V5)
            PropertyBag.Write(Properties, ref writer);
    }

    private int BodySize(MqttVersion version) => 2 + (version == MqttVersion.V5 ? PropertyBag.Size(Properties) : 0);

    /// <summary>The return code of 3.1.1 (§3.2.2.3) that comes nearest; 3 where none fits.</summary>
    public static byte ToReturnCode(ReasonCode reason) => reason switch
    {
        ReasonCode.Success => 0,
        ReasonCode.UnsupportedProtocolVersion => 1,
        ReasonCode.ClientIdentifierNotValid => 2,
        ReasonCode.BadUserNameOrPassword => 4,
        ReasonCode.NotAuthorized or ReasonCode.Banned or ReasonCode.BadAuthenticationMethod => 5,
        _ => 3,
    };

    private static ReasonCode FromReturnCode(byte code) => code switch
    {
        0 => ReasonCode.Success,
        1 => ReasonCode.UnsupportedProtocolVersion,
        2 => ReasonCode.ClientIdentifierNotValid,
        3 => ReasonCode.ServerUnavailable,
        4 => ReasonCode.BadUserNameOrPassword,
        5 => ReasonCode.NotAuthorized,
        _ => ReasonCode.UnspecifiedError,
    };
}
