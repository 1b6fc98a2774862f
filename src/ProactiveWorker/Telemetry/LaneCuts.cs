using System.Buffers;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Storage;
using B2D.Storage.Replay;
using B2D.Storage.Telemetry;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Telemetry;

/// <summary>What a start needs: cuts of one partition after the other, and the way back from them.</summary>
public sealed partial class LaneLoop
{
    private readonly ArrayBufferWriter<byte> laneBytes = new();
    private readonly long[] cutPositions = new long[Partitions.Count];
    private int nextCut;
    private long cutFrom;
    private long cutAt;

    /// <summary>Entries between two cuts, so that a round takes <see cref="WorkerOptions.SnapshotEvery"/>.</summary>
    private long CutEvery => Math.Max(1, options.SnapshotEvery / Partitions.Count);

    private TimeSpan CutWithin => options.SnapshotWithin / Partitions.Count;

    /// <summary>
    /// Restores the lanes: each partition's memory and telemetry as they are on disk, then the log from the smallest of their positions up to the last commit,
    /// whose effects are written already.
    /// </summary>
    public void Start()
    {
        var began = time.GetTimestamp();
        var checkpoint = stores.State.Read(db => CheckpointStore.Find(db, Stream));
        RestoreAll();
        var restored = time.GetElapsedTime(began);
        var replayed = Replay(checkpoint?.Position ?? 0);
        if (checkpoint is not null)
        {
            Advance(new ServerTime(checkpoint.TickedUntil));
            applied = committed = checkpoint.Position;
        }
        // What replaying found is in the databases since the last commit.
        effects.Clear();
        (cutFrom, cutAt, committedAt) = (applied, time.GetTimestamp(), time.GetTimestamp());
        nextCut = Array.IndexOf(cutPositions, cutPositions.Min());
        LogRestored(lanes.Sum(l => l.DeviceCount), applied, time.GetElapsedTime(began).TotalSeconds, restored.TotalSeconds, replayed);
    }

    /// <summary>
    /// Instead of <see cref="Start"/>, for one who only reads: lanes and telemetry are brought up to the end of the log, in memory alone.
    /// </summary>
    public void Follow()
    {
        RestoreAll();
        Replay(stores.Log.LastOffset);
    }

    private void RestoreAll()
    {
        Array.Clear(cutPositions);
        isUnfinished = false;
        foreach (var lane in Kept())
        {
            Restore(lane);
            cutPositions[lane.Partition] = lane.Position;
        }
        applied = cutPositions.Min();
    }

    /// <summary>Applies what each lane has not seen; the others pass it over.</summary>
    private long Replay(long until)
    {
        var replayed = 0L;
        while (applied < until)
        {
            var entries = Next(applied, (int)Math.Min(options.BatchEntries, until - applied));
            while (entries.Count > 0 && entries[^1].Offset > until)
                entries.RemoveAt(entries.Count - 1);
            replayed += Apply(entries);
            effects.Clear();
            if (entries.Count == 0)
                break;
        }
        return replayed;
    }

    private void Restore(LaneMemory lane)
    {
        if (lane.Format == 0)
            return;
        if (lane.Format is < LaneSnapshot.OldestLaneFormat or > LaneSnapshot.Format)
            throw new StorageException(StorageProblem.NewerData,
                $"The memory of lane {lane.Partition} has format {lane.Format}; this program reads formats {LaneSnapshot.OldestLaneFormat} to {LaneSnapshot.Format}.");
        LaneSnapshot.Read(lane.Body, lanes[lane.Partition], ruleSet);
    }

    /// <summary>Snapshots of all lanes as earlier releases wrote them.</summary>
    private static bool IsReadable(long format) => format is >= LaneSnapshot.OldestFormat and <= LaneSnapshot.Format;

    private LaneMemory Memory(int partition) =>
        new(partition, applied, ServerTime.Max(AppliedUntil, lanes[partition].TickedUntil), LaneSnapshot.Format, BytesOf(lanes[partition]));

    private byte[] BytesOf(Lane lane)
    {
        laneBytes.ResetWrittenCount();
        LaneSnapshot.Write(lane, laneBytes);
        return laneBytes.WrittenSpan.ToArray();
    }

    private bool IsCutDue() => cutPositions[nextCut] < applied
        && (applied - cutFrom >= CutEvery || time.GetElapsedTime(cutAt) >= CutWithin || telemetry.TailBytes > options.TailBytes);

    /// <summary>In turn; where the next one's last cut is not on disk yet, the arranger is behind, and all wait for it.</summary>
    private void CutDue()
    {
        for (var cuts = 0; cuts < CutsAtOnce && IsCutDue() && !telemetry.IsCutPending(nextCut); cuts++)
        {
            Cut(nextCut);
            nextCut = (nextCut + 1) % lanes.Length;
            cutFrom = Math.Min(applied, cutFrom + CutEvery);
            cutAt = time.GetTimestamp();
        }
    }

    private void Cut(int partition)
    {
        telemetry.Cut(Memory(partition));
        cutPositions[partition] = applied;
        WasCut?.Invoke();
    }

    /// <summary>
    /// What is on disk of the lanes. The layout before had one snapshot of all lanes in the state database, and readings as rows up to somewhere behind it: they
    /// are taken over once, as far as the snapshot, and the log brings the rest.
    /// </summary>
    private IReadOnlyList<LaneMemory> Kept()
    {
        var kept = telemetry.Load();
        var rows = telemetry.RowsUntil;
        var snapshots = kept.Count == 0 ? stores.State.Read(db => SnapshotStore.List(db, Stream)) : [];
        if (rows == 0 && snapshots.Count == 0)
            return kept;
        // After a loss of power telemetry may be behind the last snapshot; then the one before it is the one that fits.
        var usable = snapshots.Where(s => IsReadable(s.Format)).ToArray();
        var snapshot = usable.FirstOrDefault(s => rows == 0 || s.Position <= rows) ?? usable.FirstOrDefault();
        var position = snapshot?.Position ?? 0;
        LogUpgrading(position);
        List<LaneMemory> memories = [];
        if (snapshot is not null)
        {
            var old = NewLanes();
            LaneSnapshot.Read(snapshot.Body, old, ruleSet);
            memories.AddRange(old.Select(l => new LaneMemory(l.Partition, position, new ServerTime(snapshot.TakenAt), LaneSnapshot.Format, BytesOf(l))));
        }
        var next = 0L;
        telemetry.Upgrade(position, memories, (done, all) =>
        {
            if (done * 20 < next && done < all)
                return;
            next = (done * 20) + all;
            LogUpgraded(done, all);
        });
        return telemetry.Load();
    }

    [LoggerMessage(3010, LogLevel.Information, "Memory of {Devices} devices restored up to {Position} in {Seconds:0.0} s: {Load:0.0} s to load, {Entries} log entries replayed")]
    private partial void LogRestored(int devices, long position, double seconds, double load, long entries);

    [LoggerMessage(3011, LogLevel.Information, "Telemetry is brought into the layout of blocks, once, up to entry {Position}")]
    private partial void LogUpgrading(long position);

    [LoggerMessage(3012, LogLevel.Information, "Telemetry in blocks: {Done} of {All} devices")]
    private partial void LogUpgraded(long done, long all);

    [LoggerMessage(3013, LogLevel.Warning, "More than {Most} messages of {Device} wait for rules with lateness: the oldest are evaluated before their time")]
    private partial void LogReorderFull(DeviceId device, int most);
}
