using System.Text;
using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Running;
using B2D.FirmwareSim.Truth;
using Xunit;

namespace B2D.FirmwareSim.Tests;

public class FleetRunnerTests
{
    private static readonly FleetOptions Disturbed = FleetOptions.Demo with { Disturbances = Disturbances.All };

    [Fact]
    public async Task Step_VirtualTime_EverythingArrivesAndIsMarked()
    {
        var time = new ManualTime(FleetRun.Start);
        var network = new LoopNetwork();
        var town = Town.Create(5, 60, FleetRun.Start);
        var fleet = new Fleet(town, Disturbed, InjectionPlan.Random(town, Disturbed, 5, FleetRun.Seconds(90)));
        await using var runner = new FleetRunner(fleet, network, time);
        StepTo(runner, time, town.Start + FleetRun.Seconds(120));

        var sent = fleet.Truth.Messages.Where(m => m.Copies > 0).ToList();
        Assert.True(sent.Count > 3000);
        Assert.All(sent, m => Assert.True(m.Acknowledged));
        Assert.Equal(sent.Sum(m => m.Copies), network.Received.Count);
        Assert.Equal(0, runner.Counters.Lost);
    }

    [Fact]
    public async Task Step_ServerDiesAndReturns_NothingStaysUnacknowledged()
    {
        var time = new ManualTime(FleetRun.Start);
        var network = new LoopNetwork();
        var town = Town.Create(5, 60, FleetRun.Start);
        var fleet = new Fleet(town, FleetOptions.Demo);
        await using var runner = new FleetRunner(fleet, network, time);
        StepTo(runner, time, town.Start + FleetRun.Seconds(20));
        network.Acknowledges = false;
        StepTo(runner, time, town.Start + FleetRun.Seconds(22));
        network.Die();
        StepTo(runner, time, town.Start + FleetRun.Seconds(60));
        network.IsUp = network.Acknowledges = true;
        StepTo(runner, time, town.Start + FleetRun.Seconds(90));

        Assert.All(fleet.Truth.Messages, m => Assert.True(m.Acknowledged));
        Assert.True(runner.Counters.Resent >= 60);
        Assert.Equal(runner.Counters.Resent, fleet.Truth.Messages.Sum(m => m.Resent));
    }

    [Fact]
    public async Task OnMessage_CommandFromTheServer_HealsAndAnswers()
    {
        var time = new ManualTime(FleetRun.Start);
        var network = new LoopNetwork();
        var town = Town.Create(7, 60, FleetRun.Start);
        var device = FleetRun.First(town, DeviceKind.Router).Id;
        var fleet = new Fleet(town, FleetOptions.Demo, new InjectionPlan([new Injection(InjectionKind.ControllerHung, FleetRun.Seconds(10), null, device)]));
        await using var runner = new FleetRunner(fleet, network, time);
        StepTo(runner, time, town.Start + FleetRun.Seconds(15));
        network.Send(device, $"devices/{device}/commands/c1", """{"command":"restart"}"""u8.ToArray());
        StepTo(runner, time, town.Start + FleetRun.Seconds(20));

        Assert.Equal("restart", fleet.Truth.Faults.Single().EndedBy);
        Assert.Contains(network.Received, r => r.Topic == $"devices/{device}/commands/c1/reply" && Encoding.UTF8.GetString(r.Payload) == """{"status":"ok"}""");
        Assert.Equal([(device, true)], network.Ends);
    }

    [Fact]
    public async Task RunAsync_Cancelled_DrainsAndDisconnectsEverybody()
    {
        var time = new ManualTime(FleetRun.Start);
        var network = new LoopNetwork();
        var town = Town.Create(7, 40, FleetRun.Start);
        var fleet = new Fleet(town, FleetOptions.Demo);
        await using var runner = new FleetRunner(fleet, network, time);
        using var stop = new CancellationTokenSource();
        time.Advance(FleetRun.Seconds(10));
        // The first round catches up with the clock and then waits on it; cancelling ends that wait.
        var run = runner.RunAsync(stop.Token);
        await stop.CancelAsync();
        await run;

        Assert.Empty(network.Connected);
        Assert.All(network.Ends, e => Assert.True(e.Clean));
        Assert.Equal(town.Devices.Count(d => d.Parent is null), network.Ends.Count);
        Assert.All(fleet.Truth.Messages, m => Assert.True(m.Acknowledged));
    }

    [Fact]
    public async Task Do_Button_IsCarriedOutWithTheNextStep()
    {
        var time = new ManualTime(FleetRun.Start);
        var network = new LoopNetwork();
        var town = Town.Create(7, 60, FleetRun.Start);
        await using var runner = new FleetRunner(new Fleet(town, FleetOptions.Demo), network, time);
        StepTo(runner, time, town.Start + FleetRun.Seconds(10));
        var outage = runner.Do((fleet, now) => fleet.CutCabinet(now))!;
        runner.Step(time.GetUtcNow());

        Assert.Equal(outage.Devices.Order(), network.Ends.Where(e => !e.Clean).Select(e => e.Device).Order());
    }

    [Fact]
    public async Task WriteAsync_Truth_HoldsWhatHappened()
    {
        var run = new FleetRun(seed: 9, devices: 100, plan: town => InjectionPlan.Random(town, FleetOptions.Demo, 9, FleetRun.Seconds(90))).To(120);
        using var stream = new MemoryStream();
        await TruthFile.WriteAsync(run.Fleet.Truth, 9, stream, CancellationToken.None);
        using var document = System.Text.Json.JsonDocument.Parse(stream.ToArray());
        var root = document.RootElement;

        Assert.Equal(run.Fleet.Truth.Messages.Count(m => m.Copies > 0), root.GetProperty("messages").GetArrayLength());
        Assert.Equal(run.Fleet.Truth.Faults.Count, root.GetProperty("faults").GetArrayLength());
        Assert.Equal(0, root.GetProperty("readings").GetProperty("acknowledged").GetInt32());
        var fault = root.GetProperty("faults")[0];
        Assert.Equal(run.Fleet.Truth.Faults[0].Device, fault.GetProperty("device").GetString());
        Assert.Contains(fault.GetProperty("expected").GetString(), new[] { "case", "healed", "none" });
    }

    private static void StepTo(FleetRunner runner, ManualTime time, DateTimeOffset end)
    {
        while (true)
        {
            var next = runner.Step(time.GetUtcNow());
            if (next > end) next = end;
            if (time.GetUtcNow() >= end) return;
            time.Advance(next - time.GetUtcNow());
        }
    }
}
