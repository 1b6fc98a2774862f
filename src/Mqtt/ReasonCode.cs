namespace B2D.Mqtt;

/// <summary>All reason codes of MQTT 5.0 (§2.4). 0x80 and above mean failure. Some values carry a second name in another packet.</summary>
public enum ReasonCode : byte
{
    /// <summary>Success; in DISCONNECT: normal disconnection; in SUBACK: QoS 0 granted.</summary>
    Success = 0x00,

    /// <summary>SUBACK: QoS 1 granted.</summary>
    GrantedQoS1 = 0x01,

    /// <summary>SUBACK: QoS 2 granted.</summary>
    GrantedQoS2 = 0x02,

    /// <summary>DISCONNECT by a client that wants its will published.</summary>
    DisconnectWithWill = 0x04,

    /// <summary>PUBACK, PUBREC: accepted, but nobody is subscribed.</summary>
    NoMatchingSubscribers = 0x10,

    /// <summary>UNSUBACK: there was no such subscription.</summary>
    NoSubscriptionExisted = 0x11,

    /// <summary>AUTH: one more round.</summary>
    ContinueAuthentication = 0x18,

    /// <summary>AUTH: the client starts over.</summary>
    ReAuthenticate = 0x19,

    /// <summary>No other code fits, or the sender does not tell.</summary>
    UnspecifiedError = 0x80,

    /// <summary>The packet cannot be parsed.</summary>
    MalformedPacket = 0x81,

    /// <summary>The packet parses and breaks a rule.</summary>
    ProtocolError = 0x82,

    /// <summary>Valid, but this implementation does not accept it.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>CONNACK: the protocol version is not served.</summary>
    UnsupportedProtocolVersion = 0x84,

    /// <summary>CONNACK: the client id is not allowed.</summary>
    ClientIdentifierNotValid = 0x85,

    /// <summary>CONNACK: unknown user or wrong password.</summary>
    BadUserNameOrPassword = 0x86,

    /// <summary>The client may not do this.</summary>
    NotAuthorized = 0x87,

    /// <summary>CONNACK: the server is not available.</summary>
    ServerUnavailable = 0x88,

    /// <summary>The server is busy; try again later.</summary>
    ServerBusy = 0x89,

    /// <summary>CONNACK: the client is banned.</summary>
    Banned = 0x8A,

    /// <summary>DISCONNECT: the server stops.</summary>
    ServerShuttingDown = 0x8B,

    /// <summary>The authentication method is not supported.</summary>
    BadAuthenticationMethod = 0x8C,

    /// <summary>DISCONNECT: nothing was heard for one and a half keep-alive intervals.</summary>
    KeepAliveTimeout = 0x8D,

    /// <summary>DISCONNECT: another connection uses the same client id.</summary>
    SessionTakenOver = 0x8E,

    /// <summary>The topic filter is correct but not accepted.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>The topic name is correct but not accepted.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>The packet identifier is in use.</summary>
    PacketIdentifierInUse = 0x91,

    /// <summary>The packet identifier is unknown.</summary>
    PacketIdentifierNotFound = 0x92,

    /// <summary>DISCONNECT: more unacknowledged publishes than the receive maximum.</summary>
    ReceiveMaximumExceeded = 0x93,

    /// <summary>DISCONNECT: the topic alias is zero or above the maximum.</summary>
    TopicAliasInvalid = 0x94,

    /// <summary>The packet is larger than the maximum packet size.</summary>
    PacketTooLarge = 0x95,

    /// <summary>DISCONNECT: too many messages in too little time.</summary>
    MessageRateTooHigh = 0x96,

    /// <summary>A limit was reached.</summary>
    QuotaExceeded = 0x97,

    /// <summary>DISCONNECT: an administrator ended the connection.</summary>
    AdministrativeAction = 0x98,

    /// <summary>The payload does not match its format indicator.</summary>
    PayloadFormatInvalid = 0x99,

    /// <summary>Retained messages are not served.</summary>
    RetainNotSupported = 0x9A,

    /// <summary>The QoS is not served.</summary>
    QoSNotSupported = 0x9B,

    /// <summary>Use another server for now.</summary>
    UseAnotherServer = 0x9C,

    /// <summary>Use another server from now on.</summary>
    ServerMoved = 0x9D,

    /// <summary>Shared subscriptions are not served.</summary>
    SharedSubscriptionsNotSupported = 0x9E,

    /// <summary>Connections come too fast.</summary>
    ConnectionRateExceeded = 0x9F,

    /// <summary>DISCONNECT: the longest allowed connection time is over.</summary>
    MaximumConnectTime = 0xA0,

    /// <summary>Subscription identifiers are not served.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,

    /// <summary>Wildcard subscriptions are not served.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}

/// <summary>Questions about reason codes.</summary>
public static class ReasonCodes
{
    /// <summary>True from 0x80 up: the operation failed (§2.4).</summary>
    public static bool IsFailure(this ReasonCode reason) => (byte)reason >= 0x80;
}
