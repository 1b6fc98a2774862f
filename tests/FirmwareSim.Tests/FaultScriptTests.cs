using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Truth;
using Xunit;

namespace B2D.FirmwareSim.Tests;

public class FaultScriptTests
{
    [Fact]
    public void PumpBlocked_UntilRepaired_CodeAndCurrent()
    {
        var run = FleetRun.With(InjectionKind.PumpBlocked, DeviceKind.HeatPump, 20, 50).To(80);
        var fault = run.Fleet.Truth.Faults.Single();
        var current = run.Numbers(fault.Device, "pump_current_a");

        Assert.Equal([(20.0, "E42", "set"), (50.0, "E42", "clear")], run.Events(fault.Device));
        Assert.All(current.Where(s => s.Second is > 20 and < 50), s => Assert.InRange(s.Value, 3, 4));
        Assert.All(current.Where(s => s.Second is < 20 or > 50), s => Assert.InRange(s.Value, 0.6, 1.6));
        Assert.All(run.Numbers(fault.Device, "temp_c"), s => Assert.True(s.Value < 85));
        Assert.Equal((20.0, 20.0, 50.0), (run.SecondOf(fault.FromMs), run.SecondOf(fault.VisibleMs!.Value), run.SecondOf(fault.ToMs!.Value)));
        Assert.Equal(("pump-blocked", "E42", Expectation.Case, "repair"), (fault.Rule, fault.Code, fault.Expected, fault.EndedBy));
    }

    [Fact]
    public void PumpBlocked_Restarted_StaysAndSetsTheCodeAgain()
    {
        var run = FleetRun.With(InjectionKind.PumpBlocked, DeviceKind.HeatPump, 20).To(30);
        var fault = run.Fleet.Truth.Faults.Single();
        run.Command(fault.Device, "c1", """{"command":"restart"}""");
        run.To(50);

        Assert.Equal(["set", "set"], run.Events(fault.Device).Select(e => e.State));
        Assert.Null(fault.ToMs);
        Assert.True(run.Numbers(fault.Device, "pump_current_a")[^1].Value > 3);
    }

    [Theory]
    [InlineData(DeviceKind.Router)]
    [InlineData(DeviceKind.CoffeeMachine)]
    public void ControllerHung_Restarted_Heals(DeviceKind kind)
    {
        var run = FleetRun.With(InjectionKind.ControllerHung, kind, 20).To(30);
        var fault = run.Fleet.Truth.Faults.Single();
        Assert.All(run.Numbers(fault.Device, "mem_pct").Where(s => s.Second > 20), s => Assert.True(s.Value > 97));
        run.Command(fault.Device, "c1", """{"command":"restart","args":{}}""");
        run.To(50);

        Assert.Equal([("E17", "set"), ("E17", "clear")], run.Events(fault.Device).Select(e => (e.Code, e.State)));
        Assert.All(run.Numbers(fault.Device, "mem_pct").Where(s => s.Second > 33), s => Assert.True(s.Value < 70));
        Assert.Equal(("restart", Expectation.Healed), (fault.EndedBy, fault.Expected));
        Assert.Equal(["restart"], run.Fleet.Truth.Silences.Select(s => s.Reason));
        Assert.Equal(2, run.Outputs.OfType<FleetOutput.Connect>().Count(c => c.Connection == fault.Device));
        Assert.True(run.Outputs.OfType<FleetOutput.Disconnect>().Single().Clean);
        if (kind == DeviceKind.Router) Assert.True(run.Numbers(fault.Device, "uptime_s")[^1].Value < 30);
    }

    [Fact]
    public void ControllerHung_Stubborn_ComesBackWithTheCode()
    {
        var run = new FleetRun(plan: town => new InjectionPlan(
            [new Injection(InjectionKind.ControllerHung, FleetRun.Seconds(20), null, FleetRun.First(town, DeviceKind.Router).Id) { Stubborn = true }])).To(30);
        var fault = run.Fleet.Truth.Faults.Single();
        run.Command(fault.Device, "c1", """{"command":"restart"}""");
        run.To(50);

        Assert.Equal(["set", "set"], run.Events(fault.Device).Select(e => e.State));
        Assert.Equal(Expectation.Case, fault.Expected);
        Assert.Null(fault.ToMs);
    }

    [Fact]
    public void CompressorOverheat_PowerReduced_DriftsUpAndHeals()
    {
        var run = FleetRun.With(InjectionKind.CompressorOverheat, DeviceKind.HeatPump, 20).To(45);
        var fault = run.Fleet.Truth.Faults.Single();
        var hot = run.Numbers(fault.Device, "temp_c").Where(s => s.Second > 20).ToList();
        Assert.True(hot[0].Value < 95, "a drift, not a step");
        Assert.All(hot.Where(s => s.Second > 29), s => Assert.InRange(s.Value, 103, 108));
        Assert.All(run.Samples(fault.Device).Where(s => s.Second > 22), s => Assert.Equal("on", s.Body.GetProperty("compressor").GetString()));
        Assert.InRange(run.SecondOf(fault.VisibleMs!.Value), 22, 30);
        var before = run.Numbers(fault.Device, "power_w")[^1].Value;
        run.Command(fault.Device, "c1", """{"command":"reduce_power","args":{"percent":50}}""");
        run.To(70);

        Assert.All(run.Numbers(fault.Device, "temp_c").Where(s => s.Second > 52), s => Assert.True(s.Value < 85));
        Assert.InRange(run.Numbers(fault.Device, "power_w").First(s => s.Second > 45).Value, before * 0.45, before * 0.6);
        Assert.Equal("reduce_power", fault.EndedBy);
    }

