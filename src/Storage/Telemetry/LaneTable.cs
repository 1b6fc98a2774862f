using B2D.Core;
using B2D.Storage.Telemetry.Tails;

namespace B2D.Storage.Telemetry;

/// <summary>Partitions at their positions, and the counts from before there were any.</summary>
internal static class LaneTable
{
    private const string ReadingsHit = "readings";
    private const string EventsHit = "events";
    private const string DuplicateReadingsHit = "duplicate-readings";
    private const string DuplicateEventsHit = "duplicate-events";

    /// <summary>Every partition that was cut, and what was counted without partitions.</summary>
    public static (IReadOnlyList<(LaneMemory Lane, TelemetryTotals Totals)> Lanes, TelemetryTotals Before) All(Db db)
    {
        var lanes = db.Query<LaneRow>($"SELECT {Columns<LaneRow>.All} FROM lanes ORDER BY partition").Select(r => (
            new LaneMemory((int)r.Partition, r.Position, new ServerTime(r.At), (int)r.Format, r.Body),
            new TelemetryTotals { Readings = r.Readings, Events = r.Events, DuplicateReadings = r.DuplicateReadings, DuplicateEvents = r.DuplicateEvents }));
        return ([.. lanes], new TelemetryTotals
        {
            Readings = Hits(db, ReadingsHit),
            Events = Hits(db, EventsHit),
            DuplicateReadings = Hits(db, DuplicateReadingsHit),
            DuplicateEvents = Hits(db, DuplicateEventsHit),
        });
    }

    public static void Put(Db db, LaneMemory lane, TelemetryTotals totals) => db.Execute(
        $"""
        INSERT INTO lanes ({Columns<LaneRow>.All}) VALUES ({Columns<LaneRow>.Values})
        ON CONFLICT (partition) DO UPDATE SET position = excluded.position, at = excluded.at, readings = excluded.readings, events = excluded.events,
          duplicate_readings = excluded.duplicate_readings, duplicate_events = excluded.duplicate_events, format = excluded.format, body = excluded.body
        """,
        new LaneRow
        {
            Partition = lane.Partition,
            Position = lane.Position,
            At = lane.At.EpochMs,
            Readings = totals.Readings,
            Events = totals.Events,
            DuplicateReadings = totals.DuplicateReadings,
            DuplicateEvents = totals.DuplicateEvents,
            Format = lane.Format,
            Body = lane.Body,
        });

    /// <summary>The position up to which this partition's telemetry is stored; 0 where nothing is.</summary>
    public static long Position(Db db, int partition) => db.Scalar<long?>("SELECT position FROM lanes WHERE partition = @partition", new { partition }) ?? 0;

    /// <summary>The positions of all partitions.</summary>
    public static long[] Positions(Db db)
    {
        var positions = new long[Core.Devices.Partitions.Count];
        foreach (var row in db.Query<LaneRow>("SELECT partition, position FROM lanes"))
            positions[row.Partition] = row.Position;
        return positions;
    }

    /// <summary>Takes from what was counted without partitions what is going to be counted again.</summary>
    public static void Uncount(Db db, TelemetryTotals again)
    {
        Less(ReadingsHit, again.Readings);
        Less(EventsHit, again.Events);
        Less(DuplicateReadingsHit, again.DuplicateReadings);
        Less(DuplicateEventsHit, again.DuplicateEvents);

        void Less(string kind, long count) => db.Execute("UPDATE hits SET count = count - @count WHERE kind = @kind", new { kind, count });
    }

    public static long Hits(Db db, string kind) => db.Scalar<long?>("SELECT count FROM hits WHERE kind = @kind", new { kind }) ?? 0;

    private sealed record LaneRow
    {
        public long Partition { get; init; }
        public long Position { get; init; }
        public long At { get; init; }
        public long Readings { get; init; }
        public long Events { get; init; }
        public long DuplicateReadings { get; init; }
        public long DuplicateEvents { get; init; }
        public long Format { get; init; }
        public byte[] Body { get; init; } = [];
    }
}
