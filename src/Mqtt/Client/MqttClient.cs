using System.Buffers;
using System.IO.Pipelines;
using B2D.Mqtt.Client;
using B2D.Mqtt.Packets;
using B2D.Mqtt.Transport;

namespace B2D.Mqtt;

/// <summary>
/// One connection of an MQTT client. Thread-safe; publishes are pipelined and written in batches. When the connection ends the object is done:
/// connect again for a new one. It keeps no session state between connections: what was not acknowledged is the caller's to publish again.
/// </summary>
public sealed class MqttClient : IAsyncDisposable
{
    // Bytes unsent at which a QoS 0 publish waits for the transport.
    private const int HighWater = 256 * 1024;

    private readonly IDuplexPipe _pipe;
    private readonly MqttClientOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Outbox _outbox;
    private readonly ClientWindow _window;
    private readonly ClientIntake _intake;
    private readonly Dictionary<ushort, TaskCompletionSource<GrantPacket>> _requests = [];
    private readonly TaskCompletionSource<EndReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ending = new();
    private readonly long _maxPacketSize;
    private TaskCompletionSource? _drained;
    private Exception? _error;
    private bool _pingUnanswered;
    private int _end;

    private MqttClient(IDuplexPipe pipe, MqttClientOptions options, TimeProvider time, in ConnackPacket connack)
    {
        _pipe = pipe;
        _options = options;
        _time = time;
        SessionPresent = connack.SessionPresent;
        ClientId = connack.Properties?.Text(PropertyId.AssignedClientIdentifier) ?? options.ClientId;
        _maxPacketSize = connack.Properties?.Number(PropertyId.MaximumPacketSize) ?? long.MaxValue;
        _window = new ClientWindow((int)Math.Min(options.MaxInFlight, connack.Properties?.Number(PropertyId.ReceiveMaximum) ?? ushort.MaxValue));
        _outbox = new Outbox(pipe.Output, OnWriteFailed, () => { }, OnDrained);
        _intake = new ClientIntake(this, options);
        KeepAlive = connack.Properties?.Number(PropertyId.ServerKeepAlive) is { } seconds ? TimeSpan.FromSeconds(seconds) : options.KeepAlive;
    }

    /// <summary>Whether the server resumed an earlier session.</summary>
    public bool SessionPresent { get; }

    /// <summary>The client id in use, the server's if it made one up.</summary>
    public string ClientId { get; }

    /// <summary>The keep-alive in use; the server may have set it.</summary>
    public TimeSpan KeepAlive { get; }

    /// <summary>Completes when the connection has ended, with the reason; never faults.</summary>
    public Task<EndReason> Closed => _closed.Task;

    internal Outbox Outbox => _outbox;

    internal bool IsEnding => Volatile.Read(ref _end) != (int)EndReason.None;

    /// <summary>Connects over TCP or TLS.</summary>
    /// <exception cref="MqttConnectException">Refused, not reached, or out of time.</exception>
    public static async Task<MqttClient> ConnectAsync(MqttClientOptions options, TimeProvider time, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        ClientTransport? transport = null;
        try
        {
            transport = await ClientTransport.OpenAsync(options, either.Token).ConfigureAwait(false);
            return await StartAsync(transport, options, time, either.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (transport != null)
                await transport.DisposeAsync().ConfigureAwait(false);
            if (e is MqttConnectException || cancellation.IsCancellationRequested)
                throw;
            if (e is OperationCanceledException)
                throw new MqttConnectException(ReasonCode.ServerUnavailable, $"No answer from {options.Host}:{options.Port} within {options.ConnectTimeout}.", e);
            throw new MqttConnectException(ReasonCode.ServerUnavailable, $"{options.Host}:{options.Port} cannot be reached: {e.Message}", e);
        }
    }

    /// <summary>Connects over a transport that is open. The caller keeps it; when it is disposable, the client disposes it at the end.</summary>
    /// <exception cref="MqttConnectException">Refused, or closed.</exception>
    public static Task<MqttClient> ConnectAsync(IDuplexPipe transport, MqttClientOptions options, TimeProvider time, CancellationToken cancellation = default) =>
        StartAsync(transport, options, time, cancellation);

    /// <summary>Publishes. Messages of one caller leave in the order of the calls.</summary>
    /// <param name="message">The payload must not change until the task is complete.</param>
    /// <param name="cancellation">Ends the waiting, not the message.</param>
    /// <returns>The server's reason at PUBACK or PUBCOMP; Success for QoS 0 once it is handed to the transport.</returns>
    /// <exception cref="MqttClosedException">The connection has ended, or ends before the acknowledgement.</exception>
    public Task<ReasonCode> PublishAsync(MqttMessage message, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!Topics.TopicName.IsValid(message.Topic))
            throw new ArgumentException("The topic is empty or has a wildcard.", nameof(message));
        var bag = _options.Version == MqttVersion.V5 ? PublishPacket.FromMessage(message.Properties) : null;
        var size = 5L + PublishPacket.BodySize(
            _options.Version, System.Text.Encoding.UTF8.GetByteCount(message.Topic), message.Payload.Length, PublishPacket.FlagsOf(message.QoS, false, false), bag);
        if (size > _maxPacketSize)
            return Task.FromResult(ReasonCode.PacketTooLarge);
        if (message.QoS == QoS.AtMostOnce)
            return PublishOnceAsync(message, cancellation);
        var pending = new PendingPublish(message);
        lock (_gate)
        {
            if (IsEnding)
                return Task.FromException<ReasonCode>(Ended());
            if (_window.Add(pending))
                Write(pending);
        }
        _outbox.RequestFlush();
        return cancellation.CanBeCanceled ? pending.Done.Task.WaitAsync(cancellation) : pending.Done.Task;
    }

