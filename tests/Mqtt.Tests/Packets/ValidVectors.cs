namespace B2D.Mqtt.Tests.Packets;

/// <summary>One valid packet: its bytes, written by hand from the specification, and what they mean.</summary>
public sealed record ValidVector(string Name, MqttVersion Version, string Wire, string Meaning)
{
    /// <summary>False where a shorter encoding of the same meaning exists, which is the one we write.</summary>
    public bool Canonical { get; init; } = true;

    public override string ToString() => $"{Version} {Name}";
}

/// <summary>Valid packets of both versions, all types and all properties.</summary>
public static class ValidVectors
{
    private const MqttVersion Old = MqttVersion.V311, New = MqttVersion.V5;

    public static TheoryData<ValidVector> All => [.. Connects, .. Connacks, .. Publishes, .. Acks, .. Subscribes, .. Ends];

    private static ValidVector[] Connects =>
    [
        new("CONNECT, least", Old, "10 0D 0004 'MQTT' 04 02 000A 0001 'p'", "CONNECT V311 p clean keep=10"),
        new("CONNECT, no clean session", Old, "10 0E 0004 'MQTT' 04 00 FFFF 0002 'id'", "CONNECT V311 id keep=65535"),
        new("CONNECT, empty client id", Old, "10 0C 0004 'MQTT' 04 02 0000 0000", "CONNECT V311  clean keep=0"),
        // 3.1.1 figure 3.6: will, user name and password in one.
        new("CONNECT, everything", Old, "10 1D 0004 'MQTT' 04 EE 003C 0001 'c' 0003 'w/t' 0002 'by' 0001 'u' 0002 00FF",
            "CONNECT V311 c clean keep=60 will=w/t:by:AtLeastOnce:retain:0s user=u password=00FF"),
        new("CONNECT, empty user name and password", Old, "10 11 0004 'MQTT' 04 C2 000A 0001 'p' 0000 0000", "CONNECT V311 p clean keep=10 user= password="),
        new("CONNECT of MQTT 3.1", Old, "10 0F 0006 'MQIsdp' 03 02 000A 0001 'p'", "CONNECT V311 p clean keep=10") { Canonical = false },
        // MQTT 3.1 §3.1: the reserved bit is not used, and the announced user name and password may be missing.
        new("CONNECT of MQTT 3.1, flags without meaning", Old, "10 0F 0006 'MQIsdp' 03 C3 000A 0001 'p'", "CONNECT V311 p clean keep=10") { Canonical = false },
        new("CONNECT of MQTT 3.1, password missing", Old, "10 12 0006 'MQIsdp' 03 C2 000A 0001 'p' 0001 'u'", "CONNECT V311 p clean keep=10 user=u") { Canonical = false },
        new("CONNECT, least", New, "10 0E 0004 'MQTT' 05 02 000A 00 0001 'p'", "CONNECT V5 p clean keep=10"),
        new("CONNECT, password without user name", New, "10 12 0004 'MQTT' 05 42 000A 00 0001 'p' 0002 'pw'", "CONNECT V5 p clean keep=10 password=7077"),
        new("CONNECT, all properties", New,
            "10 3B 0004 'MQTT' 05 02 000A 2D 11 0000000A 21 0014 27 00010000 22 000A 19 01 17 00 26 0001 'k' 0001 'v' 26 0001 'k' 0001 'w' 15 0003 'abc' 16 0002 01 02 0001 'p'",
            "CONNECT V5 p clean keep=10 {SessionExpiryInterval=10 AuthenticationMethod=abc AuthenticationData=0102 RequestProblemInformation=0 RequestResponseInformation=1 ReceiveMaximum=20 TopicAliasMaximum=10 k=v k=w MaximumPacketSize=65536}"),
        new("CONNECT, will with properties", New,
            "10 32 0004 'MQTT' 05 16 000A 00 0001 'p' 1A 01 01 02 0000003C 03 0001 't' 08 0003 'r/t' 09 0001 AA 18 00000005 0003 'w/t' 0002 'by'",
            "CONNECT V5 p clean keep=10 will=w/t:by:ExactlyOnce:5s[t,r/t,60,True]"),
        new("CONNECT, will without properties", New, "10 16 0004 'MQTT' 05 04 000A 00 0001 'p' 00 0001 'w' 0002 'by'", "CONNECT V5 p keep=10 will=w:by:AtMostOnce:0s"),
    ];

