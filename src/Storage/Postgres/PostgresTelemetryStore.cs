using System.Data.Common;
using System.Runtime.InteropServices;
using System.Text;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;

namespace B2D.Storage.Postgres;

/// <summary>
/// Arranges a batch in a few statements over arrays: which of it is stored already, then what is new, then what was sent again. Nobody else writes in between.
/// </summary>
internal sealed class PostgresTelemetryStore(PostgresDatabase database) : TelemetryStore(database)
{
    private readonly PostgresKeys deviceKeys = new("device_keys");
    private readonly PostgresKeys metricKeys = new("metric_keys");

    private protected override void ArrangeCore(ArrangeBatch batch)
    {
        try
        {
            Database.Write(batch, (b, db) => Arrange(b, db), static _ => { });
        }
        catch
        {
            deviceKeys.Forget(); // numbers given in a transaction that was not committed
            metricKeys.Forget();
            throw;
        }
    }

    private bool Arrange(ArrangeBatch batch, Db db)
    {
        var repeated = new Repeated();
        ArrangeReadings(db, batch.Readings, batch.Duplicate, repeated);
        Count(db, DuplicateReadingsHit, InsertDuplicates(db, repeated));
        repeated = new Repeated();
        ArrangeEvents(db, batch.Events, batch.EventDuplicate, repeated);
        Count(db, DuplicateEventsHit, InsertDuplicates(db, repeated));
        db.Execute(
            $"INSERT INTO hits (kind, count) VALUES ('{LastOffsetHit}', @last) ON CONFLICT (kind) DO UPDATE SET count = excluded.count",
            new { last = batch.LastOffset });
        return true;
    }

