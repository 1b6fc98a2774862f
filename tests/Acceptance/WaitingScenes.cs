using System.Text.Json;
using B2D.Console.Maintenance;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Core.Outages;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.Simulation.World;
using B2D.Storage.Maintenance;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>What waits, for the morning, for a person or for a provider, is true when it leaves, says what is known then, and is read in its order.</summary>
public sealed class WaitingScenes
{
    private static NoticeOptions Night { get; } = VirtualInstallation.NoticeOptions with { QuietHours = "22:00-07:30" };

    [Fact]
    public void BackWhileItWasOffered_TheyHearNothing_AndAreToldWhenTheirsGoesDownAgain()
    {
        using var scene = Open(new WorkerOptions { ApprovalAbove = 7 });
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.Connect(Cabinet[..2]);
        scene.Wait(TimeSpan.FromMinutes(9));
        Assert.Equal(Cabinet[2..].Select(r => $"C-{r} opened").Order(StringComparer.Ordinal), scene.Told.Order(StringComparer.Ordinal));
        Assert.All(scene.Ledger.Where(n => n.Customer is "C-RT-1" or "C-RT-2"), n => Assert.Equal(("Suppressed", "theirs worked again before it was told"), (n.State, n.Reason)));
        scene.Drop(Cabinet[..1]);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Single(scene.Told, t => t == "C-RT-1 opened");
        scene.Connect(Cabinet[..1]);
        scene.Wait(TimeSpan.FromMinutes(2));
        scene.Drop(Cabinet[..1]);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal(7, scene.Told.Count);
        scene.Connect(Cabinet.Where(r => r != "RT-2"));
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(Cabinet.Where(r => r != "RT-2").Select(r => $"C-{r} all-clear").Order(StringComparer.Ordinal), scene.Told.Skip(7).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void OutageOfWhatIsLeftOfWork_IsOverBeforeItIsToldInTheMorning_TheEndOfTheWorkIsTheirs()
    {
        using var scene = Open(notices: Night);
        var evening = new DateTimeOffset(scene.Clock.Now.Date, TimeSpan.Zero).AddHours(21);
        new MaintenanceDesk(scene.World.Stores, scene.Clock).Plan(new MaintenanceRow
        {
            Title = "Replace the switch", Scope = "Segment", Target = "south/s1/cab-1", Felt = true, Words = "The internet does not work",
            FromAt = evening.ToUnixTimeMilliseconds(), UntilAt = evening.AddHours(1.5).ToUnixTimeMilliseconds(),
        }, "marta");
        UntilHour(scene, 21);
        scene.Wait(TimeSpan.FromMinutes(10));
        scene.Drop(Cabinet);
        UntilHour(scene, 23);
        Assert.All(scene.Ledger.Where(n => n.Status == "opened"), n => Assert.Equal("Due", n.State));
        Assert.Equal(8, scene.Ledger.Count(n => n.Status == "opened"));
        scene.Connect(Cabinet);
        UntilHour(scene, 9);
        Assert.Equal(Cabinet.Select(r => $"C-{r} all-clear").Order(), scene.Told.Where(t => !t.EndsWith("planned", StringComparison.Ordinal) && !t.EndsWith("reminder", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void FirstWordThatWaitedForTheMorning_SaysWhatIsKnownThen_AndPromisesWhatIsKept()
    {
        using var scene = Open(notices: Night);
        UntilHour(scene, 23);
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(30));
        scene.Wait(TimeSpan.FromHours(3));
        Act(scene, new OutageAct.SetCause("A digger cut the cable."));
        UntilHour(scene, 8);
        var opened = scene.Phones.Received.Where(n => n.Status == "opened").ToArray();
        Assert.Equal(8, opened.Length);
        Assert.All(opened, n => Assert.Contains("A digger cut the cable", n.Text, StringComparison.Ordinal));
        var promised = Promised(scene, "C-RT-2", "opened");
        Assert.True(promised > opened[0].AtMs);
        scene.Wait(TimeSpan.FromMilliseconds(promised - scene.Clock.Now.ToUnixTimeMilliseconds()));
        Assert.Equal(8, scene.Told.Count(t => t.EndsWith("update", StringComparison.Ordinal)));
    }

    [Fact]
    public void NewsOfANight_AreOneMessageInTheMorning_WithTheLastThatIsKnown()
    {
        using var scene = Open(notices: Night);
        UntilHour(scene, 21);
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(10));
        Assert.Equal(8, scene.Told.Count);
        UntilHour(scene, 23);
        var before = scene.Told.Count;
        Act(scene, new OutageAct.SetCause("A digger cut the cable."));
        scene.Wait(TimeSpan.FromHours(2.5));
        Act(scene, new OutageAct.SetEstimate(In(scene, 600), In(scene, 660)));
        scene.Wait(TimeSpan.FromHours(2.5));
        Act(scene, new OutageAct.SetEstimate(In(scene, 540), In(scene, 600)));
        UntilHour(scene, 7);
        scene.Wait(TimeSpan.FromMinutes(40));
        var news = scene.Phones.Received.Skip(before).Where(n => n.Status == "update").ToArray();
        Assert.Equal(Cabinet.Select(r => $"C-{r}").Order(StringComparer.Ordinal), news.Select(n => n.Customer).Order(StringComparer.Ordinal));
        Assert.All(news, n => Assert.Contains("The cause: A digger cut the cable.", n.Text, StringComparison.Ordinal));
        Assert.All(news, n => Assert.Contains("13:0", n.Text, StringComparison.Ordinal));
        // Nobody has heard of the first estimate.
        Assert.All(news, n => Assert.DoesNotContain("before, we said", n.Text, StringComparison.Ordinal));
        Assert.All(news, n => Assert.DoesNotContain("no news yet", n.Title, StringComparison.Ordinal));
    }

    [Fact]
    public void EndThatWaitedForTheMorning_WhileItIsDownOnceMore_IsNotSaid_AndTheNextEndIsForBoth()
    {
        using var scene = Open(notices: Night);
        UntilHour(scene, 20);
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(10));
        UntilHour(scene, 22);
        scene.Connect(Cabinet);
        UntilHour(scene, 5);
        Assert.DoesNotContain(scene.Told, t => t.EndsWith("all-clear", StringComparison.Ordinal));
        scene.Drop(Cabinet[1..]);
        scene.Wait(TimeSpan.FromMinutes(30));
        UntilHour(scene, 8);
        Assert.Equal(2, scene.Outages.Count);
        Assert.Equal(["C-RT-1 all-clear"], scene.Told.Where(t => t.EndsWith("all-clear", StringComparison.Ordinal)));
        scene.Connect(Cabinet[1..]);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(8, scene.Told.Count(t => t.EndsWith("all-clear", StringComparison.Ordinal)));
    }

    [Fact]
    public void EndThatWaits_WhileItIsDownOnceMoreForAMoment_IsSaidWhenItIsTrue()
    {
        using var scene = Open(notices: Night);
        UntilHour(scene, 20);
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(10));
        UntilHour(scene, 22);
        scene.Connect(Cabinet);
        UntilHour(scene, 7);
        scene.Wait(TimeSpan.FromMinutes(29));
        // Not told of before it passes.
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromSeconds(90));
        Assert.DoesNotContain(scene.Told, t => t.EndsWith("all-clear", StringComparison.Ordinal));
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(20));
        Assert.Equal(8, scene.Told.Count(t => t.EndsWith("all-clear", StringComparison.Ordinal)));
        Assert.Equal(8, scene.Told.Count(t => t.EndsWith("opened", StringComparison.Ordinal)));
    }