    private static ValidVector[] Connacks =>
    [
        new("CONNACK, accepted", Old, "20 02 00 00", "CONNACK Success"),
        new("CONNACK, session present", Old, "20 02 01 00", "CONNACK present Success"),
        new("CONNACK, version", Old, "20 02 00 01", "CONNACK UnsupportedProtocolVersion"),
        new("CONNACK, client id", Old, "20 02 00 02", "CONNACK ClientIdentifierNotValid"),
        new("CONNACK, unavailable", Old, "20 02 00 03", "CONNACK ServerUnavailable"),
        new("CONNACK, password", Old, "20 02 00 04", "CONNACK BadUserNameOrPassword"),
        new("CONNACK, not authorised", Old, "20 02 00 05", "CONNACK NotAuthorized"),
        new("CONNACK, accepted", New, "20 03 00 00 00", "CONNACK Success"),
        new("CONNACK, short form of an older server", New, "20 02 00 01", "CONNACK UnsupportedProtocolVersion") { Canonical = false },
        new("CONNACK, refused", New, "20 0A 00 87 07 1F 0004 'nope'", "CONNACK NotAuthorized {ReasonString=nope}"),
        new("CONNACK, all properties", New,
            "20 3F 01 00 3C 11 00000001 21 0002 24 01 25 00 27 00000400 12 0001 'a' 22 0003 1F 0001 'r' 26 0001 'k' 0001 'v' 28 00 29 01 2A 00 13 0004 1A 0001 'i' 1C 0001 's' 15 0001 'm' 16 0001 FF",
            "CONNACK present Success {SessionExpiryInterval=1 AssignedClientIdentifier=a ServerKeepAlive=4 AuthenticationMethod=m AuthenticationData=FF ResponseInformation=i ServerReference=s ReasonString=r ReceiveMaximum=2 TopicAliasMaximum=3 MaximumQoS=1 RetainAvailable=0 k=v MaximumPacketSize=1024 WildcardSubscriptionAvailable=0 SubscriptionIdentifierAvailable=1 SharedSubscriptionAvailable=0}"),
    ];

    private static ValidVector[] Publishes =>
    [
        new("PUBLISH QoS 0", Old, "30 06 0003 'a/b' 'x'", "PUBLISH 'a/b' x AtMostOnce"),
        new("PUBLISH QoS 0, empty payload, retain", Old, "31 05 0003 'a/b'", "PUBLISH 'a/b'  AtMostOnce retain"),
        // 3.1.1 §3.3.2.3: topic a/b, packet identifier 10.
        new("PUBLISH QoS 1", Old, "32 09 0003 'a/b' 000A 'xy'", "PUBLISH 'a/b' xy AtLeastOnce 10"),
        new("PUBLISH QoS 1 repeated", Old, "3A 09 0003 'a/b' 000A 'xy'", "PUBLISH 'a/b' xy AtLeastOnce dup 10"),
        new("PUBLISH QoS 2", Old, "34 08 0003 'a/b' FFFF 'z'", "PUBLISH 'a/b' z ExactlyOnce 65535"),
        new("PUBLISH QoS 2, repeated, retain", Old, "3D 08 0003 'a/b' 0001 'z'", "PUBLISH 'a/b' z ExactlyOnce retain dup 1"),
        // §1.5.4.1: A and U+2A6D4, five bytes.
        new("PUBLISH, topic beyond the basic plane", Old, "30 07 0005 41F0AA9B94", "PUBLISH 'A\U0002A6D4'  AtMostOnce"),
        // [MQTT-1.5.4-3]: U+FEFF is a character like others and must not be skipped.
        new("PUBLISH, topic with U+FEFF", New, "30 06 0003 EFBBBF 00", "PUBLISH '\uFEFF'  AtMostOnce"),
        new("PUBLISH QoS 0", New, "30 07 0003 'a/b' 00 'x'", "PUBLISH 'a/b' x AtMostOnce"),
        new("PUBLISH, alias only", New, "30 07 0000 03 23 0001 'x'", "PUBLISH '' x AtMostOnce {TopicAlias=1}"),
        new("PUBLISH, all properties", New,
            "32 2E 0001 't' 0001 26 01 01 02 0000000A 23 0005 08 0001 'r' 09 0002 BEEF 26 0001 'k' 0001 'v' 0B 80 01 0B 01 03 0004 'json' 'pl'",
            "PUBLISH 't' pl AtLeastOnce 1 {PayloadFormatIndicator=1 MessageExpiryInterval=10 ContentType=json ResponseTopic=r CorrelationData=BEEF SubscriptionIdentifier=128+1 TopicAlias=5 k=v}"),
        // Remaining Length of two bytes: 128 + 2 = 130 = 0x82 0x01.
        new("PUBLISH, 130 bytes", Old, "30 82 01 0001 't' '" + new string('x', 127) + "'", "PUBLISH 't' " + new string('x', 127) + " AtMostOnce"),
    ];

