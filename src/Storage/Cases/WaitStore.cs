namespace B2D.Storage.Cases;

/// <summary>A time in which the clocks of a case stood still. Kinds: customer, parts, third-party, resolved.</summary>
public sealed record WaitRow
{
    public long Id { get; init; }
    public long CaseId { get; init; }
    public string Kind { get; init; } = "";

    /// <summary>What for, in words.</summary>
    public string WaitingFor { get; init; } = "";
    public long FromAt { get; init; }

    /// <summary>0: it goes on.</summary>
    public long UntilAt { get; init; }
    public string Who { get; init; } = "";
}

/// <summary>The waits of cases, from which their clocks are counted.</summary>
public static class WaitStore
{
    public static long Add(Db db, WaitRow row) =>
        db.First<long>($"INSERT INTO case_waits ({Columns<WaitRow>.New}) VALUES ({Columns<WaitRow>.NewValues}) RETURNING id", row);

    /// <summary>Ends what goes on of a case; false where nothing does.</summary>
    public static bool End(Db db, long caseId, long untilAt) =>
        db.Execute("UPDATE case_waits SET until_at = @untilAt WHERE case_id = @caseId AND until_at = 0", new { caseId, untilAt }) > 0;

    /// <summary>Waits of one case in their order, at most 1,000.</summary>
    public static IReadOnlyList<WaitRow> List(Db db, long caseId) => db.Query<WaitRow>(
        $"SELECT {Columns<WaitRow>.All} FROM case_waits WHERE case_id = @caseId ORDER BY id LIMIT {Page.MaxRows}", new { caseId });
}
