using B2D.Bus;
using B2D.Core.Devices;
using B2D.Storage.Remedies;
using Xunit;
using static B2D.DeviceGateway.Tests.TestGateway;

namespace B2D.DeviceGateway.Tests.Remedies;

/// <summary>Commands reach a device that listens, wait for one that does not, and are not sent when nobody wants them any more.</summary>
public sealed class CommandLoopTests
{
    private static string Payload(TestGateway gateway, TimeSpan life) =>
        $$"""{"command":"restart","args":{},"expires":{{(gateway.Clock.GetUtcNow() + life).ToUnixTimeMilliseconds()}}}""";

    private static void Send(TestGateway gateway, string id, DeviceId device, TimeSpan? life = null) =>
        gateway.Commands.Send(new DeviceCommand(id, device, Bytes(Payload(gateway, life ?? TimeSpan.FromMinutes(10)))));

    private static TestDevice Listening(TestGateway gateway, DeviceId id, string? filter = null)
    {
        var device = new TestDevice(gateway, id);
        Assert.True(device.Link.Subscribe(filter ?? $"devices/{id}/commands/#"));
        return device;
    }

    [Fact]
    public void Command_ToConnectedDevice_IsSentDeliveredAndAnswered()
    {
        using var gateway = new TestGateway();
        var pump = Listening(gateway, Pump);
        Send(gateway, "c1", Pump);

        gateway.PumpAll();
        Assert.Equal([$"devices/pump/commands/c1 {Payload(gateway, TimeSpan.FromMinutes(10))}"], pump.Received);

        pump.Publish("commands/c1/reply", """{"status":"ok"}""");
        gateway.PumpAll();
        gateway.PumpAll();
        Assert.Single(pump.Received);
        Assert.Equal("pump Online Session | pump has c1 | pump answers c1 Ok", gateway.Entered());
        Assert.Equal(0, gateway.Gateway.PendingCommands);
    }

    [Fact]
    public void Command_ToOfflineDevice_WaitsUntilItConnectsAndListens()
    {
        using var gateway = new TestGateway();
        Send(gateway, "c1", Pump);
        Send(gateway, "c2", Pump);
        gateway.PumpAll();
        var pump = new TestDevice(gateway, Pump);
        gateway.PumpAll();
        Assert.Empty(pump.Received);
        gateway.ForgetWork();

        pump.Link.Subscribe("devices/pump/commands/#");

        Assert.True(gateway.Work.IsCompleted);
        gateway.PumpAll();
        Assert.Equal(["devices/pump/commands/c1", "devices/pump/commands/c2"], pump.Received.Select(r => r.Split(' ')[0]));
    }

    [Fact]
    public void Command_ToChild_GoesToItsParent()
    {
        using var gateway = new TestGateway();
        var hub = Listening(gateway, Hub, "devices/child-1/commands/#");
        Send(gateway, "c1", Child1);
        Send(gateway, "c2", Child2);

        gateway.PumpAll();

        Assert.Equal("devices/child-1/commands/c1", Assert.Single(hub.Received).Split(' ')[0]);
        hub.Link.Publish("devices/child-1/commands/c1/reply", Bytes("""{"status":"failed"}"""));
        gateway.PumpAll();
        Assert.Equal("hub Online Session | child-1 has c1 | child-1 answers c1 Failed", gateway.Entered());
        Assert.Equal(1, gateway.Gateway.PendingCommands);
    }

    [Fact]
    public void Command_NotAcknowledged_IsSentAgainOnTheNextConnectionOnly()
    {
        using var gateway = new TestGateway();
        var pump = Listening(gateway, Pump);
        pump.AcknowledgesCommands = false;
        Send(gateway, "c1", Pump);
        gateway.Advance(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1));
        Assert.Single(pump.Received);

        pump.Link.Drop();
        gateway.PumpAll();
        pump.AcknowledgesCommands = true;
        pump.Reconnect();
        pump.Link.Subscribe("devices/pump/commands/#");
        gateway.PumpAll();

