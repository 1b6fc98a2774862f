using B2D.Core.Faults;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>Time-lines of silence, and of what people do to any fault.</summary>
public sealed class FaultSilenceTests
{
    private static readonly EpisodeId Last = new(7, 99);

    [Fact]
    public void Silent_WithoutHold_RaisesAtOnceNamedByTheLastEntry()
    {
        var line = new FaultTimeline(Silent()).Do(600, new FaultEvent.Silent(Server(0), false, Last)).Expect("600 Raised WentSilent");
        Assert.Equal((Last, Device(0)), (line.State.Episode, line.State.OnsetAt));
    }

    [Fact]
    public void Silent_Offline_SaysSo() => new FaultTimeline(Silent()).Do(5, new FaultEvent.Silent(Server(0), true, Last)).Expect("5 Raised WentOffline");

    [Fact]
    public void Silent_WithHold_RaisesByTheServersClock() =>
        new FaultTimeline(Silent(hold: 60)).Do(600, new FaultEvent.Silent(Server(0), false, Last)).Until(659.999).Expect().Until(2000)
            .Expect("660 Raised HoldCompletedInSilence");

    [Fact]
    public void Heard_DuringHold_BreaksIt() =>
        new FaultTimeline(Silent(hold: 60)).Do(600, new FaultEvent.Silent(Server(0), false, Last)).Do(659, new FaultEvent.Heard()).Until(2000).Expect();

    [Fact]
    public void Heard_WithoutRelease_Clears() =>
        new FaultTimeline(Silent()).Do(600, new FaultEvent.Silent(Server(0), false, Last)).Do(700, new FaultEvent.Heard())
            .Expect("600 Raised WentSilent", "700 Cleared Heard");

    [Fact]
    public void Heard_WithRelease_ClearsAfterItAndRelapsesWithin()
    {
        var rule = Silent(release: 300);
        new FaultTimeline(rule).Do(600, new FaultEvent.Silent(Server(0), false, Last)).Do(700, new FaultEvent.Heard()).Do(800, new FaultEvent.Heard())
            .Until(2000)
            .Expect("600 Raised WentSilent", "1000 Cleared Heard");
        new FaultTimeline(rule).Do(600, new FaultEvent.Silent(Server(0), false, Last)).Do(700, new FaultEvent.Heard())
            .Do(800, new FaultEvent.Silent(Server(700), true, Last)).Until(5000)
            .Expect("600 Raised WentSilent");
    }

    [Fact]
    public void GatewayBack_PendingSilence_CountsOnlyTimeInWhichTheGatewayWasUp()
    {
        var rule = Silent(hold: 60);
        var line = new FaultTimeline(rule).Do(600, new FaultEvent.Silent(Server(0), false, Last));
        var back = FaultStep.Step(line.State, new FaultEvent.GatewayBack(Server(620)), rule, Server(1220));
        Assert.Equal(Server(1260), back.State.WakeAt);
    }

    [Fact]
    public void Shelve_EndOfShelf_AsksForAPersonOnlyWhereAFaultExists()
    {
        new FaultTimeline(Hot()).Live(0, true).Do(10, new FaultEvent.Shelve(Server(100))).Until(500)
            .Expect("0 Raised ConditionTrue", "100 ShelfEnded ShelfEnded");
        new FaultTimeline(Hot()).Live(0, false).Do(10, new FaultEvent.Shelve(Server(100))).Until(500).Expect();
    }

    [Fact]
    public void Shelve_ClearedMeanwhile_StaysShelvedUntilItsEnd()
    {
        var line = new FaultTimeline(Hot()).Live(0, true).Do(10, new FaultEvent.Shelve(Server(100))).Live(20, false);
        Assert.True(line.State.IsShelved(Server(99)));
        Assert.False(line.State.IsShelved(Server(100)));
        line.Live(30, true).Until(500).Expect("0 Raised ConditionTrue", "20 Cleared ConditionFalse", "30 Raised ConditionTrue", "100 ShelfEnded ShelfEnded");
    }

    [Fact]
    public void Shelve_HoldEndsAtTheSameInstant_BothHappen() =>
        new FaultTimeline(Hot(hold: 100)).Live(0, true).Do(10, new FaultEvent.Shelve(Server(100))).Until(500).Expect("100 Raised HoldCompletedInSilence");

    [Fact]
    public void Unshelve_Early_EndsTheShelfOnce() =>
        new FaultTimeline(Hot()).Live(0, true).Do(10, new FaultEvent.Shelve(Server(100))).Do(20, new FaultEvent.Unshelve()).Until(500)
            .Expect("0 Raised ConditionTrue", "20 ShelfEnded ShelfEnded");

    [Fact]
    public void Acknowledge_LastsForTheEpisodeOnly()
    {
        var line = new FaultTimeline(Hot()).Live(0, true).Do(1, new FaultEvent.Acknowledge());
        Assert.True(line.State.Acknowledged);
        line.Live(2, false).Live(3, true);
        Assert.False(line.State.Acknowledged);
    }
}
