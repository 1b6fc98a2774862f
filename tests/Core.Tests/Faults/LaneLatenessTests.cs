using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Remedies;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>Rules with lateness: what waits, until when, and what is evaluated then.</summary>
public sealed class LaneLatenessTests
{
    private static readonly DeviceId H1 = DeviceId.Parse("h1");

    private static readonly FaultRule Twice = Late(Hot()) with { RaiseSamples = new SampleQuota(2, 2) };

    [Fact]
    public void Message_InSilence_IsEvaluatedWhenTheClockHasWaited() =>
        Bench(Late(Hot())).Reading(10, "h1", "m0=95").Until(69.999).Expect().Until(1000).Expect("70 Raised h1 hot ConditionTrue", "70 Escalated h1 hot NoRemedy");

    [Fact]
    public void Message_DeviceTimeMovedOnByLateness_IsEvaluatedAtOnce()
    {
        var bench = Bench(Late(Hot())).Reading(100, "h1", "m0=95", device: 40).Reading(101, "h1", "m0=20", device: 99.999).Expect();
        bench.Reading(102, "h1", "m3=1", device: 100).Expect("102 Raised h1 hot ConditionTrue", "102 Escalated h1 hot NoRemedy");
        bench.Until(160.999).Expect().Until(161).Expect("161 Cleared h1 hot ConditionFalse");
    }

    [Fact]
    public void Messages_OutOfOrder_AreEvaluatedInOrder()
    {
        var bench = Bench(Twice, Hot("as-it-comes") with { RaiseSamples = new SampleQuota(2, 2) })
            .Reading(10, "h1", "m0=95", device: 5).Reading(20, "h1", "m0=20", device: 15).Reading(21, "h1", "m0=96", device: 10).Until(79.999).Expect("21 CameLate h1 of 10");
        bench.Until(1000).Expect("80 Raised h1 hot ConditionTrue", "80 Escalated h1 hot NoRemedy", "80 Cleared h1 hot ConditionFalse");
        var stands = Assert.Single(bench.Of("h1").Delayed!.Values);
        Assert.Equal(MetricValue.Of(20), stands);
    }

    [Fact]
    public void Messages_OfOneTime_AreEvaluatedInOrderOfArrival() =>
        Bench(Late(Hot())).Reading(10, "h1", "m0=20").Reading(11, "h1", "m0=95", device: 10).Reading(12, "h1", "m0=30", device: 10).Until(1000)
            .Expect("71 Raised h1 hot ConditionTrue", "71 Escalated h1 hot NoRemedy", "72 Cleared h1 hot ConditionFalse");

    [Fact]
    public void Evidence_OfARaisedFault_IsWhatStoodThen()
    {
        var bench = Bench(Late(Hot()) with { MetricSlots = [0, 1] }).Reading(10, "h1", "m0=95 m1=1", device: 8).Reading(12, "h1", "m0=20 m1=2", device: 11).Reading(13, "h1", "m1=3", device: 9);
        bench.Until(71);
        var raised = Assert.Single(bench.Effects.OfType<LaneEffect.Raised>());
        Assert.Equal([new EvidenceValue("m0", MetricValue.Of(95), Device(8)), new EvidenceValue("m1", MetricValue.Of(1), Device(8))], raised.Evidence.AsEnumerable());
        // The rules in 256 partitions, the device, its first reading.
        Assert.Equal((Device(8), new EpisodeId(Partitions.Of(H1), 258)), (raised.OnsetAt, raised.Episode));
    }

    [Fact]
    public void Message_OlderThanWhatWasEvaluated_IsPassedOver() =>
        Bench(Late(Hot())).Reading(10, "h1", "m0=20").Until(70).Reading(71, "h1", "m0=95", device: 9.999).Until(1000).Expect("71 CameLate h1 of 9.999 delayed");

