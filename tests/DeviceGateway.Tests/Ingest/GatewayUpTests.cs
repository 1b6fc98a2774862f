using B2D.Bus;
using B2D.Core;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.DeviceGateway.Tests.TestGateway;

namespace B2D.DeviceGateway.Tests.Ingest;

/// <summary>The log says when the gateway could be reached, and up to when nothing came.</summary>
public sealed class GatewayUpTests
{
    private static List<Entry> OfGateway(TestGateway gateway) =>
        [.. gateway.Stores.Log.Read(0, 100_000).Where(e => e.Partition == 17).Select(e => e.Body).Where(e => e is Entry.GatewayUp or Entry.GatewayDown)];

    [Fact]
    public void Idle_TenSeconds_SealsTwiceASecond()
    {
        using var gateway = new TestGateway();
        gateway.PumpAll();
        var (seals, appends) = (gateway.Log.Seals, gateway.Log.Appends);
        var began = gateway.Clock.GetUtcNow();

        gateway.Advance(TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(50));

        Assert.Equal(20, gateway.Log.Seals - seals);
        Assert.Equal(appends, gateway.Log.Appends);
        Assert.Equal(ServerTime.From(began + TimeSpan.FromSeconds(10)), gateway.Stores.Log.SealedUntil);
    }

    [Fact]
    public void Busy_AppendsAreSignsOfLifeToo_NoSealBetween()
    {
        using var gateway = new TestGateway();
        var link = gateway.Gateway.Connect(Pump);
        gateway.PumpAll();
        var seals = gateway.Log.Seals;

        for (var i = 0; i < 50; i++)
        {
            link.Publish("devices/pump/telemetry", Bytes("{}"));
            gateway.Advance(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(seals, gateway.Log.Seals);
        Assert.Equal(ServerTime.From(gateway.Clock.GetUtcNow()), gateway.Stores.Log.SealedUntil);
    }

    [Fact]
    public void Start_AfterACrash_WasDownSinceTheLastSeal()
    {
        using var stores = NewStores();
        var clock = new TestClock();
        using var first = new TestGateway(stores: stores, clock: clock);
        first.Advance(TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(250));
        var lastSign = stores.Log.SealedUntil;

        clock.Advance(TimeSpan.FromMinutes(10));
        using var second = new TestGateway(stores: stores, clock: clock);

        Assert.Equal([new Entry.GatewayUp(default), new Entry.GatewayUp(lastSign)], OfGateway(second));
        Assert.Equal(ServerTime.From(clock.GetUtcNow() - TimeSpan.FromMinutes(10)), lastSign);
    }

    [Fact]
    public void Start_ClockSetBack_WasDownSinceNowAtMost()
    {
        using var stores = NewStores();
        var clock = new TestClock();
        using var first = new TestGateway(stores: stores, clock: clock);
        clock.Advance(TimeSpan.FromHours(-1));

        using var second = new TestGateway(stores: stores, clock: clock);

        Assert.Equal(new Entry.GatewayUp(ServerTime.From(clock.GetUtcNow())), OfGateway(second)[^1]);
    }

    [Fact]
    public async Task Stop_InOrder_WritesWhatWaitsThenDown_AndNoPresence()
    {
        using var gateway = new TestGateway();
        var pump = new TestDevice(gateway, Pump);
        gateway.PumpAll();
        pump.Publish("telemetry", """{"ts":1,"a":1}""");

        await gateway.Gateway.CloseConnectionsAsync();
        gateway.Gateway.Stop();

        Assert.Equal(1, pump.Acknowledged);
        Assert.Equal("pump Online Session | pump@1 a=1", gateway.Entered());
        Assert.IsType<Entry.GatewayDown>(gateway.Stores.Log.Read(0, 100_000)[^1].Body);
    }

    [Fact]
    public void Start_LogFails_UpIsWrittenWhenItCan()
    {
        using var gateway = new TestGateway(start: false);
        gateway.Log.Failure = "no disk";
        gateway.Gateway.Start();
        Assert.False(gateway.Gateway.Health.IsGood);
        Assert.Empty(OfGateway(gateway));

        gateway.Log.Failure = null;
        gateway.PumpAll();

        Assert.Equal([new Entry.GatewayUp(default)], OfGateway(gateway));
        Assert.True(gateway.Gateway.Health.IsGood);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void StoodStill_AMinute_SaysFirstThatNothingWasHeard(bool message)
    {
        using var gateway = new TestGateway();
        var link = gateway.Gateway.Connect(Pump);
        gateway.PumpAll();
        var lastSign = gateway.Stores.Log.SealedUntil;
        gateway.Clock.Advance(TimeSpan.FromMinutes(1));

        if (message)
            link.Publish("devices/pump/telemetry", Bytes("""{"ts":1,"a":1}"""));
        gateway.PumpAll();

        Assert.Equal([new Entry.GatewayUp(default), new Entry.GatewayUp(lastSign)], OfGateway(gateway));
        var entries = gateway.Stores.Log.Read(0, 100_000);
        Assert.Equal(message, entries[^1].Body is Entry.Telemetry);
        Assert.All(entries.Where(e => e.Body is Entry.GatewayUp up && up.DownFrom == lastSign), e => Assert.Equal(ServerTime.From(gateway.Clock.GetUtcNow()), e.At));
    }

    [Fact]
    public void LogFails_AMinute_SaysAfterwardsThatNothingWasHeard_Once()
    {
        using var gateway = new TestGateway(start: false);
        gateway.Log.Failure = "no disk";
        gateway.Gateway.Start();
        gateway.Advance(TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(250));
        gateway.Log.Failure = null;
        gateway.PumpAll();
        var lastSign = gateway.Stores.Log.SealedUntil;
        gateway.Log.Failure = "no disk again";
        gateway.Advance(TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(250));
        gateway.Log.Failure = null;
        gateway.Advance(TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(250));

        Assert.Equal([new Entry.GatewayUp(default), new Entry.GatewayUp(lastSign)], OfGateway(gateway));
    }

    [Fact]
    public void Seal_LogFails_IsNoticedWithoutAnyMessage()
    {
        using var gateway = new TestGateway();
        gateway.Log.Failure = "unplugged";

        gateway.Advance(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(250));

        Assert.Equal("unplugged", gateway.Gateway.Health.Reason);
        Assert.NotNull(gateway.Gateway.Health.Since);
    }

    [Fact]
    public void Counters_OfReadingsAndRepeatedNames_AreCounted()
    {
        using var gateway = new TestGateway();
        gateway.Gateway.Connect(Pump).Publish("devices/pump/telemetry", Bytes("""{"a":1,"b":2,"a":3}"""));
        gateway.PumpAll();

        var counted = gateway.Gateway.Counters;
        Assert.Equal((2, 1, 0, 0), (counted.Readings.Value, counted.RepeatedNames.Value, counted.Rejected(RejectReason.NotJson).Value, counted.QueueDepth()));
    }
}
