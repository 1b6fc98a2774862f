using System.Buffers;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;

namespace B2D.Storage.Sqlite;

internal sealed class SqlitePartitionLog : PartitionLog
{
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly SqliteStatement insert;
    private readonly SqliteStatement heartbeat;

    public SqlitePartitionLog(SqliteDatabase database)
        : base(database)
    {
        insert = new SqliteStatement(database.Writer, "INSERT INTO entries (\"offset\", partition, at, kind, format, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        heartbeat = new SqliteStatement(database.Writer, "UPDATE heartbeat SET at = ?1, last_offset = ?2 WHERE id = 1");
    }

    private protected override void WriteEntries(Db db, IReadOnlyList<LogEntry> entries)
    {
        foreach (var entry in entries)
        {
            insert.Bind(1, entry.Offset).Bind(2, entry.Partition).Bind(3, entry.At.EpochMs)
                .Bind(4, (long)EntryCodec.KindOf(entry.Body)).Bind(5, EntryCodec.Format).Bind(6, Encode(entry.Body, buffer)).Run();
        }
    }

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
