namespace B2D.Storage.Cases;

/// <summary>What a customer was given as goodwill, or somebody wants to give. Kinds Money and Days; states Granted, ToReview, Reviewed, Objected, Asked, Refused.</summary>
public sealed record GrantRow
{
    public long Id { get; init; }
    public long CaseId { get; init; }
    public string Customer { get; init; } = "";
    public string Kind { get; init; } = "";
    public long Amount { get; init; }

    /// <summary>The currency, or <c>days</c>.</summary>
    public string Unit { get; init; } = "";
    public string Reason { get; init; } = "";
    public string State { get; init; } = "";
    public string Who { get; init; } = "";

    /// <summary>The role by whose limits it was judged.</summary>
    public string Role { get; init; } = "";
    public long At { get; init; }
    public string DecidedBy { get; init; } = "";
    public long DecidedAt { get; init; }
}

/// <summary>Grants, by case and for review.</summary>
public static class GrantStore
{
    private static readonly string Select = $"SELECT {Columns<GrantRow>.All} FROM grants";

    public static long Add(Db db, GrantRow row) => db.First<long>($"INSERT INTO grants ({Columns<GrantRow>.New}) VALUES ({Columns<GrantRow>.NewValues}) RETURNING id", row);

    public static IReadOnlyDictionary<string, long> CountByState(Db db) => Counts.By(db, "SELECT state AS name, count(*) AS count FROM grants GROUP BY state");

    /// <summary>How many wait for a lead: asked first, given and to be looked at; and since when the first of them does (epoch ms; 0: none).</summary>
    public static (long Asked, long ToReview, long Since) CountWaiting(Db db)
    {
        var by = CountByState(db);
        var (asked, toReview) = (by.GetValueOrDefault("Asked"), by.GetValueOrDefault("ToReview"));
        return (asked, toReview, asked + toReview == 0 ? 0 : db.Scalar<long>("SELECT min(at) FROM grants WHERE state IN ('Asked', 'ToReview')"));
    }

    public static GrantRow? Find(Db db, long id) => db.FirstOrDefault<GrantRow>($"{Select} WHERE id = @id", new { id });

    public static void Update(Db db, GrantRow row) => db.Execute($"UPDATE grants SET {Columns<GrantRow>.Assignments} WHERE id = @Id", row);

    /// <summary>Those of a case, in order.</summary>
    public static IReadOnlyList<GrantRow> OfCase(Db db, long caseId) => db.Query<GrantRow>($"{Select} WHERE case_id = @caseId ORDER BY id LIMIT {Page.MaxRows}", new { caseId });

    /// <summary>Newest first; empty states: all.</summary>
    public static IReadOnlyList<GrantRow> List(Db db, IReadOnlyCollection<string> states, int limit = 100)
    {
        var where = new Where().In("state", states);
        return db.Query<GrantRow>($"{Select}{where} ORDER BY id DESC LIMIT {Page.Rows(limit)}", where.Args);
    }
}
