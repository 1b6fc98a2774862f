namespace B2D.Storage.Outages;

/// <summary>The review of an outage. States: Open, Done.</summary>
public sealed record ReviewRow
{
    public long OutageId { get; init; }
    public string State { get; init; } = "Open";

    /// <summary>Empty: nobody yet.</summary>
    public string Owner { get; init; } = "";
    public long OpenedAt { get; init; }

    /// <summary>Until when it is to be done.</summary>
    public long DueAt { get; init; }
    public long DoneAt { get; init; }
    public string DoneBy { get; init; } = "";
    public long Version { get; init; } = 1;
}

/// <summary>Something found, or something to do. Kinds: Finding, Action.</summary>
public sealed record ReviewNoteRow
{
    public long Id { get; init; }
    public long OutageId { get; init; }
    public string Kind { get; init; } = "";
    public string Text { get; init; } = "";

    /// <summary>Of an action.</summary>
    public string Owner { get; init; } = "";
    public long DueAt { get; init; }
    public long DoneAt { get; init; }
    public string DoneBy { get; init; } = "";
    public string Who { get; init; } = "";
    public long At { get; init; }
}

/// <summary>Reviews of outages, one for each, with what they found and what is to be done.</summary>
public static class ReviewStore
{
    private static readonly string Select = $"SELECT {Columns<ReviewRow>.All} FROM outage_reviews";
    private static readonly string SelectNote = $"SELECT {Columns<ReviewNoteRow>.All} FROM review_notes";

    /// <summary>Opens one; false where the outage has one already.</summary>
    public static bool TryOpen(Db db, ReviewRow row) => db.Execute(
        $"INSERT INTO outage_reviews ({Columns<ReviewRow>.All}) VALUES ({Columns<ReviewRow>.Values}) ON CONFLICT (outage_id) DO NOTHING", row) == 1;

    public static ReviewRow? Find(Db db, long outageId) => db.FirstOrDefault<ReviewRow>($"{Select} WHERE outage_id = @outageId", new { outageId });

    /// <summary>Writes all of it where its version is still the one that was read, and raises the version; false: read again.</summary>
    public static bool Update(Db db, ReviewRow row) =>
        db.Execute($"UPDATE outage_reviews SET {Columns<ReviewRow>.Assignments}, version = version + 1 WHERE outage_id = @OutageId AND version = @Version", row) == 1;

    public static long AddNote(Db db, ReviewNoteRow row) =>
        db.First<long>($"INSERT INTO review_notes ({Columns<ReviewNoteRow>.New}) VALUES ({Columns<ReviewNoteRow>.NewValues}) RETURNING id", row);

    /// <summary>In the order in which they were written, at most 1,000.</summary>
    public static IReadOnlyList<ReviewNoteRow> Notes(Db db, long outageId) =>
        db.Query<ReviewNoteRow>($"{SelectNote} WHERE outage_id = @outageId ORDER BY id LIMIT {Page.MaxRows}", new { outageId });

    /// <summary>Actions that are not done, by when they are due; at most so many.</summary>
    public static IReadOnlyList<ReviewNoteRow> OpenActions(Db db, int limit) =>
        db.Query<ReviewNoteRow>($"{SelectNote} WHERE kind = 'Action' AND done_at = 0 ORDER BY due_at, id LIMIT {Page.Rows(limit)}");

    /// <summary>An action is done; false where it is none of the outage's, or was done before.</summary>
    public static bool FinishNote(Db db, long outageId, long id, long at, string who) => db.Execute(
        "UPDATE review_notes SET done_at = @at, done_by = @who WHERE id = @id AND outage_id = @outageId AND kind = 'Action' AND done_at = 0", new { outageId, id, at, who }) == 1;

    public static long CountOverdue(Db db, long now) => db.Scalar<long>("SELECT count(*) FROM outage_reviews WHERE state = 'Open' AND due_at < @now", new { now });
}
