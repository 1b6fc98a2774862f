using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>Functions over time and codes in conditions, in a lane. Times in seconds; every question is asked of the message with m9.</summary>
public sealed class LaneFunctionTests
{
    // Columns: a condition, readings "second:metric=value" of m0 or "second:+E1", "second:-E1" for a code set or cleared, what it gives at second 1000.
    [Theory]
    // The standard deviation of exactly the numbers in the window.
    [InlineData("stddev(m0, duration('5m')) == 2", "800:m0=2 810:m0=4 820:m0=4 830:m0=4 840:m0=5 850:m0=5 860:m0=7 870:m0=9", Truth.True)]
    [InlineData("stddev(m0, duration('5m')) == 0", "990:m0=7", Truth.True)]
    [InlineData("stddev(m0, duration('5m')) >= 0", "100:m0=7", Truth.Unknown)]
    // The newest less the oldest; one number alone says nothing of a change.
    [InlineData("delta(m0, duration('5m')) == -6", "100:m0=99 800:m0=10 850:m0=20 900:m0=4", Truth.True)]
    [InlineData("delta(m0, duration('5m')) == 0", "100:m0=99 800:m0=10", Truth.Unknown)]
    // Rises, where a fall is a reset.
    [InlineData("increase(m0, duration('5m')) == 30", "800:m0=10 850:m0=20 900:m0=40", Truth.True)]
    [InlineData("increase(m0, duration('5m')) == 15", "800:m0=10 850:m0=20 900:m0=2 950:m0=5", Truth.True)]
    [InlineData("increase(m0, duration('5m')) == 0", "800:m0=10 850:m0=0", Truth.True)]
    [InlineData("increase(m0, duration('5m')) == 0", "800:m0=10", Truth.Unknown)]
    // From the oldest to the newest number, not over the window's whole length.
    [InlineData("rate(m0, duration('5m')) == 0.3", "800:m0=10 850:m0=20 900:m0=40", Truth.True)]
    [InlineData("rate(m0, duration('5m')) == 0.1", "800:m0=10 850:m0=20 900:m0=2 950:m0=5", Truth.True)]
    [InlineData("rate(m0, duration('5m')) == 0", "800:m0=10", Truth.Unknown)]
    [InlineData("rate(m0, duration('5m')) >= 0", "800:m0=10 800:m0=20", Truth.Unknown)]
    // The latest value, to the millisecond.
    [InlineData("last(m0, duration('5m')) == 20", "600:m0=10 700.001:m0=20", Truth.True)]
    [InlineData("last(m0, duration('5m')) == 20", "600:m0=10 700:m0=20", Truth.Unknown)]
    // How long ago, by the device's clock.
    [InlineData("age(m0) == duration('5m')", "700:m0=20", Truth.True)]
    [InlineData("age(m0) > duration('4m59s999ms') && age(m0) < duration('5m1ms')", "700:m0=20", Truth.True)]
    [InlineData("age(m0).getSeconds() == 299", "700.5:m0=20", Truth.True)]
    [InlineData("age(m9) == duration('0s')", "", Truth.True)]
    [InlineData("age(m0) > duration('1s')", "", Truth.Unknown)]
    // Two values in the window, whether or not they came back to the first.
    [InlineData("changed(m0, duration('5m'))", "800:m0=1 900:m0=2", Truth.True)]
    [InlineData("changed(m0, duration('5m'))", "800:m0=1 850:m0=2 900:m0=1", Truth.True)]
    [InlineData("changed(m0, duration('5m'))", "800:m0=1 900:m0=1", Truth.False)]
    [InlineData("changed(m0, duration('5m'))", "700.001:m0=1 900:m0=2 950:m0=2", Truth.True)]
    [InlineData("changed(m0, duration('5m'))", "700:m0=1 900:m0=2 950:m0=2", Truth.False)]
    [InlineData("changed(m0, duration('5m'))", "600:m0=1 650:m0=2", Truth.Unknown)]
    [InlineData("changed(m0, duration('5m'))", "900:m0=0 950:m0=-0.0", Truth.False)]
    // Codes are set until cleared.
    [InlineData("code('E1')", "", Truth.False)]
    [InlineData("code('E1')", "100:+E1", Truth.True)]
    [InlineData("code('E1')", "100:+E1 200:-E1", Truth.False)]
    [InlineData("code('E1') && !code('E2')", "100:+E1", Truth.True)]
    [InlineData("count(code('E1'), duration('5m')) == 3", "100:+E1 800:+E1 810:+E1 820:-E1 900:+E1", Truth.True)]
    [InlineData("count(code('E1'), duration('5m')) == 0", "100:+E1", Truth.True)]
    public void Condition_OverWhatCameBefore_Gives(string condition, string before, Truth expected)
    {
        var rules = FromFile($"- fault: yes\n  raise: {condition} && m9 > 0\n  case: {{}}\n- fault: 'no'\n  raise: '!({condition.Replace("'", "\"", StringComparison.Ordinal)}) && m9 > 0'\n  case: {{}}\n");
        foreach (var restart in (bool[])[false, true])
        {
            var bench = new LaneBench(rules).Register(0, DeviceOf("d1"));
            foreach (var word in before.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var at = double.Parse(word[..word.IndexOf(':', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
                var what = word[(word.IndexOf(':', StringComparison.Ordinal) + 1)..];
                _ = what[0] is '+' or '-' ? bench.Code(at, "d1", what[1..], what[0] == '+' ? CodeState.Set : CodeState.Clear) : bench.Reading(at, "d1", what);
            }
            bench.Said();
            var said = (restart ? bench.Restart() : bench).Reading(1000, "d1", "m9=1").Said();
            var rule = expected switch { Truth.True => "yes", Truth.False => "no", _ => null };
            Assert.Equal(rule is null ? [] : [$"1000 Raised d1 {rule} ConditionTrue", $"1000 Escalated d1 {rule} NoRemedy"], said);
        }
    }

    [Fact]
    public void Code_SetAndCleared_RaisesAndClearsByItself()
    {
        var bench = Bench("- fault: f\n  raise: code(\"E1\") && m0 > 90\n  case: {}\n");
        bench.Reading(10, "d1", "m0=95").Expect();
        bench.Code(20, "d1", "E1").Expect("20 Raised d1 f ConditionTrue", "20 Escalated d1 f NoRemedy");
        Assert.Equal([("code(\"E1\")", MetricValue.Of(true)), ("m0", MetricValue.Of(95))], Evidence(bench.Reading(21, "d1", "m0=80").Code(22, "d1", "E1").Reading(23, "d1", "m0=95")));
        bench.Said();
        bench.Code(30, "d1", "E1", CodeState.Clear).Expect("30 Cleared d1 f ConditionFalse");
    }

    [Fact]
    public void Code_OfTheDesign_CountsWithAMean()
    {
        var bench = Bench("- fault: bearing-wear\n  raise: avg(m0, duration(\"12h\")) > 46.0 && count(code(\"error5\"), duration(\"48h\")) > 0\n  case: {}\n");
        bench.Reading(0, "d1", "m0=50").Code(3600, "d1", "error5")
            .Expect("3600 Raised d1 bearing-wear ConditionTrue", "3600 Escalated d1 bearing-wear NoRemedy");
    }

    [Fact]
    public void Code_ToldLate_SaysWhetherItIsSetAndRaisesNothingByItself()
    {
        var bench = Bench("- fault: f\n  raise: code(\"E1\") && count(code(\"E1\"), duration(\"1h\")) == 0\n  case: {}\n");
        bench.Reading(1000, "d1", "m0=1").Code(1001, "d1", "E1", device: 500).Expect("1001 CameLate d1 of 500");
        // Older than what is known of it, so nothing.
        bench.Code(1002, "d1", "E1", CodeState.Clear, device: 400);
        Assert.Equal(MetricValue.Of(true), bench.Of("d1").Values[0]);
    }

    [Fact]
    public void Reading_NamedLikeACode_IsNone()
    {
        var bench = Bench("- fault: f\n  raise: code(\"E1\")\n  case: {}\n");
        bench.Append(10, new Entry.Telemetry(Core.Devices.DeviceId.Parse("d1"), Device(10), [new Reading("code(\"E1\")", MetricValue.Of(true))])).Expect();
        Assert.Empty(bench.Of("d1").Values);
    }

    [Fact]
    public void Changed_TextsAndBooleans_CountAsValues()
    {
        var bench = Bench("- fault: f\n  raise: changed(m0, duration(\"5m\"))\n  case: {}\n");
        MetricValue[] values = [MetricValue.Of("heat"), MetricValue.Of("heat"), MetricValue.Of("cool"), MetricValue.Of("cool")];
        foreach (var (value, i) in values.Select((v, i) => (v, i)))
            bench.Append(100 + (i * 100), Told(100 + (i * 100), value));
        bench.Expect("300 Raised d1 f ConditionTrue", "300 Escalated d1 f NoRemedy");
        bench.Append(500, Told(500, MetricValue.Of("cool"))).Expect("500 Cleared d1 f ConditionFalse");
        bench.Append(600, Told(600, MetricValue.Of(true))).Expect("600 Raised d1 f ConditionTrue", "600 Escalated d1 f NoRemedy");
    }

    [Fact]
    public void Changed_AfterTheRulesChanged_IsKeptByName()
    {
        var next = FromFile("- fault: other\n  raise: changed(m5, duration(\"5m\")) || changed(m0, duration(\"10m\")) && m9 > 0\n  case: {}\n");
        var bench = Bench("- fault: f\n  raise: changed(m0, duration(\"5m\")) && m9 > 5\n  case: {}\n");
        bench.Reading(100, "d1", "m0=1").Reading(200, "d1", "m0=2").Activate(300, next).Reading(400, "d1", "m9=1")
            .Expect("400 Raised d1 other ConditionTrue", "400 Escalated d1 other NoRemedy");
        Assert.Equal(2, bench.Of("d1").Changes.Length);
    }

    [Fact]
    public void Clock_SetBack_LeavesNoAgeChangeOrValueBehind()
    {
        var bench = Bench("- fault: f\n  raise: (changed(m0, duration(\"1h\")) || age(m0) < duration(\"1h\") || last(m0, duration(\"1h\")) == 2) && m9 > 0\n  clear: m9 < 0\n  case: {}\n"
            + "- fault: e\n  raise: code(\"E1\")\n  case: {}\n");
        bench.Reading(4000, "d1", "m0=1 m9=-1").Reading(4010, "d1", "m0=2").Code(4010, "d1", "E1").Said();
        for (var i = 0; i < 5; i++)
            bench.Reading(4100 + (i * 30), "d1", "m9=1", device: 500 + (i * 30));
        // The code stays set, and what becomes of it on the new clock counts. Until it is known, what comes is late.
        bench.Expect("4100 CameLate d1 of 500", "4130 CameLate d1 of 530");
        bench.Code(4260, "d1", "E1", CodeState.Clear, device: 660).Expect("4260 Cleared d1 e ConditionFalse");
        bench.Reading(4280, "d1", "m0=2", device: 680).Expect("4280 Raised d1 f ConditionTrue", "4280 Escalated d1 f NoRemedy");
    }

    [Fact]
    public void Window_OfAnEarlierRelease_HasNoDeviationUntilItsNumbersLeft()
    {
        var unknown = WindowTotal.None.With(1).With(2) with { Squares = double.NaN };
        Assert.True(double.IsNaN(unknown.With(3).Deviation));
        var window = new MetricWindow(TimeSpan.FromMinutes(1));
        window.Restore(0, 1, WindowTotal.None, [new MetricWindow.Step(0, unknown)], []);
        window.Add(new DeviceTime(30_000), 4);
        Assert.True(double.IsNaN(window.Total.Deviation));
        window.Add(new DeviceTime(60_000), 6);
        Assert.Equal(1, window.Total.Deviation);
    }

    [Fact]
    public void Windows_OfTwoKindsOverOneMetric_AreOne()
    {
        var set = FromFile("- fault: f\n  raise: avg(m0, duration(\"5m\")) > 5 && rate(m0, duration(\"5m\")) > 1\n  case: {}\n- fault: g\n  raise: delta(m1, duration(\"5m\")) > 1\n  case: {}\n").Set;
        Assert.Equal<WindowShape>([new(0, TimeSpan.FromMinutes(5), WindowContent.Count | WindowContent.Sum | WindowContent.Order), new(1, TimeSpan.FromMinutes(5), WindowContent.Order)], set.Windows);
    }

    [Fact]
    public void Reach_OfASet_IsItsLongestLook()
    {
        var set = FromFile("- fault: f\n  raise: avg(m0, duration(\"5m\")) > 5 && last(m1, duration(\"2h\")) > 1\n  clear: '!changed(m1, duration(\"1h\"))'\n  case: {}\n").Set;
        Assert.Equal(TimeSpan.FromHours(2), set.Reach);
        Assert.Equal<int>([1], set.Changes);
        Assert.Single(set.Windows);
    }

    [Fact]
    public void Apply_EveryFunction_AllocatesNothing()
    {
        var rules = FromFile("- fault: f\n  raise: >-\n    stddev(m0, duration(\"1m\")) > 1000 || rate(m0, duration(\"1m\")) > 1000 || delta(m0, duration(\"1m\")) > 1000 || increase(m0, duration(\"1m\")) > 1000000\n"
            + "    || last(m1, duration(\"1m\")) > 5000 || age(m1) > duration(\"1h\") || (changed(m1, duration(\"1m\")) && m0 < 0) || code(\"E1\")\n"
            + "    || m0 > {\"HP-2\": 100000, \"x\": 5}[device.model] || [m0, m1][0] < -1 || count(code(\"E1\"), duration(\"1m\")) > 5\n  case: {}\n");
        ActiveRules RuleSet(string hash) => rules;
        var id = Core.Devices.DeviceId.Parse("d1");
        var lane = new Lane(0, ArrivalOptions.Default);
        var effects = new List<LaneEffect>();
        lane.Apply(new LogEntry(0, 1, Server(0), new Entry.RulesActivated("")), default, [], RuleSet, effects);
        lane.Apply(new LogEntry(0, 2, Server(0), new Entry.Registered(DeviceOf("d1"))), default, [], RuleSet, effects);
        effects.Clear();
        var entries = Enumerable.Range(0, 1200).Select(i => new LogEntry(0, 3 + i, Server(i * 2),
            new Entry.Telemetry(id, Device(i * 2), LaneBench.Values(i % 2 == 0 ? $"m0={60 + (i % 7)}" : $"m1={i} m9=1")))).ToArray();
        Func<string, ActiveRules> sets = RuleSet;
        for (var i = 0; i < 400; i++)
            lane.Apply(entries[i], lane.Judge(entries[i]), [], sets, effects);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 400; i < entries.Length; i++)
            lane.Apply(entries[i], lane.Judge(entries[i]), [], sets, effects);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Empty(effects);
    }

    private static (string, MetricValue)[] Evidence(LaneBench bench) =>
        [.. bench.Effects.OfType<LaneEffect.Raised>().Last().Evidence.Select(e => (e.Metric, e.Value))];

    private static Entry.Telemetry Told(double at, MetricValue value) =>
        new(Core.Devices.DeviceId.Parse("d1"), Device(at), [new Reading("m0", value)]);

    private static LaneBench Bench(string rules) => new LaneBench(FromFile(rules)).Register(0, DeviceOf("d1"));
}