    [Fact]
    public void Message_LaterThanLatenessButNotOlderThanWhatWasEvaluated_Counts() =>
        Bench(Late(Hot())).Reading(10, "h1", "m0=20", device: 5).Reading(200, "h1", "m0=20").Reading(201, "h1", "m0=95", device: 6)
            .Expect("201 Raised h1 hot ConditionTrue", "201 Escalated h1 hot NoRemedy");

    [Fact]
    public void Rules_WithoutLateness_SeeNothingOfIt() =>
        Bench(Late(Hot()), Hot("now")).Reading(10, "h1", "m0=95").Expect("10 Raised h1 now ConditionTrue", "10 Escalated h1 now NoRemedy")
            .Reading(11, "h1", "m0=20", device: 9).Expect("11 CameLate h1 of 9").Reading(12, "h1", "m0=20").Expect("12 Cleared h1 now ConditionFalse").Until(72)
            .Expect("70 Raised h1 hot ConditionTrue", "70 Escalated h1 hot NoRemedy", "72 Cleared h1 hot ConditionFalse");

    [Fact]
    public void Lateness_OfSeveralRules_IsTheLongestForAllOfThem() =>
        Bench(Late(Hot(), 20), Late(Hot("slow"), 60)).Reading(10, "h1", "m0=95").Until(69.999).Expect().Until(70)
            .Expect("70 Raised h1 hot ConditionTrue", "70 Escalated h1 hot NoRemedy", "70 Raised h1 slow ConditionTrue", "70 Escalated h1 slow NoRemedy");

    [Fact]
    public void Lateness_OfARuleThatDoesNotApply_CountsForNone() =>
        Bench(Late(Hot(), 20), Late(Hot("slow"), 600) with { AppliesTo = ForModel("XX-1") }).Reading(10, "h1", "m0=95").Until(30)
            .Expect("30 Raised h1 hot ConditionTrue", "30 Escalated h1 hot NoRemedy");

    [Fact]
    public void Hold_AfterALiveMessage_IsCompletedInSilenceLaterByLateness()
    {
        var bench = Bench(Late(Hot(hold: 30))).Reading(10, "h1", "m0=95").Until(99.999).Expect().Until(100)
            .Expect("100 Raised h1 hot HoldCompletedInSilence", "100 Escalated h1 hot NoRemedy");
        Assert.Equal(Device(10), bench.Of("h1").Faults[0].OnsetAt);
    }

    [Fact]
    public void Hold_AfterALateMessage_IsNotCompletedInSilence() =>
        Bench(Late(Hot(hold: 30))).Reading(10_000, "h1", "m0=95", device: 0).Until(100_000).Expect();

    [Fact]
    public void Hold_OverMessagesOutOfOrder_IsAsIfTheyCameInOrder() =>
        Bench(Late(Hot(hold: 30))).Reading(40, "h1", "m0=95", device: 40).Reading(41, "h1", "m0=95", device: 10).Reading(42, "h1", "m0=20", device: 41).Reading(43, "h1", "m0=95", device: 25)
            .Until(1000).Expect("100 Raised h1 hot HoldCompletedInSilence", "100 Escalated h1 hot NoRemedy", "102 Cleared h1 hot ConditionFalse");

    [Fact]
    public void Hold_ThatTheClockWouldComplete_LooksFirstAtWhatWaits()
    {
        // 20 of second 35 comes 59 seconds late, and is waiting when the hold of second 40 would be completed, at second 100.
        Bench(Late(Hot(hold: 30))).Reading(10, "h1", "m0=95").Reading(94, "h1", "m0=20", device: 35).Until(1000).Expect();
        Bench(Late(Hot(hold: 30))).Reading(10, "h1", "m0=95").Reading(94, "h1", "m0=20", device: 40).Until(1000)
            .Expect("100 Raised h1 hot HoldCompletedInSilence", "100 Escalated h1 hot NoRemedy", "154 Cleared h1 hot ConditionFalse");
    }

