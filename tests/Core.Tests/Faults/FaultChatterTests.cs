using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>A fault that was raised too often stays open until it is quiet.</summary>
public sealed class FaultChatterTests
{
    /// <summary>Three raises within 100 s, 300 s of quiet.</summary>
    private static readonly FaultRule Hot = TestRules.Hot() with { Chatter = Chatter(3, 100, 300) };

    [Fact]
    public void Chatter_ThirdRaise_StaysOpenUntilQuiet()
    {
        var line = new FaultTimeline(Hot).Live(0, true).Live(10, false).Live(40, true).Live(50, false);
        Assert.Equal((false, 2), (line.State.Chatters, line.State.RaiseTimes.Length));
        line.Live(100, true);
        Assert.Equal((true, true), (line.State.Chatters, line.State.RaiseTimes.IsDefault));
        line.Live(110, false).Live(200, true).Live(210, false).Until(1000).Expect(
            "0 Raised ConditionTrue", "10 Cleared ConditionFalse", "40 Raised ConditionTrue", "50 Cleared ConditionFalse", "100 Raised ConditionTrue",
            "510 Cleared ReleaseCompletedInSilence");
        Assert.False(line.State.Chatters);
    }

    [Fact]
    public void Chatter_ARaiseTooEarly_DoesNotCount() =>
        Assert.False(new FaultTimeline(Hot).Live(0, true).Live(10, false).Live(40, true).Live(50, false).Live(100.001, true).State.Chatters);

    [Fact]
    public void Chatter_AfterTheQuiet_CountsAnew()
    {
        var line = new FaultTimeline(Hot).Live(0, true).Live(1, false).Live(2, true).Live(3, false).Live(4, true).Live(5, false).Until(400);
        line.Live(400, true).Live(401, false).Live(402, true).Live(403, false).Expect(
            "0 Raised ConditionTrue", "1 Cleared ConditionFalse", "2 Raised ConditionTrue", "3 Cleared ConditionFalse", "4 Raised ConditionTrue",
            "305 Cleared ReleaseCompletedInSilence", "400 Raised ConditionTrue", "401 Cleared ConditionFalse", "402 Raised ConditionTrue", "403 Cleared ConditionFalse");
        Assert.True(line.Live(404, true).State.Chatters);
    }

    [Fact]
    public void Chatter_LongerRelease_IsItsRelease() =>
        new FaultTimeline(TestRules.Hot(release: 500) with { Chatter = Chatter(2, 3600, 300) }).Live(0, true).Live(10, false).Until(600).Live(700, true).Live(710, false)
            .Until(5000).Expect("0 Raised ConditionTrue", "510 Cleared ReleaseCompletedInSilence", "700 Raised ConditionTrue", "1210 Cleared ReleaseCompletedInSilence");

    [Fact]
    public void Chatter_ItsOwnGap_CountsWhileItChatters() =>
        new FaultTimeline(TestRules.Hot(gap: 60) with { Chatter = Chatter(2, 100, 1000, gap: 2000) }).Live(0, true).Live(10, false).Live(20, true).Live(30, false).Live(900, false)
            .Live(1029, false).Live(1030, false).Expect("0 Raised ConditionTrue", "10 Cleared ConditionFalse", "20 Raised ConditionTrue", "1030 Cleared ReleaseCompletedInSilence");

    [Fact]
    public void Chatter_Codes_AutoClearAndUnseenAreNoShorterThanTheQuiet()
    {
        var rule = Codes("pump", "E1") with { AutoClear = Sec(50), Unseen = Sec(60), Chatter = Chatter(2, 1000, 300) };
        new FaultTimeline(rule).Set(0).Until(100).Set(200).Until(499.999).Expect("0 Raised CodeSet", "50 Cleared AutoCleared", "200 Raised CodeSet")
            .Until(600).Expect("0 Raised CodeSet", "50 Cleared AutoCleared", "200 Raised CodeSet", "500 Cleared AutoCleared");
        new FaultTimeline(rule).Set(0).Elapsed(50).Set(200).Elapsed(300).Elapsed(499).Elapsed(500)
            .Expect("0 Raised CodeSet", "50 Cleared AutoCleared", "200 Raised CodeSet", "500 Cleared AutoCleared");
    }

    [Fact]
    public void Chatter_Silence_StaysOpenUntilHeardForLongEnough() =>
        new LaneBench(Set("a", Silent() with { Chatter = Chatter(2, 3600, 500), Case = new CasePolicy("f", "q", 3, Sec(1), Sec(1)) })).Register(0, DeviceOf("h1")).Timeless(0, "h1", "m0=1")
            .Presence(10, "h1", Presence.Offline).Until(11).Presence(20, "h1", Presence.Online).Presence(30, "h1", Presence.Offline).Until(31).Presence(40, "h1", Presence.Online)
            .Timeless(300, "h1", "m0=1").Until(1000).Expect(
                "10 PresenceChanged h1 Offline", "10 Raised h1 silent WentOffline", "10 Escalated h1 silent NoRemedy", "20 Cleared h1 silent Heard", "20 PresenceChanged h1 Online",
                "30 PresenceChanged h1 Offline", "30 Raised h1 silent WentOffline", "30 Escalated h1 silent NoRemedy", "30 Chatters h1 silent", "40 PresenceChanged h1 Online",
                "540 Cleared h1 silent Heard", "900 Raised h1 silent WentSilent", "900 Escalated h1 silent NoRemedy");

