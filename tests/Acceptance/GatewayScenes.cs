using Xunit;

namespace B2D.Acceptance;

/// <summary>B2D does not mistake its own trouble for the fleet's.</summary>
public sealed class GatewayScenes
{
    private const string Rules = """
        - fault: router-silent
          title: Router does not answer
          silent: 5m
          start_grace: 2m
          case: { family: router }
          notice: { template: device-fault, to: owner }
        """;

    private static readonly string[] Fleet = [.. Enumerable.Range(1, 1000).Select(i => $"RT-{i}")];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void GatewayDownForTenMinutes_NoSilenceFault_NoNotice_OneAlarmOfOurOwn(bool graceful)
    {
        using var scene = new Scene(Rules, "ana,Ana,ana@example.org,+351910000001,en,,sms,,\n", string.Concat(Fleet.Select(r => $"{r},RT-AX3,,ana,\n")));
        scene.Connect(Fleet);
        scene.Wait(TimeSpan.FromMinutes(1));
        if (graceful)
            scene.World.StopGateway();
        else
            scene.World.KillGateway();
        scene.Wait(TimeSpan.FromMinutes(10));
        Assert.Empty(scene.Faults);
        if (!graceful)
            scene.World.StartWorker();
        scene.World.StartGateway();
        scene.Wait(TimeSpan.FromSeconds(90));
        scene.Connect(Fleet);
        scene.Wait(TimeSpan.FromMinutes(4));
        Assert.Empty(scene.Faults);
        Assert.Empty(scene.Told);
        Assert.Equal("GatewayDown", Assert.Single(scene.Alarms).Kind);
    }

    [Fact]
    public void DeviceThatDoesNotComeBack_IsSilentAfterTheTimeInWhichItCouldHaveSpoken()
    {
        using var scene = new Scene(Rules, "ana,Ana,ana@example.org,+351910000001,en,,sms,,\n", "RT-1,RT-AX3,,ana,\nRT-2,RT-AX3,,ana,\n");
        scene.DevicesReport = false;
        scene.Connect("RT-1", "RT-2");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.World.StopGateway();
        scene.Wait(TimeSpan.FromMinutes(10));
        scene.World.StartGateway();
        scene.Connect("RT-2");
        scene.Wait(TimeSpan.FromMinutes(3), () => scene.Telemetry("RT-2", """{"n":1}"""));
        Assert.Empty(scene.Faults);
        scene.Wait(TimeSpan.FromMinutes(3), () => scene.Telemetry("RT-2", """{"n":1}"""));
        Assert.Equal("RT-1", Assert.Single(scene.Faults).Device);
    }

    [Fact]
    public void KilledForTenMinutes_BatchesEndAnywhere_NoSilenceFault()
    {
        var fleet = Fleet[..40];
        using var scene = new Scene(Rules, "", string.Concat(fleet.Select(r => $"{r},RT-AX3,,,\n")), new ProactiveWorker.WorkerOptions { BatchEntries = 7 });
        scene.Connect(fleet);
        scene.Wait(TimeSpan.FromMinutes(1));
        Kill(scene);
        scene.Wait(TimeSpan.FromMinutes(10));
        scene.World.Start();
        scene.Connect(fleet);
        scene.Wait(TimeSpan.FromMinutes(4));
        Assert.Empty(scene.Faults);
    }

    [Fact]
    public void KilledAndImportedIntoBeforeTheRestart_NoSilenceFault()
    {
        var fleet = Fleet[..40];
        using var scene = new Scene(Rules, "", string.Concat(fleet.Select(r => $"{r},RT-AX3,,,\n")));
        scene.Connect(fleet);
        scene.Wait(TimeSpan.FromMinutes(1));
        Kill(scene);
        scene.Wait(TimeSpan.FromMinutes(10));
        Assert.Equal(1, new Host.Imports(scene.World.Stores.State, scene.Clock, Storage.Devices.SecretSeal.InMemory()).Devices("id,model\nRT-NEW,RT-AX3\n", "command line").Applied);
        scene.World.Start();
        scene.Connect([.. fleet, "RT-NEW"]);
        scene.Wait(TimeSpan.FromMinutes(4));
        Assert.Empty(scene.Faults);
        scene.Drop("RT-NEW");
        scene.Wait(TimeSpan.FromSeconds(30));
        Assert.Equal("RT-NEW", Assert.Single(scene.Faults).Device);
    }

    private static void Kill(Scene scene)
    {
        scene.World.KillGateway();
        scene.World.KillWorker();
    }
}
