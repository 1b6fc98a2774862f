using B2D.Mqtt.Packets;
using B2D.Mqtt.Server;
using B2D.Mqtt.Sessions;
using B2D.Mqtt.Topics;

namespace B2D.Mqtt.Tests.Sessions;

/// <summary>A session machine under test: events in, effects out as short text, one per effect.</summary>
internal sealed class Machine
{
    private readonly List<Effect> _effects = [];
    private readonly Owner _owner = new();

    public Machine(int maxQueued = 10, long maxQueuedBytes = 10_000) => Session = new Session("c", maxQueued, maxQueuedBytes);

    public Session Session { get; }

    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

    public bool Writable { get; set; } = true;

    public static ConnectionTerms V5 { get; } = new(MqttVersion.V5);

    public static ConnectionTerms V311 { get; } = new(MqttVersion.V311);

    public static ConnectionTerms Kept(ConnectionTerms terms) => terms with { SessionExpiry = 100 };

    /// <summary>Connected for the first time.</summary>
    public static Machine Online(ConnectionTerms terms)
    {
        var machine = new Machine();
        Assert.Equal("", machine.Connect(terms));
        return machine;
    }

    public string Connect(ConnectionTerms terms) => Run(e => SessionMachine.Connect(Session, terms, Now, e));

    public string Disconnected(EndReason reason) => Run(e => SessionMachine.Disconnected(Session, reason, Now, e));

    public string Tick() => Run(e => SessionMachine.Tick(Session, Now, e));

    public string After(int seconds)
    {
        Now = Now.AddSeconds(seconds);
        return Tick();
    }

    public string End() => Run(e => SessionMachine.End(Session, e));

    public ReceivedPublish Message(QoS qos, ushort id, string topic = "t") => new(_owner, topic, new byte[] { 1 }, qos, id);

    public string Publish(ReceivedPublish publish, ReasonCode verdict = ReasonCode.Success) =>
        Run(e => SessionMachine.Publish(Session, publish, verdict, e));

    public string Completed() => Run(e => SessionMachine.Completed(Session, e));

    public string Ack(PacketType type, ushort id, ReasonCode reason = ReasonCode.Success) =>
        Run(e => SessionMachine.Acknowledge(Session, new AckPacket(type, id, reason), Writable, Now, e));

    public string Deliver(string topic, QoS qos, object? tag = null, MessageProperties? properties = null, int size = 1) => Run(e =>
    {
        var message = new StoredMessage(new MqttMessage(topic, new byte[size], qos) { Properties = properties }, Now);
        if (!SessionMachine.Deliver(Session, new Delivery(message, qos, false, null, tag), Writable, Now, e))
            e.Add(new Effect((EffectKind)255));
    });

    public string Drain() => Run(e => SessionMachine.Writable(Session, Now, e));

    public string Subscribe(ReasonCode verdict, int max, params SubscribeEntry[] entries) =>
        Run(e => SessionMachine.Subscribe(Session, new SubscribePacket(1, entries), [.. entries.Select(_ => verdict)], max, e));

    public string Subscribe(params SubscribeEntry[] entries) => Subscribe(ReasonCode.Success, 100, entries);

    public string Unsubscribe(params string[] filters) => Run(e => SessionMachine.Unsubscribe(Session, new UnsubscribePacket(2, filters), e));

    public string Ping() => Run(e => SessionMachine.Ping(Session, e));

    public string Disconnect(ReasonCode reason = ReasonCode.Success, uint? expiry = null) => Run(e => SessionMachine.Disconnect(
        Session, new DisconnectPacket(reason, expiry is { } seconds ? new PropertyBag().Add(PropertyId.SessionExpiryInterval, seconds) : null), 1000, e));

    public static SubscribeEntry Entry(string filter, QoS qos = QoS.AtLeastOnce, RetainHandling retain = RetainHandling.Send)
    {
        Assert.True(TopicFilter.TryParse(filter, out var parsed));
        return new SubscribeEntry(filter, parsed, qos, Retain: retain);
    }

    private string Run(Action<List<Effect>> step)
    {
        _effects.Clear();
        step(_effects);
        return string.Join("; ", _effects.Select(Describe));
    }

    private static string Describe(Effect effect) => effect.Kind switch
    {
        EffectKind.SendAck => $"{effect.Packet} {effect.PacketId}{(effect.Reason == ReasonCode.Success ? "" : " " + effect.Reason)}",
        EffectKind.SendPublish => Describe((OutgoingPublish)effect.Subject!),
        EffectKind.SendGrant => Describe((GrantPacket)effect.Subject!),
        EffectKind.SendPingresp => "Pingresp",
        EffectKind.Dispatch => $"dispatch {((ReceivedPublish)effect.Subject!).Topic}",
        EffectKind.Delivered => $"delivered {effect.Subject}",
        EffectKind.Subscribed => Describe((SubscriptionChange)effect.Subject!),
        EffectKind.Unsubscribed => $"unsubscribed {((Subscription)effect.Subject!).Filter.Filter}",
        EffectKind.PublishWill => $"will {((MqttMessage)effect.Subject!).Topic}",
        EffectKind.Close => $"close {effect.End}{(effect.Reason == ReasonCode.Success ? "" : " " + effect.Reason)}",
        EffectKind.EndSession => "end",
        _ => "dropped",
    };

    private static string Describe(OutgoingPublish publish)
    {
        var text = $"Publish {(publish.OmitTopic ? "" : publish.Delivery.Message.Topic)}";
        if (publish.PacketId > 0)
            text += $" {publish.PacketId}";
        if (publish.Dup)
            text += " dup";
        if (publish.Properties?.Number(PropertyId.TopicAlias) is { } alias)
            text += $" alias={alias}";
        if (publish.Properties?.Number(PropertyId.MessageExpiryInterval) is { } expiry)
            text += $" expiry={expiry}";
        return text;
    }

    private static string Describe(SubscriptionChange change) =>
        $"subscribed {change.Subscription.Filter.Filter}{(change.SendRetained ? " with retained" : "")}";

    private static string Describe(GrantPacket grant) => $"{grant.Type} {grant.PacketId} {string.Join(',', grant.Reasons)}";

    private sealed class Owner : IPublishOwner
    {
        public int Route(ReceivedPublish publish) => 1;

        public void Completed(QoS qos, int length)
        {
            // The test pumps the machine itself.
        }
    }
}
