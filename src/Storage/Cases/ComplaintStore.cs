using B2D.Core.Cases;

namespace B2D.Storage.Cases;

/// <summary>A customer complains about a case. Times are 0 where not yet.</summary>
public sealed record ComplaintRow
{
    public long Id { get; init; }
    public long CaseId { get; init; }

    /// <summary>Who complained: it stays theirs where the case goes over with its device.</summary>
    public string Customer { get; init; } = "";
    public string Text { get; init; } = "";

    /// <summary>Who owes the answer.</summary>
    public string Owner { get; init; } = "";
    public string RaisedBy { get; init; } = "";
    public long RaisedAt { get; init; }
    public long AcknowledgeBy { get; init; }
    public long AcknowledgedAt { get; init; }
    public long AnswerBy { get; init; }
    public long AnsweredAt { get; init; }
    public string AnsweredBy { get; init; } = "";

    /// <summary>When it was late and went to somebody else.</summary>
    public long EscalatedAt { get; init; }
    public string EscalatedTo { get; init; } = "";

    public ComplaintPhase ToPhase() => AnsweredAt > 0 ? ComplaintPhase.Answered : AcknowledgedAt > 0 ? ComplaintPhase.Acknowledged : ComplaintPhase.Open;
}

/// <summary>Complaints, at most one open on a case.</summary>
public static class ComplaintStore
{
    private static readonly string Select = $"SELECT {Columns<ComplaintRow>.All} FROM complaints";

    public static long Add(Db db, ComplaintRow row) => db.First<long>($"INSERT INTO complaints ({Columns<ComplaintRow>.New}) VALUES ({Columns<ComplaintRow>.NewValues}) RETURNING id", row);

    public static void Update(Db db, ComplaintRow row) => db.Execute($"UPDATE complaints SET {Columns<ComplaintRow>.Assignments} WHERE id = @Id", row);

    /// <summary>The last one of a case; null where there was none.</summary>
    public static ComplaintRow? Last(Db db, long caseId) => db.FirstOrDefault<ComplaintRow>($"{Select} WHERE case_id = @caseId ORDER BY id DESC LIMIT 1", new { caseId });
}