    [Fact]
    public void FirstWordIsTriedAgain_ItSaysTheNewsToo_AndNothingOvertakesIt()
    {
        using var scene = Open();
        var refuses = true;
        scene.Phones.Mood = n => refuses && n.Customer == "C-RT-2" ? ChannelMood.Refuses : ChannelMood.Delivers;
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        Act(scene, new OutageAct.SetCause("A digger cut the cable."));
        scene.Wait(TimeSpan.FromMinutes(3));
        refuses = false;
        scene.Wait(TimeSpan.FromMinutes(10));
        Assert.Equal(["opened"], scene.Phones.Received.Where(n => n.Customer == "C-RT-2").Select(n => n.Status));
        Assert.Contains("A digger cut the cable", scene.Phones.Received.Single(n => n.Customer == "C-RT-2").Text, StringComparison.Ordinal);
        Assert.Equal(7, scene.Told.Count(t => t.EndsWith("update", StringComparison.Ordinal)));
    }

    [Fact]
    public void StopAfterTheFirstWord_EndsTheNewsOfTheSameOutage_AndNotItsEnd()
    {
        using var scene = Open(new WorkerOptions { UpdateEvery = TimeSpan.FromMinutes(10) });
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        scene.World.Worker.InboundDesk.Take(new InboundMessage("m-1", Channel.Sms, "+351910000001", "stop all"), "provider");
        scene.Wait(TimeSpan.FromMinutes(30));
        Assert.True(scene.Told.Count(t => t == "C-RT-3 update") >= 2);
        Assert.DoesNotContain("C-RT-2 update", scene.Told);
        Assert.Contains(scene.Ledger, n => n is { Customer: "C-RT-2", Status: "update", State: "Suppressed", Reason: "the customer wants no news of outages" });
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Contains("C-RT-2 all-clear", scene.Told);
    }

    [Fact]
    public void NextWordInTheQuietHoursOfOne_IsPromisedForTheirEnd_AndKept()
    {
        using var scene = Open();
        Assert.Empty(scene.World.Imports.Customers("id,quiet_hours\nC-RT-2,09:30-12:00\n", "test").Problems);
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        var (usual, promised) = (Promised(scene, "C-RT-3", "opened"), Promised(scene, "C-RT-2", "opened"));
        Assert.Equal((10, 12), (Hour(usual), Hour(promised)));
        scene.Wait(TimeSpan.FromMilliseconds(promised - scene.Clock.Now.ToUnixTimeMilliseconds()));
        Assert.True(scene.Told.Count(t => t == "C-RT-3 update") > 1);
        Assert.Equal(["opened", "update"], scene.Phones.Received.Where(n => n.Customer == "C-RT-2").Select(n => n.Status));

        static int Hour(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).Hour;
    }

    private static long Promised(Scene scene, string customer, string status) =>
        JsonSerializer.Deserialize<NoticeFacts>(scene.Ledger.Single(n => n.Customer == customer && n.Status == status).Facts)!.NextUpdate;

    private static void Act(Scene scene, OutageAct act) =>
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.OutageDesk.Act(scene.Outages[0].Id, (int)scene.Outages[0].Version, act, "rui"));

    private static ServerTime In(Scene scene, double minutes) => ServerTime.From(scene.Clock.Now + TimeSpan.FromMinutes(minutes));

    private static void UntilHour(Scene scene, int hour)
    {
        var today = new DateTimeOffset(scene.Clock.Now.Date, TimeSpan.Zero).AddHours(hour);
        scene.Wait((today > scene.Clock.Now ? today : today.AddDays(1)) - scene.Clock.Now);
    }
}
