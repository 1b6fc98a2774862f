using System.Collections.Concurrent;
using B2D.Mqtt.Server;
using B2D.Mqtt.Sessions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace B2D.Mqtt;

/// <summary>
/// An MQTT 3.1.1 and 5.0 server over any transport that gives <see cref="ConnectionContext"/>s. It has no threads and no timers: connections run
/// on the loops of whoever calls <see cref="RunConnectionAsync"/>, and time passes when <see cref="Tick"/> is called. Sessions and retained
/// messages are in memory; with a store they outlive the process, and what promises that leaves when <see cref="PumpSessions"/> has written it.
/// </summary>
public sealed class MqttServer : IDisposable
{
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<long, MqttConnection> _connections = new();
    private readonly SessionTable _sessions;
    private readonly Admission _admission;
    private readonly Router.Deliver _deliver;
    private readonly ISessionStore? _store;
    private long _lastNumber;
    private int _open;
    private DateTimeOffset _lastTick;
    private DateTimeOffset _lastExpiry;
    private volatile bool _stopping;

    /// <summary>A server.</summary>
    /// <param name="application">Decides and takes what is published.</param>
    /// <param name="options">Limits; must be valid.</param>
    /// <param name="time">Clock.</param>
    /// <param name="loggers">Where log lines go.</param>
    /// <param name="store">Keeps sessions and retained messages; null: they end with the process.</param>
    /// <exception cref="ArgumentException">Options out of range; the message names all.</exception>
    public MqttServer(IMqttApplication application, MqttServerOptions options, TimeProvider time, ILoggerFactory loggers, ISessionStore? store = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        if (options.Validate() is { Count: > 0 } failures)
            throw new ArgumentException(string.Join(' ', failures), nameof(options));
        Application = application;
        Options = options;
        _time = time;
        _lastTick = _lastExpiry = Now;
        Logger = loggers.CreateLogger("B2D.Mqtt.Server");
        Crowd = new Crowd(options);
        _store = store;
        Journal = new SessionJournal(store, options.MaxUnkeptBytes) { Eased = Ease };
        Router = new Router(options, Counters, Journal);
        _deliver = Deliver;
        Effects = new SessionEffects(this);
        _sessions = new SessionTable(this);
        _admission = new Admission(this, _sessions);
    }

    /// <summary>What was counted since the start.</summary>
    public MqttCounters Counters { get; } = new();

    /// <summary>Open transport connections, accepted or not.</summary>
    public int ConnectionCount => Volatile.Read(ref _open);

    /// <summary>Sessions remembered, connected or not.</summary>
    public int SessionCount => _sessions.Count;

    /// <summary>Retained messages kept.</summary>
    public int RetainedCount => Router.RetainedCount;

    /// <summary>Subscriptions of all sessions.</summary>
    public int SubscriptionCount => Router.SubscriptionCount;

    /// <summary>Bytes of changes of sessions that the store does not have yet; 0 without a store.</summary>
    public long UnkeptBytes => Journal.Bytes;

    /// <summary>Called, on any thread and under locks, when <see cref="PumpSessions"/> has something to do; it must only signal.</summary>
    public Action? SessionsChanged
    {
        get => Journal.Changed;
        set => Journal.Changed = value;
    }

    internal IMqttApplication Application { get; }

    internal MqttServerOptions Options { get; }

    internal ILogger Logger { get; }

    internal SessionJournal Journal { get; }

    internal SessionTable Sessions => _sessions;

    internal Router Router { get; }

    internal SessionEffects Effects { get; }

    internal Crowd Crowd { get; }

    internal DateTimeOffset Now => _time.GetUtcNow();

    internal bool IsStopping => _stopping;

