using B2D.Core.Devices;
using B2D.Core.Faults;
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
        Work(Bench(Hot()), 10, 100).Reading(50, "h1", "m0=95").Expect("50 HeldByMaintenance h1 hot until 100").Reading(60, "h1", "m0=96").Until(99.9).Expect()
            .Until(100).Expect("100 Raised h1 hot MaintenanceOver", "100 Escalated h1 hot NoRemedy");

    [Fact]
    public void Condition_OverBeforeTheEnd_IsNeverRaised() =>
        Work(Bench(Hot()), 10, 100).Reading(50, "h1", "m0=95").Reading(60, "h1", "m0=20").Until(5000)
            .Expect("50 HeldByMaintenance h1 hot until 100", "60 HeldNoMore h1 hot HoldBroken");

    [Fact]
    public void Condition_TrueAgainBeforeTheEnd_IsHeldAgainAsAnotherEpisode()
    {
        var bench = Work(Bench(Hot()), 10, 100).Reading(50, "h1", "m0=95").Reading(60, "h1", "m0=20").Reading(70, "h1", "m0=95");
        var held = bench.Effects.OfType<LaneEffect.HeldByMaintenance>().ToList();
        Assert.Equal([Device(50), Device(70)], held.Select(h => h.OnsetAt));
        Assert.NotEqual(held[0].Episode, held[1].Episode);
        bench.Said();
        bench.Until(100);
        Assert.Equal((held[1].Episode, Device(70)), bench.Effects.OfType<LaneEffect.Raised>().Select(r => (r.Episode, r.OnsetAt)).Single());
    }

    [Fact]
    public void Condition_LastHeardLongBeforeTheEnd_IsRaisedThen_ForItWouldStillBeOpen() =>
        Work(Bench(Hot(gap: 600)), 10, 2000).Reading(50, "h1", "m0=95").Until(1999).Expect("50 HeldByMaintenance h1 hot until 2000")
            .Until(2000).Expect("2000 Raised h1 hot MaintenanceOver", "2000 Escalated h1 hot NoRemedy");

    [Fact]
    public void Condition_ToldLate_IsRaisedThenToo() =>
        Work(Bench(Hot()), 5000, 6000).Reading(5100, "h1", "m0=95", 10).Until(5999).Expect("5100 HeldByMaintenance h1 hot until 6000")
            .Until(6000).Expect("6000 Raised h1 hot MaintenanceOver late", "6000 Escalated h1 hot NoRemedy");

    [Fact]
    public void Hold_NotServedWhenTheDeviceFellSilent_IsNeverServed() =>
        Work(Bench(Hot(hold: 700, gap: 600)), 10, 2000).Reading(50, "h1", "m0=95").Until(5000).Expect();

    [Fact]
    public void Rules_ChangedMeanwhile_ChangeNothingOfIt()
    {
        var bench = Work(Bench(Codes("pump", "E42")), 10, 100).Code(50, "h1", "E42").Activate(60, Set("next", Codes("pump", "E42"), Hot())).Reading(70, "h1", "m0=95").Until(99)
            .Expect("50 HeldByMaintenance h1 pump until 100", "70 HeldByMaintenance h1 hot until 100");
        bench.Until(100);
        Assert.Equal(["100 Raised h1 hot MaintenanceOver", "100 Raised h1 pump MaintenanceOver"], bench.Said().Where(l => l.Contains("Raised", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void Rule_RemovedMeanwhile_HoldsNothingAnyMore() =>
        Work(Bench(Codes("pump", "E42")), 10, 100).Code(50, "h1", "E42").Activate(60, Set("next", Hot())).Until(200)
            .Expect("50 HeldByMaintenance h1 pump until 100", "60 HeldNoMore h1 pump RuleRemoved");

    [Fact]
    public void Device_RemovedMeanwhile_HoldsNothingAnyMore() =>
        Work(Bench(Codes("pump", "E42")), 10, 100).Code(50, "h1", "E42").Append(60, new Entry.Removed(DeviceId.Parse("h1"))).Until(200)
            .Expect("50 HeldByMaintenance h1 pump until 100", "60 HeldNoMore h1 pump DeviceRemoved");

    [Fact]
    public void Hold_RunsOn_AndIsServedFirst() =>
        Work(Bench(Hot(hold: 120)), 10, 100).Reading(50, "h1", "m0=95").Until(169.9).Expect()
            .Until(170).Expect("170 Raised h1 hot HoldCompletedInSilence", "170 Escalated h1 hot NoRemedy");

    [Fact]
    public void Hold_ServedMeanwhile_IsHeldFromThenOn() =>
        Work(Bench(Hot(hold: 120)), 10, 1000).Reading(50, "h1", "m0=95").Until(169.9).Expect()
            .Until(999).Expect("170 HeldByMaintenance h1 hot until 1000").Until(1000).Expect("1000 Raised h1 hot MaintenanceOver", "1000 Escalated h1 hot NoRemedy");

    [Fact]
    public void Code_SetMeanwhile_IsRaisedAtTheEndHoweverLateThatIs() =>
        Work(Bench(Codes("pump", "E42")), 10, 90_000).Code(50, "h1", "E42").Until(89_999).Expect("50 HeldByMaintenance h1 pump until 90000")
            .Until(90_000).Expect("90000 Raised h1 pump MaintenanceOver", "90000 Escalated h1 pump NoRemedy");

    [Fact]
    public void Silence_LastsBeyondTheEnd_IsRaisedThen_AndNotWhereHeardBefore()
    {
        Work(Bench(Silent(after: 60)).Timeless(5, "h1", "m3=1"), 10, 300).Until(299.9).Expect("65 HeldByMaintenance h1 silent until 300")
            .Until(300).Expect("300 Raised h1 silent MaintenanceOver", "300 Escalated h1 silent NoRemedy");
        Work(Bench(Silent(after: 60)).Timeless(5, "h1", "m3=1"), 10, 300).Timeless(290, "h1", "m3=2").Until(349).Expect("65 HeldByMaintenance h1 silent until 300", "290 HeldNoMore h1 silent HoldBroken")
            .Until(350).Expect("350 Raised h1 silent WentSilent", "350 Escalated h1 silent NoRemedy");
    }

    [Fact]
    public void Safety_IsRaisedAtOnce() =>
        Work(Bench(Hot() with { Class = FaultClass.Safety }), 10, 100).Reading(50, "h1", "m0=95").Expect("50 Raised h1 hot ConditionTrue", "50 Escalated h1 hot SafetyClass");

    [Fact]
    public void Fault_ThatWasThereBefore_StaysAndClears() =>
        Work(Bench(Hot()).Reading(5, "h1", "m0=95").Expect("5 Raised h1 hot ConditionTrue", "5 Escalated h1 hot NoRemedy"), 10, 100)
            .Reading(50, "h1", "m0=20").Expect("50 Cleared h1 hot ConditionFalse")
            .Reading(60, "h1", "m0=95").Expect("60 HeldByMaintenance h1 hot until 100").Until(100).Expect("100 Raised h1 hot MaintenanceOver", "100 Escalated h1 hot NoRemedy");

    [Fact]
    public void End_MovedBothWays_IsTheLastOneSaid()
    {
        var bench = Work(Bench(Codes("pump", "E42")), 10, 100).Code(50, "h1", "E42").Expect("50 HeldByMaintenance h1 pump until 100");
        Work(bench, 60, 200).Until(199).Expect();
        Work(bench, 199, 199).Until(199).Expect("199 Raised h1 pump MaintenanceOver", "199 Escalated h1 pump NoRemedy");
    }

    [Fact]
    public void Shelf_EndsMeanwhile_WaitsToo()
    {
        var bench = Bench(Hot()).Reading(0, "h1", "m0=95").Act(1, "h1", FaultAction.Shelve, "hot", 50);
        bench.Said();
        Work(bench, 10, 100).Until(99).Expect("50 HeldByMaintenance h1 hot until 100").Until(100).Expect("100 HeldNoMore h1 hot ShelfEnded", "100 Escalated h1 hot ShelfEnded");
    }

    [Fact]
    public void Shelf_EndsMeanwhile_WhileTheReleaseRuns_WhichIsServedInSilenceAllTheSame()
    {
        var bench = Bench(Hot(release: 60)).Reading(0, "h1", "m0=95").Act(1, "h1", FaultAction.Shelve, "hot", 50);
        bench.Said();
        Work(bench, 10, 1000).Reading(20, "h1", "m0=20").Until(2000).Expect("50 HeldByMaintenance h1 hot until 1000", "80 HeldNoMore h1 hot ReleaseCompletedInSilence", "80 Cleared h1 hot ReleaseCompletedInSilence");
    }

    [Fact]
    public void Shelf_ThatWaits_EndsWhereTheEndIsMovedTo()
    {
        foreach (var (moved, said) in new (double, string[])[] { (70, []), (150, ["100 HeldByMaintenance h1 hot until 150"]) })
        {
            var bench = Bench(Hot()).Reading(0, "h1", "m0=95").Act(1, "h1", FaultAction.Shelve, "hot", 50);
            Work(bench, 10, 100).Until(60).Said();
            Work(bench, 60, moved).Until(moved - 1).Expect(said)
                .Until(moved).Expect(FormattableString.Invariant($"{moved} HeldNoMore h1 hot ShelfEnded"), FormattableString.Invariant($"{moved} Escalated h1 hot ShelfEnded"));
        }
    }

    [Fact]
    public void Hours_BeginMeanwhile_CountFromTheEndAlsoWhereItIsMoved()
    {
        var rule = Hot() with { During = Night };
        Begun().Until(3999).Expect().Until(4000).Expect("4000 HeldNoMore h1 hot HoursBegan", "4000 Escalated h1 hot HoursBegan");
        Work(Begun(), 3500, 3500).Until(3500).Expect("3500 HeldNoMore h1 hot HoursBegan", "3500 Escalated h1 hot HoursBegan");
        Work(Begun(), 3500, 5000).Until(4999).Expect("4000 HeldByMaintenance h1 hot until 5000").Until(5000).Expect("5000 HeldNoMore h1 hot HoursBegan", "5000 Escalated h1 hot HoursBegan");

        LaneBench Begun() => Work(Bench(rule).Reading(5, "h1", "m0=95").Expect("5 Raised h1 hot ConditionTrue"), 10, 4000).Until(3000).Expect("2800 HeldByMaintenance h1 hot until 4000");
    }

    [Fact]
    public void Restart_ForgetsNothing() =>
        Work(Bench(Codes("pump", "E42")), 10, 100).Restart().Code(50, "h1", "E42").Restart().Code(60, "h1", "E42").Until(99).Expect("50 HeldByMaintenance h1 pump until 100")
            .Until(100).Expect("100 Raised h1 pump MaintenanceOver", "100 Escalated h1 pump NoRemedy");

    [Fact]
    public void Snapshot_OfVersion4_IsReadAndKnowsNothingHeld()
    {
        var bench = Work(Bench(Codes("pump", "E42")), 10, 100);
        var lane = bench.Lanes[Partitions.Of(DeviceId.Parse("h1"))];
        var (old, read) = (LaneBench.Bytes(lane), new Lane(lane.Partition, ArrivalOptions.Default));
        old[0] = 4;
        LaneSnapshot.Read(old, read, _ => Set("rules", Codes("pump", "E42")));
        Assert.Equal(Server(100), read.StateOf(DeviceId.Parse("h1"))!.MaintainedUntil);
        bench.Code(50, "h1", "E42");
        var held = LaneBench.Bytes(lane);
        held[0] = 4;
        Assert.Throws<InvalidDataException>(() => LaneSnapshot.Read(held, new Lane(lane.Partition, ArrivalOptions.Default), _ => Set("rules", Codes("pump", "E42"))));
    }

    [Fact]
    public void Chatter_CountsWhatIsRaisedAndNotWhatIsHeld()
    {
        var bench = Work(Bench(Hot() with { Chatter = Chatter(2, 3600, 600) }), 10, 100);
        for (var i = 20; i < 90; i += 10)
            bench.Reading(i, "h1", i % 20 == 0 ? "m0=95" : "m0=20");
        Assert.All(bench.Said(), l => Assert.Contains("Held", l, StringComparison.Ordinal));
        bench.Reading(95, "h1", "m0=20").Reading(96, "h1", "m0=95").Expect("95 HeldNoMore h1 hot HoldBroken", "96 HeldByMaintenance h1 hot until 100")
            .Until(100).Expect("100 Raised h1 hot MaintenanceOver", "100 Escalated h1 hot NoRemedy");
    }

    [Fact]
    public void Outage_CountsOnlyWhatIsRaised()
    {
        var rule = Silent(after: 60) with { ExplainedByOutage = true };
        Work(Bench(rule).Timeless(5, "h1", "m3=1"), 10, 300).Until(299).Expect("65 HeldByMaintenance h1 silent until 300").Until(300).Expect("300 Raised h1 silent MaintenanceOver");
    }
}
