using System.Buffers;
using B2D.Mqtt.Topics;

namespace B2D.Mqtt.Packets;

/// <summary>The will in a CONNECT (MQTT 5.0 §3.1.3.2 to §3.1.3.4).</summary>
/// <param name="Message">What is published when the connection ends without a normal DISCONNECT.</param>
/// <param name="DelaySeconds">Seconds to wait first, so that a client can come back.</param>
internal sealed record Will(MqttMessage Message, uint DelaySeconds);

/// <summary>CONNECT (MQTT 3.1.1 §3.1, 5.0 §3.1). MQTT 3.1 is served as 3.1.1 is; old firmware in the field speaks it.</summary>
internal sealed record ConnectPacket(MqttVersion Version, string ClientId, bool CleanStart, ushort KeepAlive)
{
    private const byte BridgeBit = 0x80;

    private const byte UserNameFlag = 0x80, PasswordFlag = 0x40, WillRetainFlag = 0x20, WillQoSBits = 0x18, WillFlag = 0x04, CleanStartFlag = 0x02;

    /// <summary>The client speaks MQTT 3.1: flags that it does not use may have any value, CONNACK has no session present, and it must have a client id.</summary>
    public bool IsV31 { get; init; }

    /// <summary>
    /// The client is the bridge of another broker: it set the highest bit of the protocol level, as Mosquitto's does to every broker it meets. What it
    /// publishes does not come back to it, and it gets the retain flag as published.
    /// </summary>
    public bool IsBridge { get; init; }

    public string? UserName { get; init; }

    public byte[]? Password { get; init; }

    public Will? Will { get; init; }

    public PropertyBag? Properties { get; init; }

    /// <summary>Decodes the body. With a version that is not served <paramref name="level"/> tells which one was asked for.</summary>
    public static ProtocolError Decode(ReadOnlySpan<byte> body, out ConnectPacket? packet, out byte level)
    {
        packet = null;
        level = 0;
        var reader = new FieldReader(body);
        if (!reader.TryBinary(out var name))
            return reader.Error;
        // A server may treat the packet of another protocol as it likes [MQTT-3.1.2-1]; MQIsdp is MQTT 3.1.
        if (!name.SequenceEqual("MQTT"u8) && !name.SequenceEqual("MQIsdp"u8))
            return ProtocolError.NotConnect;
        if (!reader.TryByte(out level))
            return reader.Error;
        var old = SpeaksV31(body);
        var bridge = level == (BridgeBit | (byte)MqttVersion.V311) || (old && level >= BridgeBit);
        if (bridge)
            level &= unchecked((byte)~BridgeBit);
        if (!old && !name.SequenceEqual("MQTT"u8))
            return ProtocolError.ProtocolName;
        if (!old && level is not ((byte)MqttVersion.V311 or (byte)MqttVersion.V5))
            return ProtocolError.ProtocolVersion;
        if (!reader.TryByte(out var flags) || !reader.TryUInt16(out var keepAlive))
            return reader.Error;
        var version = old ? MqttVersion.V311 : (MqttVersion)level;
        var error = CheckFlags(old ? (byte)(flags & 0xFE) : flags, version);
        return error != ProtocolError.None ? error : DecodeRest(ref reader, version, (old, bridge), flags, keepAlive, out packet);
    }

    /// <summary>Whether a CONNECT's body begins as that of MQTT 3.1 does.</summary>
    public static bool SpeaksV31(ReadOnlySpan<byte> body) => body.Length > 8 && body.StartsWith("\0\u0006MQIsdp"u8) && (body[8] & ~BridgeBit) == 3;

    private static ProtocolError DecodeRest(ref FieldReader reader, MqttVersion version, (bool Old, bool Bridge) kind, byte flags, ushort keepAlive, out ConnectPacket? packet)
    {
        packet = null;
        PropertyBag? properties = null;
        if (version == MqttVersion.V5 && !PropertyBag.TryRead(ref reader, PropertyPlace.Connect, out properties))
            return reader.Error;
        if (!reader.TryText(out var clientId))
            return reader.Error;
        Will? will = null;
        if ((flags & WillFlag) != 0 && !TryReadWill(ref reader, version, flags, out will))
            return reader.Error;
        // In MQTT 3.1 the flags may announce what then does not come.
        if (kind.Old && reader.AtEnd)
            flags &= unchecked((byte)~(UserNameFlag | PasswordFlag));
        string? userName = null;
        if ((flags & UserNameFlag) != 0 && !reader.TryText(out userName))
            return reader.Error;
        if (kind.Old && reader.AtEnd)
            flags &= unchecked((byte)~PasswordFlag);
        ReadOnlySpan<byte> password = default;
        if ((flags & PasswordFlag) != 0 && !reader.TryBinary(out password))
            return reader.Error;
        if (!reader.AtEnd)
            return ProtocolError.BodyTooLong;
        if (properties?.Binary(PropertyId.AuthenticationData) != null && properties.Text(PropertyId.AuthenticationMethod) == null)
            return ProtocolError.PropertyValue;
        packet = new ConnectPacket(version, clientId, (flags & CleanStartFlag) != 0, keepAlive)
        {
            IsV31 = kind.Old,
            IsBridge = kind.Bridge,
            UserName = userName,
            Password = (flags & PasswordFlag) != 0 ? password.ToArray() : null,
            Will = will,
            Properties = properties,
        };
        return ProtocolError.None;
    }

