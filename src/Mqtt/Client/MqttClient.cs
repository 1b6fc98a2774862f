using System.Buffers;
using System.IO.Pipelines;
using B2D.Mqtt.Client;
using B2D.Mqtt.Packets;
using B2D.Mqtt.Transport;

namespace B2D.Mqtt;

/// <summary>
/// One connection of an MQTT client. Thread-safe; publishes are pipelined and written in batches. When the connection ends the object is done:
/// connect again for a new one. Without an <see cref="MqttClientOptions.Session"/> it keeps nothing between connections: what was not acknowledged is
/// the caller's to publish again.
/// </summary>
public sealed class MqttClient : IAsyncDisposable
{
    private readonly IDuplexPipe _pipe;
    private readonly MqttClientOptions _options;
    private readonly TimeProvider _time;
    private readonly Outbox _outbox;
    private readonly ClientExchange _exchange;
    private readonly ClientIntake _intake;
    private readonly TaskCompletionSource<EndReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ending = new();
    private readonly long _maxPacketSize;
    private readonly QoS _maxQoS;
    private readonly bool _mayRetain;
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
        _maxQoS = (QoS)(connack.Properties?.Number(PropertyId.MaximumQoS) ?? (uint)QoS.ExactlyOnce);
        _mayRetain = connack.Properties?.Number(PropertyId.RetainAvailable) != 0;
        _outbox = new Outbox(pipe.Output, e => Close(EndReason.ConnectionReset, e), () => { }, () => _exchange!.Drained());
        var window = (int)Math.Min(options.MaxInFlight, connack.Properties?.Number(PropertyId.ReceiveMaximum) ?? ushort.MaxValue);
        _exchange = new ClientExchange(options.Version, _outbox, window, options.Session);
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

    internal ClientExchange Exchange => _exchange;

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
                throw Unreachable($"No answer from {options.Host}:{options.Port} within {options.ConnectTimeout}.", e);
            throw Unreachable($"{options.Host}:{options.Port} cannot be reached: {e.Message}", e);
        }
    }

    /// <summary>Connects over a transport that is open. The caller keeps it; when it is disposable, the client disposes it at the end.</summary>
    /// <exception cref="MqttConnectException">Refused, or closed.</exception>
    public static Task<MqttClient> ConnectAsync(
        IDuplexPipe transport, MqttClientOptions options, TimeProvider time, CancellationToken cancellation = default) =>
        StartAsync(transport, options, time, cancellation);

    /// <summary>Publishes. Messages of one caller leave in the order of the calls.</summary>
    /// <param name="message">The payload must not change until the task is complete.</param>
    /// <param name="cancellation">Ends the waiting, not the message.</param>
    /// <returns>
    /// The server's reason at PUBACK or PUBCOMP; Success for QoS 0 once it is handed to the transport; a failure, with nothing sent, for what the
    /// server has said in CONNACK it does not take.
    /// </returns>
    /// <exception cref="MqttClosedException">The connection has ended, or ends before the acknowledgement.</exception>
    public Task<ReasonCode> PublishAsync(MqttMessage message, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!Topics.TopicName.IsValid(message.Topic))
            throw new ArgumentException("The topic is empty or has a wildcard.", nameof(message));
        if (ClientExchange.SizeOf(message, _options.Version) > _maxPacketSize)
            return Task.FromResult(ReasonCode.PacketTooLarge); // [MQTT-3.2.2-15]
        if (message.QoS > _maxQoS)
            return Task.FromResult(ReasonCode.QoSNotSupported); // [MQTT-3.2.2-11]
        if (message.Retain && !_mayRetain)
            return Task.FromResult(ReasonCode.RetainNotSupported); // [MQTT-3.2.2-14]
        if (message.QoS == QoS.AtMostOnce)
            return _exchange.PublishOnceAsync(message, cancellation);
        var acknowledged = _exchange.PublishAsync(message);
        return cancellation.CanBeCanceled ? acknowledged.WaitAsync(cancellation) : acknowledged;
    }

    /// <summary>Subscribes; the QoS that the server granted.</summary>
    /// <exception cref="MqttRefusedException">The server refused.</exception>
    /// <exception cref="MqttClosedException">The connection has ended.</exception>
    public async Task<QoS> SubscribeAsync(string filter, QoS qos, CancellationToken cancellation = default)
    {
        if (!Topics.TopicFilter.TryParse(filter, out var parsed))
            throw new ArgumentException("The filter is malformed.", nameof(filter));
        var entry = new SubscribeEntry(filter, parsed, qos);
        var grant = await _exchange
            .RequestAsync((id, output) => new SubscribePacket(id, [entry]).Write(output, _options.Version), cancellation)
            .ConfigureAwait(false);
        var reason = grant.Reasons is [var only] ? only : ReasonCode.UnspecifiedError;
        return reason.IsFailure() ? throw new MqttRefusedException(reason, $"The server refused the subscription to {filter}: {reason}.") : (QoS)reason;
    }

    /// <summary>Unsubscribes.</summary>
    /// <exception cref="MqttRefusedException">The server refused.</exception>
    /// <exception cref="MqttClosedException">The connection has ended.</exception>
    public async Task UnsubscribeAsync(string filter, CancellationToken cancellation = default)
    {
        var grant = await _exchange
            .RequestAsync((id, output) => new UnsubscribePacket(id, [filter]).Write(output, _options.Version), cancellation)
            .ConfigureAwait(false);
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
        _exchange.Stop(reason, error);
        _ending.Cancel();
        _pipe.Input.CancelPendingRead();
    }

    internal void PingAnswered() => Volatile.Write(ref _pingUnanswered, false);

    private static MqttConnectException Unreachable(string message, Exception inner) => new(ReasonCode.ServerUnavailable, message, inner);

    private static async Task<MqttClient> StartAsync(IDuplexPipe pipe, MqttClientOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var connack = await Handshake.RunAsync(pipe, options, cancellation).ConfigureAwait(false);
        var client = new MqttClient(pipe, options, time, connack);
        if (options.Session is { } session)
        {
            if (!client.SessionPresent)
                session.ExactlyOnce.Clear();
            client.Exchange.Resume(client.SessionPresent);
        }
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
        _exchange.Fail();
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

    private async Task EndAsync(EndReason end, ReasonCode reason)
    {
        if (!IsEnding)
            lock (_outbox.Gate)
                new DisconnectPacket(reason).Write(_outbox.Buffer, _options.Version);
        Close(end, null);
        await Closed.ConfigureAwait(false);
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
}
