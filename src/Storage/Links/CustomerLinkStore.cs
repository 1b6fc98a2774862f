using B2D.Core.Links;

namespace B2D.Storage.Links;

/// <summary>The way of one customer to the page about one subject.</summary>
public sealed record CustomerLinkRow
{
    public long Id { get; init; }
    public string Customer { get; init; } = "";

    /// <summary><c>case:12</c> or <c>outage:3</c>.</summary>
    public string Subject { get; init; } = "";
    public string Nonce { get; init; } = "";

    /// <summary>As <see cref="LinkToken.Kept"/> of its code.</summary>
    public string CodeKept { get; init; } = "";
    public long MadeAt { get; init; }
    public long EndsAt { get; init; }

    /// <summary>0: not before its time.</summary>
    public long EndedAt { get; init; }
    public string EndedWhy { get; init; } = "";

    /// <summary>What the customer said last: <c>Broken</c>, <c>Works</c>; empty for nothing.</summary>
    public string Said { get; init; } = "";
    public long SaidAt { get; init; }

    public LinkBond ToBond() => new(Id, Customer, Subject, Nonce);
}

/// <summary>Customers' links; at most one that is not ended for each customer and subject.</summary>
public static class CustomerLinkStore
{
    private static readonly string Select = $"SELECT {Columns<CustomerLinkRow>.All} FROM customer_links";

    /// <summary>Adds one; null where the customer has one of the subject, or its code is another's.</summary>
    public static long? Add(Db db, CustomerLinkRow row) => db.FirstOrDefault<long?>(
        $"INSERT INTO customer_links ({Columns<CustomerLinkRow>.New}) VALUES ({Columns<CustomerLinkRow>.NewValues}) ON CONFLICT DO NOTHING RETURNING id", row);

    public static CustomerLinkRow? Find(Db db, long id) => db.FirstOrDefault<CustomerLinkRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>The one that is not ended.</summary>
    public static CustomerLinkRow? Find(Db db, string customer, string subject) =>
        db.FirstOrDefault<CustomerLinkRow>($"{Select} WHERE customer = @customer AND subject = @subject AND ended_at = 0", new { customer, subject });

    /// <summary>Those of a subject whose customers said last that it is broken, at most a million.</summary>
    public static IReadOnlyList<CustomerLinkRow> Broken(Db db, string subject) =>
        db.Query<CustomerLinkRow>($"{Select} WHERE subject = @subject AND said = 'Broken' AND ended_at = 0 ORDER BY id LIMIT 1000000", new { subject });

    /// <param name="kept">As <see cref="LinkToken.Kept"/>.</param>
    public static CustomerLinkRow? FindCode(Db db, string kept) => db.FirstOrDefault<CustomerLinkRow>($"{Select} WHERE code_kept = @kept", new { kept });

    /// <summary>It is good until another time.</summary>
    public static void Extend(Db db, long id, long endsAt) => db.Execute("UPDATE customer_links SET ends_at = @endsAt WHERE id = @id", new { id, endsAt });

    /// <summary>What its customer said.</summary>
    public static void SetSaid(Db db, long id, string said, long at) => db.Execute("UPDATE customer_links SET said = @said, said_at = @at WHERE id = @id", new { id, said, at });

    /// <summary>
    /// Ends the links of a device's former owner: those about its cases, and those about outages in which nothing else of theirs was. After the registry has the new one.
    /// </summary>
    public static int EndOfDevice(Db db, string device, string customer, long now) => db.Execute(
        """
        UPDATE customer_links SET ended_at = @now, ended_why = 'sold' WHERE customer = @customer AND ended_at = 0 AND (
          EXISTS (SELECT 1 FROM cases c WHERE 'case:' || c.id = customer_links.subject AND c.device = @device)
          OR (subject LIKE 'outage:%' AND NOT EXISTS (
            SELECT 1 FROM outage_devices o JOIN devices d ON d.id = o.device WHERE 'outage:' || o.outage_id = customer_links.subject AND d.customer = @customer)))
        """,
        new { device, customer, now });

    /// <summary>Whether anything that an outage touched is a customer's at this moment.</summary>
    public static bool Touches(Db db, long outageId, string customer) => db.Scalar<long>(
        "SELECT count(*) FROM (SELECT 1 FROM outage_devices o JOIN devices d ON d.id = o.device WHERE o.outage_id = @outageId AND d.customer = @customer LIMIT 1) AS found",
        new { outageId, customer }) > 0;

    /// <summary>Deletes those whose time was over before <paramref name="before"/>; returns how many, at most <paramref name="max"/>.</summary>
    public static int Retain(Db db, long before, int max) => db.Execute(
        $"DELETE FROM customer_links WHERE id IN (SELECT id FROM customer_links WHERE ends_at < @before ORDER BY ends_at LIMIT {Page.Rows(max)})", new { before });
}
