using System.Globalization;
using B2D.Mqtt;
using B2D.Storage;
using B2D.Storage.Sessions;

namespace B2D.DeviceGateway.Sessions;

/// <summary>The MQTT server's sessions in the database of sessions.</summary>
public sealed class StoredSessions(Database database) : ISessionStore
{
    /// <inheritdoc/>
    public IEnumerable<SessionChange> Load()
    {
        foreach (var row in Pages<SessionRow, long>(SessionStore.Sessions, r => r.Id))
            yield return new SessionChange.Kept(SessionOf(row));
        foreach (var row in Pages<MessageRow, long>(SessionStore.Messages, r => r.Id))
        {
            yield return new SessionChange.MessageAdded(row.Id, new KeptMessage(row.Packet, TimeOf(row.ExpiresAt)));
            if (row.Retained)
                yield return new SessionChange.Retained(row.Id);
        }
        foreach (var row in Pages<SubscriptionRow, OfSession>(SessionStore.Subscriptions, r => new OfSession(r.Session, r.Number)))
            yield return new SessionChange.Subscribed(
                row.Session, row.Number, row.Filter, (QoS)row.Qos, row.NoLocal, row.RetainAsPublished, (uint)row.Identifier);
        foreach (var row in Pages<DeliveryRow, OfSession>(SessionStore.Deliveries, r => new OfSession(r.Session, r.Number)))
        {
            yield return new SessionChange.Queued(
                row.Session, row.Number, row.Message, (QoS)row.Qos, row.Retain, IdentifiersOf(row.Identifiers), (ushort)row.PacketId);
            if (row.Received)
                yield return new SessionChange.Received(row.Session, row.Number);
        }
        foreach (var row in Pages<AcceptedRow, OfSession>(SessionStore.Accepted, r => new OfSession(r.Session, r.PacketId)))
            yield return new SessionChange.Accepted(row.Session, (ushort)row.PacketId, MessageOf(row.Packet, 0));
    }

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<SessionChange> changes)
    {
        var batch = new SessionBatch();
        foreach (var change in changes)
            batch.Add(change);
        database.Write(batch.Write);
    }

    private static KeptSession SessionOf(SessionRow row) => new(
        row.Id, row.ClientId, row.Principal, (uint)row.ExpirySeconds, TimeOf(row.EndsAt), MessageOf(row.Will, 0), TimeOf(row.WillDueAt));

    private static KeptMessage? MessageOf(byte[] packet, long expiresAt) => packet.Length == 0 ? null : new KeptMessage(packet, TimeOf(expiresAt));

    private static DateTimeOffset? TimeOf(long at) => at == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(at);

    private static uint[] IdentifiersOf(string text) =>
        text.Length == 0 ? [] : [.. text.Split(' ').Select(t => uint.Parse(t, CultureInfo.InvariantCulture))];

    private IEnumerable<TRow> Pages<TRow, TKey>(Func<Db, TKey, int, IReadOnlyList<TRow>> list, Func<TRow, TKey> keyOf)
        where TKey : struct
    {
        TKey after = default;
        while (true)
        {
            var page = database.Read(db => list(db, after, Page.MaxRows));
            foreach (var row in page)
                yield return row;
            if (page.Count < Page.MaxRows)
                yield break;
            after = keyOf(page[^1]);
        }
    }
}