    /// <summary>Runs one connection until it ends; never throws for what the peer does. The transport is the caller's to dispose afterwards.</summary>
    /// <param name="connection">The transport. Its TLS feature, if any, gives the client certificate.</param>
    /// <param name="listener">Name of the listener, passed on to the application.</param>
    /// <returns>Why it ended.</returns>
    public async Task<EndReason> RunConnectionAsync(ConnectionContext connection, string listener)
    {
        using var mine = new MqttConnection(this, connection, listener, Interlocked.Increment(ref _lastNumber));
        Counters.Opened();
        _connections.TryAdd(mine.Number, mine);
        var open = Interlocked.Increment(ref _open);
        var tooMany = Crowd.Enter(mine);
        if (_stopping)
            mine.Close(EndReason.ServerStopped, null);
        else if (tooMany != EndReason.None)
            mine.Close(tooMany, null);
        else if (open > Options.MaxConnections)
            mine.Close(EndReason.TooManyConnections, null);
        await mine.RunAsync().ConfigureAwait(false);
        return mine.End;
    }

    /// <summary>
    /// Takes up the sessions and retained messages that were kept. Before the first connection. What has expired meanwhile, with wills that waited,
    /// is settled by the first <see cref="Tick"/>; who was connected when the process ended has lost the connection now.
    /// </summary>
    /// <returns>Sessions taken up.</returns>
    /// <exception cref="InvalidDataException">What is kept is damaged.</exception>
    public int Restore() => _store == null ? 0 : new SessionRestore(this).Run(_store.Load());

    /// <summary>
    /// Writes changes of sessions to the store, and lets go what waited for that. One call at a time, from the owner's loop, which may wait for
    /// the disk. True when there is more to do at once.
    /// </summary>
    public bool PumpSessions() => Journal.Pump();

    /// <summary>Ends sessions for good, as their expiry would, and their connections. Any thread.</summary>
    /// <returns>How many.</returns>
    public int EndSessions(Func<MqttSession, bool> condition) => _sessions.EndWhere(condition);

    /// <summary>Cuts a connection before anything is read from it, because its listener has as many as it may have; it is counted like any other.</summary>
    public void TurnAway(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        Counters.Opened();
        Counters.End(EndReason.TooManyConnections);
        MqttServerLog.CutOff(Logger, Interlocked.Increment(ref _lastNumber), null, connection.RemoteEndPoint, EndReason.TooManyConnections);
        connection.Abort(new ConnectionAbortedException(nameof(EndReason.TooManyConnections)));
    }

    /// <summary>Publishes to all matching subscriptions.</summary>
    /// <param name="message">The message; with Retain it is also kept.</param>
    /// <param name="tag">
    /// Given back by <see cref="IMqttApplication.OnDelivered"/> for each session that acknowledges; null = not asked for. A message of QoS 1 with a tag
    /// is not kept over a restart, and no tag is: who asks for the acknowledgement publishes again what was not acknowledged.
    /// </param>
    /// <returns>Sessions that took it: sent, or queued for when the client can take it.</returns>
    public int Publish(MqttMessage message, object? tag = null)
    {
        CheckMessage(message);
        return Router.Route(message, copyPayload: false, origin: null, tag, Now, _deliver);
    }

    /// <summary>Publishes to one session, if it is connected and has a subscription that matches.</summary>
    /// <returns>False when it is not connected, not subscribed, or its queue is full.</returns>
    public bool PublishTo(string clientId, MqttMessage message, object? tag = null)
    {
        CheckMessage(message);
        if (_sessions.Find(clientId) is not { IsConnected: true } session)
            return false;
        Topics.Subscription[] matching;
        lock (session.Gate)
            matching = [.. session.State.Subscriptions.Values.Where(s => Topics.TopicFilter.Matches(s.Filter.Filter, message.Topic))];
        return Router.Merge(matching, new Topics.StoredMessage(message, Now), isOrigin: false, tag) is { } delivery && Deliver(session, delivery);
    }

    /// <summary>The session of a client id; null when there is none.</summary>
    public MqttSession? FindSession(string clientId) => _sessions.Find(clientId);

