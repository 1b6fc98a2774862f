using System.Globalization;
using B2D.Mqtt;
using B2D.Storage;
using B2D.Storage.Sessions;

namespace B2D.DeviceGateway.Sessions;

/// <summary>
/// Changes of one commit, by kind instead of in order, so that each kind is one prepared statement. No number is used twice, so what counts is
/// only that all that is put comes before all that is removed; what came and went within the batch is not written at all.
/// </summary>
internal sealed class SessionBatch
{
    private readonly Dictionary<long, SessionRow> sessions = [];
    private readonly List<long> ended = [];
    private readonly Dictionary<OfSession, SubscriptionRow> subscriptions = [];
    private readonly List<OfSession> unsubscribed = [];
    private readonly Dictionary<long, MessageRow> messages = [];
    private readonly List<long> removedMessages = [];
    private readonly Dictionary<long, bool> retained = [];
    private readonly Dictionary<OfSession, DeliveryRow> deliveries = [];
    private readonly List<DeliveryRow> sent = [];
    private readonly List<OfSession> received = [];
    private readonly List<OfSession> finished = [];

    // Packet ids come again: of each the last word counts; null says that it is free.
    private readonly Dictionary<OfSession, AcceptedRow?> accepted = [];

    public void Add(SessionChange change)
    {
        switch (change)
        {
            case SessionChange.Kept(var session):
                sessions[session.Number] = RowOf(session);
                break;
            case SessionChange.Ended(var session):
                sessions.Remove(session);
                ended.Add(session);
                break;
            case SessionChange.Subscribed subscribed:
                subscriptions[new OfSession(subscribed.Session, subscribed.Number)] = RowOf(subscribed);
                break;
            case SessionChange.Unsubscribed(var session, var number):
                subscriptions.Remove(new OfSession(session, number));
                unsubscribed.Add(new OfSession(session, number));
                break;
            case SessionChange.MessageAdded(var message, var content):
                messages[message] = new MessageRow { Id = message, Packet = content.Packet.ToArray(), ExpiresAt = At(content.ExpiresAt) };
                break;
            case SessionChange.MessageRemoved(var message):
                if (!messages.Remove(message))
                    removedMessages.Add(message);
                retained.Remove(message);
                break;
            case SessionChange.Retained(var message):
                retained[message] = true;
                break;
            case SessionChange.RetainedRemoved(var message):
                retained[message] = false;
                break;
            default:
                AddExchange(change);
                break;
        }
    }

    /// <summary>Inside one transaction.</summary>
    public void Write(Db db)
    {
        Some(messages.Values, rows => SessionStore.Put(db, rows));
        Some(sessions.Values, rows => SessionStore.Put(db, rows));
        Some(subscriptions.Values, rows => SessionStore.Put(db, rows));
        Some(deliveries.Values, rows => SessionStore.Put(db, rows));
        Some(sent, rows => SessionStore.SetSent(db, rows));
        Some(received, rows => SessionStore.SetReceived(db, rows));
        Some([.. accepted.Values.OfType<AcceptedRow>()], rows => SessionStore.Put(db, rows));
        Some([.. retained.Where(r => r.Value).Select(r => r.Key)], rows => SessionStore.SetRetained(db, rows, true));
        Some([.. retained.Where(r => !r.Value).Select(r => r.Key)], rows => SessionStore.SetRetained(db, rows, false));
        Some(unsubscribed, rows => SessionStore.RemoveSubscriptions(db, rows));
        Some(finished, rows => SessionStore.RemoveDeliveries(db, rows));
        Some([.. accepted.Where(a => a.Value is null).Select(a => a.Key)], rows => SessionStore.RemoveAccepted(db, rows));
        Some(ended, rows => SessionStore.Remove(db, rows));
        Some(removedMessages, rows => SessionStore.RemoveMessages(db, rows));
    }

    private void AddExchange(SessionChange change)
    {
        switch (change)
        {
            case SessionChange.Queued queued:
                deliveries[new OfSession(queued.Session, queued.Number)] = RowOf(queued);
                break;
            case SessionChange.Sent(var session, var number, var id):
                if (deliveries.TryGetValue(new OfSession(session, number), out var waiting))
                    deliveries[new OfSession(session, number)] = waiting with { PacketId = id };
                else
                    sent.Add(new DeliveryRow { Session = session, Number = number, PacketId = id });
                break;
            case SessionChange.Received(var session, var number):
                received.Add(new OfSession(session, number));
                break;
            case SessionChange.Finished(var session, var number):
                if (!deliveries.Remove(new OfSession(session, number)))
                    finished.Add(new OfSession(session, number));
                break;
            case SessionChange.Accepted(var session, var id, var held):
                accepted[new OfSession(session, id)] = new AcceptedRow { Session = session, PacketId = id, Packet = held?.Packet.ToArray() ?? [] };
                break;
            case SessionChange.Released(var session, var id):
                accepted[new OfSession(session, id)] = null;
                break;
            default:
                throw new InvalidOperationException($"No way to keep {change.GetType().Name}.");
        }
    }

    private static void Some<T>(IReadOnlyCollection<T> rows, Action<IReadOnlyCollection<T>> write)
    {
        if (rows.Count > 0)
            write(rows);
    }

    private static SessionRow RowOf(KeptSession session) => new()
    {
        Id = session.Number,
        ClientId = session.ClientId,
        Principal = session.Principal,
        ExpirySeconds = session.ExpirySeconds,
        EndsAt = At(session.EndsAt),
        Will = session.Will?.Packet.ToArray() ?? [],
        WillDueAt = At(session.WillDueAt),
    };

    private static SubscriptionRow RowOf(SessionChange.Subscribed subscribed) => new()
    {
        Session = subscribed.Session,
        Number = subscribed.Number,
        Filter = subscribed.Filter,
        Qos = (int)subscribed.QoS,
        NoLocal = subscribed.NoLocal,
        RetainAsPublished = subscribed.RetainAsPublished,
        Identifier = subscribed.Identifier,
    };

    private static DeliveryRow RowOf(SessionChange.Queued queued) => new()
    {
        Session = queued.Session,
        Number = queued.Number,
        Message = queued.Message,
        Qos = (int)queued.QoS,
        Retain = queued.Retain,
        Identifiers = string.Join(' ', queued.Identifiers.Select(i => i.ToString(CultureInfo.InvariantCulture))),
        PacketId = queued.PacketId,
    };

    private static long At(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds() ?? 0;
}
