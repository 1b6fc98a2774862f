using B2D.Core;
using B2D.Core.Cases;
using B2D.Storage.Cases;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>Two cases that are one, and what people link.</summary>
public sealed class MergeScenes
{
    private const string Two = """
        - fault: fan-stuck
          title: Fan stuck
          codes: [ E7 ]
          case: { family: fan, resolve_after: 30m }
        - fault: too-hot
          title: Too hot
          codes: [ E8 ]
          case: { family: heat, priority: P1, resolve_after: 30m, reopen_within: 24h }

        """;

    [Fact]
    public void Merged_ItsFaultsLiveOnInTheOther_AndTheirReturnJoinsIt()
    {
        using var scene = Both();
        var (fan, heat) = (Case(scene, "fan"), Case(scene, "heat"));
        Done(scene, heat, new CaseAct.Merge(fan.Id));
        heat = Case(scene, "heat");
        Assert.Equal(("Closed", "merged", fan.Id), (heat.State, heat.Disposition, heat.MergedInto));
        Assert.Equal(1, Case(scene, "fan").Priority);
        Assert.All(scene.Faults, f => Assert.Equal(fan.Id, f.CaseId));
        scene.Code("RT-1", "E7", "clear");
        scene.Wait(TimeSpan.FromMinutes(40));
        Assert.Equal("New", Case(scene, "fan").State);
        scene.Code("RT-1", "E8", "clear");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Code("RT-1", "E8", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(2, scene.Cases.Count);
        Assert.Equal(("New", 1L), (Case(scene, "fan").State, Case(scene, "fan").Recurrences));
        scene.Code("RT-1", "E8", "clear");
        scene.Wait(TimeSpan.FromMinutes(31));
        Assert.Equal("Resolved", Case(scene, "fan").State);
        scene.Code("RT-1", "E8", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal((2, "New"), (scene.Cases.Count, Case(scene, "fan").State));
        Assert.Equal(["fan", "heat"], scene.Cases.Select(c => c.Family).Order());
    }

    [Fact]
    public void MergedIntoOneThatClosed_ANewFaultHasANewCase()
    {
        using var scene = Both();
        Done(scene, Case(scene, "heat"), new CaseAct.Merge(Case(scene, "fan").Id));
        Done(scene, Case(scene, "fan"), new CaseAct.Close("true-fault"));
        scene.Code("RT-1", "E8", "clear");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Code("RT-1", "E8", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(("heat", "New", 3), (scene.Cases[0].Family, scene.Cases[0].State, scene.Cases.Count));
    }

    [Fact]
    public void MergedWithAPromise_TheOtherKeepsIt()
    {
        using var scene = Both();
        var at = ServerTime.From(scene.Clock.Now + TimeSpan.FromHours(1));
        Done(scene, Case(scene, "heat"), new CaseAct.PromiseWord(at, "when it cools"));
        Done(scene, Case(scene, "heat"), new CaseAct.Merge(Case(scene, "fan").Id));
        Assert.Equal((at.EpochMs, "when it cools", true), (Case(scene, "fan").WordAt, Case(scene, "fan").WordWhat, Case(scene, "fan").AskFirst));
        Assert.Equal(0, Case(scene, "heat").WordAt);
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Single(scene.Told, t => t == "C-RT-1 no-news");
    }

    [Fact]
    public void Linked_BothSidesSayIt_AndItCanBeTakenBack()
    {
        using var scene = Both();
        var (fan, heat) = (Case(scene, "fan"), Case(scene, "heat"));
        Done(scene, fan, new CaseAct.Link($"case:{heat.Id}"));
        Assert.Equal("it is linked already", Refused(scene, "fan", new CaseAct.Link($"case:{heat.Id}")));
        Assert.Equal("it is the same case", Refused(scene, "fan", new CaseAct.Link($"case:{fan.Id}")));
        Assert.Equal("there is no outage O-9", Refused(scene, "fan", new CaseAct.Link("outage:9")));
        Assert.Contains("was linked to this", Lines(scene, $"case:{heat.Id}")[0], StringComparison.Ordinal);
        Done(scene, Case(scene, "fan"), new CaseAct.Unlink($"case:{heat.Id}"));
        Assert.Equal("nobody linked it to that", Refused(scene, "fan", new CaseAct.Unlink($"case:{heat.Id}")));
        Assert.Contains("no longer linked", Lines(scene, $"case:{heat.Id}")[0], StringComparison.Ordinal);
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        Done(scene, Case(scene, "fan"), new CaseAct.Link("outage:1"));
        Assert.Equal(1, Case(scene, "fan").OutageId);
        Done(scene, Case(scene, "fan"), new CaseAct.Unlink("outage:1"));
        Assert.Equal(0, Case(scene, "fan").OutageId);
    }

    private static Scene Both()
    {
        var scene = Open(rules: Rules + Two);
        scene.Code("RT-1", "E7", "set");
        scene.Wait(TimeSpan.FromSeconds(2));
        scene.Code("RT-1", "E8", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        return scene;
    }

    private static CaseRow Case(Scene scene, string family) => scene.Cases.First(c => c.Family == family);

    private static IReadOnlyList<string> Lines(Scene scene, string subject) => [.. scene.World.Stores.State.Read(db => TimelineStore.List(db, subject)).Select(l => l.Text)];

    private static void Done(Scene scene, CaseRow row, CaseAct act) => Assert.IsType<ActOutcome.Done>(scene.World.Worker.CaseDesk.Act(row.Id, (int)row.Version, act, "rui"));

    private static string Refused(Scene scene, string family, CaseAct act) =>
        Assert.IsType<ActOutcome.Rejected>(scene.World.Worker.CaseDesk.Act(Case(scene, family).Id, (int)Case(scene, family).Version, act, "rui")).Reason;
}
