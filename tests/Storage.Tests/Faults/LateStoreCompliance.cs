using B2D.Storage.Faults;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Faults;

public abstract class LateStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private void Put(params LateMessage[] messages) => Write(db => LateStore.Put(db, messages));

    private IReadOnlyList<LateDevice> Due(long quietSince, long waitingSince, int limit = 100, long settledSince = 0) =>
        Read(db => LateStore.Due(db, quietSince, waitingSince, settledSince, limit));

    [Fact]
    public void Due_QuietForLongEnoughOrWaitingForLongEnough_TheLongestQuietFirst()
    {
        Put(new LateMessage("a", 10, false, 1000, 1), new LateMessage("b", 10, false, 1001, 2), new LateMessage("a", 11, false, 1005, 3));
        Put(new LateMessage("c", 5, false, 1010, 4));

        Assert.Empty(Due(1000, 999));
        Assert.Equal(["b", "a"], Due(1005, 999).Select(d => d.Device));
        Assert.Equal(["a"], Due(999, 1000).Select(d => d.Device));
        Assert.Equal(["b"], Due(2000, 2000, limit: 1).Select(d => d.Device));
        Assert.Equal(new LateDevice { Device = "a", FirstHeardAt = 1000, HeardAt = 1005, Entry = 3 }, Due(1005, 0)[1]);
        Assert.Equal(3, Read(LateStore.Count));
    }

    [Fact]
    public void Times_UpToAnEntry_EachOnceInOrder()
    {
        Put(new LateMessage("a", 20, false, 1000, 1), new LateMessage("a", 10, false, 1001, 2), new LateMessage("b", 5, false, 1001, 3));
        Put(new LateMessage("a", 20, false, 1002, 4), new LateMessage("a", 30, false, 1003, 5));

        Assert.Equal([10L], Read(db => LateStore.Times(db, "a", 3)).Select(t => t.At));
        Assert.Equal([10L, 20L], Read(db => LateStore.Times(db, "a", 4)).Select(t => t.At));
        Assert.Equal([10L, 20L, 30L], Read(db => LateStore.Times(db, "a", long.MaxValue)).Select(t => t.At));
    }

    [Fact]
    public void Times_ForRulesWithLateness_StandBesideThoseForTheOthers()
    {
        Put(new LateMessage("a", 20, false, 1000, 1), new LateMessage("a", 20, true, 1001, 2));

        Assert.Equal([false, true], Read(db => LateStore.Times(db, "a", 9)).Select(t => t.Delayed));
        Write(db => LateStore.Done(db, "a", 1));
        Assert.True(Assert.Single(Read(db => LateStore.Times(db, "a", 9))).Delayed);
    }

    [Fact]
    public void Looked_WaitsUntilItIsSettled_OrMoreComesLate()
    {
        Put(new LateMessage("a", 10, false, 1000, 1), new LateMessage("b", 10, false, 1000, 2));
        Write(db => LateStore.Looked(db, "a", 1, 5000));
        Write(db => LateStore.Looked(db, "b", 2, 5000));

        Assert.Empty(Due(9000, 9000, settledSince: 999));
        Assert.Equal(["a", "b"], Due(9000, 9000, settledSince: 1000).Select(d => d.Device));
        Assert.Equal([10L], Read(db => LateStore.Times(db, "a", 9)).Select(t => t.At));

        Put(new LateMessage("a", 11, false, 6000, 3));
        Assert.Equal(new LateDevice { Device = "a", FirstHeardAt = 6000, HeardAt = 6000, Entry = 3 }, Assert.Single(Due(9000, 0)));
    }

    [Fact]
    public void Looked_WhileMoreComes_LeavesItToBeLookedAt()
    {
        Put(new LateMessage("a", 10, false, 1000, 1), new LateMessage("a", 11, false, 1001, 2));
        Write(db => LateStore.Looked(db, "a", 1, 5000));

        // What came since waits from now on, not since the first of those that were looked at.
        Assert.Equal(new LateDevice { Device = "a", FirstHeardAt = 5000, HeardAt = 1001, Entry = 2 }, Assert.Single(Due(1001, 0)));
    }

    [Fact]
    public void Done_LeavesWhatCameSinceAndOtherDevices()
    {
        Put(new LateMessage("a", 10, false, 1000, 1), new LateMessage("a", 11, false, 1001, 2), new LateMessage("b", 5, false, 1001, 3));
        Write(db => LateStore.Done(db, "a", 1));
        Assert.Equal([11L], Read(db => LateStore.Times(db, "a", long.MaxValue)).Select(t => t.At));
        Assert.Equal(2, Read(LateStore.Count));

        Write(db => LateStore.Done(db, "a", 2));
        Assert.Empty(Read(db => LateStore.Times(db, "a", long.MaxValue)));
        Assert.Equal(["b"], Due(9000, 0).Select(d => d.Device));
        Assert.Equal(1, Read(LateStore.Count));
    }
}

public sealed class LateStoreOnSqliteFiles : LateStoreCompliance<SqliteFiles>;

public sealed class LateStoreInSqliteMemory : LateStoreCompliance<SqliteMemory>;

public sealed class LateStoreOnPostgres : LateStoreCompliance<PostgresSchemas>;
