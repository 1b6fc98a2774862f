using B2D.Mqtt.Transport;

namespace B2D.Mqtt;

/// <summary>
/// A message a client published, or its will, in the application's hands. The endpoint acknowledges it when <see cref="Complete"/> is called and
/// not before, so an application that stores first and completes then never loses what it acknowledged.
/// </summary>
public sealed class InboundPublish
{
    private const int Open = 0, Completing = 1, Completed = 2;

    private readonly IPublishOwner _owner;
    private readonly ReadLease? _lease;
    private ReadOnlyMemory<byte> _payload;
    private int _state;

    internal InboundPublish(IPublishOwner owner, ReadLease? lease, string topic, ReadOnlyMemory<byte> payload, QoS qos, ushort packetId)
    {
        _owner = owner;
        _lease = lease;
        _payload = payload;
        Topic = topic;
        QoS = qos;
        PacketId = packetId;
        PayloadLength = payload.Length;
    }

    /// <summary>Topic name.</summary>
    public string Topic { get; }

    /// <summary>Payload; valid until <see cref="Complete"/>, empty afterwards.</summary>
    public ReadOnlyMemory<byte> Payload => _payload;

    /// <summary>How the client sent it.</summary>
    public QoS QoS { get; }

    /// <summary>The client's retain flag.</summary>
    public bool Retain { get; internal init; }

    /// <summary>The client says it sent this before. A hint only; what was never completed comes with it too.</summary>
    public bool Dup { get; internal init; }

    /// <summary>The client's packet identifier; 0 with QoS 0 and for wills.</summary>
    public ushort PacketId { get; }

    /// <summary>The will of a session whose connection ended, not a PUBLISH.</summary>
    public bool IsWill { get; internal init; }

    /// <summary>MQTT 5.0 properties; null when there are none. Owned: stays valid.</summary>
    public MessageProperties? Properties { get; internal init; }

    internal int PayloadLength { get; }

    internal bool IsComplete => Volatile.Read(ref _state) == Completed;

    /// <summary>The client released the id before it was acknowledged; nothing is sent for it.</summary>
    internal bool IsForgotten { get; private set; }

    internal ReasonCode Reason { get; private set; }

    /// <summary>To be routed at PUBREL.</summary>
    internal MqttMessage? Held { get; private set; }

    /// <summary>
    /// The application is done with the message. Exactly once for each, from any thread, in any order; acknowledgements leave in the order of
    /// the messages [MQTT-4.6.0-2], many in one flush.
    /// </summary>
    /// <param name="reason">Success acknowledges. A failure goes into PUBACK or PUBREC (5.0) or closes the connection (3.1.1, QoS 1 and 2).</param>
    /// <param name="route">Also deliver it to subscribers and keep it if it is retained; QoS 2 when the client releases it.</param>
    /// <exception cref="InvalidOperationException">It was completed before.</exception>
    public void Complete(ReasonCode reason = ReasonCode.Success, bool route = false)
    {
        if (Interlocked.CompareExchange(ref _state, Completing, Open) != Open)
            throw new InvalidOperationException("This publish is already complete.");
        if (route && !reason.IsFailure())
            reason = Route(reason);
        _payload = default;
        _lease?.Release();
        Reason = reason;
        Volatile.Write(ref _state, Completed);
        _owner.Completed(this);
    }

    /// <summary>
    /// QoS 2 goes on when the client releases it, so that what the client takes back is never delivered; everything else goes on at once.
    /// </summary>
    private ReasonCode Route(ReasonCode reason)
    {
        if (QoS == QoS.ExactlyOnce && !IsWill)
        {
            Held = new MqttMessage(Topic, _payload.ToArray(), QoS, Retain) { Properties = Properties };
            return reason;
        }
        return _owner.Route(this) == 0 && reason == ReasonCode.Success ? ReasonCode.NoMatchingSubscribers : reason;
    }

    /// <summary>Refused before the application saw it.</summary>
    internal void Refuse(ReasonCode reason)
    {
        Reason = reason;
        Volatile.Write(ref _state, Completed);
    }

    internal void Forget() => IsForgotten = true;

    /// <summary>The application gets it: the memory behind the payload must stay.</summary>
    internal void Hold() => _lease?.AddReference();
}

/// <summary>Where a publish came from: a connection, or a session's will.</summary>
internal interface IPublishOwner
{
    /// <summary>Delivers to subscribers and the retained store; the number of sessions that took it.</summary>
    int Route(InboundPublish publish);

    void Completed(InboundPublish publish);
}
