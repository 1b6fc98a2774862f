using System.Buffers;
using System.IO.Pipelines;
using B2D.Mqtt.Packets;
using B2D.Mqtt.Sessions;
using B2D.Mqtt.Transport;
using Microsoft.AspNetCore.Connections;

namespace B2D.Mqtt.Server;

/// <summary>
/// One transport connection: reads packets, holds back when the application falls behind, and ends with exactly one <see cref="EndReason"/>.
/// </summary>
internal sealed class MqttConnection : IPublishOwner, IDisposable
{
    private readonly MqttServer _server;
    private readonly ConnectionContext _transport;
    private readonly AsyncSignal _backlogEased;
    private readonly AsyncSignal _closed;
    private readonly PipeScheduler? _scheduler;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // Messages that the application has, above their bytes, in one word: both change with one locked operation.
    private const int BytesOfBacklog = 40;
    private const long OneMessage = 1L << BytesOfBacklog;
    private const long AllBytes = OneMessage - 1;

    private int _end;
    private long _backlog;
    private int _held;
    private int _reading;
    private int _completions;
    private bool _awaitsConnect;
    private int _allowance;
    private int _spent;
    private int _dispatched;
    private long _dispatchedBytes;
    private List<AsyncSignal>? _heirs;

    public MqttConnection(MqttServer server, ConnectionContext transport, string listener, long number)
    {
        _server = server;
        _transport = transport;
        Listener = listener;
        Number = number;
        OpenedAt = server.Now;
        _allowance = server.Options.MaxPublishRate;
        // What wakes a connection's loops goes on where its transport has its thread: no other thread is woken for it, and many are woken by one call.
        _scheduler = (transport as IScheduledTransport)?.Scheduler;
        (_backlogEased, _closed) = (new AsyncSignal(_scheduler), new AsyncSignal(_scheduler));
        Outbox = new Outbox(transport.Transport.Output, OnWriteFailed, Acknowledge, OnDrained, _scheduler);
    }

    public ConnectionContext Transport => _transport;

    public string Listener { get; }

    public long Number { get; }

    public DateTimeOffset OpenedAt { get; }

    /// <summary>The tick's note: when the transport is cut if the last bytes are not gone by then.</summary>
    public DateTimeOffset? CutAt { get; set; }

    public Outbox Outbox { get; }

    /// <summary>Known once CONNECT has been decoded.</summary>
    public MqttVersion Version { get; set; } = MqttVersion.V311;

    /// <summary>No whole CONNECT has come yet; <see cref="Crowd"/>'s note.</summary>
    public bool AwaitsConnect { get => Volatile.Read(ref _awaitsConnect); set => Volatile.Write(ref _awaitsConnect, value); }

    /// <summary>The client speaks MQTT 3.1, in which the flags of most packets mean nothing.</summary>
    public bool UsesNoFlags { get; private set; }

    /// <summary>The client is the bridge of another broker.</summary>
    public bool IsBridge { get; set; }

    /// <summary>DISCONNECT has been written: nothing may follow it [MQTT-3.14.4-1]. Only under the outbox's gate.</summary>
    public bool HasSaidWhy { get; private set; }

    /// <summary>Null until CONNECT was accepted; then it stays.</summary>
    public MqttSession? Session { get; set; }

    /// <summary>Completes when the session is detached and the application knows of the end.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Cancelled when the connection begins to end.</summary>
    public CancellationToken Closing { get; private set; }

    public EndReason End => (EndReason)Volatile.Read(ref _end);

    public bool IsClosing => End != EndReason.None;

    public bool IsWritable => Outbox.PendingBytes < _server.Options.WriteBacklogBytes;

    /// <summary>The read loop waits for the application; the client's silence is then our doing.</summary>
    public bool IsHeld => Volatile.Read(ref _held) == 1;

    /// <summary>The application has as much of this client as it may have, or the client has said as much as it may say in this second.</summary>
    public bool IsBehind =>
        _server.Journal.IsFull || _server.Application.IsBehind ||
        IsFilled(Volatile.Read(ref _backlog)) || (_server.Options.MaxPublishRate > 0 && Volatile.Read(ref _allowance) <= _spent);

    /// <summary>The tick's note: how far sending had come when it last moved, and when that was.</summary>
    public (long Progress, DateTimeOffset At) LastProgress { get; set; } = (-1, default);

