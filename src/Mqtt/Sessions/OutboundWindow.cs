using B2D.Mqtt.Packets;
using B2D.Mqtt.Topics;

namespace B2D.Mqtt.Sessions;

/// <summary>
/// The way to the client: a queue, and the window of QoS 1 and 2 messages sent and not yet acknowledged. Messages leave in the order in which
/// they came [MQTT-4.6.0-6]. Pure: it says what to send.
/// </summary>
internal sealed class OutboundWindow(int maxQueued, long maxQueuedBytes)
{
    private readonly Queue<Delivery> _queue = new();
    private readonly Dictionary<ushort, Sent> _sent = [];
    private readonly Dictionary<string, ushort> _aliases = new(StringComparer.Ordinal);
    private long _sequence;
    private long _lastNumber;
    private ushort _lastId;
    private ConnectionTerms? _terms;

    private enum Stage
    {
        AwaitPuback,
        AwaitPubrec,
        AwaitPubcomp,
    }

    private readonly record struct Sent(Delivery Delivery, Stage Stage, long Sequence);

    /// <summary>The session's number in the store; 0 where it is in memory only.</summary>
    public long Key { get; set; }

    public int Queued => _queue.Count;

    public long QueuedBytes { get; private set; }

    public int InFlight => _sent.Count;

    /// <summary>The deliveries that are kept, in their order, with the id of those that were sent.</summary>
    public IEnumerable<(Delivery Delivery, ushort PacketId, bool IsReceived)> Kept => _sent.OrderBy(s => s.Value.Sequence)
        .Select(s => (s.Value.Delivery, s.Key, s.Value.Stage == Stage.AwaitPubcomp))
        .Concat(_queue.Select(d => (d, (ushort)0, false)))
        .Where(d => IsKept(d.Item1));

    /// <summary>A connection begins: what was under way is repeated in its old order [MQTT-4.4.0-1], with DUP [MQTT-3.3.1-1].</summary>
    public void Resume(ConnectionTerms terms, DateTimeOffset now, List<Effect> effects)
    {
        _terms = terms;
        _aliases.Clear();
        foreach (var (id, sent) in _sent.OrderBy(s => s.Value.Sequence).ToList())
            if (sent.Stage == Stage.AwaitPubcomp)
                effects.Add(Effect.Ack(PacketType.Pubrel, id));
            else
                Send(sent.Delivery, id, true, now, effects);
        Drain(true, now, effects);
    }

    /// <summary>The connection is gone. QoS 0 messages that waited are dropped, the rest stays for the next connection.</summary>
    public void Suspend()
    {
        _terms = null;
        for (var left = _queue.Count; left > 0; left--)
        {
            var delivery = _queue.Dequeue();
            if (delivery.QoS == QoS.AtMostOnce)
                QueuedBytes -= delivery.Message.Size;
            else
                _queue.Enqueue(delivery);
        }
    }

    /// <summary>Sends or queues a message.</summary>
    /// <param name="delivery">The message.</param>
    /// <param name="writable">False while the transport has more than it can take.</param>
    /// <param name="now">Time of the decision.</param>
    /// <param name="effects">Receives what is to be sent.</param>
    /// <returns>False when the message was dropped: expired, no connection (QoS 0) or no room.</returns>
    public bool Add(Delivery delivery, bool writable, DateTimeOffset now, List<Effect> effects)
    {
        if (delivery.Message.IsExpired(now) || (_terms == null && delivery.QoS == QoS.AtMostOnce))
            return false;
        if (IsToBeKept(delivery))
            delivery = delivery with { Number = ++_lastNumber };
        if (_queue.Count == 0 && writable && HasRoom(delivery))
            return SendNew(delivery, true, now, effects);
        if (!TryQueue(delivery))
            return false;
        if (IsKept(delivery))
            effects.Add(Keep(delivery, 0));
        return true;
    }

