using System.Runtime.InteropServices;
using B2D.Storage.Telemetry;

namespace B2D.Storage.Sqlite;

/// <summary>Arranges row by row with prepared statements of the writing connection.</summary>
internal sealed class SqliteTelemetryStore : TelemetryStore
{
    private readonly SqliteKeys deviceKeys;
    private readonly SqliteKeys metricKeys;
    private readonly SqliteStatement insertReading;
    private readonly SqliteStatement readingOffset;
    private readonly SqliteStatement insertEvent;
    private readonly SqliteStatement eventOffset;
    private readonly SqliteStatement insertDuplicate;
    private readonly SqliteStatement putLatest;
    private readonly SqliteStatement addHits;
    private readonly SqliteStatement setLastOffset;
    private readonly Dictionary<(long Device, long Metric), (long At, byte[] Value, long ServerAt)> latest = [];

    public SqliteTelemetryStore(SqliteDatabase database)
        : base(database)
    {
        var writer = database.Writer;
        deviceKeys = new SqliteKeys(writer, "device_keys");
        metricKeys = new SqliteKeys(writer, "metric_keys");
        insertReading = new SqliteStatement(writer,
            "INSERT INTO readings (device_key, metric_key, at, value, \"offset\", server_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING");
        readingOffset = new SqliteStatement(writer, "SELECT \"offset\" FROM readings WHERE device_key = ?1 AND metric_key = ?2 AND at = ?3 AND value = ?4");
        insertEvent = new SqliteStatement(writer,
            "INSERT INTO device_events (device_key, code, state, at, \"offset\", server_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING");
        eventOffset = new SqliteStatement(writer, "SELECT \"offset\" FROM device_events WHERE device_key = ?1 AND code = ?2 AND state = ?3 AND at = ?4");
        insertDuplicate = new SqliteStatement(writer,
            "INSERT INTO duplicates (\"offset\", metric_key, device_key, server_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
        putLatest = new SqliteStatement(writer,
            """
            INSERT INTO latest (device_key, metric_key, at, value, server_at) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (device_key, metric_key) DO UPDATE SET at = excluded.at, value = excluded.value, server_at = excluded.server_at
              WHERE excluded.at >= latest.at
            """);
        addHits = new SqliteStatement(
            writer, "INSERT INTO hits (kind, count) VALUES (?1, ?2) ON CONFLICT (kind) DO UPDATE SET count = hits.count + excluded.count");
        setLastOffset = new SqliteStatement(
            writer, $"INSERT INTO hits (kind, count) VALUES ('{LastOffsetHit}', ?1) ON CONFLICT (kind) DO UPDATE SET count = excluded.count");
    }

    private protected override void ArrangeCore(ArrangeBatch batch)
    {
        try
        {
            Database.Write(batch, (b, _) => Arrange(b), static _ => { });
        }
        catch
        {
            deviceKeys.Forget(); // numbers given in a transaction that was not committed
            metricKeys.Forget();
            throw;
        }
    }

    private bool Arrange(ArrangeBatch batch)
    {
        latest.Clear();
        var hits = new Hits();
        for (var i = 0; i < batch.Readings.Length; i++)
            batch.Duplicate[i] = !StoreReading(in batch.Readings[i], ref hits);
        for (var i = 0; i < batch.Events.Length; i++)
            batch.EventDuplicate[i] = !StoreEvent(in batch.Events[i], ref hits);
        foreach (var ((device, metric), (at, value, serverAt)) in latest)
            putLatest.Bind(1, device).Bind(2, metric).Bind(3, at).Bind(4, value).Bind(5, serverAt).Run();
        Count(ReadingsHit, hits.Readings);
        Count(EventsHit, hits.Events);
        Count(DuplicateReadingsHit, hits.DuplicateReadings);
        Count(DuplicateEventsHit, hits.DuplicateEvents);
        setLastOffset.Bind(1, batch.LastOffset).Run();
        return true;
    }

    /// <summary>False: the same was stored by an earlier entry.</summary>
    private bool StoreReading(in ArrangedReading reading, ref Hits hits)
    {
        var (device, metric, value) = (deviceKeys.Of(reading.Device.Value), metricKeys.Of(reading.Metric), StoredValue.Encode(reading.Value));
        var (at, serverAt) = (reading.At.EpochMs, reading.ServerAt.EpochMs);
        if (insertReading.Bind(1, device).Bind(2, metric).Bind(3, at).Bind(4, value).Bind(5, reading.Offset).Bind(6, serverAt).Run() > 0)
        {
            hits.Readings++;
            ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(latest, (device, metric), out var exists);
            if (!exists || at >= last.At)
                last = (at, value, serverAt);
            return true;
        }
        if (readingOffset.Bind(1, device).Bind(2, metric).Bind(3, at).Bind(4, value).Number() >= reading.Offset)
            return true;
        hits.DuplicateReadings += insertDuplicate.Bind(1, reading.Offset).Bind(2, metric).Bind(3, device).Bind(4, serverAt).Run();
        return false;
    }

    /// <summary>False: the same was stored by an earlier entry.</summary>
    private bool StoreEvent(in ArrangedEvent point, ref Hits hits)
    {
        var (device, code, state) = (deviceKeys.Of(point.Device.Value), StoredText.Of(point.Code), (long)point.State);
        var (at, serverAt) = (point.At.EpochMs, point.ServerAt.EpochMs);
        if (insertEvent.Bind(1, device).Bind(2, code).Bind(3, state).Bind(4, at).Bind(5, point.Offset).Bind(6, serverAt).Run() > 0)
        {
            hits.Events++;
            return true;
        }
        if (eventOffset.Bind(1, device).Bind(2, code).Bind(3, state).Bind(4, at).Number() >= point.Offset)
            return true;
        hits.DuplicateEvents += insertDuplicate.Bind(1, point.Offset).Bind(2, 0).Bind(3, device).Bind(4, serverAt).Run();
        return false;
    }

    private void Count(string kind, long count)
    {
        if (count > 0)
            addHits.Bind(1, kind).Bind(2, count).Run();
    }

    private struct Hits
    {
        public long Readings;
        public long Events;
        public long DuplicateReadings;
        public long DuplicateEvents;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            deviceKeys.Dispose();
            metricKeys.Dispose();
            foreach (var statement in new[] { insertReading, readingOffset, insertEvent, eventOffset, insertDuplicate, putLatest, addHits, setLastOffset })
                statement.Dispose();
        }
        base.Dispose(disposing);
    }
}
