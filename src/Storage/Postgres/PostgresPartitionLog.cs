using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;

namespace B2D.Storage.Postgres;

/// <summary>Writes a batch in one statement.</summary>
internal sealed class PostgresPartitionLog(PostgresDatabase database) : PartitionLog(database)
{
    private protected override void WriteBatch(Db db, long last, int count, long at, ReadOnlySpan<byte> body)
    {
        using var command = db.Command(
            "INSERT INTO entries (\"offset\", partition, at, kind, format, body, count) VALUES (@last, 0, @at, @kind, @format, @body, @count)",
            ("@last", last), ("@at", at), ("@kind", (long)BatchKind), ("@format", (long)EntryCodec.Format), ("@body", body.ToArray()), ("@count", (long)count));
        command.ExecuteNonQuery();
    }

    private protected override void WriteHeartbeat(Db db, long at, long last) =>
        db.Execute("UPDATE heartbeat SET at = @at, last_offset = @last WHERE id = 1", new { at, last });
}
