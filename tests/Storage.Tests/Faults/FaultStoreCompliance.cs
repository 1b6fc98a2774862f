using B2D.Core.Rules;
using B2D.Storage.Faults;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Faults;

public abstract class FaultStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private long Raise(FaultRow row) => Write(db => FaultStore.Raise(db, row))!.Value;

    private FaultRow Find(long id) => Read(db => FaultStore.Find(db, id))!;

    private static FaultRow Fault(string device, string rule, string episode) => new() { Device = device, Rule = rule, Episode = episode };

    [Fact]
    public void Raise_EveryColumn_ComesBack()
    {
        var row = Filled<FaultRow>();

        var id = Raise(row);

        AssertSame(row with { Id = id }, Find(id));
        AssertSame(row with { Id = id }, Read(db => FaultStore.Find(db, row.Device, row.Rule, row.Episode)));
    }

    [Fact]
    public void Raise_SameEpisodeAgain_ChangesNothing()
    {
        var id = Raise(Fault("d", "r", "1-5") with { Title = "first" });

        Assert.Null(Write(db => FaultStore.Raise(db, Fault("d", "r", "1-5") with { Title = "second" })));

        Assert.Equal("first", Find(id).Title);
    }

    [Fact]
    public void Clear_OpenEpisode_EndsOnceWithItsReason()
    {
        var id = Raise(Fault("d", "r", "1-5"));

        Assert.True(Write(db => FaultStore.Clear(db, "d", "r", "1-5", 900, "Normal")));
        Assert.False(Write(db => FaultStore.Clear(db, "d", "r", "1-5", 950, "Other")));
        Assert.False(Write(db => FaultStore.Clear(db, "d", "r", "1-6", 950, "Other")));

        var row = Find(id);
        Assert.Equal((900L, "Normal", "Normal"), (row.ClearedAt, row.ClearReason, row.Phase));
        Assert.Null(Read(db => FaultStore.FindOpen(db, "d", "r")));
    }

    [Fact]
    public void Overlaps_OneOfTheDeviceAndRule_IsTrueFromItsOnsetToItsEnd()
    {
        Raise(Fault("d", "r", "1-5") with { OnsetAt = 100 });
        Write(db => FaultStore.Clear(db, "d", "r", "1-5", 9000, "", 200));
        Raise(Fault("d", "old", "1-6") with { OnsetAt = 100, ClearedAt = 300 });
        Raise(Fault("d", "open", "1-7") with { OnsetAt = 400 });
        bool Overlaps(string rule, long from, long until) => Read(db => FaultStore.Overlaps(db, "d", rule, from, until));

        Assert.Equal([false, true, true, false], new[] { (50, 99), (50, 100), (200, 250), (201, 250) }.Select(t => Overlaps("r", t.Item1, t.Item2)));
        Assert.True(Overlaps("old", 300, 900));
        Assert.False(Overlaps("old", 301, 900));
        Assert.True(Overlaps("open", 1_000_000, long.MaxValue));
        Assert.False(Overlaps("other", 0, long.MaxValue));
        Assert.Equal(["open"], Read(db => FaultStore.Since(db, "d", 301)).Select(f => f.Rule));
        Assert.Equal(["open", "old"], Read(db => FaultStore.Since(db, "d", 250)).Select(f => f.Rule));
        Assert.Equal(["open", "old", "r"], Read(db => FaultStore.Since(db, "d", 200)).Select(f => f.Rule));
    }

    [Fact]
    public void EndBackDated_EndsOnlyWhatAPassFoundAndNeverBeforeItsOnset()
    {
        var raised = Raise(Fault("d", "r", "1-5"));
        var found = Raise(Fault("d", "r", "1--5") with { OnsetAt = 500, BackDated = true });
        Raise(Fault("e", "r", "1--6") with { BackDated = true });

        Assert.Equal([found], Read(db => FaultStore.OpenBackDated(db, 0, 1)).Select(f => f.Id));
        Assert.Single(Read(db => FaultStore.OpenBackDated(db, found, 10)));
        Assert.Equal(raised, Read(db => FaultStore.FindOpen(db, "d", "r"))!.Id);
        Assert.True(Write(db => FaultStore.EndBackDated(db, "d", "r", 900, 300, "BackDated")));
        Assert.False(Write(db => FaultStore.EndBackDated(db, "d", "r", 950, 300, "BackDated")));

        Assert.Equal((900L, 500L, "BackDated", "Normal"), (Find(found).ClearedAt, Find(found).EndedAt, Find(found).ClearReason, Find(found).Phase));
        Assert.Equal(0, Find(raised).ClearedAt);
    }

    [Fact]
    public void Rename_TakesWhatIsOpenAndLeavesWhatIsOver()
    {
        var over = Raise(Fault("d", "old", "1-5"));
        Write(db => FaultStore.Clear(db, "d", "old", "1-5", 900, ""));
        var open = Raise(Fault("d", "old", "1-9"));
        var other = Raise(Fault("e", "old", "1-9"));
        var taken = Raise(Fault("f", "old", "1-9"));
        Raise(Fault("f", "new", "1-9"));

        Write(db => FaultStore.Rename(db, "d", "old", "new"));
        Write(db => FaultStore.Rename(db, "f", "old", "new"));

        Assert.Equal(["old", "new", "old", "old"], new[] { over, open, other, taken }.Select(id => Find(id).Rule));
    }

    [Fact]
    public void FindOpen_AfterARecurrence_IsTheNewEpisode()
    {
        Raise(Fault("d", "r", "1-5"));
        Write(db => FaultStore.Clear(db, "d", "r", "1-5", 900, ""));
        var second = Raise(Fault("d", "r", "1-9"));

        Assert.Equal(second, Read(db => FaultStore.FindOpen(db, "d", "r"))!.Id);
    }

    [Fact]
    public void Changes_OfOneEpisode_LeaveOthersAlone()
    {
        var id = Raise(Fault("d", "r", "1-5"));
        var other = Raise(Fault("d", "r", "1-6"));
        var before = Find(other);

        Write(db =>
        {
            Assert.True(FaultStore.SetSeverity(db, "d", "r", "1-5", Severity.Critical));
            Assert.True(FaultStore.SetPhase(db, "d", "r", "1-5", "Clearing"));
            Assert.True(FaultStore.SetRemedyState(db, "d", "r", "1-5", "Sent"));
            Assert.True(FaultStore.SetCase(db, "d", "r", "1-5", 12));
            Assert.True(FaultStore.SetOutage(db, "d", "r", "1-5", 3));
            Assert.False(FaultStore.SetCase(db, "d", "r", "2-2", 12));
        });

        var row = Find(id);
        Assert.Equal((Severity.Critical, "Clearing", "Sent", 12L, 3L, "outage"),
            (row.Severity, row.Phase, row.RemedyState, row.CaseId, row.OutageId, row.SuppressedBy));
        AssertSame(before, Find(other));
        Write(db => FaultStore.SetOutage(db, "d", "r", "1-5", 0));
        Assert.Equal((0L, ""), (Find(id).OutageId, Find(id).SuppressedBy));
        Write(db => FaultStore.SetSuppressedBy(db, "d", "r", "1-5", "maintenance"));
        Assert.Equal("maintenance", Find(id).SuppressedBy);
    }

    [Fact]
    public void AcknowledgeAndShelve_OpenFault_AreKept()
    {
        var id = Raise(Fault("d", "r", "1-5"));

        Assert.True(Write(db => FaultStore.Acknowledge(db, "d", "r", "ana", 500)));
        Assert.True(Write(db => FaultStore.Shelve(db, "d", "r", "rui", 800, "visit booked")));

        var row = Find(id);
        Assert.Equal(("ana", 500L, "rui", 800L, "visit booked"), (row.AcknowledgedBy, row.AcknowledgedAt, row.ShelvedBy, row.ShelvedUntil, row.ShelveReason));
        Write(db => FaultStore.Clear(db, "d", "r", "1-5", 900, ""));
        Assert.False(Write(db => FaultStore.Acknowledge(db, "d", "r", "eva", 950)));
    }

    [Fact]
    public void List_ByEachFilter_FindsOnlyThose()
    {
        var a = Raise(Fault("a", "r1", "1-1") with { Customer = "c1", Segment = "north/n1/cab", CaseId = 4 });
        var b = Raise(Fault("b", "r2", "1-2") with { Customer = "c2", Segment = "north/n12", OutageId = 9 });
        var c = Raise(Fault("a", "r2", "1-3") with { Customer = "c1", Segment = "south", ClearedAt = 100, Shadow = true });
        long[] Ids(FaultFilter filter) => [.. Read(db => FaultStore.List(db, filter)).Select(f => f.Id)];

        Assert.Equal([c, b, a], Ids(new FaultFilter()));
        Assert.Equal([b, a], Ids(new FaultFilter { OpenOnly = true }));
        Assert.Equal([c, a], Ids(new FaultFilter { Device = "a" }));
        Assert.Equal([a], Read(db => FaultStore.Open(db, "a")).Select(f => f.Id));
        Assert.Equal([c, b], Ids(new FaultFilter { Rule = "r2" }));
        Assert.Equal([b], Ids(new FaultFilter { Customer = "c2" }));
        Assert.Equal([a], Ids(new FaultFilter { Segment = "north/n1" }));
        Assert.Equal([a], Ids(new FaultFilter { CaseId = 4 }));
        Assert.Equal([b], Ids(new FaultFilter { OutageId = 9 }));
        Assert.Equal([b], Ids(new FaultFilter { Before = c, Limit = 1 }));
        Assert.Equal(2, Read(db => FaultStore.Count(db, new FaultFilter { OpenOnly = true, Limit = 1 })));
        Assert.Equal(2, Read(FaultStore.CountDevicesWithOpen));
    }

    [Fact]
    public void Retain_EndedFaultsWithoutCaseOrOutage_Go()
    {
        Raise(Fault("a", "r", "1-1") with { ClearedAt = 100 });
        Raise(Fault("a", "r", "1-2") with { ClearedAt = 110 });
        var open = Raise(Fault("a", "r", "1-3"));
        var later = Raise(Fault("a", "r", "1-4") with { ClearedAt = 200 });
        var inCase = Raise(Fault("a", "r", "1-5") with { ClearedAt = 100, CaseId = 1 });

        Assert.Equal([1, 1, 0], new[] { 1, 1, 1 }.Select(max => Write(db => FaultStore.Retain(db, 200, max))));
        Assert.Equal([inCase, later, open], Read(db => FaultStore.List(db, new FaultFilter())).Select(f => f.Id));
    }

    [Fact]
    public void Transitions_SameEffectTwice_IsOneAndTheOrderIsKept()
    {
        var row = Filled<TransitionRow>();
        var first = Write(db => TransitionStore.Append(db, row));
        Assert.Null(Write(db => TransitionStore.Append(db, row)));
        var second = Write(db => TransitionStore.Append(db, row with { EffectId = "x" }));
        var third = Write(db => TransitionStore.Append(db, row with { EffectId = "y" }));

        AssertSame(row with { Seq = first!.Value }, Read(db => TransitionStore.ReadAfter(db, 0, 1))[0]);
        Assert.Equal([second!.Value, third!.Value], Read(db => TransitionStore.ReadAfter(db, first.Value, 10)).Select(t => t.Seq));
        Assert.Equal(third, Read(TransitionStore.Last));
    }
}

public sealed class FaultStoreOnSqliteFiles : FaultStoreCompliance<SqliteFiles>;

public sealed class FaultStoreInSqliteMemory : FaultStoreCompliance<SqliteMemory>;

public sealed class FaultStoreOnPostgres : FaultStoreCompliance<PostgresSchemas>;
