using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>What a lane keeps and finds again: shared until something happens, one memory per id, one plan per kind of message.</summary>
public sealed class LaneMemoryTests
{
    private static readonly DeviceId H1 = DeviceId.Parse("h1");

    [Fact]
    public void Device_NeverHeard_SharesEverything()
    {
        var bench = new LaneBench(Set("a", Hot(), Silent(), Codes("pump", "E1"), Due(marker: 2))).Register(0, DeviceOf("h1"), DeviceOf("h2"))
            .Everywhere(5, new Entry.GatewayDown()).Everywhere(10, new Entry.GatewayUp(Server(5))).Register(11, DeviceOf("h1", "XX-1")).Presence(12, "h1", Presence.Offline);
        var (a, b) = (bench.Of("h1"), bench.Of("h2"));
        Assert.Same(a.Values, b.Values);
        Assert.Same(a.Faults, b.Faults);
        Assert.Same(a.Remedies, b.Remedies);
        Assert.Same(a.Dues, b.Dues);
        Assert.Same(a.Windows, b.Windows);
        Assert.Null(a.Past);
    }

    [Fact]
    public void Device_Heard_LeavesTheOthersAsTheyAre()
    {
        var bench = new LaneBench(Set("a", Hot() with { Remedy = Remedy() }, Due())).Register(0, DeviceOf("h1"), DeviceOf("h2")).Reading(1, "h1", "m0=95 m1=5");
        Assert.Equal(FaultPhase.Active, bench.Of("h1").Faults[0].Phase);
        var other = bench.Of("h2");
        Assert.Equal(default, other.Faults[0]);
        Assert.Empty(other.Values);
        Assert.Equal(Core.Remedies.RemedyState.None, other.Remedies[0]);
        Assert.Equal(Core.Dues.DueState.Start, other.Dues[0]);
    }

