using B2D.Core.Faults;
using B2D.Core.Remedies;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>A fault that latches ends when its condition is over and somebody has acknowledged it.</summary>
public sealed class FaultLatchTests
{
    private static readonly FaultRule Hot = TestRules.Hot(release: 60) with { Latch = true };

    [Fact]
    public void Latch_AcknowledgedBefore_ClearsAsUsual() =>
        new FaultTimeline(Hot).Live(0, true).Do(5, new FaultEvent.Acknowledge()).Live(10, false).Until(1000)
            .Expect("0 Raised ConditionTrue", "70 Cleared ReleaseCompletedInSilence");

    [Fact]
    public void Latch_AcknowledgedWhileItIsReleased_ClearsAtItsEnd() =>
        new FaultTimeline(Hot).Live(0, true).Live(10, false).Do(30, new FaultEvent.Acknowledge()).Until(69).Expect("0 Raised ConditionTrue")
            .Until(1000).Expect("0 Raised ConditionTrue", "70 Cleared ReleaseCompletedInSilence");

    [Fact]
    public void Latch_AcknowledgedAfter_ClearsThen()
    {
        var line = new FaultTimeline(Hot).Live(0, true).Live(10, false).Until(5000);
        Assert.Equal((FaultPhase.Latched, true, ServerTime.Zero), (line.State.Phase, line.State.Exists, line.State.WakeAt));
        line.Do(5000, new FaultEvent.Acknowledge()).Expect("0 Raised ConditionTrue", "70 Latched ReleaseCompletedInSilence", "5000 Cleared Acknowledged");
        Assert.Equal((FaultPhase.Normal, default, false), (line.State.Phase, line.State.Episode, line.State.Acknowledged));
    }

    [Fact]
    public void Latch_TrueAgain_IsTheSameFaultWithoutHold()
    {
        var line = new FaultTimeline(Hot with { Hold = Sec(30) }).Live(0, true).Live(30, true).Live(40, false).Until(200);
        var episode = line.State.Episode;
        line.Live(300, true).Live(310, false).Until(1000).Expect(
            "30 Raised HoldCompletedInSilence", "100 Latched ReleaseCompletedInSilence", "300 Relapsed ConditionTrue", "370 Latched ReleaseCompletedInSilence");
        Assert.Equal(episode, line.State.Episode);
    }

    [Fact]
    public void Latch_NeitherTrueNorOverAgain_Waits() =>
        new FaultTimeline(Hot).Live(0, true).Live(10, false).Live(70, false).Sample(80, 80, true, raise: false, clear: false).Unknown(90)
            .Expect("0 Raised ConditionTrue", "70 Latched ReleaseCompletedInSilence");

    [Fact]
    public void Latch_SamplesOfBefore_DoNotCountAgain() =>
        new FaultTimeline(TestRules.Hot() with { Latch = true, RaiseSamples = new SampleQuota(2, 4) }).Live(0, true).Live(1, true).Live(2, false).Live(3, true)
            .Expect("1 Raised ConditionTrue", "2 Latched ConditionFalse").Live(4, true).Expect("1 Raised ConditionTrue", "2 Latched ConditionFalse", "4 Relapsed ConditionTrue");

    [Fact]
    public void Latch_Unseen_WaitsToo() =>
        new FaultTimeline(Hot with { Unseen = Sec(3600) }).Live(0, true).Until(20_000).Do(20_000, new FaultEvent.Acknowledge())
            .Expect("0 Raised ConditionTrue", "3600 Latched Unseen", "20000 Cleared Acknowledged");

    [Fact]
    public void Latch_AutoClear_WaitsToo_AndTheCodeSetAgainIsTheSame() =>
        new FaultTimeline(Codes("pump", "E1") with { Latch = true, AutoClear = Sec(100) }).Set(0).Until(500).Set(600).Reset(610).Do(620, new FaultEvent.Acknowledge())
            .Expect("0 Raised CodeSet", "100 Latched AutoCleared", "600 Relapsed CodeSet", "610 Latched CodeCleared", "620 Cleared Acknowledged");

