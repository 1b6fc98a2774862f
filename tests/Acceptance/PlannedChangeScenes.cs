using B2D.Console.Maintenance;
using B2D.Core;
using B2D.Simulation.World;
using Xunit;
using static B2D.Acceptance.OutageTown;
using static B2D.Acceptance.PlannedTown;

namespace B2D.Acceptance;

/// <summary>Planned work that is moved, takes longer or is called off: those who were told hear it, with why, and never a time that nobody told them.</summary>
public sealed class PlannedChangeScenes
{
    [Fact]
    public void Moved_ThoseWhoWereToldHearItOnceWithWhy_AndMovedBackAtOnceNothing()
    {
        using var scene = Told();
        Act(scene, new MaintenanceAct.Move(In(scene, 8), In(scene, 9), "The part arrives later."));
        scene.Wait(TimeSpan.FromMinutes(1));
        Act(scene, new MaintenanceAct.Move(In(scene, 9), In(scene, 10), "The part arrives later."));
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(Everybody("planned", "moved"), scene.Told.Order());
        var text = scene.Phones.Received[^1].Text;
        Assert.Contains("is at another time: Mon 2 Nov 18:0", text, StringComparison.Ordinal);
        Assert.Contains("(before, we said Mon 2 Nov 14:0", text, StringComparison.Ordinal);
        Assert.Contains(" The part arrives later. Meanwhile", text, StringComparison.Ordinal);
        var row = Find(scene);
        Act(scene, new MaintenanceAct.MoveEnd(In(scene, 12), "oops"));
        Act(scene, new MaintenanceAct.MoveEnd(new ServerTime(row.UntilAt), "as before"));
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal(16, scene.Told.Count);
        scene.Wait(TimeSpan.FromHours(9));
        Assert.Equal(Everybody("planned", "moved", "reminder"), scene.Told.Order());
        scene.Wait(TimeSpan.FromHours(3));
        Assert.Equal(Everybody("planned", "moved", "reminder", "all-clear"), scene.Told.Order());
    }