    [Fact]
    public void Unseen_CountsByWhatWasEvaluated() =>
        Bench(Late(Hot()) with { Unseen = Sec(100) }).Reading(10, "h1", "m0=95").Reading(50, "h1", "m3=1", device: 50).Reading(80, "h1", "m3=1", device: 80)
            .Reading(155, "h1", "m3=1", device: 155).Reading(156, "h1", "m0=96", device: 108).Until(250)
            .Expect("70 Raised h1 hot ConditionTrue", "70 Escalated h1 hot NoRemedy")
            .Until(1000).Expect("270 Cleared h1 hot Unseen");

    [Fact]
    public void Duplicate_IsJudgedOnArrival()
    {
        var bench = Bench(Twice).Reading(10, "h1", "m0=95");
        bench.Append(20, new Entry.Telemetry(H1, Device(10), LaneBench.Values("m0=95")), true);
        bench.Append(21, new Entry.Telemetry(H1, Device(11), LaneBench.Values("m0=95 m1=1")), true, false);
        Assert.Single(bench.Of("h1").Delayed!.Held);
        bench.Until(1000).Expect();
    }

    [Fact]
    public void Gateway_Down_IsNoTimeWaited() =>
        Bench(Late(Hot())).Reading(10, "h1", "m0=95").Everywhere(30, new Entry.GatewayDown()).Until(100).Expect()
            .Everywhere(130, new Entry.GatewayUp(Server(30))).Until(169.999).Expect("130 GatewayWasDown since 30").Until(170)
            .Expect("170 Raised h1 hot ConditionTrue", "170 Escalated h1 hot NoRemedy");

    [Fact]
    public void Gateway_DiedUnnoticed_IsNoTimeWaited() =>
        Bench(Late(Hot())).Reading(10, "h1", "m0=95").Everywhere(500, new Entry.GatewayUp(Server(30))).Until(539.999).Expect("500 GatewayWasDown since 30").Until(540)
            .Expect("540 Raised h1 hot ConditionTrue", "540 Escalated h1 hot NoRemedy");

    [Fact]
    public void Clock_SetBack_ReleasesFirstAndBeginsAnew()
    {
        var bench = Bench(Late(Hot(hold: 30))).Reading(3930, "h1", "m0=20").Reading(4000, "h1", "m0=95").Reading(4001, "h1", "m0=95", device: 3999);
        // An hour back: late at first, live again once that is known for a minute.
        bench.Reading(4002, "h1", "m0=96", device: 402).Reading(4032, "h1", "m0=97", device: 432).Expect("4002 CameLate h1 of 402 delayed", "4032 CameLate h1 of 432 delayed");
        Assert.Equal(2, bench.Of("h1").Delayed!.Held.Count);
        bench.Reading(4063, "h1", "m0=20", device: 463);
        var view = bench.Of("h1").Delayed!;
        Assert.Equal([Device(463)], view.Held.Select(m => m.At));
        Assert.Equal(Device(463), view.Watermark);
        bench.Until(4123).Expect();
        Assert.Equal(20, view.Values[0].Number);
    }

    [Fact]
    public void Full_Buffer_EvaluatesTheOldestAndSaysSoOnce()
    {
        var bench = Bench(Late(Hot(), 900));
        for (var i = 0; i < 300; i++)
            bench.Reading(i, "h1", $"m0={(i == 40 ? 95 : 20)}");
        bench.Expect("256 ReorderFull h1", "296 Raised h1 hot ConditionTrue", "296 Escalated h1 hot NoRemedy", "297 Cleared h1 hot ConditionFalse");
        Assert.Equal(256, bench.Of("h1").Delayed!.Held.Count);
        bench.Restart().Reading(300, "h1", "m0=20").Expect();
        // Half of them gone, it may be told of again.
        bench.Until(1080).Expect();
        Assert.InRange(bench.Of("h1").Delayed!.Held.Count, 100, 128);
        for (var i = 0; i < 200; i++)
            bench.Reading(1081 + (i / 100.0), "h1", "m0=20");
        Assert.Single(bench.Said());
    }