    /// <summary>[MQTT-3.1.2-3] reserved bit, [MQTT-3.1.2-11] to [MQTT-3.1.2-15] will bits, 3.1.1 [MQTT-3.1.2-22] password needs a user name.</summary>
    private static ProtocolError CheckFlags(byte flags, MqttVersion version)
    {
        if ((flags & 1) != 0)
            return ProtocolError.ConnectFlags;
        if ((flags & WillQoSBits) == WillQoSBits)
            return ProtocolError.WillFlags;
        if ((flags & WillFlag) == 0 && (flags & (WillQoSBits | WillRetainFlag)) != 0)
            return ProtocolError.WillFlags;
        if (version == MqttVersion.V311 && (flags & (PasswordFlag | UserNameFlag)) == PasswordFlag)
            return ProtocolError.PasswordWithoutUserName;
        return ProtocolError.None;
    }

    private static bool TryReadWill(ref FieldReader reader, MqttVersion version, byte flags, out Will? will)
    {
        will = null;
        PropertyBag? properties = null;
        if (version == MqttVersion.V5 && !PropertyBag.TryRead(ref reader, PropertyPlace.Will, out properties))
            return false;
        if (!reader.TryText(out var topic) || !reader.TryBinary(out var payload))
            return false;
        if (!TopicName.IsValid(topic))
            return reader.Fail(ProtocolError.TopicName);
        var message = new MqttMessage(topic, payload.ToArray(), (QoS)((flags & WillQoSBits) >> 3), (flags & WillRetainFlag) != 0)
        {
            Properties = PublishPacket.ToMessage(properties),
        };
        will = new Will(message, properties?.Number(PropertyId.WillDelayInterval) ?? 0);
        return true;
    }

    public void Write(IBufferWriter<byte> output)
    {
        var willProperties = Will == null ? null : PublishPacket.FromMessage(Will.Message.Properties);
        if (Will is { DelaySeconds: > 0 })
            willProperties = (willProperties ?? new PropertyBag()).Add(PropertyId.WillDelayInterval, Will.DelaySeconds);
        var v5 = Version == MqttVersion.V5;
        var size = 10 + (v5 ? PropertyBag.Size(Properties) : 0) + FieldWriter.SizeOfText(ClientId);
        if (Will != null)
            size += (v5 ? PropertyBag.Size(willProperties) : 0) + FieldWriter.SizeOfText(Will.Message.Topic) + 2 + Will.Message.Payload.Length;
        size += UserName == null ? 0 : FieldWriter.SizeOfText(UserName);
        size += Password == null ? 0 : 2 + Password.Length;

        var writer = FieldWriter.Begin(output, (byte)PacketType.Connect << 4, size);
        writer.Text("MQTT");
        writer.Byte((byte)Version);
        writer.Byte(Flags());
        writer.UInt16(KeepAlive);
        if (v5)
            PropertyBag.Write(Properties, ref writer);
        writer.Text(ClientId);
        if (Will != null)
        {
            if (v5)
                PropertyBag.Write(willProperties, ref writer);
            writer.Text(Will.Message.Topic);
            writer.Binary(Will.Message.Payload.Span);
        }
        if (UserName != null)
            writer.Text(UserName);
        if (Password != null)
            writer.Binary(Password);
    }

    private byte Flags()
    {
        var flags = CleanStart ? CleanStartFlag : 0;
        if (Will != null)
            flags |= WillFlag | (byte)Will.Message.QoS << 3 | (Will.Message.Retain ? WillRetainFlag : 0);
        if (UserName != null)
            flags |= UserNameFlag;
        if (Password != null)
            flags |= PasswordFlag;
        return (byte)flags;
    }
}