    [Fact]
    public void PlugOverheat_UntilRepaired_HotWhileCharging()
    {
        var run = FleetRun.With(InjectionKind.PlugOverheat, DeviceKind.Charger, 20, 50).To(80);
        var device = run.Fleet.Truth.Faults.Single().Device;
        var plug = run.Numbers(device, "plug_temp_c");

        Assert.All(plug.Where(s => s.Second is > 29 and < 50), s => Assert.InRange(s.Value, 90, 94));
        Assert.All(plug.Where(s => s.Second is < 20 or > 57), s => Assert.True(s.Value < 65));
        Assert.All(run.Samples(device).Where(s => s.Second is > 22 and < 50), s => Assert.True(s.Body.GetProperty("charging").GetBoolean()));
    }

    [Fact]
    public void SensorStuck_UntilRepaired_OneValueAndGrowingAge()
    {
        var run = FleetRun.With(InjectionKind.SensorStuck, DeviceKind.CoffeeMachine, 20, 60).To(80);
        var device = run.Fleet.Truth.Faults.Single().Device;
        var age = run.Numbers(device, "boiler_age_s");

        Assert.Single(run.Numbers(device, "boiler_c").Where(s => s.Second is > 22 and < 60).Select(s => s.Value).Distinct());
        Assert.True(run.Numbers(device, "boiler_c").Where(s => s.Second < 20).Select(s => s.Value).Distinct().Count() > 3);
        Assert.InRange(age.Last(s => s.Second < 60).Value, 36, 40);
        Assert.All(age.Where(s => s.Second is < 20 or > 60), s => Assert.InRange(s.Value, 0, 0.5));
        Assert.InRange(run.SecondOf(run.Fleet.Truth.Faults.Single().VisibleMs!.Value), 25, 29);
    }

    [Fact]
    public void RebootLoop_TenBoots_CountsThemAndDropsEachTime()
    {
        var run = FleetRun.With(InjectionKind.RebootLoop, DeviceKind.Router, 10).To(70);
        var fault = run.Fleet.Truth.Faults.Single();
        var drops = run.Outputs.OfType<FleetOutput.Disconnect>().Where(d => d.Connection == fault.Device).ToList();

        Assert.Equal(10, drops.Count);
        Assert.All(drops, d => Assert.False(d.Clean));
        Assert.Equal(10, run.Numbers(fault.Device, "boots_recent").Max(s => s.Value));
        Assert.InRange(run.SecondOf(fault.VisibleMs!.Value), 23, 27);
        Assert.Equal(("by itself", 50.0), (fault.EndedBy, run.SecondOf(fault.ToMs!.Value)));
    }

    [Fact]
    public void CabinetCut_UntilRepaired_AllItsRoutersSilentAndNobodyElse()
    {
        string segment = "";
        var run = new FleetRun(plan: town => new InjectionPlan(
            [new Injection(InjectionKind.CabinetCut, FleetRun.Seconds(20), FleetRun.Seconds(60), null) { Segment = segment = town.Cabinets[0] }])).To(80);
        var outage = run.Fleet.Truth.Outages.Single();
        var routers = run.Town.RoutersOf(segment).Select(r => r.Id).ToHashSet();

        Assert.Equal(routers, outage.Devices.ToHashSet());
        Assert.Equal(Town.OwnersOf(run.Town.RoutersOf(segment)), outage.Customers);
        Assert.Equal(routers, run.Outputs.OfType<FleetOutput.Disconnect>().Select(d => d.Connection).ToHashSet());
        Assert.All(run.Outputs.OfType<FleetOutput.Disconnect>(), d => Assert.Equal((20.0, false), (run.SecondOf(d.AtMs), d.Clean)));
        Assert.DoesNotContain(run.Outputs.OfType<FleetOutput.Publish>(), p => routers.Contains(p.Connection) && run.SecondOf(p.AtMs) is > 20 and < 60);
        Assert.All(run.Outputs.OfType<FleetOutput.Connect>().Where(c => run.SecondOf(c.AtMs) > 20), c => Assert.InRange(run.SecondOf(c.AtMs), 60, 63));
        Assert.All(routers, id => Assert.True(run.Numbers(id, "uptime_s")[^1].Value > 80, "a cut cable does not reboot a router"));
    }

    [Fact]
    public void Spike_OneSample_AndOnlyOne()
    {
        var run = FleetRun.With(InjectionKind.Spike, DeviceKind.HeatPump, 20).To(60);
        var fault = run.Fleet.Truth.Faults.Single();

        Assert.Single(run.Numbers(fault.Device, "temp_c"), s => s.Value > 95);
        Assert.Equal((Expectation.None, "compressor-overheat"), (fault.Expected, fault.Rule));
    }