    [Fact]
    public void Device_WithoutSuchARule_HasNoView()
    {
        var bench = Bench(Hot(), Late(Hot("other")) with { AppliesTo = ForModel("XX-1") }).Register(0, DeviceOf("h2")).Reading(10, "h1", "m0=20");
        Assert.Null(bench.Of("h1").Delayed);
        Assert.Same(bench.Of("h1").Windows, bench.Of("h2").Windows);
    }

    [Fact]
    public void Removed_Device_ForgetsWhatWaits() =>
        Bench(Late(Hot())).Reading(10, "h1", "m0=95").Append(20, new Entry.Removed(H1)).Until(1000).Expect();

    [Fact]
    public void Registered_Anew_IsEvaluatedAsItWasUntilThen()
    {
        var bench = Bench(Late(Hot()) with { AppliesTo = ForModel("HP-2") }).Reading(10, "h1", "m0=95").Register(20, DeviceOf("h1", "XX-1"));
        bench.Expect("20 Raised h1 hot ConditionTrue", "20 Escalated h1 hot NoRemedy", "20 Cleared h1 hot NoLongerApplies");
        Assert.Null(bench.Of("h1").Delayed);
        bench.Reading(30, "h1", "m0=95").Until(1000).Expect().Register(1001, DeviceOf("h1")).Reading(1002, "h1", "m0=95").Until(1062)
            .Expect("1062 Raised h1 hot ConditionTrue", "1062 Escalated h1 hot NoRemedy");
    }

    [Fact]
    public void Restart_WithWhatWaits_LosesNothing() =>
        Bench(Twice).Reading(10, "h1", "m0=95", device: 5).Reading(20, "h1", "m0=20", device: 15).Restart().Reading(21, "h1", "m0=96", device: 10).Restart().Until(79.999).Restart().Expect()
            .Until(1000).Expect("80 Raised h1 hot ConditionTrue", "80 Escalated h1 hot NoRemedy", "80 Cleared h1 hot ConditionFalse");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Codes_OfConditions_GoTheSameWay(bool inOrder)
    {
        var bench = new LaneBench(FromFile("- fault: pump\n  raise: code(\"E1\") && m0 > 90\n  lateness: 60s\n  case: {}\n")).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=95");
        _ = inOrder
            ? bench.Code(20, "h1", "E1", CodeState.Set, device: 11).Code(21, "h1", "E1", CodeState.Clear, device: 15)
            : bench.Code(20, "h1", "E1", CodeState.Clear, device: 15).Code(21, "h1", "E1", CodeState.Set, device: 11);
        bench.Until(79.999).Expect().Until(1000)
            .Expect("80 Raised h1 pump ConditionTrue", "80 Escalated h1 pump NoRemedy", inOrder ? "81 Cleared h1 pump ConditionFalse" : "80 Cleared h1 pump ConditionFalse");
    }

    [Fact]
    public void Code_ClearedAfterARestartThatSetTheClockBack_CountsAsItComes()
    {
        var bench = new LaneBench(FromFile("- fault: pump\n  raise: code(\"E1\")\n  lateness: 60s\n  case: {}\n")).Register(0, DeviceOf("h1")).Code(100, "h1", "E1");
        bench.Presence(110, "h1", Presence.Offline).Presence(112, "h1", Presence.Online).Code(112, "h1", "E1", CodeState.Clear, device: 98).Said();
        bench.Until(1000).Expect("160 Raised h1 pump ConditionTrue", "160 Escalated h1 pump NoRemedy", "172 Cleared h1 pump ConditionFalse");
    }

    [Fact]
    public void Code_OlderThanWhatWasEvaluated_StillSaysWhetherItIsSet()
    {
        var bench = new LaneBench(FromFile("- fault: pump\n  raise: code(\"E1\") && m0 > 90\n  lateness: 60s\n  case: {}\n")).Register(0, DeviceOf("h1")).Reading(100, "h1", "m0=20").Until(160);
        bench.Code(161, "h1", "E1", device: 90).Until(1000).Expect("161 CameLate h1 of 90 delayed").Reading(1001, "h1", "m0=95").Until(1061).Expect("1061 Raised h1 pump ConditionTrue", "1061 Escalated h1 pump NoRemedy");
    }

