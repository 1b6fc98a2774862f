using B2D.Core.Devices;
using B2D.Storage.Defects;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Defects;

public abstract class DefectStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private static readonly DefectRow Group = new() { Rule = "r", Faults = "f g", Dimension = "Firmware", Model = "A", Part = "2", WithinMs = 1000 };

    private long Open(DefectRow row) => Write(db => DefectStore.TryOpen(db, row))!.Value;

    private void Device(string id, string firmware, long now, string model = "A", string serial = "") => Write(db =>
        DeviceStore.Put(db, new Device(DeviceId.Parse(id)) { Model = model, Firmware = firmware, Serial = serial, Customer = "c" }, now));

    private void Fault(string device, string rule, long raisedAt, long clearedAt = 0, long outage = 0, bool shadow = false) => Write(db =>
        FaultStore.Raise(db, new FaultRow { Device = device, Rule = rule, Title = $"{rule} of {device}", Episode = $"{raisedAt}", RaisedAt = raisedAt, ClearedAt = clearedAt, OutageId = outage, Shadow = shadow, CaseId = raisedAt }));

    [Fact]
    public void TryOpen_EveryColumn_ComesBack()
    {
        var row = Filled<DefectRow>();

        var id = Open(row);

        AssertSame(row with { Id = id }, Read(db => DefectStore.Find(db, id)));
    }

    [Fact]
    public void TryOpen_GroupThatHasOne_IsRefusedUntilThatIsOver()
    {
        var id = Open(Group);

        Assert.Null(Write(db => DefectStore.TryOpen(db, Group)));
        Assert.NotEqual(id, Open(Group with { Rule = "s" }));
        Assert.NotEqual(id, Open(Group with { Dimension = "Serial" }));
        Assert.NotEqual(id, Open(Group with { Model = "B" }));
        Assert.NotEqual(id, Open(Group with { Part = "3" }));

        Assert.True(Write(db => DefectStore.Update(db, DefectStore.Find(db, id)! with { State = "Over", OverAt = 5 })));
        Assert.NotEqual(id, Open(Group));
        Assert.Null(Write(db => DefectStore.TryOpen(db, Group)));
    }

    [Fact]
    public void Update_WithVersion_OnceOnly()
    {
        var id = Open(Group);
        var changed = Filled<DefectRow>(3) with { Id = id, Version = 1 };

        Assert.True(Write(db => DefectStore.Update(db, changed)));
        Assert.False(Write(db => DefectStore.Update(db, changed)));

        AssertSame(changed with { Version = 2 }, Read(db => DefectStore.Find(db, id)));
    }

    [Fact]
    public void Open_AndCountByState_KnowWhatIsOver()
    {
        var a = Open(Group);
        Open(Group with { Part = "3", State = "Over" });
        var c = Open(Group with { Part = "4" });

        Assert.Equal([a, c], Read(DefectStore.Open).Select(d => d.Id));
        Assert.Equal(new Dictionary<string, long> { ["Suspected"] = 2, ["Over"] = 1 }, Read(DefectStore.CountByState));
    }

    [Fact]
    public void Rename_OpenOnes_GoOnUnlessTheNewNameIsTaken()
    {
        var moved = Open(Group);
        var taken = Open(Group with { Part = "3" });
        Open(Group with { Part = "3", Rule = "new" });
        var over = Open(Group with { Part = "4", State = "Over" });

        Assert.Equal(1, Write(db => DefectStore.Rename(db, "r", "new")));

        Assert.Equal(("new", "r", "r"), Read(db => (DefectStore.Find(db, moved)!.Rule, DefectStore.Find(db, taken)!.Rule, DefectStore.Find(db, over)!.Rule)));
    }

    [Fact]
    public void Faulty_WhatLastedSince_OncePerDevice()
    {
        Fault("open", "f", 10);
        Fault("late", "f", 10, 100);
        Fault("before", "f", 10, 99);
        Fault("twice", "f", 120, 130);
        Fault("twice", "g", 150, 160);
        Fault("twice", "f", 20, 30);
        Fault("other", "h", 120);
        Fault("trial", "f", 120, shadow: true);
        Fault("outage", "f", 120, outage: 7);

        var faulty = Read(db => DefectStore.Faulty(db, ["f", "g"], 100));

        Assert.Equal([("late", 10L), ("open", 10), ("twice", 150)], faulty.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => (f.Key, f.Value)));
    }

    [Fact]
    public void Put_OtherFirmware_SaysSinceWhenItIsThere()
    {
        Device("a", "1", 5, serial: "S1");
        Device("b", "1", 5);
        Device("b", "2", 9);
        Device("b", "2", 12, serial: "new"); // something else changed

        Assert.Equal([("a", 0L), ("b", 9)], DeviceStore.Each(Stores.State).Select(d => (d.Id, d.FirmwareSince)));
    }

    [Fact]
    public void Devices_OfAFirmware_ThoseThatHadTheFaultOnIt()
    {
        Device("a", "2", 1);
        Device("b", "1", 1);
        Device("c", "2", 1, model: "B");
        Device("d", "1", 1);
        Device("d", "2", 950);
        Device("e", "2", 1);
        foreach (var device in new[] { "a", "b", "c", "d" })
            Fault(device, "f", 900, 1900);
        Fault("a", "g", 1950);
        Fault("d", "f", 960, 1960);
        Fault("e", "f", 100, 200);
        Fault("e", "h", 1950);

        var devices = Read(db => DefectStore.Devices(db, Group, now: 2000));

        Assert.Equal([("a", 2L, 1950L, "g of a"), ("d", 1, 960, "f of d")], devices.Select(d => (d.Device, d.Times, d.RaisedAt, d.Title)));
        Assert.Equal((1950, 0), (devices[0].CaseId, devices[0].ClearedAt));
        Assert.Equal(["d", "a"], Read(db => DefectStore.Devices(db, Group with { OverAt = 1949 }, now: 9000)).Select(d => d.Device));
    }

    [Fact]
    public void Devices_OfABatchAndOfAModel_ThoseThatHadTheFault()
    {
        Device("a", "1", 1, serial: "S2412-0417");
        Device("b", "1", 1, serial: "S2412-1417");
        Device("c", "1", 1, serial: "417");
        Device("d", "1", 1, model: "B", serial: "S2412-0418");
        foreach (var device in new[] { "a", "b", "c", "d" })
            Fault(device, "f", 1900);

        Assert.Equal(["a"], Read(db => DefectStore.Devices(db, Group with { Dimension = "Serial", Part = "S2412-0", BatchCharacters = 3 }, 2000)).Select(d => d.Device));
        Assert.Equal(["a", "b", "c"], Read(db => DefectStore.Devices(db, Group with { Dimension = "Model", Part = "" }, 2000)).Select(d => d.Device));
        Assert.Equal(["a"], Read(db => DefectStore.Devices(db, Group with { Dimension = "Model", Part = "" }, 2000, 1)).Select(d => d.Device));
    }
}

public sealed class DefectStoreOnSqliteFiles : DefectStoreCompliance<SqliteFiles>;

public sealed class DefectStoreInSqliteMemory : DefectStoreCompliance<SqliteMemory>;

public sealed class DefectStoreOnPostgres : DefectStoreCompliance<PostgresSchemas>;
