using Xunit;

namespace B2D.Acceptance;

/// <summary>Sensors that report through a hub: while the hub is silent there is one case, and a sensor that stays away after it has one of its own.</summary>
public sealed class ParentScenes
{
    private const string Rules = """
        - fault: hub-silent
          title: Hub does not answer
          applies_to: device.model == "Hub"
          silent: 10m
          case: {}
        - fault: sensor-silent
          title: Sensor does not answer
          applies_to: device.model == "Sensor"
          silent: 10m
          explained_by: parent
          case: {}
        """;

    private static readonly string[] Sensors = ["S-1", "S-2", "S-3"];

    [Fact]
    public void HubSilent_OneCase_AndOneForTheSensorThatStaysAway()
    {
        using var scene = Home();
        // Sensors are missed first: what they are connected through may take a moment to be missed itself.
        scene.Drop(Sensors);
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Drop("HUB");
        scene.Wait(TimeSpan.FromHours(3));
        Assert.Equal(["HUB"], scene.Cases.Select(c => c.Device));
        Assert.Equal(["HUB", .. Sensors], scene.Faults.Where(f => f.ClearedAt == 0).Select(f => f.Device).Order());
        Assert.All(scene.Faults.Where(f => f.Device != "HUB"), f => Assert.Equal("parent", f.SuppressedBy));

        Assert.Contains("it has not been heard. 3 devices report through it.", scene.Cases[0].Summary, StringComparison.Ordinal);

        scene.Connect("HUB", "S-1");
        scene.Wait(TimeSpan.FromSeconds(100));
        scene.Connect("S-3");
        scene.Wait(TimeSpan.FromSeconds(15));
        Assert.Equal(["HUB"], scene.Cases.Select(c => c.Device));
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(["HUB", "S-2"], scene.Cases.Select(c => c.Device).Order());
        Assert.Equal("", scene.Faults.Single(f => f.Device == "S-2").SuppressedBy);
        Assert.Contains("it has not been heard, while HUB, which it reports through, has.", scene.Cases.Single(c => c.Device == "S-2").Summary, StringComparison.Ordinal);
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Equal(["HUB", "S-2"], scene.Cases.Select(c => c.Device).Order());
    }

    [Fact]
    public void HubWell_SensorSilent_CaseAfterTheWait()
    {
        using var scene = Home();
        scene.Drop("S-2");
        scene.Wait(TimeSpan.FromSeconds(115));
        Assert.Empty(scene.Cases);
        scene.Wait(TimeSpan.FromSeconds(10));
        Assert.Equal("S-2", Assert.Single(scene.Cases).Device);
    }

    [Fact]
    public void SensorBackWithinTheWait_NoCase()
    {
        using var scene = Home();
        scene.Drop("S-2");
        scene.Wait(TimeSpan.FromSeconds(60));
        scene.Connect("S-2");
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Empty(scene.Cases);
    }

    [Fact]
    public void SensorWithoutAHub_CaseAtOnce()
    {
        using var scene = Home();
        scene.Connect("LONE");
        scene.Drop("LONE");
        scene.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal("LONE", Assert.Single(scene.Cases).Device);
    }

    [Fact]
    public void RuleWaitsNoLonger_WhatItHeldIsLetGo()
    {
        using var scene = Home();
        scene.Drop("HUB", "S-2");
        scene.Wait(TimeSpan.FromMinutes(10));
        Assert.Equal(["HUB"], scene.Cases.Select(c => c.Device));

        scene.World.Offer(Rules.Replace("  explained_by: parent\n", "", StringComparison.Ordinal));
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.Equal(["HUB", "S-2"], scene.Cases.Select(c => c.Device).Order());
        Assert.EndsWith(": it has not been heard.", scene.Cases.Single(c => c.Device == "S-2").Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void WorkerStartsAgainMeanwhile_TheSameCases()
    {
        using var scene = Home();
        scene.Drop(Sensors);
        Restart(scene);
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Drop("HUB");
        Restart(scene);
        scene.Wait(TimeSpan.FromHours(1));
        scene.Connect(["HUB", .. Sensors[1..]]);
        Restart(scene);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal(["HUB", "S-1"], scene.Cases.Select(c => c.Device).Order());
    }

    private static void Restart(Scene scene)
    {
        scene.World.KillWorker();
        scene.World.StartWorker();
    }

    private static Scene Home()
    {
        var scene = new Scene(Rules, "", "HUB,Hub,,,\n" + string.Concat(Sensors.Select(s => $"{s},Sensor,HUB,,\n")) + "LONE,Sensor,,,\n", columns: "id,model,parent,customer,password");
        scene.Connect(["HUB", .. Sensors]);
        scene.Wait(TimeSpan.FromMinutes(20));
        return scene;
    }
}
