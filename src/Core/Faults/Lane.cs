using B2D.Core.Devices;
using B2D.Core.Dues;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>What the shell learned of an entry before it is applied.</summary>
/// <param name="At">The device time that counts.</param>
/// <param name="Live">It happened just now.</param>
/// <param name="Redelivered">The same packet again: it changes nothing.</param>
/// <param name="Quality">What is to be thought of its time.</param>
public readonly record struct Judgement(DeviceTime At, bool Live, bool Redelivered, TimeQuality Quality);

/// <summary>
/// One partition's devices, evaluated in the order of its log. Deterministic: no clock, no I/O; ticks run with the time that was asked for,
/// between the entries around it, live and in replay.
/// </summary>
public sealed class Lane(int partition, ArrivalOptions arrival)
{
    private readonly Dictionary<DeviceId, DeviceLane> devices = [];
    private readonly Dictionary<DeviceId, ArrivalMemory> arrivals = [];
    private readonly Dictionary<DeviceId, PastCycles> removed = [];

    // Ticks of one instant run in order of device id, whatever put them into the queue first.
    private readonly PriorityQueue<DeviceId, (long At, DeviceId Device)> wakes = new();

    /// <summary>The partition, 0 to 255.</summary>
    public int Partition { get; } = partition;

    /// <summary>Ticks were run up to here, inclusive.</summary>
    public ServerTime TickedUntil { get; private set; }

    /// <summary>The rules in force.</summary>
    public ActiveRules Rules { get; private set; } = ActiveRules.Empty;

    /// <summary>False between a gateway's stop and its next start.</summary>
    public bool GatewayUp { get; private set; } = true;

    /// <summary>Since when the gateway is known to be down; zero while it is up.</summary>
    internal ServerTime DownSince { get; private set; }

    /// <summary>How many devices it knows.</summary>
    public int DeviceCount => devices.Count;

    internal IReadOnlyDictionary<DeviceId, DeviceLane> Devices => devices;

    internal IReadOnlyDictionary<DeviceId, ArrivalMemory> Arrivals => arrivals;

    /// <summary>What is remembered of devices that left the registry.</summary>
    internal IReadOnlyDictionary<DeviceId, PastCycles> Removed => removed;

    internal ArrivalOptions ArrivalOptions => arrival;

    /// <summary>True for a registered device.</summary>
    public bool Knows(DeviceId device) => devices.ContainsKey(device);

    /// <summary>
    /// First half, for every entry in log order: the time that counts, and whether the packet was delivered before. It depends on nothing that
    /// <see cref="Apply"/> changes, so a shell may judge a whole batch, store its readings, and then apply it.
    /// </summary>
    public Judgement Judge(in LogEntry entry)
    {
        switch (entry.Body)
        {
            case Entry.Telemetry t:
                return ArrivalOf(t.Device).Judge(t.At, t.Delivery, entry.At, arrival);
            case Entry.Event e:
                return ArrivalOf(e.Device).Judge(e.At, e.Delivery, entry.At, arrival);
            case Entry.PresenceChange { State: Presence.Online, Source: PresenceSource.Session } p:
                ArrivalOf(p.Device).OnConnected();
                break;
            case Entry.Removed r:
                arrivals.Remove(r.Device);
                break;
        }
        return new Judgement(new DeviceTime(entry.At.EpochMs), true, false, TimeQuality.ServerTime);
    }

    /// <summary>Second half: ticks up to the entry, then the entry. <paramref name="duplicates"/> marks readings stored before (one flag for an event); empty
    /// means none.</summary>
    public void Apply(in LogEntry entry, in Judgement judged, ReadOnlySpan<bool> duplicates, Func<string, ActiveRules> ruleSet, List<LaneEffect> effects)
    {
        var now = entry.At;
        // Nobody may have said that the gateway went down: the ticks of that time run as in a time in which it was.
        if (entry.Body is Entry.GatewayUp { DownFrom: var from } && GatewayUp)
        {
            AdvanceTo(ServerTime.Min(from, now), effects);
            GoDown(ServerTime.Min(from, now));
        }
        AdvanceTo(now, effects);
        var id = new EpisodeId(entry.Partition, entry.Offset);
        switch (entry.Body)
        {
            case Entry.Registered r:
                Register(r.Device, id, now, effects);
                break;
            case Entry.Removed r when devices.Remove(r.Device, out var gone):
                gone.Remove(id, now, effects);
                if (gone.Past.Next.Count > 0)
                    removed[r.Device] = gone.Past;
                break;
            case Entry.RulesActivated r:
                Switch(ruleSet(r.Hash), id, now, effects);
                break;
            case Entry.GatewayUp g:
                ComeUp(ServerTime.Min(g.DownFrom, DownSince), now, effects);
                break;
            case Entry.GatewayDown:
                GoDown(GatewayUp ? now : DownSince);
                break;
            default:
                if (DeviceOf(entry.Body) is { } device && devices.TryGetValue(device, out var lane))
                {
                    Take(lane, entry, judged, duplicates, id, effects);
                    Rewake(lane);
                }
                break;
        }
    }

    /// <summary>Runs every tick that was asked for up to <paramref name="until"/>, in order of time, each with its own instant as now.</summary>
    public void AdvanceTo(ServerTime until, List<LaneEffect> effects)
    {
        while (wakes.TryPeek(out var id, out var place) && place.At <= until.EpochMs)
        {
            wakes.Dequeue();
            // A place that the device gave up for an earlier one, or one of a device that is gone.
            if (!devices.TryGetValue(id, out var lane) || lane.QueuedAt.EpochMs != place.At)
                continue;
            lane.QueuedAt = ServerTime.Zero;
            if (lane.NextWake.EpochMs == place.At)
            {
                lane.Tick(new ServerTime(place.At), GatewayUp, effects);
                lane.Rewake(GatewayUp, new ServerTime(place.At + 1));
            }
            Queue(lane);
        }
        TickedUntil = ServerTime.Max(TickedUntil, until);
    }