    /// <summary>Subscribes; the QoS that the server granted.</summary>
    /// <exception cref="MqttRefusedException">The server refused.</exception>
    /// <exception cref="MqttClosedException">The connection has ended.</exception>
    public async Task<QoS> SubscribeAsync(string filter, QoS qos, CancellationToken cancellation = default)
    {
        if (!Topics.TopicFilter.TryParse(filter, out var parsed))
            throw new ArgumentException("The filter is malformed.", nameof(filter));
        var entry = new SubscribeEntry(filter, parsed, qos);
        var grant = await RequestAsync((id, output) => new SubscribePacket(id, [entry]).Write(output, _options.Version), cancellation).ConfigureAwait(false);
        var reason = grant.Reasons is [var only] ? only : ReasonCode.UnspecifiedError;
        return reason.IsFailure() ? throw new MqttRefusedException(reason, $"The server refused the subscription to {filter}: {reason}.") : (QoS)reason;
    }

    /// <summary>Unsubscribes.</summary>
    /// <exception cref="MqttRefusedException">The server refused.</exception>
    /// <exception cref="MqttClosedException">The connection has ended.</exception>
    public async Task UnsubscribeAsync(string filter, CancellationToken cancellation = default)
    {
        var grant = await RequestAsync((id, output) => new UnsubscribePacket(id, [filter]).Write(output, _options.Version), cancellation).ConfigureAwait(false);
        if (grant.Reasons is [var reason] && reason.IsFailure())
            throw new MqttRefusedException(reason, $"The server refused to end the subscription to {filter}: {reason}.");
    }

    /// <summary>Sends DISCONNECT, so that the will is discarded, and closes. What is unacknowledged fails with <see cref="MqttClosedException"/>.</summary>
    public Task DisconnectAsync() => EndAsync(EndReason.ClientDisconnected, ReasonCode.Success);

    /// <summary>Sends DISCONNECT with a code; with <see cref="ReasonCode.DisconnectWithWill"/> the will is published (5.0).</summary>
    public Task DisconnectAsync(ReasonCode reason) =>
        EndAsync(reason == ReasonCode.Success ? EndReason.ClientDisconnected : EndReason.ClientDisconnectedWithWill, reason);

    /// <summary>Drops the connection without DISCONNECT, as a device does that loses its power: the will is published.</summary>
    public void Abort() => Close(EndReason.ConnectionLost, null);

