using B2D.Console.Maintenance;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Simulation.World;
using B2D.Storage.Devices;
using B2D.Storage.Notices;
using Xunit;
using static B2D.Acceptance.OutageTown;
using static B2D.Acceptance.PlannedTown;

namespace B2D.Acceptance;

/// <summary>Planned work that customers feel: they are told ahead, of every change, when it takes longer, and of its end; once each.</summary>
public sealed class PlannedScenes
{
    private const string Columns = "id,model,segment,customer,password\n";

    [Fact]
    public void FiveDaysAhead_TheDayBefore_NotAtItsStart_AndItsEnd()
    {
        using var scene = Open();
        Plan(scene, TimeSpan.FromDays(6), TimeSpan.FromDays(6) + TimeSpan.FromHours(3));
        scene.Wait(TimeSpan.FromHours(23));
        Assert.Empty(scene.Told);
        scene.Wait(TimeSpan.FromHours(2));
        Assert.Equal(Everybody("planned"), scene.Told.Order());
        var text = scene.Phones.Received[^1].Text;
        Assert.Contains("Planned work in Bonfim, Porto, Sun 8 Nov 09:02 WET – Sun 8 Nov 12:02 WET. Meanwhile: The internet does not work. Mobile networks are not affected. The reason: We replace a switch.", text, StringComparison.Ordinal);
        Assert.Contains("Reference M-1.", text, StringComparison.Ordinal);
        scene.Wait(TimeSpan.FromDays(4.1));
        Assert.Equal(Everybody("planned", "reminder"), scene.Told.Order());
        scene.Wait(TimeSpan.FromHours(21));
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromHours(2.1));
        Assert.Equal(16, scene.Told.Count);
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromHours(3));
        Assert.Equal(Everybody("planned", "reminder", "all-clear"), scene.Told.Order());
        Assert.Empty(scene.Outages);
        scene.Wait(TimeSpan.FromHours(12));
        Assert.Equal(24, scene.Told.Count);
    }

    [Fact]
    public void MoreNightsThanAreNamed_AreCounted()
    {
        using var scene = Open();
        Plan(scene, TimeSpan.Zero, TimeSpan.FromDays(20), hours: "mon-sun 22:00-23:00 Europe/Lisbon");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Contains("Sun 8 Nov 22:00 WET – Sun 8 Nov 23:00 WET; and 13 more until Sat 21 Nov 23:00 WET. Meanwhile", scene.Phones.Received[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void KilledAgainAndAgain_EachHearsEverythingOnce()
    {
        using var scene = Open(Soon with { PlannedAhead = TimeSpan.FromHours(5) });
        Plan(scene, TimeSpan.FromHours(5.1), TimeSpan.FromHours(6));
        scene.Wait(TimeSpan.FromHours(2.5), Kill);
        Act(scene, new MaintenanceAct.MoveEnd(In(scene, 4), "longer"));
        scene.Wait(TimeSpan.FromHours(2.5), Kill);
        scene.Wait(TimeSpan.FromHours(2.5), Kill);
        Assert.Equal(Everybody("planned", "moved", "reminder", "all-clear"), scene.Told.Order());

        void Kill()
        {
            scene.World.KillWorker();
            scene.World.StartWorker();
        }
    }

    [Fact]
    public void TakesLongerAndNobodySaysSo_NoNewsBeforeTheEnd_ThenTheOutageOfWhatIsLeft_AndOneAllClear()
    {
        using var scene = Running();
        var end = Find(scene).UntilAt;
        scene.Connect(Cabinet[..2]);
        scene.Wait(TimeSpan.FromMilliseconds(end - scene.Clock.Now.ToUnixTimeMilliseconds()) - TimeSpan.FromSeconds(1));
        var late = scene.Phones.Received.Where(n => n.Status == "late").ToArray();
        Assert.Equal(Cabinet[2..].Select(r => $"C-{r}").Order(), late.Select(n => n.Customer).Order());
        Assert.Contains("takes longer than we said", late[0].Text, StringComparison.Ordinal);
        Assert.Contains("Next news by Mon 2 Nov", late[0].Text, StringComparison.Ordinal);
        scene.Wait(TimeSpan.FromMinutes(20));
        // Whose devices answer hear the end; of the others it is an outage that says where it comes from.
        var opened = scene.Phones.Received.Where(n => n.Status == "opened").ToArray();
        Assert.Equal(Cabinet[2..].Select(r => $"C-{r}").Order(), opened.Select(n => n.Customer).Order());
        Assert.All(opened, n => Assert.Contains("After the planned work M-1 it does not work again yet.", n.Text, StringComparison.Ordinal));
        Assert.Equal(["C-RT-1", "C-RT-2"], scene.Phones.Received.Where(n => n.Status == "all-clear").Select(n => n.Customer).Order());
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromHours(3));
        Assert.Equal(8, scene.Phones.Received.Count(n => n.Status == "all-clear"));
        Assert.Equal(8, scene.Phones.Received.Where(n => n.Status == "all-clear").Select(n => n.Customer).Distinct().Count());
        Assert.Equal(6, scene.Phones.Received.Count(n => n.Status == "late"));
    }

    [Fact]
    public void OneRouterStaysDown_ItsOwnerIsAskedOnce_AndHearsTheEndWhenItAnswers()
    {
        using var scene = Running();
        scene.Connect(Cabinet[1..]);
        scene.Wait(TimeSpan.FromHours(3));
        var asked = scene.Phones.Received.Where(n => n.Status == "late").ToArray();
        Assert.All(asked, n => Assert.Equal("C-RT-1", n.Customer));
        Assert.Contains("is done, but yours does not answer yet. If it does not work for you, please tell us and name M-1.", asked[^1].Text, StringComparison.Ordinal);
        Assert.Equal((2, 7), (asked.Length, scene.Phones.Received.Count(n => n.Status == "all-clear")));
        scene.Connect(Cabinet[..1]);
        scene.Wait(TimeSpan.FromHours(3));
        Assert.Equal((2, 8), (scene.Phones.Received.Count(n => n.Status == "late"), scene.Phones.Received.Count(n => n.Status == "all-clear")));
    }

    [Fact]
    public void SoldInBetween_TheNewOwnerIsTold_AndTheOldOneHearsNoMore()
    {
        using var scene = Told();
        Assert.Empty(scene.World.Imports.Devices(Columns + "RT-1,RT-AX3,south/s1/cab-1,C-RT-9,\n", "test").Problems);
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(["C-RT-9 planned"], scene.Told.Except(Everybody("planned")));
        scene.Wait(TimeSpan.FromHours(12));
        Assert.Equal(["planned"], scene.Phones.Received.Where(n => n.Customer == "C-RT-1").Select(n => n.Status));
        Assert.Equal(["planned", "reminder", "all-clear"], scene.Phones.Received.Where(n => n.Customer == "C-RT-9").Select(n => n.Status));
    }

    [Fact]
    public void ComesToItLate_IsToldOnceAndNotReminded_AndNobodyElseTwice()
    {
        using var scene = Told();
        scene.Wait(TimeSpan.FromHours(3.5));
        Assert.Empty(scene.World.Imports.Devices(Columns + "RT-99,RT-AX3,south/s1/cab-1,C-RT-9,\n", "test", SecretHashing.Sha256).Problems);
        scene.Wait(TimeSpan.FromHours(6));
        Assert.Equal(["planned", "all-clear"], scene.Phones.Received.Where(n => n.Customer == "C-RT-9").Select(n => n.Status));
        Assert.Equal(Everybody("planned", "reminder", "all-clear"), scene.Told.Where(t => !t.StartsWith("C-RT-9 ", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void PlannedByNight_WaitsForTheMorning_AndWhatIsOverByThenIsNotTold()
    {
        using var scene = Open(Soon, notices: VirtualInstallation.NoticeOptions with { QuietHours = "22:00-07:30" });
        scene.Wait(TimeSpan.FromHours(14));
        Plan(scene, TimeSpan.FromHours(4), TimeSpan.FromHours(5));
        Plan(scene, TimeSpan.FromHours(14), TimeSpan.FromHours(15), "north/n1/cab-1");
        scene.Wait(TimeSpan.FromHours(8));
        Assert.Empty(scene.Told);
        scene.Wait(TimeSpan.FromHours(2));
        Assert.All(scene.Phones.Received, n => Assert.Equal(("maintenance:2", "planned"), (n.About, n.Status)));
        Assert.Equal(8, scene.Told.Count);
        Assert.All(scene.Ledger.Where(n => n.Subject == "maintenance:1"), n => Assert.Equal("Suppressed", n.State));
    }

    [Fact]
    public void TwoInOneNight_AreOneTellingAndOneEnd_AndWhenOneIsCalledOffTheOtherStands()
    {
        using var scene = Open(Soon);
        Plan(scene, TimeSpan.FromHours(8), TimeSpan.FromHours(9));
        Plan(scene, TimeSpan.FromHours(9), TimeSpan.FromHours(10), "south");
        Plan(scene, TimeSpan.FromHours(9.5), TimeSpan.FromHours(11), "south/s1");
        scene.Wait(TimeSpan.FromHours(3));
        Assert.Equal(Everybody("planned"), scene.Told.Order());
        Assert.Contains("Mon 2 Nov 17:02 WET – Mon 2 Nov 20:02 WET. Meanwhile", scene.Phones.Received[^1].Text, StringComparison.Ordinal);
        Act(scene, new MaintenanceAct.End("It is not needed"), 2);
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(Everybody("planned", "moved"), scene.Told.Order());
        Assert.Contains("Mon 2 Nov 17:02 WET – Mon 2 Nov 18:02 WET; Mon 2 Nov 18:32 WET – Mon 2 Nov 20:02 WET (before", scene.Phones.Received[^1].Text, StringComparison.Ordinal);
        scene.Wait(TimeSpan.FromHours(10));
        Assert.Equal(Everybody("planned", "moved", "reminder", "all-clear"), scene.Told.Order());
        Assert.All(scene.Phones.Received, n => Assert.Equal("maintenance:1", n.About));
    }

    [Fact]
    public void ToMany_IsOfferedToAPersonFirst_AndStoppedNobodyHearsAnyOfIt()
    {
        using var scene = Open(Soon with { ApprovalAbove = 7 });
        Plan(scene, TimeSpan.FromHours(5), TimeSpan.FromHours(6));
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Empty(scene.Told);
        var offered = scene.World.Stores.State.Read(db => ApprovalStore.Find(db, "maintenance:1", "planned"))!;
        Assert.Equal(("Offered", 8), (offered.Phase, offered.Recipients));
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.Approvals.Act(offered.Id, (int)offered.Version, new ApprovalAct.LetGo(), "marta"));
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(Everybody("planned"), scene.Told.Order());

        Plan(scene, TimeSpan.FromHours(5), TimeSpan.FromHours(6), "north/n1/cab-1");
        scene.Wait(TimeSpan.FromMinutes(1));
        var second = scene.World.Stores.State.Read(db => ApprovalStore.Find(db, "maintenance:2", "planned"))!;
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.Approvals.Act(second.Id, (int)second.Version, new ApprovalAct.Stop("wrong cabinet"), "marta"));
        Act(scene, new MaintenanceAct.MoveEnd(In(scene, 7), "longer"), 2);
        scene.Wait(TimeSpan.FromHours(12));
        Assert.Equal(Everybody("planned", "reminder", "all-clear"), scene.Told.Order());
    }

    [Fact]
    public void LetGoWhenItHasBegun_LeavesByWhatWorksMeanwhile()
    {
        using var scene = Open(Soon with { ApprovalAbove = 7 });
        Plan(scene, TimeSpan.FromMinutes(5), TimeSpan.FromHours(1));
        scene.Wait(TimeSpan.FromMinutes(4));
        Assert.Equal("email", scene.Ledger.Single(n => n is { Customer: "C-RT-1", State: "Held" }).Channel);
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Empty(scene.Told);
        var offered = scene.World.Stores.State.Read(db => ApprovalStore.Find(db, "maintenance:1", "planned"))!;
        Assert.Equal(("Offered", 8), (offered.Phase, offered.Recipients));
        scene.World.Worker.Approvals.Act(offered.Id, (int)offered.Version, new ApprovalAct.LetGo(), "marta");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(Everybody("planned"), scene.Told.Order());
        Assert.Equal("sms", scene.Ledger.Single(n => n is { Customer: "C-RT-1", State: "Sent" }).Channel);
    }

    [Fact]
    public void WantsNoNewsOfOutages_IsNotTold_AndOwedNothing()
    {
        using var scene = Open(Soon);
        scene.World.Worker.InboundDesk.Take(new InboundMessage("m1", Channel.Sms, "+351910000001", "stop outages"), "provider");
        Plan(scene, TimeSpan.FromHours(5), TimeSpan.FromHours(6));
        scene.Wait(TimeSpan.FromHours(8));
        Assert.DoesNotContain(scene.Phones.Received, n => n.Customer == "C-RT-2" && n.About.StartsWith("maintenance", StringComparison.Ordinal));
        Assert.Equal(7, scene.Told.Count(t => t.EndsWith(" all-clear", StringComparison.Ordinal)));
    }
}