    /// <summary>Runs the connection to its end.</summary>
    public async Task RunAsync()
    {
        Closing = _closing.Token;
        var writing = Outbox.RunAsync();
        var unblocking = UnblockWhenClosedAsync();
        try
        {
            if (await ReadConnectAsync().ConfigureAwait(false))
                await ReadPacketsAsync(new PacketIntake(_server, this)).ConfigureAwait(false);
        }
        catch (NotBinaryException)
        {
            Close(EndReason.NotBinary, ReasonCode.ProtocolError);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            Close(EndReason.ConnectionReset, null);
        }
#pragma warning disable CA1031 // A defect in one connection's work must not take the listener down; it ends this connection and is logged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            MqttServerLog.Failed(_server.Logger, Number, Session?.ClientId, e);
            Close(EndReason.InternalError, ReasonCode.ImplementationSpecificError);
        }
        await unblocking.ConfigureAwait(false);
        _server.Detach(this);
        SetEnded();
        await Outbox.CompleteAsync(writing).ConfigureAwait(false);
        if (End == EndReason.ReceiveMaximumExceeded)
            await DiscardInputAsync().ConfigureAwait(false);
        _server.Remove(this);
    }

    public void Dispose() => _closing.Dispose();

    /// <summary>Begins the end of the connection; the first call decides the reason. Any thread, also under the session's gate.</summary>
    /// <param name="end">The reason for log, counter and application.</param>
    /// <param name="reason">For DISCONNECT to a 5.0 client after CONNACK; null or Success sends none.</param>
    public void Close(EndReason end, ReasonCode? reason)
    {
        if (Interlocked.CompareExchange(ref _end, (int)end, (int)EndReason.None) != (int)EndReason.None)
            return;
        if (Version == MqttVersion.V5 && Session != null && reason is { } code && code.IsFailure())
            lock (Outbox.Gate)
            {
                new DisconnectPacket(code).Write(Outbox.Buffer, Version);
                HasSaidWhy = true;
            }
        Outbox.RequestFlush();
        _closed.Set();
    }

    /// <summary>Cuts the transport: the last bytes had their time.</summary>
    public void Abort()
    {
        Outbox.Abandon();
        _transport.Abort(new ConnectionAbortedException(End.ToString()));
    }

    /// <summary>Waits until another connection has <see cref="Ended"/>. Goes on where this one's transport has its thread, or on the pool; the other's may be another.</summary>
    public ValueTask UntilEndedAsync(MqttConnection other)
    {
        var signal = new AsyncSignal(_scheduler);
        lock (other._ended)
        {
            if (other.Ended.IsCompleted)
                return ValueTask.CompletedTask;
            (other._heirs ??= []).Add(signal);
        }
        return signal.WaitAsync();
    }

    /// <summary>What held the read loop back may be over; it looks for itself.</summary>
    public void Ease() => _backlogEased.Set();

    /// <summary>A PUBLISH came. Read loop only.</summary>
    public void Spend() => _spent++;

    /// <summary>A read's packets are handled: what they spent and what was dispatched of them is counted, once for all. Read loop only.</summary>
    public void Settle()
    {
        if (_spent == 0)
            return;
        if (_server.Options.MaxPublishRate > 0)
            Interlocked.Add(ref _allowance, -_spent);
        _server.Counters.FromClient(_dispatched, _dispatchedBytes);
        (_spent, _dispatched, _dispatchedBytes) = (0, 0, 0);
    }

    /// <summary>Time passed in which the client may say more. The tick only.</summary>
    public void Refill(TimeSpan passed)
    {
        var most = _server.Options.MaxPublishRate;
        var left = Volatile.Read(ref _allowance);
        if (left >= most)
            return;
        Interlocked.Add(ref _allowance, (int)Math.Min(most - left, Math.Max(1, most * Math.Min(1, passed.TotalSeconds))));
        if (IsHeld)
            _backlogEased.Set();
    }

    /// <summary>Hands a message to the application. Read loop only, without locks.</summary>
    public void Dispatch(ReceivedPublish publish)
    {
        Interlocked.Add(ref _backlog, OneMessage + publish.PayloadLength);
        _dispatched++;
        _dispatchedBytes += publish.PayloadLength;
        var payload = publish.Lend().Span;
        if (_server.Application.TryTake(Session!, new InboundPublish(publish), payload))
            return;
        publish.Own(payload);
        _server.Application.OnPublish(Session!, new InboundPublish(publish));
    }

    int IPublishOwner.Route(ReceivedPublish publish) => _server.Route(publish, Session!);

    void IPublishOwner.Completed(QoS qos, int length)
    {
        var backlog = Interlocked.Add(ref _backlog, -(OneMessage + length));
        if (IsHeld && backlog >> BytesOfBacklog <= _server.Options.MaxInboundBacklogMessages / 2 && (backlog & AllBytes) <= _server.Options.MaxInboundBacklogBytes / 2)
            _backlogEased.Set();
        // A QoS 2 message of an earlier connection may be awaited on the present one.
        if (qos != QoS.AtMostOnce)
            Session!.Connection?.NoteCompletion();
    }

    /// <summary>One wake-up acknowledges all that is complete by then; while the read loop is at work it will look for itself.</summary>
    private void NoteCompletion()
    {
        // Where it is noted already, whoever acknowledges has not begun to look yet: what is complete was said before, and a locked operation lies between.
        if (Volatile.Read(ref _completions) == 0 && Interlocked.Exchange(ref _completions, 1) == 0 && Volatile.Read(ref _reading) == 0)
            Outbox.Wake();
    }

    private bool IsFilled(long backlog) =>
        backlog >> BytesOfBacklog >= _server.Options.MaxInboundBacklogMessages || (backlog & AllBytes) >= _server.Options.MaxInboundBacklogBytes;

    private void Acknowledge()
    {
        if (Interlocked.Exchange(ref _completions, 0) == 0 || Session is not { } session)
            return;
        lock (session.Gate)
        {
            SessionMachine.Completed(session.State, session.Scratch);
            _server.Effects.Carry(session, session.Scratch);
            session.Scratch.Clear();
        }
    }

    private void OnDrained()
    {
        if (Session is not { } session)
            return;
        lock (session.Gate)
        {
            if (session.State.Outbound.Queued == 0 || session.Connection != this)
                return;
            SessionMachine.Writable(session.State, _server.Now, session.Scratch);
            _server.Effects.Carry(session, session.Scratch);
            session.Scratch.Clear();
        }
    }

    private void SetEnded()
    {
        lock (_ended)
        {
            _ended.TrySetResult();
            _heirs?.ForEach(h => h.Set());
        }
    }

    /// <summary>
    /// Gets the read loop out of whatever it waits for. A loop of its own, because <see cref="Close"/> is called under locks, and a transport with
    /// inline scheduling would run the read loop's continuation on the caller's stack.
    /// </summary>
    private async Task UnblockWhenClosedAsync()
    {
        await _closed.WaitAsync().ConfigureAwait(false);
#pragma warning disable CA1849 // What waits for this goes on here: CancelAsync would wake a thread of the pool for it, and the transport may have one of its own.
        _closing.Cancel();
#pragma warning restore CA1849
        _backlogEased.Set();
        _transport.Transport.Input.CancelPendingRead();
    }

    /// <summary>
    /// Reads on until the peer closes, or the tick cuts the transport. A peer with too many messages under way has as many acknowledgements to
    /// answer before it reads DISCONNECT; on a closed connection its first answer would fail, and it would never learn why.
    /// </summary>
    private async Task DiscardInputAsync()
    {
        try
        {
            var input = _transport.Transport.Input;
            for (var ended = false; !ended;)
            {
                var result = await input.ReadAsync().ConfigureAwait(false);
                input.AdvanceTo(result.Buffer.End);
                ended = result.IsCompleted;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The transport is gone: that is what was waited for.
        }
    }

    private void OnWriteFailed(Exception? error) => Close(error == null ? EndReason.ConnectionLost : EndReason.ConnectionReset, null);

    /// <summary>Waits for CONNECT and has it decided. True when the session is attached.</summary>
    private async Task<bool> ReadConnectAsync()
    {
        var input = _transport.Transport.Input;
        while (!IsClosing)
        {
            var result = await input.ReadAsync().ConfigureAwait(false);
            var rest = result.Buffer;
            // Something that is not MQTT is recognised by its first byte, before it says how long it is [MQTT-3.1.0-1].
            var error = rest.IsEmpty || rest.FirstSpan[0] >> 4 == (int)PacketType.Connect ? ProtocolError.None : ProtocolError.NotConnect;
            if (error == ProtocolError.None && FrameReader.TryRead(ref rest, _server.Options.MaxPacketSize, out var frame, out error, anyFlags: true))
            {
                var body = frame.Body.ToArray();
                input.AdvanceTo(rest.Start);
                _server.Crowd.Identify(this);
                UsesNoFlags = ConnectPacket.SpeaksV31(body);
                if (frame.Flags != 0 && !UsesNoFlags)
                {
                    Close(ProtocolError.ReservedFlags.ToEnd(), null); // [MQTT-2.1.3-1]
                    return false;
                }
                return await _server.ConnectAsync(this, body).ConfigureAwait(false);
            }
            input.AdvanceTo(rest.Start, rest.End);
            if (error != ProtocolError.None)
                Close(error.ToEnd(), null);
            else if (result.IsCompleted)
                Close(rest.IsEmpty ? EndReason.ConnectionLost : EndReason.Truncated, null);
        }
        return false;
    }

    private async Task ReadPacketsAsync(PacketIntake intake)
    {
        var input = _transport.Transport.Input;
        while (!IsClosing)
        {
            var result = await input.ReadAsync().ConfigureAwait(false);
            var rest = result.Buffer;
            Volatile.Write(ref _reading, 1);
            var error = intake.Read(ref rest);
            Interlocked.Exchange(ref _reading, 0);
            var held = intake.IsHeldBack && error == ProtocolError.None;
            var partial = !rest.IsEmpty;
            input.AdvanceTo(rest.Start, held ? rest.Start : rest.End);
            Acknowledge();
            if (error != ProtocolError.None)
                Close(error.ToEnd(), error.ToReason());
            Outbox.FlushInline();
            if (held)
                await WaitForApplicationAsync().ConfigureAwait(false);
            else if (result.IsCompleted)
                Close(partial ? EndReason.Truncated : EndReason.ConnectionLost, null);
        }
    }

    private async Task WaitForApplicationAsync()
    {
        Interlocked.Exchange(ref _held, 1);
        while (IsBehind && !IsClosing)
            await _backlogEased.WaitAsync().ConfigureAwait(false);
        Session!.State.LastHeard = _server.Now;
        Interlocked.Exchange(ref _held, 0);
    }
}
