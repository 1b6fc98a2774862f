using B2D.Core;
using B2D.Core.Outages;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.Simulation.World;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>What people write of an outage reaches those who were told of it, once, in time, and truly.</summary>
public sealed class NewsScenes
{
    [Fact]
    public void NewsAfterNews_IsToldToo_WhenADeviceJoinedInBetween()
    {
        using var scene = Cut();
        for (var i = 1; i <= 3; i++)
        {
            Act(scene, new OutageAct.SetWorkaround($"Way {i}"));
            scene.Wait(TimeSpan.FromMinutes(3));
        }
        Assert.Equal(24, Updates(scene).Count);
        scene.Connect(Cabinet[..1]);
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Drop(Cabinet[..1]);
        scene.Wait(TimeSpan.FromMinutes(1));
        Act(scene, new OutageAct.SetCause("A digger cut the cable."));
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(32, Updates(scene).Count);
    }

    [Fact]
    public void PartThatWasPromisedSooner_BecomesPartOfAnOlderOne_ItsCustomersHearByThen()
    {
        using var scene = Open(new WorkerOptions { GuardShare = 0.9 });
        scene.Drop(Others[..8]);
        scene.Wait(TimeSpan.FromHours(3));
        // Of too few for the node above it to be out.
        var part = Others[16..22];
        scene.Drop(part);
        scene.Wait(TimeSpan.FromMinutes(3));
        var promised = scene.Outages.Single(o => o.Segment == "north/n2/cab-3").NextUpdateAt;
        Assert.True(promised < scene.Outages.Single(o => o.Segment == "north/n1/cab-1").NextUpdateAt);
        scene.Drop(Others[8..16].Concat(Others[22..]));
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal("north", Assert.Single(scene.Outages, o => o.State != "Resolved").Segment);
        scene.Wait(TimeSpan.FromMilliseconds(promised - scene.Clock.Now.ToUnixTimeMilliseconds()));
        Assert.Equal(part.Order(), Updates(scene).Select(u => u.Customer[2..]).Where(r => part.Contains(r)).Order());
    }

    [Fact]
    public void PartBecomesPartOfALargerOne_WhileItsWordIsTriedAgain_TheyAreToldOnce()
    {
        using var scene = Open(new WorkerOptions { GuardShare = 0.9 });
        scene.Drop(Others[..8]);
        scene.Wait(TimeSpan.FromHours(1));
        scene.Phones.Mood = n => n.Customer == "C-RT-25" ? ChannelMood.Refuses : ChannelMood.Delivers;
        scene.Drop(Others[16..22]);
        scene.Wait(TimeSpan.FromMinutes(2.2));
        Assert.Equal("Retrying", scene.Ledger.Single(n => n.Customer == "C-RT-25").State);
        scene.Drop(Others[8..16].Concat(Others[22..]));
        scene.Wait(TimeSpan.FromSeconds(10));
        Assert.Equal("north", Assert.Single(scene.Outages, o => o.State != "Resolved").Segment);
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Single(scene.Told, t => t == "C-RT-25 opened");
        Assert.Contains($"\"NextUpdate\":{scene.Outages.Single(o => o.State != "Resolved").NextUpdateAt}", scene.Ledger.Single(n => n is { Customer: "C-RT-25", Status: "opened" }).Facts, StringComparison.Ordinal);
    }

