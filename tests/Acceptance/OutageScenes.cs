using B2D.Core;
using B2D.Core.Outages;
using B2D.ProactiveWorker;
using B2D.Simulation.World;
using B2D.Storage.Customers;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>Outages seen from the customer's side: who is told, how, how often, and that everybody hears the end.</summary>
public sealed class OutageScenes
{
    [Fact]
    public void CutAndRepair_TellsExactlyTheTouched_AndGivesTheSameTheAllClear()
    {
        using var scene = Open();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Empty(scene.Told);
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Equal("south/s1/cab-1", Assert.Single(scene.Outages).Segment);
        Assert.Equal(Cabinet.Select(r => $"C-{r} opened").Order(), scene.Told.Order());
        Assert.Empty(scene.Cases);

        scene.Wait(TimeSpan.FromMinutes(20));
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(9));
        Assert.DoesNotContain(scene.Told, t => t.EndsWith("all-clear", StringComparison.Ordinal));
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal("Resolved", Assert.Single(scene.Outages).State);
        Assert.Equal(Cabinet.SelectMany(r => new[] { $"C-{r} all-clear", $"C-{r} opened" }).Order(), scene.Told.Order());
    }

    [Fact]
    public void PassesByItself_NobodyIsTold()
    {
        using var scene = Open();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromSeconds(90));
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(30));
        Assert.Empty(scene.Told);
        Assert.Equal("Resolved", Assert.Single(scene.Outages).State);
    }

    [Fact]
    public void PrefersEmail_OutageTakesItDown_SmsGoesAndTheReasonIsShown()
    {
        using var scene = Open();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        var notice = scene.Ledger.Single(n => n.Customer == "C-RT-1");
        Assert.Equal("sms", notice.Channel);
        Assert.Contains("prefers e-mail, but the outage takes it down", notice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void LoneRouters_OffForThreeDays_OnlyThatOfWhoDependsOnIt_AndThatUnderContract_AreCases()
    {
        using var scene = Open(rules: Rules.Replace("explained_by: outage", "explained_by: outage\n  case: { family: router, for: [ depended-on, contract ] }\n  notice: { template: device-fault, to: owner }", StringComparison.Ordinal));
        scene.World.Stores.State.Write(db => CustomerStore.SetCare(db, "C-RT-9", "a telecare line", "2027-01-31", "rui"));
        Assert.Empty(scene.World.Imports.Customers("id,contract\nC-RT-17,gold\n", "test").Problems);
        scene.Drop("RT-9", "RT-17", "RT-25");
        scene.Wait(TimeSpan.FromMinutes(40));
        scene.Wait(TimeSpan.FromDays(3));
        Assert.Equal(["RT-17", "RT-9"], scene.Cases.Select(c => c.Device).Order(StringComparer.Ordinal));
        Assert.Equal(["C-RT-17", "C-RT-9"], scene.Ledger.Select(n => n.Customer).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(scene.Faults, f => f is { Device: "RT-25", ClearedAt: 0, CaseId: 0 });
    }

    [Fact]
    public void LoneRouter_OffForThreeDays_NoCaseAndNoMessage()
    {
        using var scene = Open();
        scene.Drop("RT-1");
        // Another, in the north, falls silent without a word.
        scene.Mute.Add("RT-9");
        scene.Wait(TimeSpan.FromDays(3));
        Assert.Equal(["RT-1", "RT-9"], scene.Faults.Select(f => f.Device).Order(StringComparer.Ordinal));
        Assert.Empty(scene.Cases);
        Assert.Empty(scene.Told);
        Assert.Empty(scene.Outages);
    }

    [Fact]
    public void PromisedTimeComes_NobodyActed_NoNewsYetGoesOutByItself()
    {
        using var scene = Open();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        var promised = Assert.Single(scene.Outages).NextUpdateAt;
        Assert.True(promised > 0);
        scene.Wait(TimeSpan.FromMinutes(61));
        Assert.Equal(8, scene.Told.Count(t => t.EndsWith("update", StringComparison.Ordinal)));
        Assert.True(scene.Phones.Received.Where(n => n.Status == "update").All(n => n.AtMs <= promised));
        Assert.True(Assert.Single(scene.Outages).NextUpdateAt > promised);
    }

    [Fact]
    public void ThirdOfTheFleetSilentAtOnce_IsOurOwnAlarm_AndNoticesWaitForAPerson()
    {
        using var scene = Open();
        scene.Drop(Cabinet.Concat(Others.Take(12)));
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Contains(scene.Alarms, a => a.Kind == "FleetSilent");
        Assert.Empty(scene.Told);
        Assert.NotEmpty(scene.Ledger);
        Assert.All(scene.Ledger, n => Assert.Equal("Held", n.State));
    }

    [Fact]
    public void GrowsIntoTheWholeNode_OneSubject_NobodyIsToldTwice_AllHearTheEnd()
    {
        using var scene = Open(new WorkerOptions { GuardShare = 0.9 });
        var (first, second) = (Others[..8], Others[8..16]);
        scene.Drop(first);
        scene.Wait(TimeSpan.FromMinutes(3));
        scene.Drop(second);
        scene.Wait(TimeSpan.FromMinutes(5));
        var outage = Assert.Single(scene.Outages, o => o.State != "Resolved");
        Assert.Equal(("north/n1", "Bonfim, Porto; Cedofeita, Porto"), (outage.Segment, outage.Place));
        Assert.Equal(first.Concat(second).Select(r => $"C-{r} opened").Order(), scene.Told.Order());
        scene.Connect(first.Concat(second));
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.All(scene.Outages, o => Assert.Equal("Resolved", o.State));
        Assert.Equal(first.Concat(second).SelectMany(r => new[] { $"C-{r} all-clear", $"C-{r} opened" }).Order(), scene.Told.Order());
    }

    [Fact]
    public void TwoPartsToldApart_BecomeOne_NobodyIsToldTwice_AllHearTheEnd()
    {
        using var scene = Open(new WorkerOptions { GuardShare = 0.9 });
        var (first, second) = (Others[..8], Others[16..24]);
        scene.Drop(first);
        scene.Drop(second);
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(2, scene.Outages.Count);
        scene.Drop(Others[8..16].Concat(Others[24..32]));
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal("north", Assert.Single(scene.Outages, o => o.State != "Resolved").Segment);
        scene.Connect(Others);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(Others.SelectMany(r => new[] { $"C-{r} all-clear", $"C-{r} opened" }).Order(), scene.Told.Order());
    }

    [Fact]
    public void PartBecomesPartOfAnother_WhileItsFirstWordIsOnItsWay_ItArrivesAllTheSame_AndSoDoesTheEnd()
    {
        using var scene = Open(new WorkerOptions { GuardShare = 0.9 }, notices: VirtualInstallation.NoticeOptions with { FallBackAfter = 24 });
        scene.Phones.Mood = n => n.Customer == "C-RT-25" ? ChannelMood.Refuses : ChannelMood.Delivers;
        scene.Drop(Others[..8].Concat(Others[16..24]));
        scene.Wait(TimeSpan.FromMinutes(3));
        scene.Drop(Others[8..16].Concat(Others[24..32]));
        scene.Wait(TimeSpan.FromMinutes(3));
        var whole = Assert.Single(scene.Outages, o => o.State != "Resolved");
        Assert.DoesNotContain("C-RT-25 opened", scene.Told);
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(10));
        Assert.Contains($"\"NextUpdate\":{whole.NextUpdateAt}", scene.Ledger.Single(n => n is { Customer: "C-RT-25", Status: "opened" }).Facts, StringComparison.Ordinal);
        scene.Connect(Others);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(Others.SelectMany(r => new[] { $"C-{r} all-clear", $"C-{r} opened" }).Order(), scene.Told.Order());
    }

    [Fact]
    public void TwoPartsBecomeOne_TheirCasesAreTheWholesToo()
    {
        using var scene = Open(new WorkerOptions { GuardShare = 0.9 }, Broken);
        foreach (var router in Others[..8].Concat(Others[16..24]))
            scene.Code(router, "E66", "set");
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(2, scene.Outages.Count);
        foreach (var router in Others[8..16].Concat(Others[24..32]))
            scene.Code(router, "E66", "set");
        scene.Wait(TimeSpan.FromMinutes(5));
        var whole = Assert.Single(scene.Outages, o => o.State != "Resolved");
        Assert.Equal(32, scene.Cases.Count(c => c.OutageId == whole.Id));
        foreach (var router in Others)
            scene.Code(router, "E66", "clear");
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(Others.Select(r => $"C-{r} all-clear").Order(), scene.Told.Where(t => t.EndsWith("all-clear", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void GuardedOutage_NobodyWasPromisedAnything_NoUpdatesPileUp()
    {
        using var scene = Open();
        scene.Drop(Cabinet.Concat(Others.Take(12)));
        scene.Wait(TimeSpan.FromHours(5));
        Assert.NotEmpty(scene.Ledger);
        Assert.All(scene.Ledger, n => Assert.Equal(("opened", "Held"), (n.Status, n.State)));
    }

    [Fact]
    public void CauseIsKnown_OneMoreDeviceJoins_ItStaysKnown()
    {
        using var scene = Open();
        scene.Drop(Cabinet.Take(6));
        scene.Wait(TimeSpan.FromMinutes(5));
        var told = Assert.Single(scene.Outages);
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.OutageDesk.Act(told.Id, (int)told.Version, new OutageAct.SetCause("A digger"), "rui"));
        scene.Drop(Cabinet.Skip(6));
        scene.Wait(TimeSpan.FromMinutes(5));
        var outage = Assert.Single(scene.Outages);
        Assert.Equal((8, "Identified"), (outage.Devices, outage.State));
    }

    [Fact]
    public void SafetyFaultsOfAnOutage_EachOwnerIsToldOfTheirsToo()
    {
        using var scene = Open(rules: Rules.Replace("of: [ router-silent ]", "of: [ router-silent, router-burns ]", StringComparison.Ordinal)
            + "\n- fault: router-burns\n  title: Router runs hot\n  codes: [ E66 ]\n  class: safety\n  case: { family: heat }\n  notice: { template: device-fault, to: owner }\n");
        foreach (var router in Cabinet)
            scene.Code(router, "E66", "set");
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal("south/s1/cab-1", Assert.Single(scene.Outages).Segment);
        Assert.Equal(Cabinet.Select(r => $"C-{r} device-fault").Order(), scene.Told.Where(t => t.EndsWith("device-fault", StringComparison.Ordinal)).Order());
    }
}
