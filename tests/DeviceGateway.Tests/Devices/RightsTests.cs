using B2D.Core.Devices;
using B2D.DeviceGateway.Devices;
using B2D.DeviceGateway.Telemetry;
using Xunit;
using static B2D.DeviceGateway.Tests.TestGateway;

namespace B2D.DeviceGateway.Tests.Devices;

/// <summary>Every topic against every relation: the device's own, its child's, its parent's, its sibling's, a stranger's, nobody's.</summary>
public sealed class RightsTests
{
    private static readonly string[] Leaves = ["telemetry", "events", "status", "commands/c1", "commands/c1/reply", "anything/else"];

    public static TheoryData<string, string, string> Relations => new()
    {
        { "pump", "pump", "own" },
        { "hub", "hub", "own" },
        { "child-1", "child-1", "own" },
        { "hub", "child-1", "child" },
        { "hub", "child-2", "child" },
        { "child-1", "hub", "none" },
        { "child-1", "child-2", "none" },
        { "hub", "pump", "none" },
        { "pump", "hub", "none" },
        { "pump", "other", "none" },
        { "pump", "child-1", "none" },
        { "hub", "nobody", "unregistered" },
        { "pump", "nobody", "none" },
        { "child-1", "nobody", "none" },
    };

    private static DeviceDirectory Directory()
    {
        using var stores = NewStores();
        var directory = new DeviceDirectory();
        directory.Load(stores.State);
        return directory;
    }

    [Theory]
    [MemberData(nameof(Relations))]
    public void ToPublish_TopicOfRelation_IsJudged(string who, string of, string relation)
    {
        var expected = relation switch { "own" or "child" => Right.Granted, "unregistered" => Right.UnknownDevice, _ => Right.NotAuthorized };
        var directory = Directory();
        foreach (var leaf in Leaves)
        {
            Assert.True(NativeTopic.TryParse($"devices/{of}/{leaf}", out var topic, out _));
            Assert.Equal(expected, Rights.ToPublish(DeviceId.Parse(who), topic, directory));
        }
    }

    [Theory]
    [MemberData(nameof(Relations))]
    public void ToSubscribe_CommandsOfRelation_IsJudged(string who, string of, string relation)
    {
        var directory = Directory();
        foreach (var filter in new[] { "commands/#", "commands/+", "commands/c1", "commands/+/reply" })
            Assert.Equal(relation is "own" or "child", Rights.ToSubscribe(DeviceId.Parse(who), $"devices/{of}/{filter}", directory));
    }

    [Theory]
    [MemberData(nameof(Relations))]
    public void ToSubscribe_EverythingOfRelation_OnlyOfItsOwn(string who, string of, string relation)
    {
        var directory = Directory();
        foreach (var filter in new[] { "#", "telemetry", "status", "+/c1", "commands", "+/#" })
            Assert.Equal(relation == "own", Rights.ToSubscribe(DeviceId.Parse(who), $"devices/{of}/{filter}", directory));
    }

    [Theory]
    [InlineData("#")]
    [InlineData("+/pump/commands/#")]
    [InlineData("devices/#")]
    [InlineData("devices/+/commands/#")]
    [InlineData("devices/pump")]
    [InlineData("devices/pump+/commands/#")]
    [InlineData("devices/pum/commands/#")]
    [InlineData("devices/pumpx/commands/#")]
    [InlineData("/devices/pump/#")]
    [InlineData("$SYS/#")]
    [InlineData("")]
    public void ToSubscribe_MoreThanItsOwn_IsRefused(string filter) => Assert.False(Rights.ToSubscribe(Pump, filter, Directory()));

