using System.Text.Json;
using B2D.Core;
using B2D.Core.Cases;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.Simulation.World;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>Ends of outages that are none for some: nobody reads that theirs works while it does not.</summary>
public sealed class EndScenes
{
    [Fact]
    public void WhoseOwnIsStillDown_HearsSo_SomebodyLooks_AndTheAllClearComesWhenItAnswers()
    {
        using var scene = Open();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.Connect(Cabinet[1..]);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal("Resolved", Assert.Single(scene.Outages).State);
        Assert.Equal([.. Cabinet[1..].Select(r => $"C-{r} all-clear"), "C-RT-1 left"], Ends(scene));
        var left = scene.Phones.Received.Single(n => n.Status == "left");
        Assert.Contains("but yours does not answer us yet. We know about it and look at yours now", left.Text.ReplaceLineEndings(" "), StringComparison.Ordinal);
        // By mail they cannot hear it still.
        Assert.Equal("sms", scene.Ledger.Single(n => n.Status == "left").Channel);
        var opened = Assert.Single(scene.Cases);
        Assert.Equal(("RT-1", "C-RT-1", 1L, "New"), (opened.Device, opened.Customer, opened.OutageId, opened.State));
        Assert.Equal(opened.Id, scene.Faults.Single(f => f is { Device: "RT-1", ClearedAt: 0 }).CaseId);

        // A moment is no answer.
        scene.Connect("RT-1");
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.Drop("RT-1");
        scene.Wait(TimeSpan.FromMinutes(20));
        Assert.Equal(8, Ends(scene).Length);
        scene.Connect("RT-1");
        var since = scene.Clock.Now.ToUnixTimeMilliseconds();
        scene.Wait(TimeSpan.FromMinutes(9));
        Assert.Equal(8, Ends(scene).Length);
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal([.. Cabinet.Select(r => $"C-{r} all-clear"), "C-RT-1 left"], Ends(scene));
        Assert.InRange(FactsOf(scene, "C-RT-1", "all-clear").Until, since, since + 5000);
        Assert.Equal("Resolved", Assert.Single(scene.Cases).State);
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Equal(9, Ends(scene).Length);
    }

