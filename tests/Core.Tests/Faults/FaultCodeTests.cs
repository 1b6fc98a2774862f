using B2D.Core.Faults;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>Time-lines of fault codes that the device sets and clears itself.</summary>
public sealed class FaultCodeTests
{
    [Fact]
    public void Code_SetAndCleared_RaisesAndClears() =>
        new FaultTimeline(Codes("pump", "E42")).Set(0).Set(5).Reset(10).Expect("0 Raised CodeSet", "10 Cleared CodeCleared");

    [Fact]
    public void Code_TwoOfOneRule_IsOneFaultUntilBothAreCleared() =>
        new FaultTimeline(Codes("pump", "E42", "E43")).Set(0, 0).Set(5, 1).Reset(10, 0).Expect("0 Raised CodeSet")
            .Reset(20, 1).Expect("0 Raised CodeSet", "20 Cleared CodeCleared");

    [Fact]
    public void Code_ClearArrivesBeforeItsOlderSet_RaisesNothing()
    {
        var line = new FaultTimeline(Codes("pump", "E42")).Reset(8, heard: 100).Set(5, live: false, heard: 101).Expect();
        Assert.Equal(FaultReason.OutOfOrder, line.Reason);
    }

    [Fact]
    public void Code_OtherCodeOfTheRuleArrivesLate_IsNotLost()
    {
        var line = new FaultTimeline(Codes("pump", "E42", "E43")).Set(10, 0).Reset(12, 0).Set(5, 1, live: false, heard: 20)
            .Expect("10 Raised CodeSet", "12 Cleared CodeCleared", "20 Raised CodeSet");
        Assert.Equal(Device(5), line.State.OnsetAt);
        Assert.Equal(Device(12), line.State.LastAt);
    }

    [Fact]
    public void Code_OlderClearOfTheOtherCode_ClearsOnlyThatCode() =>
        new FaultTimeline(Codes("pump", "E42", "E43")).Set(0, 1).Set(10, 0).Reset(5, 1, live: false, heard: 20).Expect("0 Raised CodeSet")
            .Reset(30, 0).Expect("0 Raised CodeSet", "30 Cleared CodeCleared");

    [Fact]
    public void Hold_CodeStaysSet_CompletesByTheServersClockWithoutAGap() =>
        new FaultTimeline(Codes("pump", "E42") with { Hold = Sec(5000) }).Set(0).Until(10_000).Expect("5000 Raised HoldCompletedInSilence");

    [Fact]
    public void Hold_LateCode_CompletesByDeviceTimeOnly() =>
        new FaultTimeline(Codes("pump", "E42") with { Hold = Sec(120) }).Set(0, live: false, heard: 1000).Until(9000).Expect()
            .Elapsed(119, 9001).Expect().Elapsed(120, 9002).Expect("9002 Raised HoldCompleted");

    [Fact]
    public void Hold_CompletedByDeviceTime_IsRaisedNow()
    {
        var line = new FaultTimeline(Codes("pump", "E42") with { Hold = Sec(120), AutoClear = Sec(1000) }).Set(0, live: false, heard: 1000).Elapsed(120, 9002);
        Assert.Equal(Server(9002), line.State.RaisedAt);
        Assert.Equal(Server(9002), line.State.WakeAt);
    }

    [Fact]
    public void Hold_SecondCodeSetEarlierArrivesLater_CountsFromTheEarlier() =>
        new FaultTimeline(Codes("pump", "E42", "E43") with { Hold = Sec(120) }).Set(60, 0, live: false, heard: 1000).Set(0, 1, live: false, heard: 1001)
            .Elapsed(120, 1002)
            .Expect("1002 Raised HoldCompleted");

    [Fact]
    public void Release_SetAgainBeforeItIsOver_KeepsTheFault() =>
        new FaultTimeline(Codes("pump", "E42") with { Release = Sec(60) }).Set(0).Reset(10).Set(50).Until(500).Expect("0 Raised CodeSet")
            .Reset(600).Until(1000).Expect("0 Raised CodeSet", "660 Cleared ReleaseCompletedInSilence");

    [Fact]
    public void AutoClear_DeviceTimeMovesOn_Clears() =>
        new FaultTimeline(Codes("pump", "E42") with { AutoClear = Sec(3600) }).Set(0, live: false, heard: 50_000).Elapsed(3599, 50_001)
            .Expect("50000 Raised CodeSet")
            .Elapsed(3600, 50_002).Expect("50000 Raised CodeSet", "50002 Cleared AutoCleared");

    [Fact]
    public void AutoClear_NothingMoreIsHeard_ClearsByTheServersClock() =>
        new FaultTimeline(Codes("pump", "E42") with { AutoClear = Sec(3600) }).Set(0).Set(100).Until(9000)
            .Expect("0 Raised CodeSet", "3700 Cleared AutoCleared");

    [Fact]
    public void AutoClear_LateCodeThenNothing_ClearsByTheServersClock() =>
        new FaultTimeline(Codes("pump", "E42") with { AutoClear = Sec(3600) }).Set(0, live: false, heard: 5000).Until(20_000)
            .Expect("5000 Raised CodeSet", "8600 Cleared AutoCleared");

    [Fact]
    public void AutoClear_AndUnseen_TheEarlierOneClears()
    {
        new FaultTimeline(Codes("pump", "E42") with { AutoClear = Sec(3600), Unseen = Sec(600) }).Set(0).Until(9000)
            .Expect("0 Raised CodeSet", "600 Cleared Unseen");
        new FaultTimeline(Codes("pump", "E42") with { AutoClear = Sec(600), Unseen = Sec(3600) }).Set(0).Until(9000)
            .Expect("0 Raised CodeSet", "600 Cleared AutoCleared");
    }

    [Fact]
    public void AutoClear_ClearedCode_IsNotSetAnyMore() =>
        new FaultTimeline(Codes("pump", "E42", "E43") with { AutoClear = Sec(100) }).Set(0, 0).Until(200).Set(300, 1).Reset(310, 1)
            .Expect("0 Raised CodeSet", "100 Cleared AutoCleared", "300 Raised CodeSet", "310 Cleared CodeCleared");
}
