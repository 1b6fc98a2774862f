using B2D.Core.Faults;
using B2D.Core.Telemetry;
using B2D.Core.Tests.Rules;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>Conditions that look through windows, in a lane. Times in seconds.</summary>
public sealed class LaneWindowTests
{
    private const string Warm = "- fault: warm\n  raise: avg(m0, duration(\"5m\")) > 50\n  case: {}\n";

    [Theory]
    [InlineData("avg(m0, duration(\"5m\")) == 20")]
    [InlineData("min(m0, duration(\"5m\")) == 10")]
    [InlineData("max(m0, duration(\"5m\")) == 30")]
    [InlineData("sum(m0, duration(\"5m\")) == 60")]
    [InlineData("count(m0, duration(\"5m\")) == 3")]
    [InlineData("max(m0, duration(\"5m\")) - min(m0, duration(\"5m\")) == 20 && count(m0, duration(\"1m\")) == 1")]
    public void Function_ThreeReadings_GivesTheirTotal(string condition)
    {
        var bench = Bench($"- fault: f\n  raise: {condition} && count(m0, duration(\"5m\")) == 3\n  case: {{}}\n");
        bench.Reading(100, "d1", "m0=10").Reading(200, "d1", "m0=30").Expect();
        Assert.StartsWith("300 Raised d1 f", bench.Reading(300, "d1", "m0=20").Said()[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Window_Empty_IsUnknownAndCountsNone()
    {
        var bench = Bench("- fault: low\n  raise: avg(m0, duration(\"1m\")) < 50 || m1 > 100\n  clear: m1 < 0\n  case: {}\n"
            + "- fault: quiet\n  raise: count(m0, duration(\"1m\")) + sum(m0, duration(\"1m\")) == 0 && m1 > 5\n  case: {}\n");
        bench.Reading(10, "d1", "m0=60").Reading(200, "d1", "m1=7");
        Assert.Equal(["200 Raised d1 quiet ConditionTrue", "200 Escalated d1 quiet NoRemedy"], bench.Said());
    }

    [Fact]
    public void Window_AnotherMetricOfTheRule_MovesIt()
    {
        var bench = Bench("- fault: f\n  raise: count(m0, duration(\"1m\")) >= 2 && m1 > 0\n  case: {}\n");
        bench.Reading(0, "d1", "m0=1").Reading(30, "d1", "m0=1").Expect();
        bench.Reading(70, "d1", "m1=1").Expect();
        bench.Reading(75, "d1", "m0=1").Expect("75 Raised d1 f ConditionTrue", "75 Escalated d1 f NoRemedy");
    }

    [Fact]
    public void Reading_OlderThanTheWatermark_DoesNotEnter()
    {
        var bench = Bench(Warm).Reading(1000, "d1", "m0=40").Reading(1001, "d1", "m0=100", device: 900);
        Assert.Equal(1, bench.Of("d1").Windows[0]!.Total.Count);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Reading_NoFiniteNumber_DoesNotEnter(double value)
    {
        var bench = Bench(Warm);
        bench.Append(10, Told(10, MetricValue.Of(value))).Append(11, Told(11, MetricValue.Of("40"))).Append(12, Told(12, MetricValue.Of(true)));
        Assert.Null(bench.Of("d1").Windows[0]);
    }

    [Fact]
    public void Reading_StoredBefore_DoesNotEnter()
    {
        var bench = Bench(Warm);
        bench.Append(10, Told(10, MetricValue.Of(1))).Append(11, Told(10, MetricValue.Of(1)), true);
        Assert.Equal(1, bench.Of("d1").Windows[0]!.Total.Count);
    }

    [Fact]
    public void Clock_SetBack_BeginsTheWindowAnew()
    {
        var bench = Bench(Warm);
        bench.Reading(4000, "d1", "m0=100", device: 4000);
        Assert.Contains("4000 Raised d1 warm ConditionTrue", bench.Said());
        // Three readings, steadily an hour behind, are a clock that was set back.
        for (var i = 0; i < 5; i++)
            bench.Reading(4100 + (i * 30), "d1", "m0=10", device: 500 + (i * 30));
        Assert.Equal(["4100 CameLate d1 of 500", "4130 CameLate d1 of 530", "4160 Cleared d1 warm ConditionFalse"], bench.Said());
        var window = bench.Of("d1").Windows[0]!;
        Assert.Equal((3, 30.0), (window.Numbers, window.Sum));
    }

    [Fact]
    public void Windows_OfSeveralRules_AreShared()
    {
        var bench = Bench(Warm + "- fault: also\n  raise: m1 > 0\n  severity: [ { high: 'max(m0, duration(\"300s\")) > 5' } ]\n  case: {}\n"
            + "- fault: other\n  raise: avg(m0, duration(\"5m1s\")) > 50\n  case: {}\n");
        bench.Reading(1, "d1", "m0=3");
        Assert.Equal(2, bench.Of("d1").Windows.Length);
    }

    [Fact]
    public void Windows_OfRulesThatDoNotApply_AreNotKept()
    {
        var bench = Bench("- fault: f\n  applies_to: device.model == \"HP-2\"\n  raise: avg(m0, duration(\"5m\")) > 50\n  case: {}\n");
        bench.Register(0, DeviceOf("d2", "XX-1")).Reading(1, "d2", "m0=3").Reading(1, "d1", "m0=3");
        Assert.Null(bench.Of("d2").Windows[0]);
        Assert.NotNull(bench.Of("d1").Windows[0]);
        Assert.Null(bench.Register(2, DeviceOf("d1", "XX-1")).Of("d1").Windows[0]);
    }

    [Fact]
    public void Rules_Changed_KeepsWindowsOfTheSameShape()
    {
        var next = FromFile("- fault: cold\n  raise: avg(m1, duration(\"5m\")) < 0\n  case: {}\n- fault: new\n  raise: sum(m0, duration(\"5m\")) > 100\n  case: {}\n"
            + "- fault: longer\n  raise: sum(m0, duration(\"10m\")) > 100\n  case: {}\n");
        var bench = Bench(Warm).Reading(10, "d1", "m0=40").Activate(20, next).Reading(30, "d1", "m0=45");
        var windows = bench.Of("d1").Windows;
        Assert.Null(windows[0]);
        Assert.Equal((2, 85.0), (windows[1]!.Numbers, windows[1]!.Sum));
        Assert.Equal((1, 45.0), (windows[2]!.Numbers, windows[2]!.Sum));
        bench.Reading(40, "d1", "m0=20").Expect("40 Raised d1 new ConditionTrue", "40 Escalated d1 new NoRemedy");
    }

    [Fact]
    public void Rules_ChangedToAskForMore_KnowItOnceWhatWasThereHasLeft()
    {
        var next = FromFile("- fault: warm\n  raise: avg(m0, duration(\"5m\")) > 50\n  case: {}\n- fault: peak\n  raise: max(m0, duration(\"5m\")) > 60\n  case: {}\n");
        var bench = Bench("- fault: warm\n  raise: avg(m0, duration(\"5m\")) > 50\n  case: {}\n").Reading(10, "d1", "m0=40").Reading(11, "d1", "m0=30");
        bench.Activate(20, next).Expect();
        // Its mean goes on, its greatest number is not known as long as numbers are in it that nobody looked at.
        bench.Reading(30, "d1", "m0=110").Expect("30 Raised d1 warm ConditionTrue", "30 Escalated d1 warm NoRemedy");
        bench.Reading(309, "d1", "m0=20").Expect("309 Cleared d1 warm ConditionFalse");
        bench.Reading(310, "d1", "m0=20").Expect("310 Raised d1 peak ConditionTrue", "310 Escalated d1 peak NoRemedy");
    }

    [Fact]
    public void Verify_OverAWindow_ProvesTheRemedy()
    {
        var bench = Bench("- fault: f\n  raise: m0 > 90\n  clear: m1 > 5\n  remedy: { command: cool, within: 10m, verify: 'max(m0, duration(\"1m\")) < 50' }\n");
        bench.Reading(10, "d1", "m0=95");
        var command = bench.Of("d1").Remedies[0].CommandId;
        bench.Delivered(11, "d1", command).Reading(20, "d1", "m0=30").Said();
        bench.Reading(71, "d1", "m0=30").Expect("71 RemedyChanged d1 f Verified VerifiedByTelemetry");
    }

    [Fact]
    public void Rules_TooManyWindows_AreRefused()
    {
        var rules = string.Concat(Enumerable.Range(1, 65).Select(i => $"- fault: f{i}\n  raise: avg(m0, duration(\"{i}m\")) > 1\n  case: {{}}\n"));
        var problem = Assert.Single(RuleFiles.Read(rules).Problems);
        Assert.Equal((64 * 3) + 2, problem.Line);
        Assert.Contains("more than 64 windows", problem.Message, StringComparison.Ordinal);
    }

    private static Entry.Telemetry Told(double at, MetricValue value) =>
        new(Core.Devices.DeviceId.Parse("d1"), Device(at), [new Reading("m0", value)]);

    private static LaneBench Bench(string rules) => new LaneBench(FromFile(rules)).Register(0, DeviceOf("d1"));
}
