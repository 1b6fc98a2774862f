using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>Time-lines of conditions: hold, release, samples, gaps, and what late and live readings may complete.</summary>
public sealed class FaultHoldTests
{
    [Fact]
    public void Sample_WithoutHoldOrRelease_RaisesAndClearsAtOnce() =>
        new FaultTimeline(Hot()).Live(0, false).Live(10, true).Live(20, true).Live(30, false)
            .Expect("10 Raised ConditionTrue", "30 Cleared ConditionFalse");

    [Fact]
    public void Sample_TrueUntilHoldIsOver_RaisesWithOnsetAtTheFirst()
    {
        // Each sample is late, so that only device time can complete the hold.
        var line = new FaultTimeline(Hot(hold: 120)).Late(0, 500, true).Late(60, 501, true).Late(119, 502, true).Expect()
            .Late(120, 503, true).Expect("503 Raised HoldCompleted");
        Assert.Equal(Device(0), line.State.OnsetAt);
    }

    [Fact]
    public void Sample_FalseBeforeHoldIsOver_StartsAgain()
    {
        var line = new FaultTimeline(Hot(hold: 120)).Late(0, 500, true).Late(60, 501, false).Late(70, 502, true).Late(180, 503, true).Expect()
            .Late(190, 504, true).Expect("504 Raised HoldCompleted");
        Assert.Equal(Device(70), line.State.OnsetAt);
    }

    [Fact]
    public void Tick_LiveSampleThenSilence_CompletesTheHold() =>
        new FaultTimeline(Hot(hold: 120)).Live(0, true).Until(119.999).Expect().Until(1000).Expect("120 Raised HoldCompletedInSilence");

    [Fact]
    public void Tick_SecondLiveSample_CompletesWhatTheFirstLeft() =>
        new FaultTimeline(Hot(hold: 120)).Sample(0, 5, true, true, false).Sample(100, 107, true, true, false).Until(1000)
            .Expect("127 Raised HoldCompletedInSilence");

    [Fact]
    public void Tick_LateSampleThenSilence_CompletesNothing() =>
        new FaultTimeline(Hot(hold: 120)).Late(0, 500, true).Late(100, 501, true).Until(100_000).Expect();

    [Fact]
    public void Tick_LateAfterLive_CompletesNothing() =>
        new FaultTimeline(Hot(hold: 120)).Live(0, true).Late(10, 20, true).Until(100_000).Expect();

    [Fact]
    public void Sample_SingleLate_NeverSatisfiesAHold() =>
        new FaultTimeline(Hot(hold: 1)).Late(0, 4000, true).Until(100_000).Late(100_000, 100_001, false).Expect();

    [Fact]
    public void Tick_HoldLongerThanTheGap_IsNotCompletedInSilence() =>
        new FaultTimeline(Hot(hold: 700, gap: 600)).Live(0, true).Until(100_000).Expect();

    [Fact]
    public void Tick_RestOfHoldWithinTheGap_IsCompletedInSilence() =>
        new FaultTimeline(Hot(hold: 700, gap: 600)).Live(0, true).Live(100, true).Until(100_000).Expect("700 Raised HoldCompletedInSilence");

    [Fact]
    public void Sample_AfterTooLongAGap_RestartsTheHold()
    {
        var line = new FaultTimeline(Hot(hold: 700, gap: 600)).Late(0, 5000, true).Late(601, 5001, true);
        Assert.Equal(FaultReason.HoldRestartedAfterGap, line.Reason);
        line.Late(1200, 5002, true).Expect().Late(1301, 5003, true).Expect("5003 Raised HoldCompleted");
        Assert.Equal(Device(601), line.State.OnsetAt);
        Assert.Equal(2, line.State.Episode.Offset);
    }

    [Fact]
    public void Sample_AfterAGapOfExactlyTheLimit_GoesOn() =>
        new FaultTimeline(Hot(hold: 1200, gap: 600)).Late(0, 5000, true).Late(600, 5001, true).Late(1200, 5002, true).Expect("5002 Raised HoldCompleted");

    [Fact]
    public void Sample_AfterAGapUnderHold_CountsTheGap() =>
        new FaultTimeline(Hot(hold: 700, gap: 600) with { AfterGap = GapPolicy.Hold }).Late(0, 5000, true).Late(700, 5001, true)
            .Expect("5001 Raised HoldCompleted");

