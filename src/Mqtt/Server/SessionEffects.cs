using System.Runtime.InteropServices;
using B2D.Mqtt.Packets;
using B2D.Mqtt.Sessions;

namespace B2D.Mqtt.Server;

/// <summary>
/// Carries out what the session machine decided. In two halves: what needs the session's lock (<see cref="Carry"/>: encode, topic tree), and
/// what calls the application (<see cref="Announce"/>), which must run without any lock.
/// </summary>
internal sealed class SessionEffects(MqttServer server)
{
    /// <summary>First half, under the session's gate. Effects of retained messages are appended to the list and carried out too.</summary>
    public void Carry(MqttSession session, List<Effect> effects)
    {
        for (var i = 0; i < effects.Count; i++)
        {
            var effect = effects[i];
            switch (effect.Kind)
            {
                case EffectKind.SendGrant when ((GrantPacket)effect.Subject!).Size(session.Version) > session.State.Terms?.ToClientPacketSize:
                    session.Connection?.Close(EndReason.PacketTooLarge, ReasonCode.PacketTooLarge); // it must not be sent [MQTT-3.1.2-24]
                    break;
                case EffectKind.SendAck when IsPlainPuback(effect):
                    i += SendPubacks(session, CollectionsMarshal.AsSpan(effects)[i..]) - 1;
                    break;
                case EffectKind.SendAck or EffectKind.SendPublish or EffectKind.SendGrant or EffectKind.SendPingresp:
                    Send(session, effect);
                    break;
                case EffectKind.Keep:
                    Keep(session, (SessionChange)effect.Subject!);
                    break;
                case EffectKind.Subscribed:
                    Subscribe(session, (SubscriptionChange)effect.Subject!, effects);
                    break;
                case EffectKind.Unsubscribed:
                    server.Router.Unsubscribe(session, ((Topics.Subscription)effect.Subject!).Filter);
                    break;
                case EffectKind.Close:
                    session.Connection?.Close(effect.End, effect.Reason);
                    break;
                case EffectKind.Dispatch or EffectKind.Delivered or EffectKind.PublishWill or EffectKind.EndSession:
                    break;
                default:
                    throw new InvalidOperationException($"No way to carry out {effect.Kind}.");
            }
        }
    }

    /// <summary>The part of the first half that keeps, alone and ahead of the rest, for what is sent before the rest. Under the session's gate.</summary>
    public void Keep(MqttSession session, List<Effect> effects)
    {
        foreach (var effect in effects)
            if (effect.Kind == EffectKind.Keep)
                Keep(session, (SessionChange)effect.Subject!);
        effects.RemoveAll(e => e.Kind == EffectKind.Keep);
    }

    /// <summary>CONNACK, when what it says of the session is on disk. Under the session's gate.</summary>
    public void Accept(MqttSession session, MqttConnection connection, in ConnackPacket connack)
    {
        long held;
        lock (connection.Outbox.Gate)
        {
            held = Hold(session, connection);
            connack.Write(connection.Outbox.Buffer, connection.Version);
        }
        if (held > 0)
            server.Journal.Await(connection.Outbox, held);
    }

    /// <summary>Second half, without locks, in order.</summary>
    /// <param name="session">Whose effects.</param>
    /// <param name="effects">The effects.</param>
    /// <param name="afterWill">What is to be kept once the application has the will; null where it waits for no will.</param>
    public void Announce(MqttSession session, List<Effect> effects, IReadOnlyList<SessionChange>? afterWill = null)
    {
        foreach (var effect in effects)
            switch (effect.Kind)
            {
                case EffectKind.Dispatch:
                    session.Connection?.Dispatch((ReceivedPublish)effect.Subject!);
                    break;
                case EffectKind.Delivered:
                    server.Application.OnDelivered(session, effect.Subject!);
                    break;
                case EffectKind.PublishWill:
                    server.PublishWill(session, (MqttMessage)effect.Subject!, afterWill);
                    break;
                case EffectKind.EndSession:
                    server.Forget(session);
                    break;
                default:
                    break;
            }
    }

