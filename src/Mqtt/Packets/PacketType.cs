namespace B2D.Mqtt.Packets;

/// <summary>Control packet types, the upper half of the first byte (MQTT 5.0 §2.1.2).</summary>
internal enum PacketType : byte
{
    Reserved,
    Connect,
    Connack,
    Publish,
    Puback,
    Pubrec,
    Pubrel,
    Pubcomp,
    Subscribe,
    Suback,
    Unsubscribe,
    Unsuback,
    Pingreq,
    Pingresp,
    Disconnect,
    Auth,
}
