using B2D.Mqtt.Packets;

namespace B2D.Mqtt.Tests.Packets;

/// <summary>One packet that must be refused. The error is given by name, because the type is internal.</summary>
public sealed record MalformedVector(MqttVersion Version, string Wire, string Error, string Clause)
{
    public override string ToString() => $"{Version} {Error} {Clause} {Wire}";
}

/// <summary>What must be refused, with the clause that says so.</summary>
public static class MalformedVectors
{
    private const MqttVersion Old = MqttVersion.V311, New = MqttVersion.V5;

    public static TheoryData<MalformedVector> All => [.. Frames, .. Connects, .. Publishes, .. Acks, .. Subscribes, .. Ends];

    private static MalformedVector[] Frames =>
    [
        new(Old, "00 00", nameof(ProtocolError.ReservedType), "§2.2.1"),
        new(Old, "30 FFFFFFFF 7F", nameof(ProtocolError.RemainingLength), "§2.2.3: five bytes"),
        new(Old, "30 80808080 00", nameof(ProtocolError.RemainingLength), "§2.2.3: five bytes"),
        new(Old, "36 05 0003 'a/b'", nameof(ProtocolError.QoSThree), "[MQTT-3.3.1-4]"),
        new(Old, "11 00", nameof(ProtocolError.ReservedFlags), "[MQTT-2.2.2-2]"),
        new(Old, "60 02 0001", nameof(ProtocolError.ReservedFlags), "[MQTT-3.6.1-1]"),
        new(Old, "80 06 0001 0001 'a' 00", nameof(ProtocolError.ReservedFlags), "[MQTT-3.8.1-1]"),
        new(Old, "A0 05 0001 0001 'a'", nameof(ProtocolError.ReservedFlags), "[MQTT-3.10.1-1]"),
        new(Old, "41 02 0001", nameof(ProtocolError.ReservedFlags), "[MQTT-2.2.2-2]"),
        new(Old, "C8 00", nameof(ProtocolError.ReservedFlags), "[MQTT-2.2.2-2]"),
        new(New, "E2 00", nameof(ProtocolError.ReservedFlags), "[MQTT-3.14.1-1]"),
        new(New, "F1 00", nameof(ProtocolError.ReservedFlags), "[MQTT-3.15.1-1]"),
        new(Old, "30 81 80 40 0001 't'", nameof(ProtocolError.PacketTooLarge), "declares 1,048,577 bytes, allowed are 1,048,576 in all"),
    ];