    [Fact]
    public void Sample_AfterAGapUnderUnknown_CountsNeitherForNorAgainst() =>
        new FaultTimeline(Hot(hold: 700, gap: 600) with { AfterGap = GapPolicy.Unknown })
            .Late(0, 5000, true).Late(400, 5001, true).Late(2000, 5002, true).Late(2299, 5003, true).Expect()
            .Late(2300, 5004, true).Expect("5004 Raised HoldCompleted");

    [Fact]
    public void Sample_ClockSetBackUnderHold_StartsAgainInsteadOfWaitingForTheOldTime() =>
        new FaultTimeline(Hot(hold: 120) with { AfterGap = GapPolicy.Hold }).Late(3600, 5000, true).Late(0, 5001, true).Late(119, 5002, true).Expect()
            .Late(120, 5003, true).Expect("5003 Raised HoldCompleted");

    [Fact]
    public void Release_ClearUntilItIsOver_Clears() =>
        new FaultTimeline(Hot(release: 300)).Late(0, 5000, true).Late(10, 5001, false).Late(309, 5002, false).Expect("5000 Raised ConditionTrue")
            .Late(310, 5003, false).Expect("5000 Raised ConditionTrue", "5003 Cleared ReleaseCompleted");

    [Fact]
    public void Release_BrokenByARelapse_StartsAgainAndRaisesNothing() =>
        new FaultTimeline(Hot(release: 300)).Late(0, 5000, true).Late(10, 5001, false).Late(200, 5002, true).Late(210, 5003, false).Late(500, 5004, false)
            .Expect("5000 Raised ConditionTrue")
            .Late(510, 5005, false).Expect("5000 Raised ConditionTrue", "5005 Cleared ReleaseCompleted");

    [Fact]
    public void Release_BetweenRaiseAndClear_Holds() =>
        new FaultTimeline(Hot(release: 300)).Live(0, true).Sample(10, 10, true, false, false).Sample(400, 400, true, false, false).Until(1000)
            .Expect("0 Raised ConditionTrue");

    [Fact]
    public void Release_LiveThenSilence_ClearsByTheServersClock() =>
        new FaultTimeline(Hot(release: 300)).Live(0, true).Live(10, false).Until(1000)
            .Expect("0 Raised ConditionTrue", "310 Cleared ReleaseCompletedInSilence");

    [Fact]
    public void Release_LateThenSilence_StaysOpen() =>
        new FaultTimeline(Hot(release: 300)).Live(0, true).Late(10, 100, false).Until(100_000).Expect("0 Raised ConditionTrue");

    [Fact]
    public void Release_AfterTooLongAGap_StartsAgain()
    {
        var line = new FaultTimeline(Hot(release: 300)).Late(0, 5000, true).Late(10, 5001, false).Late(700, 5002, false);
        Assert.Equal(FaultReason.ReleaseRestartedAfterGap, line.Reason);
        line.Late(999, 5003, false).Expect("5000 Raised ConditionTrue").Late(1000, 5004, false)
            .Expect("5000 Raised ConditionTrue", "5004 Cleared ReleaseCompleted");
    }

    [Fact]
    public void Samples_ThreeOfFive_RaisesAtTheThirdTrueOne()
    {
        var rule = Hot() with { RaiseSamples = new SampleQuota(3, 5) };
        new FaultTimeline(rule).Live(0, true).Live(1, false).Live(2, true).Live(3, false).Live(4, true).Expect("4 Raised ConditionTrue");
        new FaultTimeline(rule).Live(0, true).Live(1, false).Live(2, false).Live(3, true).Live(4, false).Live(5, true).Expect();
    }

    [Fact]
    public void Samples_AfterTooLongAGap_AreForgotten() =>
        new FaultTimeline(Hot() with { RaiseSamples = new SampleQuota(3, 5) }).Live(0, true).Live(1, true).Live(700, true).Live(701, true).Expect()
            .Live(702, true).Expect("702 Raised ConditionTrue");

    [Fact]
    public void Samples_ClearThree_NeedsThreeInARow() =>
        new FaultTimeline(Hot() with { ClearSamples = new SampleQuota(3, 3) }).Live(0, true).Live(1, false).Live(2, false).Live(3, true).Live(4, false)
            .Live(5, false)
            .Expect("0 Raised ConditionTrue").Live(6, false).Expect("0 Raised ConditionTrue", "6 Cleared ConditionFalse");

