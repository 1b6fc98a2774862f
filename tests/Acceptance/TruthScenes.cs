using B2D.Simulation.World;
using B2D.Storage.Dues;
using B2D.Storage.Notices;
using Xunit;

namespace B2D.Acceptance;

/// <summary>What has become untrue before it leaves is not sent, and who may have been told hears the end.</summary>
public sealed class TruthScenes
{
    private const string Columns = "id,model,segment,customer,password\n";
    private const string People = "ana,Ana Lopes,ana@example.org,+351910000001,en,Europe/Lisbon,email,,Porto\nrui,Rui Costa,rui@example.org,+351910000002,en,Europe/Lisbon,email,,Porto\n";
    private const string Devices = "HP-1,HP-2,,ana,\n";

    private const string Rules = TownRules.Filter + """
        - fault: pump-blocked
          title: Pump blocked
          codes: [ E42 ]
          case: { family: pump, reopen_within: 24h, resolve_after: 30m }
          notice: { template: device-fault, to: owner, hold_back: 10m }
        """;

    [Fact]
    public void SoldWhileHeldBack_TheSellerHearsNothing_AndTheNewOwnerIsTold()
    {
        using var scene = new Scene(Rules, People, Devices);
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Empty(scene.World.Imports.Devices(Columns + "HP-1,HP-2,,rui,\n", "test").Problems);
        scene.Wait(TimeSpan.FromMinutes(6));
        Assert.Equal(["rui device-fault"], scene.Told);
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Equal(["rui device-fault", "rui all-clear"], scene.Told);
    }

    [Fact]
    public void SoldWhileOnItsWay_IsNotSentToTheSeller()
    {
        using var scene = new Scene(Rules, People, Devices);
        scene.Phones.Mood = _ => ChannelMood.Refuses;
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(11));
        Assert.Empty(scene.World.Imports.Devices(Columns + "HP-1,HP-2,,rui,\n", "test").Problems);
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(30));
        // The seller hears nothing, and whose device it is now hears that it is broken.
        Assert.Equal(["rui device-fault"], scene.Told);
        var sellers = scene.Ledger.Single(n => n.Customer == "ana");
        Assert.Equal(("Suppressed", "the device was another’s before it was told"), (sellers.State, sellers.Reason));
    }

    [Fact]
    public void SoldAfterItWasTold_CaseAndFaultAreTheNewOwners_WhoHearsItAndItsEnd()
    {
        using var scene = new Scene(Rules, People, Devices);
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(11));
        Assert.Empty(scene.World.Imports.Devices(Columns + "HP-1,HP-2,,rui,\n", "test").Problems);
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.Equal(["ana device-fault", "rui device-fault"], scene.Told);
        Assert.Equal(("rui", "rui"), (scene.Cases.Single().Customer, scene.Faults.Single().Customer));
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Equal(["ana device-fault", "rui device-fault", "rui all-clear"], scene.Told);
    }

    [Fact]
    public void SoldAfterADueWasTold_TheNewOwnerIsToldAnew()
    {
        using var scene = new Scene(Rules, People, Devices);
        scene.Telemetry("HP-1", """{"hours_total":1}""");
        scene.Telemetry("HP-1", """{"hours_total":95}""");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Empty(scene.World.Imports.Devices(Columns + "HP-1,HP-2,,rui,\n", "test").Problems);
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.Equal(["ana due", "rui due"], scene.Told);
        var due = Assert.Single(scene.World.Stores.State.Read(db => DueStore.List(db, new DueFilter())));
        Assert.Equal("rui", due.Customer);
    }

    [Fact]
    public void BackBeforeTheAllClearLeft_ItIsNotSent_AndTheNextEndIsSaidOnce()
    {
        using var scene = new Scene(Rules, People, Devices);
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(12));
        scene.Phones.Mood = _ => ChannelMood.Refuses;
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(31));
        Assert.Equal(2, scene.Ledger.Count);
        scene.Code("HP-1", "E42", "set");
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Equal(["ana device-fault"], scene.Told);
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromHours(2));
        Assert.Equal(["ana device-fault", "ana all-clear"], scene.Told);
    }

    [Fact]
    public void HandedOverWithoutAnAnswerUntilGivenUp_TheEndIsSaidAllTheSame()
    {
        using var scene = new Scene(Rules, People, Devices);
        var handedOver = false;
        scene.Phones.Mood = _ => handedOver ? ChannelMood.RefusesForGood : ChannelMood.DeliversUnheard;
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(10.1));
        handedOver = true;
        scene.Wait(TimeSpan.FromMinutes(5));
        var given = scene.Ledger.Single(n => n.Channel == "email");
        Assert.Equal(("Failed", true), (given.State, given.WasTold));
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromHours(1));
        // Tried twice under one message id.
        Assert.Equal(["ana device-fault", "ana all-clear"], scene.Told.Distinct());
        Assert.Equal(2, scene.Phones.Received.Select(n => n.Id).Distinct().Count());
    }

    [Fact]
    public void RefusedForGood_NobodyWasTold_SoNoEndIsSaid()
    {
        using var scene = new Scene(Rules, People, Devices);
        scene.Phones.Mood = _ => ChannelMood.RefusesForGood;
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(15));
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Empty(scene.Told);
        // By no channel, and the call was not needed any more.
        Assert.Equal(["email Failed", "phone Suppressed", "sms Failed"], scene.Ledger.Select(n => $"{n.Channel} {n.State}").Order());
    }

    [Fact]
    public void DueDoneBeforeItWasTold_IsNotSent()
    {
        using var scene = new Scene(Rules, People, Devices);
        scene.Phones.Mood = _ => ChannelMood.Refuses;
        scene.Telemetry("HP-1", """{"hours_total":1}""");
        scene.Telemetry("HP-1", """{"hours_total":95}""");
        scene.Wait(TimeSpan.FromMinutes(1));
        var due = Assert.Single(scene.World.Stores.State.Read(db => DueStore.List(db, new DueFilter())));
        scene.World.Worker.DueDesk.MarkDone(due.Id, "rui");
        scene.Wait(TimeSpan.FromSeconds(1));
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(30));
        Assert.Empty(scene.Told);
        Assert.Equal(["Suppressed"], scene.World.Stores.State.Read(db => NoticeStore.List(db, new NoticeFilter())).Select(n => n.State));
    }

    [Fact]
    public void RuleTakenAway_NobodyHearsThatItWorks_AndTheCaseAsksFirst()
    {
        using var scene = new Scene(Rules, People, Devices);
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(11));
        Assert.Equal(["ana device-fault"], scene.Told);
        Assert.True(scene.World.Offer(Rules.Replace("- fault: pump-blocked", "- fault: pump-stuck", StringComparison.Ordinal)));
        scene.Wait(TimeSpan.FromHours(2));
        Assert.Equal(["ana device-fault"], scene.Told);
        Assert.Equal("RuleRemoved", scene.Faults.Single(f => f.Rule == "pump-blocked").ClearReason);
        var open = Assert.Single(scene.Cases);
        Assert.True(open is { State: "New", AskFirst: true, AskedAt: > 0 }, open.State);
        // Seen by the rule that took its place it is told, and so is its end.
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(11));
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Equal(["ana device-fault", "ana device-fault", "ana all-clear"], scene.Told);
    }
}