        Assert.Equal(2, pump.Received.Count);
        gateway.PumpAll();
        Assert.EndsWith("pump has c1", gateway.Entered(), StringComparison.Ordinal);
        Assert.Equal(2, gateway.Gateway.Counters.CommandsSent.Value);
        Assert.Equal(1, gateway.Gateway.Counters.CommandsDelivered.Value);
    }

    [Fact]
    public void Command_AnsweredBeforeItsAcknowledgement_IsNotSentAgain()
    {
        using var gateway = new TestGateway();
        var pump = Listening(gateway, Pump);
        pump.AcknowledgesCommands = false;
        Send(gateway, "c1", Pump);
        gateway.PumpAll();

        pump.Publish("commands/c1/reply", """{"status":"ok"}""");
        gateway.PumpAll();
        pump.Link.Drop();
        pump.Reconnect();
        pump.Link.Subscribe("devices/pump/commands/#");
        gateway.PumpAll();

        Assert.Single(pump.Received);
        Assert.Equal("pump Online Session | pump has c1 | pump answers c1 Ok | pump Offline Session | pump Online Session", gateway.Entered());
        Assert.Equal(0, gateway.Gateway.PendingCommands);
    }

    [Fact]
    public void Command_AnswerNotWritten_StillWaitsAndIsToldWithTheRepetition()
    {
        using var gateway = new TestGateway();
        var pump = Listening(gateway, Pump);
        pump.AcknowledgesCommands = false;
        Send(gateway, "c1", Pump);
        gateway.PumpAll();
        gateway.Log.Failure = "disk full";
        pump.Publish("commands/c1/reply", """{"status":"ok"}""");
        gateway.PumpAll();
        Assert.Equal(1, gateway.Gateway.PendingCommands);

        gateway.Log.Failure = null;
        pump.Reconnect();
        gateway.PumpAll();

        Assert.Equal("pump Online Session | pump Online Session | pump has c1 | pump answers c1 Ok", gateway.Entered());
        Assert.Equal(0, gateway.Gateway.PendingCommands);
    }

    [Fact]
    public void Command_AnsweredByAnotherDevice_StillWaits()
    {
        using var gateway = new TestGateway();
        Send(gateway, "c1", Pump);
        gateway.PumpAll();
        new TestDevice(gateway, Other).Publish("commands/c1/reply", """{"status":"ok"}""");

        gateway.PumpAll();

        Assert.Equal(1, gateway.Gateway.PendingCommands);
    }

    [Fact]
    public void Command_Expired_IsNotSent()
    {
        using var gateway = new TestGateway();
        Send(gateway, "c1", Pump, TimeSpan.FromMinutes(1));
        Send(gateway, "c2", Pump, TimeSpan.FromMinutes(2));
        gateway.PumpAll();

        gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        var pump = Listening(gateway, Pump);
        gateway.PumpAll();

        Assert.Equal("devices/pump/commands/c2", Assert.Single(pump.Received).Split(' ')[0]);
        Assert.Equal(1, gateway.Gateway.Counters.CommandsDropped.Value);
    }

    [Fact]
    public void Command_SameIdTwice_IsSentOnce()
    {
        using var gateway = new TestGateway();
        Send(gateway, "c1", Pump);
        Send(gateway, "c1", Pump);
        var pump = Listening(gateway, Pump);

        gateway.PumpAll();

        Assert.Single(pump.Received);
    }

    [Fact]
    public void Commands_MoreThanADeviceMayHave_TheNewestAreGivenUp()
    {
        using var gateway = new TestGateway(new GatewayOptions { MaxCommandsPerDevice = 3 });
        for (var i = 1; i <= 5; i++)
            Send(gateway, $"c{i}", Pump);
        Send(gateway, "d1", Other);
        gateway.PumpAll();
        var pump = Listening(gateway, Pump);
        gateway.PumpAll();

        Assert.Equal(["c1", "c2", "c3"], pump.Received.Select(r => r.Split(' ')[0].Split('/')[^1]));
        Assert.Equal(2, gateway.Gateway.Counters.CommandsDropped.Value);
        Assert.Equal(1, gateway.Gateway.PendingCommands);
    }

    [Theory]
    [InlineData("Queued", 1)]
    [InlineData("Sent", 1)]
    [InlineData("Stopped", 0)]
    [InlineData("Expired", 0)]
    [InlineData("Verified", 0)]
    public void Command_WaitedAndStateChangedMeanwhile_IsSentOnlyWhereStillWanted(string state, int sent)
    {
        using var gateway = new TestGateway();
        gateway.Stores.State.Write(db => CommandStore.Put(db, new CommandRow { Id = "c1", Device = "pump", State = "Queued" }));
        Send(gateway, "c1", Pump);
        gateway.PumpAll();
        gateway.Stores.State.Write(db => CommandStore.Update(db, new CommandRow { Id = "c1", Device = "pump", State = state }, "Queued"));

        var pump = Listening(gateway, Pump);
        gateway.PumpAll();

        Assert.Equal(sent, pump.Received.Count);
    }

    [Fact]
    public void Start_CommandsSentBeforeARestart_AreSentAgainInOrder()
    {
        using var stores = NewStores();
        const long expires = 4_000_000_000_000;
        var row = new CommandRow { Device = "pump", Name = "restart", State = "Sent", ExpiresAt = expires };
        stores.State.Write(db =>
        {
            CommandStore.Put(db, row with { Id = "old", CreatedAt = 1, Args = """{"in":5}""" });
            CommandStore.Put(db, row with { Id = "new", CreatedAt = 2 });
            CommandStore.Put(db, row with { Id = "held", CreatedAt = 3, State = "Queued" });
            CommandStore.Put(db, row with { Id = "done", CreatedAt = 4, State = "Delivered" });
        });
        using var gateway = new TestGateway(stores: stores);
        var pump = Listening(gateway, Pump);

        gateway.PumpAll();

        Assert.Equal(
            [
                """devices/pump/commands/old {"command":"restart","args":{"in":5},"expires":4000000000000}""",
                """devices/pump/commands/new {"command":"restart","args":{},"expires":4000000000000}""",
            ],
            pump.Received);
    }
}
