using B2D.FirmwareSim.Fleets;
using Xunit;

namespace B2D.FirmwareSim.Tests;

/// <summary>Healthy devices over a day, in winter and in summer, against the ranges README.md publishes.</summary>
public class SignalTests
{
    private static readonly FleetOptions Minutes = new() { TelemetryInterval = TimeSpan.FromMinutes(1) };
    private static readonly Lazy<FleetRun> Winter = new(() => Day(1));
    private static readonly Lazy<FleetRun> Summer = new(() => Day(7));

    public static TheoryData<DeviceKind, string, double, double> Ranges => new()
    {
        { DeviceKind.Router, "snr_db", 20, 38 },
        { DeviceKind.Router, "loss_pct", 0, 1 },
        { DeviceKind.Router, "temp_c", 28, 62 },
        { DeviceKind.Router, "mem_pct", 30, 70 },
        { DeviceKind.Router, "boots_recent", 0, 0 },
        { DeviceKind.Router, "clients", 1, 12 },
        { DeviceKind.HeatPump, "temp_c", 30, 83 },
        { DeviceKind.HeatPump, "flow_lpm", 6, 22 },
        { DeviceKind.HeatPump, "pump_current_a", 0.6, 1.6 },
        { DeviceKind.HeatPump, "outdoor_c", -3, 32 },
        { DeviceKind.HeatPump, "power_w", 20, 3600 },
        { DeviceKind.CoffeeMachine, "boiler_c", 87, 96 },
        { DeviceKind.CoffeeMachine, "boiler_age_s", 0, 0.5 },
        { DeviceKind.CoffeeMachine, "mem_pct", 28, 60 },
        { DeviceKind.Charger, "power_kw", 0, 23 },
        { DeviceKind.Charger, "session_kwh", 0, 42 },
        { DeviceKind.Charger, "plug_temp_c", 0, 65 },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Sample_HealthyDay_StaysInNormalRange(DeviceKind kind, string metric, double low, double high)
    {
        foreach (var run in new[] { Winter.Value, Summer.Value })
        {
            var devices = run.Town.Devices.Where(d => d.Kind == kind).Select(d => d.Id).ToHashSet();
            var values = run.Fleet.Truth.Messages.Where(m => devices.Contains(m.Device)).SelectMany(m => m.Readings)
                .Select(r => r.Values.Single(v => v.Key == metric).Value.Number).ToList();
            Assert.True(values.Count > 1400 * devices.Count);
            Assert.InRange(values.Min(), low, high);
            Assert.InRange(values.Max(), low, high);
        }
    }

    private static FleetRun Day(int month) => new FleetRun(21, 60, Minutes, start: new DateTimeOffset(2026, month, 10, 0, 0, 0, TimeSpan.Zero)).To(86_400);

    [Fact]
    public void Sample_RouterDay_MoreClientsInTheEveningThanAtNight()
    {
        var run = Winter.Value;
        var routers = run.Town.Devices.Where(d => d.Kind == DeviceKind.Router).Select(d => d.Id).ToHashSet();
        var clients = run.Fleet.Truth.Messages.Where(m => routers.Contains(m.Device)).SelectMany(m => m.Readings)
            .Select(r => (Hour: (r.DeviceTimeMs / 3_600_000) % 24, r.Values.Single(v => v.Key == "clients").Value.Number)).ToList();
        double Mean(int fromHour, int toHour) => clients.Where(c => c.Hour >= fromHour && c.Hour < toHour).Average(c => c.Number);

        Assert.True(Mean(19, 22) > 1.8 * Mean(2, 5), $"{Mean(19, 22)} against {Mean(2, 5)}");
    }

    [Fact]
    public void Sample_Neighbours_AreCloseToEachOther()
    {
        // Not white noise: a step from one minute to the next is small against the spread of a day.
        var run = Winter.Value;
        var device = FleetRun.First(run.Town, DeviceKind.Router).Id;
        var values = run.Numbers(device, "temp_c").Select(s => s.Value).ToList();
        var spread = Math.Sqrt(values.Average(v => Math.Pow(v - values.Average(), 2)));
        var step = Math.Sqrt(values.Zip(values.Skip(1)).Average(p => Math.Pow(p.Second - p.First, 2)));

        Assert.True(step < spread / 3, $"step {step}, spread {spread}");
    }

    [Fact]
    public void Sample_HeatPump_PowerAndFlowFollowTheCompressor()
    {
        var run = Winter.Value;
        var samples = run.Town.Devices.Where(d => d.Kind == DeviceKind.HeatPump).SelectMany(d => run.Samples(d.Id)).ToList();
        var on = samples.Where(s => s.Body.GetProperty("compressor").GetString() == "on").ToList();
        var off = samples.Where(s => s.Body.GetProperty("compressor").GetString() == "off").ToList();

        Assert.True(on.Count > 100 && off.Count > 100);
        Assert.All(on, s => Assert.True(s.Body.GetProperty("power_w").GetDouble() > 600));
        Assert.All(off, s => Assert.True(s.Body.GetProperty("power_w").GetDouble() < 60));
        Assert.True(on.Average(s => s.Body.GetProperty("flow_lpm").GetDouble()) > off.Average(s => s.Body.GetProperty("flow_lpm").GetDouble()) + 5);
    }

    [Fact]
    public void Sample_CoffeeMachine_CountersOnlyRiseAndAgree()
    {
        var run = Winter.Value;
        foreach (var device in run.Town.Devices.Where(d => d.Kind == DeviceKind.CoffeeMachine))
        {
            var total = run.Numbers(device.Id, "litres_total").Select(s => s.Value).ToList();
            var filter = run.Numbers(device.Id, "filter_litres").Select(s => s.Value).ToList();
            Assert.Equal(total.Order(), total);
            Assert.True(total[^1] > total[0] + 3);
            Assert.Equal(total[^1] - total[0], filter[^1] - filter[0], 0.05);
            // Filters so far lasted exactly their 1,200 litres.
            Assert.Equal(total[0] % 1200, filter[0], 0.05);
        }
    }
}