    private static ValidVector[] Acks =>
    [
        new("PUBACK", Old, "40 02 1234", "PUBACK 4660 Success"),
        new("PUBREC", Old, "50 02 1234", "PUBREC 4660 Success"),
        new("PUBREL", Old, "62 02 1234", "PUBREL 4660 Success"),
        new("PUBCOMP", Old, "70 02 1234", "PUBCOMP 4660 Success"),
        new("PUBACK, short", New, "40 02 1234", "PUBACK 4660 Success"),
        new("PUBACK, explicit success", New, "40 03 1234 00", "PUBACK 4660 Success") { Canonical = false },
        new("PUBACK, reason", New, "40 03 1234 10", "PUBACK 4660 NoMatchingSubscribers"),
        new("PUBACK, empty properties", New, "40 04 1234 87 00", "PUBACK 4660 NotAuthorized") { Canonical = false },
        new("PUBACK, properties", New, "40 0F 1234 97 0B 1F 0001 'r' 26 0001 'k' 0001 'v'", "PUBACK 4660 QuotaExceeded {ReasonString=r k=v}"),
        new("PUBREC, reason", New, "50 03 0001 91", "PUBREC 1 PacketIdentifierInUse"),
        new("PUBREL, reason", New, "62 03 0001 92", "PUBREL 1 PacketIdentifierNotFound"),
        new("PUBCOMP, reason", New, "70 03 0001 92", "PUBCOMP 1 PacketIdentifierNotFound"),
    ];

    private static ValidVector[] Subscribes =>
    [
        // 3.1.1 figure 3.23: a/b with QoS 1, c/d with QoS 2.
        new("SUBSCRIBE", Old, "82 0E 000A 0003 'a/b' 01 0003 'c/d' 02", "SUBSCRIBE 10 a/b:1,c/d:2"),
        new("SUBSCRIBE", New, "82 09 000A 00 0003 'a/b' 01", "SUBSCRIBE 10 a/b:1"),
        new("SUBSCRIBE, options", New, "82 0D 000A 00 0003 '+/b' 2E 0001 '#' 10", "SUBSCRIBE 10 +/b:2LPDoNotSend,#:0SendIfNew"),
        new("SUBSCRIBE, identifier 268,435,455", New, "82 0E 000A 05 0B FFFFFF7F 0003 'a/b' 00", "SUBSCRIBE 10 a/b:0 {SubscriptionIdentifier=268435455}"),
        new("SUBSCRIBE, shared", New, "82 12 000A 00 000C '$share/g/a/#' 00", "SUBSCRIBE 10 $share/g/a/#:0"),
        new("SUBACK", Old, "90 06 000A 00 01 02 80", "SUBACK 10 Success,GrantedQoS1,GrantedQoS2,UnspecifiedError"),
        new("SUBACK", New, "90 05 000A 00 01 8F", "SUBACK 10 GrantedQoS1,TopicFilterInvalid"),
        new("UNSUBSCRIBE", Old, "A2 0C 000A 0003 'a/b' 0003 'c/d'", "UNSUBSCRIBE 10 a/b,c/d"),
        new("UNSUBSCRIBE", New, "A2 0F 000A 07 26 0001 'k' 0001 'v' 0003 'a/b'", "UNSUBSCRIBE 10 a/b {k=v}"),
        new("UNSUBACK", Old, "B0 02 000A", "UNSUBACK 10 "),
        new("UNSUBACK", New, "B0 05 000A 00 00 11", "UNSUBACK 10 Success,NoSubscriptionExisted"),
    ];

    private static ValidVector[] Ends =>
    [
        new("PINGREQ", Old, "C0 00", "PINGREQ"),
        new("PINGRESP", New, "D0 00", "PINGRESP"),
        new("DISCONNECT", Old, "E0 00", "DISCONNECT Success"),
        new("DISCONNECT, empty", New, "E0 00", "DISCONNECT Success"),
        new("DISCONNECT, reason", New, "E0 01 04", "DISCONNECT DisconnectWithWill"),
        new("DISCONNECT, properties", New, "E0 0B 8E 09 11 00000000 1F 0001 'r'", "DISCONNECT SessionTakenOver {SessionExpiryInterval=0 ReasonString=r}"),
    ];
}
