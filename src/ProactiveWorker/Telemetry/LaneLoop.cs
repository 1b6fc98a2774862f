using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker.Faults;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Replay;
using B2D.Storage.Telemetry;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Telemetry;

/// <summary>
/// Reads the log in order, arranges its readings, evaluates the rules and commits what follows together with how far it has come.
/// Killed anywhere, it begins again at the last commit and writes nothing twice.
/// </summary>
public sealed partial class LaneLoop
{
    private const string Stream = "lanes";

    private readonly Stores stores;
    private readonly RuleBook book;
    private readonly EffectRecorder recorder;
    private readonly WorkerOptions options;
    private readonly ILogger<LaneLoop> log;
    private readonly Lane[] lanes;
    private readonly List<LaneEffect> effects = [];
    private readonly Dictionary<string, long> seen = new(StringComparer.Ordinal);
    private long position;
    private long sinceSnapshot;
    private bool activated;

    public LaneLoop(Stores stores, RuleBook book, EffectRecorder recorder, WorkerOptions options, ILogger<LaneLoop> log)
    {
        (this.stores, this.book, this.recorder, this.options, this.log) = (stores, book, recorder, options, log);
        lanes = [.. Enumerable.Range(0, Partitions.Count).Select(p => new Lane(p, options.Arrival))];
    }

    /// <summary>The last offset whose effects are committed.</summary>
    public long Position => position;

    /// <summary>The rule set that is evaluated; before the first pump or on the pump's thread.</summary>
    public string RulesHash => lanes[0].Rules.Set.Hash;

    /// <summary>Entries applied since the start, for /metrics.</summary>
    public long Applied { get; private set; }

    /// <summary>Server time of the newest entry applied.</summary>
    public ServerTime AppliedUntil { get; private set; }

    /// <summary>True for a device that the lanes know; before the first pump or on the pump's thread.</summary>
    public bool Knows(DeviceId device) => lanes[Partitions.Of(device)].Knows(device);

    /// <summary>Called after a commit that wrote something the other loops wait for.</summary>
    public Action? Committed { get; set; }

    /// <summary>Restores the lanes: the newest snapshot, then the log up to the last commit, whose effects are written already.</summary>
    public void Start()
    {
        var checkpoint = stores.State.Read(db => CheckpointStore.Find(db, Stream));
        var snapshot = stores.State.Read(db => SnapshotStore.Latest(db, Stream));
        if (snapshot is { Format: LaneSnapshot.Format })
        {
            LaneSnapshot.Read(snapshot.Body, lanes, hash => book[hash]);
            position = snapshot.Position;
        }
        if (checkpoint is null)
            return;
        while (position < checkpoint.Position)
        {
            var entries = Read((int)Math.Min(options.BatchEntries, checkpoint.Position - position));
            if (entries.Count == 0)
                break;
            Apply([.. entries.TakeWhile(e => e.Offset <= checkpoint.Position)]);
            position = entries[^1].Offset;
        }
        Advance(new ServerTime(checkpoint.TickedUntil));
        // What replaying found is in the databases since the last commit.
        effects.Clear();
        seen.Clear();
        position = checkpoint.Position;
        LogRestored(lanes.Sum(l => l.DeviceCount), snapshot?.Position ?? 0, position);
    }

    /// <summary>One turn; true where there may be more to do at once.</summary>
    public bool Pump()
    {
        // In this order: what was sealed before the read is complete after it.
        var sealedUntil = stores.Log.SealedUntil;
        var entries = Read(options.BatchEntries);
        if (entries.Count > 0)
            Apply(entries);
        // All lanes stand at the same instant at a commit, so that one number says how far ticks have run. No later entry carries an earlier time.
        var until = entries.Count > 0 ? entries[^1].At : ServerTime.Zero;
        Advance(entries.Count < options.BatchEntries ? ServerTime.Max(until, sealedUntil) : until);
        if (entries.Count > 0 || effects.Count > 0)
            Commit(entries.Count > 0 ? entries[^1].Offset : position, sealedUntil);
        return entries.Count >= options.BatchEntries;
    }

    /// <summary>
    /// The next entries, <paramref name="max"/> or a few more: what is for every partition is read for all of them or for none, since the ticks after a batch run
    /// in every lane, and a lane that has not yet heard that the gateway was down would take that time for its devices' silence.
    /// </summary>
    private IReadOnlyList<LogEntry> Read(int max)
    {
        var entries = stores.Log.Read(position, max);
        if (entries.Count < max || EntryCodec.DeviceOf(entries[^1].Body) is not null || entries[^1].Partition == Partitions.Count - 1)
            return entries;
        return [.. entries, .. stores.Log.Read(entries[^1].Offset, Partitions.Count - 1 - entries[^1].Partition)];
    }

