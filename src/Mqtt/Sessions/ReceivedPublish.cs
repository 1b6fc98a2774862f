using System.Collections.Concurrent;
using B2D.Mqtt.Transport;

namespace B2D.Mqtt.Sessions;

/// <summary>
/// A PUBLISH, or a will, from its arrival to its acknowledgement. One that comes from a pool goes back to it when nobody of ours needs it any more, and is
/// then in its next life; the application's <see cref="InboundPublish"/> names the life that it means.
/// </summary>
internal sealed class ReceivedPublish
{
    private const int Open = 0, Completing = 1, Completed = 2;

    private readonly PublishPool? _pool;
    private IPublishOwner _owner;
    private ReadLease? _lease;
    private ReadOnlyMemory<byte> _payload;
    private int _state;
    private int _life;

    /// <summary>One that stands by itself.</summary>
    public ReceivedPublish(IPublishOwner owner, ReadLease? lease, string topic, ReadOnlyMemory<byte> payload, QoS qos, ushort packetId)
        : this(owner, null) => Begin(owner, lease, topic, payload, qos, packetId);

    /// <summary>One of a pool; not begun.</summary>
    public ReceivedPublish(IPublishOwner owner, PublishPool? pool) => (_owner, _pool) = (owner, pool);

    /// <summary>Which message it stands for now.</summary>
    public int Life => Volatile.Read(ref _life);

    public string Topic { get; private set; } = "";

    /// <summary>Valid until <see cref="Complete"/>, empty afterwards.</summary>
    public ReadOnlyMemory<byte> Payload => _payload;

    public QoS QoS { get; private set; }

    public bool Retain { get; set; }

    public bool Dup { get; set; }

    public ushort PacketId { get; private set; }

    public bool IsWill { get; set; }

    public MessageProperties? Properties { get; set; }

    public int PayloadLength { get; private set; }

    public bool IsComplete => Volatile.Read(ref _state) == Completed;

    /// <summary>The client released the id before it was acknowledged; nothing is sent for it.</summary>
    public bool IsForgotten { get; private set; }

    public ReasonCode Reason { get; private set; }

    /// <summary>To be routed at PUBREL.</summary>
    public MqttMessage? Held { get; private set; }

    /// <summary>Stands for a message from here on.</summary>
    public void Begin(IPublishOwner owner, ReadLease? lease, string topic, ReadOnlyMemory<byte> payload, QoS qos, ushort packetId)
    {
        (_owner, _lease, _payload) = (owner, lease, payload);
        (Topic, QoS, PacketId, PayloadLength) = (topic, qos, packetId, payload.Length);
        (Retain, Dup, IsWill, IsForgotten) = (false, false, false, false);
        (Properties, Held, Reason) = (null, null, ReasonCode.Success);
        Volatile.Write(ref _state, Open);
    }

    /// <inheritdoc cref="InboundPublish.Complete"/>
    public void Complete(ReasonCode reason = ReasonCode.Success, bool route = false)
    {
        if (Interlocked.CompareExchange(ref _state, Completing, Open) != Open)
            throw new InvalidOperationException("This publish is already complete.");
        if (route && !reason.IsFailure())
            reason = Route(reason);
        _payload = default;
        _lease?.Release();
        Reason = reason;
        // From the next line on it may be acknowledged, and stand for another message.
        var (owner, qos, length) = (_owner, QoS, PayloadLength);
        Volatile.Write(ref _state, Completed);
        if (qos == QoS.AtMostOnce)
            Free();
        owner.Completed(qos, length);
    }

    /// <summary>Refused before the application saw it.</summary>
    public void Refuse(ReasonCode reason)
    {
        Reason = reason;
        Volatile.Write(ref _state, Completed);
    }

    public void Forget() => IsForgotten = true;

    /// <summary>The application gets it: the memory behind the payload must stay.</summary>
    public void Hold() => _lease?.AddReference();

    /// <summary>Nobody of ours needs it any more: whoever still names this life of it learns that it is over.</summary>
    public void Free()
    {
        if (_pool == null)
            return;
        Interlocked.Increment(ref _life);
        (_lease, Properties, Held) = (null, null, null);
        _pool.Return(this);
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
}

/// <summary>Where a publish came from: a connection, or a session's will.</summary>
internal interface IPublishOwner
{
    /// <summary>Delivers to subscribers and the retained store; the number of sessions that took it.</summary>
    int Route(ReceivedPublish publish);

    /// <summary>The application is done with one of so many bytes.</summary>
    void Completed(QoS qos, int length);
}

/// <summary>Messages of QoS 0 and 1 that were, for those that come: the way in allocates nothing. QoS 2 lives on with its session and takes none.</summary>
internal sealed class PublishPool
{
    /// <summary>Kept at most; a busy server has about as many under way.</summary>
    private const int Most = 8192;

    private readonly ConcurrentQueue<ReceivedPublish> _free = new();
    private int _count;

    public ReceivedPublish Rent(IPublishOwner owner)
    {
        if (!_free.TryDequeue(out var publish))
            return new ReceivedPublish(owner, this);
        Interlocked.Decrement(ref _count);
        return publish;
    }

    public void Return(ReceivedPublish publish)
    {
        if (Interlocked.Increment(ref _count) <= Most)
            _free.Enqueue(publish);
        else
            Interlocked.Decrement(ref _count);
    }
}
