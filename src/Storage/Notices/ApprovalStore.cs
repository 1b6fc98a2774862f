namespace B2D.Storage.Notices;

/// <summary>A notice to many that a person may stop before it goes out. Phases: Offered, LetGo, Stopped, WentByItself, Over.</summary>
public sealed record ApprovalRow
{
    public long Id { get; init; }

    /// <summary>The ledger's subject, <c>outage:3</c>, and status, <c>opened</c>.</summary>
    public string Subject { get; init; } = "";
    public string Status { get; init; } = "";
    public string Phase { get; init; } = "Offered";

    /// <summary>How many are to be told.</summary>
    public long Recipients { get; init; }
    public long OfferedAt { get; init; }

    /// <summary>When it goes out by itself; 0: it does not.</summary>
    public long GoesAt { get; init; }
    public long DecidedAt { get; init; }
    public string Who { get; init; } = "";

    /// <summary>Why it was stopped.</summary>
    public string Reason { get; init; } = "";
    public long Version { get; init; } = 1;
}

/// <summary>Approvals, one for each (subject, status).</summary>
public static class ApprovalStore
{
    private static readonly string Select = $"SELECT {Columns<ApprovalRow>.All} FROM approvals";

    /// <summary>Writes one; null where the subject and status have one already.</summary>
    public static long? Put(Db db, ApprovalRow row) => db.FirstOrDefault<long?>(
        $"INSERT INTO approvals ({Columns<ApprovalRow>.New}) VALUES ({Columns<ApprovalRow>.NewValues}) ON CONFLICT (subject, status) DO NOTHING RETURNING id", row);

    public static ApprovalRow? Find(Db db, long id) => db.FirstOrDefault<ApprovalRow>($"{Select} WHERE id = @id", new { id });

    public static ApprovalRow? Find(Db db, string subject, string status) =>
        db.FirstOrDefault<ApprovalRow>($"{Select} WHERE subject = @subject AND status = @status", new { subject, status });

    /// <summary>Those that a person may stop, by when they go out, at most 1,000.</summary>
    public static IReadOnlyList<ApprovalRow> Offered(Db db) => db.Query<ApprovalRow>($"{Select} WHERE phase = 'Offered' ORDER BY goes_at, id LIMIT {Page.MaxRows}");

    /// <summary>When the next one goes out by itself; null for none.</summary>
    public static long? NextAt(Db db) => db.Scalar<long?>("SELECT min(goes_at) FROM approvals WHERE phase = 'Offered' AND goes_at > 0");

    /// <summary>Writes all of it where its version is still the one that was read; false: read again.</summary>
    public static bool Update(Db db, ApprovalRow row) =>
        db.Execute($"UPDATE approvals SET {Columns<ApprovalRow>.Assignments}, version = version + 1 WHERE id = @Id AND version = @Version", row) == 1;
}