    private void Commit(long until, ServerTime sealedUntil)
    {
        sinceSnapshot += until - position;
        var snapshot = sinceSnapshot >= options.SnapshotEvery;
        stores.State.Write(db =>
        {
            recorder.Record(db, effects);
            if (seen.Count > 0)
                Storage.Devices.LiveStore.Seen(db, seen);
            var ticked = lanes[0].TickedUntil.EpochMs;
            CheckpointStore.Save(db, new CheckpointRow { Name = Stream, Position = until, TickedUntil = ticked });
            if (snapshot)
                SnapshotStore.Save(db, new SnapshotRow { Stream = Stream, Position = until, TickedUntil = ticked, RulesHash = lanes[0].Rules.Set.Hash, Format = LaneSnapshot.Format, Body = LaneSnapshot.Write(lanes), TakenAt = sealedUntil.EpochMs });
        });
        position = until;
        if (snapshot)
            sinceSnapshot = 0;
        effects.Clear();
        seen.Clear();
        if (activated)
            book.Refresh();
        activated = false;
        Committed?.Invoke();
    }

    private void Advance(ServerTime until)
    {
        foreach (var lane in lanes)
            lane.AdvanceTo(until, effects);
    }

    /// <summary>Registrations end a run: a reading is judged by the memory of a device that is already known.</summary>
    private void Apply(IReadOnlyList<LogEntry> entries)
    {
        var start = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Body is Entry.Telemetry or Entry.Event or Entry.PresenceChange or Entry.Action or Entry.Reply or Entry.CommandDelivered)
                continue;
            ApplyRun(entries, start, i);
            activated |= entries[i].Body is Entry.RulesActivated;
            lanes[entries[i].Partition].Apply(entries[i], default, [], hash => book[hash], effects);
            start = i + 1;
        }
        ApplyRun(entries, start, entries.Count);
        Applied += entries.Count;
        AppliedUntil = entries[^1].At;
    }

    private void ApplyRun(IReadOnlyList<LogEntry> entries, int start, int end)
    {
        if (start == end)
            return;
        var judged = new Judgement[end - start];
        var readings = new List<ArrangedReading>();
        var events = new List<ArrangedEvent>();
        for (var i = start; i < end; i++)
        {
            var entry = entries[i];
            var lane = lanes[entry.Partition];
            judged[i - start] = lane.Judge(entry);
            var at = judged[i - start].At;
            if (judged[i - start].Redelivered)
                continue;
            switch (entry.Body)
            {
                case Entry.Telemetry t when lane.Knows(t.Device):
                    foreach (var reading in t.Readings)
                        readings.Add(new ArrangedReading(t.Device, reading.Metric, at, reading.Value, entry.Offset, entry.At));
                    break;
                case Entry.Event e when lane.Knows(e.Device):
                    events.Add(new ArrangedEvent(e.Device, e.Code, e.State, at, entry.Offset, entry.At));
                    break;
            }
        }
        var (same, sameEvents) = (new bool[readings.Count], new bool[events.Count]);
        if (readings.Count + events.Count > 0)
            stores.Telemetry.Arrange([.. readings], same, [.. events], sameEvents);
        Evaluate(entries, start, judged, same, sameEvents);
    }

    private void Evaluate(IReadOnlyList<LogEntry> entries, int start, Judgement[] judged, bool[] same, bool[] sameEvents)
    {
        var (reading, happened) = (0, 0);
        for (var i = 0; i < judged.Length; i++)
        {
            var entry = entries[start + i];
            var lane = lanes[entry.Partition];
            ReadOnlySpan<bool> duplicates = [];
            switch (entry.Body)
            {
                case Entry.Telemetry t when lane.Knows(t.Device):
                    seen[t.Device.Value] = entry.At.EpochMs;
                    if (!judged[i].Redelivered)
                    {
                        duplicates = same.AsSpan(reading, t.Readings.Length);
                        reading += t.Readings.Length;
                    }
                    break;
                case Entry.Event e when lane.Knows(e.Device):
                    seen[e.Device.Value] = entry.At.EpochMs;
                    if (!judged[i].Redelivered)
                        duplicates = sameEvents.AsSpan(happened++, 1);
                    break;
            }
            lane.Apply(entry, judged[i], duplicates, hash => book[hash], effects);
        }
    }

    [LoggerMessage(3010, LogLevel.Information, "Memory of {Devices} devices restored from the snapshot at {Snapshot} and the log up to {Position}")]
    private partial void LogRestored(int devices, long snapshot, long position);
}
