using System.Buffers;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Telemetry;

namespace B2D.Core.Backtests;

/// <summary>
/// One device under a set of rules in virtual time: entries go through a <see cref="Lane"/> of its own, as they do in the program, and ticks run with the instants
/// that the lane asks for. The same entries give the same effects.
/// </summary>
internal sealed class VirtualDevice
{
    /// <summary>Most entries that wait to be taken together.</summary>
    private const int Batch = 64;

    /// <summary>Readings of 32 bytes that come from memory at once, at the least.</summary>
    private const int ReadingsSeenAtOnce = 2;

    private readonly ArrivalOptions arrival;
    private readonly int partition;
    private readonly Func<string, ActiveRules> ruleSet;
    private readonly RepeatMemory memory = new();
    private readonly (Entry Body, ServerTime At)[] waiting = new (Entry, ServerTime)[Batch];
    private int waitingCount;

    /// <summary>Nothing of worth; without it nothing would have to be looked at.</summary>
    private int seen;
    private Lane lane;
    private DeviceMemory? known;
    private bool[] repeated = new bool[16];
    private long offset;
    private ServerTime now;

    public VirtualDevice(Device device, ActiveRules rules, ArrivalOptions arrival, ServerTime start, List<LaneEffect> effects)
    {
        (Device, this.arrival) = (device, arrival);
        (partition, now) = (Partitions.Of(device.Id), start);
        ruleSet = _ => rules;
        lane = new Lane(partition, arrival);
        Take(new Entry.RulesActivated(rules.Set.Hash), start, effects);
        Take(new Entry.Registered(device), start, effects);
    }

    /// <summary>As registered.</summary>
    public Device Device { get; }

    /// <summary>Readings and events that were said before.</summary>
    public long Repeated { get; private set; }

    /// <summary>Readings so far, the repeated ones included.</summary>
    public long Readings { get; private set; }

    /// <summary>Events so far, the repeated ones included.</summary>
    public long Events { get; private set; }

    /// <summary>The first and the last instant of readings and events; zero before any.</summary>
    public (ServerTime First, ServerTime Last) Span { get; private set; }

    /// <summary>What its lane knows of the fleets.</summary>
    public FleetMemory Fleets => lane.Fleet;

    /// <summary>What it was told of the fleets last; null for nothing.</summary>
    public Entry.FleetMedians? Fleet { get; set; }

    /// <summary>What its lane knows of the device; null where nothing.</summary>
    public DeviceLane? Memory => lane.StateOf(Device.Id);

    /// <summary>The instant up to which the clock was followed.</summary>
    public ServerTime TickedUntil => lane.TickedUntil;

    /// <summary>
    /// An entry arrives, and is taken with others at the latest when time passes: of a recording in order of time, a device's memory would be read anew from afar for
    /// each of its messages.
    /// </summary>
    public void TakeSoon(Entry body, ServerTime at, List<LaneEffect> effects)
    {
        waiting[waitingCount++] = (body, at);
        if (waitingCount == Batch)
            TakeAll(effects);
    }

    /// <summary>An entry arrives; the device's time that it counts for. Where <paramref name="at"/> is before the last one, it arrives right after that one.</summary>
    public DeviceTime Take(Entry body, ServerTime at, List<LaneEffect> effects)
    {
        now = ServerTime.Max(now, at);
        var entry = new LogEntry(partition, ++offset, now, body);
        ReadOnlySpan<bool> duplicates = [];
        if (body is Entry.Telemetry told && known is not null)
        {
            // All but a few entries of a recording.
            var taken = lane.Judge(known, told, now);
            lane.Apply(entry, taken, DuplicatesOf(told, taken.At, taken.Redelivered), ruleSet, effects);
            return taken.At;
        }
        var judged = lane.Judge(entry);
        known = null;
        switch (body)
        {
            case Entry.Telemetry t:
                known = judged.Memory;
                duplicates = DuplicatesOf(t, judged.At, judged.Redelivered);
                break;
            case Entry.Event e:
                Events++;
                Notice();
                repeated[0] = judged.Redelivered || memory.Has(e, judged.At);
                Repeated += repeated[0] ? 1 : 0;
                duplicates = repeated.AsSpan(0, 1);
                break;
        }
        lane.Apply(entry, judged, duplicates, ruleSet, effects);
        return judged.At;
    }

    /// <summary>Time passes and nothing arrives.</summary>
    public void AdvanceTo(ServerTime until, List<LaneEffect> effects)
    {
        TakeAll(effects);
        now = ServerTime.Max(now, until);
        lane.AdvanceTo(now, effects);
    }

    /// <summary>The program ends and starts again: the lane goes on from what a snapshot keeps of it.</summary>
    public void Restart(List<LaneEffect> effects)
    {
        TakeAll(effects);
        var snapshot = new ArrayBufferWriter<byte>();
        LaneSnapshot.Write(lane, snapshot);
        (lane, known) = (new Lane(partition, arrival), null);
        LaneSnapshot.Read(snapshot.WrittenSpan, lane, ruleSet);
    }

    private ReadOnlySpan<bool> DuplicatesOf(Entry.Telemetry told, DeviceTime at, bool redelivered)
    {
        var count = told.Readings.Length;
        Readings += count;
        Notice();
        if (redelivered)
        {
            Repeated += count;
            return [];
        }
        if (repeated.Length < count)
            repeated = new bool[count];
        var marks = repeated.AsSpan(0, count);
        marks.Clear();
        if (!memory.Marks(told.Readings, at, marks))
            return [];
        Repeated += marks.Count(true);
        return marks;
    }

    /// <summary>Takes what waits.</summary>
    public void TakeAll(List<LaneEffect> effects)
    {
        Look();
        foreach (var (body, at) in waiting.AsSpan(0, waitingCount))
            Take(body, at, effects);
        Array.Clear(waiting, 0, waitingCount);
        waitingCount = 0;
    }

    /// <summary>What waits may lie far apart in memory. Looked at together it is fetched together; one after the other, each would be waited for.</summary>
    private void Look()
    {
        foreach (ref readonly var one in waiting.AsSpan(0, waitingCount))
        {
            if (one.Body is not Entry.Telemetry { Readings: var readings })
                continue;
            for (var i = 0; i < readings.Length; i += ReadingsSeenAtOnce)
                seen ^= (int)readings.ItemRef(i).Value.Kind;
        }
    }

    private void Notice() => Span = (Span.First == ServerTime.Zero ? now : Span.First, now);
}
