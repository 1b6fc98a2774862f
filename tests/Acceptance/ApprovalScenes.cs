using B2D.Core;
using B2D.Core.Notices;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.Simulation.World;
using B2D.Storage.Notices;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>What many are to be told is offered to a person first; what other systems know speaks against notices.</summary>
public sealed class ApprovalScenes
{
    private static readonly WorkerOptions Few = new() { ApprovalAbove = 7 };

    [Fact]
    public void NobodyDecides_ItGoesByItself_AndWhoJoinsLaterDoesNotWaitAgain()
    {
        using var scene = Open(Few);
        scene.Drop(Cabinet[..^1]);
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(7, scene.Told.Count);
        scene.Drop(Cabinet[^1..]);
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(8, scene.Told.Count);

        using var other = Open(Few);
        other.Drop(Cabinet);
        other.Wait(TimeSpan.FromMinutes(5));
        Assert.Empty(other.Told);
        Assert.Equal(("Offered", 8), (Approval(other).Phase, Approval(other).Recipients));
        Assert.All(other.Ledger, n => Assert.Equal("Held", n.State));
        other.Wait(TimeSpan.FromMinutes(8));
        Assert.Equal((8, "WentByItself"), (other.Told.Count, Approval(other).Phase));
    }

    [Fact]
    public void LetGo_AtOnce()
    {
        using var scene = Offered();
        Assert.IsType<ActOutcome.Done>(Act(scene, new ApprovalAct.LetGo()));
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.Equal(8, scene.Told.Count);
        Assert.IsType<ActOutcome.Rejected>(Act(scene, new ApprovalAct.Stop("too late")));
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(8, scene.Told.Count(t => t.EndsWith("all-clear", StringComparison.Ordinal)));
    }

    [Fact]
    public void Stopped_NobodyIsTold_NorWhoJoins_NorTheEnd()
    {
        using var scene = Offered();
        Assert.IsType<ActOutcome.Rejected>(Act(scene, new ApprovalAct.Stop("")));
        Assert.IsType<ActOutcome.Done>(Act(scene, new ApprovalAct.Stop("a test of ours")));
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Empty(scene.Told);
        Assert.All(scene.Ledger, n => Assert.Equal("rui stopped it: a test of ours", n.Reason));
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Empty(scene.Told);
    }