    private void ArrangeReadings(Db db, ReadOnlySpan<ArrangedReading> readings, Span<bool> duplicate, Repeated repeated)
    {
        if (readings.IsEmpty)
            return;
        var rows = new ReadingRow[readings.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            ref readonly var r = ref readings[i];
            var (device, metric) = (deviceKeys.Of(db, r.Device.Value), metricKeys.Of(db, r.Metric));
            rows[i] = new ReadingRow(device, metric, r.At.EpochMs, StoredValue.Encode(r.Value), r.Offset, r.ServerAt.EpochMs);
        }
        var stored = StoredReadings(db, rows);
        var fresh = new List<ReadingRow>();
        var latest = new Dictionary<(long, long), ReadingRow>();
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            ref var offset = ref CollectionsMarshal.GetValueRefOrAddDefault(stored, row.Key, out var known);
            duplicate[i] = known && offset < row.Offset;
            if (duplicate[i])
                repeated.Add(row.Offset, row.Metric, row.Device, row.ServerAt);
            if (known)
                continue;
            offset = row.Offset;
            fresh.Add(row);
            ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(latest, (row.Device, row.Metric), out var exists);
            if (!exists || row.At >= last.At)
                last = row;
        }
        InsertReadings(db, fresh);
        PutLatest(db, [.. latest.Values]);
        Count(db, ReadingsHit, fresh.Count);
    }

    private void ArrangeEvents(Db db, ReadOnlySpan<ArrangedEvent> events, Span<bool> duplicate, Repeated repeated)
    {
        var fresh = 0;
        for (var i = 0; i < events.Length; i++)
        {
            ref readonly var e = ref events[i];
            var args = new
            {
                device = deviceKeys.Of(db, e.Device.Value),
                code = StoredText.Of(e.Code),
                state = (long)e.State,
                at = e.At.EpochMs,
                entry = e.Offset,
                server = e.ServerAt.EpochMs,
            };
            var added = db.Execute(
                """
                INSERT INTO device_events (device_key, code, state, at, "offset", server_at) VALUES (@device, @code, @state, @at, @entry, @server)
                ON CONFLICT DO NOTHING
                """,
                args);
            fresh += added;
            duplicate[i] = added == 0 && db.First<long>(
                "SELECT \"offset\" FROM device_events WHERE device_key = @device AND code = @code AND state = @state AND at = @at", args) < e.Offset;
            if (duplicate[i])
                repeated.Add(e.Offset, 0, args.device, args.server);
        }
        Count(db, EventsHit, fresh);
    }

    private static Dictionary<(long, long, long, string), long> StoredReadings(Db db, ReadingRow[] rows)
    {
        var stored = new Dictionary<(long, long, long, string), long>(rows.Length);
        using var command = Over(db, rows,
            """
            SELECT r.device_key, r.metric_key, r.at, r.value, r."offset" FROM unnest(@devices, @metrics, @times, @values) AS u (d, m, t, v)
            JOIN readings r ON r.device_key = u.d AND r.metric_key = u.m AND r.at = u.t AND r.value = u.v
            """);
        using var reader = command.ExecuteReader();
        while (reader.Read())
            stored[(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), ReadingRow.KeyOf(reader.GetFieldValue<byte[]>(3)))] = reader.GetInt64(4);
        return stored;
    }

    private static void InsertReadings(Db db, List<ReadingRow> rows)
    {
        if (rows.Count == 0)
            return;
        using var command = Over(db, [.. rows],
            """
            INSERT INTO readings (device_key, metric_key, at, value, "offset", server_at)
            SELECT d, m, t, v, o, s FROM unnest(@devices, @metrics, @times, @values, @offsets, @server) AS u (d, m, t, v, o, s)
            """);
        command.ExecuteNonQuery();
    }

    private static void PutLatest(Db db, ReadingRow[] rows)
    {
        if (rows.Length == 0)
            return;
        using var command = Over(db, rows,
            """
            INSERT INTO latest (device_key, metric_key, at, value, server_at)
            SELECT d, m, t, v, s FROM unnest(@devices, @metrics, @times, @values, @server) AS u (d, m, t, v, s)
            ON CONFLICT (device_key, metric_key) DO UPDATE SET at = excluded.at, value = excluded.value, server_at = excluded.server_at
              WHERE excluded.at >= latest.at
            """);
        command.ExecuteNonQuery();
    }

    private static int InsertDuplicates(Db db, Repeated repeated)
    {
        if (repeated.Offsets.Count == 0)
            return 0;
        using var command = db.Command(
            """
            INSERT INTO duplicates ("offset", metric_key, device_key, server_at)
            SELECT o, m, d, s FROM unnest(@offsets, @metrics, @devices, @server) AS u (o, m, d, s) ON CONFLICT DO NOTHING
            """,
            ("@offsets", repeated.Offsets.ToArray()),
            ("@metrics", repeated.Metrics.ToArray()),
            ("@devices", repeated.Devices.ToArray()),
            ("@server", repeated.Server.ToArray()));
        return command.ExecuteNonQuery();
    }

    private static void Count(Db db, string kind, long count)
    {
        if (count > 0)
        {
            db.Execute("INSERT INTO hits (kind, count) VALUES (@kind, @count) ON CONFLICT (kind) DO UPDATE SET count = hits.count + excluded.count",
                new { kind, count });
        }
    }

    private static DbCommand Over(Db db, ReadingRow[] rows, string sql) => db.Command(
        sql,
        ("@devices", Array.ConvertAll(rows, r => r.Device)),
        ("@metrics", Array.ConvertAll(rows, r => r.Metric)),
        ("@times", Array.ConvertAll(rows, r => r.At)),
        ("@values", Array.ConvertAll(rows, r => r.Value)),
        ("@offsets", Array.ConvertAll(rows, r => r.Offset)),
        ("@server", Array.ConvertAll(rows, r => r.ServerAt)));

    private readonly record struct ReadingRow(long Device, long Metric, long At, byte[] Value, long Offset, long ServerAt)
    {
        public (long, long, long, string) Key => (Device, Metric, At, KeyOf(Value));

        /// <summary>Bytes as a text that compares as they do.</summary>
        public static string KeyOf(byte[] value) => Encoding.Latin1.GetString(value);
    }

    /// <summary>The columns of the duplicates of a batch.</summary>
    private sealed class Repeated
    {
        public List<long> Offsets { get; } = [];
        public List<long> Metrics { get; } = [];
        public List<long> Devices { get; } = [];
        public List<long> Server { get; } = [];

        public void Add(long offset, long metric, long device, long server)
        {
            Offsets.Add(offset);
            Metrics.Add(metric);
            Devices.Add(device);
            Server.Add(server);
        }
    }
}
