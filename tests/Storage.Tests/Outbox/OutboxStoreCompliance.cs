using B2D.Storage.Outbox;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Outbox;

public abstract class OutboxStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private long Put(string effect, long dueAt) => Write(db => OutboxStore.Put(db, new OutboxRow { EffectId = effect, DueAt = dueAt }))!.Value;

    private string[] NextDue(long now, int max = 10) => [.. Read(db => OutboxStore.NextDue(db, now, max)).Select(o => o.EffectId)];

    [Fact]
    public void Put_EveryColumn_ComesBack()
    {
        var row = Filled<OutboxRow>();

        var id = Write(db => OutboxStore.Put(db, row))!.Value;

        AssertSame(row with { Id = id }, Read(db => OutboxStore.Find(db, row.EffectId)));
    }

    [Fact]
    public void Put_SameEffectAgain_IsNotRepeatedEvenAfterItWasDone()
    {
        var id = Put("e", 10);
        Assert.Null(Write(db => OutboxStore.Put(db, new OutboxRow { EffectId = "e", DueAt = 5 })));
        Write(db => OutboxStore.Done(db, id, 20));

        Assert.Null(Write(db => OutboxStore.Put(db, new OutboxRow { EffectId = "e", DueAt = 5 })));

        Assert.Empty(NextDue(100));
    }

    [Fact]
    public void NextDue_ByTimeThenOrder_OnlyWhatIsOpenAndDue()
    {
        Put("late", 30);
        Put("b", 20);
        Put("a", 10);
        Put("c", 20);
        var done = Put("done", 5);
        Write(db => OutboxStore.Done(db, done, 6));

        Assert.Equal(["a", "b", "c"], NextDue(20));
        Assert.Equal(["a"], NextDue(20, 1));
        Assert.Empty(NextDue(9));
        Assert.Equal(10, Read(OutboxStore.NextDueAt));
        Assert.Equal(4, Read(OutboxStore.CountOpen));
    }

    [Fact]
    public void Under_APrefix_FindsWhatBeginsSo_DoneOrNot()
    {
        foreach (var effect in new[] { "notice.case/1/1", "notice.case/12/1", "notice.case/12/2", "notice.case/120/1", "notice.case/12", "notice.case/13/1" })
            Put(effect, 10);
        Write(db => OutboxStore.Done(db, 3, 20));
        Assert.Equal(["notice.case/12/1", "notice.case/12/2"], Read(db => OutboxStore.Under(db, "notice.case/12/")).Select(o => o.EffectId).Order(StringComparer.Ordinal));
        Assert.Empty(Read(db => OutboxStore.Under(db, "notice.case/2/")));
    }

    [Fact]
    public void Done_Twice_TheFirstCounts()
    {
        var id = Put("e", 10);

        Assert.True(Write(db => OutboxStore.Done(db, id, 20, "sent")));
        Assert.False(Write(db => OutboxStore.Done(db, id, 30, "again")));
        Assert.False(Write(db => OutboxStore.PutOff(db, id, 40)));

        Assert.Equal((20L, "sent"), Read(db => OutboxStore.Find(db, "e")) is { } e ? (e.DoneAt, e.Result) : default);
        Assert.Null(Read(OutboxStore.NextDueAt));
    }

    [Fact]
    public void PutOff_OpenEffect_IsDueLater()
    {
        var id = Put("e", 10);

        Assert.True(Write(db => OutboxStore.PutOff(db, id, 50, "busy")));

        Assert.Empty(NextDue(49));
        Assert.Equal(["e"], NextDue(50));
    }

    [Fact]
    public void Retain_DoneLongAgo_GoInChunks()
    {
        foreach (var (effect, doneAt) in new[] { ("a", 10L), ("b", 11L), ("c", 20L) })
            Write(db => OutboxStore.Done(db, OutboxStore.Put(db, new OutboxRow { EffectId = effect })!.Value, doneAt));
        Put("open", 1);

        Assert.Equal([1, 1, 0], new[] { 1, 1, 1 }.Select(max => Write(db => OutboxStore.Retain(db, 20, max))));
        Assert.NotNull(Read(db => OutboxStore.Find(db, "c")));
        Assert.NotNull(Read(db => OutboxStore.Find(db, "open")));
    }
}

public sealed class OutboxStoreOnSqliteFiles : OutboxStoreCompliance<SqliteFiles>;

public sealed class OutboxStoreInSqliteMemory : OutboxStoreCompliance<SqliteMemory>;

public sealed class OutboxStoreOnPostgres : OutboxStoreCompliance<PostgresSchemas>;
