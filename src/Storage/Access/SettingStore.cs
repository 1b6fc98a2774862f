namespace B2D.Storage.Access;

/// <summary>A switch or setting that people change while the program runs, <c>stop-all</c>.</summary>
public sealed record SettingRow
{
    public string Key { get; init; } = "";

    /// <summary>JSON.</summary>
    public string Value { get; init; } = "";
    public long ChangedAt { get; init; }
    public string ChangedBy { get; init; } = "";
}

public static class SettingStore
{
    public static SettingRow? Find(Db db, string key) =>
        db.FirstOrDefault<SettingRow>("SELECT key, value, changed_at, changed_by FROM settings WHERE key = @key", new { key });

    public static IReadOnlyList<SettingRow> List(Db db) =>
        db.Query<SettingRow>($"SELECT key, value, changed_at, changed_by FROM settings ORDER BY key LIMIT {Page.MaxRows}");

    /// <summary>Writes or replaces.</summary>
    public static void Set(Db db, string key, string value, long changedAt, string changedBy) => db.Execute(
        """
        INSERT INTO settings (key, value, changed_at, changed_by) VALUES (@key, @value, @changedAt, @changedBy)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at, changed_by = excluded.changed_by
        """,
        new { key, value, changedAt, changedBy });
}
