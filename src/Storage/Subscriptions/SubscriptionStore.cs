using B2D.Core.Subscriptions;

namespace B2D.Storage.Subscriptions;

/// <summary>Somebody who wants to hear of the outages of a place. Personal data: it is deleted when they end it.</summary>
public sealed record SubscriptionRow
{
    public long Id { get; init; }

    /// <summary>In small letters.</summary>
    public string Email { get; init; } = "";
    public string Place { get; init; } = "";

    /// <summary>As <see cref="PlaceMatch.Fold"/>.</summary>
    public string PlaceFolded { get; init; } = "";
    public string Language { get; init; } = "";
    public string Nonce { get; init; } = "";

    /// <summary>Mails to confirm it, and when the last was written.</summary>
    public long Mails { get; init; }
    public long MailedAt { get; init; }
    public long MadeAt { get; init; }

    /// <summary>0: not yet.</summary>
    public long ConfirmedAt { get; init; }
}

/// <summary>Who wants to hear of places; one row for each address and place.</summary>
public static class SubscriptionStore
{
    private static readonly string Select = $"SELECT {Columns<SubscriptionRow>.All} FROM subscriptions";

    public static long Add(Db db, SubscriptionRow row) =>
        db.First<long>($"INSERT INTO subscriptions ({Columns<SubscriptionRow>.New}) VALUES ({Columns<SubscriptionRow>.NewValues}) RETURNING id", row);

    public static SubscriptionRow? Find(Db db, long id) => db.FirstOrDefault<SubscriptionRow>($"{Select} WHERE id = @id", new { id });

    public static SubscriptionRow? Find(Db db, string email, string placeFolded) =>
        db.FirstOrDefault<SubscriptionRow>($"{Select} WHERE email = @email AND place_folded = @placeFolded", new { email, placeFolded });

    /// <summary>One more mail to confirm it goes out.</summary>
    public static void Mailed(Db db, long id, long now) => db.Execute("UPDATE subscriptions SET mails = mails + 1, mailed_at = @now WHERE id = @id", new { id, now });

    /// <summary>They want it; false where they had said so.</summary>
    public static bool Confirm(Db db, long id, long now) => db.Execute("UPDATE subscriptions SET confirmed_at = @now WHERE id = @id AND confirmed_at = 0", new { id, now }) == 1;

    public static bool Remove(Db db, long id) => db.Execute("DELETE FROM subscriptions WHERE id = @id", new { id }) == 1;

    /// <summary>All of an address.</summary>
    public static int RemoveAll(Db db, string email) => db.Execute("DELETE FROM subscriptions WHERE email = @email", new { email = email.Trim().ToLowerInvariant() });

    /// <summary>What is known before somebody asks.</summary>
    /// <param name="hourAgo">Epoch ms.</param>
    public static SubscriptionFacts Facts(Db db, string email, string placeFolded, long hourAgo)
    {
        var known = Find(db, email, placeFolded);
        return new SubscriptionFacts(
            known?.ConfirmedAt > 0,
            known?.Mails ?? 0,
            db.Scalar<long?>("SELECT sum(mails) FROM subscriptions WHERE email = @email AND mailed_at > @hourAgo", new { email, hourAgo }) ?? 0,
            db.Scalar<long>("SELECT count(*) FROM subscriptions WHERE email = @email", new { email }),
            db.Scalar<long?>("SELECT sum(mails) FROM subscriptions WHERE mailed_at > @hourAgo", new { hourAgo }) ?? 0);
    }

    /// <summary>Those who have confirmed one of these places, in order.</summary>
    /// <param name="keys">As <see cref="PlaceMatch.Keys"/>.</param>
    public static IReadOnlyList<SubscriptionRow> Of(Db db, IReadOnlyCollection<string> keys)
    {
        var found = new List<SubscriptionRow>();
        foreach (var chunk in keys.Distinct(StringComparer.Ordinal).Chunk(500))
        {
            var where = new Where().In("place_folded", chunk).And("confirmed_at > 0");
            found.AddRange(db.Query<SubscriptionRow>($"{Select}{where} ORDER BY id", where.Args));
        }
        return found;
    }

    /// <summary>Places of customers to choose from, in order; at most 1,000.</summary>
    public static IReadOnlyList<string> Places(Db db) => db.Query<string>($"SELECT DISTINCT place FROM customers WHERE place <> '' ORDER BY place LIMIT {Page.MaxRows}");

    /// <summary>All places of customers, in order.</summary>
    public static IReadOnlyList<string> EveryPlace(Db db) => All(after => db.Query<string>($"SELECT DISTINCT place FROM customers WHERE place > @after ORDER BY place LIMIT {Page.MaxRows}", new { after }));

    /// <summary>All places of the customers that an outage keeps down, in order.</summary>
    public static IReadOnlyList<string> PlacesDown(Db db, long outageId) => All(after => db.Query<string>(
        $"""
        SELECT DISTINCT c.place FROM outage_devices o JOIN customers c ON c.id = o.customer WHERE o.outage_id = @outageId AND o.up_at = 0 AND c.place > @after
        ORDER BY c.place LIMIT {Page.MaxRows}
        """,
        new { outageId, after }));

    /// <summary>One page after another, the first after the empty text.</summary>
    private static List<string> All(Func<string, IReadOnlyList<string>> next)
    {
        var all = new List<string>();
        while (next(all.Count == 0 ? "" : all[^1]) is { Count: > 0 } page)
            all.AddRange(page);
        return all;
    }

    /// <summary>How many have confirmed, and how many have not.</summary>
    public static (long Confirmed, long Waiting) Count(Db db) => (
        db.Scalar<long>("SELECT count(*) FROM subscriptions WHERE confirmed_at > 0"), db.Scalar<long>("SELECT count(*) FROM subscriptions WHERE confirmed_at = 0"));

    /// <summary>Deletes requests from before a time that nobody confirmed; returns how many, at most <paramref name="max"/>.</summary>
    public static int Forget(Db db, long before, int max) => db.Execute(
        $"DELETE FROM subscriptions WHERE id IN (SELECT id FROM subscriptions WHERE confirmed_at = 0 AND mailed_at < @before ORDER BY id LIMIT {Page.Rows(max)})", new { before });
}
