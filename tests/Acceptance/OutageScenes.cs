using B2D.Core;
using B2D.Core.Outages;
using B2D.ProactiveWorker;
using Xunit;

namespace B2D.Acceptance;

/// <summary>Outages seen from the customer's side: who is told, how, how often, and that everybody hears the end.</summary>
public sealed class OutageScenes
{
    private const string Rules = """
        - fault: router-silent
          title: Router does not answer
          silent: 10m
          start_grace: 1m
          explained_by: outage
        - outage: access-network
          title: The internet does not work
          of: [ router-silent ]
          over: segment
          when: { devices: 5, share: 40 %, within: 10m }
          hold_back: 2m
          monitoring_at: 80 % recovered
          resolved_after: 10m
        """;

    private static readonly string[] Cabinet = [.. Enumerable.Range(1, 8).Select(i => $"RT-{i}")];
    private static readonly string[] Others = [.. Enumerable.Range(9, 32).Select(i => $"RT-{i}")];

    [Fact]
    public void CutAndRepair_TellsExactlyTheTouched_AndGivesTheSameTheAllClear()
    {
        using var scene = Town();
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
        using var scene = Town();
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
        using var scene = Town();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        var notice = scene.Ledger.Single(n => n.Customer == "C-RT-1");
        Assert.Equal("sms", notice.Channel);
        Assert.Contains("prefers e-mail, but the outage takes it down", notice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void LoneRouter_OffForThreeDays_NoCaseAndNoMessage()
    {
        using var scene = Town();
        scene.Drop("RT-1");
        scene.Wait(TimeSpan.FromDays(3));
        Assert.Single(scene.Faults, f => f.Device == "RT-1");
        Assert.Empty(scene.Cases);
        Assert.Empty(scene.Told);
        Assert.Empty(scene.Outages);
    }

    [Fact]
    public void PromisedTimeComes_NobodyActed_NoNewsYetGoesOutByItself()
    {
        using var scene = Town();
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
        using var scene = Town();
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
        using var scene = Town(new WorkerOptions { GuardShare = 0.9 });
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
        using var scene = Town(new WorkerOptions { GuardShare = 0.9 });
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
    public void GuardedOutage_NobodyWasPromisedAnything_NoUpdatesPileUp()
    {
        using var scene = Town();
        scene.Drop(Cabinet.Concat(Others.Take(12)));
        scene.Wait(TimeSpan.FromHours(5));
        Assert.NotEmpty(scene.Ledger);
        Assert.All(scene.Ledger, n => Assert.Equal(("opened", "Held"), (n.Status, n.State)));
    }

    [Fact]
    public void CauseIsKnown_OneMoreDeviceJoins_ItStaysKnown()
    {
        using var scene = Town();
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
        using var scene = Town(rules: Rules.Replace("of: [ router-silent ]", "of: [ router-silent, router-burns ]", StringComparison.Ordinal)
            + "\n- fault: router-burns\n  title: Router runs hot\n  codes: [ E66 ]\n  class: safety\n  case: { family: heat }\n  notice: { template: device-fault, to: owner }\n");
        foreach (var router in Cabinet)
            scene.Code(router, "E66", "set");
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal("south/s1/cab-1", Assert.Single(scene.Outages).Segment);
        Assert.Equal(Cabinet.Select(r => $"C-{r} device-fault").Order(), scene.Told.Where(t => t.EndsWith("device-fault", StringComparison.Ordinal)).Order());
    }

    private static Scene Town(WorkerOptions? worker = null, string rules = Rules)
    {
        var people = string.Concat(Cabinet.Concat(Others).Select((r, i) => $"C-{r},Person {i},p{i}@example.org,+35191{i:0000000},en,Europe/Lisbon,{(r == "RT-1" ? "email" : "sms")},,\"{(i is >= 16 and < 24 ? "Cedofeita" : "Bonfim")}, Porto\"\n"));
        var routers = string.Concat(Cabinet.Select(r => $"{r},RT-AX3,south/s1/cab-1,C-{r},\n"))
            + string.Concat(Others.Select((r, i) => $"{r},RT-AX3,north/n{1 + (i / 16)}/cab-{1 + (i / 8)},C-{r},\n"));
        var scene = new Scene(rules, people, routers, worker);
        scene.Connect(Cabinet.Concat(Others));
        scene.Wait(TimeSpan.FromMinutes(2));
        return scene;
    }
}
