using System.Runtime.InteropServices;
using B2D.Core.Faults;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Telemetry;

namespace B2D.ProactiveWorker.Telemetry;

/// <summary>
/// What one thread does of a batch: the entries of its partitions, in their order. Shares have no partition in common, so they run at the same time, and what a
/// lane decides depends on nothing but its own entries. One thread's at a time.
/// </summary>
/// <param name="number">Its partitions are those that leave this remainder when divided by <paramref name="of"/>.</param>
/// <param name="of">How many shares there are.</param>
/// <param name="lanes">All lanes, by partition.</param>
/// <param name="telemetry">Where the readings go.</param>
/// <param name="ruleSet">Rule sets by hash; asked from every share's thread.</param>
internal sealed class LaneShare(int number, int of, Lane[] lanes, TelemetryStore telemetry, Func<string, ActiveRules> ruleSet)
{
    private readonly List<LogEntry> mine = [];
    private readonly List<LaneEffect> effects = [];
    private readonly List<(long Offset, int From)> begins = [];
    private readonly MemoryFetch fetch = new();
    private bool[] verdicts = new bool[64];
    private (long Offset, Judgement Judged) judged;
    private long appended;
    private int next;

    /// <summary>Entries of the batch that are this share's.</summary>
    public int Count => mine.Count;

    /// <summary>Other rules came into force in one of its lanes.</summary>
    public bool Activated { get; private set; }

    /// <summary>Takes its entries out of a batch, but for those that a lane has seen: <paramref name="seen"/> has an offset for each partition.</summary>
    public void Begin(List<LogEntry> batch, long[] seen)
    {
        mine.Clear();
        effects.Clear();
        begins.Clear();
        (next, Activated) = (0, false);
        foreach (ref readonly var entry in CollectionsMarshal.AsSpan(batch))
        {
            if ((of == 1 || entry.Partition % of == number) && entry.Offset > seen[entry.Partition])
                mine.Add(entry);
        }
    }

    /// <summary>Applies its entries. Cut short, by a disk that could not be read, it goes on where it was: nothing is judged or appended a second time.</summary>
    public void Work()
    {
        var entries = CollectionsMarshal.AsSpan(mine);
        for (var fetched = next; next < entries.Length; next++)
        {
            if (next >= fetched)
            {
                var soon = entries.Slice(next, Math.Min(MemoryFetch.AtOnce, entries.Length - next));
                fetch.Fetch(lanes, soon);
                telemetry.Fetch(soon);
                fetched = next + MemoryFetch.AtOnce;
            }
            var before = effects.Count;
            Apply(entries[next]);
            if (effects.Count > before)
                begins.Add((entries[next].Offset, before));
        }
    }

    /// <summary>Puts together what the shares of a batch decided, in order of the entries that it came of: as one thread alone would have.</summary>
    public static void Gather(LaneShare[] shares, List<LaneEffect> into)
    {
        var parts = new List<(long Offset, LaneShare Share, int From, int Until)>();
        foreach (var share in shares)
        {
            for (var i = 0; i < share.begins.Count; i++)
                parts.Add((share.begins[i].Offset, share, share.begins[i].From, i + 1 < share.begins.Count ? share.begins[i + 1].From : share.effects.Count));
        }
        parts.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        foreach (var (_, share, from, until) in parts)
            into.AddRange(CollectionsMarshal.AsSpan(share.effects)[from..until]);
    }

    /// <summary>True where its lanes decided something.</summary>
    public bool HasEffects => effects.Count > 0;

    private void Apply(in LogEntry entry)
    {
        var lane = lanes[entry.Partition];
        if (judged.Offset != entry.Offset)
            judged = (entry.Offset, lane.Judge(entry));
        ReadOnlySpan<bool> duplicates = [];
        switch (entry.Body)
        {
            case Entry.Telemetry t when judged.Judged.Known:
                if (judged.Judged.Redelivered)
                {
                    telemetry.Heard(entry.Partition, t.Device, entry.At);
                    break;
                }
                if (verdicts.Length < t.Readings.Length)
                    verdicts = new bool[t.Readings.Length];
                if (appended != entry.Offset)
                    telemetry.Append(entry, t, judged.Judged.At, verdicts.AsSpan(0, t.Readings.Length));
                duplicates = verdicts.AsSpan(0, t.Readings.Length);
                break;
            case Entry.Event e when judged.Judged.Known:
                if (judged.Judged.Redelivered)
                {
                    telemetry.Heard(entry.Partition, e.Device, entry.At);
                    break;
                }
                if (appended != entry.Offset)
                    verdicts[0] = telemetry.Append(entry, e, judged.Judged.At);
                duplicates = verdicts.AsSpan(0, 1);
                break;
        }
        appended = entry.Offset;
        lane.Apply(entry, judged.Judged, duplicates, ruleSet, effects);
        Activated |= entry.Body is Entry.RulesActivated;
    }
}
