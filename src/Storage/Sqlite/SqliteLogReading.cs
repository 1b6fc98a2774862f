using B2D.Storage.Telemetry;

namespace B2D.Storage.Sqlite;

/// <summary>A log that is only read.</summary>
internal sealed class SqliteLogReading(SqliteReading database) : PartitionLog(database)
{
    private protected override void WriteBatch(Db db, long last, int count, long at, ReadOnlySpan<byte> body) => throw Refused();

    private protected override void WriteHeartbeat(Db db, long at, long last) => throw Refused();

    private static InvalidOperationException Refused() => new("This log was opened to be read.");
}
