using B2D.Console.Maintenance;
using B2D.Core;
using B2D.Core.Notices;
using B2D.ProactiveWorker;
using B2D.Storage.Maintenance;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>Work on the cabinet in the south of the town of outages, which its customers feel.</summary>
internal static class PlannedTown
{
    /// <summary>Told six hours ahead and reminded an hour before, so that a time-line is no week long.</summary>
    public static readonly WorkerOptions Soon = new() { PlannedAhead = TimeSpan.FromHours(6), PlannedReminder = TimeSpan.FromHours(1) };

    /// <summary>Work of an hour in five hours, and all customers of the cabinet told.</summary>
    public static Scene Told()
    {
        var scene = Open(Soon);
        Plan(scene, TimeSpan.FromHours(5), TimeSpan.FromHours(6));
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(Everybody("planned"), scene.Told.Order());
        return scene;
    }

    /// <summary>The same half an hour after its beginning, with the cabinet down.</summary>
    public static Scene Running()
    {
        var scene = Told();
        scene.Wait(TimeSpan.FromHours(5.1));
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(24));
        Assert.Equal(Everybody("planned", "reminder"), scene.Told.Order());
        return scene;
    }

    public static IEnumerable<string> Everybody(params string[] statuses) => Cabinet.SelectMany(r => statuses.Select(s => $"C-{r} {s}")).Order();

    public static long Plan(Scene scene, TimeSpan from, TimeSpan until, string segment = "south/s1/cab-1", string hours = "") => Desk(scene).Plan(new MaintenanceRow
    {
        Title = "Replace the switch",
        Scope = "Segment",
        Target = segment,
        FromAt = (scene.Clock.Now + from).ToUnixTimeMilliseconds(),
        UntilAt = (scene.Clock.Now + until).ToUnixTimeMilliseconds(),
        Hours = hours,
        Felt = true,
        Words = "The internet does not work",
        Cause = "We replace a switch",
        StillWorks = "Mobile networks are not affected.",
        TakesDown = ChannelSet.Of(Channel.Email).Bits,
    }, "marta").Id;

    public static MaintenanceRow Find(Scene scene) => scene.World.Stores.State.Read(db => MaintenanceStore.Find(db, 1))!;

    public static void Act(Scene scene, MaintenanceAct act, long id = 1) => Assert.IsType<ActOutcome.Done>(Desk(scene).Act(id, 0, act, "marta"));

    public static MaintenanceDesk Desk(Scene scene) => new(scene.World.Stores, scene.Clock);

    public static ServerTime In(Scene scene, double hours) => ServerTime.From(scene.Clock.Now + TimeSpan.FromHours(hours));
}