    [Fact]
    public void Directory_ParentChangesAndDeviceLeaves_RightsFollow()
    {
        using var stores = NewStores();
        var directory = new DeviceDirectory();
        directory.Load(stores.State);
        Assert.Equal(5, directory.Count);

        Register(stores, new Device(Child1) { Parent = Pump });
        directory.Refresh(stores.State, [Child1]);
        Assert.True(Rights.ToSubscribe(Pump, "devices/child-1/commands/#", directory));
        Assert.False(Rights.ToSubscribe(Hub, "devices/child-1/commands/#", directory));
        Assert.True(directory.HasChildren(Hub));

        stores.State.Write(db => Storage.Devices.DeviceStore.Remove(db, "child-2"));
        directory.Refresh(stores.State, [Child2, Child2]);
        Assert.False(directory.HasChildren(Hub));
        Assert.True(directory.HasChildren(Pump));
        Assert.Equal(4, directory.Count);
    }

    [Fact]
    public void Directory_MoreThanAPage_LoadsAll()
    {
        using var stores = NewStores();
        stores.State.Write(db =>
        {
            for (var i = 0; i < 2_500; i++)
                Storage.Devices.DeviceStore.Put(db, new Device(DeviceId.Parse($"many-{i}")), 1);
        });
        var directory = new DeviceDirectory();

        directory.Load(stores.State);

        Assert.Equal(2_505, directory.Count);
    }

    [Fact]
    public void Version_NewDeviceThenAnotherParentThenGone_GrantsOutliveTheNewDeviceOnly()
    {
        var directory = new DeviceDirectory();
        var row = new Storage.Devices.DeviceRow { Id = "late" };
        var before = directory.Version;

        directory.Apply([row], []);
        var added = directory.Version;
        directory.Apply([row with { Parent = "hub" }], []);
        var moved = directory.Version;
        directory.Remove(DeviceId.Parse("late"));

        Assert.True(before.Keeps(Right.Granted, added));
        Assert.False(before.Keeps(Right.UnknownDevice, added));
        Assert.False(before.Keeps(Right.NotAuthorized, added));
        Assert.False(added.Keeps(Right.Granted, moved));
        Assert.False(moved.Keeps(Right.Granted, directory.Version));
    }

    [Fact]
    public void Publish_OfChildAndOfNobody_ChildIsTakenAndNobodyIsADeadLetter()
    {
        using var gateway = new TestGateway();
        var hub = gateway.Gateway.Connect(Hub);
        var answers = new List<bool>();
        hub.Publish("devices/child-1/telemetry", Bytes("""{"ts":1,"a":1}"""), answers.Add);
        hub.Publish("devices/nobody/telemetry", Bytes("""{"ts":1,"a":1}"""), answers.Add);
        hub.Publish("devices/pump/telemetry", Bytes("""{"ts":1,"a":1}"""), answers.Add);
        hub.Publish("somewhere/else", Bytes("{}"), answers.Add);

        gateway.PumpAll();

        Assert.Equal([false, false, true, true], answers.Order());
        Assert.Equal("hub Online Session | child-1@1 a=1", gateway.Entered());
        Assert.Equal("""nobody devices/nobody/telemetry UnknownDevice {"ts":1,"a":1}""", gateway.DeadLetters());
    }

    [Fact]
    public void Registered_EntryInTheLog_TeachesTheGateway()
    {
        using var gateway = new TestGateway();
        var late = new Device(DeviceId.Parse("late")) { Parent = Hub };
        Register(gateway.Stores, late);
        Assert.Throws<ArgumentException>(() => gateway.Gateway.Connect(late.Id));

        gateway.Entries.TrySubmit(Bus.Submission.Of(new Core.Telemetry.Entry.Registered(late)));
        gateway.PumpAll();

        Assert.True(gateway.Gateway.Connect(late.Id).IsOpen);
    }

    [Fact]
    public void Removed_EntryInTheLog_DisconnectsTheDevice()
    {
        using var gateway = new TestGateway();
        var pump = gateway.Gateway.Connect(Pump);
        gateway.Stores.State.Write(db => Storage.Devices.DeviceStore.Remove(db, "pump"));

        gateway.Entries.TrySubmit(Bus.Submission.Of(new Core.Telemetry.Entry.Removed(Pump)));
        gateway.PumpAll();

        Assert.False(pump.IsOpen);
        Assert.Equal(0, gateway.Gateway.ConnectedDevices);
    }
}
