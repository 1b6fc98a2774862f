using B2D.Core;
using B2D.Core.Devices;
using B2D.ProactiveWorker.Maintenance;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Maintenance;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Maintenance;

/// <summary>Goal: however times of work lie over one device, the loop comes to rest with the device worked on for as long as any of them runs.</summary>
public sealed class MaintenanceLoopTests : IDisposable
{
    private const int MostTurns = 20;
    private readonly Stores stores = Stores.InMemory();
    private readonly MaintenanceLoop loop;

    public MaintenanceLoopTests()
    {
        loop = new MaintenanceLoop(stores, NullLogger<MaintenanceLoop>.Instance);
        stores.State.Write(db => DeviceStore.Put(db, new Device(DeviceId.Parse("d")) { Model = "A", Segment = Segment.Parse("n/1") }, 1));
    }

    [Theory]
    [InlineData(100_000, 200_000)]
    [InlineData(200_000, 100_000)]
    public void Pump_TwoEndedBetweenTwoLooks_ComesToRestAndDeviceIsFree(long first, long second)
    {
        var (one, other) = (Plan("Segment", "n/1", first), Plan("Model", "A", second));
        PumpAt(10_000);
        Assert.Equal(200_000, Until());
        End(one, 10_500);
        End(other, 10_600);

        PumpAt(11_000);

        Assert.Equal(11_000, Until());
        Assert.Empty(stores.State.Read(MaintenanceStore.Live));
    }

    [Fact]
    public void Pump_LongerOneEnded_DeviceStaysInTheOther()
    {
        var (_, other) = (Plan("Segment", "n/1", 100_000), Plan("Model", "A", 200_000));
        PumpAt(10_000);
        End(other, 10_500);

        PumpAt(11_000);

        Assert.Equal(100_000, Until());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pump_OneMovedToSoonerAndOtherEndedBetweenTwoLooks_DeviceIsFreeAtThatEnd(bool endedFirst)
    {
        var longer = endedFirst ? Plan("Model", "A", 200_000) : 0;
        var one = Plan("Segment", "n/1", 100_000);
        longer = endedFirst ? longer : Plan("Model", "A", 200_000);
        PumpAt(10_000);
        End(longer, 10_500);
        Change(one, row => row with { UntilAt = 50_000 });

        PumpAt(11_000);

        Assert.Equal(50_000, Until());
    }

    public void Dispose() => stores.Dispose();

    private long Plan(string scope, string target, long until) => stores.State.Write(db => MaintenanceStore.TryAdd(
        db, new MaintenanceRow { Title = "t", Scope = scope, Target = target, FromAt = 1_000, UntilAt = until }))!.Value;

    private void End(long id, long at) => Change(id, row => row with { EndedBy = "somebody", UntilAt = at });

    private void Change(long id, Func<MaintenanceRow, MaintenanceRow> change) =>
        Assert.True(stores.State.Write(db => MaintenanceStore.Update(db, change(MaintenanceStore.Find(db, id)!))));

    private void PumpAt(long now)
    {
        for (var turns = 0; loop.Pump(new ServerTime(now)); turns++)
            Assert.True(turns < MostTurns, "it never comes to rest");
    }

    private long Until() => stores.State.Read(db => DeviceStore.Find(db, "d"))!.MaintenanceUntil;
}
