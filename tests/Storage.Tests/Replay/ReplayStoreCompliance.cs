using B2D.Core.Rules;
using B2D.Storage.Replay;
using B2D.Storage.Rules;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Replay;

public abstract class ReplayStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    [Fact]
    public void Checkpoint_SavedAgain_IsReplaced()
    {
        var row = Filled<CheckpointRow>();
        Write(db => CheckpointStore.Save(db, row));
        Write(db => CheckpointStore.Save(db, row with { Name = "other" }));

        var next = new CheckpointRow { Name = row.Name, Position = 9, TickedUntil = 8, Body = null };
        Write(db => CheckpointStore.Save(db, next));

        AssertSame(next, Read(db => CheckpointStore.Find(db, row.Name)));
        AssertSame(row with { Name = "other" }, Read(db => CheckpointStore.Find(db, "other")));
        Assert.Null(Read(db => CheckpointStore.Find(db, "unknown")));
    }

    [Fact]
    public void Snapshots_TheLastThreeOfEachStreamAreKept()
    {
        var row = Filled<SnapshotRow>() with { Stream = "lanes", Position = 10 };
        Write(db => SnapshotStore.Save(db, row));
        AssertSame(row, Read(db => SnapshotStore.Latest(db, "lanes")));
        Write(db => SnapshotStore.Save(db, row with { Stream = "other", Position = 1 }));

        foreach (var position in new long[] { 20, 30, 40 })
            Write(db => SnapshotStore.Save(db, row with { Position = position }));

        Assert.Equal([40, 30, 20], Read(db => SnapshotStore.List(db, "lanes")).Select(s => s.Position));
        Assert.Equal((20, 1), (Read(db => SnapshotStore.OldestPosition(db, "lanes")), Read(db => SnapshotStore.OldestPosition(db, "other"))));
        Assert.Null(Read(db => SnapshotStore.OldestPosition(db, "none")));
    }

    [Fact]
    public void Snapshot_SamePositionAgain_IsReplaced()
    {
        Write(db => SnapshotStore.Save(db, new SnapshotRow { Stream = "s", Position = 5, Body = [1] }));
        Write(db => SnapshotStore.Save(db, new SnapshotRow { Stream = "s", Position = 5, Body = [2] }));

        Assert.Equal([2], Assert.Single(Read(db => SnapshotStore.List(db, "s"))).Body);
    }

    [Fact]
    public void RuleSets_AreKeptWithTheirTexts()
    {
        RuleFile[] files = [new("b.yaml", "- fault: \"x\"\n"), new("a/ä.yaml", "")];
        Write(db => RuleSetStore.Put(db, "h1", files, 10, "ana"));
        Write(db => RuleSetStore.Put(db, "h2", [], 20, "rui"));

        Assert.Equal("h2", Read(RuleSetStore.Latest)!.Hash);
        Write(db => RuleSetStore.Put(db, "h1", files, 30, "eva"));

        var latest = Read(RuleSetStore.Latest)!;
        Assert.Equal(("h1", 30L, "eva"), (latest.Hash, latest.ActivatedAt, latest.ActivatedBy));
        Assert.Equal([files[1], files[0]], latest.ToFiles());
        Assert.Equal(["h1", "h2"], Read(db => RuleSetStore.List(db)).Select(s => s.Hash));
        Assert.Null(Read(db => RuleSetStore.Find(db, "h3")));
    }
}

public sealed class ReplayStoreOnSqliteFiles : ReplayStoreCompliance<SqliteFiles>;

public sealed class ReplayStoreInSqliteMemory : ReplayStoreCompliance<SqliteMemory>;

public sealed class ReplayStoreOnPostgres : ReplayStoreCompliance<PostgresSchemas>;
