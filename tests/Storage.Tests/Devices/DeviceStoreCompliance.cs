using System.Collections.Immutable;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Devices;

public abstract class DeviceStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private static readonly Dictionary<string, DeviceSecret> NoSecrets = [];

    private static readonly Device Pump = new(DeviceId.Parse("hp-1"))
    {
        Model = "HP-2",
        Firmware = "1.4",
        Serial = "S 9",
        Parent = DeviceId.Parse("gw-1"),
        Segment = Segment.Parse("north/n1"),
        Customer = "c1",
        Installed = new DateOnly(2024, 2, 29),
        WarrantyUntil = new DateOnly(2027, 5, 31),
        Params = ImmutableSortedDictionary<string, MetricValue>.Empty
            .Add("overheat.limit", MetricValue.Of(95.25)).Add("overheat.on", MetricValue.Of(true)).Add("overheat.mode", MetricValue.Of("eco \"x\"")),
    };

    private DeviceRow Find(string id) => Read(db => DeviceStore.Find(db, id))!;

    private IReadOnlyList<Device> Import(string csv, long now, IReadOnlyDictionary<string, DeviceSecret>? secrets = null)
    {
        var reading = DeviceImport.Read(csv);
        Assert.Empty(reading.Problems);
        return Write(db => DeviceStore.Upsert(db, reading.Rows, secrets ?? NoSecrets, now));
    }

    [Fact]
    public void Put_Device_ComesBackWhole()
    {
        Assert.True(Write(db => DeviceStore.Put(db, Pump, 100)));

        var device = Find("hp-1").ToDevice();

        Assert.Equal(Pump.Params, device.Params.AsEnumerable());
        Assert.Equal(Pump, device with { Params = Pump.Params });
        Assert.Equal((100L, 100L, ""), (Find("hp-1").RegisteredAt, Find("hp-1").ChangedAt, Find("hp-1").SecretKind));
    }

    [Fact]
    public void Put_Again_KeepsSecretAndRegistration()
    {
        Write(db => DeviceStore.Put(db, Pump, 100));
        Write(db => DeviceStore.SetSecret(db, "hp-1", new DeviceSecret { Kind = "sha256", Hash = [1, 2], Salt = [3] }, 150));

        Assert.False(Write(db => DeviceStore.Put(db, Pump, 200)));
        Assert.True(Write(db => DeviceStore.Put(db, Pump with { Firmware = "1.5" }, 300)));

        var row = Find("hp-1");
        Assert.Equal((100L, 300L, "1.5"), (row.RegisteredAt, row.ChangedAt, row.Firmware));
        AssertSame(new DeviceSecret { Kind = "sha256", Hash = [1, 2], Salt = [3] }, Read(db => DeviceStore.FindSecret(db, "hp-1")));
    }

    [Fact]
    public void FindSecret_WithoutOne_IsNull()
    {
        Write(db => DeviceStore.Put(db, Pump, 100));

        Assert.Null(Read(db => DeviceStore.FindSecret(db, "hp-1")));
        Assert.Null(Read(db => DeviceStore.FindSecret(db, "unknown")));
        Assert.False(Write(db => DeviceStore.SetSecret(db, "unknown", new DeviceSecret { Kind = "sha256" }, 1)));
    }

    [Fact]
    public void Upsert_NewAndChangedDevices_AreReturnedOthersNot()
    {
        Assert.Equal(["a", "b", "c"], Import("id,model,firmware\na,M,1\nb,M,1\nc,M,1\n", 10).Select(d => d.Id.Value));

        var changed = Import("id,firmware\na,1\nb,2\nd,1\n", 20);

        Assert.Equal([new Device(DeviceId.Parse("b")) { Model = "M", Firmware = "2" }, new Device(DeviceId.Parse("d")) { Firmware = "1" }], changed);
        Assert.Equal((10L, 20L, 10L), (Find("a").ChangedAt, Find("b").ChangedAt, Find("b").RegisteredAt));
    }

    [Fact]
    public void Upsert_MissingColumnStays_EmptyCellTakesAway()
    {
        Write(db => DeviceStore.Put(db, Pump, 1));

        var changed = Assert.Single(Import("id,parent,segment,customer,warranty_until\nhp-1,,,c2,\n", 2));

        Assert.Equal(Pump with { Parent = null, Segment = Segment.None, Customer = "c2", WarrantyUntil = null, Params = changed.Params }, changed);
        Assert.Equal(Pump.Params, Find("hp-1").ToDevice().Params.AsEnumerable());
    }

    [Fact]
    public void Upsert_Secrets_AreSetAndStayWithoutAPassword()
    {
        const string csv = "id,password\na,one\nb,\n";
        var secrets = DeviceSecrets.HashAll(DeviceImport.Read(csv).Rows, SecretHashing.Sha256);

        Import(csv, 10, secrets);
        Assert.Empty(Import("id,password\na,\n", 20));

        Assert.Equal(["a"], secrets.Keys);
        Assert.True(DeviceSecrets.Verify(Read(db => DeviceStore.FindSecret(db, "a"))!, "one"u8));
        Assert.Null(Read(db => DeviceStore.FindSecret(db, "b")));
        Assert.Equal(10, Find("a").ChangedAt);
    }

    [Fact]
    public void Upsert_OnlyTheSecretChanged_IsNoChangeOfTheDevice()
    {
        Import("id\na\n", 10);

        Assert.Empty(Import("id\na\n", 20, new Dictionary<string, DeviceSecret> { ["a"] = DeviceSecrets.Hash("x", SecretHashing.Sha256) }));

        Assert.Equal((20L, "sha256"), (Find("a").ChangedAt, Find("a").SecretKind));
    }

    [Fact]
    public void Upsert_MoreThanAPage_IsApplied()
    {
        var csv = "id,segment\n" + string.Concat(Enumerable.Range(0, 2500).Select(i => $"d{i:0000},s/{i % 3}\n"));

        Assert.Equal(2500, Import(csv, 10).Count);
        Assert.Empty(Import(csv, 20));
        Assert.Equal(2500, Read(db => DeviceStore.Count(db)));
    }

    [Fact]
    public void List_ByEachFilterAndPage()
    {
        Import("id,model,serial,parent,segment,customer\na,M1,S1,,north/n1,c1\nb,M1,S2,a,north/n10,c2\nc,M2,S3,a,north,c1\nd,M2,S4,,,\n", 1);
        string[] Ids(DeviceFilter filter) => [.. Read(db => DeviceStore.List(db, filter)).Select(d => d.Id)];

        Assert.Equal(["a", "b", "c", "d"], Ids(new DeviceFilter()));
        Assert.Equal(["b", "c"], Ids(new DeviceFilter { Limit = 2, After = "a" }));
        Assert.Equal(["c", "d"], Ids(new DeviceFilter { Model = "M2" }));
        Assert.Equal(["a", "c"], Ids(new DeviceFilter { Customer = "c1" }));
        Assert.Equal(["b", "c"], Ids(new DeviceFilter { Parent = "a" }));
        Assert.Equal(["a"], Ids(new DeviceFilter { Segment = "north/n1" }));
        Assert.Equal(["a", "b", "c"], Ids(new DeviceFilter { Segment = "north" }));
        Assert.Equal(["c"], Ids(new DeviceFilter { Text = "s3" }));
        Assert.Equal(3, Read(db => DeviceStore.Count(db, new DeviceFilter { Segment = "north", Limit = 1 })));
        Assert.Equal(new Dictionary<string, long> { ["north/n1"] = 1, ["north/n10"] = 1, ["north"] = 1, [""] = 1 }, Read(DeviceStore.CountBySegment));
        Assert.Equal(["a", "d"], Read(db => DeviceStore.Known(db, ["x", "d", "a", "a"])).Order());
        Assert.Equal(["a", "d"], Read(db => DeviceStore.FindAll(db, ["x", "d", "a"])).Select(d => d.Id));
        Assert.Empty(Read(db => DeviceStore.FindAll(db, [])));
    }

    [Fact]
    public void Remove_Device_TakesItsPresenceToo()
    {
        Import("id\na\n", 1);
        Write(db => LiveStore.Put(db, [new LiveRow { Device = "a", Online = true }]));

        Assert.True(Write(db => DeviceStore.Remove(db, "a")));
        Assert.False(Write(db => DeviceStore.Remove(db, "a")));

        Assert.Null(Read(db => LiveStore.Find(db, "a")));
    }

    [Fact]
    public void Announce_Changes_ReachTheLogOnce()
    {
        Import("id,model\na,M\nb,M\nc,M\n", 10);
        Import("id,password\na,x\n", 11, new Dictionary<string, DeviceSecret> { ["a"] = DeviceSecrets.Hash("x", SecretHashing.Sha256) });
        Assert.Equal(3, DeviceRegistry.Announce(Stores, new ServerTime(20)));
        Assert.Equal(0, DeviceRegistry.Announce(Stores, new ServerTime(21)));

        Import("id,model\na,M\nb,N\n", 30);
        Write(db => DeviceStore.Remove(db, "c"));
        Write(db => DeviceStore.Remove(db, "c"));
        Write(db => DeviceStore.Put(db, new Device(DeviceId.Parse("d")), 31));
        Assert.Equal(3, DeviceRegistry.Announce(Stores, new ServerTime(40)));

        Assert.Equal(
            ["registered a M", "registered b M", "registered c M", "registered b N", "removed c", "registered d "],
            Stores.Log.Read(0, 100).Select(e => e.Body switch
            {
                Entry.Registered r => $"registered {r.Device.Id} {r.Device.Model}",
                Entry.Removed r => $"removed {r.Device}",
                _ => "?",
            }));
    }

    [Fact]
    public void Announced_DeviceThatChangedAgainMeanwhile_StaysPending()
    {
        Import("id,model\na,M\n", 10);
        var pending = Read(db => DeviceStore.Pending(db, 10));
        Import("id,model\na,N\n", 11);

        Write(db => DeviceStore.Announced(db, pending));

        Assert.Equal(1, DeviceRegistry.Announce(Stores, new ServerTime(20)));
        Assert.Equal("N", Assert.IsType<Entry.Registered>(Assert.Single(Stores.Log.Read(0, 10)).Body).Device.Model);
    }

    [Fact]
    public void Announce_MoreThanAPage_TakesAll()
    {
        Import("id\n" + string.Concat(Enumerable.Range(0, 2001).Select(i => $"d{i}\n")), 10);

        Assert.Equal(2001, DeviceRegistry.Announce(Stores, new ServerTime(20)));
        Assert.Equal(2001, Stores.Log.LastOffset);
    }

    [Fact]
    public void Live_PutAndSeen_LastSeenNeverGoesBack()
    {
        var row = Filled<LiveRow>() with { Device = "a", LastSeenAt = 100 };
        Write(db => LiveStore.Put(db, [row, new LiveRow { Device = "b", Online = true, OnlineAt = 5, LastSeenAt = 6 }]));
        AssertSame(row, Read(db => LiveStore.Find(db, "a")));

        Write(db => LiveStore.Put(db, [new LiveRow { Device = "a", Online = false, OnlineAt = 90, LastSeenAt = 50 }]));
        Write(db => LiveStore.Seen(db, new Dictionary<string, long> { ["a"] = 99, ["b"] = 200, ["c"] = 7 }));

        AssertSame(
            new[]
            {
                new LiveRow { Device = "a", OnlineAt = 90, LastSeenAt = 100 }, new LiveRow { Device = "b", Online = true, OnlineAt = 5, LastSeenAt = 200 },
                new LiveRow { Device = "c", LastSeenAt = 7 },
            },
            [.. Read(db => LiveStore.List(db))]);
        Assert.Equal(1, Read(LiveStore.CountOnline));
        Assert.Equal(["b"], Read(db => LiveStore.FindAll(db, ["b", "x"])).Select(l => l.Device));
    }

    [Fact]
    public void Customers_EveryColumn_ComesBack()
    {
        var row = Filled<CustomerRow>() with { CreatedAt = 10 };

        Write(db => CustomerStore.Put(db, row.ToCustomer(), 10));
        Write(db => CustomerStore.SetCare(db, row.Id, row.Care, row.CareUntil, row.CareBy));
        Write(db => CustomerStore.SetEmailBad(db, row.Id, row.EmailBad, row.EmailBadAt, row.EmailBadWhy));
        // A file that says the customer again knows nothing of it.
        Write(db => CustomerStore.Put(db, row.ToCustomer(), 10));

        AssertSame(row, Read(db => CustomerStore.Find(db, row.Id)));
        AssertSame(row, Assert.Single(Read(db => CustomerStore.FindAll(db, [row.Id, "x"]))));
    }

    [Fact]
    public void Customers_Imported_ChangedOnesAreCountedAndColumnsStay()
    {
        int Import(string csv, long now) => Write(db => CustomerStore.Upsert(db, CustomerImport.Read(csv).Rows, now));
        Assert.Equal(2, Import("id,name,email\nc1,Ana,ana@example.org\nc2,Rui,\n", 10));

        Assert.Equal(1, Import("id,name\nc1,Ana Maria\nc2,Rui\n", 20));

        var row = Read(db => CustomerStore.Find(db, "c1"))!;
        Assert.Equal(("Ana Maria", "ana@example.org", 10L), (row.Name, row.Email, row.CreatedAt));
        Assert.Equal(["c1"], Read(db => CustomerStore.List(db, "ANA@")).Select(c => c.Id));
        Assert.Equal(["c2"], Read(db => CustomerStore.List(db, limit: 1, after: "c1")).Select(c => c.Id));
        Assert.Equal(2, Read(CustomerStore.Count));
        Assert.True(Write(db => CustomerStore.Erase(db, "c1")));
        Assert.Null(Read(db => CustomerStore.Find(db, "c1")));
    }
}

public sealed class DeviceStoreOnSqliteFiles : DeviceStoreCompliance<SqliteFiles>;

public sealed class DeviceStoreInSqliteMemory : DeviceStoreCompliance<SqliteMemory>;

public sealed class DeviceStoreOnPostgres : DeviceStoreCompliance<PostgresSchemas>;
