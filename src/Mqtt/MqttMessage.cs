namespace B2D.Mqtt;

/// <summary>An application message.</summary>
/// <param name="Topic">Topic name, without wildcards, 1 to 65,535 bytes of UTF-8.</param>
/// <param name="Payload">Any bytes. The memory must not change until the message has been delivered; the library does not copy it.</param>
/// <param name="QoS">Highest QoS with which it is delivered.</param>
/// <param name="Retain">Keep it for later subscribers; an empty payload removes what was kept.</param>
public sealed record MqttMessage(string Topic, ReadOnlyMemory<byte> Payload, QoS QoS = QoS.AtLeastOnce, bool Retain = false)
{
    /// <summary>MQTT 5.0 properties that travel with the message; null when there are none. Never sent to an MQTT 3.1.1 peer.</summary>
    public MessageProperties? Properties { get; init; }
}

/// <summary>The properties of a PUBLISH that belong to the message and not to one hop (MQTT 5.0 §3.3.2.3).</summary>
public sealed record MessageProperties
{
    /// <summary>MIME type or any other description of the payload.</summary>
    public string? ContentType { get; init; }

    /// <summary>Topic for the answer; no wildcards.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>Tells the asker to which request an answer belongs; null when absent.</summary>
    public ReadOnlyMemory<byte>? CorrelationData { get; init; }

    /// <summary>Name-value pairs in the order of the sender; names may repeat.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; init; } = [];

    /// <summary>Life time in whole seconds from arrival at the server, 0 to 4,294,967,295; null never expires.</summary>
    public uint? ExpirySeconds { get; init; }

    /// <summary>True: the payload is UTF-8 text; false: bytes, said so; null: not said.</summary>
    public bool? PayloadIsText { get; init; }

    /// <summary>Identifiers of the subscriptions that matched; only on messages a server sends (§3.3.2.3.8).</summary>
    public IReadOnlyList<uint> SubscriptionIdentifiers { get; init; } = [];
}