    [Fact]
    public void Samples_OfTheFormerEpisode_DoNotCountForTheNext() =>
        new FaultTimeline(Hot() with { RaiseSamples = new SampleQuota(2, 3) }).Live(0, true).Live(1, true).Live(2, false).Live(3, true)
            .Expect("1 Raised ConditionTrue", "2 Cleared ConditionFalse")
            .Live(4, true).Expect("1 Raised ConditionTrue", "2 Cleared ConditionFalse", "4 Raised ConditionTrue");

    [Fact]
    public void Unknown_WhilePending_NeitherBreaksNorCounts() =>
        new FaultTimeline(Hot(hold: 120)).Live(0, true).Unknown(60).Until(1000).Expect("120 Raised HoldCompletedInSilence");

    [Fact]
    public void Severity_RisesAndFalls_WithinOneFault() =>
        new FaultTimeline(Hot()).Live(0, true, Severity.High).Live(1, true, Severity.Critical).Live(2, true, Severity.Critical).Live(3, true, Severity.Medium)
            .Live(4, false)
            .Expect("0 Raised ConditionTrue", "1 SeverityChanged SeverityRose", "3 SeverityChanged SeverityFell", "4 Cleared ConditionFalse");

    [Fact]
    public void Severity_WhilePending_IsThatOfTheLastSampleAtRaise()
    {
        var line = new FaultTimeline(Hot(hold: 120)).Live(0, true, Severity.Low).Live(60, true, Severity.Critical).Until(200);
        Assert.Equal(Severity.Critical, line.State.Severity);
    }

    [Fact]
    public void Unseen_DeviceTimeMovesOnWithoutTheMetric_Clears() =>
        new FaultTimeline(Hot() with { Unseen = Sec(3600) }).Late(0, 50_000, true).Elapsed(3599, 50_001).Expect("50000 Raised ConditionTrue")
            .Elapsed(3600, 50_002).Expect("50000 Raised ConditionTrue", "50002 Cleared Unseen");

    [Fact]
    public void Unseen_NothingAtAll_ClearsByTheServersClock() =>
        new FaultTimeline(Hot() with { Unseen = Sec(3600) }).Live(0, true).Live(100, true).Until(10_000)
            .Expect("0 Raised ConditionTrue", "3700 Cleared Unseen");

    [Fact]
    public void Unseen_RaisedByALateReadingThenNothing_ClearsByTheServersClock() =>
        new FaultTimeline(Hot() with { Unseen = Sec(3600) }).Late(0, 5000, true).Until(20_000).Expect("5000 Raised ConditionTrue", "8600 Cleared Unseen");

    [Fact]
    public void Unseen_ClearingThatNothingCompletes_Clears() =>
        new FaultTimeline(Hot(release: 3000, gap: 600) with { Unseen = Sec(7200) }).Live(0, true).Live(10, false).Until(20_000)
            .Expect("0 Raised ConditionTrue", "7210 Cleared Unseen");

    [Fact]
    public void GatewayBack_HoldAndUnseen_DoNotCountTheDowntime()
    {
        var hold = new FaultTimeline(Hot(hold: 120)).Live(0, true);
        Assert.Equal(FaultReason.GatewayWasDown, FaultStep.Step(hold.State, new FaultEvent.GatewayBack(Server(30)), Hot(hold: 120), Server(630)).Reason);
        Assert.Equal(Server(720), FaultStep.Step(hold.State, new FaultEvent.GatewayBack(Server(30)), Hot(hold: 120), Server(630)).State.WakeAt);
        var rule = Hot() with { Unseen = Sec(3600) };
        var seen = new FaultTimeline(rule).Live(0, true);
        Assert.Equal(Server(3600 + 500), FaultStep.Step(seen.State, new FaultEvent.GatewayBack(Server(100)), rule, Server(600)).State.WakeAt);
    }

    [Fact]
    public void ClockBack_WhilePending_CountsTheHoldFromTheNewTime()
    {
        var line = new FaultTimeline(Hot(hold: 120)).Late(3600, 5000, true).Do(5001, new FaultEvent.ClockBack(Device(0))).Late(0, 5001, true)
            .Late(100, 5002, true).Expect()
            .Late(120, 5003, true).Expect("5003 Raised HoldCompleted");
        Assert.Equal(Device(0), line.State.OnsetAt);
    }

    [Fact]
    public void End_WhileClearing_ClearsAndForgets()
    {
        var line = new FaultTimeline(Hot(release: 300)).Live(0, true).Live(10, false).Do(20, new FaultEvent.End(FaultReason.NoLongerApplies))
            .Expect("0 Raised ConditionTrue", "20 Cleared NoLongerApplies");
        Assert.Equal(default, line.State);
    }
}