    private static MalformedVector[] Connects =>
    [
        new(Old, "10 0C 0003 'MQT' 04 02 000A 0001 'p'", nameof(ProtocolError.NotConnect), "[MQTT-3.1.2-1]"),
        new(Old, "10 0F 0006 'MQIsdp' 04 02 000A 0001 'p'", nameof(ProtocolError.ProtocolName), "[MQTT-3.1.2-1]: MQTT 3.1's name with another level"),
        new(Old, "10 0D 0004 'MQTT' 03 02 000A 0001 'p'", nameof(ProtocolError.ProtocolVersion), "[MQTT-3.1.2-2]"),
        new(New, "10 0E 0004 'MQTT' 06 02 000A 00 0001 'p'", nameof(ProtocolError.ProtocolVersion), "[MQTT-3.1.2-2]"),
        new(Old, "10 0D 0004 'MQTT' 04 03 000A 0001 'p'", nameof(ProtocolError.ConnectFlags), "[MQTT-3.1.2-3]"),
        new(Old, "10 0D 0004 'MQTT' 04 0A 000A 0001 'p'", nameof(ProtocolError.WillFlags), "[MQTT-3.1.2-13]"),
        new(Old, "10 0D 0004 'MQTT' 04 22 000A 0001 'p'", nameof(ProtocolError.WillFlags), "[MQTT-3.1.2-15]"),
        new(Old, "10 13 0004 'MQTT' 04 1E 000A 0001 'p' 0001 't' 0001 'm'", nameof(ProtocolError.WillFlags), "[MQTT-3.1.2-14]"),
        new(Old, "10 10 0004 'MQTT' 04 42 000A 0001 'p' 0001 'w'", nameof(ProtocolError.PasswordWithoutUserName), "3.1.1 [MQTT-3.1.2-22]"),
        new(Old, "10 0E 0004 'MQTT' 04 02 000A 0001 'p' 00", nameof(ProtocolError.BodyTooLong), "nothing may follow the payload"),
        new(Old, "10 0D 0004 'MQTT' 04 82 000A 0001 'p'", nameof(ProtocolError.BodyTooShort), "[MQTT-3.1.2-19]: user name missing"),
        new(Old, "10 10 0004 'MQTT' 04 C2 000A 0001 'p' 0001 'u'", nameof(ProtocolError.BodyTooShort), "[MQTT-3.1.2-21]: password missing"),
        new(Old, "10 0D 0004 'MQTT' 04 06 000A 0001 'p'", nameof(ProtocolError.BodyTooShort), "[MQTT-3.1.2-9]: will missing"),
        new(Old, "10 13 0004 'MQTT' 04 06 000A 0001 'p' 0001 '#' 0001 'm'", nameof(ProtocolError.TopicName), "§4.7.1: will topic with wildcard"),
        new(Old, "10 12 0004 'MQTT' 04 06 000A 0001 'p' 0000 0001 'm'", nameof(ProtocolError.TopicName), "[MQTT-4.7.3-1]: empty will topic"),
        new(Old, "10 0F 0004 'MQTT' 04 02 000A 0003 'a' 00 'b'", nameof(ProtocolError.Text), "[MQTT-1.5.3-2]: U+0000"),
        new(New, "10 13 0004 'MQTT' 05 82 000A 00 0001 'p' 0003 EDA080", nameof(ProtocolError.Text), "[MQTT-3.1.3-12]: user name with U+D800"),
        new(New, "10 14 0004 'MQTT' 05 06 000A 00 0001 'p' 00 0001 FF 0001 'm'", nameof(ProtocolError.Text), "[MQTT-3.1.3-11]: will topic that is no UTF-8"),
        new(Old, "10 0F 0004 'MQTT' 04 02 000A 0003 EDA080", nameof(ProtocolError.Text), "[MQTT-1.5.3-1]: U+D800"),
        new(New, "10 10 0004 'MQTT' 05 02 000A 02 15 00 0001 'p'", nameof(ProtocolError.PropertyMalformed), "a property cut short"),
        new(New, "10 13 0004 'MQTT' 05 02 000A 05 21 0000 17 01 0001 'p'", nameof(ProtocolError.PropertyValue), "§3.1.2.11.3: receive maximum 0"),
        new(New, "10 13 0004 'MQTT' 05 02 000A 05 27 00000000 0001 'p'", nameof(ProtocolError.PropertyValue), "§3.1.2.11.4: maximum packet size 0"),
        new(New, "10 10 0004 'MQTT' 05 02 000A 02 17 02 0001 'p'", nameof(ProtocolError.PropertyValue), "§3.1.2.11.7: neither 0 nor 1"),
        new(New, "10 12 0004 'MQTT' 05 02 000A 04 17 01 17 01 0001 'p'", nameof(ProtocolError.PropertyRepeated), "§3.1.2.11.7: twice"),
        new(New, "10 10 0004 'MQTT' 05 02 000A 02 01 01 0001 'p'", nameof(ProtocolError.PropertyNotAllowed), "§2.2.2.2: of PUBLISH"),
        new(New, "10 10 0004 'MQTT' 05 02 000A 02 7F 01 0001 'p'", nameof(ProtocolError.PropertyUnknown), "§2.2.2.2"),
        new(New, "10 12 0004 'MQTT' 05 02 000A 04 16 0001 FF 0001 'p'", nameof(ProtocolError.PropertyValue), "§3.1.2.11.10: data without method"),
    ];

