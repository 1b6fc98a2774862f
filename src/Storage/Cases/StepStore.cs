using B2D.Storage.Search;

namespace B2D.Storage.Cases;

/// <summary>One step of a case. States: Open, Done, Skipped.</summary>
public sealed record StepRow
{
    public long Id { get; init; }
    public long CaseId { get; init; }
    public int Position { get; init; }
    public string Text { get; init; } = "";
    public string State { get; init; } = "Open";
    public string AddedBy { get; init; } = "";
    public string DoneBy { get; init; } = "";
    public long DoneAt { get; init; }

    /// <summary>The step comes from the rule's catalogue, not from an agent.</summary>
    public bool Standard { get; init; }
}

/// <summary>Steps of cases, in the order that agents give them.</summary>
public static class StepStore
{
    public static long Add(Db db, StepRow row)
    {
        SearchStore.LaterCase(db, row.CaseId);
        return db.First<long>($"INSERT INTO case_steps ({Columns<StepRow>.New}) VALUES ({Columns<StepRow>.NewValues}) RETURNING id", row);
    }

    public static StepRow? Find(Db db, long id) => db.FirstOrDefault<StepRow>($"SELECT {Columns<StepRow>.All} FROM case_steps WHERE id = @id", new { id });

    /// <summary>Steps of one case in order of position, at most 1,000.</summary>
    public static IReadOnlyList<StepRow> List(Db db, long caseId) => db.Query<StepRow>(
        $"SELECT {Columns<StepRow>.All} FROM case_steps WHERE case_id = @caseId ORDER BY position, id LIMIT {Page.MaxRows}", new { caseId });

    public static bool Update(Db db, StepRow row) => db.Execute($"UPDATE case_steps SET {Columns<StepRow>.Assignments} WHERE id = @Id", row) == 1;

    /// <summary>Marks a step; false where there is none.</summary>
    public static bool SetState(Db db, long id, string state, string doneBy, long doneAt) =>
        db.Execute("UPDATE case_steps SET state = @state, done_by = @doneBy, done_at = @doneAt WHERE id = @id", new { id, state, doneBy, doneAt }) == 1;

    /// <summary>Puts the steps of a case into this order; ids that are not the case's are left alone.</summary>
    public static void Reorder(Db db, long caseId, IReadOnlyList<long> ids) => db.Execute(
        "UPDATE case_steps SET position = @position WHERE id = @id AND case_id = @caseId",
        ids.Select((id, position) => new { id, position, caseId }).ToArray());
}
