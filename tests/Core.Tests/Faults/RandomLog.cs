using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>
/// A log of one partition out of a seed, with everything that can be in one, and what an undisturbed run makes of it: entry by entry, ticks only
/// between entries. Which readings a store would call duplicates is part of the draw.
/// </summary>
internal sealed class RandomLog
{
    public const int Partition = 3;

    private static readonly string[] Names = ["E1", "E2", "E3"];
    private readonly Random random;
    private readonly bool maintenance;
    private readonly DeviceId[] ids;
    private readonly List<LogEntry> entries = [];
    private readonly List<bool[]> duplicates = [];
    private readonly List<LaneEffect> effects = [];
    private readonly Lane lane = new(Partition, ArrivalOptions.Default);
    private readonly Dictionary<string, ActiveRules> sets;
    private long now = Epoch;

    /// <param name="seed">The same gives the same log.</param>
    /// <param name="length">Entries.</param>
    /// <param name="windows">Both sets also look through windows; the entries are the same.</param>
    /// <param name="ends">Rules of both sets also latch, chatter and have hours.</param>
    /// <param name="maintenance">People work on devices, of which snapshots of earlier forms know nothing.</param>
    /// <param name="delays">Rules of both sets have lateness.</param>
    public RandomLog(int seed, int length, bool windows = false, bool ends = false, bool maintenance = false, bool delays = false)
    {
        random = new Random(seed);
        this.maintenance = maintenance;
        ids = [.. Enumerable.Range(0, 10_000).Select(i => DeviceId.Parse($"d{i}")).Where(d => Partitions.Of(d) == Partition).Take(6)];
        sets = new[] { First(), Second() }.Select(s => windows ? WithWindows(s) : s).Select(s => ends ? WithEnds(s) : s).Select(s => delays ? WithDelays(s, seed % 4 < 2) : s).ToDictionary(s => s.Set.Hash);
        Add(new Entry.RulesActivated("first"));
        foreach (var id in ids[..4])
            Add(new Entry.Registered(DeviceOf(id.Value)));
        while (entries.Count < length)
        {
            now += random.Next(10) switch { 0 => 0, 1 => random.Next(600_000), _ => random.Next(20_000) };
            Add(Draw());
        }
        End = new ServerTime(now + 20_000_000);
        lane.AdvanceTo(End, effects);
    }

    public IReadOnlyList<LogEntry> Entries => entries;

    /// <summary>What the undisturbed run said.</summary>
    public IReadOnlyList<LaneEffect> Effects => effects;

    /// <summary>The lane after the undisturbed run.</summary>
    public Lane Lane => lane;

    public ServerTime End { get; }

    public ActiveRules RulesOf(string hash) => sets.GetValueOrDefault(hash, ActiveRules.Empty);

    public ReadOnlySpan<bool> DuplicatesOf(int index) => duplicates[index];

    /// <summary>Up to where ticks may have run before an entry comes: its time, or where a crash left no word, the last sign of life.</summary>
    public ServerTime SealBefore(int index)
    {
        if (index == entries.Count)
            return End;
        var down = entries.Take(index).LastOrDefault(e => e.Body is Entry.GatewayDown or Entry.GatewayUp).Body is Entry.GatewayDown;
        return entries[index] is { Body: Entry.GatewayUp up } entry && !down ? ServerTime.Min(up.DownFrom, entry.At) : entries[index].At;
    }

    private static ActiveRules First() => Set("first",
        Hot(hold: 30, release: 20) with
        {
            Ladder = [new SeverityStep(Severity.Critical, When(0, v => v > 96))],
            Remedy = Remedy(within: 40, atMost: 2, per: 3600, verify: When(0, v => v < 85)),
            Unseen = Sec(3600),
            MetricSlots = [0],
        },
        Hot("wet") with { Raise = When(1, v => v > 92), Clear = When(1, v => v < 85), RaiseSamples = new SampleQuota(2, 3), MetricSlots = [1],
            Class = FaultClass.Safety },
        Codes("pump", Names) with { Hold = Sec(15), AutoClear = Sec(900) },
        Silent(after: 300, grace: 60, release: 30) with { ExplainedByOutage = true },
        Silent("lost", after: 900, hold: 60) with { AppliesTo = ForModel("HP-2"), Remedy = Remedy() },
        Due(every: 400, marker: 2));

    private static ActiveRules Second() => Set("second",
        Codes("pump", "E3", "E1") with { AutoClear = Sec(600) },
        Hot("too-hot", hold: 10) with { Was = "hot", Remedy = Remedy(within: 20) },
        Silent(after: 200) with { ExplainedByOutage = true },
        Due(every: 400, marker: 2));

    /// <summary>One window that both sets have, and one over the same metric that is longer in the second.</summary>
    private static ActiveRules WithWindows(ActiveRules rules)
    {
        var set = rules.Set;
        var longer = set.Hash == "first" ? 3600 : 7200;
        Condition mean = new("avg(m0, 5m) > 90 && max(m1, 1h or 2h) > 50", [0, 1], (in ConditionScope s) =>
            s.Windows[0] is { Total.Count: > 0 } a && s.Windows[1] is { Total.Count: > 0 } b
                ? a.Total.Sum / a.Total.Count > 90 && b.Total.Max > 50 ? Truth.True : Truth.False
                : Truth.Unknown) { Windows = [0, 1] };
        var rule = Hot("mean") with { Raise = mean, AppliesTo = ForModel("HP-2"), MetricSlots = [0, 1], WindowSlots = [0, 1] };
        return new ActiveRules(set with { Windows = [new WindowShape(0, Sec(300)), new WindowShape(1, Sec(longer))], Faults = [.. set.Faults, rule] });
    }

