using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>All 256 lanes over one log, as a worker pumps them, with the time in seconds. Duplicates are what the test says they are.</summary>
internal sealed class LaneBench
{
    private readonly Dictionary<string, ActiveRules> sets;
    private readonly List<LaneEffect> effects = [];
    private long offset;

    public LaneBench(params ActiveRules[] sets)
    {
        this.sets = sets.ToDictionary(s => s.Set.Hash);
        Lanes = NewLanes();
        if (sets.Length > 0)
            Everywhere(0, new Entry.RulesActivated(sets[0].Set.Hash));
    }

    public Lane[] Lanes { get; private set; }

    public IReadOnlyList<LaneEffect> Effects => effects;

    /// <summary>What was said so far, as <see cref="Text"/>, and forgotten by this.</summary>
    public string[] Said()
    {
        var lines = effects.Select(Text).ToArray();
        effects.Clear();
        return lines;
    }

    public static Lane[] NewLanes() => [.. Enumerable.Range(0, Partitions.Count).Select(p => new Lane(p, ArrivalOptions.Default))];

    public LaneBench Register(double at, params Device[] devices)
    {
        foreach (var device in devices)
            Append(at, new Entry.Registered(device));
        return this;
    }

    /// <summary>Readings <c>m0=95</c> of one device at one time; <paramref name="device"/>: its own clock, as now where not given.</summary>
    public LaneBench Reading(double at, string id, string values, double? device = null) =>
        Append(at, new Entry.Telemetry(DeviceId.Parse(id), Device(device ?? at), Values(values)));

    /// <summary>Readings without a time of their own.</summary>
    public LaneBench Timeless(double at, string id, string values, ushort packet = 0, bool redelivered = false) =>
        Append(at, new Entry.Telemetry(DeviceId.Parse(id), null, Values(values), new Delivery(packet, redelivered, (ulong)values.Length)));

    public LaneBench Code(double at, string id, string code, CodeState state = CodeState.Set, double? device = null) =>
        Append(at, new Entry.Event(DeviceId.Parse(id), code, state, Device(device ?? at)));

    public LaneBench Presence(double at, string id, Presence state, PresenceSource source = PresenceSource.Session) =>
        Append(at, new Entry.PresenceChange(DeviceId.Parse(id), state, source));

    public LaneBench Act(double at, string id, FaultAction kind, string rule = "", double? until = null) =>
        Append(at, new Entry.Action(DeviceId.Parse(id), rule, kind, "anna", until is { } u ? Server(u) : null, "because"));

    public LaneBench Delivered(double at, string id, string command) => Append(at, new Entry.CommandDelivered(DeviceId.Parse(id), command));

    public LaneBench Reply(double at, string id, string command, ReplyStatus status = ReplyStatus.Ok) =>
        Append(at, new Entry.Reply(DeviceId.Parse(id), command, status, ""));

    public LaneBench Activate(double at, ActiveRules rules)
    {
        sets[rules.Set.Hash] = rules;
        return Everywhere(at, new Entry.RulesActivated(rules.Set.Hash));
    }

    /// <summary>One row for every partition.</summary>
    public LaneBench Everywhere(double at, Entry body)
    {
        foreach (var lane in Lanes)
            Apply(new LogEntry(lane.Partition, ++offset, Server(at), body), []);
        return this;
    }

    public LaneBench Append(double at, Entry body, params bool[] duplicates)
    {
        Apply(new LogEntry(Partitions.Of(DeviceOf(body)), ++offset, Server(at), body), duplicates);
        return this;
    }

    public LaneBench Until(double at)
    {
        foreach (var lane in Lanes)
            lane.AdvanceTo(Server(at), effects);
        return this;
    }

    /// <summary>Everything is written, forgotten and read back.</summary>
    public LaneBench Restart()
    {
        var bytes = LaneSnapshot.Write(Lanes);
        Lanes = NewLanes();
        LaneSnapshot.Read(bytes, Lanes, hash => sets.GetValueOrDefault(hash, ActiveRules.Empty));
        Assert.Equal(bytes, LaneSnapshot.Write(Lanes));
        return this;
    }

