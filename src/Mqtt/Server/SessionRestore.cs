using B2D.Mqtt.Sessions;
using B2D.Mqtt.Topics;

namespace B2D.Mqtt.Server;

/// <summary>
/// Takes up what was kept: plays the changes into drafts, and makes sessions of those. It takes any list of changes that the journal could have
/// made, cut off anywhere; what the limits have no room for, and what is left over, is removed from the store.
/// </summary>
internal sealed class SessionRestore(MqttServer server)
{
    private readonly Dictionary<long, Draft> _sessions = [];
    private readonly Dictionary<long, KeptMessage> _messages = [];
    private readonly HashSet<long> _retained = [];
    private readonly Dictionary<long, StoredMessage> _contents = [];
    private long _lastSession;
    private long _lastMessage;

    private sealed class Draft
    {
        public required KeptSession Row { get; set; }

        public SortedDictionary<long, SessionChange.Subscribed> Subscriptions { get; } = [];

        public SortedDictionary<long, (SessionChange.Queued Delivery, bool IsReceived)> Deliveries { get; } = [];

        public Dictionary<ushort, KeptMessage?> Accepted { get; } = [];
    }

    /// <summary>Plays all changes and makes the sessions; how many.</summary>
    /// <exception cref="InvalidDataException">What is kept is damaged.</exception>
    public int Run(IEnumerable<SessionChange> changes)
    {
        foreach (var change in changes)
            Play(change);
        server.Journal.Continue(_lastSession, _lastMessage);
        // Of two under one client id, which a store cannot have, the newer one counts.
        var restored = _sessions.Values.OrderByDescending(d => d.Row.Number).Count(Restore);
        // Behind the deliveries: a message that is no longer retained may still be due to somebody.
        foreach (var message in _retained.Order())
            RestoreRetained(message);
        foreach (var message in _messages.Keys.Where(m => !_contents.ContainsKey(m)))
            server.Journal.Add(new SessionChange.MessageRemoved(message));
        return restored;
    }

    private void Play(SessionChange change)
    {
        switch (change)
        {
            case SessionChange.Kept(var row):
                _lastSession = Math.Max(_lastSession, row.Number);
                if (_sessions.TryGetValue(row.Number, out var known))
                    known.Row = row;
                else
                    _sessions.Add(row.Number, new Draft { Row = row });
                break;
            case SessionChange.Ended(var session):
                _sessions.Remove(session);
                break;
            case SessionChange.MessageAdded(var message, var content):
                _lastMessage = Math.Max(_lastMessage, message);
                _messages[message] = content;
                break;
            case SessionChange.MessageRemoved(var message):
                _messages.Remove(message);
                break;
            case SessionChange.Retained(var message):
                _retained.Add(message);
                break;
            case SessionChange.RetainedRemoved(var message):
                _retained.Remove(message);
                break;
            default:
                PlayInSession(change);
                break;
        }
    }

    private void PlayInSession(SessionChange change)
    {
        switch (change)
        {
            case SessionChange.Subscribed subscribed:
                Of(subscribed.Session).Subscriptions[subscribed.Number] = subscribed;
                break;
            case SessionChange.Unsubscribed(var session, var number):
                Of(session).Subscriptions.Remove(number);
                break;
            case SessionChange.Queued queued:
                Of(queued.Session).Deliveries[queued.Number] = (queued, false);
                break;
            case SessionChange.Sent(var session, var number, var id):
                var waiting = Of(session).Deliveries;
                waiting[number] = (waiting[number].Delivery with { PacketId = id }, false);
                break;
            case SessionChange.Received(var session, var number):
                var sent = Of(session).Deliveries;
                sent[number] = (sent[number].Delivery, true);
                break;
            case SessionChange.Finished(var session, var number):
                Of(session).Deliveries.Remove(number);
                break;
            case SessionChange.Accepted(var session, var id, var held):
                Of(session).Accepted[id] = held;
                break;
            case SessionChange.Released(var session, var id):
                Of(session).Accepted.Remove(id);
                break;
            default:
                throw new InvalidOperationException($"No way to take up {change.GetType().Name}.");
        }
    }

