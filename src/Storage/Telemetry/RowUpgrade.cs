using B2D.Core;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry.Blocks;
using B2D.Storage.Telemetry.Tails;

namespace B2D.Storage.Telemetry;

/// <summary>
/// Takes over what the first layout kept as one row for each reading: device by device in a transaction of its own, so that it can be stopped and goes on where
/// it was. What came after the position at which the lanes begin is left out: it comes again from the log.
/// </summary>
internal sealed class RowUpgrade(Database database, long position)
{
    /// <summary>The old layout's mark of how far it had come; there until all is taken over.</summary>
    private const string LastOffset = "last-offset";

    private const int MostRows = 1024;

    private readonly SlabPool pool = new();
    private readonly ByteWriter body = new();
    private readonly ByteWriter columnsBody = new();

    /// <summary>Up to where the first layout stored readings; 0 where there are none of it.</summary>
    public static long RowsUntil(Db db) => LaneTable.Hits(db, LastOffset);

    /// <param name="lanes">What each partition begins with, at the position.</param>
    /// <param name="progress">Devices done, and all.</param>
    public void Run(IReadOnlyList<LaneMemory> lanes, Action<long, long> progress)
    {
        var all = database.Read(db => db.Scalar<long>("SELECT count(*) FROM device_keys"));
        var done = database.Read(db => db.Scalar<long>("SELECT count(*) FROM heads"));
        var last = long.MinValue;
        while (NextDevice(last) is { } key)
        {
            last = key;
            database.Write(db => Take(db, key));
            progress(++done, all);
        }
        database.Write(db =>
        {
            var args = new { position };
            var again = new TelemetryTotals
            {
                Events = db.Execute("DELETE FROM device_events WHERE \"offset\" > @position", args),
                DuplicateEvents = db.Execute("DELETE FROM duplicates WHERE \"offset\" > @position AND metric_key = 0", args),
                DuplicateReadings = db.Execute("DELETE FROM duplicates WHERE \"offset\" > @position AND metric_key <> 0", args),
            };
            LaneTable.Uncount(db, again);
            db.Execute("DELETE FROM duplicates");
            db.Execute("DELETE FROM latest");
            db.Execute("DELETE FROM hits WHERE kind = @LastOffset", new { LastOffset });
            foreach (var lane in lanes)
                LaneTable.Put(db, lane, default);
        });
    }

    private long? NextDevice(long after) => database.Read(db => db.Scalar<long?>(
        "SELECT id FROM device_keys k WHERE id > @after AND NOT EXISTS (SELECT 1 FROM heads h WHERE h.device_key = k.id) ORDER BY id LIMIT 1", new { after }));

    private void Take(Db db, long key)
    {
        var heads = new Dictionary<long, MetricHead>();
        var again = new HashSet<(long Metric, long At, MetricValue Value)>();
        var blocks = Encode(db, key, heads, again);
        using var inserting = BlockTable.Inserting(db);
        foreach (var (columns, bytes) in blocks)
            BlockTable.Add(inserting, key, columns, 0, bytes);
        foreach (var row in db.Query<LatestRow>("SELECT metric_key, at, value, server_at FROM latest WHERE device_key = @key", new { key }))
        {
            // What retention has left of a metric; but not what the log is going to bring again.
            var value = StoredValue.Decode(row.Value);
            if (!again.Contains((row.MetricKey, row.At, value)))
                HeadOf(heads, row.MetricKey).Take(row.At, value, row.ServerAt);
        }
        var events = db.First<EventsRow>(
            "SELECT max(at) AS last_at, max(server_at) AS heard_at FROM device_events WHERE device_key = @key AND \"offset\" <= @position", new { key, position });
        var duplicates = db.Scalar<long>("SELECT count(*) FROM duplicates WHERE device_key = @key AND \"offset\" <= @position", new { key, position });
        body.Clear();
        HeadCodec.Write(body, [.. heads.Values]);
        using var heading = new RowStatement(db, HeadTable.Upsert, "@key", "@heard", "@event", "@duplicates", "@small", "@body");
        heading.Run(key, heads.Values.Select(h => h.ServerAt).Append(events.HeardAt ?? 0).Max(), events.LastAt ?? long.MinValue, duplicates,
            (long)blocks.Count(b => b.Columns.Rows < MostRows), body.Written.ToArray());
        db.Execute("DELETE FROM readings WHERE device_key = @key", new { key });
        LaneTable.Uncount(db, new TelemetryTotals { Readings = again.Count });
        foreach (var (columns, _) in blocks)
            columns.Release();
    }

    /// <summary>The device's rows in order of arrival; one message's are one row of a block.</summary>
    private List<(ReadingColumns Columns, byte[] Body)> Encode(Db db, long key, Dictionary<long, MetricHead> heads, HashSet<(long, long, MetricValue)> again)
    {
        var blocks = new List<(ReadingColumns, byte[])>();
        var open = new ReadingColumns(pool);
        using var command = db.Command(
            "SELECT metric_key, at, value, \"offset\", server_at FROM readings WHERE device_key = @key ORDER BY \"offset\", at", ("@key", key));
        using var reader = command.ExecuteReader();
        var (row, of) = (-1, (Offset: 0L, At: 0L));
        while (reader.Read())
        {
            var (metric, at, offset, serverAt) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(3), reader.GetInt64(4));
            var value = StoredValue.Decode(reader.GetFieldValue<byte[]>(2));
            if (offset > position)
            {
                again.Add((metric, at, value));
                continue;
            }
            if (of != (offset, at) && open.Rows >= MostRows)
            {
                blocks.Add((open, BlockCodec.Encode(open, body, columnsBody).ToArray()));
                open = new ReadingColumns(pool);
            }
            var column = open.ColumnOf((int)metric) is >= 0 and var known ? known : open.AddColumn((int)metric);
            if (of != (offset, at) || row < 0 || row >= open.Rows || open.Has(row, column))
                row = open.AddRow(at, offset, serverAt);
            of = (offset, at);
            open.Set(row, column, value);
            HeadOf(heads, metric).Take(at, value, serverAt);
        }
        if (open.Rows > 0)
            blocks.Add((open, BlockCodec.Encode(open, body, columnsBody).ToArray()));
        return blocks;
    }

    private static MetricHead HeadOf(Dictionary<long, MetricHead> heads, long metric)
    {
        if (!heads.TryGetValue(metric, out var head))
            heads.Add(metric, head = new MetricHead("", (int)metric));
        return head;
    }

    private sealed record LatestRow
    {
        public long MetricKey { get; init; }
        public long At { get; init; }
        public byte[] Value { get; init; } = [];
        public long ServerAt { get; init; }
    }

    private sealed record EventsRow
    {
        public long? LastAt { get; init; }
        public long? HeardAt { get; init; }
    }
}