    private void Subscribe(MqttSession session, SubscriptionChange change, List<Effect> effects)
    {
        var now = server.Now;
        foreach (var message in server.Router.Subscribe(session, change, now))
            if (!SessionMachine.Deliver(session.State, Router.OfRetained(message, change.Subscription), session.Connection?.IsWritable == true, now, effects))
                server.Counters.Dropped();
    }

    private void Keep(MqttSession session, SessionChange change)
    {
        var generation = server.Journal.Add(change);
        // That a delivery is finished promises nothing: forgotten by a crash, it is sent again under its old id, as the standard has it.
        if (change is not SessionChange.Finished)
            session.PromiseAfter(generation);
    }

    /// <summary>The generation for which what follows waits, where that is news to the outbox; else 0.</summary>
    private long Hold(MqttSession session, MqttConnection connection) =>
        session.Promise is var promise && promise > server.Journal.Durable && connection.Outbox.Hold(promise) ? promise : 0;

    private static bool IsPlainPuback(in Effect effect) =>
        effect is { Kind: EffectKind.SendAck, Packet: PacketType.Puback, Reason: ReasonCode.Success };

    /// <summary>The PUBACKs at the front of the effects, which one commit mostly makes many of, at once; how many there were.</summary>
    private int SendPubacks(MqttSession session, ReadOnlySpan<Effect> effects)
    {
        var count = 1;
        while (count < effects.Length && IsPlainPuback(effects[count]))
            count++;
        if (session.Connection is not { } connection)
            return count;
        var outbox = connection.Outbox;
        long held;
        lock (outbox.Gate)
        {
            if (connection.HasSaidWhy)
                return count;
            held = Hold(session, connection);
            var to = outbox.Buffer.GetSpan(AckPacket.PlainSize * count);
            for (var i = 0; i < count; i++)
                AckPacket.WritePuback(to[(AckPacket.PlainSize * i)..], effects[i].PacketId);
            outbox.Buffer.Advance(AckPacket.PlainSize * count);
        }
        Settle(connection, held);
        return count;
    }

    private void Send(MqttSession session, in Effect effect)
    {
        if (session.Connection is not { } connection)
            return;
        var version = connection.Version;
        var outbox = connection.Outbox;
        long held;
        lock (outbox.Gate)
        {
            if (connection.HasSaidWhy)
                return;
            held = effect.Kind == EffectKind.SendPingresp ? 0 : Hold(session, connection);
            switch (effect.Kind)
            {
                case EffectKind.SendAck:
                    new AckPacket(effect.Packet, effect.PacketId, effect.Reason).Write(outbox.Buffer, version);
                    break;
                case EffectKind.SendPublish:
                    Write((OutgoingPublish)effect.Subject!, outbox.Buffer, version);
                    break;
                case EffectKind.SendGrant:
                    ((GrantPacket)effect.Subject!).Write(outbox.Buffer, version);
                    break;
                default:
                    PingPacket.Write(outbox.Buffer, PacketType.Pingresp);
                    break;
            }
        }
        Settle(connection, held);
    }

    /// <summary>What was written waits for its generation, and there may be too much of it.</summary>
    private void Settle(MqttConnection connection, long held)
    {
        if (held > 0)
            server.Journal.Await(connection.Outbox, held);
        if (connection.Outbox.PendingBytes > server.Options.MaxWriteBacklogBytes)
            connection.Close(EndReason.WriteBacklog, ReasonCode.QuotaExceeded);
    }

    private void Write(OutgoingPublish publish, System.Buffers.IBufferWriter<byte> output, MqttVersion version)
    {
        var (delivery, id, dup, properties, omitTopic) = publish;
        PublishPacket.Write(
            output, version, omitTopic ? [] : delivery.Message.TopicUtf8, delivery.Message.Payload.Span,
            PublishPacket.FlagsOf(delivery.QoS, delivery.Retain, dup), id, properties);
        server.Counters.ToClient();
    }
}