    [Fact]
    public void Latch_Silence_WaitsToo() =>
        new LaneBench(Set("a", Silent() with { Latch = true })).Register(0, DeviceOf("h1")).Timeless(0, "h1", "m0=1").Until(700).Timeless(800, "h1", "m0=1").Until(1300)
            .Until(1500).Timeless(1600, "h1", "m0=1").Act(1700, "h1", FaultAction.Acknowledge, "silent").Until(2100).Expect(
                "600 Raised h1 silent WentSilent", "600 Escalated h1 silent NoRemedy", "800 Latched h1 silent Heard", "1400 Relapsed h1 silent High WentSilent",
                "1600 Latched h1 silent Heard", "1700 Acted h1 silent Acknowledge", "1700 Cleared h1 silent Acknowledged");

    [Fact]
    public void Latch_Acknowledged_TheActStandsBeforeTheEnd() =>
        Bench(Hot).Reading(0, "h1", "m0=95").Reading(10, "h1", "m0=20").Until(100).Act(200, "h1", FaultAction.Acknowledge, "hot").Expect(
            "0 Raised h1 hot ConditionTrue", "0 Escalated h1 hot NoRemedy", "70 Latched h1 hot ReleaseCompletedInSilence", "200 Acted h1 hot Acknowledge",
            "200 Cleared h1 hot Acknowledged");

    [Fact]
    public void Latch_WorseWhenItIsBack_TellsTheSeverity()
    {
        var rule = Hot with { Ladder = [new SeverityStep(Severity.Critical, When(0, v => v > 110))], BaseSeverity = Severity.Low };
        Bench(rule).Reading(0, "h1", "m0=95").Reading(10, "h1", "m0=20").Until(100).Restart().Reading(200, "h1", "m0=120").Restart().Reading(210, "h1", "m0=95").Expect(
            "0 Raised h1 hot ConditionTrue", "0 Escalated h1 hot NoRemedy", "70 Latched h1 hot ReleaseCompletedInSilence", "200 Relapsed h1 hot Critical ConditionTrue",
            "210 SeverityChanged h1 hot Low");
    }

    [Fact]
    public void Latch_RemedyProvenByTheEnd_IsNotProvenByTheWait()
    {
        var bench = Bench(Hot with { Remedy = Remedy(within: 300) }).Reading(0, "h1", "m0=95").Delivered(5, "h1", "hot-0-1");
        bench.Delivered(5, "h1", bench.Effects.OfType<LaneEffect.CommandWanted>().Single().CommandId).Reading(10, "h1", "m0=20").Until(299);
        Assert.DoesNotContain(bench.Effects, e => e is LaneEffect.RemedyChanged { Phase: RemedyPhase.Verified });
        bench.Until(301);
        Assert.Contains(bench.Effects, e => e is LaneEffect.Escalated { Reason: EscalationReason.RemedyNotVerified });
    }

    [Fact]
    public void Switch_LatchGained_HoldsTheOpenFault() =>
        Bench(TestRules.Hot()).Reading(0, "h1", "m0=95").Activate(5, Set("b", Hot)).Reading(10, "h1", "m0=20").Until(100).Expect(
            "0 Raised h1 hot ConditionTrue", "0 Escalated h1 hot NoRemedy", "70 Latched h1 hot ReleaseCompletedInSilence");

    [Fact]
    public void Switch_LatchLost_EndsWhatOnlyWaitsForAPerson() =>
        Bench(Hot).Reading(0, "h1", "m0=95").Reading(10, "h1", "m0=20").Until(100).Activate(200, Set("b", TestRules.Hot())).Until(201).Expect(
            "0 Raised h1 hot ConditionTrue", "0 Escalated h1 hot NoRemedy", "70 Latched h1 hot ReleaseCompletedInSilence", "200 Cleared h1 hot ConditionFalse");

    [Fact]
    public void Switch_RuleOrDeviceRemoved_EndsIt()
    {
        var bench = Bench(Hot).Reading(0, "h1", "m0=95").Reading(10, "h1", "m0=20").Until(100);
        bench.Said();
        bench.Activate(200, Set("b", TestRules.Hot("wet"))).Expect("200 Cleared h1 hot RuleRemoved");
        var other = Bench(Hot).Reading(0, "h1", "m0=95").Reading(10, "h1", "m0=20").Until(100);
        other.Said();
        other.Append(300, new Entry.Removed(Core.Devices.DeviceId.Parse("h1"))).Expect("300 Cleared h1 hot DeviceRemoved");
    }

    private static LaneBench Bench(FaultRule rule) => new LaneBench(Set("a", rule)).Register(0, DeviceOf("h1"));
}
