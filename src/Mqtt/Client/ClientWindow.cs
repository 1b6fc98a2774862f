using B2D.Mqtt.Packets;

namespace B2D.Mqtt.Client;

/// <summary>One publish of the client until its acknowledgement.</summary>
internal sealed class PendingPublish(MqttMessage message)
{
    public MqttMessage Message { get; } = message;

    public ushort PacketId { get; set; }

    /// <summary>Its place in the order of sending.</summary>
    public long Sequence { get; set; }

    /// <summary>PUBREC has come; PUBCOMP is awaited.</summary>
    public bool IsReceived { get; set; }

    public TaskCompletionSource<ReasonCode> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// The client's messages under way: at most so many at once, the rest waits in order. Pure; its owner locks, encodes and completes. Also gives
/// out packet ids for subscriptions, from the same range [MQTT-2.2.1-3].
/// </summary>
internal sealed class ClientWindow(int size)
{
    private int _size = size;
    private long _lastSequence;
    private readonly Dictionary<ushort, PendingPublish> _sent = [];
    private readonly Queue<PendingPublish> _waiting = new();
    private readonly HashSet<ushort> _requests = [];
    private ushort _lastId;

    public int InFlight => _sent.Count;

    public int Waiting => _waiting.Count;

    /// <summary>A connection begins with this many publishes at once: what was sent before and is to be sent again, in its old order [MQTT-4.4.0-1].</summary>
    public IReadOnlyList<PendingPublish> Resume(int size)
    {
        _size = size;
        _requests.Clear();
        return [.. _sent.Values.OrderBy(p => p.Sequence)];
    }

    /// <summary>The server knows nothing of what was sent; forgets it.</summary>
    public IReadOnlyList<PendingPublish> Lose()
    {
        var lost = _sent.Values.ToList();
        _sent.Clear();
        return lost;
    }

    /// <summary>True: send it now under the id it was given. False: its turn comes.</summary>
    public bool Add(PendingPublish publish)
    {
        if (_sent.Count >= _size || _waiting.Count > 0)
        {
            _waiting.Enqueue(publish);
            return false;
        }
        Begin(publish);
        return true;
    }

    /// <summary>The next one that may be sent; null when there is none or no room.</summary>
    public PendingPublish? Next()
    {
        if (_sent.Count >= _size || !_waiting.TryDequeue(out var publish))
            return null;
        Begin(publish);
        return publish;
    }

    /// <summary>An acknowledgement of the server.</summary>
    /// <param name="ack">PUBACK, PUBREC or PUBCOMP.</param>
    /// <param name="answer">PUBREL to send; null = none.</param>
    /// <returns>The publish that is finished by it; null = none.</returns>
    public PendingPublish? Acknowledge(in AckPacket ack, out AckPacket? answer)
    {
        answer = null;
        var known = _sent.TryGetValue(ack.PacketId, out var publish);
        switch (ack.Type)
        {
            case PacketType.Puback when known && publish!.Message.QoS == QoS.AtLeastOnce:
            case PacketType.Pubcomp when known && publish!.IsReceived:
            case PacketType.Pubrec when known && publish!.Message.QoS == QoS.ExactlyOnce && ack.Reason.IsFailure():
                _sent.Remove(ack.PacketId);
                return publish;
            case PacketType.Pubrec when known && publish!.Message.QoS == QoS.ExactlyOnce:
                publish.IsReceived = true;
                answer = new AckPacket(PacketType.Pubrel, ack.PacketId);
                return null;
            case PacketType.Pubrec when !known && !ack.Reason.IsFailure():
                answer = new AckPacket(PacketType.Pubrel, ack.PacketId, ReasonCode.PacketIdentifierNotFound);
                return null;
            default:
                return null;
        }
    }

    public ushort BeginRequest()
    {
        var id = NextId();
        _requests.Add(id);
        return id;
    }

    public void EndRequest(ushort id) => _requests.Remove(id);

    /// <summary>Everything that is not finished, and forgets it.</summary>
    public List<PendingPublish> Clear()
    {
        var left = _sent.Values.Concat(_waiting).ToList();
        _sent.Clear();
        _waiting.Clear();
        return left;
    }

    private void Begin(PendingPublish publish)
    {
        publish.PacketId = NextId();
        publish.Sequence = ++_lastSequence;
        _sent.Add(publish.PacketId, publish);
    }

    private ushort NextId()
    {
        do
            _lastId = _lastId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastId + 1);
        while (_sent.ContainsKey(_lastId) || _requests.Contains(_lastId));
        return _lastId;
    }
}
