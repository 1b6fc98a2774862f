namespace B2D.Mqtt;

/// <summary>Delivery guarantee of one PUBLISH or the highest one of a subscription (MQTT 5.0 §4.3).</summary>
public enum QoS : byte
{
    /// <summary>Sent once, never acknowledged; may be lost.</summary>
    AtMostOnce,

    /// <summary>Repeated until a PUBACK arrives; may arrive twice.</summary>
    AtLeastOnce,

    /// <summary>PUBLISH, PUBREC, PUBREL, PUBCOMP; arrives once.</summary>
    ExactlyOnce,
}

/// <summary>Protocol level as it stands in CONNECT (MQTT 5.0 §3.1.2.2).</summary>
public enum MqttVersion : byte
{
    /// <summary>MQTT 3.1.1, and MQTT 3.1, which is served in the same way.</summary>
    V311 = 4,

    /// <summary>MQTT 5.0.</summary>
    V5 = 5,
}
