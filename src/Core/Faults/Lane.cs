using B2D.Core.Devices;
using B2D.Core.Dues;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>What the shell learned of an entry before it is applied.</summary>
/// <param name="At">The device time that counts.</param>
/// <param name="Live">It happened just now.</param>
/// <param name="Redelivered">The same packet again: it changes nothing.</param>
/// <param name="Quality">What is to be thought of its time.</param>
public readonly record struct Judgement(DeviceTime At, bool Live, bool Redelivered, TimeQuality Quality)
{
    /// <summary>Readings and events: the device was registered when the entry was judged.</summary>
    public bool Known => Memory?.State is not null;

    /// <summary>The device's memory, so that applying need not look for it again.</summary>
    internal DeviceMemory? Memory { get; init; }
}

/// <summary>
/// One partition's devices, evaluated in the order of its log. Deterministic: no clock, no I/O; ticks run with the time that was asked for,
/// between the entries around it, live and in replay.
/// </summary>
public sealed class Lane(int partition, ArrivalOptions arrival)
{
    private readonly Dictionary<string, DeviceMemory> known = new(StringComparer.Ordinal);
    private readonly WakeQueue wakes = new();
    private readonly FleetMemory fleet = new();

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

    /// <summary>What was told of the fleets last.</summary>
    internal FleetMemory Fleet => fleet;

    /// <summary>How many devices are registered.</summary>
    public int DeviceCount { get; private set; }

    /// <summary>True for a registered device.</summary>
    public bool Knows(DeviceId device) => StateOf(device) is not null;

    /// <summary>
    /// First half, for every entry in log order: the time that counts, whether the packet was delivered before, and whether the device is known. The first two
    /// depend on nothing that <see cref="Apply"/> changes, so a shell may judge a whole batch, store its readings, and then apply it in the same order.
    /// </summary>
    public Judgement Judge(in LogEntry entry)
    {
        switch (entry.Body)
        {
            case Entry.Telemetry t:
                return Judge(MemoryOf(t.Device), t.At, t.Delivery, entry.At);
            case Entry.Event e:
                return Judge(MemoryOf(e.Device), e.At, e.Delivery, entry.At);
            case Entry.PresenceChange { State: Presence.Online, Source: PresenceSource.Session } p:
                ArrivalOf(MemoryOf(p.Device)).OnConnected();
                break;
            // The memory itself stays until the removal is applied: what was judged before it still refers to it.
            case Entry.Removed r when known.TryGetValue(r.Device.Value, out var memory):
                memory.Arrival = null;
                break;
        }
        return new Judgement(new DeviceTime(entry.At.EpochMs), true, false, TimeQuality.ServerTime);
    }

