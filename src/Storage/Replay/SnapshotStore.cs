namespace B2D.Storage.Replay;

/// <summary>The state of a stream at a position of the log; it only shortens the replay.</summary>
public sealed record SnapshotRow
{
    public string Stream { get; init; } = "";
    public long Position { get; init; }
    public long TickedUntil { get; init; }
    public string RulesHash { get; init; } = "";
    public int Format { get; init; }
    public byte[] Body { get; init; } = [];
    public long TakenAt { get; init; }
}

public static class SnapshotStore
{
    /// <summary>How many of a stream are kept.</summary>
    public const int Kept = 3;

    private static readonly string Select = $"SELECT {Columns<SnapshotRow>.All} FROM snapshots";

    /// <summary>Writes one (replacing the same position) and deletes all of the stream but the last three.</summary>
    public static void Save(Db db, SnapshotRow row)
    {
        db.Execute("DELETE FROM snapshots WHERE stream = @Stream AND position = @Position", row);
        db.Execute($"INSERT INTO snapshots ({Columns<SnapshotRow>.All}) VALUES ({Columns<SnapshotRow>.Values})", row);
        db.Execute(
            $"""
            DELETE FROM snapshots WHERE stream = @Stream
              AND position NOT IN (SELECT position FROM snapshots WHERE stream = @Stream ORDER BY position DESC LIMIT {Kept})
            """,
            row);
    }

    /// <summary>The last one of a stream.</summary>
    public static SnapshotRow? Latest(Db db, string stream) =>
        db.FirstOrDefault<SnapshotRow>($"{Select} WHERE stream = @stream ORDER BY position DESC LIMIT 1", new { stream });

    /// <summary>All that are kept, last first: where the last cannot be read, an older one serves.</summary>
    public static IReadOnlyList<SnapshotRow> List(Db db, string stream) =>
        db.Query<SnapshotRow>($"{Select} WHERE stream = @stream ORDER BY position DESC LIMIT {Kept}", new { stream });

    /// <summary>Position of the oldest snapshot of a stream; null where there is none. Effect ids must outlive it.</summary>
    public static long? OldestPosition(Db db, string stream) => db.Scalar<long?>("SELECT min(position) FROM snapshots WHERE stream = @stream", new { stream });
}
