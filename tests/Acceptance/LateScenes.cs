using System.Globalization;
using B2D.Console.Faults;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker;
using B2D.Storage.Faults;
using Xunit;

namespace B2D.Acceptance;

/// <summary>A device that tells of the past after the present: what it says is found, and nobody is called because of it.</summary>
public sealed class LateScenes
{
    private const string People = "ana,Ana Lopes,ana@example.org,+351910000001,en,Europe/Lisbon,email,,Porto\n";

    private const string Rules = """
        - fault: hot
          title: Too hot
          raise: temp_c > 90
          hold: 2m
          case: { family: heat }
          notice: { template: device-fault, to: owner }
        - fault: dry
          raise: bar < 1
          case: {}
        """;

    [Fact]
    public void BacklogAfterLiveReadings_IsOneLateEpisodeAndNobodyIsCalled()
    {
        using var scene = New();
        Minutes(scene, 10, "bar", 3);
        Backlog(scene, "temp_c", 99, 8, 7, 6, 5);
        Backlog(scene, "temp_c", 20, 4);
        Assert.Empty(scene.Faults);
        scene.Wait(TimeSpan.FromSeconds(15));

        var fault = Assert.Single(scene.Faults);
        Assert.True(fault is { Late: true, BackDated: true, Rule: "hot" } && fault.ClearedAt > 0 && fault.EndedAt > fault.OnsetAt);
        // From eight minutes ago, when it was 99 for the first time, to four minutes ago, when it was 20 again.
        Assert.InRange(fault.RaisedAt - fault.OnsetAt, 8 * 60_000, (8 * 60_000) + 15_000);
        Assert.Equal(("BackDated", "hp-1"), (fault.ClearReason, fault.Device));
        Assert.Contains("nobody was told of it", FaultStory.TextOf(scene.World.Stores, fault.Id), StringComparison.Ordinal);
        Assert.Contains("raised: ", FaultStory.TextOf(scene.World.Stores, fault.Id), StringComparison.Ordinal);

        // The same once more is a duplicate, and the same pass finds nothing new.
        Backlog(scene, "temp_c", 99, 8);
        Minutes(scene, 3, "bar", 3);
        Assert.Single(scene.Faults);
        Assert.Empty(scene.Cases);
        Assert.Empty(scene.Told);
    }

    [Fact]
    public void MetricThatOnlyComesLate_IsOpenUntilTheNextBacklogEndsIt()
    {
        using var scene = New();
        Minutes(scene, 10, "temp_c", 20);
        Backlog(scene, "bar", 0.5, 8, 6);
        scene.Wait(TimeSpan.FromSeconds(15));
        Assert.Equal((0L, true), (Assert.Single(scene.Faults).ClearedAt, scene.Faults[0].BackDated));

        Minutes(scene, 10, "temp_c", 20);
        Backlog(scene, "bar", 3, 5);
        scene.Wait(TimeSpan.FromSeconds(15));
        Assert.InRange(Assert.Single(scene.Faults).EndedAt - scene.Faults[0].OnsetAt, 12 * 60_000, 14 * 60_000);
        Assert.Empty(scene.Cases);
    }

    [Fact]
    public void OpenLateOne_ThatHappensAgainLive_IsACase()
    {
        using var scene = New();
        Minutes(scene, 10, "temp_c", 20);
        Backlog(scene, "bar", 0.5, 8);
        scene.Wait(TimeSpan.FromSeconds(15));
        scene.Telemetry("hp-1", """{"bar":0.4}""");

        Assert.Equal([(false, 0L), (true, scene.Faults[0].RaisedAt)], scene.Faults.Select(f => (f.BackDated, f.ClearedAt)));
        Assert.Equal("RaisedAnew", scene.Faults[1].ClearReason);
        Assert.Single(scene.Cases);

        scene.Telemetry("hp-1", """{"bar":3}""");
        Assert.DoesNotContain(scene.Faults, f => f.ClearedAt == 0);
    }

