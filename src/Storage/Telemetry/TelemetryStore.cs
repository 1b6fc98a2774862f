using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Storage.Telemetry;

/// <summary>One reading with the device time that was found for it, and the entry it came from.</summary>
public readonly record struct ArrangedReading(DeviceId Device, string Metric, DeviceTime At, MetricValue Value, long Offset, ServerTime ServerAt);

/// <summary>A device fault code with the device time that was found for it, and the entry it came from.</summary>
public readonly record struct ArrangedEvent(DeviceId Device, string Code, CodeState State, DeviceTime At, long Offset, ServerTime ServerAt);

/// <summary>One point of a metric's series.</summary>
public readonly record struct SeriesPoint(DeviceTime At, MetricValue Value);

/// <summary>The last value of a metric by device time; of several at one time the last to arrive.</summary>
public sealed record LatestValue(string Metric, DeviceTime At, MetricValue Value, ServerTime ServerAt);

/// <summary>A device fault code that appeared or went away.</summary>
public sealed record EventPoint(DeviceTime At, string Code, CodeState State, long Offset, ServerTime ServerAt);

/// <summary>
/// Readings and events arranged by device, metric and device time. Everything here can be made again from the log; running the same entries again
/// changes nothing and gives the same answers.
/// </summary>
public abstract class TelemetryStore : IDisposable
{
    /// <summary>Most points that <see cref="Series"/> and events that <see cref="Events"/> return.</summary>
    public const int MaxPoints = 10_000;

    private protected const string ReadingsHit = "readings";
    private protected const string EventsHit = "events";
    private protected const string DuplicateReadingsHit = "duplicate-readings";
    private protected const string DuplicateEventsHit = "duplicate-events";
    private protected const string LastOffsetHit = "last-offset";

    private protected TelemetryStore(Database database)
    {
        Database = database;
        LastOffset = database.Read(db => Hits(db, LastOffsetHit));
    }

    /// <summary>
    /// The highest offset arranged and committed. After a loss of power it may be behind the other databases: what follows it is arranged again.
    /// </summary>
    public long LastOffset { get; private set; }

    /// <inheritdoc cref="Database.Checkpoint"/>
    public void Checkpoint() => Database.Checkpoint();

    private protected Database Database { get; }

    /// <summary>
    /// Stores readings and events in one transaction, in this order. <paramref name="duplicate"/>[i] tells that the same (device, metric, time, value) was
    /// stored by an
    /// earlier entry, also one of this batch; the same entry again is a repeated run, not a duplicate. Likewise for events with code and state.
    /// </summary>
    /// <exception cref="ArgumentException">An answer span has not the length of its questions.</exception>
    public void Arrange(ReadOnlySpan<ArrangedReading> readings, Span<bool> duplicate, ReadOnlySpan<ArrangedEvent> events, Span<bool> eventDuplicate)
    {
        if (duplicate.Length != readings.Length || eventDuplicate.Length != events.Length)
            throw new ArgumentException("The spans of duplicates must be as long as those of readings and events.");
        if (readings.Length == 0 && events.Length == 0)
            return;
        var last = LastOffset;
        foreach (ref readonly var reading in readings)
            last = Math.Max(last, reading.Offset);
        foreach (ref readonly var point in events)
            last = Math.Max(last, point.Offset);
        var batch = new ArrangeBatch { Readings = readings, Duplicate = duplicate, Events = events, EventDuplicate = eventDuplicate, LastOffset = last };
        ArrangeCore(batch);
        LastOffset = last;
    }

