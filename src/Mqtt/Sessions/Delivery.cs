using B2D.Mqtt.Packets;
using B2D.Mqtt.Topics;

namespace B2D.Mqtt.Sessions;

/// <summary>One message for one session.</summary>
/// <param name="Message">Shared with other sessions.</param>
/// <param name="QoS">The lower one of message and subscription.</param>
/// <param name="Retain">The flag to send, after Retain As Published (MQTT 5.0 §3.3.1.3).</param>
/// <param name="Identifiers">Subscription identifiers that matched; null when there are none.</param>
/// <param name="Tag">The application's; reported when the peer has acknowledged.</param>
internal sealed record Delivery(StoredMessage Message, QoS QoS, bool Retain, uint[]? Identifiers = null, object? Tag = null)
{
    /// <summary>Its place in the session's order in the store; 0 where it is not kept.</summary>
    public long Number { get; init; }

    /// <summary>The properties to send now; null when there are none. The expiry is what is left of it [MQTT-3.3.2-6].</summary>
    public PropertyBag? PropertiesAt(DateTimeOffset now)
    {
        var message = Message.Properties;
        if (message?.ExpirySeconds != null)
            message = message with { ExpirySeconds = Message.SecondsLeft(now) };
        var bag = PublishPacket.FromMessage(message);
        foreach (var identifier in Identifiers ?? [])
            bag = (bag ?? new PropertyBag()).Add(PropertyId.SubscriptionIdentifier, identifier);
        return bag;
    }
}

/// <summary>A PUBLISH as it is to be encoded.</summary>
/// <param name="Delivery">What is sent.</param>
/// <param name="PacketId">0 with QoS 0.</param>
/// <param name="Dup">Sent before.</param>
/// <param name="Properties">All properties, with the alias.</param>
/// <param name="OmitTopic">The alias says it.</param>
internal sealed record OutgoingPublish(Delivery Delivery, ushort PacketId, bool Dup, PropertyBag? Properties, bool OmitTopic);
