using B2D.Mqtt.Packets;

namespace B2D.Mqtt.Sessions;

/// <summary>What a step of the session machine wants done; closed.</summary>
internal enum EffectKind : byte
{
    /// <summary>Send PUBACK, PUBREC, PUBREL or PUBCOMP: <see cref="Effect.Packet"/>, id, reason.</summary>
    SendAck,

    /// <summary>Send a PUBLISH: <see cref="Effect.Subject"/> is an <see cref="OutgoingPublish"/>.</summary>
    SendPublish,

    /// <summary>Send SUBACK or UNSUBACK: the subject is a <see cref="GrantPacket"/>.</summary>
    SendGrant,

    /// <summary>Send PINGRESP.</summary>
    SendPingresp,

    /// <summary>Hand the subject, a <see cref="ReceivedPublish"/>, to the application.</summary>
    Dispatch,

    /// <summary>Tell the application that the message with this tag (the subject) was acknowledged.</summary>
    Delivered,

    /// <summary>Put the subject, a <see cref="SubscriptionChange"/>, into the topic tree and send retained messages.</summary>
    Subscribed,

    /// <summary>Take the subject, a <see cref="Topics.Subscription"/>, out of the topic tree.</summary>
    Unsubscribed,

    /// <summary>Publish the will: the subject is the <see cref="MqttMessage"/>.</summary>
    PublishWill,

    /// <summary>End the connection with <see cref="Effect.End"/>; send the reason first if the peer speaks 5.0.</summary>
    Close,

    /// <summary>The session is over: forget it with all its subscriptions.</summary>
    EndSession,

    /// <summary>Keep the subject, a <see cref="SessionChange"/>: what this list sends later waits until it is durable.</summary>
    Keep,
}

/// <summary>One effect. A struct, because the hot path makes one or two per message.</summary>
internal readonly record struct Effect(
    EffectKind Kind, PacketType Packet = default, ushort PacketId = 0, ReasonCode Reason = default, EndReason End = default, object? Subject = null)
{
    public static Effect Ack(PacketType packet, ushort id, ReasonCode reason = ReasonCode.Success) => new(EffectKind.SendAck, packet, id, reason);

    public static Effect Keep(SessionChange change) => new(EffectKind.Keep, Subject: change);

    public static Effect Close(ProtocolError error) => new(EffectKind.Close, Reason: error.ToReason(), End: error.ToEnd());

    public static Effect Close(EndReason end, ReasonCode reason) => new(EffectKind.Close, Reason: reason, End: end);
}

/// <summary>A subscription made or replaced.</summary>
/// <param name="Subscription">As granted.</param>
/// <param name="SendRetained">Whether retained messages follow.</param>
internal sealed record SubscriptionChange(Topics.Subscription Subscription, bool SendRetained);
