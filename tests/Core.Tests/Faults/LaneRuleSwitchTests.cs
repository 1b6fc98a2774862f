using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>A changed set of rules, a changed device: what goes on and what ends.</summary>
public sealed class LaneRuleSwitchTests
{
    [Fact]
    public void Switch_SameId_KeepsTheOpenFault() =>
        Raised(Hot()).Activate(100, Set("b", Hot("wet"), Hot())).Reading(110, "h1", "m0=20")
            .Expect("110 Cleared h1 hot ConditionFalse");

    [Fact]
    public void Switch_Removed_EndsWithRuleRemoved() => Raised(Hot()).Activate(100, Set("b", Hot("wet"))).Expect("100 Cleared h1 hot RuleRemoved");

    [Fact]
    public void Switch_Renamed_KeepsTheEpisodeUnderTheNewName()
    {
        var bench = new LaneBench(Set("a", Hot())).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=95");
        var episode = Assert.Single(bench.Effects.OfType<LaneEffect.Raised>()).Episode;
        bench.Said();
        bench.Activate(100, Set("b", Hot("too-hot") with { Was = "hot" })).Expect("100 RuleRenamed h1 hot too-hot").Reading(110, "h1", "m0=20");
        var cleared = Assert.IsType<LaneEffect.Cleared>(Assert.Single(bench.Effects));
        Assert.Equal(("too-hot", episode), (cleared.Rule, cleared.Episode));
    }

    [Fact]
    public void Switch_FormerNameIsInUseAgain_StateHasOneSuccessor()
    {
        var bench = Raised(Hot()).Activate(100, Set("b", Hot("too-hot") with { Was = "hot" }, Hot())).Expect();
        bench.Reading(110, "h1", "m0=20").Expect("110 Cleared h1 hot ConditionFalse");
    }

    [Fact]
    public void Switch_OtherKindUnderTheSameId_EndsTheOldOne() => Raised(Hot()).Activate(100, Set("b", Codes("hot", "E1")))
        .Expect("100 Cleared h1 hot RuleRemoved");

    [Fact]
    public void Switch_ShorterHold_CountsFromThenOn() =>
        Bench(Hot(hold: 500)).Reading(10, "h1", "m0=95").Activate(100, Set("b", Hot(hold: 200))).Until(209.999).Expect()
            .Until(300).Expect("210 Raised h1 hot HoldCompletedInSilence", "210 Escalated h1 hot NoRemedy");

    [Fact]
    public void Switch_HoldThatIsOverByTheNewRule_RaisesNowAndNotInThePast() =>
        Bench(Hot(hold: 500)).Reading(10, "h1", "m0=95").Activate(100, Set("b", Hot(hold: 50))).Until(300)
            .Expect("100 Raised h1 hot HoldCompletedInSilence", "100 Escalated h1 hot NoRemedy");

    [Fact]
    public void Switch_UnseenAdded_Counts() =>
        Raised(Hot()).Activate(100, Set("b", Hot() with { Unseen = Sec(3600) })).Until(10_000).Expect("3610 Cleared h1 hot Unseen");

    [Fact]
    public void Switch_NewSilenceRule_RaisesNowAndNotInThePast() =>
        Bench(Hot()).Timeless(10, "h1", "m3=1").Until(5000).Activate(5000, Set("b", Silent() with { ExplainedByOutage = true })).Until(5001)
            .Expect("5000 Raised h1 silent WentSilent");

    [Fact]
    public void Switch_CodesInAnotherOrder_AreKnownByName() =>
        Bench(Codes("pump", "E42", "E43")).Code(10, "h1", "E43").Activate(100, Set("b", Codes("pump", "E41", "E42", "E43")))
            .Code(110, "h1", "E42", CodeState.Clear).Expect("10 Raised h1 pump CodeSet", "10 Escalated h1 pump NoRemedy")
            .Code(120, "h1", "E43", CodeState.Clear).Expect("120 Cleared h1 pump CodeCleared");

