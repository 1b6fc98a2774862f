using System.Text;
using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;
using Xunit;

namespace B2D.FirmwareSim.Tests;

public class CommandTests
{
    [Fact]
    public void OnCommand_SameIdTwice_DoneOnceAnsweredTwice()
    {
        var run = FleetRun.With(InjectionKind.ControllerHung, DeviceKind.Router, 10).To(15);
        var device = run.Fleet.Truth.Faults.Single().Device;
        var first = run.Command(device, "c7", """{"command":"restart","args":{}}""");
        run.To(25);
        var second = run.Command(device, "c7", """{"command":"restart","args":{}}""");
        run.To(40);

        Assert.Equal("""{"status":"ok"}""", Reply(first, device, "c7"));
        Assert.Equal("""{"status":"ok"}""", Reply(second, device, "c7"));
        Assert.Equal(1, run.Outputs.OfType<FleetOutput.Disconnect>().Count(d => d.Connection == device));
        Assert.Equal([false, true], run.Fleet.Truth.Commands.Select(c => c.Repeated));
    }

    public static TheoryData<DeviceKind, string, string> Answers => new()
    {
        { DeviceKind.Router, """{"command":"restart"}""", """{"status":"ok"}""" },
        { DeviceKind.HeatPump, """{"command":"reduce_power","args":{"percent":40}}""", """{"status":"ok"}""" },
        { DeviceKind.HeatPump, """{"command":"reduce_power"}""", """{"status":"ok"}""" },
        { DeviceKind.HeatPump, """{"command":"reduce_power","args":{"percent":5}}""", """{"status":"failed","detail":"percent must be from 10 to 100"}""" },
        { DeviceKind.Router, """{"command":"reduce_power"}""", """{"status":"failed","detail":"not supported by this product"}""" },
        { DeviceKind.Router, """{"command":"self_destruct"}""", """{"status":"failed","detail":"unknown command self_destruct"}""" },
        { DeviceKind.Router, """{"args":{}}""", """{"status":"failed","detail":"no command in it"}""" },
        { DeviceKind.Router, "restart", """{"status":"failed","detail":"not a command in JSON"}""" },
        { DeviceKind.Router, """{"command":"restart","expires":1000000000000}""", """{"status":"failed","detail":"expired"}""" },
        { DeviceKind.Router, """{"command":"restart","expires":4000000000000}""", """{"status":"ok"}""" },
        { DeviceKind.Router, """{"command":"restart","expires":60000}""", """{"status":"ok"}""" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void OnCommand_Payload_Answer(DeviceKind kind, string payload, string answer)
    {
        var run = new FleetRun().To(10);
        var device = FleetRun.First(run.Town, kind).Id;
        Assert.Equal(answer, Reply(run.Command(device, "c1", payload), device, "c1"));
    }

    [Fact]
    public void OnCommand_DeviceAway_HearsNothing()
    {
        var run = FleetRun.With(InjectionKind.RouterOff, DeviceKind.Router, 5).To(10);
        var device = run.Fleet.Truth.Faults.Single().Device;
        Assert.Empty(run.Command(device, "c1", """{"command":"restart"}"""));
        Assert.Empty(run.Command("RT-9999", "c1", """{"command":"restart"}"""));
        Assert.Empty(run.Fleet.Truth.Commands);
    }

    private static string Reply(IEnumerable<FleetOutput> outputs, string device, string id) =>
        Encoding.UTF8.GetString(outputs.OfType<FleetOutput.Publish>().Single(p => p.Topic == $"devices/{device}/commands/{id}/reply").Payload.Span);
}
