using System.Collections.Immutable;
using System.Text;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

public sealed class LaneSnapshotTests
{
    public static TheoryData<string> Texts() => ["", "on", "\u0001", "\u0001NaN", "\u0001\u0001", "\u00010x", "\"quoted\"\\", "ünïcødé \U0001F600"];

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(-0.0)]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    [InlineData(0.1)]
    public void Snapshot_Number_ComesBackBitForBit(double value) => AssertComesBack(MetricValue.Of(value));

    [Theory]
    [MemberData(nameof(Texts))]
    public void Snapshot_Text_ComesBack(string value) => AssertComesBack(MetricValue.Of(value));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Snapshot_Boolean_ComesBack(bool value) => AssertComesBack(MetricValue.Of(value));

    [Fact]
    public void Snapshot_WholeRegistration_ComesBack()
    {
        var device = new Device(DeviceId.Parse("h1"))
        {
            Model = "HP-2",
            Firmware = "1.2",
            Serial = "S-1",
            Parent = DeviceId.Parse("gw-1"),
            Segment = Segment.Parse("north/n12/cab-7"),
            Customer = "c9",
            Installed = new DateOnly(2024, 2, 29),
            WarrantyUntil = new DateOnly(2027, 1, 1),
            Params = ImmutableSortedDictionary<string, MetricValue>.Empty.Add("hot.limit", MetricValue.Of(double.NaN))
                .Add("hot.mode", MetricValue.Of("\u0001eco")).Add("hot.on", MetricValue.Of(false)),
        };
        var bench = new LaneBench(Set("a", Hot())).Register(0, device).Restart();
        var back = bench.Of("h1").Device;
        Assert.Equal(device with { Params = back.Params }, back);
        Assert.Equal(device.Params.AsEnumerable(), back.Params.AsEnumerable());
    }

    [Fact]
    public void Snapshot_UntouchedDevice_IsAsNew()
    {
        var bench = new LaneBench(Set("a", Hot(), Due(marker: 2))).Register(0, DeviceOf("h1")).Restart();
        var lane = bench.Of("h1");
        Assert.Equal(default, lane.Faults[0]);
        Assert.Equal(Core.Dues.DueState.Start, lane.Dues[0]);
        Assert.True(double.IsNaN(lane.Dues[0].LastCounter));
        Assert.False(lane.Remedies[0].Tries.IsDefault);
        Assert.False(lane.Remedies[0].Heals.IsDefault);
        Assert.Equal("", lane.Remedies[0].CommandId);
    }

    [Fact]
    public void Snapshot_EveryState_ComesBackByValue()
    {
        var bench = new LaneBench(Set("a",
                Hot(hold: 30) with { Remedy = Remedy(verify: When(0, v => v < 50)) }, Codes("pump", "E1", "E2"),
                    Silent(grace: 30) with { ExplainedByOutage = true }, Due(marker: 2)))
            .Register(0, DeviceOf("h1"))
            .Timeless(5, "h1", "m3=7", packet: 9)
            .Reading(10, "h1", "m0=95 m1=10 m2=3").Reading(50, "h1", "m0=96 m1=20 m2=5").Code(60, "h1", "E2").Act(61, "h1", FaultAction.Shelve, "pump", 500)
            .Act(62, "h1", FaultAction.Acknowledge, "hot").Reading(70, "h1", "m0=95", device: 3670).Presence(80, "h1", Presence.Offline);
        var before = bench.Of("h1");
        var arrival = bench.Lanes[Partitions.Of(DeviceId.Parse("h1"))].Known().Single().Memory.Arrival!;
        var after = bench.Restart().Of("h1");
        Assert.NotSame(before, after);
        Assert.Equal(Enumerable.Range(0, before.Faults.Length).Select(i => Plain(before.Faults[i])), Enumerable.Range(0, after.Faults.Length).Select(i => Plain(after.Faults[i])));
        Assert.Equal(before.Faults[1].CodeTimes.AsEnumerable(), after.Faults[1].CodeTimes.AsEnumerable());
        Assert.True(before.Faults[0].Acknowledged);
        Assert.Equal(Core.Remedies.RemedyPhase.Queued, after.Remedies[0].Phase);
        Assert.Equal((before.Remedies[0].CommandId, before.Remedies[0].Deadline), (after.Remedies[0].CommandId, after.Remedies[0].Deadline));
        Assert.Equal(before.Remedies[0].Tries.AsEnumerable(), after.Remedies[0].Tries.AsEnumerable());
        Assert.Equal(before.Dues.AsEnumerable(), after.Dues.AsEnumerable());
        Assert.Equal((before.Watermark, before.Silence, before.WakesAt(true)), (after.Watermark, after.Silence, after.WakesAt(true)));
        var back = bench.Lanes[Partitions.Of(DeviceId.Parse("h1"))].Known().Single().Memory.Arrival!;
        Assert.NotEqual(default, back.Clock);
        Assert.Equal(arrival.Clock, back.Clock);
        Assert.Equal([new Delivery(9, false, 4)], back.Recent);

        static FaultState Plain(FaultState s) => s with { CodeTimes = default };
    }

    [Fact]
    public void Snapshot_WhileTheGatewayIsDown_StaysDown()
    {
        var bench = new LaneBench(Set("a", Silent() with { ExplainedByOutage = true })).Register(0, DeviceOf("r1")).Timeless(0, "r1", "m3=1")
            .Everywhere(100, new Entry.GatewayDown()).Until(200).Restart().Until(5000).Expect();
        bench.Everywhere(5001, new Entry.GatewayUp(Server(4000))).Expect("5001 GatewayWasDown since 100");
    }

    [Fact]
    public void Snapshot_ReadUnderOtherSlots_FindsItsMetricsByName()
    {
        var bench = new LaneBench(Set("a", Hot())).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=80 m1=81 m2=82");
        var other = new ActiveRules(Set("a", Hot() with { Raise = When(1, v => v > 90), MetricSlots = [1] }).Set with { Metrics = ["m2", "m0"] });
        var lanes = LaneBench.NewLanes();
        LaneSnapshot.Read(LaneSnapshot.Write(bench.Lanes), lanes, _ => other);
        var back = lanes[Partitions.Of(DeviceId.Parse("h1"))].StateOf(DeviceId.Parse("h1"))!;
        Assert.Equal([MetricValue.Of(82), MetricValue.Of(80)], back.Values);
    }

    [Fact]
    public void Snapshot_ReadUnderOtherCodes_FindsThemByName()
    {
        var bench = new LaneBench(Set("a", Codes("pump", "E1", "E2"))).Register(0, DeviceOf("h1")).Code(10, "h1", "E2");
        var lanes = LaneBench.NewLanes();
        LaneSnapshot.Read(LaneSnapshot.Write(bench.Lanes), lanes, _ => Set("a", Codes("pump", "E2", "E3", "E4")));
        var back = lanes[Partitions.Of(DeviceId.Parse("h1"))].StateOf(DeviceId.Parse("h1"))!.Faults[0];
        Assert.Equal(1u, back.CodesSet);
        Assert.Equal([Device(10), default, default], back.CodeTimes.AsEnumerable());
    }

    [Fact]
    public void Snapshot_ReadUnderOtherWindows_KeepsTheSameShape()
    {
        var (old, next) = (Windowed(("m0", 60), ("m1", 60)), Windowed(("m1", 60), ("m0", 30), ("m2", 60)));
        var bench = new LaneBench(old).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=1 m1=2 m2=3").Restart();
        Assert.Equal([1.0, 2.0], bench.Of("h1").Windows.Select(w => w!.Total.Sum));
        var lanes = LaneBench.NewLanes();
        LaneSnapshot.Read(LaneSnapshot.Write(bench.Lanes), lanes, _ => next);
        var back = lanes[Partitions.Of(DeviceId.Parse("h1"))].StateOf(DeviceId.Parse("h1"))!.Windows;
        Assert.Equal([2.0, null, null], back.Select(w => w?.Total.Sum));

        static ActiveRules Windowed(params (string Metric, int Seconds)[] windows)
        {
            var conditions = string.Join(" + ", windows.Select(w => $"sum({w.Metric}, duration(\"{w.Seconds}s\"))"));
            return FromFile($"- fault: f\n  raise: {conditions} > 1000\n  case: {{}}\n");
        }
    }

    [Theory]
    [InlineData("{\"a\":1}")]
    [InlineData("[{\"Partition\":")]
    [InlineData("[1]")]
    [InlineData("")]
    [InlineData("B2DL")]
    [InlineData("B2DL\u0001")]
    [InlineData("B2DL\u0002\u0001\u0001")]
    public void Read_OtherForm_SaysSo(string text)
    {
        var problem = Assert.Throws<InvalidDataException>(() => LaneSnapshot.Read(Encoding.UTF8.GetBytes(text), LaneBench.NewLanes(), _ => ActiveRules.Empty));
        Assert.Contains("snapshot", problem.Message, StringComparison.Ordinal);
    }

    private static void AssertComesBack(MetricValue value)
    {
        var bench = new LaneBench(Set("a", Hot())).Register(0, DeviceOf("h1"));
        bench.Append(10, new Entry.Telemetry(DeviceId.Parse("h1"), Device(10), [new Reading("m2", value)]));
        Assert.Equal(value, bench.Restart().Of("h1").Values[2]);
    }
}