    /// <summary>Ends a client's connection. False when it has none.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="reason">A failure code; sent to 5.0 clients.</param>
    /// <param name="end">The end reason.</param>
    public bool Disconnect(string clientId, ReasonCode reason, EndReason end = EndReason.Disconnected)
    {
        if (_sessions.Find(clientId)?.Connection is not { } connection)
            return false;
        connection.Close(end, reason);
        return true;
    }

    /// <summary>
    /// Lets time pass: connect time-out, keep-alive, session expiry, delayed wills, retained messages' expiry, peers that do not read. Called by the
    /// owner about every 100 to 1,000 ms, one call at a time.
    /// </summary>
    public void Tick(DateTimeOffset now)
    {
        // After a gap (the process was stopped, the clock was set) what clients sent is still in the sockets: judge them next time.
        var passed = now - _lastTick;
        var afterGap = passed < TimeSpan.Zero || passed > Options.TickGap;
        _lastTick = now;
        foreach (var (_, connection) in _connections)
        {
            if (passed > TimeSpan.Zero)
                connection.Refill(passed);
            if (afterGap)
                connection.LastProgress = (connection.Outbox.Progress, now);
            else
                CheckTimes(connection, now);
        }
        if (!afterGap)
            _sessions.Tick(now);
        if (now - _lastExpiry >= TimeSpan.FromSeconds(10) || now < _lastExpiry)
        {
            _lastExpiry = now;
            Router.Expire(now);
        }
    }

    /// <summary>What held connections back may be over: each of them looks for itself. Any thread.</summary>
    public void Ease()
    {
        foreach (var (_, connection) in _connections)
            connection.Ease();
    }

    /// <summary>Ends all connections (5.0 clients are told that the server shuts down) and waits until the application knows of each end.</summary>
    public async Task StopAsync()
    {
        Dispose();
        await Task.WhenAll(_connections.Values.Select(c => c.Ended)).ConfigureAwait(false);
    }

    /// <summary>Ends all connections and refuses new ones; does not wait.</summary>
    public void Dispose()
    {
        _stopping = true;
        foreach (var connection in _connections.Values)
            connection.Close(EndReason.ServerStopped, ReasonCode.ServerShuttingDown);
    }

    internal ValueTask<bool> ConnectAsync(MqttConnection connection, ReadOnlyMemory<byte> body) => _admission.DecideAsync(connection, body);

    /// <summary>The connection's read loop has ended: settle the session and tell the application.</summary>
    internal void Detach(MqttConnection connection)
    {
        Counters.End(connection.End);
        if (connection.Session is { } session)
            _sessions.Detach(session, connection);
        // What networks and well-behaved clients do all day is for debugging; what a peer or this server did wrong is news.
        if (connection.End is EndReason.ClientDisconnected or EndReason.ClientDisconnectedWithWill or EndReason.ConnectionLost or EndReason.ConnectionReset
            or EndReason.Truncated or EndReason.KeepAliveExpired or EndReason.TakenOver or EndReason.ConnectRefused or EndReason.Disconnected
            or EndReason.CredentialExpired or EndReason.ServerStopped)
            MqttServerLog.Ended(Logger, connection.Number, connection.Session?.ClientId, connection.End);
        else
            MqttServerLog.CutOff(Logger, connection.Number, connection.Session?.ClientId, connection.Transport.RemoteEndPoint, connection.End);
    }

    internal void Remove(MqttConnection connection)
    {
        _connections.TryRemove(connection.Number, out _);
        Crowd.Leave(connection);
        Interlocked.Decrement(ref _open);
    }

    internal void Forget(MqttSession session) => _sessions.Forget(session);

    /// <summary>Success, or why a client may not publish to a topic.</summary>
    internal ReasonCode JudgePublish(MqttSession session, string topic) =>
        topic.Length > Options.MaxTopicLength || Topics.TopicName.Levels(topic) > Options.MaxTopicLevels ? ReasonCode.TopicNameInvalid
        : Application.MayPublish(session, topic) ? ReasonCode.Success : ReasonCode.NotAuthorized;