    [Fact]
    public void Stopped_AndOfferedAgain_GoesWithWhatIsKnownThen_ToWhoIsWithoutThen()
    {
        using var scene = Offered();
        Assert.IsType<ActOutcome.Rejected>(Act(scene, new ApprovalAct.Again()));
        Assert.IsType<ActOutcome.Done>(Act(scene, new ApprovalAct.Stop("the cause is missing")));
        scene.Wait(TimeSpan.FromMinutes(5));
        var outage = scene.Outages[0];
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.OutageDesk.Act(outage.Id, (int)outage.Version, new Core.Outages.OutageAct.SetCause("A digger cut the cable."), "rui"));
        scene.Connect(Cabinet[..1]);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.IsType<ActOutcome.Done>(Act(scene, new ApprovalAct.Again()));
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.Equal(("Offered", 7), (Approval(scene).Phase, Approval(scene).Recipients));
        Assert.Empty(scene.Told);
        Assert.IsType<ActOutcome.Done>(Act(scene, new ApprovalAct.LetGo()));
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(Cabinet[1..].Select(r => $"C-{r} opened").Order(StringComparer.Ordinal), scene.Told.Order(StringComparer.Ordinal));
        Assert.All(scene.Phones.Received, n => Assert.Contains("A digger cut the cable", n.Text, StringComparison.Ordinal));
        scene.Connect(Cabinet[1..]);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(7, scene.Told.Count(t => t.EndsWith("all-clear", StringComparison.Ordinal)));
    }

    [Fact]
    public void OverWhileItIsOffered_NobodyIsTold_AndThereIsNothingToDecide()
    {
        using var scene = Offered();
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.DoesNotContain(scene.Told, t => t.EndsWith("all-clear", StringComparison.Ordinal) && !scene.Told.Any(o => o.EndsWith("opened", StringComparison.Ordinal)));
        Assert.DoesNotContain(Approval(scene).Phase, new[] { "Offered" });
    }

    [Fact]
    public void NotByItself_WaitsForAPersonForAsLongAsItTakes()
    {
        using var scene = Open(Few with { ApprovalByItself = false });
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Empty(scene.Told);
        Assert.IsType<ActOutcome.Done>(Act(scene, new ApprovalAct.LetGo()));
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.Equal(8, scene.Told.Count);
    }

    [Theory]
    [InlineData(true, "ana email Sent; bo phone Calling; eva letter Calling")]
    [InlineData(false, "ana email Suppressed; bo phone Suppressed; eva letter Suppressed")]
    public void WhoIsReachedByHandOnly_WaitsWithTheOthers_AndIsCalledOrWrittenToWhenItIsLetGo(bool letGo, string became)
    {
        var options = VirtualInstallation.NoticeOptions with { Webhook = new WebhookOptions(), Email = new EmailOptions { Host = "mail.example" }, Letters = true };
        using var scene = new Scene(Rules.Replace("devices: 5", "devices: 3", StringComparison.Ordinal),
            "ana,Ana,ana@example.org,,en,Europe/Lisbon,,,Porto\nbo,Bo,,+351910000002,en,Europe/Lisbon,,,Porto\neva,Eva,,,en,Europe/Lisbon,,\"Rua 1, Porto\",Porto\n",
            "RT-1,RT-AX3,s1,ana,\nRT-2,RT-AX3,s1,bo,\nRT-3,RT-AX3,s1,eva,\n", new WorkerOptions { ApprovalAbove = 2, GuardShare = 1 }, notices: options);
        scene.Connect("RT-1", "RT-2", "RT-3");
        scene.Wait(TimeSpan.FromMinutes(2));
        scene.Drop("RT-1", "RT-2", "RT-3");
        scene.Wait(TimeSpan.FromMinutes(4));
        Assert.Equal("ana email Held; bo phone Held; eva letter Held", Rows(scene));
        Assert.Empty(scene.World.Stores.State.Read(db => PhoneTaskStore.Open(db)));
        Assert.IsType<ActOutcome.Done>(Act(scene, letGo ? new ApprovalAct.LetGo() : new ApprovalAct.Stop("a test of ours")));
        scene.Wait(TimeSpan.FromSeconds(10));
        Assert.Equal(became, Rows(scene));
        Assert.Equal(letGo ? ["bo"] : [], scene.World.Stores.State.Read(db => PhoneTaskStore.Open(db)).Select(t => t.Customer));
        if (letGo)
            Assert.All(scene.Ledger, n => Assert.NotNull(scene.World.Stores.State.Read(db => NoticeWordsStore.Find(db, n.Id))));

        static string Rows(Scene scene) => string.Join("; ", scene.Ledger.OrderBy(n => n.Customer, StringComparer.Ordinal).Select(n => $"{n.Customer} {n.Channel} {n.State}"));
    }

    [Theory]
    [InlineData("visit-booked", "device:HP-1", "a visit was booked before it was told")]
    [InlineData("shipped", "customer:ana", "what is needed was shipped before it was told")]
    [InlineData("deceased", "customer:ana", "the customer had died before it was told")]
    public void FactOfAnotherSystem_SpeaksAgainstADue_WhenPlannedAndWhenItLeaves(string kind, string subject, string reason)
    {
        using var planned = Household();
        Tell(planned, kind, subject);
        Use(planned);
        Assert.Equal([$"Suppressed {reason}"], planned.Ledger.Select(n => $"{n.State} {n.Reason}"));

        using var leaving = Household();
        leaving.Phones.Mood = _ => ChannelMood.Refuses;
        Use(leaving);
        Tell(leaving, kind, subject);
        leaving.Phones.Mood = _ => ChannelMood.Delivers;
        leaving.Wait(TimeSpan.FromMinutes(1));
        Assert.Empty(leaving.Told);
        Assert.Equal([$"Suppressed {reason}"], leaving.Ledger.Select(n => $"{n.State} {n.Reason}"));
    }

    [Fact]
    public void FactOfAnotherDevice_OrOneThatHasEnded_SaysNothing()
    {
        using var scene = Household();
        Tell(scene, "visit-booked", "device:HP-2");
        Tell(scene, "shipped", "device:HP-1", until: scene.Clock.Now.ToUnixTimeMilliseconds());
        scene.Wait(TimeSpan.FromSeconds(1));
        Use(scene);
        Assert.Equal(["ana due"], scene.Told);
    }

    private static Scene Offered()
    {
        var scene = Open(Few);
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Empty(scene.Told);
        return scene;
    }

    private static ActOutcome Act(Scene scene, ApprovalAct act) => scene.World.Worker.Approvals.Act(1, (int)Approval(scene).Version, act, "rui");

    private static ApprovalRow Approval(Scene scene) => scene.World.Stores.State.Read(db => ApprovalStore.Find(db, 1))!;

    private static Scene Household() => new(TownRules.Filter, "ana,Ana Lopes,ana@example.org,+351910000001,en,Europe/Lisbon,sms,,Porto\n", "HP-1,HP-2,,ana,\n");

    private static void Use(Scene scene)
    {
        scene.Telemetry("HP-1", """{"hours_total":1}""");
        scene.Telemetry("HP-1", """{"hours_total":95}""");
        scene.Wait(TimeSpan.FromSeconds(10));
    }

    private static void Tell(Scene scene, string kind, string subject, long until = 0) => scene.World.Stores.State.Write(db => OutsideFactStore.Put(db, new OutsideFactRow
    {
        Key = $"{kind} {subject}",
        Kind = kind,
        Subject = subject,
        FromAt = scene.Clock.Now.ToUnixTimeMilliseconds(),
        UntilAt = until,
        Who = "dispatch",
    }));
}
