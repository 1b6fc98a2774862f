using System.Buffers;
using System.Text;
using B2D.Mqtt.Packets;
using B2D.Mqtt.Transport;

namespace B2D.Mqtt.Client;

/// <summary>
/// What a client has asked and not yet had answered: publishes under way and waiting, subscriptions. Encodes into the outbox and completes the
/// callers' tasks. Thread-safe.
/// </summary>
/// <param name="version">Protocol.</param>
/// <param name="outbox">Where packets go.</param>
/// <param name="windowSize">Publishes of QoS 1 and 2 at once.</param>
/// <param name="session">What outlives the connection; null: nothing does.</param>
internal sealed class ClientExchange(MqttVersion version, Outbox outbox, int windowSize, MqttClientSession? session)
{
    // Bytes unsent at which a QoS 0 publish waits for the transport.
    private const int HighWater = 256 * 1024;

    private readonly Lock _gate = session?.Gate ?? new Lock();
    private readonly ClientWindow _window = session?.Window ?? new ClientWindow(windowSize);
    private readonly Dictionary<ushort, TaskCompletionSource<GrantPacket>> _requests = [];
    private TaskCompletionSource? _drained;
    private EndReason _end;
    private Exception? _error;

    /// <summary>Bytes of the whole PUBLISH, at most.</summary>
    public static long SizeOf(MqttMessage message, MqttVersion version)
    {
        var bag = version == MqttVersion.V5 ? PublishPacket.FromMessage(message.Properties) : null;
        var topic = Encoding.UTF8.GetByteCount(message.Topic);
        return 5L + PublishPacket.BodySize(version, topic, message.Payload.Length, PublishPacket.FlagsOf(message.QoS, false, false), bag);
    }

    /// <summary>Goes on with a session, ahead of everything else: sends again what is not acknowledged, with DUP [MQTT-3.3.1-1], then what waited.</summary>
    /// <param name="present">The server has its part of the session.</param>
    public void Resume(bool present)
    {
        IReadOnlyList<PendingPublish> lost = [];
        lock (_gate)
        {
            if (!present)
                lost = _window.Lose();
            foreach (var publish in _window.Resume(windowSize))
                if (publish.IsReceived)
                    lock (outbox.Gate)
                        new AckPacket(PacketType.Pubrel, publish.PacketId).Write(outbox.Buffer, version);
                else
                    Write(publish, dup: true);
            while (_window.Next() is { } next)
                Write(next);
        }
        foreach (var publish in lost)
            publish.Done.TrySetException(new MqttClosedException(EndReason.ConnectionLost));
        outbox.RequestFlush();
    }

    /// <summary>QoS 1 and 2: sends now or when its turn comes; the server's reason.</summary>
    public Task<ReasonCode> PublishAsync(MqttMessage message)
    {
        var pending = new PendingPublish(message);
        lock (_gate)
        {
            if (_end != EndReason.None)
                return Task.FromException<ReasonCode>(Ended());
            if (_window.Add(pending))
                Write(pending);
        }
        outbox.RequestFlush();
        return pending.Done.Task;
    }

    /// <summary>QoS 0: complete when the transport has room again.</summary>
    public async Task<ReasonCode> PublishOnceAsync(MqttMessage message, CancellationToken cancellation)
    {
        Task? room = null;
        lock (_gate)
        {
            if (_end != EndReason.None)
                throw Ended();
            Write(new PendingPublish(message));
            if (outbox.PendingBytes > HighWater)
                room = (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
        outbox.RequestFlush();
        if (room != null)
            await room.WaitAsync(cancellation).ConfigureAwait(false);
        return ReasonCode.Success;
    }

    /// <summary>SUBSCRIBE or UNSUBSCRIBE, written by the caller under the id it is given.</summary>
    public async Task<GrantPacket> RequestAsync(Action<ushort, IBufferWriter<byte>> write, CancellationToken cancellation)
    {
        var waiter = new TaskCompletionSource<GrantPacket>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_end != EndReason.None)
                throw Ended();
            var id = _window.BeginRequest();
            _requests.Add(id, waiter);
            lock (outbox.Gate)
                write(id, outbox.Buffer);
        }
        outbox.RequestFlush();
        return await waiter.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>PUBACK, PUBREC or PUBCOMP has come.</summary>
    public void Acknowledge(in AckPacket ack)
    {
        PendingPublish? done;
        lock (_gate)
        {
            done = _window.Acknowledge(ack, out var answer);
            if (answer is { } packet)
                lock (outbox.Gate)
                    packet.Write(outbox.Buffer, version);
            if (done != null && _window.Next() is { } next)
                Write(next);
        }
        // A PUBREL sent again finds its id released where the first PUBCOMP was lost: no error (§3.7.2.1), the message is with the server.
        var isReleased = ack is { Type: PacketType.Pubcomp, Reason: ReasonCode.PacketIdentifierNotFound };
        done?.Done.TrySetResult(isReleased ? ReasonCode.Success : ack.Reason);
    }

    /// <summary>SUBACK or UNSUBACK has come.</summary>
    public void Grant(GrantPacket grant)
    {
        TaskCompletionSource<GrantPacket>? waiter;
        lock (_gate)
        {
            _requests.Remove(grant.PacketId, out waiter);
            _window.EndRequest(grant.PacketId);
        }
        waiter?.TrySetResult(grant);
    }

    /// <summary>The transport took a batch.</summary>
    public void Drained()
    {
        TaskCompletionSource? waiters;
        lock (_gate)
            (waiters, _drained) = (_drained, null);
        waiters?.TrySetResult();
    }

    /// <summary>Nothing more can be asked.</summary>
    public void Stop(EndReason end, Exception? error)
    {
        lock (_gate)
            (_end, _error) = (end, error);
    }

    /// <summary>Nothing more will be answered on this connection: fails everything that is open and does not belong to a session.</summary>
    public void Fail()
    {
        List<PendingPublish> publishes;
        List<TaskCompletionSource<GrantPacket>> requests;
        TaskCompletionSource? waiters;
        lock (_gate)
        {
            publishes = session == null ? _window.Clear() : [];
            requests = [.. _requests.Values];
            _requests.Clear();
            (waiters, _drained) = (_drained, null);
        }
        foreach (var publish in publishes)
            publish.Done.TrySetException(Ended());
        foreach (var request in requests)
            request.TrySetException(Ended());
        waiters?.TrySetException(Ended());
    }

    private MqttClosedException Ended() => new(_end, _error);

    private void Write(PendingPublish publish, bool dup = false)
    {
        var message = publish.Message;
        var bag = version == MqttVersion.V5 ? PublishPacket.FromMessage(message.Properties) : null;
        var topic = Encoding.UTF8.GetBytes(message.Topic);
        var flags = PublishPacket.FlagsOf(message.QoS, message.Retain, dup);
        lock (outbox.Gate)
            PublishPacket.Write(outbox.Buffer, version, topic, message.Payload.Span, flags, publish.PacketId, bag);
    }
}
