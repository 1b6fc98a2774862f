using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Faults;
using B2D.Core.Outages;
using B2D.Simulation.World;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Dues;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>People at their desks: what they do to outages, cases and faults, together with what telemetry does to them.</summary>
public sealed class PeopleScenes
{
    private const string More = TownRules.Filter + """
        - fault: fan-stuck
          title: Fan stuck
          codes: [ E7 ]
          catalog: { response: "Restart it; replace the fan" }
          case: { family: fan, resolve_after: 30m }
          notice: { template: device-fault, to: owner, hold_back: 10m }
        """;

    [Fact]
    public void CauseFoundWhileHeldBack_TellsNobodySooner_AndIsKnownWhenTheyAreTold()
    {
        using var scene = Town();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(1));
        Done(scene, new OutageAct.SetCause("A digger cut the cable"));
        Assert.Equal(("Held", "A digger cut the cable"), (scene.Outages[0].State, scene.Outages[0].Cause));
        Assert.Empty(scene.Told);
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Equal("Identified", scene.Outages[0].State);
        Assert.Equal(Cabinet.Select(r => $"C-{r} opened").Order(), scene.Told.Order());
        Assert.All(scene.Ledger, n => Assert.Contains("A digger cut the cable", n.Facts, StringComparison.Ordinal));
    }

    [Fact]
    public void CauseFoundWhileMostAreBack_ItGoesOnToItsEnd()
    {
        using var scene = Town();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.Connect(Cabinet.Take(7));
        scene.Wait(TimeSpan.FromMinutes(1));
        Done(scene, new OutageAct.SetCause("A digger cut the cable"));
        Assert.Equal(("Monitoring", "A digger cut the cable"), (scene.Outages[0].State, scene.Outages[0].Cause));
        scene.Wait(TimeSpan.FromMinutes(12));
        Assert.Equal("Resolved", scene.Outages[0].State);
    }

    [Fact]
    public void EndedByHand_AllHearTheEndOnce_AndNobodyCanChangeItAnyMore()
    {
        using var scene = Town();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.IsType<ActOutcome.Rejected>(Act(scene, new OutageAct.Override(OutagePhase.Resolved, "")));
        Done(scene, new OutageAct.Override(OutagePhase.Resolved, "the crew says so"));
        scene.Wait(TimeSpan.FromMinutes(5));
        // What does not answer yet works for nobody, whoever says that it is over.
        Assert.Equal(Cabinet.SelectMany(r => new[] { $"C-{r} left", $"C-{r} opened" }).Order(), scene.Told.Order());
        var over = Assert.IsType<ActOutcome.Rejected>(Act(scene, new OutageAct.SetCause("late")));
        Assert.Equal("the outage is over", over.Reason);
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(30));
        Assert.Equal(Cabinet.Select(r => $"C-{r} all-clear").Order(), scene.Told.Skip(16).Order());
    }

    [Fact]
    public void PutBackFromMonitoring_IsOverOnlyWhenMoreComeBack()
    {
        using var scene = Town();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.Connect(Cabinet.Take(7));
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal("Monitoring", scene.Outages[0].State);
        Done(scene, new OutageAct.Override(OutagePhase.Investigating, "the crew says so"));
        scene.Wait(TimeSpan.FromMinutes(30));
        Assert.Equal("Investigating", scene.Outages[0].State);
        scene.Connect(Cabinet.Skip(7));
        scene.Wait(TimeSpan.FromMinutes(12));
        Assert.Equal("Resolved", scene.Outages[0].State);
    }

    [Fact]
    public void GuardLetGo_EverybodyIsTold_OnceAndByWhom()
    {
        using var scene = Town();
        scene.Drop(Cabinet.Concat(Others.Take(12)));
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Empty(scene.Told);
        foreach (var outage in scene.Outages)
            Assert.IsType<ActOutcome.Done>(scene.World.Worker.OutageDesk.Act(outage.Id, (int)outage.Version, new OutageAct.ReleaseGuard(), "rui"));
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(scene.Ledger.Count, scene.Told.Count);
        Assert.Equal(scene.Outages.Select(o => $"rui outage.release outage:{o.Id}").Order(), Audit(scene).Order());
    }

    [Fact]
    public void TwoAtOneOutage_TheSecondSeesWhatTheFirstDid()
    {
        using var scene = Town();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        var seen = (int)scene.Outages[0].Version;
        Done(scene, new OutageAct.SetWorkaround("Mobile networks work"));
        var late = scene.World.Worker.OutageDesk.Act(scene.Outages[0].Id, seen, new OutageAct.Override(OutagePhase.Resolved, "the crew says so"), "marta");
        Assert.Equal((int)scene.Outages[0].Version, Assert.IsType<ActOutcome.Conflict>(late).Version);
        Assert.Equal("Investigating", scene.Outages[0].State);
        Assert.Equal(["rui outage.workaround outage:1"], Audit(scene));
        Assert.IsType<ActOutcome.Unknown>(scene.World.Worker.OutageDesk.Act(99, 1, new OutageAct.ReleaseGuard(), "rui"));
        Assert.IsType<ActOutcome.Rejected>(Act(scene, new OutageAct.Override(OutagePhase.Held, "the crew says so")));
    }

    [Fact]
    public void AgentsDay_EveryActIsOneLineOfTheTimeLineAndOfTheAudit()
    {
        using var scene = Town();
        scene.Code("RT-1", "E7", "set");
        scene.Wait(TimeSpan.FromSeconds(2));
        var id = scene.Cases[0].Id;
        var steps = scene.World.Stores.State.Read(db => StepStore.List(db, id));
        CaseAct[] acts =
        [
            new CaseAct.Take(), new CaseAct.CompleteStep(steps[0].Id), new CaseAct.AddStep("Ask the neighbour", 0), new CaseAct.MoveStep(steps[0].Id, 0), new CaseAct.SkipStep(steps[1].Id),
            new CaseAct.Note("She is out until five"), new CaseAct.Wait(WaitKind.Parts, "the pump", ServerTime.From(scene.Clock.Now + TimeSpan.FromDays(1))), new CaseAct.Resume(),
            new CaseAct.HandOff("marta", "restarted", "fan", "a call by six"), new CaseAct.Resolve(), new CaseAct.Reopen(), new CaseAct.Close("wear"),
        ];
        foreach (var act in acts)
            Assert.IsType<ActOutcome.Done>(Act(scene, act));
        var row = scene.Cases[0];
        Assert.Equal(("Closed", "wear", "marta", 1), (row.State, row.Disposition, row.Assignee, (int)row.Reopened));
        Assert.Equal(acts.Length, Audit(scene).Count);
        Assert.Equal(acts.Length, scene.World.Stores.State.Read(db => TimelineStore.List(db, $"case:{row.Id}")).Count(l => l.Who == "rui"));
        Assert.Equal("the case is closed, and that is final; a new one can name it", Assert.IsType<ActOutcome.Rejected>(Act(scene, new CaseAct.Reopen())).Reason);
        Assert.Equal(
            ["Restart it Done", "Ask the neighbour Open", "Replace the fan Skipped"],
            scene.World.Stores.State.Read(db => StepStore.List(db, row.Id)).Select(s => $"{s.Text.TrimEnd('.')} {s.State}"));
    }

    [Fact]
    public void TwoAtOneCase_NothingOfTheSecondIsDone()
    {
        using var scene = Town();
        scene.Code("RT-1", "E7", "set");
        scene.Wait(TimeSpan.FromSeconds(2));
        var seen = scene.Cases[0];
        Assert.IsType<ActOutcome.Done>(Act(scene, new CaseAct.Take()));
        var late = scene.World.Worker.CaseDesk.Act(seen.Id, (int)seen.Version, new CaseAct.Assign("marta"), "marta");
        Assert.Equal((int)scene.Cases[0].Version, Assert.IsType<ActOutcome.Conflict>(late).Version);
        Assert.Equal("rui", scene.Cases[0].Assignee);
        Assert.Single(Audit(scene));
    }

    [Fact]
    public void FaultSeenAndSilenced_TheOwnerHearsNothing_UntilItsEnd()
    {
        using var scene = Town();
        scene.Code("RT-1", "E7", "set");
        scene.Wait(TimeSpan.FromSeconds(2));
        var desk = scene.World.Worker.FaultDesk;
        Assert.IsType<ActOutcome.Done>(desk.Act(scene.Faults[0].Id, new FaultAct.Acknowledge(), "rui"));
        Assert.IsType<ActOutcome.Done>(desk.Act(scene.Faults[0].Id, new FaultAct.Shelve(ServerTime.From(scene.Clock.Now + TimeSpan.FromHours(1)), "roof work"), "rui"));
        Assert.IsType<ActOutcome.Rejected>(desk.Act(scene.Faults[0].Id, new FaultAct.Shelve(ServerTime.From(scene.Clock.Now + TimeSpan.FromDays(91)), "long"), "rui"));
        scene.Wait(TimeSpan.FromMinutes(59));
        Assert.Equal(("rui", "rui"), (scene.Faults[0].AcknowledgedBy, scene.Faults[0].ShelvedBy));
        Assert.Empty(scene.Told);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(["C-RT-1 device-fault"], scene.Told);
    }

    [Fact]
    public void DueDone_ByHand_IsDoneOnce()
    {
        using var scene = Town();
        scene.Telemetry("RT-1", """{"hours_total":1}""");
        scene.Telemetry("RT-1", """{"hours_total":95}""");
        scene.Wait(TimeSpan.FromMinutes(1));
        var due = Assert.Single(scene.World.Stores.State.Read(db => DueStore.List(db, new DueFilter())));
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.DueDesk.MarkDone(due.Id, "rui"));
        scene.Wait(TimeSpan.FromSeconds(2));
        Assert.Equal("it is done already", Assert.IsType<ActOutcome.Rejected>(scene.World.Worker.DueDesk.MarkDone(due.Id, "rui")).Reason);
    }

    private static ActOutcome Act(Scene scene, CaseAct act) => scene.World.Worker.CaseDesk.Act(scene.Cases[0].Id, (int)scene.Cases[0].Version, act, "rui");

    private static ActOutcome Act(Scene scene, OutageAct act) => scene.World.Worker.OutageDesk.Act(scene.Outages[0].Id, (int)scene.Outages[0].Version, act, "rui");

    private static void Done(Scene scene, OutageAct act)
    {
        Assert.IsType<ActOutcome.Done>(Act(scene, act));
        scene.World.Pump();
    }

    private static IReadOnlyList<string> Audit(Scene scene) => [.. scene.World.Stores.State.Read(db => AuditStore.List(db, who: "rui")).Select(a => $"{a.Who} {a.Action} {a.Subject}").Reverse()];

    private static Scene Town() => Open(rules: Rules + More);
}
