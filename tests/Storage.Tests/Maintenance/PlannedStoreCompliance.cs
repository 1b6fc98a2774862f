using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Maintenance;

public abstract class PlannedStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private static readonly MaintenanceRow Work = new() { Title = "t", Scope = "Segment", Target = "n/1", FromAt = 1000, UntilAt = 2000, Felt = true, Words = "w" };

    private MaintenanceRow Add(MaintenanceRow row) => Write(db => MaintenanceStore.Find(db, MaintenanceStore.TryAdd(db, row)!.Value)!);

    private void Device(string id, string customer, string segment = "n/1") => Write(db => DeviceStore.Put(db, new Device(DeviceId.Parse(id)) { Segment = Segment.Parse(segment), Customer = customer }, 1));

    private void Tell(MaintenanceRow work, string customer, string state = "Told") =>
        Write(db => PlannedStore.Put(db, new PlannedRow { Maintenance = work.Id, Customer = customer, Lead = work.Id, State = state, Held = work.Times, ToldAt = 5 }));

    [Fact]
    public void Put_EveryColumn_ComesBackAndIsReplaced()
    {
        var row = Filled<PlannedRow>();
        Write(db => PlannedStore.Put(db, row));
        AssertSame(row, Read(db => PlannedStore.Find(db, row.Maintenance, row.Customer)));
        var other = Filled<PlannedRow>(3) with { Maintenance = row.Maintenance, Customer = row.Customer };
        Write(db => PlannedStore.Put(db, other));
        AssertSame(other, Read(db => PlannedStore.Find(db, row.Maintenance, row.Customer)));
        Assert.Equal(1, Read(db => PlannedStore.CountTold(db, row.Maintenance)));
    }

    [Fact]
    public void Owners_OfItsDevices_AreToldOnceAndGoneWhenTheyHaveNoneThere()
    {
        Device("a", "ana");
        Device("b", "ana", "n/1/x");
        Device("c", "rui");
        Device("d", "");
        Device("e", "eva", "n/10");
        var work = Add(Work);
        Assert.Equal(["ana", "rui"], Read(db => PlannedStore.Owners(db, work)));
        Assert.Equal(["rui"], Read(db => PlannedStore.Owners(db, work, after: "ana")));
        Assert.Equal((2L, 2L), Read(db => (PlannedStore.CountOwners(db, work), PlannedStore.CountUntold(db, work))));
        Tell(work, "ana");
        Assert.Equal(["rui"], Read(db => PlannedStore.Untold(db, work, 10)));
        Assert.Empty(Read(db => PlannedStore.Gone(db, work)));
        Device("a", "rui");
        Device("b", "rui", "n/1/x");
        Assert.Equal(["ana"], Read(db => PlannedStore.Gone(db, work)).Select(p => p.Customer));
        Assert.Equal((false, true), Read(db => (PlannedStore.Touches(db, work, "ana"), PlannedStore.Touches(db, work, "rui"))));
        Tell(work, "ana", "Left");
        Device("a", "ana");
        Assert.Equal(["ana", "rui"], Read(db => PlannedStore.Untold(db, work, 10)));
    }

    [Fact]
    public void WhoIsToHear_OfOtherTimesAndOfTheReminder()
    {
        var work = Add(Work);
        Tell(work, "ana");
        Tell(work, "rui", "Over");
        Assert.Equal(["ana"], Read(db => PlannedStore.Of(db, work.Id)).Select(p => p.Customer));
        Assert.Equal(["ana"], Read(db => PlannedStore.OfLead(db, "ana", work.Id)).Select(p => p.Customer));
        Assert.Empty(Read(db => PlannedStore.HoldingOther(db, work.Id, work.Times, 10)));
        Assert.Equal(["ana"], Read(db => PlannedStore.HoldingOther(db, work.Id, (work with { UntilAt = 3000 }).Times, 10)).Select(p => p.Customer));
        Assert.Equal(["ana"], Read(db => PlannedStore.NotReminded(db, work.Id, 10)).Select(p => p.Customer));
    }

    [Fact]
    public void IsBroken_WhatDoesNotAnswerSinceThen()
    {
        Device("a", "ana");
        Device("b", "rui");
        var work = Add(Work);
        Assert.False(Read(db => PlannedStore.IsBroken(db, work, "ana", 1000)));
        Write(db =>
        {
            HeldFaultStore.Hold(db, new HeldFaultRow { Device = "a", Rule = "r", Episode = "1-1", Title = "t" });
            FaultStore.Raise(db, new FaultRow { Device = "b", Rule = "r", Episode = "1-2", RaisedAt = 900 });
        });
        Assert.Equal((true, false), Read(db => (PlannedStore.IsBroken(db, work, "ana", 1000), PlannedStore.IsBroken(db, work, "rui", 1000))));
        Write(db =>
        {
            LiveStore.Put(db, [new LiveRow { Device = "a", Online = true, OnlineAt = 1, LastSeenAt = 1 }]);
            FaultStore.Raise(db, new FaultRow { Device = "b", Rule = "s", Episode = "1-3", RaisedAt = 2000, Class = FaultClass.Ordinary });
        });
        Assert.Equal((false, true), Read(db => (PlannedStore.IsBroken(db, work, "ana", 1000), PlannedStore.IsBroken(db, work, "rui", 1000))));
    }

    [Fact]
    public void OutagesOf_ThatWereNotOver_AndWhatIsNotEnded()
    {
        var work = Add(Work with { State = "Over" });
        Tell(work, "ana");
        Write(db =>
        {
            foreach (var (segment, resolved) in new[] { ("x", 0L), ("y", 1500L), ("z", 2500L) })
            {
                var id = OutageStore.TryOpen(db, new OutageRow { Segment = segment, Episode = "1-1", ResolvedAt = resolved })!.Value;
                NoticeStore.Put(db, new NoticeRow { Id = segment, Customer = "ana", Subject = $"outage:{id}", Episode = "1-1", Status = "opened", Revision = 1, Channel = "sms", Class = "service", State = segment == "y" ? "Sent" : "Held", CreatedAt = 1100 });
            }
        });
        Assert.Equal(["Held"], Read(db => PlannedStore.OutagesOf(db, "ana", 1000, 2000)));
        Assert.Empty(Read(db => PlannedStore.OutagesOf(db, "ana", 1200, 2000)));
        Assert.Equal(work.Id, Read(db => PlannedStore.Unfinished(db, "ana", 2100))!.Maintenance);
        Assert.Null(Read(db => PlannedStore.Unfinished(db, "ana", 1900)));
    }

    [Fact]
    public void Due_ThoseWhoseLookHasCome_AndLiveFeltOnes()
    {
        var first = Add(Work with { LookAt = 500 });
        Add(Work with { LookAt = 900 });
        Add(Work with { LookAt = 0, EndedBy = "ana" });
        Add(Work with { Felt = false });
        Assert.Equal(500L, Read(PlannedStore.NextLookAt));
        Assert.Equal([first.Id], Read(db => PlannedStore.Due(db, 600)).Select(m => m.Id));
        Assert.Equal(2, Read(PlannedStore.LiveFelt).Count);
    }
}

public sealed class PlannedStoreOnSqliteFiles : PlannedStoreCompliance<SqliteFiles>;

public sealed class PlannedStoreInSqliteMemory : PlannedStoreCompliance<SqliteMemory>;

public sealed class PlannedStoreOnPostgres : PlannedStoreCompliance<PostgresSchemas>;