    /// <summary>The second set has some of the first one's keys no more, and others anew.</summary>
    private static ActiveRules WithEnds(ActiveRules rules)
    {
        var isFirst = rules.Set.Hash == "first";
        return new ActiveRules(rules.Set with { Faults = [.. rules.Set.Faults.Select(f => f.Id switch
        {
            "hot" => f with { Latch = true },
            "too-hot" => f with { Chatter = Chatter(3, 2000, 120), During = Night },
            "wet" => f with { Chatter = Chatter(2, 3000, 90), Latch = true, Class = FaultClass.Ordinary },
            "pump" => f with { Latch = isFirst, Chatter = isFirst ? Chatter(2, 4000, 100) : Chatter(3, 600, 60) },
            "silent" => f with { During = isFirst ? Night : null, Latch = !isFirst, ExplainedByOutage = false },
            _ => f with { During = Night },
        })] });
    }

    /// <summary>Where they are <paramref name="alike"/> under both sets, what waits goes on waiting when the sets change; else a rule gains its lateness, another loses it.</summary>
    private static ActiveRules WithDelays(ActiveRules rules, bool alike)
    {
        var (isFirst, faults) = (rules.Set.Hash == "first", rules.Set.Faults);
        if (alike)
            faults = faults.RemoveAll(f => f.Id is "wet" or "calm").Add(Hot("wet", hold: 20) with { Raise = When(1, v => v > 80), MetricSlots = [1], Unseen = Sec(400) });
        return new ActiveRules(rules.Set with { Faults = [.. faults.Select(f => f with { Lateness = (f.Id, alike, isFirst) switch
        {
            ("wet", true, _) => Sec(120),
            ("wet", false, _) => Sec(90),
            ("hot", false, _) => Sec(30),
            ("mean", false, false) => Sec(60),
            _ => TimeSpan.Zero,
        } })] });
    }

    private void Add(Entry body)
    {
        var entry = new LogEntry(Partition, entries.Count + 1, new ServerTime(now), body);
        var marks = body switch
        {
            Entry.Telemetry t => [.. t.Readings.Select(_ => random.Next(15) == 0)],
            Entry.Event => [random.Next(15) == 0],
            _ => Array.Empty<bool>(),
        };
        entries.Add(entry);
        duplicates.Add(marks);
        lane.Apply(entry, lane.Judge(entry), marks, RulesOf, effects);
    }

    private Entry Draw()
    {
        var id = ids[random.Next(ids.Length)];
        return random.Next(40) switch
        {
            0 => new Entry.RulesActivated(random.Next(2) == 0 ? "first" : "second"),
            1 => new Entry.Registered(DeviceOf(id.Value, random.Next(2) == 0 ? "HP-2" : "XX-1")),
            2 => new Entry.Removed(id),
            3 => new Entry.GatewayDown(),
            4 or 5 => Up(),
            6 or 7 => new Entry.PresenceChange(id, random.Next(2) == 0 ? Presence.Online : Presence.Offline, (PresenceSource)random.Next(1, 5)),
            8 or 9 => new Entry.Action(id, random.Next(2) == 0 ? "" : "hot", (FaultAction)random.Next(1, 7), "anna", random.Next(3) == 0 ? null
                : new ServerTime(now + random.Next(100_000)), ""),
            10 when maintenance => new Entry.Maintenance(id, new ServerTime(now + random.Next(-20_000, 400_000))),
            10 or 11 or 12 => Command(id),
            13 or 14 or 15 or 16 => new Entry.Event(id, Names[random.Next(3)], random.Next(2) == 0 ? CodeState.Set : CodeState.Clear, Time(), Drawn()),
            _ => new Entry.Telemetry(id, Time(), Values(), Drawn()),
        };
    }

    /// <summary>After a crash the gateway was last known to live somewhere between the last entry and now.</summary>
    private Entry Up()
    {
        var from = now;
        now += random.Next(1_200_000);
        return new Entry.GatewayUp(new ServerTime(from));
    }

    private Entry Command(DeviceId id)
    {
        var running = lane.Known().Select(k => k.Memory.State).OfType<DeviceLane>().SelectMany(d => d.Remedies.Where(r => r.Runs).Select(r => (d.Device.Id, r.CommandId))).ToArray();
        var (device, command) = running.Length > 0 ? running[random.Next(running.Length)] : (id, $"by-hand-{entries.Count}");
        return random.Next(2) == 0
            ? new Entry.CommandDelivered(device, command)
            : new Entry.Reply(device, command, random.Next(4) == 0 ? ReplyStatus.Failed : ReplyStatus.Ok, "done");
    }

    private DeviceTime? Time() => random.Next(10) switch
    {
        0 => null,
        1 => new DeviceTime(now - random.Next(4_000_000)),
        2 => new DeviceTime(now + random.Next(400_000)),
        3 => new DeviceTime(5),
        _ => new DeviceTime(now - random.Next(3000)),
    };

    private Delivery Drawn() => new((ushort)random.Next(3), random.Next(4) == 0, (ulong)random.Next(3));

    private ImmutableArray<Reading> Values()
    {
        var values = ImmutableArray.CreateBuilder<Reading>();
        for (var m = 0; m < 4; m++)
        {
            if (random.Next(2) == 0)
                values.Add(new Reading($"m{m}", random.Next(30) == 0 ? MetricValue.Of("odd")
                    : MetricValue.Of(m >= 1 && random.Next(2) == 0 ? (now - Epoch) / 10_000.0 : 80 + random.Next(20))));
        }
        return values.Count == 0 ? [new Reading("m9", MetricValue.Of(true))] : values.ToImmutable();
    }
}
