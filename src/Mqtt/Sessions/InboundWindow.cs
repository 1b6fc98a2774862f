using B2D.Mqtt.Packets;

namespace B2D.Mqtt.Sessions;

/// <summary>
/// The way from the client: which QoS 1 and 2 messages still wait for the application, and which QoS 2 ids were received and not yet released.
/// Acknowledgements leave in the order of the messages [MQTT-4.6.0-2] [MQTT-4.6.0-3], whatever order the application finishes in. Pure.
/// </summary>
internal sealed class InboundWindow
{
    private readonly Queue<ReceivedPublish> _unacknowledged = new();

    // QoS 2 ids from PUBLISH to PUBREL: part of the session, so that a repetition on the next connection is known [MQTT-4.3.3-10].
    private readonly Dictionary<ushort, Received> _exactlyOnce = [];
    // What was repeated after PUBREC on this connection, and what it looked like.
    private readonly Dictionary<ushort, int> _repeated = [];
    private int _atLeastOnce;

    /// <summary>The session's number in the store; 0 where it is in memory only.</summary>
    public long Key { get; set; }

    /// <summary>A QoS 2 message from PUBLISH to PUBREL.</summary>
    /// <param name="Pending">The application has it; null once PUBREC was due.</param>
    /// <param name="Held">What is routed when the client releases it; null when the application did not ask for that.</param>
    private readonly record struct Received(ReceivedPublish? Pending, MqttMessage? Held);

    /// <summary>What counts against the receive maximum: QoS 1 until PUBACK, QoS 2 until PUBCOMP (§3.3.4).</summary>
    public int Outstanding => _atLeastOnce + _exactlyOnce.Count;

    public bool Holds(ushort exactlyOnceId) => _exactlyOnce.ContainsKey(exactlyOnceId);

    /// <summary>PUBREC was due for the id, PUBREL has not come: it outlives the connection, and a restart where the session is kept.</summary>
    public bool Owns(ushort exactlyOnceId) => _exactlyOnce.TryGetValue(exactlyOnceId, out var received) && received.Pending == null;

    /// <summary>Takes a message in; true when it is new and goes to the application.</summary>
    public bool Add(ReceivedPublish publish, List<Effect> effects)
    {
        switch (publish.QoS)
        {
            case QoS.AtMostOnce:
                return true;
            case QoS.AtLeastOnce:
                _atLeastOnce++;
                _unacknowledged.Enqueue(publish);
                return true;
            default:
                if (!_exactlyOnce.TryGetValue(publish.PacketId, out var first))
                {
                    _exactlyOnce.Add(publish.PacketId, new Received(publish, null));
                    _unacknowledged.Enqueue(publish);
                    return true;
                }
                // A repetition: the application has it already [MQTT-4.3.3-10]. If the first one came on an earlier connection and is not
                // complete, its PUBREC goes out on this one; if it is in this connection's queue, that answers both.
                if (first.Pending == null)
                    effects.Add(IsRepeatedAgain(publish) ? Effect.Close(ProtocolError.NeverReleased) : Effect.Ack(PacketType.Pubrec, publish.PacketId));
                else if (!_unacknowledged.Contains(first.Pending))
                    _unacknowledged.Enqueue(first.Pending);
                return false;
        }
    }

    /// <summary>
    /// The same packet a second time after PUBREC on one connection: on a transport that loses nothing, a peer that repeats and never releases has
    /// lost its way, and a new connection lets it take up the exchange where it stands [MQTT-4.4.0-1].
    /// </summary>
    private bool IsRepeatedAgain(ReceivedPublish publish)
    {
        var hash = new HashCode();
        hash.Add(publish.Topic, StringComparer.Ordinal);
        hash.AddBytes(publish.Payload.Span);
        var look = hash.ToHashCode();
        if (_repeated.TryGetValue(publish.PacketId, out var last) && last == look)
            return true;
        _repeated[publish.PacketId] = look;
        return false;
    }

    /// <summary>PUBREL has come: the message to route before PUBCOMP answers, once; null when there is none (§4.3.3, the first of its two ways).</summary>
    public MqttMessage? TakeHeld(ushort id)
    {
        if (!_exactlyOnce.TryGetValue(id, out var received) || received.Held == null)
            return null;
        _exactlyOnce[id] = received with { Held = null };
        return received.Held;
    }

    /// <summary>PUBREL: the id is free again, PUBCOMP answers, also to ids that are not known [MQTT-4.3.3-11].</summary>
    public void Release(ushort id, List<Effect> effects)
    {
        // Released before PUBREC: only a peer that ignores the order of §4.3.3 does that. The application keeps its message; no PUBREC is sent for it.
        if (_exactlyOnce.TryGetValue(id, out var received))
            received.Pending?.Forget();
        var known = _exactlyOnce.Remove(id);
        _repeated.Remove(id);
        if (Key != 0 && known && received.Pending == null)
            effects.Add(Effect.Keep(new SessionChange.Released(Key, id)));
        effects.Add(Effect.Ack(PacketType.Pubcomp, id, known ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound));
    }

    /// <summary>Acknowledges from the front all that is complete.</summary>
    /// <param name="version">3.1.1 can say nothing but success; a refusal there ends the connection (3.1.1 §3.3.5).</param>
    /// <param name="effects">Receives the acknowledgements.</param>
    public void Pump(MqttVersion version, List<Effect> effects)
    {
        while (_unacknowledged.TryPeek(out var publish) && publish.IsComplete)
        {
            _unacknowledged.Dequeue();
            var reason = publish.Reason;
            if (reason.IsFailure() && version == MqttVersion.V311)
            {
                if (publish.QoS == QoS.ExactlyOnce)
                    _exactlyOnce.Remove(publish.PacketId);
                effects.Add(Effect.Close(reason == ReasonCode.NotAuthorized ? EndReason.NotAuthorized : EndReason.PublishRefused, reason));
                return;
            }
            if (publish.QoS == QoS.AtLeastOnce)
            {
                _atLeastOnce--;
                effects.Add(Effect.Ack(PacketType.Puback, publish.PacketId, reason));
                publish.Free();
                continue;
            }
            if (publish.IsForgotten)
                continue;
            if (reason.IsFailure())
                _exactlyOnce.Remove(publish.PacketId); // [MQTT-4.3.3-9]
            else
                Own(publish, effects);
            effects.Add(Effect.Ack(PacketType.Pubrec, publish.PacketId, reason));
        }
    }

    /// <summary>An id that was kept: PUBREC was due for it.</summary>
    public void Restore(ushort id, MqttMessage? held) => _exactlyOnce[id] = new Received(null, held);

    /// <summary>With PUBREC the message is the server's, and its id stands for it until PUBREL.</summary>
    private void Own(ReceivedPublish publish, List<Effect> effects)
    {
        _exactlyOnce[publish.PacketId] = new Received(null, publish.Held);
        if (Key != 0)
            effects.Add(Effect.Keep(new SessionChange.Accepted(Key, publish.PacketId, publish.Held == null ? null : KeptMessage.Of(publish.Held))));
    }

    /// <summary>The connection is gone: nothing of it can be acknowledged any more. QoS 2 ids stay.</summary>
    public void Suspend()
    {
        _unacknowledged.Clear();
        _repeated.Clear();
        _atLeastOnce = 0;
    }
}