    /// <summary>Every device of which anything is remembered, in order of their ids.</summary>
    internal DeviceId[] Known()
    {
        DeviceId[] ids = [.. devices.Keys.Union(arrivals.Where(a => !a.Value.IsNew).Select(a => a.Key)).Union(removed.Keys)];
        Array.Sort(ids);
        return ids;
    }

    /// <summary>Takes over what a snapshot has of a device; null leaves a part as it is.</summary>
    internal void Restore(DeviceId id, DeviceLane? state, ArrivalMemory? arrivalMemory, PastCycles? past)
    {
        if (arrivalMemory is not null)
            arrivals[id] = arrivalMemory;
        if (past is not null)
            removed[id] = past;
        if (state is null)
            return;
        devices[id] = state;
        Rewake(state);
    }

    internal void RestoreClock(ServerTime tickedUntil, ServerTime downSince, bool gatewayUp, ActiveRules rules) =>
        (TickedUntil, DownSince, GatewayUp, Rules) = (tickedUntil, downSince, gatewayUp, rules);

    private static DeviceId? DeviceOf(Entry body) => body switch
    {
        Entry.Telemetry e => e.Device,
        Entry.Event e => e.Device,
        Entry.PresenceChange e => e.Device,
        Entry.Action e => e.Device,
        Entry.Reply e => e.Device,
        Entry.CommandDelivered e => e.Device,
        _ => null,
    };

    private ArrivalMemory ArrivalOf(DeviceId device)
    {
        if (!arrivals.TryGetValue(device, out var memory))
            arrivals.Add(device, memory = new ArrivalMemory());
        return memory;
    }

    private void Take(DeviceLane lane, in LogEntry entry, in Judgement judged, ReadOnlySpan<bool> duplicates, EpisodeId id, List<LaneEffect> effects)
    {
        var now = entry.At;
        switch (entry.Body)
        {
            case Entry.Telemetry t:
                lane.Hear(id, now, effects);
                if (!judged.Redelivered)
                    lane.Take(t.Readings, duplicates, judged.At, judged.Live, id, now, effects);
                break;
            case Entry.Event e:
                lane.Hear(id, now, effects);
                if (!judged.Redelivered && (duplicates.IsEmpty || !duplicates[0]))
                    lane.Take(e, judged.At, judged.Live, id, now, effects);
                break;
            case Entry.PresenceChange { State: Presence.Online }:
                lane.Hear(id, now, effects);
                effects.Add(new LaneEffect.PresenceChanged(lane.Device.Id, Presence.Online, entry.Offset, now));
                break;
            // What the gateway says of sessions while it goes down is about the gateway.
            case Entry.PresenceChange when GatewayUp:
                lane.GoOffline(id, now);
                effects.Add(new LaneEffect.PresenceChanged(lane.Device.Id, Presence.Offline, entry.Offset, now));
                break;
            case Entry.Action a:
                lane.Take(a, entry.Offset, now, effects);
                break;
            case Entry.CommandDelivered c:
                lane.TakeProgress(c.CommandId, null, "", now, effects);
                break;
            case Entry.Reply r:
                lane.Hear(id, now, effects);
                lane.TakeProgress(r.CommandId, r.Status, r.Detail, now, effects);
                break;
        }
    }

    private void Register(Device device, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        if (devices.TryGetValue(device.Id, out var known))
        {
            known.Register(device, entry, now, effects);
        }
        else
        {
            removed.Remove(device.Id, out var past);
            known = new DeviceLane(device, Rules, arrival, past ?? new PastCycles()) { Silence = new SilenceClock { GraceFrom = now } };
            devices.Add(device.Id, known);
        }
        Rewake(known);
    }

    private void Switch(ActiveRules next, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        foreach (var lane in devices.Values.OrderBy(d => d.Device.Id))
            lane.Switch(next, entry, now, effects);
        Rules = next;
        RewakeAll();
    }

    private void GoDown(ServerTime since)
    {
        (GatewayUp, DownSince) = (false, since);
        RewakeAll();
    }

    private void ComeUp(ServerTime downFrom, ServerTime now, List<LaneEffect> effects)
    {
        (GatewayUp, DownSince) = (true, ServerTime.Zero);
        foreach (var lane in devices.Values)
            lane.SkipDowntime(downFrom, now, effects);
        RewakeAll();
        if (Partition == 0 && downFrom != ServerTime.Zero)
            effects.Add(new LaneEffect.GatewayWasDown(downFrom, now));
    }

    private void RewakeAll()
    {
        foreach (var lane in devices.Values)
            Rewake(lane);
    }

    private void Rewake(DeviceLane lane)
    {
        lane.Rewake(GatewayUp, TickedUntil);
        Queue(lane);
    }

    /// <summary>A device has one place in the queue that counts; a later wish waits until that one comes up.</summary>
    private void Queue(DeviceLane lane)
    {
        if (lane.NextWake == ServerTime.Zero || (lane.QueuedAt != ServerTime.Zero && lane.QueuedAt <= lane.NextWake))
            return;
        lane.QueuedAt = lane.NextWake;
        wakes.Enqueue(lane.Device.Id, (lane.NextWake.EpochMs, lane.Device.Id));
    }
}
