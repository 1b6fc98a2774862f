using B2D.Storage.Faults;
using B2D.Storage.Maintenance;
using Xunit;

namespace B2D.Acceptance;

/// <summary>Planned work: nobody is troubled while it runs, and nothing that it left broken is missed.</summary>
public sealed class MaintenanceScenes
{
    private const string Rules = """
        - fault: router-silent
          title: Router does not answer
          silent: 10m
          explained_by: outage
        - fault: pump-blocked
          title: Pump blocked
          codes: [ E42 ]
          case: { family: pump }
          notice: { template: device-fault, to: owner }
        - fault: gas-leak
          title: Gas leaks
          codes: [ E99 ]
          class: safety
          case: { family: gas, priority: P1 }
        - outage: access-network
          title: The internet does not work
          of: [ router-silent ]
          over: segment
          when: { devices: 5, share: 40 %, within: 10m }
          hold_back: 2m
        """;

    private static readonly string[] Cabinet = [.. Enumerable.Range(1, 8).Select(i => $"RT-{i}")];
    private static readonly string[] Others = [.. Enumerable.Range(9, 32).Select(i => $"RT-{i}")];

    [Fact]
    public void WholeCabinetDownWhileItIsReplaced_NoOutageAndNobodyIsTold()
    {
        using var scene = Town();
        Plan(scene, TimeSpan.FromMinutes(10), TimeSpan.FromHours(2));
        scene.Wait(TimeSpan.FromMinutes(15));
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromHours(1));
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromHours(3));
        Assert.Empty(scene.Faults);
        Assert.Empty(scene.Outages);
        Assert.Empty(scene.Told);
        Assert.Equal("Over", Assert.Single(All(scene)).State);
    }

    [Fact]
    public void StillDownAtTheEnd_IsOneOutageThen()
    {
        using var scene = Town();
        var end = scene.Clock.Now + TimeSpan.FromHours(1);
        Plan(scene, TimeSpan.Zero, TimeSpan.FromHours(1));
        scene.Wait(TimeSpan.FromMinutes(15));
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(44));
        Assert.Empty(scene.Faults);
        Assert.Equal(Cabinet.Select(r => $"{r} router-silent").Order(), Held(scene));
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Empty(Held(scene));
        Assert.All(scene.World.Stores.State.Read(db => TransitionStore.ReadAfter(db, 0, 100)).Where(t => t.Kind == "Raised"), t => Assert.Equal("MaintenanceOver", t.Reason));
        var outage = Assert.Single(scene.Outages);
        Assert.Equal("south/s1/cab-1", outage.Segment);
        Assert.InRange(outage.BeganAt, end.ToUnixTimeMilliseconds(), end.ToUnixTimeMilliseconds() + 1000);
        Assert.Equal(Cabinet.Select(r => $"C-{r} opened").Order(), scene.Told.Order());
        Assert.Empty(scene.Cases);
    }

    [Fact]
    public void CodeSetMeanwhile_OpensItsCaseAtTheEnd_DangerAtOnce_AndElsewhereAllGoesOn()
    {
        using var scene = Town();
        Plan(scene, TimeSpan.Zero, TimeSpan.FromHours(1));
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.Code("RT-1", "E42", "set");
        scene.Code("RT-9", "E42", "set");
        scene.Code("RT-2", "E99", "set");
        scene.Wait(TimeSpan.FromMinutes(30));
        Assert.Equal(["RT-2 gas-leak", "RT-9 pump-blocked"], scene.Cases.Select(c => $"{c.Device} {c.Rule}").Order());
        Assert.Equal(["RT-1 pump-blocked"], Held(scene));
        scene.Wait(TimeSpan.FromMinutes(30));
        Assert.Empty(Held(scene));
        Assert.Equal(["RT-1 pump-blocked", "RT-2 gas-leak", "RT-9 pump-blocked"], scene.Cases.Select(c => $"{c.Device} {c.Rule}").Order());
    }

    [Fact]
    public void CodeClearedMeanwhile_IsListedOnlyUntilThen()
    {
        using var scene = Town();
        Plan(scene, TimeSpan.Zero, TimeSpan.FromHours(1));
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.Code("RT-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(["RT-1 pump-blocked"], Held(scene));
        scene.Code("RT-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Empty(Held(scene));
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Empty(scene.Faults);
    }

    [Fact]
    public void EndedBeforeItsTime_WhatIsBrokenIsRaisedThen()
    {
        using var scene = Town();
        var id = Plan(scene, TimeSpan.Zero, TimeSpan.FromHours(8));
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.Code("RT-1", "E42", "set");
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Empty(scene.Cases);
        scene.World.Stores.State.Write(db => Assert.True(MaintenanceStore.Update(db, MaintenanceStore.Find(db, id)! with { EndedBy = "anna" })));
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.Single(scene.Cases);
        Assert.Equal("Over", Assert.Single(All(scene)).State);
    }

    [Fact]
    public void TwoOverlap_TheLaterEndCounts_AndTheOtherOnesAfterItsEnd()
    {
        using var scene = Town();
        Plan(scene, TimeSpan.Zero, TimeSpan.FromHours(1));
        var longer = Plan(scene, TimeSpan.FromMinutes(10), TimeSpan.FromHours(4), "south");
        scene.Wait(TimeSpan.FromMinutes(20));
        scene.Code("RT-1", "E42", "set");
        scene.World.Stores.State.Write(db => MaintenanceStore.Update(db, MaintenanceStore.Find(db, longer)! with { EndedBy = "anna" }));
        scene.Wait(TimeSpan.FromMinutes(39));
        Assert.Empty(scene.Cases);
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Single(scene.Cases);
    }

    [Fact]
    public void DeviceThatComesMeanwhile_BelongsToItWithinAMinute()
    {
        using var scene = Town();
        Plan(scene, TimeSpan.Zero, TimeSpan.FromHours(1));
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.World.Imports.Devices("id,model,segment,customer,password\nRT-99,RT-AX3,south/s1/cab-1,,\n", "test", Storage.Devices.SecretHashing.Sha256);
        scene.Wait(TimeSpan.FromSeconds(61));
        scene.Code("RT-99", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(50));
        Assert.Empty(scene.Cases);
        scene.Wait(TimeSpan.FromMinutes(10));
        Assert.Equal("RT-99", Assert.Single(scene.Cases).Device);
    }

    [Fact]
    public void EveryNight_HeldByNightAndRaisedInTheMorning()
    {
        using var scene = Town();
        Plan(scene, TimeSpan.Zero, TimeSpan.FromDays(30), hours: "mon-sun 22:00-06:00 Europe/Lisbon");
        scene.Wait(TimeSpan.FromHours(14)); // Monday 09:00 in Lisbon to 23:00
        scene.Code("RT-1", "E42", "set");
        scene.Wait(TimeSpan.FromHours(6.9));
        Assert.Empty(scene.Cases);
        scene.Wait(TimeSpan.FromHours(0.2));
        Assert.Single(scene.Cases);
        Assert.Equal("Planned", Assert.Single(All(scene)).State);
        scene.Code("RT-2", "E42", "set");
        Assert.Equal(2, scene.Cases.Count);
        scene.Wait(TimeSpan.FromHours(17));
        scene.Code("RT-3", "E42", "set");
        Assert.Equal(2, scene.Cases.Count);
    }

    private static IReadOnlyList<MaintenanceRow> All(Scene scene) => scene.World.Stores.State.Read(db =>
        (IReadOnlyList<MaintenanceRow>)[.. Enumerable.Range(1, 10).Select(i => MaintenanceStore.Find(db, i)).OfType<MaintenanceRow>()]);

    private static IEnumerable<string> Held(Scene scene) => scene.World.Stores.State.Read(db => Cabinet.Concat(Others).SelectMany(d => HeldFaultStore.Of(db, d)).ToList())
        .Select(h => $"{h.Device} {h.Rule}").Order();

    private static long Plan(Scene scene, TimeSpan from, TimeSpan until, string segment = "south/s1/cab-1", string hours = "") => scene.World.Stores.State.Write(db => MaintenanceStore.TryAdd(db, new MaintenanceRow
    {
        Title = "Replace the switch",
        Person = "anna",
        Scope = "Segment",
        Target = segment,
        Hours = hours,
        FromAt = (scene.Clock.Now + from).ToUnixTimeMilliseconds(),
        UntilAt = (scene.Clock.Now + until).ToUnixTimeMilliseconds(),
    }))!.Value;

    private static Scene Town()
    {
        string[] all = [.. Cabinet, .. Others];
        var scene = new Scene(Rules,
            string.Concat(all.Select(r => $"C-{r},Ana,ana@example.org,+351910000001,en,Europe/Lisbon,sms,,Porto\n")),
            string.Concat(all.Select((r, i) => $"{r},RT-AX3,south/s1/cab-{(i / 8) + 1},C-{r},\n")));
        scene.Connect(all);
        return scene;
    }
}