    [Fact]
    public void Flap_EverySample_OtherSideOfTheLimit()
    {
        var run = FleetRun.With(InjectionKind.Flap, DeviceKind.HeatPump, 20).To(60);
        var device = run.Fleet.Truth.Faults.Single().Device;
        var during = run.Numbers(device, "temp_c").Where(s => s.Second is > 20 and < 35).ToList();

        Assert.InRange(during.Count, 9, 11);
        Assert.All(during.Zip(during.Skip(1)), p => Assert.NotEqual(p.First.Value > 95, p.Second.Value > 95));
        Assert.All(run.Numbers(device, "temp_c").Where(s => s.Second > 35), s => Assert.True(s.Value < 85));
    }

    [Fact]
    public void WornFilter_ThenChanged_DueAtNinetyPercentAndReset()
    {
        var run = FleetRun.With(InjectionKind.WornFilter, DeviceKind.CoffeeMachine, 10, 45).To(60);
        var due = run.Fleet.Truth.Dues.Single();
        var filter = run.Numbers(due.Device, "filter_litres");

        Assert.InRange(run.SecondOf(due.FromMs), 18, 23);
        Assert.Equal(45.0, run.SecondOf(due.ResetMs!.Value));
        Assert.True(filter.Last(s => s.Second < 45).Value is > 1180 and < 1200);
        Assert.True(filter.First(s => s.Second > 45).Value < 1);
        var total = run.Numbers(due.Device, "litres_total").Select(s => s.Value).ToList();
        Assert.Equal(total.Order(), total);
        Assert.Empty(run.Fleet.Truth.Faults);
    }

    [Fact]
    public void RouterOff_Alone_SilentWithoutDisconnectAndNoCase()
    {
        var run = FleetRun.With(InjectionKind.RouterOff, DeviceKind.Router, 20).To(300);
        var fault = run.Fleet.Truth.Faults.Single();

        Assert.False(run.Outputs.OfType<FleetOutput.Disconnect>().Single().Clean);
        Assert.DoesNotContain(run.Outputs.OfType<FleetOutput.Publish>(), p => p.Connection == fault.Device && run.SecondOf(p.AtMs) > 20);
        Assert.Equal(Expectation.None, fault.Expected);
        Assert.Equal(("router-off", (long?)null), (run.Fleet.Truth.Silences.Single().Reason, run.Fleet.Truth.Silences.Single().ToMs));
    }

    [Fact]
    public void Scripts_BeatOfAMinute_TakeMinutes()
    {
        var run = new FleetRun(options: new FleetOptions(), plan: town => new InjectionPlan(
            [new Injection(InjectionKind.CompressorOverheat, TimeSpan.FromMinutes(30), null, FleetRun.First(town, DeviceKind.HeatPump).Id)])).To(3600);
        var fault = run.Fleet.Truth.Faults.Single();

        Assert.InRange(run.SecondOf(fault.VisibleMs!.Value), 1800 + 180, 1800 + 600);
    }

    [Fact]
    public void Buttons_CutBlockWearRepair_DoAndUndo()
    {
        var run = new FleetRun().To(10);
        var outage = run.Fleet.CutCabinet(run.Now)!;
        var pump = run.Fleet.BlockPump(run.Now)!;
        var coffee = run.Fleet.RunFilterOut(run.Now)!;
        run.To(40);
        Assert.Null(run.Fleet.CutCabinet(run.Now, outage.Segment));
        Assert.Equal([outage.Segment], run.Fleet.CutCabinets);
        Assert.Equal(["set"], run.Events(pump.Device).Select(e => e.State));
        Assert.Equal(coffee, run.Fleet.Truth.Dues.Single().Device);

        Assert.Equal(3, run.Fleet.Repair(run.Now));
        run.To(50);
        Assert.Equal(["set", "clear"], run.Events(pump.Device).Select(e => e.State));
        Assert.NotNull(outage.ToMs);
        Assert.NotNull(run.Fleet.Truth.Dues.Single().ResetMs);
        Assert.Equal(0, run.Fleet.Repair(run.Now));
    }

    [Fact]
    public void Guided_Demo_TellsTheWholeStory()
    {
        var run = new FleetRun(plan: InjectionPlan.Guided).To(20);
        var hung = run.Fleet.Truth.Faults.Single(f => f.Kind == InjectionKind.ControllerHung);
        run.Command(hung.Device, "c1", """{"command":"restart"}""");
        run.To(210);
        var truth = run.Fleet.Truth;

        Assert.Equal("restart", hung.EndedBy);
        Assert.InRange(run.SecondOf(truth.Dues.Single().FromMs), 5, 60);
        Assert.Null(truth.Faults.Single(f => f.Kind == InjectionKind.PumpBlocked).ToMs);
        Assert.Equal((30.0, 150.0), (run.SecondOf(truth.Outages.Single().FromMs), run.SecondOf(truth.Outages.Single().ToMs!.Value)));
    }
}
