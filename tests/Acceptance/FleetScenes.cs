using System.Globalization;
using System.Text.Json;
using B2D.Console.Faults;
using Xunit;

namespace B2D.Acceptance;

/// <summary>A device beside its fleet: what the weather does to all is nobody's fault, what happens to one is.</summary>
public sealed class FleetScenes
{
    private const string People = "ana,Ana Lopes,ana@example.org,+351910000001,en,Europe/Lisbon,email,,Porto\n";

    private const string Rules = """
        - fault: warmer-than-its-kind
          title: Warmer than others of its model
          raise: temp_c > fleet_median(temp_c) + 8.0
          hold: 30m
          case: { family: heat }
        """;

    private static readonly string[] Ids = [.. Enumerable.Range(1, 8).Select(i => $"HP-{i}")];

    [Fact]
    public void EightWarmByTheSameWeather_NoneIsAFault_TheOneTenDegreesAboveTheOthersIsOneCase()
    {
        using var scene = New();
        // A day that becomes 20 degrees warmer, and every device with it.
        for (var minute = 0; minute < 240; minute += 5)
            Report(scene, i => 20 + (minute / 12.0) + (i * 0.3));
        Assert.Empty(scene.Faults);

        // From here on one of them is 10 degrees above the others.
        for (var minute = 0; minute < 90; minute += 5)
            Report(scene, i => 40 + (i * 0.3) + (i == 3 ? 10 : 0));

        var fault = Assert.Single(scene.Faults);
        Assert.Equal(("HP-3", "warmer-than-its-kind"), (fault.Device, fault.Rule));
        Assert.Equal("HP-3", Assert.Single(scene.Cases).Device);
        using var evidence = JsonDocument.Parse(fault.Evidence);
        var readings = evidence.RootElement.GetProperty("readings").EnumerateArray().ToDictionary(r => r.GetProperty("metric").GetString()!, r => r.GetProperty("value").GetDouble());
        Assert.Equal(50.9, readings["temp_c"], 6);
        // The middle two of eight that are 40.3, 40.6, 41.2, 41.5 … 42.4 and 50.9.
        Assert.Equal((41.5 + 41.8) / 2, readings["fleet_median(temp_c)"], 6);
        Assert.Contains("fleet_median(temp_c) 41.65", FaultStory.TextOf(scene.World.Stores, fault.Id), StringComparison.Ordinal);

        for (var minute = 0; minute < 30; minute += 5)
            Report(scene, i => 40 + (i * 0.3));
        Assert.NotEqual(0, Assert.Single(scene.Faults).ClearedAt);
        Assert.Single(scene.Cases);
    }

    [Fact]
    public void WorkerKilledAndStartedAgain_MediansAndHoldGoOn()
    {
        using var scene = New();
        for (var minute = 0; minute < 45; minute += 5)
            Report(scene, i => i == 3 ? 50 : 40);
        scene.World.KillWorker();
        Assert.Single(scene.Faults);
        scene.World.StartWorker();
        for (var minute = 0; minute < 45; minute += 5)
            Report(scene, i => i is 3 or 5 ? 50 : 40);

        Assert.Equal(["HP-3", "HP-5"], scene.Faults.Select(f => f.Device).Order());
    }

    private static Scene New()
    {
        var scene = new Scene(Rules, People, string.Concat(Ids.Select(id => $"{id},HP-2,,ana,\n")));
        scene.Connect(Ids);
        return scene;
    }

    /// <summary>Every device says how warm it is, and five minutes pass.</summary>
    private static void Report(Scene scene, Func<int, double> temp)
    {
        for (var i = 1; i <= Ids.Length; i++)
            scene.Telemetry(Ids[i - 1], string.Create(CultureInfo.InvariantCulture, $$"""{"temp_c":{{temp(i):0.######}}}"""));
        scene.Wait(TimeSpan.FromMinutes(5));
    }
}
