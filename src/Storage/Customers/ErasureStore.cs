using System.Globalization;
using B2D.Core.Customers;
using B2D.Storage.Search;

namespace B2D.Storage.Customers;

/// <summary>A customer who was erased. <see cref="ReviewedAt"/> is 0 until somebody has read what people wrote on their cases.</summary>
public sealed record ErasureRow
{
    public long Id { get; init; }
    public string Customer { get; init; } = "";
    public long At { get; init; }
    public string Who { get; init; } = "";
    public string Reason { get; init; } = "";

    /// <summary>Numbers of their cases, one a line.</summary>
    public string Cases { get; init; } = "";
    public string ReviewedBy { get; init; } = "";
    public long ReviewedAt { get; init; }

    public IReadOnlyList<long> ToCaseIds() => [.. Cases.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(c => long.Parse(c, CultureInfo.InvariantCulture))];
}

/// <summary>Erased customers, and what people wrote on their cases.</summary>
public static class ErasureStore
{
    private const string Names = "id, customer, at, who, reason, cases, reviewed_by, reviewed_at";

    /// <summary>Where people write on cases, with what it is called: table, column, who and when of it, and the cases of it.</summary>
    private static readonly (string Table, string Column, string What, string Who, string At, string Where)[] Places =
    [
        ("timeline", "text", "timeline", "who", "at", "subject = 'case:' || @id AND who <> 'B2D'"),
        ("case_handoffs", "finished", "hand-off: done", "from_who", "at", "case_id = @id"),
        ("case_handoffs", "still_open", "hand-off: open", "from_who", "at", "case_id = @id"),
        ("case_handoffs", "promised", "hand-off: promised", "from_who", "at", "case_id = @id"),
        ("case_steps", "text", "step", "added_by", "done_at", "case_id = @id AND added_by <> 'B2D'"),
        ("case_waits", "waiting_for", "waited for", "who", "from_at", "case_id = @id"),
        ("cases", "waiting_for", "waits for", "assignee", "waiting_since_at", "id = @id"),
        ("cases", "summary", "what was reported", "assignee", "opened_at", "id = @id AND rule = ''"),
        ("cases", "title", "title", "assignee", "opened_at", "id = @id AND rule = ''"),
        ("grants", "reason", "given for", "who", "at", "case_id = @id"),
        ("objections", "text", "should not have reached them", "who", "at", "case_id = @id"),
        ("objections", "outcome", "answer to that", "answered_by", "answered_at", "case_id = @id"),
    ];

    public static long Add(Db db, ErasureRow row) => db.First<long>(
        "INSERT INTO erasures (customer, at, who, reason, cases, reviewed_by, reviewed_at) VALUES (@Customer, @At, @Who, @Reason, @Cases, @ReviewedBy, @ReviewedAt) RETURNING id", row);

    public static ErasureRow? Find(Db db, long id) => db.FirstOrDefault<ErasureRow>($"SELECT {Names} FROM erasures WHERE id = @id", new { id });

    /// <summary>Those that nobody has reviewed first, then the newest; the reviewed ones without the numbers of their cases.</summary>
    public static IReadOnlyList<ErasureRow> List(Db db, int limit = 200) =>
        db.Query<ErasureRow>($"SELECT {Names} FROM erasures ORDER BY CASE WHEN reviewed_at = 0 THEN 0 ELSE 1 END, id DESC LIMIT {Page.Rows(limit)}");

    /// <summary>Somebody has read what people wrote.</summary>
    public static bool SetReviewed(Db db, long id, string who, long at) =>
        db.Execute("UPDATE erasures SET reviewed_by = @who, reviewed_at = @at WHERE id = @id AND reviewed_at = 0", new { id, who, at }) == 1;

    /// <summary>Those of these ids that were erased: an import does not bring them back.</summary>
    public static HashSet<string> Erased(Db db, IReadOnlyCollection<string> ids)
    {
        if (ids.Count == 0)
            return [];
        var where = new Where().In("customer", ids);
        return db.Query<string>($"SELECT customer FROM erasures{where}", where.Args).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>What people wrote on a case and is not blank.</summary>
    public static IReadOnlyList<FreeText> Written(Db db, long caseId) => [.. Places.SelectMany(p => db.Query<TextRow>(
        $"SELECT id, {p.Column} AS text, {p.Who} AS who, {p.At} AS at FROM {p.Table} WHERE {p.Where} AND {p.Column} <> '' AND {p.Column} <> '{Erasure.Blank}' ORDER BY id LIMIT {Page.MaxRows}",
        new { id = caseId }).Select(t => new FreeText(string.Create(CultureInfo.InvariantCulture, $"{p.Table}.{p.Column}.{t.Id}"), caseId, p.What, t.Who, t.At, t.Text)))];

    /// <summary>Takes words out that a <see cref="FreeText.Key"/> names, where they are on one of these cases; false where there are none.</summary>
    public static bool BlankOut(Db db, IReadOnlyCollection<long> cases, string key)
    {
        if (key.Split('.') is not [var table, var column, var number] || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var row)
            || Places.FirstOrDefault(p => p.Table == table && p.Column == column) is not { Table: not null } place)
            return false;
        foreach (var id in cases)
        {
            if (db.Execute($"UPDATE {table} SET {column} = '{Erasure.Blank}' WHERE id = @row AND {place.Where}", new { row, id }) == 1)
            {
                SearchStore.LaterCase(db, id);
                return true;
            }
        }
        return false;
    }

    private sealed record TextRow
    {
        public long Id { get; init; }
        public string Text { get; init; } = "";
        public string Who { get; init; } = "";
        public long At { get; init; }
    }
}
