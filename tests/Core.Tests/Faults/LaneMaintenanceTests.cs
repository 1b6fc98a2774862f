using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

public sealed class LaneMaintenanceTests
{
    private static LaneBench Bench(params FaultRule[] rules) => new LaneBench(Set("rules", rules)).Register(0, new Device(DeviceId.Parse("h1")));

    private static LaneBench Work(LaneBench bench, double at, double until) => bench.Append(at, new Entry.Maintenance(DeviceId.Parse("h1"), Server(until)));

    [Fact]
    public void Condition_StillTrueAtTheEnd_IsRaisedThen() =>
        Work(Bench(Hot()), 10, 100).Reading(50, "h1", "m0=95").Until(99.9).Expect()
            .Until(100).Expect("100 Raised h1 hot HoldCompletedInSilence", "100 Escalated h1 hot NoRemedy");

    [Fact]
    public void Condition_OverBeforeTheEnd_IsNeverRaised() =>
        Work(Bench(Hot()), 10, 100).Reading(50, "h1", "m0=95").Reading(60, "h1", "m0=20").Until(5000).Expect();

    [Fact]
    public void Condition_LastHeardLongBeforeTheEnd_IsRaisedThen_ForItWouldStillBeOpen() =>
        Work(Bench(Hot(gap: 600)), 10, 2000).Reading(50, "h1", "m0=95").Until(1999).Expect()
            .Until(2000).Expect("2000 Raised h1 hot HoldCompletedInSilence", "2000 Escalated h1 hot NoRemedy");

    [Fact]
    public void Hold_NotServedWhenTheDeviceFellSilent_IsNeverServed() =>
        Work(Bench(Hot(hold: 700, gap: 600)), 10, 2000).Reading(50, "h1", "m0=95").Until(5000).Expect();

    [Fact]
    public void Rules_ChangedMeanwhile_ChangeNothingOfIt()
    {
        var bench = Work(Bench(Codes("pump", "E42")), 10, 100).Code(50, "h1", "E42").Activate(60, Set("next", Codes("pump", "E42"), Hot())).Reading(70, "h1", "m0=95").Until(99).Expect();
        bench.Until(100);
        Assert.Equal(["100 Raised h1 hot HoldCompletedInSilence", "100 Raised h1 pump HoldCompletedInSilence"], bench.Said().Where(l => l.Contains("Raised", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void Hold_RunsOn_AndIsServedFirst() =>
        Work(Bench(Hot(hold: 120)), 10, 100).Reading(50, "h1", "m0=95").Until(169.9).Expect()
            .Until(170).Expect("170 Raised h1 hot HoldCompletedInSilence", "170 Escalated h1 hot NoRemedy");

    [Fact]
    public void Code_SetMeanwhile_IsRaisedAtTheEndHoweverLateThatIs() =>
        Work(Bench(Codes("pump", "E42")), 10, 90_000).Code(50, "h1", "E42").Until(89_999).Expect()
            .Until(90_000).Expect("90000 Raised h1 pump HoldCompletedInSilence", "90000 Escalated h1 pump NoRemedy");

    [Fact]
    public void Silence_LastsBeyondTheEnd_IsRaisedThen_AndNotWhereHeardBefore()
    {
        Work(Bench(Silent(after: 60)).Timeless(5, "h1", "m3=1"), 10, 300).Until(299.9).Expect()
            .Until(300).Expect("300 Raised h1 silent HoldCompletedInSilence", "300 Escalated h1 silent NoRemedy");
        Work(Bench(Silent(after: 60)).Timeless(5, "h1", "m3=1"), 10, 300).Timeless(290, "h1", "m3=2").Until(349).Expect()
            .Until(350).Expect("350 Raised h1 silent WentSilent", "350 Escalated h1 silent NoRemedy");
    }

    [Fact]
    public void Safety_IsRaisedAtOnce() =>
        Work(Bench(Hot() with { Class = FaultClass.Safety }), 10, 100).Reading(50, "h1", "m0=95").Expect("50 Raised h1 hot ConditionTrue", "50 Escalated h1 hot SafetyClass");

    [Fact]
    public void Fault_ThatWasThereBefore_StaysAndClears() =>
        Work(Bench(Hot()).Reading(5, "h1", "m0=95").Expect("5 Raised h1 hot ConditionTrue", "5 Escalated h1 hot NoRemedy"), 10, 100)
            .Reading(50, "h1", "m0=20").Expect("50 Cleared h1 hot ConditionFalse")
            .Reading(60, "h1", "m0=95").Expect().Until(100).Expect("100 Raised h1 hot HoldCompletedInSilence", "100 Escalated h1 hot NoRemedy");

    [Fact]
    public void End_MovedBothWays_IsTheLastOneSaid()
    {
        var bench = Work(Bench(Codes("pump", "E42")), 10, 100).Code(50, "h1", "E42");
        Work(bench, 60, 200).Until(199).Expect();
        Work(bench, 199, 199).Until(199).Expect("199 Raised h1 pump HoldCompletedInSilence", "199 Escalated h1 pump NoRemedy");
    }

    [Fact]
    public void Shelf_EndsMeanwhile_WaitsToo()
    {
        var bench = Bench(Hot()).Reading(0, "h1", "m0=95").Act(1, "h1", FaultAction.Shelve, "hot", 50);
        bench.Said();
        Work(bench, 10, 100).Until(99).Expect().Until(100).Expect("100 Escalated h1 hot ShelfEnded");
    }

    [Fact]
    public void Hours_BeginMeanwhile_CountFromTheEndAlsoWhereItIsMoved()
    {
        var rule = Hot() with { During = Night };
        Begun().Until(3999).Expect().Until(4000).Expect("4000 Escalated h1 hot HoursBegan");
        Work(Begun(), 3500, 3500).Until(3500).Expect("3500 Escalated h1 hot HoursBegan");
        Work(Begun(), 3500, 5000).Until(4999).Expect().Until(5000).Expect("5000 Escalated h1 hot HoursBegan");

        LaneBench Begun() => Work(Bench(rule).Reading(5, "h1", "m0=95").Expect("5 Raised h1 hot ConditionTrue"), 10, 4000).Until(3000).Expect();
    }

    [Fact]
    public void Restart_ForgetsNothing() =>
        Work(Bench(Codes("pump", "E42")), 10, 100).Restart().Code(50, "h1", "E42").Restart().Until(99).Expect()
            .Until(100).Expect("100 Raised h1 pump HoldCompletedInSilence", "100 Escalated h1 pump NoRemedy");

    [Fact]
    public void Chatter_CountsWhatIsRaisedAndNotWhatIsHeld()
    {
        var bench = Work(Bench(Hot() with { Chatter = Chatter(2, 3600, 600) }), 10, 100);
        for (var i = 20; i < 90; i += 10)
            bench.Reading(i, "h1", i % 20 == 0 ? "m0=95" : "m0=20");
        bench.Reading(95, "h1", "m0=95").Expect().Until(100).Expect("100 Raised h1 hot HoldCompletedInSilence", "100 Escalated h1 hot NoRemedy");
    }

    [Fact]
    public void Outage_CountsOnlyWhatIsRaised()
    {
        var rule = Silent(after: 60) with { ExplainedByOutage = true };
        Work(Bench(rule).Timeless(5, "h1", "m3=1"), 10, 300).Until(299).Expect().Until(300).Expect("300 Raised h1 silent HoldCompletedInSilence");
    }
}
