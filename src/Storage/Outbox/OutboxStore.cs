namespace B2D.Storage.Outbox;

/// <summary>An effect that is to be carried out at <see cref="DueAt"/>; <see cref="DoneAt"/> is 0 until it was.</summary>
public sealed record OutboxRow
{
    public long Id { get; init; }
    public string EffectId { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Subject { get; init; } = "";
    public long DueAt { get; init; }

    /// <summary>JSON.</summary>
    public string Body { get; init; } = "{}";
    public long CreatedAt { get; init; }
    public long DoneAt { get; init; }
    public string Result { get; init; } = "";
}

/// <summary>Effects wait here in the transaction that caused them, and are marked after they were carried out.</summary>
public static class OutboxStore
{
    private static readonly string Select = $"SELECT {Columns<OutboxRow>.All} FROM outbox";

    /// <summary>Writes an effect; null where its id was written before, done or not.</summary>
    public static long? Put(Db db, OutboxRow row) => db.FirstOrDefault<long?>(
        $"INSERT INTO outbox ({Columns<OutboxRow>.New}) VALUES ({Columns<OutboxRow>.NewValues}) ON CONFLICT (effect_id) DO NOTHING RETURNING id", row);

    /// <summary>Effects that are due and not done, by due time.</summary>
    public static IReadOnlyList<OutboxRow> NextDue(Db db, long now, int max) =>
        db.Query<OutboxRow>($"{Select} WHERE done_at = 0 AND due_at <= @now ORDER BY due_at, id LIMIT {Page.Rows(max)}", new { now });

    /// <summary>When the next effect falls due; null where none is open.</summary>
    public static long? NextDueAt(Db db) => db.Scalar<long?>("SELECT min(due_at) FROM outbox WHERE done_at = 0");

    public static OutboxRow? Find(Db db, string effectId) => db.FirstOrDefault<OutboxRow>($"{Select} WHERE effect_id = @effectId", new { effectId });

    /// <summary>Effects whose ids begin so, done or not: a range, so that the index of ids serves it.</summary>
    /// <param name="prefix">Ends with a slash: <c>notice.case/12/</c>.</param>
    public static IReadOnlyList<OutboxRow> Under(Db db, string prefix) =>
        db.Query<OutboxRow>($"{Select} WHERE effect_id >= @prefix AND effect_id < @end", new { prefix, end = prefix[..^1] + "0" }); // '0' is the character after '/'

    /// <summary>Marks an effect as carried out; false where it was already.</summary>
    public static bool Done(Db db, long id, long doneAt, string result = "") =>
        db.Execute("UPDATE outbox SET done_at = @doneAt, result = @result WHERE id = @id AND done_at = 0", new { id, doneAt, result }) == 1;

    /// <summary>Puts an open effect off; false where it is done.</summary>
    public static bool PutOff(Db db, long id, long dueAt, string result = "") =>
        db.Execute("UPDATE outbox SET due_at = @dueAt, result = @result WHERE id = @id AND done_at = 0", new { id, dueAt, result }) == 1;

    /// <summary>Effects that are not done yet.</summary>
    public static long CountOpen(Db db) => db.Scalar<long>("SELECT count(*) FROM outbox WHERE done_at = 0");

    /// <summary>
    /// Deletes effects done before a time; returns how many, at most <paramref name="maxRows"/>. Their ids are forgotten with them: the time must lie before
    /// the oldest snapshot that a replay may start from.
    /// </summary>
    public static int Retain(Db db, long before, int maxRows) => db.Execute(
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE done_at > 0 AND done_at < @before ORDER BY done_at LIMIT @maxRows)",
        new { before, maxRows });
}
