using B2D.Storage.Faults;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Faults;

public abstract class HeldFaultStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private static HeldFaultRow Held(string device, string rule, string episode, long at) => new() { Device = device, Rule = rule, Episode = episode, HeldAt = at };

    private IReadOnlyList<HeldFaultRow> Of(string device) => Read(db => HeldFaultStore.Of(db, device));

    [Fact]
    public void Hold_EveryColumn_ComesBack()
    {
        var row = Filled<HeldFaultRow>();

        Write(db => HeldFaultStore.Hold(db, row));

        var kept = Assert.Single(Of(row.Device));
        AssertSame(row with { Id = kept.Id }, kept);
    }

    [Fact]
    public void Hold_Again_IsOneRowOfTheLastEpisode()
    {
        Write(db => HeldFaultStore.Hold(db, Held("d", "r", "1-5", 100)));
        Write(db => HeldFaultStore.Hold(db, Held("d", "q", "1-6", 50)));
        Write(db => HeldFaultStore.Hold(db, Held("d", "r", "1-9", 200)));

        Assert.Equal([("q", "1-6", 50L), ("r", "1-9", 200L)], Of("d").Select(h => (h.Rule, h.Episode, h.HeldAt)));
    }

    [Fact]
    public void LetGo_OnlyThatDeviceAndRule()
    {
        Write(db => HeldFaultStore.Hold(db, Held("d", "r", "1-5", 100)));
        Write(db => HeldFaultStore.Hold(db, Held("e", "r", "1-6", 100)));

        Assert.True(Write(db => HeldFaultStore.LetGo(db, "d", "r")));
        Assert.False(Write(db => HeldFaultStore.LetGo(db, "d", "r")));
        Assert.False(Write(db => HeldFaultStore.LetGo(db, "e", "q")));

        Assert.Empty(Of("d"));
        Assert.Single(Of("e"));
    }

    [Fact]
    public void Rename_UnlessTheNewNameHasSomethingItself()
    {
        Write(db => HeldFaultStore.Hold(db, Held("d", "old", "1-5", 100)));
        Write(db => HeldFaultStore.Hold(db, Held("e", "old", "1-6", 100)));
        Write(db => HeldFaultStore.Hold(db, Held("e", "new", "1-7", 200)));

        Write(db => HeldFaultStore.Rename(db, "d", "old", "new"));
        Write(db => HeldFaultStore.Rename(db, "e", "old", "new"));

        Assert.Equal(["new"], Of("d").Select(h => h.Rule));
        Assert.Equal(["old", "new"], Of("e").Select(h => h.Rule));
    }
}

public sealed class HeldFaultStoreOnSqliteFiles : HeldFaultStoreCompliance<SqliteFiles>;

public sealed class HeldFaultStoreInSqliteMemory : HeldFaultStoreCompliance<SqliteMemory>;

public sealed class HeldFaultStoreOnPostgres : HeldFaultStoreCompliance<PostgresSchemas>;