    [Fact]
    public void Switch_TheCodeThatIsSetLeavesTheRule_Ends() =>
        Bench(Codes("pump", "E42", "E43")).Code(10, "h1", "E43").Activate(100, Set("b", Codes("pump", "E42")))
            .Expect("10 Raised h1 pump CodeSet", "10 Escalated h1 pump NoRemedy", "100 Cleared h1 pump RuleRemoved");

    [Fact]
    public void Switch_MetricsInOtherSlots_KeepTheirValues()
    {
        var moved = new ActiveRules(Set("b", Hot() with { Raise = When(1, v => v > 90), MetricSlots = [1] }).Set with { Metrics = ["m3", "m0"] });
        var bench = Bench(Hot()).Reading(10, "h1", "m0=80 m1=1").Activate(100, moved);
        Assert.Equal((80, Device(10)), (bench.Of("h1").Values[1].Number, bench.Of("h1").ValueAt[1]));
        bench.Reading(110, "h1", "m0=95").Expect("110 Raised h1 hot ConditionTrue", "110 Escalated h1 hot NoRemedy");
    }

    [Fact]
    public void Switch_Dues_AreKeptByIdAndFormerId()
    {
        var bench = Bench(Due(every: 1000)).Reading(10, "h1", "m1=0").Reading(20, "h1", "m1=500")
            .Activate(100, Set("b", Due("filter-2", every: 1000) with { Was = "filter" }));
        Assert.Equal(500, bench.Of("h1").Dues[0].Used);
        bench.Reading(110, "h1", "m1=900").Expect("100 RuleRenamed h1 filter filter-2", "110 DueChanged h1 filter-2 Told ReachedTellAt 0");
    }

    [Fact]
    public void Register_OtherModel_EndsWhatNoLongerApplies()
    {
        var rule = Hot() with { AppliesTo = ForModel("HP-2") };
        Bench(rule).Reading(10, "h1", "m0=95").Register(100, DeviceOf("h1", "XX-1")).Reading(110, "h1", "m0=95")
            .Expect("10 Raised h1 hot ConditionTrue", "10 Escalated h1 hot NoRemedy", "100 Cleared h1 hot NoLongerApplies")
            .Register(120, DeviceOf("h1")).Reading(130, "h1", "m0=95").Expect("130 Raised h1 hot ConditionTrue", "130 Escalated h1 hot NoRemedy");
    }

    [Fact]
    public void Switch_NoLongerApplies_Ends() =>
        Raised(Hot()).Activate(100, Set("b", Hot() with { AppliesTo = ForModel("XX-1") })).Expect("100 Cleared h1 hot NoLongerApplies");

    [Fact]
    public void Remove_Device_EndsItsFaultsAndForgetsIt() =>
        Raised(Hot()).Append(100, new Entry.Removed(DeviceId.Parse("h1"))).Expect("100 Cleared h1 hot DeviceRemoved")
            .Reading(110, "h1", "m0=95").Until(100_000).Expect();

    [Fact]
    public void Parameters_OfTheDevice_OverrideTheRules()
    {
        var rule = Hot() with
        {
            Params = [("limit", MetricValue.Of(90))],
            Raise = new Condition("m0 > params.limit", [0], (in ConditionScope s) => s.Metrics[0].Number > s.Parameters[0].Number ? Truth.True : Truth.False),
        };
        var own = DeviceOf("h2") with { Params = System.Collections.Immutable.ImmutableSortedDictionary<string,
            MetricValue>.Empty.Add("hot.limit", MetricValue.Of(99)) };
        new LaneBench(Set("a", rule)).Register(0, DeviceOf("h1"), own).Reading(10, "h1", "m0=95").Reading(10, "h2", "m0=95")
            .Expect("10 Raised h1 hot ConditionTrue", "10 Escalated h1 hot NoRemedy");
    }

    private static LaneBench Bench(params Rule[] rules) => new LaneBench(Set("a", rules)).Register(0, DeviceOf("h1"));

    private static LaneBench Raised(FaultRule rule) =>
        Bench(rule).Reading(10, "h1", "m0=95").Expect($"10 Raised h1 {rule.Id} ConditionTrue", $"10 Escalated h1 {rule.Id} NoRemedy");
}
