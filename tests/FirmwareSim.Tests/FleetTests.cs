using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Truth;
using Xunit;

namespace B2D.FirmwareSim.Tests;

public class FleetTests
{
    private static readonly FleetOptions Disturbed = FleetOptions.Demo with { Disturbances = Disturbances.All };

    [Fact]
    public void Advance_SameSeed_SameOutputs()
    {
        Assert.Equal(All(5, [90]), All(5, [90]));
        Assert.NotEqual(All(5, [90]), All(6, [90]));
    }

    [Fact]
    public void Advance_Seed7_WhatItWasOnEveryMachineSoFar()
    {
        // Pinned: a seed named in a bug report must mean the same thing elsewhere and later.
        var run = new FleetRun(7, 60).To(30);
        var payload = run.Published("HP-0001", "telemetry").First().Payload;
        Assert.Equal(
            """{"ts":1772614801973,"temp_c":63.7,"flow_lpm":17.6,"pump_current_a":1.22,"compressor":"on","outdoor_c":11.4,"power_w":1795}""",
            System.Text.Encoding.UTF8.GetString(payload.Span));
    }

    [Fact]
    public void Advance_OtherSteps_SameOutputs() => Assert.Equal(All(5, [90]), All(5, Enumerable.Range(1, 900).Select(i => i / 10.0)));

    [Fact]
    public void Advance_Always_OutputsInOrderOfTime()
    {
        var run = Random(5).To(90);
        Assert.Equal(run.Outputs.Select(o => o.AtMs).Order(), run.Outputs.Select(o => o.AtMs));
    }

    [Fact]
    public void NextWake_SteppedThere_SomethingHappensOnlyThen()
    {
        var run = new FleetRun();
        for (var i = 0; i < 200; i++)
        {
            var wake = run.Fleet.NextWake;
            Assert.Empty(run.Fleet.Advance(wake.AddMilliseconds(-1)));
            run.Fleet.Advance(wake);
            Assert.True(run.Fleet.NextWake > wake);
        }
    }

    [Fact]
    public void Advance_Connection_PublishesOnlyWhileConnected()
    {
        var run = Random(8).To(120);
        var connected = new HashSet<string>();
        foreach (var output in run.Outputs)
        {
            switch (output)
            {
                case FleetOutput.Connect: Assert.True(connected.Add(output.Connection)); break;
                case FleetOutput.Disconnect: Assert.True(connected.Remove(output.Connection)); break;
                default: Assert.Contains(output.Connection, connected); break;
            }
        }
    }

    [Fact]
    public void Connect_Device_SaysOnlineRetainedWithOfflineAsWill()
    {
        var run = new FleetRun().To(5);
        var device = FleetRun.First(run.Town, DeviceKind.Router).Id;
        var connect = run.Outputs.OfType<FleetOutput.Connect>().Single(c => c.Connection == device);
        var status = run.Published(device, "status").Single();

        Assert.Equal($"devices/{device}/status", connect.Session.WillTopic);
        Assert.Equal("offline"u8.ToArray(), connect.Session.WillPayload.ToArray());
        Assert.Equal([$"devices/{device}/commands/+"], connect.Session.Subscriptions);
        Assert.Equal("online"u8.ToArray(), status.Payload.ToArray());
        Assert.True(status.Retain);
    }

    [Fact]
    public void Connect_Gateway_SpeaksForItsChildren()
    {
        var run = new FleetRun(devices: 400).To(10);
        var child = run.Town.Devices.First(d => d.Parent is not null);

        Assert.DoesNotContain(run.Outputs.OfType<FleetOutput.Connect>(), c => c.Connection == child.Id);
        var connect = run.Outputs.OfType<FleetOutput.Connect>().Single(c => c.Connection == child.Parent);
        Assert.Contains($"devices/{child.Id}/commands/+", connect.Session.Subscriptions);
        Assert.All(run.Published(child.Id, "telemetry"), p => Assert.Equal(child.Parent, p.Connection));
        Assert.True(run.Published(child.Id, "telemetry").Count() >= 4);
    }

    [Fact]
    public void Truth_EveryMessage_IsWhatWasPublished()
    {
        var run = Random(9).To(150);
        foreach (var group in run.Outputs.OfType<FleetOutput.Publish>().GroupBy(p => p.Message))
        {
            Assert.Equal(group.Count(), group.Key.Copies);
            Assert.Single(group, p => !p.Copy);
            if (group.Key.Kind != MessageKind.Telemetry) continue;
            var bodies = FleetRun.Bodies(group.First());
            Assert.Equal(bodies.Count, group.Key.Readings.Count);
            Assert.Equal(bodies[0].GetProperty("ts").GetInt64(), group.Key.DeviceTimeMs);
            foreach (var (body, reading) in bodies.Zip(group.Key.Readings))
            {
                Assert.Equal(body.GetProperty("ts").GetInt64(), reading.DeviceTimeMs);
                foreach (var (name, value) in reading.Values)
                {
                    var at = name.Split('.').Aggregate(body, (node, part) => node.GetProperty(part));
                    Assert.Equal(at.ToString().ToLowerInvariant(), value.ToString());
                }
            }
        }

        Assert.Equal(run.Outputs.OfType<FleetOutput.Publish>().Count(), run.Fleet.Truth.Messages.Sum(m => m.Copies));
    }

    [Fact]
    public void Truth_DeviceTimesOfOneDevice_AreDistinct()
    {
        var run = Random(9).To(150);
        foreach (var device in run.Fleet.Truth.Messages.Where(m => m.Kind == MessageKind.Telemetry).GroupBy(m => m.Device))
        {
            var times = device.SelectMany(m => m.Readings).Select(r => r.DeviceTimeMs).ToList();
            Assert.Equal(times.Count, times.Distinct().Count());
        }
    }

    [Fact]
    public void Options_OutOfRange_Throw()
    {
        var town = Town.Create(1, 40, FleetRun.Start);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fleet(town, new FleetOptions { Beat = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fleet(town, new FleetOptions { TelemetryInterval = TimeSpan.FromMinutes(5) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fleet(town, new FleetOptions { LateShare = 1.1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fleet(town, new FleetOptions { BackfillBatch = 0 }));
    }

    [Theory]
    [InlineData(InjectionKind.PumpBlocked, "RT-0001")]
    [InlineData(InjectionKind.PumpBlocked, "HP-9999")]
    [InlineData(InjectionKind.CabinetCut, null)]
    public void Plan_ThatDoesNotFitTheTown_Throws(InjectionKind kind, string? device)
    {
        var town = Town.Create(1, 40, FleetRun.Start);
        Assert.Throws<ArgumentException>(() => new Fleet(town, FleetOptions.Demo, new InjectionPlan([new Injection(kind, TimeSpan.Zero, null, device)])));
    }

    private static FleetRun Random(int seed) => new(seed, 100, Disturbed, town => InjectionPlan.Random(town, Disturbed, seed, FleetRun.Seconds(90)));

    private static List<string> All(int seed, IEnumerable<double> steps)
    {
        var run = Random(seed);
        foreach (var step in steps) run.To(step);
        return [.. run.Outputs.Select(FleetRun.Show)];
    }
}
