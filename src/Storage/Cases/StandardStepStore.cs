using B2D.Core.Cases;

namespace B2D.Storage.Cases;

/// <summary>A step that was proposed as a standard one of a rule and model. States: Proposed, Accepted, Declined, TakenBack.</summary>
public sealed record StandardStepRow
{
    public long Id { get; init; }
    public string Rule { get; init; } = "";

    /// <summary>The device's model; empty where it is not known.</summary>
    public string Model { get; init; } = "";
    public string Text { get; init; } = "";
    public string State { get; init; } = "Proposed";

    /// <summary>The case in which it worked.</summary>
    public long CaseId { get; init; }
    public string ProposedBy { get; init; } = "";
    public long ProposedAt { get; init; }
    public string DecidedBy { get; init; } = "";
    public long DecidedAt { get; init; }
}

/// <summary>Standard steps, and what earlier cases say about steps.</summary>
public static class StandardStepStore
{
    /// <summary>Most earlier cases that odds are counted from.</summary>
    private const int MostCases = 1000;

    /// <summary>Most cases of the rule that are looked at for them, whatever their model.</summary>
    private const int MostLooked = 10_000;

    private static readonly string Select = $"SELECT {Columns<StandardStepRow>.All} FROM standard_steps";

    public static long Add(Db db, StandardStepRow row) =>
        db.First<long>($"INSERT INTO standard_steps ({Columns<StandardStepRow>.New}) VALUES ({Columns<StandardStepRow>.NewValues}) RETURNING id", row);

    public static StandardStepRow? Find(Db db, long id) => db.FirstOrDefault<StandardStepRow>($"{Select} WHERE id = @id", new { id });

    public static void Update(Db db, StandardStepRow row) => db.Execute($"UPDATE standard_steps SET {Columns<StandardStepRow>.Assignments} WHERE id = @Id", row);

    /// <summary>In the order in which they were proposed, at most 1,000; null or empty does not restrict.</summary>
    public static IReadOnlyList<StandardStepRow> List(Db db, string? rule = null, IReadOnlyCollection<string>? states = null)
    {
        var where = new Where().And("rule = @rule", "rule", rule).In("state", states ?? []);
        return db.Query<StandardStepRow>($"{Select}{where} ORDER BY id LIMIT {Page.MaxRows}", where.Args);
    }

    /// <summary>Those that come first in new cases of a rule and model.</summary>
    /// <param name="was">The rule's former id; empty: none.</param>
    public static IReadOnlyList<StandardStepRow> Accepted(Db db, string rule, string was, string model) => db.Query<StandardStepRow>(
        $"{Select} WHERE rule IN (@rule, @was) AND model = @model AND state = 'Accepted' ORDER BY id LIMIT {Page.MaxRows}", new { rule, was, model });

    /// <summary>
    /// Steps that were done in earlier cases of a rule and model since a time, of the newest thousand. A step ended its case where it was the last that was done before
    /// the work was, and the case was not reopened after it. What was no fault, or no work on it, says nothing.
    /// </summary>
    public static IReadOnlyList<StepOutcome> Outcomes(Db db, string rule, string model, long since, long exceptCase) => [.. db.Query<OutcomeRow>(
        $"""
        SELECT s.case_id, s.text, CASE WHEN s.done_at = (SELECT max(l.done_at) FROM case_steps l WHERE l.case_id = s.case_id AND l.state = 'Done')
            AND s.done_at > coalesce((SELECT max(w.until_at) FROM case_waits w WHERE w.case_id = s.case_id AND w.kind = 'resolved'), 0) THEN 1 ELSE 0 END AS ended
        FROM case_steps s JOIN (
          SELECT c.id FROM (
            SELECT id, device FROM cases WHERE rule = @rule AND state IN ('Resolved', 'Closed') AND resolved_at >= @since AND id <> @exceptCase
              AND disposition NOT IN ('expected', 'customer-side', 'not-reproducible', 'false-rule', 'false-data', 'test', 'merged')
            ORDER BY id DESC LIMIT {MostLooked}) AS c JOIN devices d ON d.id = c.device
          WHERE d.model = @model ORDER BY c.id DESC LIMIT {MostCases}) AS earlier ON earlier.id = s.case_id
        WHERE s.state = 'Done'
        """,
        new { rule, model, since, exceptCase }).Select(r => new StepOutcome(r.CaseId, r.Text, r.Ended == 1))];

    private sealed record OutcomeRow
    {
        public long CaseId { get; init; }
        public string Text { get; init; } = "";
        public long Ended { get; init; }
    }
}
