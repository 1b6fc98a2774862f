using System.Runtime.InteropServices;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry.Tails;

namespace B2D.Storage.Telemetry;

/// <summary>The worker's side: what arrives, and whether it was there before.</summary>
public sealed partial class TelemetryStore
{
    /// <summary>Devices heard so long before the end may not have been told as heard, in milliseconds.</summary>
    private const long SeenAgainMs = 60_000;

    /// <summary>Values in one set of columns; what follows goes into the next.</summary>
    private const int MostCells = 16_384;

    private const int MostRows = 1024;
    private const int MostColumns = 512;

    private readonly Queue<(DeviceTail Tail, long Since)> seen = new();
    private Intake[] intakes;

    /// <summary>
    /// In how many shares entries are taken in at the same time, 1 to 64, default 1: those of partitions that leave the same remainder when divided by it are one
    /// thread's. Set before anything is taken in.
    /// </summary>
    public int Shares
    {
        get => intakes.Length;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 64);
            Array.ForEach(intakes, i => i.Lookup.Clear());
            intakes = [.. Enumerable.Range(0, value).Select(_ => new Intake(Database, pool))];
        }
    }

    /// <summary>Looks at what taking these in will look at, as <see cref="MemoryFetch"/> does for the lanes. Nothing is changed.</summary>
    /// <param name="entries">The next ones of one share, <see cref="MemoryFetch.AtOnce"/> at most.</param>
    public void Fetch(ReadOnlySpan<LogEntry> entries)
    {
        if (entries.IsEmpty)
            return;
        var intake = IntakeOf(entries[0].Partition);
        var fetched = intake.Fetched;
        var (seenInFetch, count) = (0L, 0);
        foreach (ref readonly var entry in entries)
        {
            if (entry.Body is Entry.Telemetry told && partitions[entry.Partition].Devices.TryGetValue(told.Device.Value, out var tail))
                fetched[count++] = tail;
        }
        for (var i = 0; i < count; i++)
            seenInFetch ^= fetched[i]!.NewestAt ^ fetched[i]!.UsualNames.Length;
        for (var i = 0; i < count; i++)
            seenInFetch ^= fetched[i]!.Open?.Rows ?? 0;
        for (var i = 0; i < count; i++)
            seenInFetch ^= fetched[i]!.Open?.FetchRow() ?? 0;
        intake.SeenInFetch ^= seenInFetch;
        Array.Clear(fetched, 0, count);
    }

    /// <summary>
    /// Takes the readings of an entry in. <paramref name="duplicate"/>[i] tells that an earlier entry had the same reading (device, metric, time and value).
    /// Every entry comes once, in order of the log; after <see cref="Load"/> again from each partition's position on.
    /// </summary>
    /// <exception cref="ArgumentException">The answers have not the length of the readings.</exception>
    public void Append(in LogEntry entry, Entry.Telemetry sent, DeviceTime at, Span<bool> duplicate)
    {
        var readings = ImmutableCollectionsMarshal.AsArray(sent.Readings).AsSpan();
        if (duplicate.Length != readings.Length)
            throw new ArgumentException("There must be an answer for each reading.", nameof(duplicate));
        var partition = partitions[entry.Partition];
        var tail = TailOf(partition, sent.Device);
        Hear(partition, tail, entry.At.EpochMs);
        if (readings.IsEmpty || TryAddUsual(partition, tail, entry, readings, at.EpochMs, duplicate))
            return;
        if (tail.IsUnsettled)
        {
            lock (partition.Gate)
                tail.Settle();
        }
        var open = OpenOf(tail);
        var intake = IntakeOf(entry.Partition);
        Match(intake, partition, tail, readings);
        var again = 0;
        for (var i = 0; i < readings.Length; i++)
        {
            var head = intake.Heads[i];
            // The newest of its metric cannot have been there before.
            duplicate[i] = head.Has && at.EpochMs <= head.At && IsStored(intake, partition, tail, head, at.EpochMs, readings[i].Value);
            again += duplicate[i] ? 1 : 0;
        }
        lock (partition.Gate)
        {
            if (again < readings.Length)
                partition.Totals.Readings += Add(intake, tail, open, readings, duplicate, at.EpochMs, entry.Offset, entry.At.EpochMs);
            partition.Totals.DuplicateReadings += again;
            tail.Duplicates += again;
        }
        Array.Clear(intake.Heads, 0, readings.Length);
        if (again == 0)
            ExpectAgain(tail, readings);
    }

    /// <summary>
    /// The usual message: newer than all before it, with the metrics of the one before it in their order, numbers and truths. A row is added and nothing else is
    /// touched; the newest values are brought up to date when somebody asks.
    /// </summary>
    private static bool TryAddUsual(PartitionTail partition, DeviceTail tail, in LogEntry entry, ReadOnlySpan<Reading> readings, long at, Span<bool> duplicate)
    {
        var names = tail.UsualNames.AsSpan();
        if (tail.Open is not { } open || at <= tail.NewestAt || names.Length != readings.Length)
            return false;
        for (var i = 0; i < names.Length; i++)
        {
            if (!ReferenceEquals(names[i], readings[i].Metric) || readings[i].Value.Kind is not (ValueKind.Number or ValueKind.Bool))
                return false;
        }
        lock (partition.Gate)
        {
            open.AddRow(at, entry.Offset, entry.At.EpochMs, readings);
            (tail.NewestAt, tail.IsUnsettled) = (at, true);
            partition.Totals.Readings += readings.Length;
            CloseFull(tail, open);
        }
        duplicate.Clear();
        return true;
    }

    /// <summary>The next message may be like this one, where it had every metric of the open columns in their order.</summary>
    private void ExpectAgain(DeviceTail tail, ReadOnlySpan<Reading> readings)
    {
        if (tail.UsualNames.Length > 0 || tail.Open is null || tail.OpenHeads.Count != readings.Length)
            return;
        for (var i = 0; i < readings.Length; i++)
        {
            if (tail.OpenHeads[i].Name != readings[i].Metric)
                return;
        }
        var names = new string[readings.Length];
        for (var i = 0; i < names.Length; i++)
            names[i] = readings[i].Metric;
        tail.UsualNames = names;
    }

    /// <summary>Takes an event in; true where an earlier entry had the same one (device, code, state and time).</summary>
    public bool Append(in LogEntry entry, Entry.Event sent, DeviceTime at)
    {
        var partition = partitions[entry.Partition];
        var tail = TailOf(partition, sent.Device);
        Hear(partition, tail, entry.At.EpochMs);
        var code = StoredText.Of(sent.Code);
        var again = at.EpochMs <= tail.EventAt && IsStored(partition, tail, code, sent.State, at.EpochMs);
        lock (partition.Gate)
        {
            if (again)
            {
                partition.Totals.DuplicateEvents++;
                tail.Duplicates++;
                return true;
            }
            tail.Events.Add(new TailEvent(code, sent.State, at.EpochMs, entry.Offset, entry.At.EpochMs));
            tail.EventAt = Math.Max(tail.EventAt, at.EpochMs);
            partition.Totals.Events++;
        }
        return false;
    }

    /// <summary>A device was heard; <c>Append</c> says so itself.</summary>
    public void Heard(int partition, DeviceId device, ServerTime at) => Hear(partitions[partition], TailOf(partitions[partition], device), at.EpochMs);

    /// <summary>Devices that were heard and not yet told: those that wait since <paramref name="until"/> or before, at most <paramref name="max"/>, each with when it was heard last.</summary>
    public IReadOnlyDictionary<string, long> HeardSince(ServerTime until, int max)
    {
        var told = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (tail, since) in seen)
        {
            if (since > until.EpochMs || told.Count >= max)
                break;
            told.Add(tail.Device.Value, tail.HeardAt);
        }
        return told;
    }

    /// <summary>The first so many of <see cref="HeardSince"/> are told.</summary>
    public void Told(int count)
    {
        while (count-- > 0)
            seen.Dequeue().Tail.IsSeenPending = false;
    }

    private void Hear(PartitionTail partition, DeviceTail tail, long at)
    {
        if (at > tail.HeardAt)
            tail.HeardAt = at;
        partition.MarkDirty(tail);
        if (!tail.IsSeenPending)
            MarkSeen(tail, at);
    }

    private void MarkSeen(DeviceTail tail, long at)
    {
        tail.IsSeenPending = true;
        lock (seen) // of all shares; once for each time that a device is told as heard
            seen.Enqueue((tail, at));
    }

    private DeviceTail TailOf(PartitionTail partition, DeviceId device) =>
        partition.Devices.TryGetValue(device.Value, out var tail) ? tail : Enter(partition, device);

    private DeviceTail Enter(PartitionTail partition, DeviceId device)
    {
        var row = partition.IsComplete ? null : Database.Read(db => HeadTable.Find(db, device.Value));
        var tail = row is null ? new DeviceTail(device, partition.LastKey + 1) : Revive(row);
        lock (partition.Gate)
            partition.Devices.Add(device.Value, tail);
        if (row is null)
            partition.LastKey++;
        return tail;
    }

    private ReadingColumns OpenOf(DeviceTail tail)
    {
        if (tail.Open is { } open)
            return open;
        open = new ReadingColumns(pool);
        open.Reserve(tail.ExpectedRows, tail.OpenHeads.Count);
        foreach (var head in tail.OpenHeads)
            open.AddColumn(head.Metric);
        return tail.Open = open;
    }

    /// <summary>Finds the head and the column (-1: none yet) of each reading: mostly they come in the order of the message before.</summary>
    private void Match(Intake intake, PartitionTail partition, DeviceTail tail, ReadOnlySpan<Reading> readings)
    {
        if (intake.Heads.Length < readings.Length)
            (intake.Heads, intake.Columns) = (new MetricHead[readings.Length], new int[readings.Length]);
        var open = CollectionsMarshal.AsSpan(tail.OpenHeads);
        var next = 0;
        for (var i = 0; i < readings.Length; i++)
        {
            var metric = readings[i].Metric;
            if (next < open.Length && (ReferenceEquals(open[next].Name, metric) || open[next].Name == metric))
            {
                (intake.Heads[i], intake.Columns[i]) = (open[next], next);
                next++;
                continue;
            }
            var head = tail.Find(metric) ?? NewHead(partition, tail, metric);
            var column = open.IndexOf(head);
            (intake.Heads[i], intake.Columns[i]) = (head, column);
            next = column + 1;
        }
    }

    private MetricHead NewHead(PartitionTail partition, DeviceTail tail, string metric)
    {
        var (number, name) = metrics.Of(metric);
        if (tail.Find(name) is { } known) // under the name as it is kept
            return known;
        var head = new MetricHead(name, number);
        lock (partition.Gate)
            tail.Add(head);
        return head;
    }

    /// <summary>Puts the new ones into a row; a metric that comes twice begins another.</summary>
    private int Add(Intake intake, DeviceTail tail, ReadingColumns open, ReadOnlySpan<Reading> readings, ReadOnlySpan<bool> duplicate, long at, long offset, long serverAt)
    {
        var added = 0;
        var row = -1;
        for (var i = 0; i < readings.Length; i++)
        {
            if (duplicate[i])
                continue;
            var (head, column, value) = (intake.Heads[i], intake.Columns[i], ReadingColumns.Keepable(readings[i].Value));
            if (column < 0 || column >= open.Columns || open.Metrics[column] != head.Metric)
            {
                column = open.ColumnOf(head.Metric);
                if (column < 0 && open.Columns >= MostColumns && open.Rows > 0)
                {
                    PartitionTail.Close(tail);
                    tail.OpenHeads.Clear();
                    tail.UsualNames = [];
                    (open, row) = (OpenOf(tail), -1);
                }
                if (column < 0)
                {
                    column = open.AddColumn(head.Metric);
                    tail.OpenHeads.Add(head);
                    tail.UsualNames = [];
                }
            }
            if (row >= 0 && open.Has(row, column))
            {
                if (open.ValueAt(row, column) == value)
                    continue;
                row = -1;
            }
            if (row < 0)
                row = open.AddRow(at, offset, serverAt);
            open.Set(row, column, value);
            head.Take(at, value, serverAt);
            added++;
        }
        if (added > 0 && at > tail.NewestAt)
            tail.NewestAt = at;
        CloseFull(tail, open);
        return added;
    }

    private static void CloseFull(DeviceTail tail, ReadingColumns open)
    {
        if (open.Rows >= MostRows || open.Rows * open.Columns >= MostCells)
            PartitionTail.Close(tail);
    }

    private static bool IsStored(Intake intake, PartitionTail partition, DeviceTail tail, MetricHead head, long at, MetricValue value)
    {
        value = ReadingColumns.Keepable(value);
        if (at == head.At && head.Value == value)
            return true;
        int writes;
        lock (partition.Gate)
        {
            // Memory first: what leaves it meanwhile is on disk then.
            foreach (var columns in tail.Columns())
            {
                if (columns.Contains(head.Metric, at, value))
                    return true;
            }
            writes = tail.Writes;
            if (at > tail.StoredUntil)
                return false;
        }
        return intake.Lookup.Contains(tail.Key, writes, head.Metric, at, value);
    }

    private bool IsStored(PartitionTail partition, DeviceTail tail, string code, CodeState state, long at)
    {
        lock (partition.Gate)
        {
            if (tail.AllEvents().Any(e => e.Code == code && e.State == state && e.At == at))
                return true;
        }
        return Database.Read(db => db.Scalar<long>(
            "SELECT count(*) FROM device_events WHERE device_key = @Key AND code = @code AND state = @state AND at = @at", new { tail.Key, code, state = (long)state, at })) > 0;
    }

    private Intake IntakeOf(int partition) => intakes[intakes.Length == 1 ? 0 : partition % intakes.Length];

    /// <summary>What one share's thread needs to take entries in.</summary>
    private sealed class Intake(Database database, SlabPool pool)
    {
        /// <summary>By reading of the message at hand, the head of its metric.</summary>
        public MetricHead[] Heads { get; set; } = new MetricHead[64];

        /// <summary>By reading, its column; -1: none yet.</summary>
        public int[] Columns { get; set; } = new int[64];

        public DeviceTail?[] Fetched { get; } = new DeviceTail?[MemoryFetch.AtOnce];

        /// <summary>Nothing of worth; without it nothing would have to be looked at.</summary>
        public long SeenInFetch { get; set; }

        public BlockLookup Lookup { get; } = new(database, pool);
    }
}
