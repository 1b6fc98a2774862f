using B2D.Storage.Search;

namespace B2D.Storage.Cases;

/// <summary>One line of what happened to a subject (<c>case:12</c>, <c>outage:3</c>, <c>due:4</c>, <c>device:x</c>).</summary>
public sealed record TimelineRow
{
    public long Id { get; init; }
    public string Subject { get; init; } = "";
    public long At { get; init; }
    public string Kind { get; init; } = "";
    public string Text { get; init; } = "";
    public string Who { get; init; } = "";

    /// <summary>A JSON object.</summary>
    public string Detail { get; init; } = "{}";

    /// <summary>What caused it; the same effect writes one line however often it runs. Null for what people do.</summary>
    public string? EffectId { get; init; }
}

public static class TimelineStore
{
    private const string CasePrefix = "case:";

    /// <summary>Adds a line; null where a line with the same effect id is there already.</summary>
    public static long? Add(Db db, TimelineRow row)
    {
        if (row.Subject.StartsWith(CasePrefix, StringComparison.Ordinal))
            SearchStore.Later(db, SearchStore.Case, row.Subject[CasePrefix.Length..]);
        return db.FirstOrDefault<long?>(
            $"INSERT INTO timeline ({Columns<TimelineRow>.New}) VALUES ({Columns<TimelineRow>.NewValues}) ON CONFLICT (effect_id) DO NOTHING RETURNING id", row);
    }

    /// <summary>Lines of cases, and of remedies that were tried on a device between two times before a person was needed; newest first.</summary>
    public static IReadOnlyList<TimelineRow> OfCases(Db db, IReadOnlyCollection<string> subjects, string device, long since, long until, int limit)
    {
        var where = new Where().In("subject", subjects);
        where.Args.AddDynamicParams(new { device = $"device:{device}", since, until });
        return db.Query<TimelineRow>(
            $"""
            SELECT {Columns<TimelineRow>.All} FROM timeline{where} OR (subject = @device AND kind = 'remedy' AND at >= @since AND at <= @until)
            ORDER BY at DESC, id DESC LIMIT {Page.Rows(limit)}
            """,
            where.Args);
    }

    /// <summary>Lines of one subject, newest first, before the id <paramref name="before"/>.</summary>
    public static IReadOnlyList<TimelineRow> List(Db db, string subject, int limit = 200, long? before = null)
    {
        var where = new Where().And("subject = @subject", "subject", subject).And("id < @before", "before", before);
        return db.Query<TimelineRow>($"SELECT {Columns<TimelineRow>.All} FROM timeline{where} ORDER BY id DESC LIMIT {Page.Rows(limit)}", where.Args);
    }
}
