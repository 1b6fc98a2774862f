namespace B2D.Mqtt.Topics;

/// <summary>A session's subscription as it was granted.</summary>
/// <param name="Filter">Group and filter.</param>
/// <param name="QoS">Highest QoS for this subscriber.</param>
/// <param name="NoLocal">Leave out what the subscriber published itself (MQTT 5.0 §3.8.3.1).</param>
/// <param name="RetainAsPublished">Keep the publisher's retain flag.</param>
/// <param name="Identifier">1 to 268,435,455; 0 = none.</param>
internal sealed record Subscription(TopicFilter Filter, QoS QoS, bool NoLocal, bool RetainAsPublished, uint Identifier)
{
    /// <summary>Its number in the session; the same when it is replaced.</summary>
    public long Number { get; init; }
}
