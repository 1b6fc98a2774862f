using Xunit;
using static B2D.DeviceGateway.Tests.TestGateway;

namespace B2D.DeviceGateway.Tests.Devices;

/// <summary>Coming and going, in order with what was said, and never because of the gateway's own trouble.</summary>
public sealed class PresenceTests
{
    private static readonly (string, ReadOnlyMemory<byte>) Will = ("devices/pump/status", Bytes("offline"));

    [Fact]
    public void Connection_FromBeginToEnd_FramesWhatItSaid()
    {
        using var gateway = new TestGateway();
        var pump = gateway.Gateway.Connect(Pump);
        pump.Publish("devices/pump/status", Bytes("online"));
        pump.Publish("devices/pump/telemetry", Bytes("""{"ts":1,"a":1}"""));
        pump.Publish("devices/pump/events", Bytes("""{"code":"E1","state":"set"}"""));
        pump.Disconnect();

        gateway.PumpAll();

        Assert.Equal("pump Online Session | pump Online StatusTopic | pump@1 a=1 | pump E1 Set | pump Offline Session", gateway.Entered());
        Assert.Equal(0, gateway.Gateway.ConnectedDevices);
    }

    [Fact]
    public void Drop_WithWill_IsOfflineBySessionAndByWill()
    {
        using var gateway = new TestGateway();
        gateway.Gateway.Connect(Pump, Will).Drop();

        gateway.PumpAll();

        Assert.Equal("pump Online Session | pump Offline Session | pump Offline Will", gateway.Entered());
    }

    [Fact]
    public void TwoConnectionsOfOneDevice_OfflineOnlyWithTheLast()
    {
        using var gateway = new TestGateway();
        var first = gateway.Gateway.Connect(Pump, Will);
        var second = gateway.Gateway.Connect(Pump);

        first.Drop();
        gateway.PumpAll();
        Assert.Equal("pump Online Session | pump Online Session", gateway.Entered());

        second.Disconnect();
        second.Disconnect();
        gateway.PumpAll();
        Assert.Equal("pump Online Session | pump Online Session | pump Offline Session", gateway.Entered());
    }

    [Fact]
    public void GatewayDeviceLeaves_SaysNothingOfItsChildren()
    {
        using var gateway = new TestGateway();
        var hub = gateway.Gateway.Connect(Hub);
        hub.Publish("devices/child-1/status", Bytes("online"));
        hub.Drop();

        gateway.PumpAll();

        Assert.Equal("hub Online Session | child-1 Online Parent | hub Offline Session", gateway.Entered());
    }

    [Fact]
    public void LogFails_ConnectionsTheGatewayClosed_AreNotOffline()
    {
        using var gateway = new TestGateway();
        var pump = gateway.Gateway.Connect(Pump, Will);
        gateway.PumpAll();
        gateway.Log.Failure = "disk full";
        pump.Publish("devices/pump/telemetry", Bytes("{}"));
        gateway.PumpAll();
        Assert.False(pump.IsOpen);

        gateway.Log.Failure = null;
        gateway.PumpAll();

        Assert.Equal("pump Online Session", gateway.Entered());
    }
}