    [Fact]
    public void WhoIsStillToBeCalled_IsToldWhatIsKnownAndPromisedByThen()
    {
        using var scene = Open();
        scene.Phones.Mood = n => n.Customer == "C-RT-2" ? ChannelMood.RefusesForGood : ChannelMood.Delivers;
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        Act(scene, new OutageAct.SetCause("A digger cut the cable."));
        scene.Wait(TimeSpan.FromHours(2));
        var call = scene.Ledger.Single(n => n is { Customer: "C-RT-2", Channel: "phone" });
        Assert.Equal(("opened", "Calling"), (call.Status, call.State));
        Assert.Contains($"\"NextUpdate\":{scene.Outages[0].NextUpdateAt}", call.Facts, StringComparison.Ordinal);
        Assert.Contains("A digger cut the cable.", scene.World.Stores.State.Read(db => NoticeWordsStore.Find(db, call.Id))!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void CauseWorkaroundAndEstimate_WrittenWithinTwoMinutes_AreOneMessage()
    {
        using var scene = Cut();
        Act(scene, new OutageAct.SetCause("A digger cut the cable."));
        scene.Wait(TimeSpan.FromMinutes(1));
        Act(scene, new OutageAct.SetWorkaround("Mobile networks work"));
        Act(scene, new OutageAct.SetEstimate(In(scene, 60), In(scene, 120)));
        Assert.Empty(Updates(scene));
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Equal(8, Updates(scene).Count);
        var (subject, text) = Words(scene, "C-RT-1");
        Assert.Equal("Service: news for Bonfim, Porto", subject);
        Assert.Contains("The cause: A digger cut the cable.", text, StringComparison.Ordinal);
        Assert.Contains("Until then: Mobile networks work.", text, StringComparison.Ordinal);
        Assert.Contains("We expect it to be mended between Mon 2 Nov", text, StringComparison.Ordinal);
        Assert.DoesNotContain("..", text, StringComparison.Ordinal);
        scene.Wait(TimeSpan.FromMinutes(30));
        Assert.Equal(8, Updates(scene).Count);
    }

    [Fact]
    public void NewsHeldBeforeTheyLeft_AreToldWithTheNextPromisedWord_AsTheyWereCorrected()
    {
        using var scene = Cut();
        var promised = scene.Outages[0].NextUpdateAt;
        Act(scene, new OutageAct.SetCause("A digger cut the cable."));
        Assert.Equal(["en", "de", "pt"], scene.World.Worker.OutagePreview.News(scene.Outages[0].Id).Select(t => t.Language));
        Assert.Contains("The cause: A digger cut the cable.", scene.World.Worker.OutagePreview.News(scene.Outages[0].Id)[0].Text, StringComparison.Ordinal);
        scene.Wait(TimeSpan.FromMinutes(1));
        Act(scene, new OutageAct.SetNextUpdate(new ServerTime(promised) + TimeSpan.FromHours(2)));
        Act(scene, new OutageAct.HoldNews());
        Assert.IsType<ActOutcome.Rejected>(scene.World.Worker.OutageDesk.Act(scene.Outages[0].Id, (int)scene.Outages[0].Version, new OutageAct.HoldNews(), "rui"));
        scene.Wait(TimeSpan.FromMinutes(10));
        Assert.Empty(Updates(scene));
        Assert.Equal(promised, scene.Outages[0].NextUpdateAt);
        Act(scene, new OutageAct.SetCause("A lorry hit the cabinet."));
        Act(scene, new OutageAct.HoldNews());
        scene.Wait(TimeSpan.FromMilliseconds(promised - scene.Clock.Now.ToUnixTimeMilliseconds()));
        Assert.Equal(8, Updates(scene).Count);
        Assert.Contains("The cause: A lorry hit the cabinet.", Words(scene, "C-RT-2").Text, StringComparison.Ordinal);
        Assert.Equal("Service: news for Bonfim, Porto", Words(scene, "C-RT-2").Subject);
    }

    [Fact]
    public void CauseTakenBack_ThoseWhoHeardItHearThatItDidNotHold()
    {
        using var scene = Cut();
        Act(scene, new OutageAct.SetCause("A digger cut the cable."));
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal("Identified", scene.Outages[0].State);
        Act(scene, new OutageAct.SetCause(""));
        Assert.Contains("What we had said of the cause did not hold.", scene.World.Worker.OutagePreview.News(scene.Outages[0].Id)[0].Text, StringComparison.Ordinal);
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(("Investigating", ""), (scene.Outages[0].State, scene.Outages[0].Cause));
        var (subject, text) = Words(scene, "C-RT-2");
        Assert.Equal("Service: news for Bonfim, Porto", subject);
        Assert.Contains("What we had said of the cause did not hold.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("digger", text, StringComparison.Ordinal);
    }

    [Fact]
    public void PromiseMovedLater_ThoseWhoHoldItHearBeforeIt_AndNothingMoreComesAtTheOldTime()
    {
        using var scene = Cut();
        var promised = scene.Outages[0].NextUpdateAt;
        scene.Wait(TimeSpan.FromMilliseconds(promised - scene.Clock.Now.ToUnixTimeMilliseconds()) - TimeSpan.FromMinutes(3));
        var later = new ServerTime(promised) + TimeSpan.FromHours(2);
        Act(scene, new OutageAct.SetNextUpdate(later));
        scene.Wait(TimeSpan.FromMinutes(4));
        Assert.Equal(8, Updates(scene).Count);
        Assert.All(Updates(scene), n => Assert.True(n.AtMs <= promised));
        Assert.Equal(later.EpochMs, scene.Outages[0].NextUpdateAt);
        Assert.Contains("Next news by Mon 2 Nov 12:", Words(scene, "C-RT-1").Text, StringComparison.Ordinal);
        scene.Wait(TimeSpan.FromMinutes(100));
        Assert.Equal(8, Updates(scene).Count);
        scene.Wait(TimeSpan.FromMinutes(30));
        Assert.Equal(16, Updates(scene).Count);
        Assert.All(Updates(scene).Skip(8), n => Assert.True(n.AtMs <= later.EpochMs));
    }

    [Fact]
    public void PromiseMovedSooner_IsKeptThen()
    {
        using var scene = Cut();
        var sooner = In(scene, 15);
        Act(scene, new OutageAct.SetNextUpdate(sooner));
        scene.Wait(TimeSpan.FromMinutes(12));
        Assert.Empty(Updates(scene));
        scene.Wait(TimeSpan.FromMinutes(4));
        Assert.Equal(8, Updates(scene).Count);
        Assert.All(Updates(scene), n => Assert.True(n.AtMs <= sooner.EpochMs));
    }

    [Fact]
    public void NewsThatCouldNotLeave_AreNotWaitedFor_WhenNewerOnesSayIt()
    {
        using var scene = Cut(notices: VirtualInstallation.NoticeOptions with { FallBackAfter = 24 });
        scene.Phones.Mood = n => n is { Customer: "C-RT-2", Status: "update" } ? ChannelMood.Refuses : ChannelMood.Delivers;
        Act(scene, new OutageAct.SetCause("A digger cut the cable."));
        scene.Wait(TimeSpan.FromMinutes(50));
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        var promised = scene.Outages[0].NextUpdateAt;
        // The next try of the news would come after the promised time.
        Assert.True(scene.Ledger.Single(n => n is { Customer: "C-RT-2", Status: "update", State: "Retrying" }).NextAttemptAt > promised);
        scene.Wait(TimeSpan.FromMilliseconds(promised - scene.Clock.Now.ToUnixTimeMilliseconds()));
        Assert.Single(Updates(scene), u => u.Customer == "C-RT-2");
        Assert.Contains("The cause: A digger cut the cable.", scene.Phones.Received.Last(n => n.Customer == "C-RT-2").Text, StringComparison.Ordinal);
        Assert.Equal(["Sent", "Suppressed"], scene.Ledger.Where(n => n is { Customer: "C-RT-2", Status: "update" }).Select(n => n.State).Order());
    }

    [Fact]
    public void WhatIsSoAlready_IsNewsToNobody()
    {
        using var scene = Cut();
        Assert.Equal("there is no cause to take back", Refused(new OutageAct.SetCause("")));
        Assert.Equal("there is no work-around to take back", Refused(new OutageAct.SetWorkaround("")));
        Act(scene, new OutageAct.SetCause("A digger cut the cable."));
        Act(scene, new OutageAct.SetWorkaround("Mobile networks work"));
        Assert.Equal("this is the cause already", Refused(new OutageAct.SetCause("A digger cut the cable.")));
        Assert.Equal("this is the work-around already", Refused(new OutageAct.SetWorkaround("Mobile networks work")));

        string Refused(OutageAct act) =>
            Assert.IsType<ActOutcome.Rejected>(scene.World.Worker.OutageDesk.Act(scene.Outages[0].Id, (int)scene.Outages[0].Version, act, "rui")).Reason;
    }

    [Fact]
    public void PromiseMovedLaterAndTold_ThenLaterAgainAndHeld_TheOneThatTheyHoldStays()
    {
        using var scene = Cut();
        var told = In(scene, 180);
        Act(scene, new OutageAct.SetNextUpdate(told));
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(8, Updates(scene).Count);
        Act(scene, new OutageAct.SetNextUpdate(In(scene, 300)));
        Act(scene, new OutageAct.HoldNews());
        Assert.Equal(told.EpochMs, scene.Outages[0].NextUpdateAt);
    }

    [Fact]
    public void EstimateChanges_TheOneBeforeIsNamed_AndOneThatPassesIsTakenBack()
    {
        using var scene = Cut();
        Act(scene, new OutageAct.SetEstimate(In(scene, 10), In(scene, 20)));
        scene.Wait(TimeSpan.FromMinutes(3));
        Act(scene, new OutageAct.SetEstimate(In(scene, 20), In(scene, 30)));
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Contains("(before, we said Mon 2 Nov 09:", Words(scene, "C-RT-1").Text, StringComparison.Ordinal);
        scene.Wait(TimeSpan.FromMinutes(31));
        Assert.Equal(24, Updates(scene).Count);
        Assert.Equal(0, scene.Outages[0].EstimateUntil);
        Assert.Contains("That did not hold, and there is no new estimate yet.", Words(scene, "C-RT-1").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void PromisedTime_WhileMostAreBack_SaysSo_AndWhoseOwnIsBackReadsIt()
    {
        using var scene = Cut(new WorkerOptions { UpdateEvery = TimeSpan.FromMinutes(10) }, Rules.Replace("resolved_after: 10m", "resolved_after: 1h", StringComparison.Ordinal));
        scene.Connect(Cabinet.Skip(1));
        scene.Wait(TimeSpan.FromMinutes(10));
        Assert.Equal("Monitoring", scene.Outages[0].State);
        Assert.Contains("Most connections work again; we are watching that it stays so.", Words(scene, "C-RT-1").Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Your own connection answers again.", Words(scene, "C-RT-1").Text, StringComparison.Ordinal);
        Assert.Contains("Your own connection answers again.", Words(scene, "C-RT-2").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void GuardLetGoHoursLater_ThePromiseIsOfThen()
    {
        using var scene = Cut(rules: Rules.Replace("devices: 5", "devices: 2", StringComparison.Ordinal), others: 12);
        scene.Wait(TimeSpan.FromHours(2));
        Assert.Empty(scene.Told);
        Act(scene, new OutageAct.ReleaseGuard());
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(8, scene.Told.Count);
        var promised = scene.Outages[0].NextUpdateAt;
        Assert.True(promised > scene.Clock.Now.ToUnixTimeMilliseconds());
        Assert.All(scene.Ledger, n => Assert.Contains($"\"NextUpdate\":{promised}", n.Facts, StringComparison.Ordinal));
    }

    private static IReadOnlyList<(string Customer, long AtMs)> Updates(Scene scene) => [.. scene.Phones.Received.Where(n => n.Status == "update").Select(n => (n.Customer, n.AtMs))];

    /// <summary>The customer's last update, as it read.</summary>
    private static (string Subject, string Text) Words(Scene scene, string customer)
    {
        var row = scene.Ledger.Where(n => n.Customer == customer && n.Status == "update").MaxBy(n => n.Revision)!;
        return new Templates(new NoticeOptions()).Render(row, scene.World.Stores.State.Read(db => CustomerStore.Find(db, customer))!);
    }

    private static ServerTime In(Scene scene, double minutes) => ServerTime.From(scene.Clock.Now + TimeSpan.FromMinutes(minutes));

    [Fact]
    public void DevicesJoinWhileSomebodyWrites_WhatTheyWriteStands()
    {
        using var scene = Open();
        scene.Drop(Cabinet[..6]);
        scene.Wait(TimeSpan.FromMinutes(3));
        var seen = scene.Outages[0];
        scene.Drop(Cabinet[6..]);
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal((6, 8), (seen.Devices, scene.Outages[0].Devices));
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.OutageDesk.Act(seen.Id, (int)seen.Version, new OutageAct.SetCause("A digger cut the cable."), "rui"));
        Assert.IsType<ActOutcome.Conflict>(scene.World.Worker.OutageDesk.Act(seen.Id, (int)seen.Version, new OutageAct.SetCause("A fire."), "ana"));
    }

    private static void Act(Scene scene, OutageAct act) =>
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.OutageDesk.Act(scene.Outages[0].Id, (int)scene.Outages[0].Version, act, "rui"));

    /// <summary>A town whose cabinet is cut and told of.</summary>
    private static Scene Cut(WorkerOptions? worker = null, string rules = Rules, int others = 32, NoticeOptions? notices = null)
    {
        var scene = Open(worker, rules, others, notices);
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        return scene;
    }
}
