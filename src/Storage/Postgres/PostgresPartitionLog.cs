using System.Buffers;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;

namespace B2D.Storage.Postgres;

/// <summary>Writes all entries of an append in one statement.</summary>
internal sealed class PostgresPartitionLog(PostgresDatabase database) : PartitionLog(database)
{
    private readonly ArrayBufferWriter<byte> buffer = new();

    private protected override void WriteEntries(Db db, IReadOnlyList<LogEntry> entries)
    {
        if (entries.Count == 0)
            return;
        var (offsets, partitions, times) = (new long[entries.Count], new long[entries.Count], new long[entries.Count]);
        var (kinds, bodies) = (new long[entries.Count], new byte[entries.Count][]);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            (offsets[i], partitions[i], times[i], kinds[i]) = (entry.Offset, entry.Partition, entry.At.EpochMs, (long)EntryCodec.KindOf(entry.Body));
            bodies[i] = Encode(entry.Body, buffer).ToArray();
        }
        using var command = db.Command(
            """
            INSERT INTO entries ("offset", partition, at, kind, format, body)
            SELECT o, p, a, k, @format, b FROM unnest(@offsets, @partitions, @times, @kinds, @bodies) AS u (o, p, a, k, b)
            """,
            ("@offsets", offsets),
            ("@partitions", partitions),
            ("@times", times),
            ("@kinds", kinds),
            ("@format", (long)EntryCodec.Format),
            ("@bodies", bodies));
        command.ExecuteNonQuery();
    }

    private protected override void WriteHeartbeat(Db db, long at, long last) =>
        db.Execute("UPDATE heartbeat SET at = @at, last_offset = @last WHERE id = 1", new { at, last });
}
