using B2D.Core.Devices;
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
    /// <summary>Messages without a time of their own that are remembered per device, to know a redelivered one.</summary>
    private const int RecentDeliveries = 16;

    private readonly Dictionary<DeviceId, DeviceLane> devices = [];
    private readonly PriorityQueue<DeviceId, long> wakes = new();

    /// <summary>The partition, 0 to 255.</summary>
    public int Partition { get; } = partition;

    /// <summary>Ticks were run up to here, inclusive.</summary>
    public ServerTime TickedUntil { get; private set; }

    /// <summary>The rules in force.</summary>
    public ActiveRules Rules { get; private set; } = ActiveRules.Empty;

    /// <summary>False between a gateway's stop and its next start.</summary>
    public bool GatewayUp { get; private set; } = true;

    /// <summary>How many devices it knows.</summary>
    public int DeviceCount => devices.Count;

    internal IReadOnlyDictionary<DeviceId, DeviceLane> Devices => devices;

    /// <summary>True for a registered device.</summary>
    public bool Knows(DeviceId device) => devices.ContainsKey(device);

    /// <summary>First half, in log order: the time that counts, and whether the packet was delivered before. The shell stores readings in between.</summary>
    public Judgement Judge(in LogEntry entry)
    {
        switch (entry.Body)
        {
            case Entry.Telemetry t when devices.TryGetValue(t.Device, out var lane):
                return Judge(lane, t.At, t.Delivery, entry.At);
            case Entry.Event e when devices.TryGetValue(e.Device, out var lane):
                return Judge(lane, e.At, e.Delivery, entry.At);
            default:
                return new Judgement(new DeviceTime(entry.At.EpochMs), true, false, TimeQuality.ServerTime);
        }
    }

    /// <summary>Second half: ticks up to the entry, then the entry. <paramref name="duplicates"/> marks readings stored before (one flag for an event); empty means none.</summary>
    public void Apply(in LogEntry entry, in Judgement judged, ReadOnlySpan<bool> duplicates, Func<string, ActiveRules> ruleSet, List<LaneEffect> effects)
    {
        if (entry.Body is Entry.GatewayUp up)
            AdvanceTo(ServerTime.Min(up.DownFrom, entry.At), effects);
        else
            AdvanceTo(entry.At, effects);
        var id = new EpisodeId(entry.Partition, entry.Offset);
        var now = entry.At;
        switch (entry.Body)
        {
            case Entry.Registered r:
                Register(r.Device, now, effects);
                break;
            case Entry.Removed r when devices.Remove(r.Device, out var gone):
                gone.Remove(now, effects);
                break;
            case Entry.RulesActivated r:
                Switch(ruleSet(r.Hash), now, effects);
                break;
            case Entry.GatewayUp g:
                ComeUp(g.DownFrom, now, effects);
                break;
            case Entry.GatewayDown:
                GatewayUp = false;
                RewakeAll();
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
        while (wakes.TryPeek(out var id, out var at) && at <= until.EpochMs)
        {
            wakes.Dequeue();
            // A device that changed its mind has another place in the queue.
            if (!devices.TryGetValue(id, out var lane) || lane.NextWake.EpochMs != at)
                continue;
            lane.Tick(new ServerTime(at), GatewayUp, effects);
            lane.Rewake(GatewayUp);
            if (lane.NextWake != ServerTime.Zero)
                wakes.Enqueue(id, Math.Max(lane.NextWake.EpochMs, at + 1) is var next && next != lane.NextWake.EpochMs ? Later(lane, next) : next);
        }
        TickedUntil = ServerTime.Max(TickedUntil, until);
    }

    internal void Restore(DeviceLane lane)
    {
        devices[lane.Device.Id] = lane;
        Rewake(lane);
    }

    internal void RestoreClock(ServerTime tickedUntil, bool gatewayUp, ActiveRules rules) =>
        (TickedUntil, GatewayUp, Rules) = (tickedUntil, gatewayUp, rules);

    /// <summary>A tick that asks for the same instant again would never end; it is moved by one millisecond.</summary>
    private static long Later(DeviceLane lane, long next)
    {
        lane.Postpone(new ServerTime(next));
        return next;
    }

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

    private Judgement Judge(DeviceLane lane, DeviceTime? sent, Delivery delivery, ServerTime now)
    {
        var arrived = Arrival.Judge(sent, now, lane.Clock, arrival);
        lane.Clock = arrived.Clock;
        if (sent is not null || delivery.PacketId == 0)
            return new Judgement(arrived.At, arrived.IsLive, false, arrived.Quality);
        var key = delivery with { Redelivered = false };
        if (delivery.Redelivered && lane.Recent.Contains(key))
            return new Judgement(arrived.At, arrived.IsLive, true, arrived.Quality);
        if (lane.Recent.Count == RecentDeliveries)
            lane.Recent.Dequeue();
        lane.Recent.Enqueue(key);
        return new Judgement(arrived.At, arrived.IsLive, false, arrived.Quality);
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

    private void Register(Device device, ServerTime now, List<LaneEffect> effects)
    {
        if (devices.TryGetValue(device.Id, out var known))
        {
            known.Register(device, now, effects);
        }
        else
        {
            known = new DeviceLane(device, Rules) { GraceFrom = now };
            devices.Add(device.Id, known);
        }
        Rewake(known);
    }

    private void Switch(ActiveRules next, ServerTime now, List<LaneEffect> effects)
    {
        foreach (var lane in devices.Values)
            lane.Switch(next, now, effects);
        Rules = next;
        RewakeAll();
    }

    private void ComeUp(ServerTime downFrom, ServerTime now, List<LaneEffect> effects)
    {
        GatewayUp = true;
        foreach (var lane in devices.Values)
            lane.SkipDowntime(downFrom, now);
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
        var before = lane.NextWake;
        lane.Rewake(GatewayUp);
        if (lane.NextWake != ServerTime.Zero && lane.NextWake != before)
            wakes.Enqueue(lane.Device.Id, lane.NextWake.EpochMs);
    }
}