    /// <summary>A delivery that was kept, in the order of their numbers; false when there is no room for it.</summary>
    /// <param name="delivery">With its number.</param>
    /// <param name="packetId">The id under which it was sent; 0 while it waited.</param>
    /// <param name="isReceived">PUBREC has come.</param>
    public bool Restore(Delivery delivery, ushort packetId, bool isReceived)
    {
        _lastNumber = delivery.Number;
        if (packetId == 0)
            return TryQueue(delivery);
        _lastId = packetId;
        var stage = delivery.QoS == QoS.AtLeastOnce ? Stage.AwaitPuback : isReceived ? Stage.AwaitPubcomp : Stage.AwaitPubrec;
        return _sent.TryAdd(packetId, new Sent(delivery, stage, _sequence++));
    }

    /// <summary>Sends from the queue while there is room.</summary>
    public void Drain(bool writable, DateTimeOffset now, List<Effect> effects)
    {
        while (writable && _queue.TryPeek(out var next) && HasRoom(next))
        {
            _queue.Dequeue();
            QueuedBytes -= next.Message.Size;
            if ((next.Message.IsExpired(now) || !SendNew(next, false, now, effects)) && IsKept(next))
                effects.Add(Finished(next));
        }
    }

    /// <summary>PUBACK, PUBREC or PUBCOMP from the client. An id that is not under way is answered as the standard says and otherwise ignored.</summary>
    public void Acknowledge(in AckPacket ack, bool writable, DateTimeOffset now, List<Effect> effects)
    {
        var known = _sent.TryGetValue(ack.PacketId, out var sent);
        switch (ack.Type)
        {
            case PacketType.Puback when known && sent.Stage == Stage.AwaitPuback:
                Finish(ack.PacketId, sent, ack.Reason, effects);
                break;
            case PacketType.Pubrec when known && sent.Stage != Stage.AwaitPuback && ack.Reason.IsFailure():
                Finish(ack.PacketId, sent, ack.Reason, effects); // [MQTT-4.3.3-4]
                break;
            case PacketType.Pubrec when known && sent.Stage != Stage.AwaitPuback:
                if (IsKept(sent.Delivery) && sent.Stage == Stage.AwaitPubrec)
                    effects.Add(Effect.Keep(new SessionChange.Received(Key, sent.Delivery.Number)));
                _sent[ack.PacketId] = sent with { Stage = Stage.AwaitPubcomp };
                effects.Add(Effect.Ack(PacketType.Pubrel, ack.PacketId));
                break;
            case PacketType.Pubrec when !known && !ack.Reason.IsFailure():
                // A PUBREC of a message long finished: let the client free its id (§3.6.2.1, 0x92).
                effects.Add(Effect.Ack(PacketType.Pubrel, ack.PacketId, ReasonCode.PacketIdentifierNotFound));
                break;
            case PacketType.Pubcomp when known && sent.Stage == Stage.AwaitPubcomp:
                Finish(ack.PacketId, sent, ack.Reason, effects);
                break;
            default:
                break;
        }
        Drain(writable, now, effects);
    }

    private void Finish(ushort id, in Sent sent, ReasonCode reason, List<Effect> effects)
    {
        _sent.Remove(id);
        if (IsKept(sent.Delivery))
            effects.Add(Finished(sent.Delivery));
        if (sent.Delivery.Tag != null && !reason.IsFailure())
            effects.Add(new Effect(EffectKind.Delivered, Subject: sent.Delivery.Tag));
    }

    private bool HasRoom(Delivery delivery) => _terms != null && (delivery.QoS == QoS.AtMostOnce || _sent.Count < _terms.ToClientWindow);

    /// <summary>
    /// What the application gave with a tag is the application's to publish again until it hears of the acknowledgement: at QoS 1 that is enough.
    /// At QoS 2 the ids must be known after a restart, or the client would take another message for one that it has.
    /// </summary>
    private bool IsToBeKept(Delivery delivery) => Key != 0 && (delivery.QoS == QoS.ExactlyOnce || (delivery.QoS == QoS.AtLeastOnce && delivery.Tag == null));