    private static MalformedVector[] Publishes =>
    [
        new(Old, "38 06 0003 'a/b' 'x'", nameof(ProtocolError.DupWithQoS0), "[MQTT-3.3.1-2]"),
        new(Old, "32 08 0003 'a/b' 0000 'x'", nameof(ProtocolError.PacketIdZero), "[MQTT-2.3.1-1]"),
        new(Old, "32 05 0003 'a/b'", nameof(ProtocolError.BodyTooShort), "packet identifier missing"),
        new(Old, "30 05 0003 'a/+'", nameof(ProtocolError.TopicName), "[MQTT-3.3.2-2]"),
        new(Old, "30 05 0003 'a/#'", nameof(ProtocolError.TopicName), "[MQTT-3.3.2-2]"),
        new(Old, "30 04 0002 'a' 00", nameof(ProtocolError.TopicName), "[MQTT-1.5.3-2]: U+0000"),
        new(Old, "30 04 0002 'a' 1F", nameof(ProtocolError.TopicName), "§1.5.3: control character"),
        new(Old, "30 04 0002 C29F", nameof(ProtocolError.TopicName), "§1.5.3: control character U+009F"),
        new(Old, "30 05 0003 EFBFBF", nameof(ProtocolError.TopicName), "§1.5.3: non-character U+FFFF"),
        new(Old, "30 03 0001 C3", nameof(ProtocolError.TopicName), "[MQTT-1.5.3-1]: cut UTF-8"),
        new(Old, "30 02 0000", nameof(ProtocolError.TopicMissing), "[MQTT-4.7.3-1]"),
        new(Old, "30 04 0003 'a/'", nameof(ProtocolError.BodyTooShort), "topic cut short"),
        new(New, "30 03 0000 00", nameof(ProtocolError.TopicMissing), "§3.3.2.1: no topic and no alias"),
        new(New, "30 07 0001 't' 03 23 0000", nameof(ProtocolError.AliasInvalid), "[MQTT-3.3.2-8]"),
        new(New, "30 06 0001 't' 02 01 02", nameof(ProtocolError.PropertyValue), "§3.3.2.3.2: format 2"),
        new(New, "30 08 0001 't' 04 08 0001 '+'", nameof(ProtocolError.PropertyValue), "[MQTT-3.3.2-14]: response topic with wildcard"),
        new(New, "30 06 0001 't' 02 0B 00", nameof(ProtocolError.PropertyValue), "§3.3.2.3.8: identifier 0"),
        new(New, "30 07 0001 't' 03 0B 80 00", nameof(ProtocolError.PropertyMalformed), "[MQTT-1.5.5-1]: not the shortest form"),
        new(New, "30 06 0001 't' 7F 01 01", nameof(ProtocolError.BodyTooShort), "property length beyond the packet"),
    ];

    private static MalformedVector[] Acks =>
    [
        new(Old, "40 02 0000", nameof(ProtocolError.PacketIdZero), "§2.3.1"),
        new(Old, "40 01 00", nameof(ProtocolError.BodyTooShort), "§3.4.2"),
        new(Old, "40 03 0001 00", nameof(ProtocolError.BodyTooLong), "§3.4: 3.1.1 has no reason"),
        new(New, "40 03 0001 01", nameof(ProtocolError.ReasonCode), "[MQTT-3.4.2-1]"),
        new(New, "50 03 0001 92", nameof(ProtocolError.ReasonCode), "[MQTT-3.5.2-1]"),
        new(New, "62 03 0001 10", nameof(ProtocolError.ReasonCode), "[MQTT-3.6.2-1]"),
        new(New, "70 03 0001 80", nameof(ProtocolError.ReasonCode), "[MQTT-3.7.2-1]"),
        new(New, "40 0A 0001 00 06 26 0001 FF 0000", nameof(ProtocolError.PropertyMalformed), "[MQTT-1.5.7-1]: user property that is no UTF-8"),
        new(New, "40 05 0001 00 00 00", nameof(ProtocolError.BodyTooLong), "nothing may follow the properties"),
        new(New, "40 09 0001 00 05 11 00000001", nameof(ProtocolError.PropertyNotAllowed), "§3.4.2.2"),
    ];

