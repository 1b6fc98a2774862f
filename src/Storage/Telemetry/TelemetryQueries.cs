using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry.Blocks;
using B2D.Storage.Telemetry.Tails;

namespace B2D.Storage.Telemetry;

/// <summary>
/// Queries look into memory first and then at one committed state of the tables, which says up to which position it has the partition; of memory counts what is
/// behind that. So nothing is missed and nothing comes twice, whatever the arranger does meanwhile.
/// </summary>
public sealed partial class TelemetryStore
{
    private const string KeyOfDevice = "(SELECT id FROM device_keys WHERE name = @device)";

    /// <summary>
    /// The points of a metric from <paramref name="from"/> (inclusive) until <paramref name="until"/> (exclusive) in order of time, at most <paramref
    /// name="maxPoints"/>
    /// (2 to 10,000). More are thinned so that each stretch of time keeps its lowest and highest number (of other values its first and last).
    /// </summary>
    /// <exception cref="StorageException">A block is damaged.</exception>
    public IReadOnlyList<SeriesPoint> Series(DeviceId device, string metric, DeviceTime from, DeviceTime until, int maxPoints)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPoints, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxPoints, MaxPoints);
        return Gather(device, metric, from, until, maxPoints);
    }

    /// <summary>The last value of every metric of a device, in order of metric.</summary>
    public IReadOnlyList<LatestValue> Latest(DeviceId device)
    {
        var partition = Of(device);
        lock (partition.Gate)
        {
            if (partition.Devices.TryGetValue(device.Value, out var tail))
            {
                tail.Settle();
                return Sorted(tail.Heads.Where(h => h.Has).Select(h => new LatestValue(h.Name, new DeviceTime(h.At), h.Value, new ServerTime(h.ServerAt))));
            }
        }
        return Database.Read(db => HeadTable.Find(db, device.Value)) is { } row
            ? Sorted(HeadCodec.Read(row.Body).Select(h => new LatestValue(NameOf(h.Metric), new DeviceTime(h.At), h.Value, new ServerTime(h.ServerAt))))
            : [];
    }

    /// <summary>Every metric that any device ever reported, in no order.</summary>
    public IReadOnlyList<string> MetricNames() => metrics.Names();

    /// <summary>Server time at which a device was heard last; zero where it never was.</summary>
    public ServerTime LastHeard(DeviceId device)
    {
        var partition = Of(device);
        lock (partition.Gate)
        {
            if (partition.Devices.TryGetValue(device.Value, out var tail))
                return new ServerTime(tail.HeardAt);
        }
        return new ServerTime(Database.Read(db => db.Scalar<long?>($"SELECT heard_at FROM heads WHERE device_key = {KeyOfDevice}", new { device = device.Value })) ?? 0);
    }

    /// <summary>
    /// Events of a device from <paramref name="from"/> (inclusive) until <paramref name="until"/> (exclusive): the last <paramref name="max"/> (1 to
    /// 10,000), in order of time.
    /// </summary>
    public IReadOnlyList<EventPoint> Events(DeviceId device, DeviceTime from, DeviceTime until, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, MaxPoints);
        var partition = Of(device);
        TailEvent[] memory;
        lock (partition.Gate)
            memory = [.. partition.Devices.GetValueOrDefault(device.Value)?.AllEvents().Where(e => e.At >= from.EpochMs && e.At < until.EpochMs) ?? []];
        return Database.Read(db =>
        {
            var position = LaneTable.Position(db, partition.Number);
            var rows = db.Query<EventRow>(
                $"""
                SELECT at, code, state, "offset" AS entry, server_at FROM device_events
                WHERE device_key = {KeyOfDevice} AND at >= @from AND at < @until ORDER BY at DESC, "offset" DESC LIMIT @max
                """,
                new { device = device.Value, from = from.EpochMs, until = until.EpochMs, max })
                .Select(r => new EventPoint(new DeviceTime(r.At), r.Code, (CodeState)r.State, r.Entry, new ServerTime(r.ServerAt)));
            return (IReadOnlyList<EventPoint>)
            [
                .. memory.Where(e => e.Offset > position).Select(e => new EventPoint(new DeviceTime(e.At), e.Code, e.State, e.Offset, new ServerTime(e.ServerAt)))
                    .Concat(rows).OrderBy(e => e.At).ThenBy(e => e.Offset).TakeLast(max),
            ];
        });
    }

    /// <summary>Readings stored now, of one device or of all (all blocks are added up).</summary>
    public long CountReadings(DeviceId? device = null) => Count(
        device, t => t.Columns().Select(c => (c.LastOffset, (long)c.Readings)), "SELECT sum(readings) FROM blocks", $"WHERE device_key = {KeyOfDevice}");

    /// <summary>Events stored now, of one device or of all (counted one by one).</summary>
    public long CountEvents(DeviceId? device = null) => Count(
        device, t => t.AllEvents().Select(e => (e.Offset, 1L)), "SELECT count(*) FROM device_events", $"WHERE device_key = {KeyOfDevice}");

    /// <summary>Readings and events that were sent again, ever, of one device or of all.</summary>
    public long CountDuplicates(DeviceId? device = null)
    {
        if (device is not { } one)
            return CountDuplicateReadings() + CountDuplicateEvents();
        var partition = Of(one);
        lock (partition.Gate)
        {
            if (partition.Devices.TryGetValue(one.Value, out var tail))
                return tail.Duplicates;
        }
        return Database.Read(db => db.Scalar<long?>($"SELECT duplicates FROM heads WHERE device_key = {KeyOfDevice}", new { device = one.Value })) ?? 0;
    }

    /// <summary>Readings that were sent again, ever.</summary>
    public long CountDuplicateReadings() => Sum(t => t.DuplicateReadings);

    /// <summary>Events that were sent again, ever.</summary>
    public long CountDuplicateEvents() => Sum(t => t.DuplicateEvents);

    /// <summary>Readings ever stored; a count that is kept, so that asking costs nothing.</summary>
    public long CountReadingsEver() => Sum(t => t.Readings);

    /// <summary>Events ever stored; a count that is kept, so that asking costs nothing.</summary>
    public long CountEventsEver() => Sum(t => t.Events);

    /// <summary>Blocks on disk, the readings in them, and the bytes of their bodies (all are read).</summary>
    public (long Blocks, long Readings, long Bytes) MeasureBlocks() => Database.Read(db =>
    {
        var size = db.First<SizeRow>("SELECT count(*) AS blocks, sum(readings) AS readings, sum(length(body)) AS bytes FROM blocks");
        return (size.Blocks, size.Readings ?? 0, size.Bytes ?? 0);
    });

    /// <summary>Bytes of the whole database, what is free in it included.</summary>
    public long StoredBytes() => Database.Read(db => Database.Dialect == Dialect.Sqlite
        ? db.Scalar<long>("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        : db.Scalar<long>("SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c WHERE c.relnamespace = 'telemetry'::regnamespace AND c.relkind = 'r'"));

    private IReadOnlyList<SeriesPoint> Gather(DeviceId device, string metric, DeviceTime from, DeviceTime until, int maxPoints)
    {
        if (!metrics.TryFind(metric, out var number))
            return [];
        var partition = Of(device);
        var memory = new List<MemoryPoint>();
        lock (partition.Gate)
        {
            foreach (var columns in partition.Devices.GetValueOrDefault(device.Value)?.Columns() ?? [])
                Take(columns, number, from, until, memory);
        }
        var gathering = new SeriesGathering(from, until, maxPoints);
        Database.Read(db =>
        {
            var position = LaneTable.Position(db, partition.Number);
            memory.RemoveAll(p => p.LastOffset <= position);
            var key = db.Scalar<long?>("SELECT id FROM device_keys WHERE name = @device", new { device = device.Value }) ?? 0;
            var span = db.First<SpanRow>(
                "SELECT min(first_at) AS first_at, max(last_at) AS last_at FROM blocks WHERE device_key = @key AND last_at >= @from AND first_at < @until",
                new { key, from = from.EpochMs, until = until.EpochMs });
            gathering.Spans(
                memory.Select(p => p.At).Append(span.FirstAt ?? long.MaxValue).Min(), memory.Select(p => p.At).Append(span.LastAt ?? long.MinValue).Max());
            if (span.FirstAt is null)
                return;
            using var command = db.Command(
                "SELECT first_offset, body FROM blocks WHERE device_key = @key AND last_at >= @from AND first_at < @until ORDER BY last_at",
                ("@key", key), ("@from", from.EpochMs), ("@until", until.EpochMs));
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                gathering.Begin(reader.GetInt64(0));
                BlockCodec.DecodeOne(reader.GetFieldValue<byte[]>(1), number, gathering);
            }
        });
        foreach (var point in memory)
        {
            gathering.Begin(point.Order);
            gathering.Add(point.At, point.Row, point.Value);
        }
        return gathering.Finish();
    }

    private static IReadOnlyList<LatestValue> Sorted(IEnumerable<LatestValue> values) => [.. values.OrderBy(v => v.Metric, StringComparer.Ordinal).Take(Page.MaxRows)];

    private static void Take(ReadingColumns columns, int metric, DeviceTime from, DeviceTime until, List<MemoryPoint> into)
    {
        if (columns.LastAt < from.EpochMs || columns.FirstAt >= until.EpochMs || columns.ColumnOf(metric) is not (>= 0 and var column))
            return;
        for (var row = 0; row < columns.Rows; row++)
        {
            var at = columns.TimeOf(row);
            if (at >= from.EpochMs && at < until.EpochMs && columns.Has(row, column))
                into.Add(new MemoryPoint(at, columns.FirstOffset, row, columns.LastOffset, columns.ValueAt(row, column)));
        }
    }

    private PartitionTail Of(DeviceId device) => Volatile.Read(ref partitions)[Partitions.Of(device)];

    private string NameOf(int metric) => metrics.TryName(metric, out var name) ? name : throw ByteReader.Damaged($"metric {metric} has no name");

    private long Sum(Func<TelemetryTotals, long> of)
    {
        var sum = of(before);
        foreach (var partition in Volatile.Read(ref partitions))
        {
            lock (partition.Gate)
                sum += of(partition.Totals);
        }
        return sum;
    }

    private long Count(DeviceId? device, Func<DeviceTail, IEnumerable<(long LastOffset, long Count)>> inMemory, string sql, string where)
    {
        var memory = new List<(int Partition, long LastOffset, long Count)>();
        foreach (var partition in device is { } one ? [Of(one)] : Volatile.Read(ref partitions))
        {
            lock (partition.Gate)
            {
                foreach (var tail in device is { } name ? partition.Devices.Values.Where(t => t.Device == name) : partition.Devices.Values)
                    memory.AddRange(inMemory(tail).Select(c => (partition.Number, c.LastOffset, c.Count)));
            }
        }
        return Database.Read(db =>
        {
            var positions = LaneTable.Positions(db);
            var onDisk = db.Scalar<long?>(device is null ? sql : $"{sql} {where}", new { device = device?.Value }) ?? 0;
            return onDisk + memory.Where(c => c.LastOffset > positions[c.Partition]).Sum(c => c.Count);
        });
    }

    private readonly record struct MemoryPoint(long At, long Order, int Row, long LastOffset, MetricValue Value);

    private sealed record SpanRow
    {
        public long? FirstAt { get; init; }
        public long? LastAt { get; init; }
    }

    private sealed record SizeRow
    {
        public long Blocks { get; init; }
        public long? Readings { get; init; }
        public long? Bytes { get; init; }
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
