namespace B2D.Storage.Remedies;

/// <summary>A fault that a remedy ended: the device mended itself.</summary>
public sealed record HealRow
{
    public long Id { get; init; }
    public string Device { get; init; } = "";
    public string Rule { get; init; } = "";
    public string Episode { get; init; } = "";
    public string CommandId { get; init; } = "";
    public long At { get; init; }
    public string Customer { get; init; } = "";
}

/// <summary>Heals, one for each (device, rule, episode).</summary>
public static class HealStore
{
    private static readonly string Select = $"SELECT {Columns<HealRow>.All} FROM heals";

    /// <summary>Writes one; null where the episode has one already.</summary>
    public static long? Add(Db db, HealRow row) => db.FirstOrDefault<long?>(
        $"INSERT INTO heals ({Columns<HealRow>.New}) VALUES ({Columns<HealRow>.NewValues}) ON CONFLICT (device, rule, episode) DO NOTHING RETURNING id", row);

    /// <summary>Newest first; null or empty does not restrict.</summary>
    public static IReadOnlyList<HealRow> List(Db db, string? device = null, string? rule = null, long? since = null, int limit = 100, long? before = null)
    {
        var where = Matching(device, rule, since).And("id < @before", "before", before);
        return db.Query<HealRow>($"{Select}{where} ORDER BY id DESC LIMIT {Page.Rows(limit)}", where.Args);
    }

    public static long Count(Db db, string? device = null, string? rule = null, long? since = null)
    {
        var where = Matching(device, rule, since);
        return db.Scalar<long>($"SELECT count(*) FROM heals{where}", where.Args);
    }

    private static Where Matching(string? device, string? rule, long? since) => new Where()
        .And("device = @device", "device", device).And("rule = @rule", "rule", rule).And("at >= @since", "since", since);
}