    /// <summary>Success, or why a client may not subscribe to a filter.</summary>
    internal ReasonCode JudgeSubscribe(MqttSession session, string filter) =>
        filter.Length > Options.MaxTopicLength || Topics.TopicName.Levels(filter) > Options.MaxTopicLevels ? ReasonCode.TopicFilterInvalid
        : Application.MaySubscribe(session, filter) ? ReasonCode.Success : Application.SubscriptionRefusal;

    internal int Route(ReceivedPublish publish, MqttSession origin)
    {
        if (!publish.Retain && !Router.IsWanted(publish.Topic))
            return 0;
        var message = new MqttMessage(publish.Topic, publish.Payload, publish.QoS, publish.Retain) { Properties = publish.Properties };
        return Route(message, copyPayload: true, origin);
    }

    internal int Route(MqttMessage message, bool copyPayload, MqttSession origin) => Router.Route(message, copyPayload, origin, tag: null, Now, _deliver);

    internal void PublishWill(MqttSession session, MqttMessage will, IReadOnlyList<SessionChange>? after)
    {
        var owner = new WillOwner(this, session, after);
        if (JudgePublish(session, will.Topic) != ReasonCode.Success)
        {
            owner.Settle();
            return;
        }
        Application.OnPublish(session, new InboundPublish(new ReceivedPublish(owner, will.Topic, will.Payload, will.QoS, 0)
        {
            IsWill = true,
            Retain = will.Retain,
            Properties = will.Properties,
        }));
    }

    internal bool Deliver(MqttSession session, Delivery delivery)
    {
        bool taken;
        List<Effect> announcements;
        lock (session.Gate)
        {
            taken = !(Journal.IsFull && session.State.IsKept) && SessionMachine.Deliver(session.State, delivery, session.Connection?.IsWritable == true, Now, session.Scratch);
            Effects.Carry(session, session.Scratch);
            announcements = session.Scratch.Exists(e => e.Kind == EffectKind.Delivered) ? [.. session.Scratch] : [];
            session.Scratch.Clear();
        }
        Effects.Announce(session, announcements);
        if (taken)
            session.Connection?.Outbox.RequestFlush();
        else
            Counters.Dropped();
        return taken;
    }

    private void CheckTimes(MqttConnection connection, DateTimeOffset now)
    {
        if (connection.IsClosing)
        {
            connection.CutAt ??= now + Options.CloseTimeout;
            if (now > connection.CutAt)
                connection.Abort();
            return;
        }
        if (connection.Session == null && now - connection.OpenedAt > Options.ConnectTimeout)
            connection.Close(EndReason.ConnectTimeout, null);
        var progress = connection.Outbox.Progress;
        if (connection.Outbox.PendingBytes == 0 || connection.Outbox.IsHolding || progress != connection.LastProgress.Progress)
            connection.LastProgress = (progress, now);
        else if (now - connection.LastProgress.At > Options.WriteTimeout)
            connection.Close(EndReason.WriteBacklog, ReasonCode.QuotaExceeded);
    }

    private static void CheckMessage(MqttMessage message)
    {
        if (!Topics.TopicName.IsValid(message.Topic))
            throw new ArgumentException("The topic is empty or has a wildcard.", nameof(message));
    }

    /// <summary>Nobody waits for an acknowledgement of a will; but one that was kept is kept until the application has it.</summary>
    private sealed class WillOwner(MqttServer server, MqttSession session, IReadOnlyList<SessionChange>? after) : IPublishOwner
    {
        public int Route(ReceivedPublish publish) => server.Route(publish, session);

        public void Completed(QoS qos, int length) => Settle();

        public void Settle()
        {
            if (after == null)
                return;
            var effects = new List<Effect>();
            lock (session.Gate)
            {
                foreach (var change in after)
                    server.Journal.Add(change);
                SessionMachine.WillPublished(session.State, effects);
                server.Effects.Keep(session, effects);
            }
        }
    }
}
