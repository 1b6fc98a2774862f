using B2D.Core;
using B2D.Core.Cases;
using B2D.Storage.Cases;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>Agents at their cases: what they leave to each other, write to customers and learn from what helped.</summary>
public sealed class CaseScenes
{
    private const string Fan = """
        - fault: fan-stuck
          title: Fan stuck
          codes: [ E7 ]
          catalog: { response: "Restart it; replace the fan" }
          case: { family: fan, resolve_after: 30m }
          notice: { template: device-fault, to: owner }
        """;

    [Fact]
    public void HandedOff_ItIsShownUntilWhoeverGotItHasReadIt()
    {
        using var scene = Stuck();
        Done(scene, new CaseAct.Take());
        Done(scene, new CaseAct.HandOff("marta", "restarted", "replace the fan", "a call by six"));
        var row = scene.Cases[0];
        Assert.Equal(("marta", true, true), (row.Assignee, row.HandedAt > 0, row.AskFirst));
        Assert.Equal("it was left to marta", Assert.IsType<ActOutcome.Rejected>(Act(scene, new CaseAct.ReadHandOff())).Reason);
        Done(scene, new CaseAct.ReadHandOff(), "marta");
        Assert.Equal(0, scene.Cases[0].HandedAt);
        Assert.Equal("nothing waits to be read", Assert.IsType<ActOutcome.Rejected>(Act(scene, new CaseAct.ReadHandOff(), "marta")).Reason);
        var left = scene.World.Stores.State.Read(db => HandOffStore.Last(db, row.Id))!;
        Assert.Equal(("rui", "marta", "restarted", "replace the fan", "a call by six", "marta"), (left.FromWho, left.ToWho, left.Finished, left.StillOpen, left.Promised, left.ReadBy));
    }

    [Fact]
    public void Written_TheOwnerReadsItOnce_WithWhenTheNextWordComes()
    {
        using var scene = Stuck();
        Done(scene, new CaseAct.Write("We have ordered a new fan.", In(scene, 120), "when the fan comes"));
        scene.Wait(TimeSpan.FromMinutes(1));
        var word = Assert.Single(scene.Phones.Received, n => n.Status == "word");
        Assert.Equal(("C-RT-1", "Acme: about RT-1"), (word.Customer, word.Title));
        Assert.Contains("We have ordered a new fan.", word.Text, StringComparison.Ordinal);
        Assert.Contains("Next news by Mon 2 Nov 11:", word.Text, StringComparison.Ordinal);
        Assert.Contains("Reference C-1.", word.Text, StringComparison.Ordinal);
        scene.World.KillWorker();
        scene.World.StartWorker();
        scene.Wait(TimeSpan.FromMinutes(10));
        Assert.Single(scene.Phones.Received, n => n.Status == "word");
    }

    [Fact]
    public void PromisedWordNotWritten_B2DSaysThatThereIsNoNews_InTimeAndAgain()
    {
        using var scene = Stuck();
        var promised = In(scene, 60);
        Done(scene, new CaseAct.PromiseWord(promised, "when we come"));
        scene.Wait(TimeSpan.FromMinutes(57));
        Assert.DoesNotContain(scene.Phones.Received, n => n.Status == "no-news");
        scene.Wait(TimeSpan.FromMinutes(3));
        var said = Assert.Single(scene.Phones.Received, n => n.Status == "no-news");
        Assert.True(said.AtMs <= promised.EpochMs);
        Assert.Contains("no news yet.\nNext news by Mon 2 Nov", said.Text, StringComparison.Ordinal);
        Assert.Equal((1L, true), (scene.Cases[0].WordMissed, scene.Cases[0].WordAt > promised.EpochMs));
        Done(scene, new CaseAct.Write("A technician comes tomorrow at nine.", ServerTime.Zero, ""));
        scene.Wait(TimeSpan.FromHours(8));
        Assert.Single(scene.Phones.Received, n => n.Status == "no-news");
        Assert.Equal((0L, 0L), (scene.Cases[0].WordMissed, scene.Cases[0].WordAt));
    }

    [Fact]
    public void WordPromised_TheCaseDoesNotEndBeforeItIsWrittenOrTakenBack()
    {
        using var scene = Stuck();
        Done(scene, new CaseAct.PromiseWord(In(scene, 90), ""));
        var refused = Assert.IsType<ActOutcome.Rejected>(Act(scene, new CaseAct.Resolve()));
        Assert.Contains("promised another word", refused.Reason, StringComparison.Ordinal);
        Done(scene, new CaseAct.TakeBackWord("told her on the telephone"));
        Done(scene, new CaseAct.Resolve());
        scene.Wait(TimeSpan.FromHours(3));
        Assert.DoesNotContain(scene.Phones.Received, n => n.Status == "no-news");
    }