    [Fact]
    public void WorkerKilledBeforeThePass_TheNextOneMakesIt()
    {
        using var scene = New();
        Minutes(scene, 10, "bar", 3);
        Backlog(scene, "temp_c", 99, 8, 7, 6, 5);
        scene.World.KillWorker();
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Empty(scene.Faults);

        scene.World.StartWorker();
        scene.Wait(TimeSpan.FromSeconds(1));
        Assert.True(Assert.Single(scene.Faults).BackDated);
        scene.World.KillWorker();
        scene.World.StartWorker();
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Single(scene.Faults);
        // A last look, when what came late can change nothing any more.
        Assert.Equal(1, scene.World.Stores.State.Read(LateStore.Count));
        scene.Wait(TimeSpan.FromMinutes(20));
        Assert.Single(scene.Faults);
        Assert.Equal(0, scene.World.Stores.State.Read(LateStore.Count));
    }

    [Fact]
    public void HoldThatIsCompletedAfterTheFirstPass_IsFoundByTheLast()
    {
        using var scene = New();
        Minutes(scene, 3, "bar", 3);
        // Hot since half a minute before the first reading in time says so: two minutes in all, of which the lanes know of one and a half.
        scene.Telemetry("hp-1", """{"temp_c":99}""");
        Backlog(scene, "temp_c", 99, 0.5);
        scene.Wait(TimeSpan.FromSeconds(95));
        scene.Telemetry("hp-1", """{"temp_c":98}""");
        scene.Wait(TimeSpan.FromSeconds(5));
        scene.Telemetry("hp-1", """{"temp_c":20}""");
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Empty(scene.Faults);
        scene.Wait(TimeSpan.FromMinutes(20));
        Assert.True(Assert.Single(scene.Faults).BackDated);
        Assert.Empty(scene.Cases);
    }

    [Fact]
    public void OlderThanTheReach_IsStoredAndNoRuleIsAsked()
    {
        foreach (var (ago, found) in new[] { (9.0, 0), (6.0, 1) })
        {
            using var scene = New(new WorkerOptions { BackDatedReach = TimeSpan.FromMinutes(7) });
            Minutes(scene, 10, "temp_c", 20);
            Backlog(scene, "bar", 0.5, ago);
            scene.Wait(TimeSpan.FromSeconds(15));
            Assert.Equal(found, scene.Faults.Count);
            Assert.Equal(MetricValue.Of(0.5), Assert.Single(scene.World.Stores.Telemetry.Latest(DeviceId.Parse("hp-1")), l => l.Metric == "bar").Value);
        }
    }

    [Fact]
    public void RuleRemoved_EndsWhatIsOpen()
    {
        using var scene = New();
        Minutes(scene, 10, "temp_c", 20);
        Backlog(scene, "bar", 0.5, 8);
        scene.Wait(TimeSpan.FromSeconds(15));
        Assert.True(scene.World.Offer("- fault: other\n  raise: temp_c > 99\n  case: {}\n"));
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal("RuleRemoved", Assert.Single(scene.Faults).ClearReason);
        Assert.Contains("it is not followed any more", FaultStory.TextOf(scene.World.Stores, scene.Faults[0].Id), StringComparison.Ordinal);
    }

    [Fact]
    public void NeverQuiet_IsLookedAtAllTheSame()
    {
        using var scene = New();
        Minutes(scene, 10, "temp_c", 20);
        for (var i = 0; i < 24; i++)
        {
            Backlog(scene, "bar", i < 3 ? 0.5 : 3, 10 - (i * 0.1));
            scene.Wait(TimeSpan.FromSeconds(5));
        }
        Assert.Single(scene.Faults);
    }

    private static Scene New(WorkerOptions? worker = null)
    {
        var scene = new Scene(Rules, People, "hp-1,HP-2,,ana,\n", worker);
        scene.Connect("hp-1");
        return scene;
    }

    /// <summary>So many minutes, with a reading in each.</summary>
    private static void Minutes(Scene scene, int minutes, string metric, double value)
    {
        for (var i = 0; i < minutes; i++)
        {
            scene.Telemetry("hp-1", string.Create(CultureInfo.InvariantCulture, $$"""{"{{metric}}":{{value}}}"""));
            scene.Wait(TimeSpan.FromMinutes(1));
        }
    }

    /// <summary>Readings of so many minutes ago.</summary>
    private static void Backlog(Scene scene, string metric, double value, params double[] minutesAgo)
    {
        foreach (var ago in minutesAgo)
        {
            var at = scene.Clock.Now - TimeSpan.FromMinutes(ago);
            scene.Telemetry("hp-1", string.Create(CultureInfo.InvariantCulture, $$"""{"ts":{{at.ToUnixTimeMilliseconds()}},"{{metric}}":{{value}}}"""));
        }
    }
}
