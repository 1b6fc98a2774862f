namespace B2D.Storage.Replay;

/// <summary>How far a reader of a log has come (<c>lanes</c>, <c>correlator</c>), and what it needs to go on.</summary>
public sealed record CheckpointRow
{
    public string Name { get; init; } = "";
    public long Position { get; init; }
    public long TickedUntil { get; init; }
    public byte[]? Body { get; init; }
}

public static class CheckpointStore
{
    public static CheckpointRow? Find(Db db, string name) =>
        db.FirstOrDefault<CheckpointRow>("SELECT name, position, ticked_until, body FROM checkpoints WHERE name = @name", new { name });

    /// <summary>Writes or replaces.</summary>
    public static void Save(Db db, CheckpointRow row) => db.Execute(
        """
        INSERT INTO checkpoints (name, position, ticked_until, body) VALUES (@Name, @Position, @TickedUntil, @Body)
        ON CONFLICT (name) DO UPDATE SET position = excluded.position, ticked_until = excluded.ticked_until, body = excluded.body
        """,
        row);
}