    /// <summary>
    /// The points of a metric from <paramref name="from"/> (inclusive) until <paramref name="until"/> (exclusive) in order of time, at most <paramref
    /// name="maxPoints"/>
    /// (2 to 10,000). More are thinned so that each stretch of time keeps its lowest and highest number (of other values its first and last).
    /// </summary>
    public IReadOnlyList<SeriesPoint> Series(DeviceId device, string metric, DeviceTime from, DeviceTime until, int maxPoints)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPoints, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxPoints, MaxPoints);
        const string rows =
            """
            FROM readings WHERE device_key = (SELECT id FROM device_keys WHERE name = @device)
              AND metric_key = (SELECT id FROM metric_keys WHERE name = @metric) AND at >= @from AND at < @until
            """;
        return Database.Read(db =>
        {
            var args = new { device = device.Value, metric = StoredText.Of(metric), from = from.EpochMs, until = until.EpochMs };
            var range = db.First<RangeRow>($"SELECT count(*) AS count, min(at) AS first_at, max(at) AS last_at {rows}", args);
            if (range.Count == 0)
                return [];
            var thinning = new SeriesThinning(range.Count, new DeviceTime(range.FirstAt!.Value), new DeviceTime(range.LastAt!.Value), maxPoints);
            using var command = db.Command($"SELECT at, value {rows} ORDER BY at, \"offset\"",
                ("@device", args.device), ("@metric", args.metric), ("@from", args.from), ("@until", args.until));
            using var reader = command.ExecuteReader();
            while (reader.Read())
                thinning.Add(new SeriesPoint(new DeviceTime(reader.GetInt64(0)), StoredValue.Decode(reader.GetFieldValue<byte[]>(1))));
            return thinning.Finish();
        });
    }

    /// <summary>The last value of every metric of a device, in order of metric.</summary>
    public IReadOnlyList<LatestValue> Latest(DeviceId device) => Database.Read(db => (IReadOnlyList<LatestValue>)
    [
        .. db.Query<LatestRow>(
            $"""
            SELECT m.name AS metric, l.at, l.value, l.server_at FROM latest l JOIN metric_keys m ON m.id = l.metric_key
            WHERE l.device_key = (SELECT id FROM device_keys WHERE name = @device) ORDER BY m.name LIMIT {Page.MaxRows}
            """,
            new { device = device.Value })
            .Select(r => new LatestValue(r.Metric, new DeviceTime(r.At), StoredValue.Decode(r.Value), new ServerTime(r.ServerAt))),
    ]);

    /// <summary>
    /// Events of a device from <paramref name="from"/> (inclusive) until <paramref name="until"/> (exclusive): the last <paramref name="max"/> (1 to
    /// 10,000), in order of time.
    /// </summary>
    public IReadOnlyList<EventPoint> Events(DeviceId device, DeviceTime from, DeviceTime until, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, MaxPoints);
        return Database.Read(db => (IReadOnlyList<EventPoint>)
        [
            .. db.Query<EventRow>(
                """
                SELECT at, code, state, "offset" AS entry, server_at FROM device_events
                WHERE device_key = (SELECT id FROM device_keys WHERE name = @device) AND at >= @from AND at < @until ORDER BY at DESC, "offset" DESC LIMIT @max
                """,
                new { device = device.Value, from = from.EpochMs, until = until.EpochMs, max })
                .Reverse()
                .Select(r => new EventPoint(new DeviceTime(r.At), r.Code, (CodeState)r.State, r.Entry, new ServerTime(r.ServerAt))),
        ]);
    }

    /// <summary>Readings stored now, of one device or of all (counted one by one).</summary>
    public long CountReadings(DeviceId? device = null) => CountRows("readings", device);

    /// <summary>Events stored now, of one device or of all (counted one by one).</summary>
    public long CountEvents(DeviceId? device = null) => CountRows("device_events", device);

    /// <summary>Readings and events that were sent again, ever; of one device, those that retention has left.</summary>
    public long CountDuplicates(DeviceId? device = null) => device is null
        ? Database.Read(db => Hits(db, DuplicateReadingsHit) + Hits(db, DuplicateEventsHit))
        : CountRows("duplicates", device);

    /// <summary>Readings that were sent again, ever.</summary>
    public long CountDuplicateReadings() => Database.Read(db => Hits(db, DuplicateReadingsHit));

    /// <summary>Events that were sent again, ever.</summary>
    public long CountDuplicateEvents() => Database.Read(db => Hits(db, DuplicateEventsHit));

    /// <summary>Readings ever stored; a count that is kept, so that asking costs nothing.</summary>
    public long CountReadingsEver() => Database.Read(db => Hits(db, ReadingsHit));

    /// <summary>Events ever stored; a count that is kept, so that asking costs nothing.</summary>
    public long CountEventsEver() => Database.Read(db => Hits(db, EventsHit));

    /// <summary>
    /// Deletes what arrived before a time: at most <paramref name="maxRows"/> in one short transaction; returns how many, 0 when done. The last value of
    /// each metric stays.
    /// </summary>
    public int Retain(ServerTime before, int maxRows) => Database.Write(db =>
    {
        var args = new { before = before.EpochMs, maxRows };
        foreach (var (table, key) in new[]
        {
            ("readings", "device_key, metric_key, at, value"), ("device_events", "device_key, code, state, at"), ("duplicates", "\"offset\", metric_key"),
        })
        {
            var oldest = $"SELECT {key} FROM {table} WHERE server_at < @before ORDER BY server_at LIMIT @maxRows";
            var deleted = db.Execute($"DELETE FROM {table} WHERE ({key}) IN ({oldest})", args);
            if (deleted > 0)
                return deleted;
        }
        return 0;
    });

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            Database.Dispose();
    }

    private protected abstract void ArrangeCore(ArrangeBatch batch);

    private protected readonly ref struct ArrangeBatch
    {
        public ReadOnlySpan<ArrangedReading> Readings { get; init; }
        public Span<bool> Duplicate { get; init; }
        public ReadOnlySpan<ArrangedEvent> Events { get; init; }
        public Span<bool> EventDuplicate { get; init; }
        public long LastOffset { get; init; }
    }

    private static long Hits(Db db, string kind) => db.Scalar<long?>("SELECT count FROM hits WHERE kind = @kind", new { kind }) ?? 0;

    private long CountRows(string table, DeviceId? device) => Database.Read(db => device is { } one
        ? db.Scalar<long>($"SELECT count(*) FROM {table} WHERE device_key = (SELECT id FROM device_keys WHERE name = @name)", new { name = one.Value })
        : db.Scalar<long>($"SELECT count(*) FROM {table}"));

    private sealed record RangeRow
    {
        public long Count { get; init; }
        public long? FirstAt { get; init; }
        public long? LastAt { get; init; }
    }

    private sealed record LatestRow
    {
        public string Metric { get; init; } = "";
        public long At { get; init; }
        public byte[] Value { get; init; } = [];
        public long ServerAt { get; init; }
    }

    private sealed record EventRow
    {
        public long At { get; init; }
        public string Code { get; init; } = "";
        public long State { get; init; }
        public long Entry { get; init; }
        public long ServerAt { get; init; }
    }
}
