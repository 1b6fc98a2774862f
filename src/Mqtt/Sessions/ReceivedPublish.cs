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

    private readonly bool _isPooled;
    private IPublishOwner? _owner;
    private PayloadLease? _lease;
    private ReadOnlyMemory<byte> _payload;
    private int _state;
    private int _life;

    /// <summary>One that stands by itself.</summary>
    public ReceivedPublish(IPublishOwner owner, string topic, ReadOnlyMemory<byte> payload, QoS qos, ushort packetId)
        : this(isPooled: false) => Begin(owner, topic, payload, qos, packetId);

    /// <summary>One that is not begun.</summary>
    /// <param name="isPooled">It goes to <see cref="PublishPool"/> when it is free.</param>
    public ReceivedPublish(bool isPooled) => _isPooled = isPooled;

    /// <summary>Which message it stands for now.</summary>
    public int Life => Volatile.Read(ref _life);

    public string Topic { get; private set; } = "";

    /// <summary>Of a PUBLISH the transport's own bytes, until the application is asked; then a copy, valid until <see cref="Complete"/>. Empty afterwards.</summary>
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
    public void Begin(IPublishOwner owner, string topic, ReadOnlyMemory<byte> payload, QoS qos, ushort packetId)
    {
        (_owner, _lease, _payload) = (owner, null, payload);
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
        var (owner, qos, length) = (_owner!, QoS, PayloadLength);
        Volatile.Write(ref _state, Completed);
        if (qos == QoS.AtMostOnce)
            Free();
        owner.Completed(qos, length);
    }

    /// <summary>Refused before the application saw it.</summary>
    public void Refuse(ReasonCode reason)
    {
        Reason = reason;
        _payload = default;
        Volatile.Write(ref _state, Completed);
    }

    public void Forget() => IsForgotten = true;

    /// <summary>The transport's bytes, which are not the message's to keep.</summary>
    public ReadOnlyMemory<byte> Lend()
    {
        var payload = _payload;
        _payload = default;
        return payload;
    }

    /// <summary>The application gets it with a payload that stays.</summary>
    public void Own(ReadOnlySpan<byte> payload)
    {
        _lease = PayloadLease.Of(payload);
        _payload = _lease.Bytes;
    }

    /// <summary>Nobody of ours needs it any more: whoever still names this life of it learns that it is over.</summary>
    public void Free()
    {
        if (!_isPooled)
            return;
        // One at a time frees it, so nothing is lost between reading and writing.
        Volatile.Write(ref _life, _life + 1);
        (_owner, _lease, Properties, Held) = (null, null, null, null);
        PublishPool.Return(this);
    }

    /// <summary>
    /// QoS 2 goes on when the client releases it, so that what the client takes back is never delivered; everything else goes on at once.
    /// </summary>
    private ReasonCode Route(ReasonCode reason)
    {
        if (_payload.Length != PayloadLength)
            throw new InvalidOperationException("What was taken from its read cannot be routed: its payload is gone.");
        if (QoS == QoS.ExactlyOnce && !IsWill)
        {
            Held = new MqttMessage(Topic, _payload.ToArray(), QoS, Retain) { Properties = Properties };
            return reason;
        }
        return _owner!.Route(this) == 0 && reason == ReasonCode.Success ? ReasonCode.NoMatchingSubscribers : reason;
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
internal static class PublishPool
{
    /// <summary>Kept at most by each thread: what it takes in it mostly acknowledges itself, and needs no lock for.</summary>
    private const int MostOfThread = 1024;

    /// <summary>Kept at most beside that, of threads that free more than they take; a busy server has about as many under way.</summary>
    private const int MostShared = 8192;

    [ThreadStatic]
    private static Stack<ReceivedPublish>? t_free;

    private static readonly ConcurrentQueue<ReceivedPublish> _shared = new();
    private static int _count;

    public static ReceivedPublish Rent()
    {
        if (t_free is { } free && free.TryPop(out var publish))
            return publish;
        if (!_shared.TryDequeue(out publish))
            return new ReceivedPublish(isPooled: true);
        Interlocked.Decrement(ref _count);
        return publish;
    }

    public static void Return(ReceivedPublish publish)
    {
        var free = t_free ??= new Stack<ReceivedPublish>();
        if (free.Count < MostOfThread)
            free.Push(publish);
        else if (Interlocked.Increment(ref _count) <= MostShared)
            _shared.Enqueue(publish);
        else
            Interlocked.Decrement(ref _count);
    }
}
