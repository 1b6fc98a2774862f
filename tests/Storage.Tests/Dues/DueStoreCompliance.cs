using B2D.Storage.Dues;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Dues;

public abstract class DueStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private long Open(DueRow row) => Write(db => DueStore.TryOpen(db, row))!.Value;

    [Fact]
    public void TryOpen_EveryColumn_ComesBack()
    {
        var row = Filled<DueRow>();

        var id = Open(row);

        AssertSame(row with { Id = id }, Read(db => DueStore.Find(db, id)));
        AssertSame(row with { Id = id }, Read(db => DueStore.Find(db, row.Device, row.Rule, row.Cycle)));
    }

    [Fact]
    public void TryOpen_SameCycle_IsRefused()
    {
        Open(new DueRow { Device = "d", Rule = "r", Cycle = 1 });

        Assert.Null(Write(db => DueStore.TryOpen(db, new DueRow { Device = "d", Rule = "r", Cycle = 1 })));

        var next = Open(new DueRow { Device = "d", Rule = "r", Cycle = 2 });
        Assert.Equal(next, Read(db => DueStore.FindLatest(db, "d", "r"))!.Id);
    }

    [Fact]
    public void Update_AllColumns()
    {
        var id = Open(new DueRow { Device = "d", Rule = "r", Cycle = 1 });
        var changed = Filled<DueRow>(5) with { Id = id };

        Assert.True(Write(db => DueStore.Update(db, changed)));

        AssertSame(changed, Read(db => DueStore.Find(db, id)));
        Assert.False(Write(db => DueStore.Update(db, changed with { Id = 999 })));
    }

    [Fact]
    public void Rename_TakesAllCyclesOfTheDevice()
    {
        var first = Open(new DueRow { Device = "d", Rule = "old", Cycle = 0, State = "Done" });
        var second = Open(new DueRow { Device = "d", Rule = "old", Cycle = 1 });
        var other = Open(new DueRow { Device = "e", Rule = "old" });

        Write(db => DueStore.Rename(db, "d", "old", "new"));

        Assert.Equal(["new", "new", "old"], new[] { first, second, other }.Select(id => Read(db => DueStore.Find(db, id))!.Rule));
    }

    [Fact]
    public void List_ByEachFilter_FindsOnlyThose()
    {
        var a = Open(new DueRow { Device = "a", Rule = "r1", Customer = "c1", State = "Told" });
        var b = Open(new DueRow { Device = "b", Rule = "r1", Customer = "c2" });
        var c = Open(new DueRow { Device = "a", Rule = "r2", Customer = "c1" });
        long[] Ids(DueFilter filter) => [.. Read(db => DueStore.List(db, filter)).Select(d => d.Id)];

        Assert.Equal([c, b, a], Ids(new DueFilter()));
        Assert.Equal([a], Ids(new DueFilter { States = ["Told", "Overdue"] }));
        Assert.Equal([c, a], Ids(new DueFilter { Device = "a" }));
        Assert.Equal([b], Ids(new DueFilter { Customer = "c2" }));
        Assert.Equal([b, a], Ids(new DueFilter { Rule = "r1" }));
        Assert.Equal([b], Ids(new DueFilter { Before = c, Limit = 1 }));
        Assert.Equal(new Dictionary<string, long> { ["Told"] = 1, ["Forecast"] = 2 }, Read(DueStore.CountByState));
    }
}

public sealed class DueStoreOnSqliteFiles : DueStoreCompliance<SqliteFiles>;

public sealed class DueStoreInSqliteMemory : DueStoreCompliance<SqliteMemory>;

public sealed class DueStoreOnPostgres : DueStoreCompliance<PostgresSchemas>;