    [Fact]
    public void DeviceSold_NothingMoreIsWrittenToWhoHadIt()
    {
        using var scene = Stuck();
        Done(scene, new CaseAct.PromiseWord(In(scene, 60), ""));
        scene.World.Imports.Devices("id,customer\nRT-1,C-RT-2\n", "test", Storage.Devices.SecretHashing.Sha256);
        scene.World.Pump();
        Done(scene, new CaseAct.Write("The fan is here.", ServerTime.Zero, ""));
        scene.Wait(TimeSpan.FromHours(2));
        // The case is the new owner's with the device; what was promised to the old one is owed to nobody.
        Assert.Equal("C-RT-2", Assert.Single(scene.Phones.Received, n => n.Status is "word" or "no-news").Customer);
    }

    [Fact]
    public void StepThatWorked_AcceptedByALead_ComesFirstInTheNextCaseOfItsModel_UntilItIsTakenBack()
    {
        using var scene = Stuck();
        Done(scene, new CaseAct.AddStep("Clean the grille", 0));
        var step = Steps(scene)[0];
        Assert.IsType<ActOutcome.Rejected>(Act(scene, new CaseAct.ProposeStep(step.Id)));
        Done(scene, new CaseAct.CompleteStep(step.Id));
        Done(scene, new CaseAct.ProposeStep(step.Id));
        Assert.Equal("rui has proposed it already", Assert.IsType<ActOutcome.Rejected>(Act(scene, new CaseAct.ProposeStep(step.Id))).Reason);
        Done(scene, new CaseAct.Close("true-fault"));
        var desk = scene.World.Worker.StandardSteps;
        Assert.IsType<ActOutcome.Done>(desk.Act(1, StandardStepAct.Accept, "lea"));
        Assert.Equal("lea has decided about it already", Assert.IsType<ActOutcome.Rejected>(desk.Act(1, StandardStepAct.Decline, "max")).Reason);
        Assert.IsType<ActOutcome.Unknown>(desk.Act(99, StandardStepAct.Accept, "lea"));
        scene.Code("RT-2", "E7", "set");
        scene.Wait(TimeSpan.FromSeconds(2));
        Assert.Equal(["Clean the grille", "Restart it.", "Replace the fan."], Steps(scene).Select(s => s.Text));
        Assert.Equal("Clean the grille", scene.Cases[0].NextStep);
        Assert.IsType<ActOutcome.Done>(desk.Act(1, StandardStepAct.TakeBack, "lea"));
        scene.Code("RT-3", "E7", "set");
        scene.Wait(TimeSpan.FromSeconds(2));
        Assert.Equal(["Restart it.", "Replace the fan."], Steps(scene).Select(s => s.Text));
    }

    [Fact]
    public void StepRepeated_IsNextAgain_AndThatItWasDoneStays()
    {
        using var scene = Stuck();
        var steps = Steps(scene);
        Assert.Equal("the step is to do as it is", Assert.IsType<ActOutcome.Rejected>(Act(scene, new CaseAct.RepeatStep(steps[0].Id))).Reason);
        Done(scene, new CaseAct.CompleteStep(steps[0].Id));
        Done(scene, new CaseAct.RepeatStep(steps[0].Id));
        Assert.Equal(["Restart it. Done", "Restart it. Open", "Replace the fan. Open"], Steps(scene).Select(s => $"{s.Text} {s.State}"));
    }

    private static Scene Stuck()
    {
        var scene = Open(rules: Rules + Fan);
        scene.Code("RT-1", "E7", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        return scene;
    }

    private static ServerTime In(Scene scene, int minutes) => ServerTime.From(scene.Clock.Now + TimeSpan.FromMinutes(minutes));

    private static IReadOnlyList<StepRow> Steps(Scene scene)
    {
        var id = scene.Cases[0].Id;
        return scene.World.Stores.State.Read(db => StepStore.List(db, id));
    }

    private static ActOutcome Act(Scene scene, CaseAct act, string who = "rui") => scene.World.Worker.CaseDesk.Act(scene.Cases[0].Id, (int)scene.Cases[0].Version, act, who);

    private static void Done(Scene scene, CaseAct act, string who = "rui") => Assert.IsType<ActOutcome.Done>(Act(scene, act, who));
}
