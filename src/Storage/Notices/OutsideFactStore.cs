using B2D.Core.Notices;

namespace B2D.Storage.Notices;

/// <summary>What another system told us (<c>shipped</c>, <c>visit-booked</c> …) of a <c>customer:ana</c>, <c>device:HP-1</c> or <c>case:12</c>.</summary>
public sealed record OutsideFactRow
{
    public long Id { get; init; }

    /// <summary>The other system's own name of it: it is taken once.</summary>
    public string Key { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Subject { get; init; } = "";
    public long FromAt { get; init; }

    /// <summary>0: without end.</summary>
    public long UntilAt { get; init; }
    public string Who { get; init; } = "";
    public long CreatedAt { get; init; }

    public FactKind? ToKind() => OutsideFact.KindOf(Kind);
}

/// <summary>What other systems told us.</summary>
public static class OutsideFactStore
{
    private static readonly string Select = $"SELECT {Columns<OutsideFactRow>.All} FROM outside_facts";

    /// <summary>Writes one; null where its key is there already.</summary>
    public static long? Put(Db db, OutsideFactRow row) => db.FirstOrDefault<long?>(
        $"INSERT INTO outside_facts ({Columns<OutsideFactRow>.New}) VALUES ({Columns<OutsideFactRow>.NewValues}) ON CONFLICT (key) DO NOTHING RETURNING id", row);

    public static OutsideFactRow? Find(Db db, string key) => db.FirstOrDefault<OutsideFactRow>($"{Select} WHERE key = @key", new { key });

    public static OutsideFactRow? Find(Db db, long id) => db.FirstOrDefault<OutsideFactRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>It is not so any more from a time on; false where it had ended before, or there is no such fact.</summary>
    public static bool End(Db db, long id, long untilAt) =>
        db.Execute("UPDATE outside_facts SET until_at = @untilAt WHERE id = @id AND (until_at = 0 OR until_at > @untilAt)", new { id, untilAt }) == 1;

    /// <summary>
    /// A device was sold: that somebody moved or died, sent it back or has a visit booked is nothing about its next owner. What was told of it before is over, and its former owner's where there is
    /// still one, with whom it is erased.
    /// </summary>
    /// <param name="at">When it was sold; what was told since then is the next owner's.</param>
    public static void EndOfOwner(Db db, string device, string customer, long at) => db.Execute(
        """
        UPDATE outside_facts SET until_at = CASE WHEN from_at < @at AND (until_at = 0 OR until_at > @at) THEN @at WHEN from_at < @at THEN until_at ELSE from_at END,
          subject = CASE WHEN EXISTS (SELECT 1 FROM customers WHERE id = @customer) THEN 'customer:' || @customer ELSE subject END
        WHERE subject = 'device:' || @device AND created_at <= @at
        """,
        new { device, customer, at });

    /// <summary>Of these subjects, newest first.</summary>
    public static IReadOnlyList<OutsideFactRow> Of(Db db, IReadOnlyCollection<string> subjects, int limit = 100)
    {
        if (subjects.Count == 0)
            return [];
        var where = new Where().In("subject", subjects);
        return db.Query<OutsideFactRow>($"{Select}{where} ORDER BY id DESC LIMIT {Page.Rows(limit)}", where.Args);
    }

    /// <summary>What is so of these subjects at a time.</summary>
    public static IReadOnlyList<OutsideFactRow> InForce(Db db, IReadOnlyCollection<string> subjects, long now) =>
        [.. Of(db, subjects, Page.MaxRows).Where(f => f.FromAt <= now && (f.UntilAt == 0 || f.UntilAt > now))];
}
