using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Truth;
using Xunit;

namespace B2D.FirmwareSim.Tests;

public class DisturbanceTests
{
    [Fact]
    public void None_Healthy_EveryMessageOnceAndInOrder()
    {
        var run = new FleetRun().To(60);
        Assert.All(run.Fleet.Truth.Messages, m => Assert.Equal((1, false), (m.Copies, m.Late)));
    }

    [Fact]
    public void DuplicateReading_On_SameBytesAgain()
    {
        var run = new FleetRun(options: FleetOptions.Demo with { Disturbances = Disturbances.DuplicateReading }).To(120);
        var twice = run.Outputs.OfType<FleetOutput.Publish>().GroupBy(p => p.Message).Where(g => g.Count() > 1).ToList();

        Assert.InRange(twice.Count / (double)run.Fleet.Truth.Messages.Count, 0.03, 0.08);
        Assert.All(twice, g => Assert.Single(g.Select(p => Convert.ToHexString(p.Payload.Span)).Distinct()));
        Assert.Contains(twice, g => g.Last().AtMs > g.First().AtMs);
        Assert.Contains(twice, g => g.Last().AtMs == g.First().AtMs);
        Assert.DoesNotContain(run.Fleet.Truth.Messages, m => m.Late);
    }

    [Fact]
    public void Late_On_LaterReadingsOvertake()
    {
        var run = new FleetRun(options: FleetOptions.Demo with { Disturbances = Disturbances.Late }).To(120);
        var late = run.Outputs.OfType<FleetOutput.Publish>().Where(p => p.Message.Late).ToList();

        Assert.True(late.Count > 30);
        Assert.All(late, p => Assert.InRange(p.AtMs - p.Message.CreatedMs, 2 * 1500, 6 * 1500));
        Assert.All(late, p => Assert.Contains(run.Published(p.Message.Device, "telemetry"),
            other => other.AtMs < p.AtMs && other.Message.DeviceTimeMs > p.Message.DeviceTimeMs));
    }

    [Fact]
    public void Offline_Spell_BackfilledInArraysWithTheirOwnTimes()
    {
        var options = FleetOptions.Demo with { BackfillBatch = 4 };
        var run = FleetRun.With(InjectionKind.Offline, DeviceKind.Router, 20, 40, options).To(60);
        var device = run.Fleet.Truth.Faults.Single().Device;
        var backfill = run.Published(device, "telemetry").Where(p => p.Message.Backfill).ToList();
        var times = backfill.SelectMany(p => p.Message.Readings).Select(r => run.SecondOf(r.DeviceTimeMs)).ToList();

        Assert.All(backfill, p => Assert.Equal(40.0, run.SecondOf(p.AtMs)));
        Assert.True(backfill.Count >= 3 && backfill.All(p => p.Payload.Span[0] == (byte)'['));
        Assert.All(times, t => Assert.InRange(t, 20, 40));
        Assert.Equal(times.Order(), times);
        Assert.InRange(times.Count, 12, 15);
        Assert.Equal(("offline", 40.0), (run.Fleet.Truth.Silences.Single().Reason, run.SecondOf(run.Fleet.Truth.Silences.Single().ToMs!.Value)));
    }

    [Fact]
    public void ClockSkew_Between_DeviceTimesAreOffAndRightAgain()
    {
        var skew = TimeSpan.FromMinutes(-47);
        var run = new FleetRun(plan: town => new InjectionPlan(
            [new Injection(InjectionKind.ClockSkew, FleetRun.Seconds(20), FleetRun.Seconds(50),
                FleetRun.First(town, DeviceKind.HeatPump).Id) { Skew = skew }])).To(80);
        var device = run.Fleet.Truth.Faults.Single().Device;

        foreach (var p in run.Published(device, "telemetry"))
        {
            var expected = run.SecondOf(p.AtMs) is > 20 and < 50 ? skew.TotalMilliseconds : 0;
            Assert.Equal(expected, p.Message.DeviceTimeMs - p.AtMs);
        }

        Assert.Contains(run.Published(device, "telemetry"), p => run.SecondOf(p.AtMs) is > 20 and < 50);
        Assert.Equal(2, run.Outputs.OfType<FleetOutput.Disconnect>().Count(d => d.Clean));
    }

    [Fact]
    public void ClockSkew_FromTheStart_NeverRight()
    {
        var run = new FleetRun(plan: town => new InjectionPlan(
            [new Injection(InjectionKind.ClockSkew, TimeSpan.Zero, null,
                FleetRun.First(town, DeviceKind.HeatPump).Id) { Skew = TimeSpan.FromHours(2) }])).To(30);
        var device = run.Fleet.Truth.Faults.Single().Device;

        Assert.All(run.Published(device, "telemetry"), p => Assert.Equal(7_200_000, p.Message.DeviceTimeMs - p.AtMs));
        Assert.Empty(run.Outputs.OfType<FleetOutput.Disconnect>());
    }

    [Theory]
    [InlineData("", Disturbances.None)]
    [InlineData("duplicate-reading", Disturbances.DuplicateReading)]
    [InlineData("late, clock-skew", Disturbances.Late | Disturbances.ClockSkew)]
    [InlineData("duplicate-reading,late,clock-skew,flap,offline", Disturbances.All)]
    [InlineData("all", Disturbances.All)]
    public void TryParse_Names_Disturbances(string list, Disturbances expected)
    {
        Assert.True(DisturbanceNames.TryParse(list, out var parsed, out var error));
        Assert.Equal((expected, null), (parsed, error));
    }

    [Fact]
    public void TryParse_UnknownName_SaysWhichAreKnown()
    {
        Assert.False(DisturbanceNames.TryParse("late,duplicates", out _, out var error));
        Assert.Equal("'duplicates' is not a disturbance; known are duplicate-reading, late, clock-skew, flap, offline, all.", error);
    }
}