    /// <summary>Disconnects if that has not happened yet.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync().ConfigureAwait(false);
        _ending.Dispose();
    }

    internal void Close(EndReason reason, Exception? error)
    {
        if (Interlocked.CompareExchange(ref _end, (int)reason, (int)EndReason.None) != (int)EndReason.None)
            return;
        _error = error;
        _ending.Cancel();
        _pipe.Input.CancelPendingRead();
    }

    /// <summary>PUBACK, PUBREC or PUBCOMP.</summary>
    internal void Acknowledge(in AckPacket ack)
    {
        PendingPublish? done;
        lock (_gate)
        {
            done = _window.Acknowledge(ack, out var answer);
            if (answer is { } packet)
                lock (_outbox.Gate)
                    packet.Write(_outbox.Buffer, _options.Version);
            if (done != null && _window.Next() is { } next)
                Write(next);
        }
        done?.Done.TrySetResult(ack.Reason);
    }

    /// <summary>SUBACK or UNSUBACK.</summary>
    internal void Granted(GrantPacket grant)
    {
        TaskCompletionSource<GrantPacket>? waiter;
        lock (_gate)
        {
            _requests.Remove(grant.PacketId, out waiter);
            _window.EndRequest(grant.PacketId);
        }
        waiter?.TrySetResult(grant);
    }

    internal void PingAnswered() => Volatile.Write(ref _pingUnanswered, false);

    private static async Task<MqttClient> StartAsync(IDuplexPipe pipe, MqttClientOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var connack = await Handshake.RunAsync(pipe, options, cancellation).ConfigureAwait(false);
        var client = new MqttClient(pipe, options, time, connack);
        _ = client.RunAsync();
        return client;
    }

    private async Task RunAsync()
    {
        var writing = _outbox.RunAsync();
        var pinging = PingAsync();
        try
        {
            await ReadAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            Close(EndReason.ConnectionReset, e);
        }
#pragma warning disable CA1031 // What the application's OnMessage throws ends the connection and is reported there.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Close(EndReason.InternalError, e);
        }
        var end = (EndReason)Volatile.Read(ref _end);
        // What is aborted or broken sends nothing more.
        if (end is EndReason.ConnectionLost or EndReason.ConnectionReset)
            await CutAsync().ConfigureAwait(false);
        await _outbox.CompleteAsync(writing).ConfigureAwait(false);
        await CompletePipeAsync().ConfigureAwait(false);
        await pinging.ConfigureAwait(false);
        FailPending();
        _options.OnClosed?.Invoke(end, _error);
        _closed.TrySetResult(end);
    }

    private async Task ReadAsync()
    {
        while (!IsEnding)
        {
            var result = await _pipe.Input.ReadAsync().ConfigureAwait(false);
            var rest = result.Buffer;
            var error = _intake.Read(ref rest);
            var partial = !rest.IsEmpty;
            _pipe.Input.AdvanceTo(rest.Start, rest.End);
            if (error != ProtocolError.None)
            {
                if (_options.Version == MqttVersion.V5)
                    lock (_outbox.Gate)
                        new DisconnectPacket(error.ToReason()).Write(_outbox.Buffer, _options.Version);
                Close(error.ToEnd(), null);
            }
            _outbox.FlushInline();
            if (result.IsCompleted)
                Close(partial ? EndReason.Truncated : EndReason.ConnectionLost, null);
        }
    }

    /// <summary>One PINGREQ per four fifths of the keep-alive, and an end if the one before was not answered [MQTT-3.1.2-20].</summary>
    private async Task PingAsync()
    {
        if (KeepAlive <= TimeSpan.Zero)
            return;
        try
        {
            while (true)
            {
                await Task.Delay(KeepAlive * 0.8, _time, _ending.Token).ConfigureAwait(false);
                if (Volatile.Read(ref _pingUnanswered))
                {
                    Close(EndReason.KeepAliveExpired, null);
                    return;
                }
                Volatile.Write(ref _pingUnanswered, true);
                lock (_outbox.Gate)
                    PingPacket.Write(_outbox.Buffer, PacketType.Pingreq);
                _outbox.RequestFlush();
            }
        }
        catch (OperationCanceledException)
        {
            // The connection has ended.
        }
    }

    private async Task<ReasonCode> PublishOnceAsync(MqttMessage message, CancellationToken cancellation)
    {
        Task? room = null;
        lock (_gate)
        {
            if (IsEnding)
                throw Ended();
            Write(new PendingPublish(message));
            if (_outbox.PendingBytes > HighWater)
                room = (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
        _outbox.RequestFlush();
        if (room != null)
            await room.WaitAsync(cancellation).ConfigureAwait(false);
        return ReasonCode.Success;
    }

    private async Task<GrantPacket> RequestAsync(Action<ushort, IBufferWriter<byte>> write, CancellationToken cancellation)
    {
        var waiter = new TaskCompletionSource<GrantPacket>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (IsEnding)
                throw Ended();
            var id = _window.BeginRequest();
            _requests.Add(id, waiter);
            lock (_outbox.Gate)
                write(id, _outbox.Buffer);
        }
        _outbox.RequestFlush();
        return await waiter.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    private async Task EndAsync(EndReason end, ReasonCode reason)
    {
        if (!IsEnding)
            lock (_outbox.Gate)
                new DisconnectPacket(reason).Write(_outbox.Buffer, _options.Version);
        Close(end, null);
        await Closed.ConfigureAwait(false);
    }

    private void Write(PendingPublish publish)
    {
        var message = publish.Message;
        var bag = _options.Version == MqttVersion.V5 ? PublishPacket.FromMessage(message.Properties) : null;
        var topic = System.Text.Encoding.UTF8.GetBytes(message.Topic);
        lock (_outbox.Gate)
            PublishPacket.Write(
                _outbox.Buffer, _options.Version, topic, message.Payload.Span, PublishPacket.FlagsOf(message.QoS, message.Retain, false), publish.PacketId, bag);
    }

    private void OnWriteFailed(Exception? error) => Close(EndReason.ConnectionReset, error);

    private void OnDrained()
    {
        TaskCompletionSource? waiters;
        lock (_gate)
            (waiters, _drained) = (_drained, null);
        waiters?.TrySetResult();
    }

    private async ValueTask CutAsync()
    {
        _outbox.Discard();
        if (_pipe is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask CompletePipeAsync()
    {
        try
        {
            await _pipe.Output.CompleteAsync().ConfigureAwait(false);
            await _pipe.Input.CompleteAsync().ConfigureAwait(false);
            if (_pipe is IAsyncDisposable disposable)
                await disposable.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // A broken transport cannot be closed in order; how it broke is in the end reason.
        }
    }

    private void FailPending()
    {
        List<PendingPublish> publishes;
        List<TaskCompletionSource<GrantPacket>> requests;
        lock (_gate)
        {
            publishes = _window.Clear();
            requests = [.. _requests.Values];
            _requests.Clear();
            _drained?.TrySetException(Ended());
        }
        foreach (var publish in publishes)
            publish.Done.TrySetException(Ended());
        foreach (var request in requests)
            request.TrySetException(Ended());
    }

    private MqttClosedException Ended() => new((EndReason)Volatile.Read(ref _end), _error);
}