    [Fact]
    public void MovedWhileTheFirstWordHadNotLeft_TheyHearTheNewTimesAlone()
    {
        using var scene = Open(Soon);
        scene.Phones.Mood = _ => ChannelMood.Refuses;
        Plan(scene, TimeSpan.FromHours(5), TimeSpan.FromHours(6));
        scene.Wait(TimeSpan.FromMinutes(1));
        Act(scene, new MaintenanceAct.Move(In(scene, 7), In(scene, 8), "later"));
        scene.Wait(TimeSpan.FromMinutes(3));
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(10));
        Assert.Equal(Everybody("planned"), scene.Told.Order());
        Assert.All(scene.Phones.Received, n => Assert.Contains("Mon 2 Nov 16:03", n.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void MovedTwiceBeforeTheFirstMoveLeft_TheyReadTheTimesThatTheyKnew()
    {
        using var scene = Told();
        MoveUnheard(scene);
        Act(scene, new MaintenanceAct.Move(In(scene, 9), In(scene, 10), "Later still"));
        Heard(scene);
        Assert.Equal(Everybody("planned", "moved"), scene.Told.Order());
        Assert.Contains("is at another time: Mon 2 Nov 18:0", scene.Phones.Received[^1].Text, StringComparison.Ordinal);
        Assert.Contains("(before, we said Mon 2 Nov 14:0", scene.Phones.Received[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void MovedBackBeforeTheMoveLeft_TheyHearNothingOfIt()
    {
        using var scene = Told();
        var row = Find(scene);
        MoveUnheard(scene);
        Act(scene, new MaintenanceAct.Move(new ServerTime(row.FromAt), new ServerTime(row.UntilAt), "As before"));
        Heard(scene);
        Assert.Equal(Everybody("planned"), scene.Told.Order());
        scene.Wait(TimeSpan.FromHours(9));
        Assert.Equal(Everybody("planned", "reminder", "all-clear"), scene.Told.Order());
    }

    [Fact]
    public void CalledOffBeforeTheMoveLeft_TheyReadOfTheTimesThatTheyKnew()
    {
        using var scene = Told();
        MoveUnheard(scene);
        Act(scene, new MaintenanceAct.End("A storm is coming"));
        Heard(scene);
        Assert.Equal(Everybody("planned", "called-off"), scene.Told.Order());
        Assert.Contains("that we had told you of, Mon 2 Nov 14:0", scene.Phones.Received[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void CalledOffBetweenItsBeginningAndItsFirstNight_ItNeverTookPlace()
    {
        using var scene = Open();
        Plan(scene, TimeSpan.Zero, TimeSpan.FromDays(3), hours: "tue 22:00-23:00 Europe/Lisbon");
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Equal(Everybody("planned"), scene.Told.Order());
        Assert.IsType<ActOutcome.Rejected>(Desk(scene).Act(1, 0, new MaintenanceAct.End(), "marta"));
        Act(scene, new MaintenanceAct.End("The part does not come"));
        scene.Wait(TimeSpan.FromHours(3));
        Assert.Equal(Everybody("planned", "called-off"), scene.Told.Order());
        Assert.True(Find(scene).IsCalledOff);
    }

    [Fact]
    public void CalledOff_ThoseWhoWereToldHearIt_AndNothingMore()
    {
        using var scene = Told();
        Act(scene, new MaintenanceAct.End("A storm is coming"));
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(Everybody("planned", "called-off"), scene.Told.Order());
        Assert.Contains("does not take place. A storm is coming. Everything goes on as usual.", scene.Phones.Received[^1].Text, StringComparison.Ordinal);
        scene.Wait(TimeSpan.FromHours(12));
        Assert.Equal(16, scene.Told.Count);
    }

    [Fact]
    public void CalledOffBeforeAnybodyWasTold_NobodyHearsAnything()
    {
        using var scene = Open(Soon);
        Plan(scene, TimeSpan.FromHours(8), TimeSpan.FromHours(9));
        scene.Wait(TimeSpan.FromMinutes(1));
        Act(scene, new MaintenanceAct.End());
        scene.Wait(TimeSpan.FromHours(12));
        Assert.Empty(scene.Told);
    }

    [Fact]
    public void WithoutAReason_WhatCustomersWereToldIsNotChanged_AndNotByWhoSawAnOlderVersion()
    {
        using var scene = Told();
        Assert.IsType<ActOutcome.Rejected>(Desk(scene).Act(1, 1, new MaintenanceAct.End(), "marta"));
        Assert.IsType<ActOutcome.Done>(Desk(scene).Act(1, 1, new MaintenanceAct.MoveEnd(In(scene, 9), "longer"), "marta"));
        Assert.IsType<ActOutcome.Conflict>(Desk(scene).Act(1, 1, new MaintenanceAct.End("never mind"), "rui"));
    }

    [Fact]
    public void TakesLonger_TheNewEndIsToldBeforeTheOldOnePasses()
    {
        using var scene = Running();
        var end = Find(scene).UntilAt;
        scene.Wait(TimeSpan.FromMilliseconds(end - scene.Clock.Now.ToUnixTimeMilliseconds()) - TimeSpan.FromMinutes(4));
        Act(scene, new MaintenanceAct.MoveEnd(new ServerTime(end + 3_600_000), "The new switch needs another hour"));
        scene.Wait(TimeSpan.FromMinutes(5));
        var moved = scene.Phones.Received.Where(n => n.Status == "moved").ToArray();
        Assert.Equal(8, moved.Length);
        Assert.All(moved, n => Assert.True(n.AtMs < end));
        Assert.Empty(scene.Faults);
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromHours(2.1));
        Assert.Equal(Everybody("planned", "reminder", "moved", "all-clear"), scene.Told.Order());
    }

    [Fact]
    public void PlannedForTheSameNightAfterwards_IsAChangeOfWhatTheyWereTold()
    {
        using var scene = Told();
        Plan(scene, TimeSpan.FromHours(7), TimeSpan.FromHours(8));
        scene.Wait(TimeSpan.FromHours(3));
        Assert.Equal(Everybody("planned", "moved"), scene.Told.Order());
        Assert.Contains("name M-1", Clear(scene), StringComparison.Ordinal);
        Assert.Equal(8, scene.Phones.Received.Count(n => n.Status == "all-clear"));
    }

    private static string Clear(Scene scene)
    {
        scene.Wait(TimeSpan.FromHours(9));
        return scene.Phones.Received.Last(n => n.Status == "all-clear").Text;
    }

    /// <summary>It is moved, and no word of that arrives yet.</summary>
    private static void MoveUnheard(Scene scene)
    {
        scene.Phones.Mood = _ => ChannelMood.Refuses;
        Act(scene, new MaintenanceAct.Move(In(scene, 7), In(scene, 8), "later"));
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(8, scene.Ledger.Count(n => n is { Status: "moved", State: "Retrying" }));
    }

    /// <summary>What was changed is to be told, and words arrive again.</summary>
    private static void Heard(Scene scene)
    {
        scene.Wait(TimeSpan.FromMinutes(3));
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(20));
    }
}
