using B2D.Mqtt.Sessions;
using B2D.Mqtt.Topics;

namespace B2D.Mqtt.Server;

/// <summary>Finds who gets a message: the topic tree and the retained messages behind one lock, held for look-ups only and never while sending.</summary>
internal sealed class Router(MqttServerOptions options, MqttCounters counters, SessionJournal journal)
{
    private readonly Lock _gate = new();
    private readonly TopicTree<MqttSession> _tree = new();
    private readonly List<TopicTree<MqttSession>.Match> _direct = [];
    private readonly List<TopicTree<MqttSession>.SharedGroup> _shared = [];
    private readonly RetainedStore _retained = new(options.MaxRetainedMessages, options.MaxRetainedBytes);

    /// <summary>How a message gets to one session; true when the session took it.</summary>
    public delegate bool Deliver(MqttSession session, Delivery delivery);

    public int RetainedCount
    {
        get
        {
            lock (_gate)
                return _retained.Count;
        }
    }

    public int SubscriptionCount
    {
        get
        {
            lock (_gate)
                return _tree.Count;
        }
    }

    /// <summary>Enters a subscription; the retained messages it asks for.</summary>
    public List<StoredMessage> Subscribe(MqttSession session, SubscriptionChange change, DateTimeOffset now)
    {
        lock (_gate)
        {
            _tree.Add(session, change.Subscription);
            return change.SendRetained ? _retained.Find(change.Subscription.Filter.Filter, now) : [];
        }
    }

    public void Unsubscribe(MqttSession session, TopicFilter filter)
    {
        lock (_gate)
            _tree.Remove(session, filter);
    }

    public void Forget(MqttSession session, IEnumerable<Subscription> subscriptions)
    {
        lock (_gate)
            foreach (var subscription in subscriptions)
                _tree.Remove(session, subscription.Filter);
    }

    public void Expire(DateTimeOffset now)
    {
        lock (_gate)
            foreach (var message in _retained.Expire(now))
                NoLongerRetained(message);
    }

    /// <summary>Whether any subscription matches a topic: as a rule nobody has asked for what a device reports, and then nothing is made for it.</summary>
    public bool IsWanted(string topic)
    {
        lock (_gate)
        {
            _tree.Find(topic, _direct, _shared);
            var found = _direct.Count + _shared.Count > 0;
            _direct.Clear();
            _shared.Clear();
            return found;
        }
    }

    /// <summary>Delivers to all matching subscriptions and keeps what is retained. The number of sessions that took it.</summary>
    /// <param name="message">The message; its payload is used as it is, or copied first.</param>
    /// <param name="copyPayload">The payload's memory is only lent: copy it, but only if anybody wants it.</param>
    /// <param name="origin">The publisher's session; null for the application.</param>
    /// <param name="tag">Reported when a client has acknowledged.</param>
    /// <param name="now">Time of arrival.</param>
    /// <param name="deliver">Takes a message to one session.</param>
    public int Route(MqttMessage message, bool copyPayload, MqttSession? origin, object? tag, DateTimeOffset now, Deliver deliver)
    {
        var direct = new List<TopicTree<MqttSession>.Match>();
        var shared = new List<TopicTree<MqttSession>.SharedGroup>();
        List<TopicTree<MqttSession>.Match>[] takers = [];
        var stored = message.Retain ? Stored() : null;
        lock (_gate)
        {
            _tree.Find(message.Topic, direct, shared);
            if (shared.Count > 0)
                takers = [.. shared.Select(InTurn)];
            // At once with the look-up: a subscription between the two would find neither the message nor what is retained of it.
            if (stored != null)
                Keep(stored);
        }
        if (direct.Count == 0 && shared.Count == 0 && stored == null)
            return 0;
        stored ??= Stored();
        var taken = ToDirect(direct, stored, tag, deliver) + takers.Count(group => ToOneOf(group, stored, tag, deliver));
        // The publisher's acknowledgement promises what was kept of it.
        origin?.PromiseAfter(stored.Generation);
        return taken;

        StoredMessage Stored() => new(copyPayload ? message with { Payload = message.Payload.ToArray() } : message, now, origin);
    }

