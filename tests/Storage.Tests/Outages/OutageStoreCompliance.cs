using B2D.Storage.Faults;
using B2D.Storage.Outages;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Outages;

public abstract class OutageStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private long Open(OutageRow row) => Write(db => OutageStore.TryOpen(db, row))!.Value;

    [Fact]
    public void TryOpen_EveryColumn_ComesBack()
    {
        var row = Filled<OutageRow>();

        var id = Open(row);

        AssertSame(row with { Id = id }, Read(db => OutageStore.Find(db, id)));
        AssertSame(row with { Id = id }, Read(db => OutageStore.Find(db, row.Segment, row.Episode)));
    }

    [Fact]
    public void TryOpen_SameSegmentAndEpisode_IsRefused()
    {
        var id = Open(new OutageRow { Segment = "n", Episode = "1-1" });

        Assert.Null(Write(db => OutageStore.TryOpen(db, new OutageRow { Segment = "n", Episode = "1-1" })));

        var other = Open(new OutageRow { Segment = "m", Episode = "1-1" });
        Assert.Equal([id, other], Read(db => OutageStore.OfEpisode(db, "1-1")).Select(o => o.Id));
    }

    [Fact]
    public void Update_WithVersion_OnceOnly()
    {
        var id = Open(new OutageRow { Segment = "n", Episode = "1-1" });
        var changed = Filled<OutageRow>(3) with { Id = id, Version = 1 };

        Assert.True(Write(db => OutageStore.Update(db, changed)));
        Assert.False(Write(db => OutageStore.Update(db, changed)));

        AssertSame(changed with { Version = 2 }, Read(db => OutageStore.Find(db, id)));
    }

    [Fact]
    public void List_ByState_NewestFirst()
    {
        var a = Open(new OutageRow { Segment = "a", Episode = "1-1", State = "Held" });
        var b = Open(new OutageRow { Segment = "b", Episode = "1-1", State = "Resolved" });
        var c = Open(new OutageRow { Segment = "c", Episode = "1-1", State = "Monitoring" });

        Assert.Equal([c, b, a], Read(db => OutageStore.List(db, [])).Select(o => o.Id));
        Assert.Equal([b], Read(db => OutageStore.List(db, ["Resolved"])).Select(o => o.Id));
        Assert.Equal([a], Read(db => OutageStore.List(db, [], 5, b)).Select(o => o.Id));
        Assert.Equal([a, c], Read(OutageStore.Open).Select(o => o.Id));
        Assert.Equal(new Dictionary<string, long> { ["Held"] = 1, ["Resolved"] = 1, ["Monitoring"] = 1 }, Read(OutageStore.CountByState));
    }

    [Fact]
    public void Devices_PutUpAndCounted()
    {
        var id = Open(new OutageRow { Segment = "a", Episode = "1-1" });
        var row = Filled<OutageDeviceRow>() with { OutageId = id, Device = "d1", Customer = "c1", UpAt = 0 };
        Write(db =>
        {
            OutageStore.PutDevice(db, row);
            OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = id, Device = "d2", Customer = "c1", DownAt = 5 });
            OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = id, Device = "d3", Customer = "", DownAt = 5 });
            OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = id, Device = "d4", Customer = "c0", DownAt = 5 });
            OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = id + 1, Device = "d1", Customer = "c9", DownAt = 5 });
        });

        AssertSame(row, Read(db => OutageStore.Devices(db, id))[0]);
        Assert.True(Write(db => OutageStore.SetUp(db, id, "d2", 9)));
        Assert.False(Write(db => OutageStore.SetUp(db, id, "d2", 10)));
        Assert.False(Write(db => OutageStore.SetUp(db, id, "d9", 10)));
        Assert.Equal((4, 1, 2), Read(db => OutageStore.CountDevices(db, id)));
        Assert.Equal(["c0", "c1"], Read(db => OutageStore.Customers(db, id)));
        Assert.Equal(["c1"], Read(db => OutageStore.Customers(db, id, 10, "c0")));
        Assert.Equal(["d3"], Read(db => OutageStore.Devices(db, id, 1, "d2")).Select(d => d.Device));
    }

    [Fact]
    public void PutDevice_Again_Replaces()
    {
        Write(db => OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = 1, Device = "d", DownAt = 5, UpAt = 7 }));
        var again = new OutageDeviceRow { OutageId = 1, Device = "d", Customer = "c", FaultEpisode = "1-9", DownAt = 8 };

        Write(db => OutageStore.PutDevice(db, again));

        AssertSame(again, Assert.Single(Read(db => OutageStore.Devices(db, 1))));
    }

    [Fact]
    public void StillDown_OfACustomer_OfNobody_OfAll_ByItsFaultOrOneOfTheirKind()
    {
        var id = Open(new OutageRow { Segment = "a", Episode = "1-1" });
        Write(db =>
        {
            foreach (var (device, customer, up) in new[] { ("d1", "c1", 0L), ("d2", "", 0), ("d3", "c3", 0), ("d4", "c3", 7), ("d5", "c1", 0) })
            {
                OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = id, Device = device, Customer = customer, FaultEpisode = "1-1", DownAt = 5, UpAt = up });
                FaultStore.Raise(db, new FaultRow { Device = device, Rule = "silent", Episode = device == "d3" ? "2-2" : "1-1", ClearedAt = device == "d5" ? 9 : 0 });
            }
        });

        Assert.Equal(["d1"], Down([], null));
        Assert.Equal(["d1", "d3"], Down(["silent", "other"], null));
        Assert.Equal(["d3"], Down(["silent"], "c3"));
        Assert.Equal(["d2"], Down([], ""));

        IEnumerable<string> Down(string[] kinds, string? customer) => Read(db => OutageStore.StillDown(db, id, kinds, customer)).Select(d => d.Device);
    }

    [Fact]
    public void LeftOver_OfOutagesThatWereToldAndAreOver_AndDownElsewhere()
    {
        var over = Open(new OutageRow { Segment = "a", Episode = "1-1", State = "Resolved", ToldAt = 1 });
        var untold = Open(new OutageRow { Segment = "b", Episode = "1-2", State = "Resolved" });
        var next = Open(new OutageRow { Segment = "a", Episode = "2-1", State = "Investigating", ToldAt = 1 });
        foreach (var outage in new[] { over, untold, next })
            Write(db => OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = outage, Device = "d", Customer = "c", DownAt = 5 }));

        Assert.Equal([over], Read(db => OutageStore.LeftWith(db, "d")).Select(o => o.Id));
        Assert.Equal([next], Read(db => OutageStore.DownElsewhere(db, over, "c")));
        Assert.Empty(Read(db => OutageStore.DownElsewhere(db, over, "c2")));
        Assert.Equal("c", Read(db => OutageStore.FindDevice(db, over, "d"))!.Customer);
        Write(db => OutageStore.SetAllUp(db, next, 9));
        Write(db => OutageStore.SetAllUp(db, over, 9));
        Assert.Empty(Read(db => OutageStore.DownElsewhere(db, over, "c")));
        Assert.Empty(Read(db => OutageStore.LeftWith(db, "d")));
    }

    [Fact]
    public void Touching_DeviceOrCustomer_FindsTheirOutages()
    {
        var a = Open(new OutageRow { Segment = "a", Episode = "1-1" });
        var b = Open(new OutageRow { Segment = "b", Episode = "1-1" });
        Write(db => OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = a, Device = "d1", Customer = "c1" }));
        Write(db => OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = b, Device = "d1", Customer = "c2" }));

        Assert.Equal([b, a], Read(db => OutageStore.Touching(db, "d1", null)).Select(o => o.Id));
        Assert.Equal([a], Read(db => OutageStore.Touching(db, null, "c1")).Select(o => o.Id));
    }
}

public sealed class OutageStoreOnSqliteFiles : OutageStoreCompliance<SqliteFiles>;

public sealed class OutageStoreInSqliteMemory : OutageStoreCompliance<SqliteMemory>;

public sealed class OutageStoreOnPostgres : OutageStoreCompliance<PostgresSchemas>;