    private Draft Of(long session) =>
        _sessions.TryGetValue(session, out var draft) ? draft : throw new InvalidDataException($"Session {session} is not kept, but something of it is.");

    private void RestoreRetained(long number)
    {
        var message = Content(number);
        if (!message.IsExpired(server.Now) && server.Router.Restore(message))
            Refer(message);
        else
            server.Journal.Add(new SessionChange.RetainedRemoved(number));
        if (message.References == 0)
            _contents.Remove(number);
    }

    private bool Restore(Draft draft)
    {
        var row = draft.Row;
        var now = server.Now;
        var principal = server.Application.RestorePrincipal(row.ClientId, row.Principal);
        var session = new MqttSession(new Session(row.ClientId, server.Options.MaxQueuedMessages, server.Options.MaxQueuedBytes), principal);
        if (principal == null || !server.Sessions.Restore(session))
        {
            server.Journal.Add(new SessionChange.Ended(row.Number));
            return false;
        }
        var state = session.State;
        state.Key = row.Number;
        state.PrincipalName = row.Principal;
        state.ExpirySeconds = state.AgreedExpirySeconds = row.ExpirySeconds;
        state.EndsAt = row.EndsAt ?? now.AddSeconds(row.ExpirySeconds);
        state.Will = row.Will?.ToMessage();
        state.WillDueAt = row.WillDueAt;
        foreach (var subscribed in draft.Subscriptions.Values)
            Subscribe(session, subscribed);
        foreach (var (delivery, isReceived) in draft.Deliveries.Values)
            Deliver(state, delivery, isReceived);
        foreach (var (id, held) in draft.Accepted)
            state.Inbound.Restore(id, held?.ToMessage());
        if (row.EndsAt == null)
            server.Journal.Add(new SessionChange.Kept(row with { EndsAt = state.EndsAt }));
        return true;
    }

    private void Subscribe(MqttSession session, SessionChange.Subscribed subscribed)
    {
        if (!TopicFilter.TryParse(subscribed.Filter, out var filter))
            throw new InvalidDataException($"Session {subscribed.Session} has a malformed filter.");
        session.State.LastSubscription = subscribed.Number;
        if (session.State.Subscriptions.Count >= server.Options.MaxSubscriptions)
        {
            server.Journal.Add(new SessionChange.Unsubscribed(subscribed.Session, subscribed.Number));
            return;
        }
        var subscription = new Subscription(filter, subscribed.QoS, subscribed.NoLocal, subscribed.RetainAsPublished, subscribed.Identifier)
        {
            Number = subscribed.Number,
        };
        session.State.Subscriptions[subscribed.Filter] = subscription;
        server.Router.Subscribe(session, new SubscriptionChange(subscription, SendRetained: false), server.Now);
    }

    private void Deliver(Session state, SessionChange.Queued queued, bool isReceived)
    {
        var message = Content(queued.Message);
        var delivery = new Delivery(message, queued.QoS, queued.Retain, queued.Identifiers is { Count: > 0 } ids ? [.. ids] : null) { Number = queued.Number };
        if (state.Outbound.Restore(delivery, queued.PacketId, isReceived))
        {
            Refer(message);
            return;
        }
        server.Counters.Dropped();
        server.Journal.Add(new SessionChange.Finished(queued.Session, queued.Number));
        if (message.References == 0)
            _contents.Remove(queued.Message);
    }

    /// <summary>One object for all who refer to it, as before.</summary>
    private StoredMessage Content(long number)
    {
        if (_contents.TryGetValue(number, out var content))
            return content;
        if (!_messages.TryGetValue(number, out var kept))
            throw new InvalidDataException($"Message {number} is not kept, but something refers to it.");
        content = new StoredMessage(kept.ToMessage(), null, kept.ExpiresAt) { Number = number };
        _contents.Add(number, content);
        return content;
    }

    private static void Refer(StoredMessage message) => message.References++;
}