    [Fact]
    public void LeftOverThatAnswersForAMoment_ItsCaseGoesOn_AndTheyHearThatSomebodyLooks()
    {
        using var scene = Open(notices: VirtualInstallation.NoticeOptions with { FallBackAfter = 24 });
        scene.Phones.Mood = n => n.Status == "left" ? ChannelMood.Refuses : ChannelMood.Delivers;
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.Connect(Cabinet[1..]);
        scene.Wait(TimeSpan.FromMinutes(15));
        scene.Connect("RT-1");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Drop("RT-1");
        scene.Wait(TimeSpan.FromMinutes(30));
        Assert.Equal("New", Assert.Single(scene.Cases).State);
        Assert.Equal(scene.Cases[0].Id, scene.Faults.Single(f => f is { Device: "RT-1", ClearedAt: 0 }).CaseId);
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(30));
        Assert.Contains("C-RT-1 left", scene.Told);
        scene.Connect("RT-1");
        scene.Wait(TimeSpan.FromMinutes(12));
        Assert.Contains("C-RT-1 all-clear", scene.Told);
        Assert.Equal("Resolved", Assert.Single(scene.Cases).State);
    }

    [Fact]
    public void OneFirstWordIsStillOnItsWay_ACaseThatAnAgentEndsStaysSo()
    {
        using var scene = Open(notices: VirtualInstallation.NoticeOptions with { FallBackAfter = 24 });
        scene.Phones.Mood = n => n is { Customer: "C-RT-2", Status: "opened" } ? ChannelMood.Refuses : ChannelMood.Delivers;
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.Connect(Cabinet[2..]);
        scene.Wait(TimeSpan.FromMinutes(20));
        scene.Connect("RT-2");
        scene.Wait(TimeSpan.FromMinutes(13));
        Assert.Contains("C-RT-1 left", scene.Told);
        Assert.Single(scene.Ledger, n => n is { Customer: "C-RT-2", State: "Retrying" });
        var opened = Assert.Single(scene.Cases);
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CaseDesk.Act(opened.Id, (int)opened.Version, new CaseAct.Close("true-fault"), "ana"));
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal("Closed", Assert.Single(scene.Cases).State);
        Assert.Single(scene.Ledger, n => n is { Customer: "C-RT-2", State: "Retrying" });
    }

    [Fact]
    public void LeftOverIsSold_WhoeverWasToldHearsTheEnd_AndTheNextOwnerNothing()
    {
        using var scene = Open();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.Connect(Cabinet[1..]);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Empty(scene.World.Imports.Devices("id,customer\nRT-1,C-RT-9\n", "office", Storage.Devices.SecretHashing.Sha256).Problems);
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal([.. Cabinet.Select(r => $"C-{r} all-clear"), "C-RT-1 left"], Ends(scene));
        scene.Connect("RT-1");
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Equal(9, Ends(scene).Length);
    }

    [Fact]
    public void LeftOverOfAKindThatHasACase_ItIsWorkedOnThere_AndItsOwnNoticeIsNotLost()
    {
        using var scene = Open(rules: Broken);
        foreach (var router in Cabinet)
            scene.Code(router, "E66", "set");
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.All(scene.Told, t => Assert.EndsWith("opened", t, StringComparison.Ordinal));
        foreach (var router in Cabinet[1..])
            scene.Code(router, "E66", "clear");
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal([.. Cabinet[1..].Select(r => $"C-{r} all-clear"), "C-RT-1 left"], Ends(scene));
        Assert.Contains("C-RT-1 device-fault", scene.Told);
        Assert.Equal(("line", 1L), scene.Cases.Where(c => c is { Device: "RT-1", State: "New" }).Select(c => (c.Family, c.OutageId)).Single());
    }

    [Fact]
    public void CabinetStillDead_WhileMostAreBack_TheOutageGoesOn()
    {
        using var scene = Open(new WorkerOptions { GuardShare = 0.9 }, Rules.Replace("80 % recovered", "50 % recovered", StringComparison.Ordinal));
        scene.Drop(Others[..16]);
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.Connect(Others[..8]);
        scene.Wait(TimeSpan.FromMinutes(40));
        Assert.Equal("Investigating", Assert.Single(scene.Outages, o => o.State != "Resolved").State);
        Assert.Empty(Ends(scene));
        scene.Connect(Others[8..16]);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(Others[..16].Select(r => $"C-{r} all-clear").Order(StringComparer.Ordinal), Ends(scene));
    }

    [Fact]
    public void Times_AreEachCustomersOwn()
    {
        using var scene = Open();
        var began = scene.Clock.Now.ToUnixTimeMilliseconds();
        scene.Drop(Cabinet[..7]);
        scene.Wait(TimeSpan.FromMinutes(30));
        scene.Drop(Cabinet[7..]);
        scene.Wait(TimeSpan.FromMinutes(20));
        scene.Connect(Cabinet[..1]);
        scene.Wait(TimeSpan.FromMinutes(20));
        scene.Connect(Cabinet[1..]);
        scene.Wait(TimeSpan.FromMinutes(15));
        var late = began + (30 * 60_000);
        Assert.InRange(FactsOf(scene, "C-RT-1", "opened").Since, began, began + 5000);
        Assert.InRange(FactsOf(scene, "C-RT-8", "opened").Since, late, late + 5000);
        Assert.InRange(FactsOf(scene, "C-RT-8", "update").Since, late, late + 5000);
        Assert.InRange(FactsOf(scene, "C-RT-8", "all-clear").Since, late, late + 5000);
        Assert.InRange(FactsOf(scene, "C-RT-1", "all-clear").Until, began + (50 * 60_000), began + (50 * 60_000) + 5000);
        Assert.InRange(FactsOf(scene, "C-RT-2", "all-clear").Until, began + (70 * 60_000), began + (70 * 60_000) + 5000);
        Assert.Contains("it was down for 50 min", scene.Phones.Received.Single(n => n is { Customer: "C-RT-1", Status: "all-clear" }).Text, StringComparison.Ordinal);
    }

    /// <summary>What was told at the end, or since.</summary>
    private static string[] Ends(Scene scene) => [.. scene.Told.Where(t => t.EndsWith("all-clear", StringComparison.Ordinal) || t.EndsWith("left", StringComparison.Ordinal)).OrderBy(t => t.Split(' ')[1]).ThenBy(t => t, StringComparer.Ordinal)];

    private static NoticeFacts FactsOf(Scene scene, string customer, string status) =>
        JsonSerializer.Deserialize<NoticeFacts>(scene.Ledger.First(n => n.Customer == customer && n.Status == status).Facts)!;
}
