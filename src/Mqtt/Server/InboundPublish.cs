using B2D.Mqtt.Sessions;

namespace B2D.Mqtt;

/// <summary>
/// A message a client published, or its will, in the application's hands. The endpoint acknowledges it when <see cref="Complete"/> is called and
/// not before, so an application that stores first and completes then never loses what it acknowledged. After that it is gone: what stands
/// behind it serves another message.
/// </summary>
public readonly record struct InboundPublish
{
    private readonly ReceivedPublish _received;
    private readonly int _life;

    internal InboundPublish(ReceivedPublish received) => (_received, _life) = (received, received.Life);

    /// <summary>Topic name.</summary>
    public string Topic => Received.Topic;

    /// <summary>Payload; valid until <see cref="Complete"/>.</summary>
    public ReadOnlyMemory<byte> Payload => Received.Payload;

    /// <summary>How the client sent it.</summary>
    public QoS QoS => Received.QoS;

    /// <summary>The client's retain flag.</summary>
    public bool Retain => Received.Retain;

    /// <summary>The client says it sent this before. A hint only; what was never completed comes with it too.</summary>
    public bool Dup => Received.Dup;

    /// <summary>The client's packet identifier; 0 with QoS 0 and for wills.</summary>
    public ushort PacketId => Received.PacketId;

    /// <summary>The will of a session whose connection ended, not a PUBLISH.</summary>
    public bool IsWill => Received.IsWill;

    /// <summary>MQTT 5.0 properties; null when there are none. Owned: stays valid.</summary>
    public MessageProperties? Properties => Received.Properties;

    private ReceivedPublish Received => _received.Life == _life ? _received : throw new InvalidOperationException("This publish is already complete.");

    /// <summary>
    /// The application is done with the message. Exactly once for each, from any thread, in any order; acknowledgements leave in the order of
    /// the messages [MQTT-4.6.0-2], many in one flush.
    /// </summary>
    /// <param name="reason">Success acknowledges. A failure goes into PUBACK or PUBREC (5.0) or closes the connection (3.1.1, QoS 1 and 2).</param>
    /// <param name="route">Also deliver it to subscribers and keep it if it is retained; QoS 2 when the client releases it.</param>
    /// <exception cref="InvalidOperationException">It was completed before.</exception>
    public void Complete(ReasonCode reason = ReasonCode.Success, bool route = false) => Received.Complete(reason, route);
}
