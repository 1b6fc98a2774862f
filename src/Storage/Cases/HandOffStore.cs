namespace B2D.Storage.Cases;

/// <summary>What one agent left to the next, a thing a line.</summary>
public sealed record HandOffRow
{
    public long Id { get; init; }
    public long CaseId { get; init; }

    /// <summary>Whose the case was then.</summary>
    public string Customer { get; init; } = "";
    public long At { get; init; }
    public string FromWho { get; init; } = "";
    public string ToWho { get; init; } = "";
    public string Finished { get; init; } = "";
    public string StillOpen { get; init; } = "";
    public string Promised { get; init; } = "";

    /// <summary>Who read it, and when; empty and 0 before.</summary>
    public string ReadBy { get; init; } = "";
    public long ReadAt { get; init; }
}

/// <summary>Hand-offs of cases; the last one counts.</summary>
public static class HandOffStore
{
    public static long Add(Db db, HandOffRow row) =>
        db.First<long>($"INSERT INTO case_handoffs ({Columns<HandOffRow>.New}) VALUES ({Columns<HandOffRow>.NewValues}) RETURNING id", row);

    /// <summary>The last hand-off of a case; null where there was none.</summary>
    public static HandOffRow? Last(Db db, long caseId) =>
        db.FirstOrDefault<HandOffRow>($"SELECT {Columns<HandOffRow>.All} FROM case_handoffs WHERE case_id = @caseId ORDER BY id DESC LIMIT 1", new { caseId });

    /// <summary>Whoever has it has read what was left to them.</summary>
    public static void SetRead(Db db, long caseId, string who, long at) =>
        db.Execute("UPDATE case_handoffs SET read_by = @who, read_at = @at WHERE case_id = @caseId AND read_at = 0", new { caseId, who, at });
}
