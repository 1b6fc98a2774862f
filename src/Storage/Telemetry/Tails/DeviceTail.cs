using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Storage.Telemetry.Tails;

/// <summary>The newest value of a metric of a device: by device time; of several at one time the last to arrive.</summary>
internal sealed class MetricHead(string name, int metric)
{
    public string Name => name;

    /// <summary>The metric's number.</summary>
    public int Metric => metric;

    /// <summary>False before the first value.</summary>
    public bool Has { get; private set; }

    public long At { get; private set; }

    public MetricValue Value { get; private set; }

    public long ServerAt { get; private set; }

    public void Take(long at, MetricValue value, long serverAt)
    {
        if (Has && at < At)
            return;
        (Has, At, Value, ServerAt) = (true, at, value, serverAt);
    }
}

/// <summary>An event of a device that is not in the table yet.</summary>
internal readonly record struct TailEvent(string Code, CodeState State, long At, long Offset, long ServerAt);

/// <summary>
/// What is in memory of a device: its newest values, the readings since the last cut, and the cut that is not on disk yet. The worker changes it, under its
/// partition's lock wherever another thread may look.
/// </summary>
internal sealed class DeviceTail(DeviceId device, long key)
{
    /// <summary>From so many metrics on a dictionary finds them sooner.</summary>
    private const int FewMetrics = 16;

    private Dictionary<string, MetricHead>? byName;

    public DeviceId Device => device;

    /// <summary>The device's number in the tables.</summary>
    public long Key => key;

    /// <summary>True once the number is in the tables.</summary>
    public bool IsNumbered { get; set; }

    public List<MetricHead> Heads { get; } = [];

    /// <summary>The columns that rows are added to; null before the first.</summary>
    public ReadingColumns? Open { get; set; }

    /// <summary>The heads of the open columns, in their order.</summary>
    public List<MetricHead> OpenHeads { get; } = [];

    /// <summary>The names of the open columns, in their order, as the last message had them; empty where it had others.</summary>
    public string[] UsualNames { get; set; } = [];

    /// <summary>No reading of it has a later time.</summary>
    public long NewestAt { get; set; } = long.MinValue;

    /// <summary>The last open row has every open column and is newer than all before it, and the heads do not know yet.</summary>
    public bool IsUnsettled { get; set; }

    /// <summary>Columns that were full before the cut came.</summary>
    public List<ReadingColumns> Closed { get; } = [];

    public List<TailEvent> Events { get; } = [];

    /// <summary>What was moved aside and is not on disk yet.</summary>
    public DeviceCut? Cut { get; set; }

    /// <summary>Server time at which it was heard last.</summary>
    public long HeardAt { get; set; }

    /// <summary>The newest event's time.</summary>
    public long EventAt { get; set; } = long.MinValue;

    /// <summary>No stored block has a later time.</summary>
    public long StoredUntil { get; set; } = long.MinValue;

    /// <summary>Readings and events that were sent again.</summary>
    public long Duplicates { get; set; }

    /// <summary>Stored blocks that are worth merging; only the arranger's.</summary>
    public int SmallBlocks { get; set; }

    /// <summary>Goes up whenever a cut of it came to disk.</summary>
    public int Writes { get; set; }

    /// <summary>Something is to be written at the next cut.</summary>
    public bool IsDirty { get; set; }

    /// <summary>That it was heard is still to be told.</summary>
    public bool IsSeenPending { get; set; }

    /// <summary>Rows that came between the last two cuts.</summary>
    public int ExpectedRows { get; set; }

    /// <summary>Brings the newest values up to date; under the partition's lock.</summary>
    public void Settle()
    {
        if (!IsUnsettled)
            return;
        IsUnsettled = false;
        var (open, row) = (Open!, Open!.Rows - 1);
        for (var column = 0; column < OpenHeads.Count; column++)
            OpenHeads[column].Take(NewestAt, open.ValueAt(row, column), open.LastServerAt);
    }

    /// <summary>The head of a metric, null where it has none.</summary>
    public MetricHead? Find(string metric)
    {
        if (byName is not null)
            return byName.GetValueOrDefault(metric);
        foreach (var head in Heads)
        {
            if (head.Name == metric)
                return head;
        }
        return null;
    }

    public void Add(MetricHead head)
    {
        Heads.Add(head);
        if (byName is not null)
            byName.Add(head.Name, head);
        else if (Heads.Count > FewMetrics)
            byName = Heads.ToDictionary(h => h.Name, StringComparer.Ordinal);
    }

    /// <summary>All columns in memory, in order of arrival.</summary>
    public IEnumerable<ReadingColumns> Columns() => [.. Cut?.Columns ?? [], .. Closed, .. Open is { Rows: > 0 } open ? [open] : Array.Empty<ReadingColumns>()];

    /// <summary>All events in memory, in order of arrival.</summary>
    public IEnumerable<TailEvent> AllEvents() => [.. Cut?.Events ?? [], .. Events];
}
