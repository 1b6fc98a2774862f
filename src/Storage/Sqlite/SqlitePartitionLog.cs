using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;

namespace B2D.Storage.Sqlite;

/// <summary>Writes with prepared statements of the writing connection: this path runs for every message.</summary>
internal sealed class SqlitePartitionLog : PartitionLog
{
    private readonly SqliteStatement insert;
    private readonly SqliteStatement heartbeat;

    public SqlitePartitionLog(SqliteDatabase database)
        : base(database)
    {
        insert = new SqliteStatement(
            database.Writer, "INSERT INTO entries (\"offset\", partition, at, kind, format, body, count) VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6)");
        heartbeat = new SqliteStatement(database.Writer, "UPDATE heartbeat SET at = ?1, last_offset = ?2 WHERE id = 1");
    }

    private protected override void WriteBatch(Db db, long last, int count, long at, ReadOnlySpan<byte> body) =>
        insert.Bind(1, last).Bind(2, at).Bind(3, BatchKind).Bind(4, EntryCodec.Format).Bind(5, body).Bind(6, count).Run();

    private protected override void WriteHeartbeat(Db db, long at, long last) => heartbeat.Bind(1, at).Bind(2, last).Run();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            insert.Dispose();
            heartbeat.Dispose();
        }
        base.Dispose(disposing);
    }
}
