namespace B2D.Storage.Cases;

/// <summary>What a person linked a case to: <c>case:3</c>, <c>outage:2</c>, <c>defect:1</c>.</summary>
public sealed record LinkRow
{
    public long Id { get; init; }
    public long CaseId { get; init; }
    public string Subject { get; init; } = "";
    public string Who { get; init; } = "";
    public long At { get; init; }
}

/// <summary>Links of cases, read from both sides.</summary>
public static class LinkStore
{
    private static readonly string Select = $"SELECT {Columns<LinkRow>.All} FROM case_links";

    /// <summary>Adds a link; false where it is there already.</summary>
    public static bool Add(Db db, LinkRow row) =>
        db.Execute($"INSERT INTO case_links ({Columns<LinkRow>.New}) VALUES ({Columns<LinkRow>.NewValues}) ON CONFLICT (case_id, subject) DO NOTHING", row) == 1;

    /// <summary>Takes a link away; false where there was none.</summary>
    public static bool Remove(Db db, long caseId, string subject) => db.Execute("DELETE FROM case_links WHERE case_id = @caseId AND subject = @subject", new { caseId, subject }) == 1;

    /// <summary>What a case is linked to, in the order in which people did it.</summary>
    public static IReadOnlyList<LinkRow> Of(Db db, long caseId) => db.Query<LinkRow>($"{Select} WHERE case_id = @caseId ORDER BY id LIMIT {Page.MaxRows}", new { caseId });

    /// <summary>Cases that are linked to a subject.</summary>
    public static IReadOnlyList<LinkRow> To(Db db, string subject) => db.Query<LinkRow>($"{Select} WHERE subject = @subject ORDER BY id LIMIT {Page.MaxRows}", new { subject });
}
