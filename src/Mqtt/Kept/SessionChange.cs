using B2D.Mqtt.Topics;

namespace B2D.Mqtt;

/// <summary>
/// One change of what a server keeps; closed. Sessions, messages and deliveries go by numbers that the server gives and never uses again.
/// The same records, in order, also say what is kept.
/// </summary>
public abstract record SessionChange
{
    private SessionChange()
    {
    }

    /// <summary>What it takes in memory until it is durable, in bytes; an estimate.</summary>
    internal virtual int Size => 128;

    /// <summary>A session began, was resumed, or lost its connection: its row, new or in place of the last.</summary>
    public sealed record Kept(KeptSession Session) : SessionChange;

    /// <summary>A session is over, with its subscriptions, deliveries and ids.</summary>
    public sealed record Ended(long Session) : SessionChange
    {
        /// <summary>Messages that were for it.</summary>
        internal IReadOnlyList<StoredMessage> Contents { get; init; } = [];
    }

    /// <summary>A subscription was made or replaced.</summary>
    /// <param name="Session">Whose.</param>
    /// <param name="Number">The same for as long as the session has this filter.</param>
    /// <param name="Filter">As the client sent it, <c>$share/</c> included.</param>
    /// <param name="QoS">Highest QoS.</param>
    /// <param name="NoLocal">Leave out what the subscriber published itself.</param>
    /// <param name="RetainAsPublished">Keep the publisher's retain flag.</param>
    /// <param name="Identifier">1 to 268,435,455; 0 = none.</param>
    public sealed record Subscribed(long Session, long Number, string Filter, QoS QoS, bool NoLocal, bool RetainAsPublished, uint Identifier) : SessionChange
    {
        internal override int Size => 128 + (Filter.Length * 2);
    }

    /// <summary>A subscription was removed.</summary>
    public sealed record Unsubscribed(long Session, long Number) : SessionChange;

    /// <summary>A message to which deliveries, or the retained messages, refer from now on.</summary>
    public sealed record MessageAdded(long Message, KeptMessage Content) : SessionChange
    {
        internal override int Size => 128 + Content.Packet.Length;
    }

    /// <summary>Nothing refers to the message any more.</summary>
    public sealed record MessageRemoved(long Message) : SessionChange;

    /// <summary>A message is due to a session's client.</summary>
    /// <param name="Session">Whose.</param>
    /// <param name="Number">Its place in the order of the session's deliveries.</param>
    /// <param name="Message">What is delivered.</param>
    /// <param name="QoS">1 or 2.</param>
    /// <param name="Retain">The flag to send.</param>
    /// <param name="Identifiers">Subscription identifiers that matched.</param>
    /// <param name="PacketId">0 while it waits; else it is sent under this id.</param>
    public sealed record Queued(long Session, long Number, long Message, QoS QoS, bool Retain, IReadOnlyList<uint> Identifiers, ushort PacketId)
        : SessionChange
    {
        internal StoredMessage? Content { get; init; }
    }

    /// <summary>A message that waited is sent under this id.</summary>
    public sealed record Sent(long Session, long Number, ushort PacketId) : SessionChange;

    /// <summary>PUBREC has come: the client has the message, and it is not sent again [MQTT-4.3.3-6].</summary>
    public sealed record Received(long Session, long Number) : SessionChange;

    /// <summary>Acknowledged, refused, expired or dropped.</summary>
    public sealed record Finished(long Session, long Number) : SessionChange
    {
        internal StoredMessage? Content { get; init; }
    }

    /// <summary>A QoS 2 message of the client was taken; its id stands for it until PUBREL.</summary>
    /// <param name="Session">Whose.</param>
    /// <param name="PacketId">The client's.</param>
    /// <param name="Held">What is routed at PUBREL; null where nothing is.</param>
    public sealed record Accepted(long Session, ushort PacketId, KeptMessage? Held) : SessionChange
    {
        internal override int Size => 128 + (Held?.Packet.Length ?? 0);
    }

    /// <summary>PUBREL has come; the id is free again.</summary>
    public sealed record Released(long Session, ushort PacketId) : SessionChange;

    /// <summary>The message is the retained one of its topic.</summary>
    public sealed record Retained(long Message) : SessionChange
    {
        internal StoredMessage? Content { get; init; }
    }

    /// <summary>The message is no longer retained: replaced, removed or expired.</summary>
    public sealed record RetainedRemoved(long Message) : SessionChange
    {
        internal StoredMessage? Content { get; init; }
    }
}

/// <summary>A session as it is kept.</summary>
/// <param name="Number">Rising; a session that begins anew under the same client id has another one.</param>
/// <param name="ClientId">Client id.</param>
/// <param name="Principal">What the application wants to know it by, see <see cref="IMqttApplication.PrincipalName"/>.</param>
/// <param name="ExpirySeconds">How long it outlives its connection, at least 1.</param>
/// <param name="EndsAt">When it ends; null while it is connected.</param>
/// <param name="Will">A will that waits for its delay; null without.</param>
/// <param name="WillDueAt">When that will is published.</param>
public sealed record KeptSession(
    long Number, string ClientId, string Principal, uint ExpirySeconds, DateTimeOffset? EndsAt, KeptMessage? Will, DateTimeOffset? WillDueAt);
