namespace B2D.Storage.Notices;

/// <summary>What a customer wrote. Personal data: it goes with the customer.</summary>
public sealed record InboundRow
{
    /// <summary>The provider's number of it.</summary>
    public string Id { get; init; } = "";

    /// <summary>Empty where the address is nobody's.</summary>
    public string Customer { get; init; } = "";
    public string Channel { get; init; } = "";

    /// <summary><c>stop</c>, <c>unclear</c> (asked which), <c>start</c> or <c>other</c>.</summary>
    public string Meaning { get; init; } = "";
    public string Text { get; init; } = "";
    public long At { get; init; }
}

/// <summary>What customers wrote, each once.</summary>
public static class InboundStore
{
    private static readonly string Select = $"SELECT {Columns<InboundRow>.All} FROM inbound_messages";

    public static IReadOnlyList<InboundRow> Find(Db db, string id) => db.Query<InboundRow>($"{Select} WHERE id = @id ORDER BY customer LIMIT {Page.MaxRows}", new { id });

    public static void Put(Db db, InboundRow row) => db.Execute(
        $"INSERT INTO inbound_messages ({Columns<InboundRow>.All}) VALUES ({Columns<InboundRow>.Values}) ON CONFLICT DO NOTHING", row);

    /// <summary>What a customer wrote, newest first.</summary>
    public static IReadOnlyList<InboundRow> Of(Db db, string customer, int limit) =>
        db.Query<InboundRow>($"{Select} WHERE customer = @customer ORDER BY at DESC, id DESC LIMIT {Page.Rows(limit)}", new { customer });

    /// <summary>Deletes what nobody's address wrote before a time; returns how many, at most <paramref name="max"/>.</summary>
    public static int Retain(Db db, long before, int max) => db.Execute(
        $"DELETE FROM inbound_messages WHERE customer = '' AND id IN (SELECT id FROM inbound_messages WHERE customer = '' AND at < @before ORDER BY at LIMIT {Page.Rows(max)})", new { before });

    /// <summary>The last wish of a customer about notices since a time; null for none.</summary>
    public static InboundRow? LastWish(Db db, string customer, long since) => db.FirstOrDefault<InboundRow>(
        $"{Select} WHERE customer = @customer AND at >= @since AND meaning <> 'other' ORDER BY at DESC, id DESC LIMIT 1", new { customer, since });
}
