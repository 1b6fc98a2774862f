using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>Hours in which a fault opens: they begin at second 2800 and end at second 8200, and so every day.</summary>
public sealed class FaultDuringTests
{
    private static readonly FaultRule Hot = TestRules.Hot() with { During = Night };

    [Fact]
    public void During_Within_OpensAtOnce() =>
        Bench(Hot).Reading(3000, "h1", "m0=95").Until(90_000).Expect("3000 Raised h1 hot ConditionTrue", "3000 Escalated h1 hot NoRemedy");

    [Fact]
    public void During_OutsideAndOverBefore_OpensNothing() =>
        Bench(Hot).Reading(10, "h1", "m0=95").Reading(20, "h1", "m0=20").Until(90_000).Expect("10 Raised h1 hot ConditionTrue", "20 Cleared h1 hot ConditionFalse");

    [Fact]
    public void During_OutsideAndStillThere_OpensWhenTheyBegin()
    {
        var bench = Bench(Hot).Reading(10, "h1", "m0=95").Restart().Until(2799.999);
        Assert.Equal((Server(2800), true), (bench.Of("h1").Faults[0].ShelvedUntil, bench.Of("h1").Faults[0].OutsideHours));
        Assert.Equal(Server(2800), bench.Effects.OfType<LaneEffect.Raised>().Single().HeldUntil);
        bench.Expect("10 Raised h1 hot ConditionTrue").Until(2800).Expect("2800 Escalated h1 hot HoursBegan").Reading(2900, "h1", "m0=20").Expect("2900 Cleared h1 hot ConditionFalse");
        Assert.Equal((ServerTime.Zero, false), (bench.Of("h1").Faults[0].ShelvedUntil, bench.Of("h1").Faults[0].OutsideHours));
    }

    [Fact]
    public void During_Cleared_LeavesNoShelfForTheNext() =>
        Bench(Hot).Reading(10, "h1", "m0=95").Reading(20, "h1", "m0=20").Reading(2900, "h1", "m0=95")
            .Expect("10 Raised h1 hot ConditionTrue", "20 Cleared h1 hot ConditionFalse", "2900 Raised h1 hot ConditionTrue", "2900 Escalated h1 hot NoRemedy");

    [Fact]
    public void During_Remedy_IsSentWhenTheyBegin() =>
        Bench(Hot with { Remedy = Remedy() }).Reading(10, "h1", "m0=95").Until(2800).Expect("10 Raised h1 hot ConditionTrue", "2800 CommandWanted h1 hot");

    [Fact]
    public void During_RemedyFailsOutside_WaitsForTheNextHours() =>
        Bench(Hot with { Remedy = Remedy(within: 600) }).Reading(8000, "h1", "m0=95").Until(89_300).Expect(
            "8000 Raised h1 hot ConditionTrue", "8000 CommandWanted h1 hot", "8600 RemedyChanged h1 hot Expired NeverDelivered", "8600 HeldOutsideHours h1 hot until 89200",
            "89200 Escalated h1 hot HoursBegan");

    [Fact]
    public void During_ShelvedByAPerson_StaysAsLongAsThePersonSaid()
    {
        Bench(Hot).Reading(10, "h1", "m0=95").Act(20, "h1", FaultAction.Shelve, "hot", 4000).Until(5000)
            .Expect("10 Raised h1 hot ConditionTrue", "20 Acted h1 hot Shelve", "4000 Escalated h1 hot ShelfEnded");
        Bench(Hot).Reading(10, "h1", "m0=95").Act(20, "h1", FaultAction.Shelve, "hot", 100).Until(2800)
            .Expect("10 Raised h1 hot ConditionTrue", "20 Acted h1 hot Shelve", "100 HeldOutsideHours h1 hot until 2800", "2800 Escalated h1 hot HoursBegan");
    }

    [Fact]
    public void During_PersonTakesTheirShelfBackOutside_WaitsForTheHours() =>
        Bench(Hot).Reading(10, "h1", "m0=95").Act(20, "h1", FaultAction.Shelve, "hot", 1000).Act(30, "h1", FaultAction.Unshelve, "hot")
            .Expect("10 Raised h1 hot ConditionTrue", "20 Acted h1 hot Shelve", "30 Acted h1 hot Unshelve", "30 HeldOutsideHours h1 hot until 2800");

    [Fact]
    public void During_PersonWantsItNow_OpensNow() =>
        Bench(Hot).Reading(10, "h1", "m0=95").Act(30, "h1", FaultAction.Unshelve, "hot").Until(3000)
            .Expect("10 Raised h1 hot ConditionTrue", "30 Acted h1 hot Unshelve", "30 Escalated h1 hot ShelfEnded");

    [Fact]
    public void During_Shadow_AsksForNobody() =>
        Bench(Hot with { Shadow = true, Remedy = Remedy() }).Reading(10, "h1", "m0=95").Until(3000).Expect("10 Raised h1 hot ConditionTrue");

    [Fact]
    public void During_GatewayDownWhenTheyBegin_StillOpens() =>
        Bench(Hot).Reading(10, "h1", "m0=95").Everywhere(2000, new Entry.GatewayDown()).Until(3000).Expect("10 Raised h1 hot ConditionTrue", "2800 Escalated h1 hot HoursBegan");

    [Fact]
    public void Switch_HoursLost_OpensWhatWaited() =>
        Bench(Hot).Reading(10, "h1", "m0=95").Activate(100, Set("b", TestRules.Hot())).Until(101).Expect("10 Raised h1 hot ConditionTrue", "100 Escalated h1 hot HoursBegan");

    [Fact]
    public void Switch_OtherHours_CountFromThenOn()
    {
        var later = new Hours([new WeekHours([true, true, true, true, true, true, true], 23 * 60 + 30, 30, NodaTime.DateTimeZone.Utc)]);
        Bench(Hot).Reading(10, "h1", "m0=95").Activate(100, Set("b", Hot with { During = later })).Until(4601)
            .Expect("10 Raised h1 hot ConditionTrue", "100 HeldOutsideHours h1 hot until 4600", "4600 Escalated h1 hot HoursBegan");
    }

    [Fact]
    public void Switch_HoursGained_LeaveWhatIsOpen() =>
        Bench(TestRules.Hot()).Reading(10, "h1", "m0=95").Activate(100, Set("b", Hot)).Until(3000).Expect("10 Raised h1 hot ConditionTrue", "10 Escalated h1 hot NoRemedy");

    [Fact]
    public void Held_NeverOpen_IsLookedAtAgainInAYear()
    {
        var never = new Hours([new WeekHours([true, true, true, true, true, true, true], 60, 60, NodaTime.DateTimeZone.Utc)]);
        var line = new FaultTimeline(TestRules.Hot() with { During = never }).Live(0, true).Until(366 * 86_400);
        line.Expect("0 Raised ConditionTrue", "31622400 HeldOutsideHours OutsideHours");
        Assert.Equal(Server(2 * 366 * 86_400), line.State.ShelvedUntil);
    }

    private static LaneBench Bench(FaultRule rule) => new LaneBench(Set("a", rule)).Register(0, DeviceOf("h1"));
}
