using B2D.Mqtt.Packets;
using B2D.Mqtt.Topics;

namespace B2D.Mqtt.Sessions;

/// <summary>
/// The server's side of a session: (session, event, now) → (session, effects). One method per event; the rules of the protocol are here and
/// nowhere else. No I/O, no clock, no locks: whoever owns the session calls one method at a time and carries the effects out in order.
/// </summary>
internal static class SessionMachine
{
    /// <summary>CONNECT was accepted and CONNACK is on its way.</summary>
    public static void Connect(Session session, ConnectionTerms terms, DateTimeOffset now, List<Effect> effects)
    {
        session.Terms = terms;
        session.LastHeard = now;
        session.ExpirySeconds = session.AgreedExpirySeconds = terms.SessionExpiry;
        // A client that is back in time has its waiting will discarded [MQTT-3.1.3-9].
        session.Will = terms.Will?.Message;
        session.WillDelaySeconds = terms.Will?.DelaySeconds ?? 0;
        session.WillDueAt = null;
        session.EndsAt = null;
        if (session.IsKept && session.ExpirySeconds == 0)
        {
            // It ends with this connection now; after a crash there is nothing to come back to.
            effects.Add(Ended(session));
            session.Key = 0;
        }
        KeepRow(session, effects);
        session.Outbound.Resume(terms, now, effects);
    }

    /// <summary>The connection is gone, for whatever reason.</summary>
    public static void Disconnected(Session session, EndReason reason, DateTimeOffset now, List<Effect> effects)
    {
        if (!session.IsConnected)
            return;
        session.Terms = null;
        session.Inbound.Suspend();
        session.Outbound.Suspend();
        // A normal DISCONNECT discards the will [MQTT-3.14.4-3]. A server that stops may defer wills to its restart (§3.1.2.5), when the clients
        // are back: their silence is then not theirs.
        if (reason is EndReason.ClientDisconnected or EndReason.ServerStopped)
            session.Will = null;
        if (session.ExpirySeconds == 0)
        {
            End(session, effects);
            return;
        }
        session.EndsAt = now.AddSeconds(session.ExpirySeconds);
        // The will waits for its delay or the end of the session, whichever comes first [MQTT-3.1.3-9].
        if (session.Will != null && session.WillDelaySeconds == 0)
            FireWill(session, effects);
        else if (session.Will != null)
            session.WillDueAt = now.AddSeconds(Math.Min(session.WillDelaySeconds, session.ExpirySeconds));
        KeepRow(session, effects);
    }

    /// <summary>Time passed.</summary>
    public static void Tick(Session session, DateTimeOffset now, List<Effect> effects)
    {
        if (session.Terms is { KeepAlive: > 0 } terms && now - session.LastHeard > TimeSpan.FromSeconds(terms.KeepAlive * 1.5))
            effects.Add(Effect.Close(EndReason.KeepAliveExpired, ReasonCode.KeepAliveTimeout)); // [MQTT-3.1.2-22]
        if (session.WillDueAt <= now)
            FireWill(session, effects);
        if (session.EndsAt <= now)
            End(session, effects);
    }

    /// <summary>The application has a will that waited: it is kept no longer. Before, a crash would have lost it.</summary>
    public static void WillPublished(Session session, List<Effect> effects) => KeepRow(session, effects);

    /// <summary>The session ends: it expired, or its client wants a clean start [MQTT-3.1.2-4]. A will that waits is published now.</summary>
    public static void End(Session session, List<Effect> effects)
    {
        if (session.HasEnded)
            return;
        FireWill(session, effects);
        session.HasEnded = true;
        session.EndsAt = null;
        if (session.IsKept)
            effects.Add(Ended(session));
        session.Key = 0;
        effects.Add(new Effect(EffectKind.EndSession));
    }

