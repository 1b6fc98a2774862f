using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry.Blocks;
using B2D.Storage.Telemetry.Tails;

namespace B2D.Storage.Telemetry;

/// <summary>One point of a metric's series.</summary>
public readonly record struct SeriesPoint(DeviceTime At, MetricValue Value);

/// <summary>The last value of a metric by device time; of several at one time the last to arrive.</summary>
public sealed record LatestValue(string Metric, DeviceTime At, MetricValue Value, ServerTime ServerAt);

/// <summary>A device fault code that appeared or went away.</summary>
public sealed record EventPoint(DeviceTime At, string Code, CodeState State, long Offset, ServerTime ServerAt);

/// <summary>
/// Readings and events by device, metric and device time. What is new is in memory, seen by every query at once; a cut puts a partition's share of it aside
/// together with the memory of its lane, and <see cref="Arrange"/> writes both in one transaction. So a partition's stored telemetry and its lane's memory stand at
/// the same position of the log, and what follows it can be appended again with the same answers.
/// <para>
/// <see cref="Load"/>, <see cref="Append(in LogEntry, Entry.Telemetry, DeviceTime, Span{bool})"/>, <see cref="Heard"/> and <see cref="Cut"/> are one thread's, the
/// worker's, or where there are several <see cref="Shares"/> appending and hearing each one thread's of its own; <see cref="Arrange"/> is another's; queries come from any.
/// </para>
/// </summary>
public sealed partial class TelemetryStore : IDisposable
{
    /// <summary>Most points that <see cref="Series"/> and events that <see cref="Events"/> return.</summary>
    public const int MaxPoints = 10_000;

    /// <summary>A tail that was idle for so long leaves the memory with a cut, in milliseconds: a day.</summary>
    private const long IdleMs = 86_400_000;

    /// <summary>Devices heard so long before the last one are loaded when they come up, not at the start: two hours, in milliseconds.</summary>
    private const long RecentMs = 7_200_000;

    private readonly SlabPool pool = new();
    private readonly StoredMetrics metrics = new();
    private readonly Lock cutGate = new();
    private readonly Queue<PartitionCut> cuts = new();
    private PartitionTail[] partitions = Empty();
    private LaneMemory?[] stored = new LaneMemory?[Partitions.Count];
    private TelemetryTotals before;

    internal TelemetryStore(Database database)
    {
        Database = database;
        intakes = [new Intake(database, pool)];
        Load();
    }

    /// <summary>Bytes that readings take in memory, cuts that are not on disk included.</summary>
    public long TailBytes => pool.UsedBytes;

    /// <inheritdoc cref="Database.Checkpoint"/>
    public void Checkpoint() => Database.Checkpoint();

    /// <summary>Cuts that are not on disk yet.</summary>
    public int PendingCuts
    {
        get
        {
            lock (cutGate)
                return cuts.Count;
        }
    }

    /// <summary>Damaged blocks met while looking for duplicates; what they held counts as not stored.</summary>
    public long DamagedBlocks => intakes.Sum(i => i.Lookup.Damaged);

    /// <summary>
    /// From here on the log is needed: the position up to which every partition is committed, and the server time of that. The loss of power may undo the last
    /// commits, so that whoever trims the log leaves a day more.
    /// </summary>
    public (long Position, ServerTime At) NeedsLogFrom
    {
        get
        {
            lock (cutGate)
                return (stored.Min(l => l?.Position ?? 0), new ServerTime(stored.Min(l => l?.At.EpochMs ?? 0)));
        }
    }

    internal Database Database { get; }

    /// <summary>
    /// Forgets what is in memory only and begins at what is on disk. The lanes' memories, one for each partition that was ever cut; the others begin at the
    /// log's first entry.
    /// </summary>
    public IReadOnlyList<LaneMemory> Load()
    {
        lock (cutGate)
            cuts.Clear();
        foreach (var partition in partitions)
            Forget(partition);
        merges.Clear();
        seen.Clear();
        Array.ForEach(intakes, i => i.Lookup.Clear());
        metrics.Load(Database);
        var fresh = Empty();
        var (lanes, totals) = Database.Read(LaneTable.All);
        foreach (var (lane, total) in lanes)
            fresh[lane.Partition].Totals = total;
        LoadDevices(fresh);
        lock (cutGate)
        {
            before = totals;
            stored = new LaneMemory?[Partitions.Count];
            foreach (var (lane, _) in lanes)
                stored[lane.Partition] = lane with { Body = [] };
        }
        Volatile.Write(ref partitions, fresh);
        return [.. lanes.Select(l => l.Lane)];
    }