    [Fact]
    public void Chatter_WithLatch_WaitsForAPersonAfterTheQuiet() =>
        new FaultTimeline(Hot with { Latch = true, Chatter = Chatter(2, 100, 300) }).Live(0, true).Do(1, new FaultEvent.Acknowledge()).Live(10, false).Live(20, true).Live(30, false)
            .Until(400).Live(500, true).Live(510, false).Until(900).Do(900, new FaultEvent.Acknowledge()).Expect(
                "0 Raised ConditionTrue", "10 Cleared ConditionFalse", "20 Raised ConditionTrue", "330 Latched ReleaseCompletedInSilence", "500 Relapsed ConditionTrue",
                "810 Latched ReleaseCompletedInSilence", "900 Cleared Acknowledged");

    [Fact]
    public void Chatter_Restarted_GoesOn() =>
        Bench(Hot).Reading(0, "h1", "m0=95").Restart().Reading(10, "h1", "m0=20").Restart().Reading(40, "h1", "m0=95").Reading(50, "h1", "m0=20").Restart()
            .Reading(100, "h1", "m0=95").Restart().Reading(110, "h1", "m0=20").Restart().Until(409).Expect(
                "0 Raised h1 hot ConditionTrue", "0 Escalated h1 hot NoRemedy", "10 Cleared h1 hot ConditionFalse", "40 Raised h1 hot ConditionTrue", "40 Escalated h1 hot NoRemedy",
                "50 Cleared h1 hot ConditionFalse", "100 Raised h1 hot ConditionTrue", "100 Escalated h1 hot NoRemedy", "100 Chatters h1 hot")
            .Until(411).Expect("410 Cleared h1 hot ReleaseCompletedInSilence");

    [Fact]
    public void Switch_ChatterGained_CountsFromThenOn()
    {
        var bench = Bench(TestRules.Hot()).Reading(0, "h1", "m0=95").Reading(1, "h1", "m0=20").Reading(2, "h1", "m0=95").Activate(3, Set("b", Hot));
        bench.Reading(4, "h1", "m0=20").Reading(5, "h1", "m0=95").Reading(6, "h1", "m0=20").Reading(7, "h1", "m0=95");
        Assert.Equal((false, 2), (bench.Of("h1").Faults[0].Chatters, bench.Of("h1").Faults[0].RaiseTimes.Length));
    }

    [Fact]
    public void Switch_ChatterLost_EndsLikeAnyOther()
    {
        var bench = Bench(Hot with { Chatter = Chatter(2, 100, 300) }).Reading(0, "h1", "m0=95").Reading(1, "h1", "m0=20").Reading(2, "h1", "m0=95").Reading(3, "h1", "m0=20");
        bench.Said();
        bench.Activate(50, Set("b", TestRules.Hot(release: 20))).Until(60).Expect("50 Cleared h1 hot ReleaseCompletedInSilence");
        Assert.Equal((false, true), (bench.Of("h1").Faults[0].Chatters, bench.Of("h1").Faults[0].RaiseTimes.IsDefault));
    }

    [Fact]
    public void Switch_FewerRaises_KeepsTheNewest()
    {
        var bench = Bench(Hot with { Chatter = Chatter(5, 100, 300) }).Reading(0, "h1", "m0=95").Reading(1, "h1", "m0=20").Reading(60, "h1", "m0=95").Reading(61, "h1", "m0=20")
            .Reading(62, "h1", "m0=95").Reading(63, "h1", "m0=20");
        Assert.Equal(3, bench.Of("h1").Faults[0].RaiseTimes.Length);
        bench.Activate(64, Set("b", Hot with { Chatter = Chatter(2, 30, 300) }));
        Assert.Equal([Server(62)], bench.Of("h1").Faults[0].RaiseTimes.AsEnumerable());
        Assert.False(bench.Reading(92.5, "h1", "m0=95").Of("h1").Faults[0].Chatters);
    }

    [Fact]
    public void State_WithoutChatter_RemembersNoRaise() =>
        Assert.True(new FaultTimeline(TestRules.Hot()).Live(0, true).Live(1, false).Live(2, true).State.RaiseTimes.IsDefault);

    private static LaneBench Bench(FaultRule rule) => new LaneBench(Set("a", rule)).Register(0, DeviceOf("h1"));
}
