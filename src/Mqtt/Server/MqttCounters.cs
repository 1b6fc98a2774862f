namespace B2D.Mqtt;

/// <summary>What a server has counted since its start. Reading is cheap; single values may be of slightly different instants.</summary>
public sealed class MqttCounters
{
    private readonly long[] _ends = new long[Enum.GetValues<EndReason>().Length];
    private long _connectionsOpened, _connectsAccepted, _connectsRefused, _publishesFromClients, _bytesFromClients, _publishesToClients, _messagesDropped,
        _retainedRefused;

    /// <summary>Transport connections opened.</summary>
    public long ConnectionsOpened => Volatile.Read(ref _connectionsOpened);

    /// <summary>CONNECTs accepted.</summary>
    public long ConnectsAccepted => Volatile.Read(ref _connectsAccepted);

    /// <summary>CONNECTs answered with a refusal.</summary>
    public long ConnectsRefused => Volatile.Read(ref _connectsRefused);

    /// <summary>PUBLISH packets handed to the application, all QoS, without repetitions of QoS 2.</summary>
    public long PublishesFromClients => Volatile.Read(ref _publishesFromClients);

    /// <summary>Their payloads, in bytes.</summary>
    public long BytesFromClients => Volatile.Read(ref _bytesFromClients);

    /// <summary>PUBLISH packets sent, repetitions included.</summary>
    public long PublishesToClients => Volatile.Read(ref _publishesToClients);

    /// <summary>Messages not queued for a session: no room, expired, or no connection and QoS 0.</summary>
    public long MessagesDropped => Volatile.Read(ref _messagesDropped);

    /// <summary>Retained messages not kept because of a limit.</summary>
    public long RetainedRefused => Volatile.Read(ref _retainedRefused);

    /// <summary>Connections that ended so.</summary>
    public long Ended(EndReason reason) => Volatile.Read(ref _ends[(int)reason]);

    internal void Opened() => Interlocked.Increment(ref _connectionsOpened);

    internal void Accepted() => Interlocked.Increment(ref _connectsAccepted);

    internal void Refused() => Interlocked.Increment(ref _connectsRefused);

    internal void FromClient(int publishes, long bytes)
    {
        Interlocked.Add(ref _publishesFromClients, publishes);
        Interlocked.Add(ref _bytesFromClients, bytes);
    }

    internal void ToClient() => Interlocked.Increment(ref _publishesToClients);

    internal void Dropped() => Interlocked.Increment(ref _messagesDropped);

    internal void RetainRefused() => Interlocked.Increment(ref _retainedRefused);

    internal void End(EndReason reason) => Interlocked.Increment(ref _ends[(int)reason]);
}
