namespace B2D.Storage.Cases;

/// <summary>An agent said that a case should not have reached them. One for each case and agent.</summary>
public sealed record ObjectionRow
{
    public long Id { get; init; }
    public long CaseId { get; init; }
    public string Rule { get; init; } = "";

    /// <summary>The rule's version when it was said.</summary>
    public string RuleVersion { get; init; } = "";
    public string Who { get; init; } = "";
    public long At { get; init; }
    public string Reason { get; init; } = "";
    public string Text { get; init; } = "";

    /// <summary>What somebody answered; empty: nobody did.</summary>
    public string Outcome { get; init; } = "";
    public string AnsweredBy { get; init; } = "";
    public long AnsweredAt { get; init; }

    /// <summary>When whoever said it has seen what came of it; 0: not yet.</summary>
    public long SeenAt { get; init; }
}

/// <summary>Objections to cases, which count in the record of their rules.</summary>
public static class ObjectionStore
{
    private static readonly string Select = $"SELECT {Columns<ObjectionRow>.All} FROM objections";

    /// <summary>Writes what an agent says of a case; said again it takes the place of what they said before.</summary>
    public static void Put(Db db, ObjectionRow row)
    {
        db.Execute("DELETE FROM objections WHERE case_id = @CaseId AND who = @Who", row);
        db.Execute($"INSERT INTO objections ({Columns<ObjectionRow>.New}) VALUES ({Columns<ObjectionRow>.NewValues})", row);
    }

    public static ObjectionRow? Find(Db db, long id) => db.FirstOrDefault<ObjectionRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>What was said of a case, in order.</summary>
    public static IReadOnlyList<ObjectionRow> OfCase(Db db, long caseId) => db.Query<ObjectionRow>($"{Select} WHERE case_id = @caseId ORDER BY id LIMIT {Page.MaxRows}", new { caseId });

    /// <summary>What was said of a rule's cases, newest first.</summary>
    public static IReadOnlyList<ObjectionRow> OfRule(Db db, string rule, int limit = 100) =>
        db.Query<ObjectionRow>($"{Select} WHERE rule = @rule ORDER BY id DESC LIMIT {Page.Rows(limit)}", new { rule });

    /// <summary>What somebody said and has not seen the end of.</summary>
    public static IReadOnlyList<ObjectionRow> Unseen(Db db, string who) => db.Query<ObjectionRow>($"{Select} WHERE who = @who AND seen_at = 0 ORDER BY id LIMIT {Page.MaxRows}", new { who });

    public static void SetSeen(Db db, long id, long at) => db.Execute("UPDATE objections SET seen_at = @at WHERE id = @id", new { id, at });

    /// <summary>Answers one; whoever said it sees it again.</summary>
    public static void Answer(Db db, long id, string outcome, string who, long at) =>
        db.Execute("UPDATE objections SET outcome = @outcome, answered_by = @who, answered_at = @at, seen_at = 0 WHERE id = @id", new { id, outcome, who, at });
}