    /// <summary>PUBLISH from the client, its alias resolved.</summary>
    /// <param name="session">The session.</param>
    /// <param name="publish">The message; unacknowledged.</param>
    /// <param name="verdict">Success, or why the application or a limit refuses the topic.</param>
    /// <param name="effects">Receives a Dispatch when the application is to have it.</param>
    public static void Publish(Session session, ReceivedPublish publish, ReasonCode verdict, List<Effect> effects)
    {
        if (session.Terms is not { } terms)
            return;
        var repeated = publish.QoS == QoS.ExactlyOnce && session.Inbound.Holds(publish.PacketId);
        if (publish.QoS != QoS.AtMostOnce && !repeated && session.Inbound.Outstanding >= terms.FromClientWindow)
        {
            effects.Add(Effect.Close(ProtocolError.ReceiveMaximumExceeded)); // [MQTT-3.3.4-9]
            return;
        }
        if (verdict != ReasonCode.Success && !repeated)
        {
            // 3.1.1 has no way to say no but to close (3.1.1 §3.3.5).
            if (terms.Version == MqttVersion.V311)
                effects.Add(Effect.Close(EndReason.NotAuthorized, verdict));
            else if (publish.QoS != QoS.AtMostOnce)
            {
                publish.Refuse(verdict);
                session.Inbound.Add(publish, effects);
                session.Inbound.Pump(terms.Version, effects);
            }
            return;
        }
        if (session.Inbound.Add(publish, effects))
            effects.Add(new Effect(EffectKind.Dispatch, Subject: publish));
        else
            session.Inbound.Pump(terms.Version, effects);
    }

    /// <summary>The application may have finished with messages: acknowledge what can be.</summary>
    public static void Completed(Session session, List<Effect> effects)
    {
        if (session.Terms is { } terms)
            session.Inbound.Pump(terms.Version, effects);
    }

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP from the client.</summary>
    public static void Acknowledge(Session session, in AckPacket ack, bool writable, DateTimeOffset now, List<Effect> effects)
    {
        if (!session.IsConnected)
            return;
        if (ack.Type == PacketType.Pubrel)
            session.Inbound.Release(ack.PacketId, effects);
        else
            session.Outbound.Acknowledge(ack, writable, now, effects);
    }

    /// <summary>A message for the client. False when it was dropped.</summary>
    public static bool Deliver(Session session, Delivery delivery, bool writable, DateTimeOffset now, List<Effect> effects) =>
        !session.HasEnded && session.Outbound.Add(delivery, writable, now, effects);

    /// <summary>The transport takes bytes again.</summary>
    public static void Writable(Session session, DateTimeOffset now, List<Effect> effects) => session.Outbound.Drain(true, now, effects);

    /// <summary>SUBSCRIBE.</summary>
    /// <param name="session">The session.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="refusals">Per entry: Success, or why the application or a limit refuses it.</param>
    /// <param name="maxSubscriptions">Subscriptions a session may have.</param>
    /// <param name="effects">SUBACK first, then the changes, so that retained messages follow it.</param>
    public static void Subscribe(Session session, SubscribePacket packet, IReadOnlyList<ReasonCode> refusals, int maxSubscriptions, List<Effect> effects)
    {
        if (!session.IsConnected)
            return;
        var reasons = new ReasonCode[packet.Entries.Count];
        var changes = new List<SubscriptionChange>(reasons.Length);
        for (var i = 0; i < reasons.Length; i++)
        {
            var entry = packet.Entries[i];
            var isNew = !session.Subscriptions.TryGetValue(entry.Text, out var last);
            reasons[i] = refusals[i] != ReasonCode.Success ? refusals[i]
                : isNew && session.Subscriptions.Count >= maxSubscriptions ? ReasonCode.QuotaExceeded
                : (ReasonCode)entry.QoS;
            if (reasons[i].IsFailure())
                continue;
            var subscription = new Subscription(entry.Filter, entry.QoS, entry.NoLocal, entry.RetainAsPublished, packet.Identifier)
            {
                Number = last?.Number ?? ++session.LastSubscription,
            };
            session.Subscriptions[entry.Text] = subscription;
            if (session.IsKept)
                effects.Add(Effect.Keep(new SessionChange.Subscribed(
                    session.Key, subscription.Number, entry.Text, entry.QoS, entry.NoLocal, entry.RetainAsPublished, packet.Identifier)));
            // Retained messages: not for shared subscriptions (§4.8.2), else as the handling says [MQTT-3.3.1-9] to [MQTT-3.3.1-11].
            var send = entry.Filter.Group == null && (entry.Retain == RetainHandling.Send || (entry.Retain == RetainHandling.SendIfNew && isNew));
            changes.Add(new SubscriptionChange(subscription, send));
        }
        effects.Add(new Effect(EffectKind.SendGrant, Subject: new GrantPacket(PacketType.Suback, packet.PacketId, reasons)));
        foreach (var change in changes)
            effects.Add(new Effect(EffectKind.Subscribed, Subject: change));
    }

