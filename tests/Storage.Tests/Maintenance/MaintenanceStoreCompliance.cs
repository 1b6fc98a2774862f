using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Devices;
using B2D.Storage.Maintenance;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Maintenance;

public abstract class MaintenanceStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private static readonly MaintenanceRow Work = new() { Title = "t", Scope = "Segment", Target = "n/1", FromAt = 10, UntilAt = 100, RunningUntil = 100, State = "Running" };

    private long Add(MaintenanceRow row) => Write(db => MaintenanceStore.TryAdd(db, row))!.Value;

    private void Device(string id, string segment = "n/1", string model = "A", string parent = "") => Write(db => DeviceStore.Put(db, new Device(DeviceId.Parse(id))
    {
        Model = model, Segment = Segment.Parse(segment), Parent = parent.Length == 0 ? null : DeviceId.Parse(parent), Customer = "c",
    }, 1));

    private string Until(string id) => Read(db => DeviceStore.Find(db, id)!) is var row ? $"{row.MaintenanceUntil} by {row.Maintenance}" : "";

    [Fact]
    public void TryAdd_EveryColumn_ComesBack()
    {
        var row = Filled<MaintenanceRow>();

        var id = Add(row);

        AssertSame(row with { Id = id }, Read(db => MaintenanceStore.Find(db, id)));
    }

    [Fact]
    public void Update_WithVersion_OnceOnly()
    {
        var id = Add(Work);
        var seen = Read(db => MaintenanceStore.Find(db, id))!;

        Assert.True(Write(db => MaintenanceStore.Update(db, seen with { State = "Over" })));
        Assert.False(Write(db => MaintenanceStore.Update(db, seen with { State = "Running" })));
        Assert.Empty(Read(MaintenanceStore.Live));
    }

    [Fact]
    public void Live_TooMany_AreRefused()
    {
        Write(db =>
        {
            for (var i = 0; i < MaintenanceStore.MostLive; i++)
                Assert.NotNull(MaintenanceStore.TryAdd(db, Work with { FromAt = 5000 - i }));
        });

        Assert.Null(Write(db => MaintenanceStore.TryAdd(db, Work)));
        var live = Read(MaintenanceStore.Live);
        Assert.Equal(MaintenanceStore.MostLive, live.Count);
        Assert.Equal(live.OrderBy(l => l.FromAt), live);
    }

    [Fact]
    public void Begin_EachScope_ItsDevicesAndNoOthers()
    {
        Device("a");
        Device("b", "n/1/x");
        Device("c", "n/10");
        Device("gw", "m");
        Device("child", "m", parent: "gw");
        Device("d", "m", "B");

        Assert.Equal(2, Read(db => MaintenanceStore.CountDevices(db, Work)));
        Assert.Equal(2, Write(db => MaintenanceStore.Begin(db, Work with { Id = 7 })));
        Assert.Equal(0, Write(db => MaintenanceStore.Begin(db, Work with { Id = 7 })));
        Assert.Equal(2, Write(db => MaintenanceStore.Begin(db, Work with { Id = 8, Scope = "Device", Target = "gw" })));
        Assert.Equal(1, Write(db => MaintenanceStore.Begin(db, Work with { Id = 9, Scope = "Model", Target = "B" })));

        Assert.Equal(["100 by 7", "100 by 7", "0 by 0", "100 by 8", "100 by 8", "100 by 9"], new[] { "a", "b", "c", "gw", "child", "d" }.Select(Until));
    }

    [Fact]
    public void Begin_OfTwo_TheLongerCounts_AndShortenedComesBackToTheOther()
    {
        Device("a");
        Write(db => MaintenanceStore.Begin(db, Work with { Id = 1, RunningUntil = 100 }));
        Write(db => MaintenanceStore.Begin(db, Work with { Id = 2, RunningUntil = 200 }));
        Write(db => MaintenanceStore.Begin(db, Work with { Id = 1, RunningUntil = 100 }));
        Assert.Equal("200 by 2", Until("a"));

        Assert.Equal(0, Write(db => MaintenanceStore.Shorten(db, 1, 50)));
        Assert.Equal(1, Write(db => MaintenanceStore.Shorten(db, 2, 50)));
        Assert.Equal(0, Write(db => MaintenanceStore.Shorten(db, 2, 50)));
        Assert.Equal(1, Write(db => MaintenanceStore.Begin(db, Work with { Id = 1, RunningUntil = 100 })));
        Assert.Equal("100 by 1", Until("a"));
    }

    [Fact]
    public void Begin_ManyDevices_AThousandATime()
    {
        Write(db =>
        {
            for (var i = 0; i < 1500; i++)
                DeviceStore.Put(db, new Device(DeviceId.Parse($"d{i}")) { Model = "M" }, 1);
        });
        var work = Work with { Id = 3, Scope = "Model", Target = "M" };

        Assert.Equal([1000, 500, 0], Enumerable.Range(0, 3).Select(_ => Write(db => MaintenanceStore.Begin(db, work))));
        Assert.Equal([1000, 500, 0], Enumerable.Range(0, 3).Select(_ => Write(db => MaintenanceStore.Shorten(db, 3, 50))));
    }

    [Fact]
    public void Announce_WorkedOn_TheLogHearsOfItAndOfItsEnd_AndAnImportLeavesIt()
    {
        Device("a");
        DeviceRegistry.Announce(Stores, new ServerTime(5));
        Write(db => MaintenanceStore.Begin(db, Work with { Id = 7 }));
        Device("a", model: "B");

        DeviceRegistry.Announce(Stores, new ServerTime(20));
        Assert.Equal("100 by 7", Until("a"));
        Write(db => MaintenanceStore.Shorten(db, 7, 50));
        DeviceRegistry.Announce(Stores, new ServerTime(50));

        Assert.Equal([100L, 50], Stores.Log.Read(0, 100).Select(e => e.Body).OfType<Entry.Maintenance>().Select(m => m.Until.EpochMs));
    }
}

public sealed class MaintenanceStoreOnSqliteFiles : MaintenanceStoreCompliance<SqliteFiles>;

public sealed class MaintenanceStoreInSqliteMemory : MaintenanceStoreCompliance<SqliteMemory>;

public sealed class MaintenanceStoreOnPostgres : MaintenanceStoreCompliance<PostgresSchemas>;
