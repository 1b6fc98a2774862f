namespace B2D.Mqtt;

/// <summary>
/// A plain broker: anybody may connect, publish and subscribe, and every message is routed. Only topics under <c>$SYS</c>, <c>$CONTROL</c> and
/// <c>$share</c>, which by custom are a server's own, cannot be published to [MQTT-4.7.2-1].
/// </summary>
/// <param name="deniedFilters">
/// Filters that nobody may subscribe to, compared letter by letter; SUBACK says 0x80 in both versions, because it has nothing to do with who asks.
/// Default: none.
/// </param>
public sealed class OpenApplication(params IReadOnlyCollection<string> deniedFilters) : IMqttApplication
{
    private readonly HashSet<string> _denied = new(deniedFilters, StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<ConnectDecision> AuthenticateAsync(ConnectRequest request, CancellationToken cancellation) =>
        ValueTask.FromResult(new ConnectDecision(ReasonCode.Success));

    /// <inheritdoc/>
    public bool MayPublish(MqttSession session, string topic) =>
        topic[0] != '$' ||
        !(topic.StartsWith("$SYS/", StringComparison.Ordinal) || topic.StartsWith("$CONTROL/", StringComparison.Ordinal) ||
            topic.StartsWith("$share/", StringComparison.Ordinal)) ||
        // Bridges of other brokers announce themselves here.
        (topic.StartsWith("$SYS/broker/connection/", StringComparison.Ordinal) && topic.EndsWith("/state", StringComparison.Ordinal));

    /// <inheritdoc/>
    public bool MaySubscribe(MqttSession session, string filter) => !_denied.Contains(filter);

    /// <inheritdoc/>
    public ReasonCode SubscriptionRefusal => ReasonCode.UnspecifiedError;

    /// <inheritdoc/>
    public void OnConnected(MqttSession session)
    {
    }

    /// <inheritdoc/>
    public void OnDisconnected(MqttSession session, EndReason reason)
    {
    }

    /// <inheritdoc/>
    public void OnPublish(MqttSession session, InboundPublish publish) => publish.Complete(route: true);

    /// <inheritdoc/>
    public void OnDelivered(MqttSession session, object tag)
    {
    }
}