    [Fact]
    public void Functions_OverTime_SeeThingsInOrder()
    {
        var bench = new LaneBench(FromFile("- fault: leak\n  raise: increase(m0, duration(\"1m\")) == 20.0 && changed(m1, duration(\"1m\")) && age(m1) == duration(\"5s\")\n  lateness: 60s\n  case: {}\n"))
            .Register(0, DeviceOf("h1")).Reading(1, "h1", "m0=10 m1=1", device: 1).Reading(30, "h1", "m0=30", device: 20).Reading(31, "h1", "m1=2", device: 15).Reading(32, "h1", "m0=20", device: 10);
        bench.Until(1000);
        Assert.Equal(["90 Raised h1 leak ConditionTrue", "90 Escalated h1 leak NoRemedy"], bench.Said()[..2]);
        Assert.Null(bench.Of("h1").Windows[0]);
    }

    [Fact]
    public void Median_OfTheFleet_IsThatOfTheEvaluation()
    {
        var bench = new LaneBench(FromFile("- fault: warm\n  raise: m0 > fleet_median(m0) + 8.0\n  lateness: 60s\n  case: {}\n")).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=95");
        bench.Everywhere(20, new Entry.FleetMedians(Sec(300), [new FleetMedian("HP-2", "m0", 50, 9)])).Until(70);
        var raised = Assert.Single(bench.Effects.OfType<LaneEffect.Raised>());
        Assert.Equal([new EvidenceValue("m0", MetricValue.Of(95), Device(10)), new EvidenceValue("fleet_median(m0)", MetricValue.Of(50), Device(20))], raised.Evidence.AsEnumerable());
    }

    [Fact]
    public void Remedy_IsNotProvenByWhatCameBeforeIt()
    {
        var rule = Late(Hot()) with { Remedy = Remedy(within: 600, verify: When(0, v => v < 50)), Clear = When(0, v => v < 10) };
        var bench = Bench(rule).Reading(10, "h1", "m0=95").Reading(69, "h1", "m0=20").Until(70);
        var command = Assert.Single(bench.Effects.OfType<LaneEffect.CommandWanted>()).CommandId;
        bench.Said();
        bench.Delivered(80, "h1", command).Until(129).Expect("80 RemedyChanged h1 hot Delivered Progress");
        bench.Reading(140, "h1", "m0=20").Until(199.999).Expect().Until(200).Expect("200 RemedyChanged h1 hot Verified VerifiedByTelemetry");
    }

    [Fact]
    public void Remedy_FaultThatWasOverBeforeIt_ClearedByItself()
    {
        var bench = Bench(Late(Hot()) with { Remedy = Remedy(within: 600) }).Reading(10, "h1", "m0=95").Reading(69, "h1", "m0=20").Until(70);
        var command = Assert.Single(bench.Effects.OfType<LaneEffect.CommandWanted>()).CommandId;
        bench.Said();
        bench.Delivered(80, "h1", command).Until(1000).Expect("80 RemedyChanged h1 hot Delivered Progress", "129 Cleared h1 hot ConditionFalse", "129 RemedyChanged h1 hot NotVerified ClearedByItself");
    }

    [Fact]
    public void Maintenance_HoldsWhatIsRaisedMeanwhile() =>
        Bench(Late(Hot())).Reading(10, "h1", "m0=95").Append(20, new Entry.Maintenance(H1, Server(500))).Until(499).Expect("70 HeldByMaintenance h1 hot until 500").Until(501)
            .Expect("500 Raised h1 hot MaintenanceOver", "500 Escalated h1 hot NoRemedy");

    private static LaneBench Bench(params Rule[] rules) => new LaneBench(Set("a", rules)).Register(0, DeviceOf("h1"));
}