    /// <summary>The same of readings for which the device's memory is at hand: what <see cref="Judgement.Memory"/> was for its last message, while nothing but
    /// messages came.</summary>
    internal Judgement Judge(DeviceMemory memory, Entry.Telemetry readings, ServerTime now) => Judge(memory, readings.At, readings.Delivery, now);

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
        var saidBefore = effects.Count;
        var id = new EpisodeId(entry.Partition, entry.Offset);
        switch (entry.Body)
        {
            case Entry.Telemetry t:
                if ((judged.Memory?.State ?? StateOf(t.Device)) is { } told)
                {
                    told.Hear(id, now, effects);
                    if (!judged.Redelivered)
                        told.Take(t.Readings.AsSpan(), duplicates, new TelemetryTime(judged.At, judged.Live, id, now, arrival.LiveWithin, fleet), effects);
                    Requeue(told);
                }
                break;
            case Entry.Registered r:
                Register(r.Device, id, now, effects);
                break;
            case Entry.Removed r when known.TryGetValue(r.Device.Value, out var memory):
                Remove(r.Device, memory, id, now, effects);
                break;
            case Entry.RulesActivated r:
                saidBefore = Switch(ruleSet(r.Hash), id, now, effects);
                break;
            case Entry.GatewayUp g:
                ComeUp(ServerTime.Min(g.DownFrom, DownSince), now, effects);
                break;
            case Entry.GatewayDown:
                GoDown(GatewayUp ? now : DownSince);
                break;
            case Entry.FleetMedians m:
                fleet.Take(m, now, Rules.Set);
                break;
            default:
                if (DeviceOf(entry.Body) is { } device && (judged.Memory?.State ?? StateOf(device)) is { } lane)
                {
                    Take(lane, entry, judged, duplicates, id, effects);
                    Requeue(lane);
                }
                break;
        }
        if (Rules.AsksFleet)
            ShowMedians(effects, saidBefore, now);
    }

    /// <summary>Runs every tick that was asked for up to <paramref name="until"/>, in order of time, each with its own instant as now. Nearly free where none
    /// was.</summary>
    public void AdvanceTo(ServerTime until, List<LaneEffect> effects)
    {
        while (wakes.First <= until)
        {
            if (!wakes.TryTake(out var lane, out var at))
                continue;
            var wakesAt = lane.WakesAt(GatewayUp);
            if (wakesAt <= at)
            {
                var saidBefore = effects.Count;
                lane.Tick(at, GatewayUp, fleet, effects);
                if (Rules.AsksFleet)
                    ShowMedians(effects, saidBefore, at);
                Requeue(lane, at + TimeSpan.FromMilliseconds(1));
            }
            else
                Queue(lane, wakesAt);
        }
        TickedUntil = ServerTime.Max(TickedUntil, until);
    }

    /// <summary>What is remembered of a registered device; null for any other.</summary>
    internal DeviceLane? StateOf(DeviceId device) => Find(device)?.State;

    /// <summary>Every device of which anything is remembered, in order of their ids.</summary>
    internal (string Id, DeviceMemory Memory)[] Known()
    {
        var all = new List<(string Id, DeviceMemory Memory)>(known.Count);
        foreach (var (id, memory) in known)
        {
            if (!memory.IsBlank)
                all.Add((id, memory));
        }
        all.Sort(static (a, b) => string.CompareOrdinal(a.Id, b.Id));
        return [.. all];
    }

    /// <summary>Takes over what a snapshot has of a device; null leaves a part as it is.</summary>
    internal void Restore(DeviceId id, DeviceLane? state, ArrivalMemory? memory, PastCycles? past)
    {
        var restored = MemoryOf(id);
        restored.Arrival = memory ?? restored.Arrival;
        restored.Past = past ?? restored.Past;
        if (state is null)
            return;
        DeviceCount += restored.State is null ? 1 : 0;
        restored.State = state;
        Requeue(state, TickedUntil);
    }

    /// <summary>Takes over a snapshot's clock and rules, before its devices.</summary>
    internal void RestoreClock(ServerTime tickedUntil, ServerTime downSince, bool gatewayUp, ActiveRules rules) =>
        (TickedUntil, DownSince, GatewayUp, Rules) = (tickedUntil, downSince, gatewayUp, rules);

    /// <summary>Takes over what a snapshot has of the fleets, after its rules and before its devices.</summary>
    internal void RestoreFleet(Entry.FleetMedians told, ServerTime at) => fleet.Take(told, at, Rules.Set);

    /// <summary>A fault that was raised just now shows the medians that its rule asks for, too. A device does not hold what its lane was told: most rules never ask.</summary>
    private void ShowMedians(List<LaneEffect> effects, int from, ServerTime now)
    {
        for (var i = from; i < effects.Count; i++)
        {
            if (effects[i] is LaneEffect.Raised { Rule.FleetSlots.IsEmpty: false } raised && StateOf(raised.Device) is { } device)
                effects[i] = raised with { Evidence = raised.Evidence.AddRange(RuleEvaluation.Medians(raised.Rule, Rules.Set, fleet, device.Device.Model, now)) };
        }
    }

    private static DeviceId? DeviceOf(Entry body) => body switch
    {
        Entry.Event e => e.Device,
        Entry.PresenceChange e => e.Device,
        Entry.Action e => e.Device,
        Entry.Maintenance e => e.Device,
        Entry.Reply e => e.Device,
        Entry.CommandDelivered e => e.Device,
        _ => null,
    };

    private static ArrivalMemory ArrivalOf(DeviceMemory memory) => memory.Arrival ??= new ArrivalMemory();

    private Judgement Judge(DeviceMemory memory, DeviceTime? sent, Delivery delivery, ServerTime now) =>
        ArrivalOf(memory).Judge(sent, delivery, now, arrival) with { Memory = memory };

    /// <summary>What is remembered of a device; null for nothing.</summary>
    internal DeviceMemory? Find(DeviceId device) => known.GetValueOrDefault(device.Value);

    private DeviceMemory MemoryOf(DeviceId device)
    {
        if (!known.TryGetValue(device.Value, out var memory))
            known.Add(device.Value, memory = new DeviceMemory());
        return memory;
    }

    private void Take(DeviceLane lane, in LogEntry entry, in Judgement judged, ReadOnlySpan<bool> duplicates, EpisodeId id, List<LaneEffect> effects)
    {
        var now = entry.At;
        switch (entry.Body)
        {
            case Entry.Event e:
                lane.Hear(id, now, effects);
                if (!judged.Redelivered && (duplicates.IsEmpty || !duplicates[0]))
                    lane.Take(e, new TelemetryTime(judged.At, judged.Live, id, now, arrival.LiveWithin, fleet), effects);
                break;
            case Entry.PresenceChange { State: Presence.Online } online:
                lane.Hear(id, now, effects);
                if (online.Source == PresenceSource.Session)
                    lane.Connect(new FaultEvent.Reconnected(new DeviceTime((now - arrival.LiveWithin).EpochMs)), now, effects);
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
            case Entry.Maintenance m:
                lane.Maintain(m.Until, now);
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
        var memory = MemoryOf(device.Id);
        if (memory.State is { } lane)
        {
            // What came before is of the device as it was.
            lane.ReleaseHeld(now, fleet, effects);
            lane.Register(device, Rules.Matches.Of(device), entry, now, effects);
        }
        else
        {
            lane = new DeviceLane(device, Rules.Matches.Of(device), memory.Past) { Silence = new SilenceClock { GraceFrom = now } };
            (memory.State, memory.Past) = (lane, null);
            DeviceCount++;
        }
        Requeue(lane, TickedUntil);
    }

    private void Remove(DeviceId device, DeviceMemory memory, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        if (memory.State is not { } lane)
            return;
        lane.Remove(entry, now, effects);
        wakes.Forget(lane);
        (memory.State, memory.Past) = (null, lane.Past);
        DeviceCount--;
        if (memory.IsBlank && memory.Arrival is null)
            known.Remove(device.Value);
    }

    /// <summary>Other rules come into force; where what they themselves do to the effects begins.</summary>
    private int Switch(ActiveRules next, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        var carry = DeviceCount > 0 ? new RuleCarry(Rules, next) : null;
        if (carry?.KeepsHeld == false)
            ReleaseHeld(now, effects);
        var released = effects.Count;
        Rules = next;
        fleet.Switch(next.Set);
        if (carry is null)
            return released;
        foreach (var (_, memory) in Known())
        {
            if (memory.State is not { } lane)
                continue;
            lane.Switch(carry, next.Matches.Of(lane.Device), entry, now, effects);
            Requeue(lane, TickedUntil);
        }
        return released;
    }

    /// <summary>What waits for rules with lateness is evaluated under the rules that it waited for.</summary>
    private void ReleaseHeld(ServerTime now, List<LaneEffect> effects)
    {
        var saidBefore = effects.Count;
        foreach (var (_, memory) in Known())
            memory.State?.ReleaseHeld(now, fleet, effects);
        if (Rules.AsksFleet)
            ShowMedians(effects, saidBefore, now);
    }

    /// <summary>Ticks that no longer count while it is down are found out when they come up.</summary>
    private void GoDown(ServerTime since) => (GatewayUp, DownSince) = (false, since);

    private void ComeUp(ServerTime downFrom, ServerTime now, List<LaneEffect> effects)
    {
        (GatewayUp, DownSince) = (true, ServerTime.Zero);
        var back = new FaultEvent.GatewayBack(downFrom);
        foreach (var memory in known.Values)
        {
            if (memory.State is not { } lane)
                continue;
            lane.SkipDowntime(back, now, effects);
            Requeue(lane, TickedUntil);
        }
        if (Partition == 0 && downFrom != ServerTime.Zero)
            effects.Add(new LaneEffect.GatewayWasDown(downFrom, now));
    }

    /// <summary>Queues what changed since the last look, where it may come earlier than what is queued.</summary>
    private void Requeue(DeviceLane lane)
    {
        if (lane.WakeFrom == ServerTime.Never)
            return;
        wakes.Add(lane, ServerTime.Max(lane.WakeFrom, TickedUntil));
        lane.Woken();
    }

    /// <summary>Queues the very instant that it wants as things stand, at the earliest <paramref name="notBefore"/>.</summary>
    private void Requeue(DeviceLane lane, ServerTime notBefore) => Queue(lane, ServerTime.Max(lane.WakesAt(GatewayUp), notBefore));

    private void Queue(DeviceLane lane, ServerTime at)
    {
        if (at < ServerTime.Never)
            wakes.Add(lane, at);
        lane.Woken();
    }
}
