using B2D.Storage.Access;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests;

public abstract class DatabaseCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    [Fact]
    public void Write_WorkThrows_NothingOfItIsThere()
    {
        Assert.Throws<FormatException>(() => State.Write(db =>
        {
            SettingStore.Set(db, "a", "1", 1, "x");
            throw new FormatException();
        }));

        Assert.Null(Read(db => SettingStore.Find(db, "a")));
    }

    [Fact]
    public void Write_AfterOneThatThrew_Works()
    {
        Assert.Throws<FormatException>(() => State.Write(_ => throw new FormatException()));

        Write(db => SettingStore.Set(db, "a", "1", 1, "x"));

        Assert.NotNull(Read(db => SettingStore.Find(db, "a")));
    }

    [Fact]
    public async Task Write_ManyCallers_OneAtATime()
    {
        Write(db => SettingStore.Set(db, "n", "0", 0, ""));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 25; i++)
            {
                Write(db =>
                {
                    var n = SettingStore.Find(db, "n")!.ChangedAt;
                    SettingStore.Set(db, "n", "", n + 1, "");
                });
            }
        })));

        Assert.Equal(200, Read(db => SettingStore.Find(db, "n")!.ChangedAt));
    }

    [Fact]
    public void Read_WorkThatWrites_IsRefusedAndUndone()
    {
        Assert.ThrowsAny<Exception>(() => State.Read(db => SettingStore.Set(db, "a", "1", 1, "x")));

        Assert.Null(Read(db => SettingStore.Find(db, "a")));
    }

    [Fact]
    public void ReadAndWrite_InsideOfEachOther_AreRefused()
    {
        Assert.Throws<InvalidOperationException>(() => State.Write(_ => State.Read(_ => 1)));
        Assert.Throws<InvalidOperationException>(() => State.Write(_ => State.Write(_ => 1)));
        Assert.Throws<InvalidOperationException>(() => State.Read(_ => State.Write(_ => 1)));
        Assert.Throws<InvalidOperationException>(() => State.Read(_ => State.Read(_ => 1)));
        Assert.Equal(1, State.Read(_ => 1));
    }

    [Fact]
    public void Read_AfterDispose_IsRefused()
    {
        var database = Stores.State;
        Stores.Dispose();

        Assert.Throws<ObjectDisposedException>(() => database.Read(_ => 1));
    }
}

/// <summary>What a database that outlives the process must do besides; readers do not wait for the writer there.</summary>
public abstract class DurableDatabaseCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    [Fact]
    public void Open_AfterClose_HasWhatWasCommitted()
    {
        Write(db => SettingStore.Set(db, "a", "1", 1, "x"));

        Reopen();

        Assert.Equal("1", Read(db => SettingStore.Find(db, "a"))!.Value);
    }

    [Fact]
    public void Open_WhileAnotherHasIt_IsRefused()
    {
        var refused = Assert.Throws<StorageException>(() => Place.Open());

        Assert.Equal(StorageProblem.InUse, refused.Problem);
        Assert.Contains("in use by another b2d", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_WhileAWriteIsOpen_SeesWhatWasCommittedBefore()
    {
        Write(db => SettingStore.Set(db, "a", "old", 1, "x"));
        var written = new TaskCompletionSource();
        var read = new TaskCompletionSource();
        var writing = Task.Run(() => Write(db =>
        {
            SettingStore.Set(db, "a", "new", 2, "x");
            written.SetResult();
            read.Task.Wait();
        }));
        await written.Task;

        var during = Read(db => SettingStore.Find(db, "a"))!.Value;
        read.SetResult();
        await writing;

        Assert.Equal("old", during);
        Assert.Equal("new", Read(db => SettingStore.Find(db, "a"))!.Value);
    }

    [Fact]
    public void Read_WhileAWriteCommits_SeesOneStateToItsEnd()
    {
        Write(db => SettingStore.Set(db, "a", "old", 1, "x"));

        var (before, after) = Read(db =>
        {
            var first = SettingStore.Find(db, "a")!.Value;
            var writer = new Thread(() => Write(other => SettingStore.Set(other, "a", "new", 2, "x")));
            writer.Start();
            writer.Join();
            return (first, SettingStore.Find(db, "a")!.Value);
        });

        Assert.Equal(("old", "old"), (before, after));
    }

    [Fact]
    public async Task Write_CallersInARow_RunInOrderOfArrival()
    {
        var order = new List<int>();
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var first = Task.Run(() => Write(_ =>
        {
            entered.SetResult();
            release.Task.Wait();
        }));
        await entered.Task;
        var threads = new List<Thread>();
        for (var i = 0; i < 5; i++)
        {
            var number = i;
            var thread = new Thread(() => Write(_ => order.Add(number)));
            thread.Start();
            while (thread.ThreadState != ThreadState.WaitSleepJoin) // it has taken its turn and waits
                Thread.Yield();
            threads.Add(thread);
        }

        release.SetResult();
        await first;
        threads.ForEach(t => t.Join());

        Assert.Equal([0, 1, 2, 3, 4], order);
    }
}

public sealed class DatabaseOnSqliteFiles : DatabaseCompliance<SqliteFiles>;

public sealed class DatabaseInSqliteMemory : DatabaseCompliance<SqliteMemory>;

public sealed class DatabaseOnPostgres : DatabaseCompliance<PostgresSchemas>;

public sealed class DurableDatabaseOnSqliteFiles : DurableDatabaseCompliance<SqliteFiles>;

public sealed class DurableDatabaseOnPostgres : DurableDatabaseCompliance<PostgresSchemas>;