    /// <summary>True where the partition's last cut is not on disk yet.</summary>
    public bool IsCutPending(int partition) => partitions[partition].Cut is not null;

    /// <summary>
    /// Puts a partition's telemetry aside as it is after the log's position of <paramref name="lane"/>, with the lane's memory. Everything that the lane decided
    /// up to there must be committed for good. False where its last cut is not on disk yet: then nothing happens.
    /// </summary>
    public bool Cut(LaneMemory lane)
    {
        var partition = partitions[lane.Partition];
        if (partition.Cut is not null)
            return false;
        var cut = partition.TakeCut(lane);
        LeaveIdle(partition, lane.At.EpochMs);
        lock (cutGate)
            cuts.Enqueue(cut);
        return true;
    }

    public void Dispose() => Database.Dispose();

    private static PartitionTail[] Empty() => [.. Enumerable.Range(0, Partitions.Count).Select(p => new PartitionTail(p))];

    private static void Forget(PartitionTail partition)
    {
        lock (partition.Gate)
        {
            foreach (var columns in partition.Devices.Values.SelectMany(t => t.Columns()))
                columns.Release();
            partition.Devices.Clear();
            partition.Cut = null;
        }
    }

    private void LoadDevices(PartitionTail[] fresh)
    {
        Database.Read(db =>
        {
            foreach (var (partition, last) in HeadTable.LastKeys(db))
                fresh[partition].LastKey = last;
            var newest = db.Scalar<long?>("SELECT max(heard_at) FROM heads") ?? 0;
            var known = 0L;
            HeadTable.Each(db, newest - RecentMs, row =>
            {
                known++;
                var tail = Revive(row);
                fresh[Partitions.Of(tail.Device)].Devices.Add(tail.Device.Value, tail);
                // It may not have been told before the end that it was heard.
                if (row.HeardAt >= newest - SeenAgainMs)
                    MarkSeen(tail, row.HeardAt);
            });
            var all = known == db.Scalar<long>("SELECT count(*) FROM device_keys");
            Array.ForEach(fresh, p => p.IsComplete = all);
        });
    }

    private DeviceTail Revive(HeadRow row)
    {
        var tail = new DeviceTail(DeviceId.Parse(row.Name), row.DeviceKey) { IsNumbered = true, HeardAt = row.HeardAt, EventAt = row.EventAt, Duplicates = row.Duplicates, SmallBlocks = (int)row.SmallBlocks };
        foreach (var stored in HeadCodec.Read(row.Body))
        {
            if (!metrics.TryName(stored.Metric, out var name))
                throw ByteReader.Damaged($"metric {stored.Metric} of {row.Name} has no name");
            var head = new MetricHead(name, stored.Metric);
            head.Take(stored.At, stored.Value, stored.ServerAt);
            tail.Add(head);
            tail.StoredUntil = tail.NewestAt = Math.Max(tail.StoredUntil, stored.At);
        }
        return tail;
    }

    private void LeaveIdle(PartitionTail partition, long now)
    {
        List<DeviceTail>? idle = null;
        foreach (var tail in partition.Devices.Values)
        {
            if (tail is { IsDirty: false, IsNumbered: true, IsSeenPending: false, Cut: null } && tail.HeardAt < now - IdleMs)
                (idle ??= []).Add(tail);
        }
        if (idle is null)
            return;
        lock (partition.Gate)
        {
            partition.IsComplete = false;
            foreach (var tail in idle)
            {
                tail.Open?.Release();
                partition.Devices.Remove(tail.Device.Value);
            }
        }
    }
}
