using B2D.Mqtt.Sessions;

namespace B2D.Mqtt.Server;

/// <summary>
/// The sessions by client id. The one place where sessions begin, are resumed, taken over and end.
/// </summary>
internal sealed class SessionTable(MqttServer server)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, MqttSession> _sessions = new(StringComparer.Ordinal);
    private readonly List<MqttSession> _ticked = [];
    private readonly List<Effect> _tickEffects = [];

    public int Count
    {
        get
        {
            lock (_gate)
                return _sessions.Count;
        }
    }

    public MqttSession? Find(string clientId)
    {
        lock (_gate)
            return _sessions.GetValueOrDefault(clientId);
    }

    /// <summary>
    /// Gives the connection its session, new or resumed. A connection that has the session now is ended first, and this waits until the
    /// application knows of that end [MQTT-3.1.4-3].
    /// </summary>
    /// <returns>The session and whether it existed; null when there are as many sessions as the limit allows.</returns>
    public async ValueTask<(MqttSession Session, bool Present)?> AttachAsync(MqttConnection connection, string clientId, bool cleanStart)
    {
        while (true)
        {
            var (session, present, holder, replaced) = Claim(connection, clientId, cleanStart);
            if (replaced != null)
                End(replaced);
            if (session != null)
            {
                // That the old one is gone is part of what CONNACK says.
                session.PromiseAfter(replaced?.Promise ?? 0);
                return (session, present);
            }
            if (holder == null)
                return null;
            holder.Close(EndReason.TakenOver, ReasonCode.SessionTakenOver);
            await connection.UntilEndedAsync(holder).ConfigureAwait(false);
        }
    }

    /// <summary>The connection's loop has ended: its session goes on without it, or ends.</summary>
    public void Detach(MqttSession session, MqttConnection connection)
    {
        var effects = new List<Effect>();
        lock (session.Gate)
        {
            SessionMachine.Disconnected(session.State, connection.End, server.Now, effects);
            server.Effects.Keep(session, effects);
        }
        Safely(session, () => server.Application.OnDisconnected(session, connection.End));
        Safely(session, () => server.Effects.Announce(session, effects));
        lock (_gate)
            lock (session.Gate)
                session.Connection = null;
    }

    /// <summary>Time passes for every session. One call at a time.</summary>
    public void Tick(DateTimeOffset now)
    {
        lock (_gate)
            _ticked.AddRange(_sessions.Values);
        foreach (var session in _ticked)
        {
            List<SessionChange>? afterWill = null;
            lock (session.Gate)
            {
                if (session.Connection is { IsHeld: true })
                    session.State.LastHeard = now;
                var isKept = session.State.IsKept;
                SessionMachine.Tick(session.State, now, _tickEffects);
                if (isKept && _tickEffects.Count > 0)
                    afterWill = TakeAfterWill(_tickEffects);
                server.Effects.Carry(session, _tickEffects);
            }
            if (_tickEffects.Count > 0)
                AnnounceTick(session, afterWill);
        }
        _ticked.Clear();
    }

    /// <summary>The session has ended.</summary>
    public void Forget(MqttSession session)
    {
        server.Router.Forget(session, session.State.Subscriptions.Values);
        lock (_gate)
            if (_sessions.GetValueOrDefault(session.ClientId) == session)
                _sessions.Remove(session.ClientId);
    }

    /// <summary>Takes up a session that was kept; false when there are as many as the limit allows.</summary>
    public bool Restore(MqttSession session)
    {
        lock (_gate)
            return _sessions.Count < server.Options.MaxSessions && _sessions.TryAdd(session.ClientId, session);
    }

    /// <summary>Ends the sessions for which the condition holds, and their connections; how many.</summary>
    public int EndWhere(Func<MqttSession, bool> condition)
    {
        List<(MqttSession Session, MqttConnection? Connection)> ended = [];
        lock (_gate)
            foreach (var session in _sessions.Values.Where(condition))
                lock (session.Gate)
                {
                    ended.Add((session, session.Connection));
                    session.State.ExpirySeconds = 0; // with a connection it ends when that has ended
                    if (!session.State.IsConnected)
                        session.State.EndsAt = server.Now; // nobody resumes it any more; where its connection is just being settled, the tick ends it
                }
        foreach (var (session, connection) in ended)
            if (connection == null)
                End(session);
            else
                connection.Close(EndReason.Disconnected, ReasonCode.AdministrativeAction);
        return ended.Count;
    }

    // Apart, so that the tick makes no closure for the many sessions to which nothing happens.
    private void AnnounceTick(MqttSession session, List<SessionChange>? afterWill)
    {
        Safely(session, () => server.Effects.Announce(session, _tickEffects, afterWill));
        _tickEffects.Clear();
    }

    /// <summary>Where a will is published, what else is to be kept waits until the application has it; null where none is.</summary>
    private static List<SessionChange>? TakeAfterWill(List<Effect> effects)
    {
        if (!effects.Exists(e => e.Kind == EffectKind.PublishWill))
            return null;
        List<SessionChange> after = [.. effects.Where(e => e.Kind == EffectKind.Keep).Select(e => (SessionChange)e.Subject!)];
        effects.RemoveAll(e => e.Kind == EffectKind.Keep);
        return after;
    }

    private (MqttSession? Session, bool Present, MqttConnection? Holder, MqttSession? Replaced) Claim(
        MqttConnection connection, string clientId, bool cleanStart)
    {
        lock (_gate)
        {
            var found = _sessions.GetValueOrDefault(clientId);
            if (found?.Connection is { } holder)
                return (null, false, holder, null);
            if (found != null && !cleanStart)
                lock (found.Gate)
                    if (!found.State.HasEnded && !(found.State.EndsAt <= server.Now))
                    {
                        // From here on the tick must not end it.
                        found.State.EndsAt = null;
                        found.State.WillDueAt = null;
                        found.Connection = connection;
                        return (found, true, null, null);
                    }
            if (found == null && _sessions.Count >= server.Options.MaxSessions)
                return default;
            var session = new MqttSession(new Session(clientId, server.Options.MaxQueuedMessages, server.Options.MaxQueuedBytes), null)
            {
                Connection = connection,
            };
            _sessions[clientId] = session;
            return (session, false, null, found);
        }
    }

    private void End(MqttSession session)
    {
        var effects = new List<Effect>();
        lock (session.Gate)
        {
            SessionMachine.End(session.State, effects);
            server.Effects.Keep(session, effects);
        }
        Safely(session, () => server.Effects.Announce(session, effects));
    }

    /// <summary>The session must be freed for the next connection whatever the application does.</summary>
    private void Safely(MqttSession session, Action tell)
    {
        try
        {
            tell();
        }
#pragma warning disable CA1031 // The application's failure is logged; there is no connection left to end for it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            MqttServerLog.ApplicationFailed(server.Logger, session.ClientId, e);
        }
    }
}
