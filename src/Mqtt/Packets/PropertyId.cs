namespace B2D.Mqtt.Packets;

/// <summary>Property identifiers (MQTT 5.0 §2.2.2.2).</summary>
internal enum PropertyId : byte
{
    PayloadFormatIndicator = 0x01,
    MessageExpiryInterval = 0x02,
    ContentType = 0x03,
    ResponseTopic = 0x08,
    CorrelationData = 0x09,
    SubscriptionIdentifier = 0x0B,
    SessionExpiryInterval = 0x11,
    AssignedClientIdentifier = 0x12,
    ServerKeepAlive = 0x13,
    AuthenticationMethod = 0x15,
    AuthenticationData = 0x16,
    RequestProblemInformation = 0x17,
    WillDelayInterval = 0x18,
    RequestResponseInformation = 0x19,
    ResponseInformation = 0x1A,
    ServerReference = 0x1C,
    ReasonString = 0x1F,
    ReceiveMaximum = 0x21,
    TopicAliasMaximum = 0x22,
    TopicAlias = 0x23,
    MaximumQoS = 0x24,
    RetainAvailable = 0x25,
    UserProperty = 0x26,
    MaximumPacketSize = 0x27,
    WildcardSubscriptionAvailable = 0x28,
    SubscriptionIdentifierAvailable = 0x29,
    SharedSubscriptionAvailable = 0x2A,
}

/// <summary>Where a property block stands; one bit each. The bits are the packet types, and one more for the will's block in CONNECT.</summary>
[Flags]
internal enum PropertyPlace
{
    None = 0,
    Will = 1 << PacketType.Reserved,
    Connect = 1 << PacketType.Connect,
    Connack = 1 << PacketType.Connack,
    Publish = 1 << PacketType.Publish,
    Acks = 1 << PacketType.Puback | 1 << PacketType.Pubrec | 1 << PacketType.Pubrel | 1 << PacketType.Pubcomp,
    Subscribe = 1 << PacketType.Subscribe,
    Suback = 1 << PacketType.Suback,
    Unsubscribe = 1 << PacketType.Unsubscribe,
    Unsuback = 1 << PacketType.Unsuback,
    Disconnect = 1 << PacketType.Disconnect,
    Auth = 1 << PacketType.Auth,
}

/// <summary>Wire type of a property.</summary>
internal enum PropertyType : byte
{
    Unknown,
    Byte,
    UInt16,
    UInt32,
    Variable,
    Text,
    Binary,
    Pair,
}

/// <summary>The table of MQTT 5.0 §2.2.2.2 with the value rules of the sections that define each property.</summary>
/// <param name="Type">Wire type.</param>
/// <param name="Places">Where it may stand.</param>
/// <param name="Min">Least number allowed.</param>
/// <param name="Max">Greatest number allowed.</param>
internal readonly record struct PropertyRule(PropertyType Type, PropertyPlace Places, uint Min = 0, uint Max = uint.MaxValue)
{
    private const PropertyPlace Answers =
        PropertyPlace.Connack | PropertyPlace.Acks | PropertyPlace.Suback | PropertyPlace.Unsuback | PropertyPlace.Disconnect | PropertyPlace.Auth;

    private const PropertyPlace Message = PropertyPlace.Publish | PropertyPlace.Will;

    private static readonly PropertyRule[] Table = Build();

    /// <summary>The rule of an identifier; type <see cref="PropertyType.Unknown"/> when there is no such property.</summary>
    public static PropertyRule Of(uint id) => id < (uint)Table.Length ? Table[id] : default;

    private static PropertyRule[] Build()
    {
        var table = new PropertyRule[0x2B];
        void Set(PropertyId id, PropertyType type, PropertyPlace places, uint min = 0, uint max = uint.MaxValue) =>
            table[(int)id] = new PropertyRule(type, places, min, max);

        Set(PropertyId.PayloadFormatIndicator, PropertyType.Byte, Message, 0, 1);
        Set(PropertyId.MessageExpiryInterval, PropertyType.UInt32, Message);
        Set(PropertyId.ContentType, PropertyType.Text, Message);
        Set(PropertyId.ResponseTopic, PropertyType.Text, Message);
        Set(PropertyId.CorrelationData, PropertyType.Binary, Message);
        Set(PropertyId.SubscriptionIdentifier, PropertyType.Variable, PropertyPlace.Publish | PropertyPlace.Subscribe, 1);
        Set(PropertyId.SessionExpiryInterval, PropertyType.UInt32, PropertyPlace.Connect | PropertyPlace.Connack | PropertyPlace.Disconnect);
        Set(PropertyId.AssignedClientIdentifier, PropertyType.Text, PropertyPlace.Connack);
        Set(PropertyId.ServerKeepAlive, PropertyType.UInt16, PropertyPlace.Connack);
        Set(PropertyId.AuthenticationMethod, PropertyType.Text, PropertyPlace.Connect | PropertyPlace.Connack | PropertyPlace.Auth);
        Set(PropertyId.AuthenticationData, PropertyType.Binary, PropertyPlace.Connect | PropertyPlace.Connack | PropertyPlace.Auth);
        Set(PropertyId.RequestProblemInformation, PropertyType.Byte, PropertyPlace.Connect, 0, 1);
        Set(PropertyId.WillDelayInterval, PropertyType.UInt32, PropertyPlace.Will);
        Set(PropertyId.RequestResponseInformation, PropertyType.Byte, PropertyPlace.Connect, 0, 1);
        Set(PropertyId.ResponseInformation, PropertyType.Text, PropertyPlace.Connack);
        Set(PropertyId.ServerReference, PropertyType.Text, PropertyPlace.Connack | PropertyPlace.Disconnect);
        Set(PropertyId.ReasonString, PropertyType.Text, Answers);
        Set(PropertyId.ReceiveMaximum, PropertyType.UInt16, PropertyPlace.Connect | PropertyPlace.Connack, 1);
        Set(PropertyId.TopicAliasMaximum, PropertyType.UInt16, PropertyPlace.Connect | PropertyPlace.Connack);
        Set(PropertyId.TopicAlias, PropertyType.UInt16, PropertyPlace.Publish);
        Set(PropertyId.MaximumQoS, PropertyType.Byte, PropertyPlace.Connack, 0, 1);
        Set(PropertyId.RetainAvailable, PropertyType.Byte, PropertyPlace.Connack, 0, 1);
        Set(PropertyId.UserProperty, PropertyType.Pair, Answers | Message | PropertyPlace.Connect | PropertyPlace.Subscribe | PropertyPlace.Unsubscribe);
        Set(PropertyId.MaximumPacketSize, PropertyType.UInt32, PropertyPlace.Connect | PropertyPlace.Connack, 1);
        Set(PropertyId.WildcardSubscriptionAvailable, PropertyType.Byte, PropertyPlace.Connack, 0, 1);
        Set(PropertyId.SubscriptionIdentifierAvailable, PropertyType.Byte, PropertyPlace.Connack, 0, 1);
        Set(PropertyId.SharedSubscriptionAvailable, PropertyType.Byte, PropertyPlace.Connack, 0, 1);
        return table;
    }
}
