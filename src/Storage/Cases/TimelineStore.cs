using System.Globalization;
using System.Text.Json.Nodes;
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

    /// <summary>The customer whose words it has, as <see cref="Detail"/> says; empty: it names nobody.</summary>
    public string ToSaid() => Named("customer");

    /// <summary>Whose the case was until this line, which says that it went over.</summary>
    internal string ToFrom() => Named("from");

    private string Named(string name) => Detail.Length > 2 && (JsonNode.Parse(Detail) as JsonObject)?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}

public static class TimelineStore
{
    private const string CasePrefix = "case:";

    /// <summary>The kind of the lines that say that a case is another customer's from then on.</summary>
    public const string Owner = "owner";

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

    /// <summary>Whether a customer has said anything of a case since a time: on their page, or in a contact.</summary>
    public static bool HasWordOfCustomer(Db db, long caseId, long since) => db.Scalar<long>(
        "SELECT count(*) FROM timeline WHERE subject = @subject AND at >= @since AND kind IN ('customer', 'contact')", new { subject = $"{CasePrefix}{caseId}", since }) > 0;

    /// <summary>Every line of one subject, oldest first, however many there are.</summary>
    public static IReadOnlyList<TimelineRow> Every(Db db, string subject)
    {
        var lines = new List<TimelineRow>();
        IReadOnlyList<TimelineRow> page;
        do
        {
            page = List(db, subject, Page.MaxRows, lines.Count > 0 ? lines[^1].Id : null);
            lines.AddRange(page);
        }
        while (page.Count == Page.MaxRows);
        lines.Reverse();
        return lines;
    }

    /// <summary>The lines that say that a case went over, with whose it was until then, oldest first: for <see cref="Core.Devices.Ownership.At"/>.</summary>
    public static IReadOnlyList<(long Line, string From)> OwnersOf(Db db, long caseId) =>
    [
        .. db.Query<TimelineRow>($"SELECT {Columns<TimelineRow>.All} FROM timeline WHERE subject = @subject AND kind = '{Owner}' ORDER BY id", new { subject = string.Create(CultureInfo.InvariantCulture, $"{CasePrefix}{caseId}") })
            .Select(l => (l.Id, l.ToFrom())),
    ];

    /// <summary>Numbers of the cases that were a customer's and went over with the device to its next owner.</summary>
    public static IReadOnlyList<long> GoneFrom(Db db, string customer) =>
    [
        .. db.Query<TimelineRow>($"SELECT {Columns<TimelineRow>.All} FROM timeline WHERE effect_id >= 'owner-change/' AND effect_id < 'owner-change0' AND kind = '{Owner}'")
            .Where(l => l.ToFrom() == customer).Select(l => long.Parse(l.Subject.AsSpan(CasePrefix.Length), CultureInfo.InvariantCulture)).Distinct().Order(),
    ];

    /// <summary>Lines of one subject, newest first, before the id <paramref name="before"/>.</summary>
    public static IReadOnlyList<TimelineRow> List(Db db, string subject, int limit = 200, long? before = null)
    {
        var where = new Where().And("subject = @subject", "subject", subject).And("id < @before", "before", before);
        return db.Query<TimelineRow>($"SELECT {Columns<TimelineRow>.All} FROM timeline{where} ORDER BY id DESC LIMIT {Page.Rows(limit)}", where.Args);
    }
}
