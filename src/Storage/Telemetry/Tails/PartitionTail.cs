using B2D.Storage.Telemetry.Blocks;

namespace B2D.Storage.Telemetry.Tails;

/// <summary>Counts of everything that was stored, ever.</summary>
internal struct TelemetryTotals
{
    public long Readings;
    public long Events;
    public long DuplicateReadings;
    public long DuplicateEvents;
}

/// <summary>A device's part of a cut.</summary>
internal sealed record DeviceCut(DeviceTail Tail, IReadOnlyList<ReadingColumns> Columns, IReadOnlyList<TailEvent> Events, Range Head, long HeardAt, long EventAt, long Duplicates);

/// <summary>A partition as it stood at one position of the log: what came since the cut before, and the lane's memory.</summary>
internal sealed record PartitionCut(LaneMemory Lane, TelemetryTotals Totals, IReadOnlyList<DeviceCut> Devices, byte[] Heads);

/// <summary>
/// What is in memory of a partition's devices. One thread changes it, the worker's; others look under <see cref="Gate"/>, and the arranger takes away under it
/// what has come to disk.
/// </summary>
internal sealed class PartitionTail(int number)
{
    /// <summary>Device numbers of a partition lie side by side, so that a cut touches few pages of an index.</summary>
    public const int KeyBits = 23;

    private readonly ByteWriter heads = new();

    public int Number => number;

    public Lock Gate { get; } = new();

    public Dictionary<string, DeviceTail> Devices { get; } = new(StringComparer.Ordinal);

    public List<DeviceTail> Dirty { get; } = [];

    /// <summary>The cut that is not on disk yet; there is at most one.</summary>
    public PartitionCut? Cut { get; set; }

    /// <summary>Every device of the tables is in memory: one that is not here is new.</summary>
    public bool IsComplete { get; set; } = true;

    /// <summary>The last device number given.</summary>
    public long LastKey { get; set; } = (long)number << KeyBits;

    public TelemetryTotals Totals;

    /// <summary>Puts everything aside that is not on disk.</summary>
    public PartitionCut TakeCut(LaneMemory lane)
    {
        heads.Clear();
        lock (Gate)
        {
            var cuts = new List<DeviceCut>(Dirty.Count);
            foreach (var tail in Dirty)
                cuts.Add(TakeCut(tail));
            Dirty.Clear();
            return Cut = new PartitionCut(lane, Totals, cuts, heads.Written.ToArray());
        }
    }

    public void MarkDirty(DeviceTail tail)
    {
        if (tail.IsDirty)
            return;
        tail.IsDirty = true;
        Dirty.Add(tail);
    }

    /// <summary>Columns that are full begin anew with the metrics that were in use.</summary>
    public static void Close(DeviceTail tail)
    {
        if (tail.Open is not { Rows: > 0 } open)
            return;
        tail.Settle();
        tail.Closed.Add(open);
        tail.Open = null;
        tail.ExpectedRows = open.Rows;
        for (var column = tail.OpenHeads.Count - 1; column >= 0; column--)
        {
            if (!open.IsUsed(column))
            {
                tail.OpenHeads.RemoveAt(column);
                tail.UsualNames = [];
            }
        }
    }

    private DeviceCut TakeCut(DeviceTail tail)
    {
        Close(tail);
        var from = heads.Length;
        HeadCodec.Write(heads, tail.Heads);
        var cut = new DeviceCut(tail, [.. tail.Closed], [.. tail.Events], from..heads.Length, tail.HeardAt, tail.EventAt, tail.Duplicates);
        tail.Closed.Clear();
        tail.Events.Clear();
        tail.IsDirty = false;
        return tail.Cut = cut;
    }
}
