namespace B2D.Storage.Alarms;

/// <summary>A trouble of B2D itself; <see cref="UntilAt"/> is 0 while it lasts.</summary>
public sealed record OwnAlarmRow
{
    public long Id { get; init; }
    public string Key { get; init; } = "";
    public string Kind { get; init; } = "";
    public long SinceAt { get; init; }
    public long UntilAt { get; init; }
    public string Detail { get; init; } = "";
    public string SeenBy { get; init; } = "";
}

public static class OwnAlarmStore
{
    private static readonly string Select = $"SELECT {Columns<OwnAlarmRow>.All} FROM own_alarms";

    /// <summary>Raises the alarm of a key; false where it is raised already. One that was over begins anew.</summary>
    public static bool Raise(Db db, string key, string kind, long now, string detail) => db.Execute(
        """
        INSERT INTO own_alarms (key, kind, since_at, until_at, detail, seen_by) VALUES (@key, @kind, @now, 0, @detail, '')
        ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, since_at = excluded.since_at, until_at = 0, detail = excluded.detail, seen_by = ''
          WHERE own_alarms.until_at > 0
        """,
        new { key, kind, now, detail }) == 1;

    /// <summary>Ends the alarm of a key; false where there is none.</summary>
    public static bool Clear(Db db, string key, long now) =>
        db.Execute("UPDATE own_alarms SET until_at = @now WHERE key = @key AND until_at = 0", new { key, now }) == 1;

    /// <summary>Says what is wrong now.</summary>
    public static bool SetDetail(Db db, string key, string detail) =>
        db.Execute("UPDATE own_alarms SET detail = @detail WHERE key = @key AND until_at = 0", new { key, detail }) == 1;

    /// <summary>Deletes alarms that were over before a time, at most <paramref name="maxRows"/>; returns how many.</summary>
    public static int Retain(Db db, long before, int maxRows) => db.Execute(
        "DELETE FROM own_alarms WHERE id IN (SELECT id FROM own_alarms WHERE until_at > 0 AND until_at < @before ORDER BY id LIMIT @maxRows)", new { before, maxRows });

    /// <summary>A person has seen it.</summary>
    public static bool Seen(Db db, long id, string by) => db.Execute("UPDATE own_alarms SET seen_by = @by WHERE id = @id", new { id, by }) == 1;

    public static OwnAlarmRow? Find(Db db, string key) => db.FirstOrDefault<OwnAlarmRow>($"{Select} WHERE key = @key", new { key });

    /// <summary>Alarms that last, oldest first, at most 1,000.</summary>
    public static IReadOnlyList<OwnAlarmRow> Open(Db db) => db.Query<OwnAlarmRow>($"{Select} WHERE until_at = 0 ORDER BY since_at, id LIMIT {Page.MaxRows}");

    /// <summary>All, the latest begun first.</summary>
    public static IReadOnlyList<OwnAlarmRow> List(Db db, int limit = 100) =>
        db.Query<OwnAlarmRow>($"{Select} ORDER BY since_at DESC, id DESC LIMIT {Page.Rows(limit)}");
}
