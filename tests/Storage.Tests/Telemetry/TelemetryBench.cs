using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;
using Xunit;

namespace B2D.Storage.Tests.Telemetry;

/// <summary>How far what was appended has come.</summary>
public enum Stage
{
    Memory,
    Cut,
    Disk,
    Reloaded,
}

/// <summary>All stages.</summary>
public static class StageData
{
    public static TheoryData<Stage> All => [Stage.Memory, Stage.Cut, Stage.Disk, Stage.Reloaded];
}

/// <summary>Feeds a store as the worker does, from a log of its own, so that it can forget everything that is not on disk and go on from there.</summary>
internal sealed class TelemetryBench(TelemetryStore store)
{
    private readonly List<LogEntry> log = [];

    public TelemetryStore Store { get; set; } = store;

    public long LastOffset => log.Count;

    public bool[] Send(DeviceId device, long at, long server, params (string Metric, MetricValue Value)[] readings)
    {
        var sent = new Entry.Telemetry(device, new DeviceTime(at), [.. readings.Select(r => new Reading(r.Metric, r.Value))]);
        var entry = new LogEntry(Partitions.Of(device), log.Count + 1, new ServerTime(server), sent);
        log.Add(entry);
        return Append(entry, sent);
    }

    public bool Event(DeviceId device, long at, string code, CodeState state, long server = 1000)
    {
        var sent = new Entry.Event(device, code, state, new DeviceTime(at));
        var entry = new LogEntry(Partitions.Of(device), log.Count + 1, new ServerTime(server), sent);
        log.Add(entry);
        return Store.Append(entry, sent, sent.At!.Value);
    }

    public bool Cut(int partition) => Store.Cut(new LaneMemory(partition, log.Count, log.Count == 0 ? ServerTime.Zero : log[^1].At, 7, [(byte)partition]));

    public void CutAll()
    {
        for (var partition = 0; partition < Partitions.Count; partition++)
            Cut(partition);
    }

    /// <summary>Writes everything that was cut, and merges.</summary>
    public void Write()
    {
        while (Store.Arrange())
        {
        }
    }

    /// <summary>Brings everything to a stage.</summary>
    public void Bring(Stage stage)
    {
        if (stage >= Stage.Cut)
            CutAll();
        if (stage >= Stage.Disk)
            Write();
        if (stage >= Stage.Reloaded)
            Crash();
    }

    /// <summary>Forgets what is not on disk and appends again what each partition has not; the answers, by offset and place (an event's place is 0).</summary>
    public Dictionary<(long Offset, int Place), bool> Crash()
    {
        var positions = new long[Partitions.Count];
        foreach (var lane in Store.Load())
            positions[lane.Partition] = lane.Position;
        var answers = new Dictionary<(long, int), bool>();
        foreach (var entry in log.Where(e => e.Offset > positions[e.Partition]))
        {
            if (entry.Body is Entry.Event happened)
                answers[(entry.Offset, 0)] = Store.Append(entry, happened, happened.At!.Value);
            else if (entry.Body is Entry.Telemetry sent)
                Append(entry, sent).Index().ToList().ForEach(a => answers[(entry.Offset, a.Index)] = a.Item);
        }
        return answers;
    }

    private bool[] Append(LogEntry entry, Entry.Telemetry sent)
    {
        var answers = new bool[sent.Readings.Length];
        Store.Append(entry, sent, sent.At!.Value, answers);
        return answers;
    }
}