    /// <summary>UNSUBSCRIBE.</summary>
    public static void Unsubscribe(Session session, UnsubscribePacket packet, List<Effect> effects)
    {
        if (!session.IsConnected)
            return;
        var reasons = new ReasonCode[packet.Filters.Count];
        for (var i = 0; i < reasons.Length; i++)
            if (session.Subscriptions.Remove(packet.Filters[i], out var subscription))
            {
                if (session.IsKept)
                    effects.Add(Effect.Keep(new SessionChange.Unsubscribed(session.Key, subscription.Number)));
                effects.Add(new Effect(EffectKind.Unsubscribed, Subject: subscription));
            }
            else
                reasons[i] = ReasonCode.NoSubscriptionExisted;
        effects.Add(new Effect(EffectKind.SendGrant, Subject: new GrantPacket(PacketType.Unsuback, packet.PacketId, reasons)));
    }

    /// <summary>PINGREQ.</summary>
    public static void Ping(Session session, List<Effect> effects)
    {
        if (session.IsConnected)
            effects.Add(new Effect(EffectKind.SendPingresp)); // [MQTT-3.12.4-1]
    }

    /// <summary>DISCONNECT from the client.</summary>
    public static void Disconnect(Session session, in DisconnectPacket packet, uint maxExpirySeconds, List<Effect> effects)
    {
        if (!session.IsConnected)
            return;
        if (packet.Properties?.Text(PropertyId.ServerReference) != null)
        {
            effects.Add(Effect.Close(ProtocolError.ServersProperty)); // only a server sends it, §3.14.2.2.5
            return;
        }
        if (packet.Properties?.Number(PropertyId.SessionExpiryInterval) is { } expiry)
        {
            if (expiry > 0 && session.AgreedExpirySeconds == 0)
            {
                effects.Add(Effect.Close(ProtocolError.SessionExpiryRaised));
                return;
            }
            session.ExpirySeconds = Math.Min(expiry, maxExpirySeconds);
        }
        // Any code but 0x00 keeps the will [MQTT-3.14.4-3].
        var end = packet.Reason == ReasonCode.Success ? EndReason.ClientDisconnected : EndReason.ClientDisconnectedWithWill;
        effects.Add(new Effect(EffectKind.Close, End: end));
    }

    /// <summary>The session's row as it is now. A will is kept only while it waits: those of connections that a crash ended are not published.</summary>
    private static void KeepRow(Session session, List<Effect> effects)
    {
        if (!session.IsKept)
            return;
        var will = session is { WillDueAt: not null, Will: { } waiting } ? KeptMessage.Of(waiting) : null;
        effects.Add(Effect.Keep(new SessionChange.Kept(new KeptSession(
            session.Key, session.ClientId, session.PrincipalName, session.ExpirySeconds, session.EndsAt, will, session.WillDueAt))));
    }

    private static Effect Ended(Session session) => Effect.Keep(new SessionChange.Ended(session.Key) { Contents = [.. session.Outbound.Kept.Select(k => k.Delivery.Message)] });

    private static void FireWill(Session session, List<Effect> effects)
    {
        if (session.Will is { } will)
            effects.Add(new Effect(EffectKind.PublishWill, Subject: will));
        session.Will = null;
        session.WillDueAt = null;
    }
}