    /// <summary>One lane as a snapshot has it.</summary>
    public static byte[] Bytes(Lane lane)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        LaneSnapshot.Write(lane, output);
        return output.WrittenSpan.ToArray();
    }

    public DeviceLane Of(string id) => Lanes[Partitions.Of(DeviceId.Parse(id))].StateOf(DeviceId.Parse(id))!;

    /// <summary>Asserts everything said since the last time.</summary>
    public LaneBench Expect(params string[] lines)
    {
        Assert.Equal(lines, Said());
        return this;
    }

    /// <summary>An effect as a test writes it: second, kind, device, and what is told apart by.</summary>
    public static string Text(LaneEffect effect)
    {
        var what = effect switch
        {
            LaneEffect.Raised e => $"{e.Device} {e.Rule.Id} {e.Reason}{(e.Live ? "" : " late")}",
            LaneEffect.Cleared e => $"{e.Device} {e.Rule} {e.Reason}",
            LaneEffect.SeverityChanged e => $"{e.Device} {e.Rule.Id} {e.Severity}",
            LaneEffect.Latched e => $"{e.Device} {e.Rule} {e.Reason}",
            LaneEffect.Relapsed e => $"{e.Device} {e.Rule} {e.Severity} {e.Reason}",
            LaneEffect.Chatters e => $"{e.Device} {e.Rule.Id}",
            LaneEffect.HeldOutsideHours e => FormattableString.Invariant($"{e.Device} {e.Rule} until {(e.Until.EpochMs - Epoch) / 1000.0:0.###}"),
            LaneEffect.HeldByMaintenance e => FormattableString.Invariant($"{e.Device} {e.Rule.Id} until {(e.Until.EpochMs - Epoch) / 1000.0:0.###}"),
            LaneEffect.HeldNoMore e => $"{e.Device} {e.Rule} {e.Reason}",
            LaneEffect.Escalated e => $"{e.Device} {e.Rule.Id} {e.Reason}",
            LaneEffect.CommandWanted e => $"{e.Device} {e.Rule.Id}",
            LaneEffect.RemedyChanged e => $"{e.Device} {e.Rule} {e.Phase} {e.Reason}",
            LaneEffect.CommandProgress e => $"{e.Device} {e.CommandId} {e.Phase}",
            LaneEffect.Acted e => $"{e.Device} {e.Rule} {e.Kind}",
            LaneEffect.DueChanged e => $"{e.Device} {e.Rule.Id} {e.Change} {e.Reason} {e.Cycle}",
            LaneEffect.RuleRenamed e => $"{e.Device} {e.From} {e.To}",
            LaneEffect.PresenceChanged e => $"{e.Device} {e.Presence}",
            LaneEffect.ReorderFull e => $"{e.Device}",
            LaneEffect.GatewayWasDown e => FormattableString.Invariant($"since {(e.From.EpochMs - Epoch) / 1000.0:0.###}"),
            LaneEffect.CameLate e => FormattableString.Invariant($"{e.Device} of {(e.SentAt.EpochMs - Epoch) / 1000.0:0.###}{(e.Delayed ? " delayed" : "")}"),
            _ => throw new ArgumentException($"no text for {effect.GetType().Name}"),
        };
        return FormattableString.Invariant($"{(effect.At.EpochMs - Epoch) / 1000.0:0.###} {effect.GetType().Name} {what}");
    }

    public static DeviceId DeviceOf(Entry body) => body switch
    {
        Entry.Telemetry e => e.Device,
        Entry.Event e => e.Device,
        Entry.PresenceChange e => e.Device,
        Entry.Registered e => e.Device.Id,
        Entry.Removed e => e.Device,
        Entry.Action e => e.Device,
        Entry.Maintenance e => e.Device,
        Entry.Reply e => e.Device,
        Entry.CommandDelivered e => e.Device,
        _ => throw new ArgumentException($"{body.GetType().Name} concerns every partition"),
    };

    public static ImmutableArray<Reading> Values(string text) =>
    [
        .. text.Split(' ').Select(p => p.Split('='))
            .Select(p => new Reading(p[0], MetricValue.Of(double.Parse(p[1], System.Globalization.CultureInfo.InvariantCulture)))),
    ];

    private void Apply(LogEntry entry, bool[] duplicates)
    {
        var lane = Lanes[entry.Partition];
        lane.Apply(entry, lane.Judge(entry), duplicates, hash => sets[hash], effects);
    }
}