    private bool IsKept(Delivery delivery) => Key != 0 && delivery.Number != 0;

    private bool TryQueue(Delivery delivery)
    {
        if (_queue.Count >= maxQueued || QueuedBytes + delivery.Message.Size > maxQueuedBytes)
            return false;
        _queue.Enqueue(delivery);
        QueuedBytes += delivery.Message.Size;
        return true;
    }

    private Effect Keep(Delivery delivery, ushort packetId) => Effect.Keep(
        new SessionChange.Queued(Key, delivery.Number, 0, delivery.QoS, delivery.Retain, delivery.Identifiers ?? [], packetId) { Content = delivery.Message });

    private Effect Finished(Delivery delivery) => Effect.Keep(new SessionChange.Finished(Key, delivery.Number) { Content = delivery.Message });

    private bool SendNew(Delivery delivery, bool isNew, DateTimeOffset now, List<Effect> effects)
    {
        if (delivery.QoS == QoS.AtMostOnce)
            return Send(delivery, 0, false, now, effects);
        var id = NextId();
        // The id is kept before the packet leaves: given to another message after a crash, it would hide that one from the client.
        var kept = !IsKept(delivery) ? default(Effect?) : isNew ? Keep(delivery, id) : Effect.Keep(new SessionChange.Sent(Key, delivery.Number, id));
        if (!Send(delivery, id, false, now, effects, kept))
            return false;
        _sent.Add(id, new Sent(delivery, delivery.QoS == QoS.AtLeastOnce ? Stage.AwaitPuback : Stage.AwaitPubrec, _sequence++));
        return true;
    }

    /// <summary>A packet larger than the client takes is not sent, as if it had been delivered [MQTT-3.1.2-24] [MQTT-3.1.2-25].</summary>
    private bool Send(Delivery delivery, ushort id, bool dup, DateTimeOffset now, List<Effect> effects, Effect? before = null)
    {
        var terms = _terms!;
        var bag = terms.Version == MqttVersion.V5 ? delivery.PropertiesAt(now) : null;
        var message = delivery.Message;
        var flags = PublishPacket.FlagsOf(delivery.QoS, delivery.Retain, dup);
        // Room for the fixed header and an alias, so that the answer does not depend on them.
        var body = PublishPacket.BodySize(terms.Version, message.TopicUtf8.Length, message.Payload.Length, flags, bag);
        if (body + AliasAndHeader(terms) > terms.ToClientPacketSize)
        {
            if (_sent.TryGetValue(id, out var sent))
                Finish(id, sent, ReasonCode.Success, effects);
            return false;
        }
        if (before is { } change)
            effects.Add(change);
        var known = false;
        if (terms.ToClientAliases > 0 && AliasFor(message.Topic, terms.ToClientAliases, out known) is { } alias)
            bag = (bag ?? new PropertyBag()).Add(PropertyId.TopicAlias, alias);
        effects.Add(new Effect(EffectKind.SendPublish, Subject: new OutgoingPublish(delivery, id, dup, bag, known)));
        return true;
    }

    private static int AliasAndHeader(ConnectionTerms terms) => terms.ToClientAliases > 0 ? 5 + 3 : 2;

    private uint? AliasFor(string topic, int max, out bool known)
    {
        known = _aliases.TryGetValue(topic, out var alias);
        if (known)
            return alias;
        if (_aliases.Count >= max)
            return null;
        alias = (ushort)(_aliases.Count + 1);
        _aliases.Add(topic, alias);
        return alias;
    }

    /// <summary>The next id that is not in use [MQTT-2.2.1-3]. The window is far smaller than the number of ids, so there always is one.</summary>
    private ushort NextId()
    {
        do
            _lastId = _lastId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastId + 1);
        while (_sent.ContainsKey(_lastId));
        return _lastId;
    }
}
