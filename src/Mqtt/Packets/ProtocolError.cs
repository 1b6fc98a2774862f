namespace B2D.Mqtt.Packets;

/// <summary>Everything that can be wrong with what a peer sent; closed. <see cref="None"/> means nothing is.</summary>
internal enum ProtocolError : byte
{
    None,

    // The bytes cannot be parsed.
    Truncated,
    RemainingLength,
    ReservedType,
    ReservedFlags,
    BodyTooShort,
    BodyTooLong,
    Text,
    PropertyUnknown,
    PropertyMalformed,
    ConnectFlags,
    WillFlags,
    QoSThree,
    SubscriptionOptions,
    ReasonCode,
    TopicName,
    TopicFilter,
    DupWithQoS0,

    // The bytes parse and break a rule.
    PacketTooLarge,
    NotConnect,
    ProtocolName,
    ProtocolVersion,
    PropertyNotAllowed,
    ServersProperty,
    PropertyRepeated,
    PropertyValue,
    TooManyProperties,
    PasswordWithoutUserName,
    PacketIdZero,
    NoFilters,
    SharedNoLocal,
    SecondConnect,
    ServerPacket,
    AuthUnexpected,
    TopicMissing,
    AliasInvalid,
    AliasUnknown,
    ReceiveMaximumExceeded,
    SessionExpiryRaised,
    UnexpectedAck,
    NeverReleased,
}

/// <summary>What a protocol error means to the peer and to the log.</summary>
internal static class ProtocolErrors
{
    /// <summary>The code for DISCONNECT or CONNACK (MQTT 5.0 §4.13).</summary>
    public static Mqtt.ReasonCode ToReason(this ProtocolError error) => error switch
    {
        ProtocolError.None => Mqtt.ReasonCode.Success,
        ProtocolError.PacketTooLarge => Mqtt.ReasonCode.PacketTooLarge,
        ProtocolError.ProtocolName or ProtocolError.ProtocolVersion => Mqtt.ReasonCode.UnsupportedProtocolVersion,
        ProtocolError.TooManyProperties => Mqtt.ReasonCode.QuotaExceeded,
        ProtocolError.AliasInvalid => Mqtt.ReasonCode.TopicAliasInvalid,
        ProtocolError.ReceiveMaximumExceeded => Mqtt.ReasonCode.ReceiveMaximumExceeded,
        < ProtocolError.PacketTooLarge => Mqtt.ReasonCode.MalformedPacket,
        _ => Mqtt.ReasonCode.ProtocolError,
    };

    /// <summary>The end of a connection on which it happened.</summary>
    public static EndReason ToEnd(this ProtocolError error) => error switch
    {
        ProtocolError.None => EndReason.None,
        ProtocolError.Truncated => EndReason.Truncated,
        ProtocolError.PacketTooLarge => EndReason.PacketTooLarge,
        ProtocolError.NotConnect => EndReason.NotMqtt,
        ProtocolError.ProtocolName or ProtocolError.ProtocolVersion => EndReason.UnsupportedVersion,
        ProtocolError.ReceiveMaximumExceeded => EndReason.ReceiveMaximumExceeded,
        < ProtocolError.PacketTooLarge => EndReason.Malformed,
        _ => EndReason.ProtocolError,
    };
}