    private static MalformedVector[] Subscribes =>
    [
        new(Old, "82 02 0001", nameof(ProtocolError.NoFilters), "[MQTT-3.8.3-3]"),
        new(Old, "82 06 0000 0001 'a' 00", nameof(ProtocolError.PacketIdZero), "[MQTT-2.3.1-1]"),
        new(Old, "82 06 0001 0001 'a' 03", nameof(ProtocolError.SubscriptionOptions), "[MQTT-3-8.3-4]"),
        new(Old, "82 06 0001 0001 'a' 04", nameof(ProtocolError.SubscriptionOptions), "[MQTT-3-8.3-4]: reserved in 3.1.1"),
        new(Old, "82 05 0001 0001 'a'", nameof(ProtocolError.BodyTooShort), "options missing"),
        new(Old, "82 05 0001 0000 00", nameof(ProtocolError.TopicFilter), "[MQTT-4.7.3-1]"),
        new(Old, "82 08 0001 0003 'a#b' 00", nameof(ProtocolError.TopicFilter), "[MQTT-4.7.1-2]"),
        new(Old, "82 08 0001 0003 '#/b' 00", nameof(ProtocolError.TopicFilter), "[MQTT-4.7.1-2]"),
        new(Old, "82 09 0001 0003 'a/+' 00 01", nameof(ProtocolError.BodyTooShort), "one byte too many"),
        new(Old, "82 07 0001 0002 'a+' 00", nameof(ProtocolError.TopicFilter), "[MQTT-4.7.1-3]"),
        new(New, "82 07 0001 00 0001 'a' 40", nameof(ProtocolError.SubscriptionOptions), "[MQTT-3.8.3-5]"),
        new(New, "82 07 0001 00 0001 'a' 30", nameof(ProtocolError.SubscriptionOptions), "§3.8.3.1: retain handling 3"),
        new(New, "82 10 0001 00 000A '$share/g/a' 04", nameof(ProtocolError.SharedNoLocal), "[MQTT-3.8.3-4]"),
        new(New, "82 0F 0001 00 0009 '$share//a' 00", nameof(ProtocolError.TopicFilter), "[MQTT-4.8.2-1]"),
        new(New, "82 0E 0001 00 0008 '$share/g' 00", nameof(ProtocolError.TopicFilter), "[MQTT-4.8.2-2]"),
        new(New, "82 10 0001 00 000A '$share/+/a' 00", nameof(ProtocolError.TopicFilter), "[MQTT-4.8.2-2]"),
        new(New, "82 0B 0001 04 0B 01 0B 02 0001 'a' 00", nameof(ProtocolError.PropertyRepeated), "§3.8.2.1.2: two identifiers"),
        new(Old, "A2 02 0001", nameof(ProtocolError.NoFilters), "[MQTT-3.10.3-2]"),
        new(Old, "A2 07 0001 0003 'a#b'", nameof(ProtocolError.TopicFilter), "[MQTT-4.7.1-2]"),
    ];

    private static MalformedVector[] Ends =>
    [
        new(Old, "C0 01 00", nameof(ProtocolError.BodyTooLong), "§3.12"),
        new(Old, "E0 01 00", nameof(ProtocolError.BodyTooLong), "§3.14 of 3.1.1"),
        new(New, "E0 01 01", nameof(ProtocolError.ReasonCode), "[MQTT-3.14.2-1]"),
        new(New, "E0 04 00 02 17 01", nameof(ProtocolError.PropertyNotAllowed), "§3.14.2.2"),
        new(Old, "20 02 02 00", nameof(ProtocolError.ConnectFlags), "§3.2.2.1: reserved bits"),
        new(Old, "20 02 01 01", nameof(ProtocolError.ConnectFlags), "[MQTT-3.2.2-4]: session present with a refusal"),
    ];
}