    [Fact]
    public void Device_NeverHeard_TakesUnder300Bytes()
    {
        const int Count = 20_000;
        var rules = Set("a", [.. Enumerable.Range(0, 30).Select(i => Hot($"hot{i}") with { Remedy = Remedy() }), Silent(), Due()]);
        var lane = new Lane(0, ArrivalOptions.Default);
        var effects = new List<LaneEffect>();
        lane.Apply(new LogEntry(0, 1, Server(0), new Entry.RulesActivated("a")), default, [], _ => rules, effects);
        var entries = Enumerable.Range(0, Count).Select(i => new LogEntry(0, i + 2, Server(1), new Entry.Registered(DeviceOf($"d{i}")))).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var entry in entries)
            lane.Apply(entry, default, [], _ => rules, effects);
        // All that was allocated, also what a growing dictionary left behind.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / (double)Count, 1, 300);
    }

    [Fact]
    public void Apply_NothingChanges_AllocatesNothing()
    {
        var rules = FromFile("- fault: hot\n  raise: m0 > 95\n  hold: 2m\n  severity: [ { high: m0 > 99 }, { low: true } ]\n  case: {}\n"
            + "- fault: warm\n  raise: avg(m1, duration(\"5m\")) > 50\n  case: {}\n- fault: both\n  raise: m2 > 5 && m3 < 3\n  samples: { raise: 3 of 5, clear: 3 }\n  case: {}\n"
            + "- fault: code\n  codes: E1\n  auto_clear: 1h\n  case: {}\n- fault: silent\n  silent: 10m\n  case: {}\n");
        ActiveRules RuleSet(string hash) => rules;
        var lane = new Lane(0, ArrivalOptions.Default);
        var effects = new List<LaneEffect>();
        lane.Apply(new LogEntry(0, 1, Server(0), new Entry.RulesActivated("")), default, [], RuleSet, effects);
        lane.Apply(new LogEntry(0, 2, Server(0), new Entry.Registered(DeviceOf("h1"))), default, [], RuleSet, effects);
        lane.Apply(new LogEntry(0, 3, Server(0), new Entry.Event(H1, "E1", CodeState.Set, null)), default, [], RuleSet, effects);
        // Two kinds of messages in turn, 1,200 of them ten seconds apart.
        var entries = Enumerable.Range(0, 1200).Select(i => new LogEntry(0, 4 + i, Server(i * 2),
            new Entry.Telemetry(H1, Device(i * 2), LaneBench.Values(i % 2 == 0 ? $"m0={60 + (i % 7)} m1=20 m2=1" : $"m3={i} m1={30 + (i % 9)} m9=1")))).ToArray();
        Func<string, ActiveRules> sets = RuleSet;
        for (var i = 0; i < 400; i++)
            lane.Apply(entries[i], lane.Judge(entries[i]), [], sets, effects);
        effects.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 400; i < entries.Length; i++)
            lane.Apply(entries[i], lane.Judge(entries[i]), [], sets, effects);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Empty(effects);
    }

    [Fact]
    public void Judge_RegisteredOrNot_SaysWhether()
    {
        var bench = new LaneBench(Set("a", Hot())).Register(0, DeviceOf("h1"));
        Assert.True(Judged(bench, "h1").Known);
        Assert.False(Judged(bench, "h2").Known);
        bench.Append(2, new Entry.Removed(H1));
        Assert.False(Judged(bench, "h1").Known);
    }

    [Fact]
    public void Judge_BeforeTheRegistrationIsApplied_StillReachesTheDevice()
    {
        var rules = Set("a", Hot());
        var lane = new Lane(0, ArrivalOptions.Default);
        var effects = new List<LaneEffect>();
        LogEntry[] entries =
        [
            new(0, 1, Server(0), new Entry.RulesActivated("a")), new(0, 2, Server(0), new Entry.Registered(DeviceOf("h1"))),
            new(0, 3, Server(1), new Entry.Telemetry(H1, null, LaneBench.Values("m0=50"))), new(0, 4, Server(1), new Entry.Removed(H1)),
            new(0, 5, Server(1), new Entry.Registered(DeviceOf("h1"))), new(0, 6, Server(2), new Entry.Telemetry(H1, null, LaneBench.Values("m0=95"))),
        ];
        var judged = entries.Select(e => lane.Judge(e)).ToArray();
        for (var i = 0; i < entries.Length; i++)
            lane.Apply(entries[i], judged[i], [], _ => rules, effects);
        Assert.Equal("2 Raised h1 hot ConditionTrue", LaneBench.Text(effects[0]));
        Assert.Equal(1, lane.DeviceCount);
    }

    [Fact]
    public void Removed_NothingLeft_IsForgotten()
    {
        var bench = new LaneBench(Set("a", Hot())).Register(0, DeviceOf("h1")).Reading(1, "h1", "m0=95").Append(2, new Entry.Removed(H1));
        Assert.All(bench.Lanes, lane => Assert.Empty(lane.Known()));
        Assert.All(bench.Lanes, lane => Assert.Equal(0, lane.DeviceCount));
        bench.Said();
        bench.Until(100_000).Expect();
    }

    [Fact]
    public void Plans_ManyKindsOfMessages_EachConcernsItsOwn()
    {
        var rules = Set("a", Hot(), Hot("wet") with { MetricSlots = [1], Raise = When(1, v => v > 90) }, Due());
        var plans = new ReadingPlans(rules);
        ReadingPlan? last = null;
        for (var turn = 0; turn < 3; turn++)
        {
            for (var kind = 0; kind < 700; kind++)
            {
                var readings = LaneBench.Values($"x{kind}=1 m{kind % 2}=5").AsSpan();
                last = plans.Of(readings, last);
                Assert.Equal([-1, kind % 2], last.Slots);
                Assert.Equal([kind % 2], last.Faults);
                Assert.Equal(kind % 2 == 1 ? [0] : [], last.Dues);
                Assert.Same(last, plans.Of(LaneBench.Values($"x{kind}=2 m{kind % 2}=7").AsSpan(), last));
            }
        }
    }

    private static Judgement Judged(LaneBench bench, string id)
    {
        var device = DeviceId.Parse(id);
        return bench.Lanes[Partitions.Of(device)].Judge(new LogEntry(Partitions.Of(device), 100, Server(1), new Entry.Telemetry(device, null, LaneBench.Values("m0=1"))));
    }
}
