using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Links;
using B2D.Storage.Links;
using Xunit;
using static B2D.Acceptance.LinkScenes;

namespace B2D.Acceptance;

/// <summary>Visits that agents book for whoever calls, and what customers are asked while one is promised.</summary>
public sealed class VisitScenes
{
    private const string Silent = """
        - fault: lamp-weak
          title: Lamp weak
          codes: [ E9 ]
          case: { family: lamp, priority: P3, reopen_within: 24h, resolve_after: 30m }
        """;

    private const string People = "ana,Ana Lopes,ana@example.org,+351910000001,en,Europe/Lisbon,sms,,\"Bonfim, Porto\"\n";

    [Fact]
    public void Visit_OfACallerWithoutALink_IsBookedAndMovedByTheAgent_AndTheLastPlaceIsGivenOnce()
    {
        using var scene = Household();
        scene.Code("HP-1", "E42", "set");
        scene.Code("HP-2", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        var (ana, rui) = (scene.Cases.Single(c => c.Customer == "ana").Id, scene.Cases.Single(c => c.Customer == "rui").Id);
        var soon = ServerTime.From(scene.Clock.Now) + TimeSpan.FromMinutes(30);
        var desk = scene.World.Worker.SlotDesk;
        long Slot(TimeSpan after) => desk.Add(new Slot("Porto", "", soon + after, soon + after + TimeSpan.FromHours(2), 1, 0, false), "marta").Id;
        var (first, second, elsewhere) = (Slot(TimeSpan.Zero), Slot(TimeSpan.FromDays(1)), desk.Add(new Slot("Faro", "", soon, soon + TimeSpan.FromHours(2), 1, 0, false), "marta").Id);
        ActOutcome Book(long id, long slot, string text = "") => scene.World.Worker.CaseDesk.Act(id, (int)scene.Cases.Single(c => c.Id == id).Version, new CaseAct.BookVisit(slot, text), "olga");
        // Too soon for a customer's page, not for the team.
        Assert.Equal([first, second], desk.FreeFor(ana).Select(s => s.Id));
        Assert.DoesNotContain(first, scene.World.Worker.LinkDesk.ChoicesOf(Link(scene, TokenOf(scene, "ana", $"case:{ana}"))).Slots.Select(s => s.Id));
        Assert.IsType<ActOutcome.Done>(Book(ana, first, "Our technician comes at once."));
        Assert.Contains("last place", Assert.IsType<ActOutcome.Rejected>(Book(rui, first)).Reason, StringComparison.Ordinal);
        Assert.Contains("already", Assert.IsType<ActOutcome.Rejected>(Book(ana, first)).Reason, StringComparison.Ordinal);
        Assert.Contains("no such slot", Assert.IsType<ActOutcome.Rejected>(Book(ana, elsewhere, "Now.")).Reason, StringComparison.Ordinal);
        Assert.Contains("no such slot", Assert.IsType<ActOutcome.Rejected>(Book(ana, 99, "Now.")).Reason, StringComparison.Ordinal);
        Assert.Contains("write them when", Assert.IsType<ActOutcome.Rejected>(Book(ana, second)).Reason, StringComparison.Ordinal);
        Assert.IsType<ActOutcome.Done>(Book(ana, second, "Tomorrow instead, as you asked; it comes at once."));
        Assert.IsType<ActOutcome.Done>(Book(rui, first));
        Assert.Equal([1L, 1L], scene.World.Stores.State.Read(db => new[] { first, second }.Select(id => SlotStore.Find(db, id)!.Taken).ToArray()));
        // It is a promise as any, and the customer's own page has it.
        Assert.True(scene.Cases.Single(c => c.Id == ana).AskFirst);
        Assert.Equal(soon + TimeSpan.FromDays(1), scene.World.Worker.LinkDesk.ChoicesOf(Link(scene, TokenOf(scene, "ana", $"case:{ana}"))).Visit?.Start);
        // While one is being made another can be agreed; the first stays made.
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Contains("has begun", Assert.IsType<ActOutcome.Rejected>(Book(ana, first, "Now.")).Reason, StringComparison.Ordinal);
        var third = Slot(TimeSpan.FromDays(2));
        Assert.IsType<ActOutcome.Done>(Book(rui, third));
        Assert.Equal([1L, 1L, 1L], scene.World.Stores.State.Read(db => new[] { first, second, third }.Select(id => SlotStore.Find(db, id)!.Taken).ToArray()));
        Assert.Contains("comes at once.", scene.Phones.Received.Last(n => n.Customer == "ana").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void FaultThatWasNeverTold_GoneBeforeTheVisit_TheyAreAskedOnce_AndNobodyAsksWhoHasAnsweredOrWhereNobodyKnows()
    {
        using var scene = new Scene(Silent, People, "HP-1,HP-2,,ana,\n", notices: WithLinks);
        scene.Code("HP-1", "E9", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        Book(scene);
        scene.Code("HP-1", "E9", "clear");
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Equal(["ana ask"], scene.Told);
        var asked = Assert.Single(scene.Phones.Received).Text;
        Assert.Contains("as far as we see, it is well since", asked, StringComparison.Ordinal);
        Assert.Contains("https://b2d.example/l/", asked, StringComparison.Ordinal);
        // They say no: a person looks, and nobody writes to them that it is well.
        Assert.Equal(LinkOutcome.Kept, Act(scene, TokenOf(scene, "ana"), new LinkAct.StillBroken("It flickers")));
        scene.Wait(TimeSpan.FromHours(3));
        Assert.True(scene.Cases[0].AskedAt > 0);
        Assert.Equal(["ana ask"], scene.Told);
    }

    [Fact]
    public void RuleTakenAway_BeforeTheVisit_NobodyReadsThatItIsWell()
    {
        using var scene = new Scene(Silent, People, "HP-1,HP-2,,ana,\n", notices: WithLinks);
        scene.Code("HP-1", "E9", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        Book(scene);
        Assert.True(scene.World.Offer(Silent.Replace("lamp-weak", "lamp-dim", StringComparison.Ordinal).Replace("E9", "E8", StringComparison.Ordinal)));
        scene.Wait(TimeSpan.FromHours(1));
        Assert.True(Assert.Single(scene.Cases).AskedAt > 0);
        Assert.Empty(scene.Told);
    }

    /// <summary>Whoever switches the broken pump off does not read six hours later that it works.</summary>
    [Theory]
    [InlineData(true, "Resolved", "ana all-clear")]
    [InlineData(false, "New", "")]
    public void NotReportedAnyMore_IsAnEndWhereTheDeviceIsThere_AndNoneWhereItIsNot(bool isThere, string state, string told)
    {
        using var scene = new Scene(
            """
            - fault: pump-blocked
              title: Pump blocked
              codes: [ E42 ]
              unseen: 1h
              case: { family: pump, resolve_after: 10m }
              notice: { template: device-fault, to: owner }
            """, People, "HP-1,HP-2,,ana,\n");
        scene.Connect("HP-1");
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(["ana device-fault"], scene.Told);
        if (!isThere)
            scene.Drop("HP-1");
        scene.Wait(TimeSpan.FromHours(3));
        Assert.Equal(state, Assert.Single(scene.Cases).State);
        Assert.Equal(told.Length > 0 ? ["ana device-fault", told] : ["ana device-fault"], scene.Told);
        Assert.Equal(isThere ? "Unseen" : "DeviceNotHeard", Assert.Single(scene.Faults).ClearReason);
    }

    private static void Book(Scene scene)
    {
        var soon = ServerTime.From(scene.Clock.Now) + TimeSpan.FromDays(1);
        var slot = scene.World.Worker.SlotDesk.Add(new Slot("", "", soon, soon + TimeSpan.FromHours(2), 1, 0, false), "marta").Id;
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CaseDesk.Act(scene.Cases[0].Id, (int)scene.Cases[0].Version, new CaseAct.BookVisit(slot, ""), "olga"));
    }
}
