using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>What becomes of what waits, and of what rules saw, when a rule gains or loses its lateness or other rules change.</summary>
public sealed class LatenessSwitchTests
{
    private const string Mean = "- fault: mean\n  raise: avg(m0, duration(\"10m\")) > 50.0 && count(m0, duration(\"10m\")) >= 3 && !changed(m1, duration(\"10m\"))\n  case: {}\n";

    private const string LateMean = "- fault: mean\n  raise: avg(m0, duration(\"10m\")) > 50.0 && count(m0, duration(\"10m\")) >= 3 && !changed(m1, duration(\"10m\"))\n  lateness: 60s\n  case: {}\n";

    [Fact]
    public void OtherRules_Change_WhatWaitsGoesOnWaiting()
    {
        var late = "- fault: hot\n  raise: m0 > 90 && m1 > 1\n  lateness: 60s\n  case: {}\n";
        var bench = Bench(late).Reading(10, "h1", "m0=95 m1=2");
        // The other rule's metrics take the first slots.
        bench.Activate(20, FromFile("- fault: other\n  raise: m1 > 90 && m7 > 5\n  case: {}\n" + late)).Expect().Restart();
        Assert.Equal([(2, MetricValue.Of(95)), (0, MetricValue.Of(2))], Assert.Single(bench.Of("h1").Delayed!.Held).Values);
        bench.Until(69.999).Expect().Until(70).Expect("70 Raised h1 hot ConditionTrue", "70 Escalated h1 hot NoRemedy");
    }

    [Fact]
    public void Rule_LosesLateness_WhatWaitsIsEvaluatedFirst()
    {
        var bench = new LaneBench(Set("a", Late(Hot(hold: 30)))).Register(0, DeviceOf("h1")).Reading(40, "h1", "m0=95", device: 40).Reading(41, "h1", "m0=95", device: 10).Reading(42, "h1", "m0=96", device: 20);
        bench.Activate(43, Set("b", Hot(hold: 30))).Expect("43 Raised h1 hot HoldCompletedInSilence", "43 Escalated h1 hot NoRemedy");
        Assert.Null(bench.Of("h1").Delayed);
        bench.Reading(44, "h1", "m0=20").Expect("44 Cleared h1 hot ConditionFalse");
    }

    [Fact]
    public void Rule_GainsLateness_GoesOnFromWhatStood()
    {
        var bench = new LaneBench(Set("a", Hot() with { MetricSlots = [0, 1] })).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=95");
        bench.Activate(20, Set("b", Late(Hot()) with { MetricSlots = [0, 1] })).Reading(30, "h1", "m1=5").Reading(31, "h1", "m0=20", device: 9).Said();
        bench.Until(89.999).Expect().Reading(95, "h1", "m0=20").Until(1000).Expect("155 Cleared h1 hot ConditionFalse");
    }

    [Fact]
    public void Rule_Removed_EndsAfterWhatWaits()
    {
        var bench = new LaneBench(Set("a", Late(Hot()))).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=95").Activate(20, Set("b", Hot("other")));
        bench.Expect("20 Raised h1 hot ConditionTrue", "20 Escalated h1 hot NoRemedy", "20 Cleared h1 hot RuleRemoved");
        Assert.Null(bench.Of("h1").Delayed);
    }

    [Fact]
    public void Rule_Renamed_GoesOn()
    {
        var bench = new LaneBench(Set("a", Late(Hot()))).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=95").Activate(20, Set("b", Late(Hot("hotter")) with { Was = "hot" }));
        bench.Expect("20 Raised h1 hot ConditionTrue", "20 Escalated h1 hot NoRemedy", "20 RuleRenamed h1 hot hotter");
        bench.Reading(30, "h1", "m0=20").Until(89.999).Expect().Until(90).Expect("90 Cleared h1 hotter ConditionFalse");
    }

    [Fact]
    public void Rule_AnotherGainsLateness_SeesNothingTwice()
    {
        var (slow, quick) = (Late(Hot("slow")), Hot("quick") with { RaiseSamples = new SampleQuota(2, 2) });
        var bench = new LaneBench(Set("a", slow, quick)).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=95").Activate(20, Set("b", slow, Late(quick)));
        bench.Expect("20 Raised h1 slow ConditionTrue", "20 Escalated h1 slow NoRemedy").Until(100).Expect();
        bench.Reading(101, "h1", "m0=95").Until(161).Expect("161 Raised h1 quick ConditionTrue", "161 Escalated h1 quick NoRemedy");
    }

    [Theory]
    [InlineData(Mean, LateMean, 110)]
    [InlineData(LateMean, Mean, 50)]
    public void Windows_OfARuleThatGainsOrLosesLateness_GoOn(string from, string to, int raised)
    {
        var bench = Bench(from).Reading(10, "h1", "m0=60 m1=1").Reading(20, "h1", "m0=62").Activate(30, FromFile(to)).Restart();
        Assert.Equal(to == LateMean, bench.Of("h1").Windows[0] is null);
        bench.Expect().Reading(50, "h1", "m0=64").Until(1000).Expect($"{raised} Raised h1 mean ConditionTrue", $"{raised} Escalated h1 mean NoRemedy");
    }

    [Fact]
    public void Windows_ThatBothKindsOfRulesLookThrough_GoOnByThemselves()
    {
        var other = "- fault: other\n  raise: sum(m0, duration(\"10m\")) > 1000.0\n  case: {}\n";
        var bench = Bench(Mean + other).Reading(10, "h1", "m0=60 m1=1").Reading(20, "h1", "m0=62").Activate(30, FromFile(LateMean + other)).Reading(50, "h1", "m0=64").Restart();
        var (own, late) = (bench.Of("h1").Windows[0]!, bench.Of("h1").Delayed!.Windows[0]!);
        Assert.Equal((186, 122), (own.Total.Sum, late.Total.Sum));
        bench.Until(1000).Expect("110 Raised h1 mean ConditionTrue", "110 Escalated h1 mean NoRemedy");
        Assert.Equal(186, late.Total.Sum);
    }

    [Fact]
    public void Median_AskedForByWhatWaits_IsThatOfTheFormerRules()
    {
        var bench = Bench("- fault: warm\n  raise: m0 > fleet_median(m0) + 8.0\n  lateness: 60s\n  case: {}\n")
            .Everywhere(5, new Entry.FleetMedians(Sec(300), [new FleetMedian("HP-2", "m0", 50, 9), new FleetMedian("HP-2", "m1", 1, 9)])).Reading(10, "h1", "m0=95");
        bench.Activate(20, FromFile("- fault: warm\n  raise: m1 > fleet_median(m1) + 8.0\n  lateness: 60s\n  case: {}\n"));
        var raised = Assert.Single(bench.Effects.OfType<LaneEffect.Raised>());
        Assert.Equal(["m0", "fleet_median(m0)"], raised.Evidence.Select(e => e.Metric));
        Assert.Equal(50, raised.Evidence[1].Value.Number);
    }

    private static LaneBench Bench(string rules) => new LaneBench(FromFile(rules)).Register(0, DeviceOf("h1"));
}
