using B2D.Core;
using B2D.Core.Cases;
using B2D.ProactiveWorker;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>Complaints, what customers are given, and those who depend on their devices.</summary>
public sealed class GoodwillScenes
{
    private const string Fan = """
        - fault: fan-stuck
          title: Fan stuck
          codes: [ E7 ]
          case: { family: fan, resolve_after: 30m }
        """;

    [Fact]
    public void ComplaintNotAcknowledgedInTime_GoesToWhomTheOrganisationNamed_AndEndsOnlyWithTheAnswer()
    {
        using var scene = Stuck(new WorkerOptions { ComplaintAcknowledged = TimeSpan.FromHours(1), ComplaintAnswered = TimeSpan.FromHours(3), ComplaintsTo = "head" });
        Done(scene, new CaseAct.Complain("Third time this month", ""));
        Assert.Contains("open on this case already", Refused(scene, new CaseAct.Complain("again", "")), StringComparison.Ordinal);
        Assert.Contains("only with its final answer", Refused(scene, new CaseAct.Close("true-fault")), StringComparison.Ordinal);
        scene.Wait(TimeSpan.FromMinutes(61));
        Assert.Equal((true, 1, "head"), (scene.Cases[0].ComplaintLate, scene.Cases[0].Priority, Complaint(scene).Owner));
        Done(scene, new CaseAct.AcknowledgeComplaint("We have your complaint."));
        Assert.False(scene.Cases[0].ComplaintLate);
        Assert.Equal("it was acknowledged already", Refused(scene, new CaseAct.AcknowledgeComplaint("x")));
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Contains("We have your complaint.\nNext news by Mon 2 Nov 12:", Assert.Single(scene.Phones.Received, n => n.Status == "word").Text, StringComparison.Ordinal);
        scene.Wait(TimeSpan.FromHours(2));
        Assert.True(scene.Cases[0].ComplaintLate);
        Done(scene, new CaseAct.AnswerComplaint("We change the whole unit."));
        Assert.Equal((0L, false), (scene.Cases[0].ComplaintDueAt, scene.Cases[0].ComplaintLate));
        Assert.Equal("no complaint is open on this case", Refused(scene, new CaseAct.AnswerComplaint("x")));
        Done(scene, new CaseAct.Close("true-fault"));
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(2, scene.Phones.Received.Count(n => n.Status == "word"));
    }

    [Fact]
    public void Grants_WithinTheLimits_AreGivenReviewedOrAsked_AndNobodyJudgesTheirOwn()
    {
        using var scene = Stuck();
        Done(scene, new CaseAct.Grant(GrantKind.Money, 20, "a warm evening", "agent"));
        Done(scene, new CaseAct.Grant(GrantKind.Money, 30, "and one more", "agent"));
        Done(scene, new CaseAct.Grant(GrantKind.Money, 1, "a coffee", "agent"));
        Done(scene, new CaseAct.Grant(GrantKind.Days, 3, "a weekend", "agent"));
        Assert.Equal(["20 EUR Granted", "30 EUR ToReview", "1 EUR Asked", "3 days Granted"], Given(scene));
        var desk = scene.World.Worker.GrantDesk;
        Assert.Equal("somebody else looks at what you gave", Assert.IsType<ActOutcome.Rejected>(desk.Act(2, GrantVerdict.Approve, "rui")).Reason);
        Assert.IsType<ActOutcome.Done>(desk.Act(2, GrantVerdict.Approve, "lea"));
        Assert.IsType<ActOutcome.Done>(desk.Act(3, GrantVerdict.Refuse, "lea"));
        Assert.IsType<ActOutcome.Rejected>(desk.Act(1, GrantVerdict.Refuse, "lea"));
        Assert.IsType<ActOutcome.Unknown>(desk.Act(99, GrantVerdict.Refuse, "lea"));
        Assert.Equal(["20 EUR Granted", "30 EUR Reviewed", "1 EUR Refused", "3 days Granted"], Given(scene));
        Done(scene, new CaseAct.Grant(GrantKind.Money, 50, "by the lead", "lead"));
        Assert.Equal("50 EUR Granted", Given(scene)[^1]);
    }

    [Fact]
    public void CustomerWhoDependsOnIt_IsSaidOnTheirCases_UntilItsLastDay()
    {
        using var scene = Stuck();
        Assert.IsType<ActOutcome.Rejected>(scene.World.Worker.CareDesk.Set("C-RT-1", "telecare line", "2026-11-02", consent: false, "rui"));
        Assert.IsType<ActOutcome.Unknown>(scene.World.Worker.CareDesk.Set("nobody", "telecare line", "2026-11-02", consent: true, "rui"));
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CareDesk.Set("C-RT-1", "telecare line", "2026-11-02", consent: true, "rui"));
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CareDesk.Set("C-RT-2", "an infant", "2027-11-02", consent: true, "rui"));
        scene.Code("RT-2", "E7", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal([true, true], scene.Cases.Select(c => c.Care));
        scene.Clock.AdvanceTo(scene.Clock.Now + TimeSpan.FromDays(2));
        scene.World.Worker.Retention.Run(ServerTime.From(scene.Clock.Now), CancellationToken.None);
        Assert.Equal([true, false], scene.Cases.Select(c => c.Care));
        Assert.Equal(("", ""), scene.World.Stores.State.Read(db => CustomerStore.Find(db, "C-RT-1"))! is var ana ? (ana.Care, ana.CareUntil) : default);
    }

    [Fact]
    public void ResolvedByItself_NobodyHasToSayWhy()
    {
        using var scene = Stuck();
        Assert.Contains("say why", Refused(scene, new CaseAct.Close("")), StringComparison.Ordinal);
        scene.Code("RT-1", "E7", "clear");
        scene.Wait(TimeSpan.FromMinutes(31));
        Assert.Equal("Resolved", scene.Cases[0].State);
        Done(scene, new CaseAct.Close(""));
        Assert.Equal(("Closed", ""), (scene.Cases[0].State, scene.Cases[0].Disposition));
    }

    private static Scene Stuck(WorkerOptions? options = null)
    {
        var scene = Open(options, rules: Rules + Fan);
        scene.Code("RT-1", "E7", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        return scene;
    }

    private static ComplaintRow Complaint(Scene scene)
    {
        var id = scene.Cases[0].Id;
        return scene.World.Stores.State.Read(db => ComplaintStore.Last(db, id))!;
    }

    private static IReadOnlyList<string> Given(Scene scene) => [.. scene.World.Stores.State.Read(db => GrantStore.OfCase(db, 1)).Select(g => $"{g.Amount} {g.Unit} {g.State}")];

    private static ActOutcome Act(Scene scene, CaseAct act) => scene.World.Worker.CaseDesk.Act(scene.Cases[0].Id, (int)scene.Cases[0].Version, act, "rui");

    private static void Done(Scene scene, CaseAct act) => Assert.IsType<ActOutcome.Done>(Act(scene, act));

    private static string Refused(Scene scene, CaseAct act) => Assert.IsType<ActOutcome.Rejected>(Act(scene, act)).Reason;
}