    /// <summary>
    /// Takes up a retained message that was kept; false when there is no room for it. An older one of its topic, which a crash left behind, goes.
    /// </summary>
    public bool Restore(StoredMessage message)
    {
        lock (_gate)
        {
            if (!_retained.Set(message, out var before))
                return false;
            if (before != null)
                NoLongerRetained(before);
            return true;
        }
    }

    /// <summary>The delivery of a retained message to a new subscription (MQTT 5.0 §3.3.1.3: retain flag set).</summary>
    public static Delivery OfRetained(StoredMessage message, Subscription subscription) =>
        new(message, Lower(message.QoS, subscription.QoS), true, subscription.Identifier > 0 ? [subscription.Identifier] : null);

    /// <summary>
    /// The delivery to one session whose subscriptions match; null when No Local leaves nothing. One copy, with the highest QoS [MQTT-3.3.4-2].
    /// </summary>
    public static Delivery? Merge(ReadOnlySpan<Subscription> matching, StoredMessage message, bool isOrigin, object? tag)
    {
        QoS? qos = null;
        var asPublished = false;
        List<uint>? identifiers = null;
        foreach (var subscription in matching)
        {
            if (subscription.NoLocal && isOrigin)
                continue; // [MQTT-3.8.3-3]
            if (qos == null || subscription.QoS > qos)
                qos = subscription.QoS;
            asPublished |= subscription.RetainAsPublished;
            if (subscription.Identifier > 0)
                (identifiers ??= []).Add(subscription.Identifier);
        }
        identifiers?.Sort();
        return qos is { } highest ? new Delivery(message, Lower(message.QoS, highest), asPublished && message.Retain, identifiers?.ToArray(), tag) : null;
    }

    /// <summary>Under the lock.</summary>
    private void Keep(StoredMessage message)
    {
        if (!_retained.Set(message, out var before))
            counters.RetainRefused();
        else if (journal.IsKept && !message.Payload.IsEmpty)
            journal.Add(new SessionChange.Retained(0) { Content = message });
        if (before != null)
            message.Generation = NoLongerRetained(before);
    }

    private long NoLongerRetained(StoredMessage message) =>
        journal.IsKept ? journal.Add(new SessionChange.RetainedRemoved(0) { Content = message }) : 0;

    private static List<TopicTree<MqttSession>.Match> InTurn(TopicTree<MqttSession>.SharedGroup group)
    {
        var count = group.Members.Count;
        var first = group.Next++ % count;
        return [.. Enumerable.Range(0, count).Select(i => group.Members[(first + i) % count])];
    }

    private static int ToDirect(List<TopicTree<MqttSession>.Match> matches, StoredMessage message, object? tag, Deliver deliver)
    {
        if (matches.Count == 1)
            return ToOne(matches[0].Subscriber, [matches[0].Subscription], message, tag, deliver);
        var taken = 0;
        foreach (var group in matches.GroupBy(m => m.Subscriber))
            taken += ToOne(group.Key, [.. group.Select(m => m.Subscription)], message, tag, deliver);
        return taken;
    }

    private static int ToOne(MqttSession session, ReadOnlySpan<Subscription> subscriptions, StoredMessage message, object? tag, Deliver deliver) =>
        Merge(subscriptions, message, ReferenceEquals(message.Origin, session), tag) is { } delivery && deliver(session, delivery) ? 1 : 0;

    /// <summary>A shared subscription's message goes to one member: the next one that is connected, else the next one whose session keeps it.</summary>
    private static bool ToOneOf(List<TopicTree<MqttSession>.Match> members, StoredMessage message, object? tag, Deliver deliver)
    {
        foreach (var connected in (ReadOnlySpan<bool>)[true, false])
            foreach (var (session, subscription) in members)
                if (session.IsConnected == connected && ToOne(session, [subscription], message, tag, deliver) > 0)
                    return true;
        return false;
    }

    private static QoS Lower(QoS one, QoS other) => one < other ? one : other;
}
