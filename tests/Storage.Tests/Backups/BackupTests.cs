using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Access;
using B2D.Storage.Backups;
using B2D.Storage.Replay;
using B2D.Storage.Sqlite;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Backups;

public sealed class BackupTests : IDisposable
{
    private readonly SqliteFiles place = new();
    private readonly SqliteFiles other = new();

    private string Folder => Path.Combine(other.Folder, "backup");

    private string Restored => Path.Combine(other.Folder, "restored");

    public void Dispose()
    {
        place.Dispose();
        other.Dispose();
    }

    [Fact]
    public void Step_WhileOthersWrite_CopiesTheInstantOfTheBeginning()
    {
        using (var stores = place.Open())
        {
            Fill(stores, 200);
            using var run = BackupRun.Begin(stores, Folder, 1234);
            for (var n = 0; run.Step(); n++)
                Fill(stores, 1);
            Assert.True(stores.Log.LastOffset > 200);
            Assert.Equal((1234, 200, 200), (run.Whole!.TakenAt, run.Whole.LogOffset, run.Whole.StateOffset));
            Assert.Equal((run.Whole.Files.Sum(f => f.Bytes), run.Whole.Files.Sum(f => f.Bytes)), (run.Progress.Bytes, run.Progress.Of));
        }

        Assert.Empty(BackupCheck.Run(Folder, _ => { }, default));
        RestoreRun.Run(Folder, Restored, _ => { }, default);
        using var restored = Stores.Open(new StorageOptions { DataFolder = Restored });
        Assert.Equal((200, 200), (restored.Log.LastOffset, restored.Log.CountEntries()));
        Assert.Equal(200, restored.State.Read(db => CheckpointStore.Find(db, "lanes"))!.Position);
        Assert.Equal([1L], restored.Log.Append(new ServerTime(500), [Entry(0)], []).Select(e => e.Offset - 200));
    }

    [Fact]
    public void Begin_BesideAWriter_NeverHasStateAheadOfTheLog()
    {
        using var stores = place.Open();
        Fill(stores, 1);
        using var stop = new CancellationTokenSource();
        var failure = (Exception?)null;
        var writer = new Thread(() =>
        {
            try
            {
                while (!stop.IsCancellationRequested)
                    Fill(stores, 1);
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        writer.Start();
        var seen = new List<long>();
        for (var i = 0; i < 25; i++)
        {
            using var run = BackupRun.Begin(stores, Folder + i, 1);
            while (run.Step())
            {
            }
            Assert.InRange(run.Whole!.StateOffset, run.Whole.LogOffset - 1, run.Whole.LogOffset);
            Assert.Empty(BackupCheck.Run(Folder + i, _ => { }, default));
            seen.Add(run.Whole.LogOffset);
        }
        stop.Cancel();
        writer.Join();
        Assert.Null(failure);
        Assert.True(seen[^1] > seen[0], "nothing was written meanwhile");
    }

    [Fact]
    public void Dispose_AfterABackup_LetsCommitsMoveTheWriteAheadLogAgain()
    {
        using var stores = place.Open();
        var state = (SqliteDatabase)stores.State;
        var before = state.SetAutoCheckpoint(77);
        Assert.Equal(16_384, before);
        using (var run = BackupRun.Begin(stores, Folder, 1))
            Assert.Equal(0, state.SetAutoCheckpoint(0));
        Assert.Equal(77, state.SetAutoCheckpoint(77));
        Assert.False(Directory.Exists(Folder) || Directory.Exists(Folder + BackupRun.Unfinished));
    }

    [Fact]
    public void Begin_OverWhatAKilledBackupLeft_StartsAnew()
    {
        using var stores = place.Open();
        Fill(stores, 50);
        Directory.CreateDirectory(Folder + BackupRun.Unfinished);
        File.WriteAllText(Path.Combine(Folder + BackupRun.Unfinished, "log.db"), "half of it");
        Assert.Equal(StorageProblem.Incomplete, Assert.Throws<StorageException>(() => BackupCheck.Run(Folder + BackupRun.Unfinished, _ => { }, default)).Problem);
        Assert.Equal(StorageProblem.Incomplete, Assert.Throws<StorageException>(() => RestoreRun.Run(Folder + BackupRun.Unfinished, Restored, _ => { }, default)).Problem);

        Make(stores);
        Assert.Empty(BackupCheck.Run(Folder, _ => { }, default));
        Assert.False(Directory.Exists(Folder + BackupRun.Unfinished));
    }

    [Fact]
    public void Begin_IntoAFolderWithSomethingInIt_IsRefused()
    {
        using var stores = place.Open();
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "mine.txt"), "keep");
        Assert.Contains("not empty", Assert.Throws<StorageException>(() => BackupRun.Begin(stores, Folder, 1)).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Restored + BackupRun.Unfinished);
        File.WriteAllText(Path.Combine(Restored + BackupRun.Unfinished, "mine.txt"), "keep");
        Assert.Contains("no backup's", Assert.Throws<StorageException>(() => BackupRun.Begin(stores, Restored, 1)).Message, StringComparison.Ordinal);
        Assert.Equal("keep", File.ReadAllText(Path.Combine(Folder, "mine.txt")));
        Assert.Equal("keep", File.ReadAllText(Path.Combine(Restored + BackupRun.Unfinished, "mine.txt")));
    }

    [Fact]
    public void Begin_OfAFolderThatNobodyHasOpen_CopiesItAsItIs()
    {
        using (var stores = place.Open())
            Fill(stores, 30);
        using (var run = BackupRun.Begin(place.Folder, Folder, 9))
        {
            Assert.Equal(StorageProblem.InUse, Assert.Throws<StorageException>(place.Open).Problem);
            while (run.Step())
            {
            }
            Assert.Equal(30, run.Whole!.LogOffset);
        }
        Assert.Empty(BackupCheck.Run(Folder, _ => { }, default));
        using (place.Open())
            Assert.Equal(StorageProblem.InUse, Assert.Throws<StorageException>(() => BackupRun.Begin(place.Folder, Folder + "2", 9)).Problem);
    }

    [Fact]
    public void Begin_OfAnythingElse_IsRefused()
    {
        Assert.Contains("is no data folder", Assert.Throws<StorageException>(() => BackupRun.Begin(other.Folder, Folder, 1)).Message, StringComparison.Ordinal);
        using var memory = Stores.InMemory();
        Assert.Contains("Only a data folder", Assert.Throws<StorageException>(() => BackupRun.Begin(memory, Folder, 1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut", "state.db has")]
    [InlineData("byte", "SHA-256")]
    [InlineData("missing", "state.db is missing")]
    [InlineData("unlisted", "does not list state.db")]
    [InlineData("ahead", "log.db ends at 20")]
    [InlineData("schema", "schema version 99")]
    public void Check_OfADamagedBackup_SaysWhatIsWrong(string damage, string expected)
    {
        using (var stores = place.Open())
        {
            Fill(stores, 20);
            Make(stores);
        }
        var file = Path.Combine(Folder, "state.db");
        var manifest = Path.Combine(Folder, BackupManifest.FileName);
        var text = File.ReadAllText(manifest);
        switch (damage)
        {
            case "cut":
                using (var stream = File.OpenWrite(file))
                    stream.SetLength(stream.Length - 1);
                break;
            case "byte":
                using (var stream = File.OpenWrite(file))
                {
                    stream.Position = stream.Length / 2;
                    stream.WriteByte(0x5A);
                    stream.WriteByte(0xA5);
                }
                break;
            case "missing":
                File.Delete(file);
                break;
            case "unlisted":
                File.WriteAllText(manifest, text.Replace("\"state.db\"", "\"../state.db\"", StringComparison.Ordinal));
                break;
            case "ahead":
                File.WriteAllText(manifest, text.Replace("\"logOffset\": 20", "\"logOffset\": 19", StringComparison.Ordinal));
                break;
            case "schema":
                File.WriteAllText(manifest, text.Replace("\"schema\": 1", "\"schema\": 99", StringComparison.Ordinal));
                break;
        }
        var found = BackupCheck.Run(Folder, _ => { }, default);
        Assert.Contains(found, f => f.Contains(expected, StringComparison.Ordinal));
        Assert.Equal(StorageProblem.Damaged, Assert.Throws<StorageException>(() => RestoreRun.Run(Folder, Restored, _ => { }, default)).Problem);
        Assert.False(Directory.Exists(Restored));
    }

    [Fact]
    public void Read_OfANewerOrUnreadableManifest_IsRefused()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, BackupManifest.FileName), """{ "format": 2 }""");
        Assert.Equal(StorageProblem.NewerData, Assert.Throws<StorageException>(() => BackupManifest.Read(Folder)).Problem);
        File.WriteAllText(Path.Combine(Folder, BackupManifest.FileName), "{");
        Assert.Equal(StorageProblem.Damaged, Assert.Throws<StorageException>(() => BackupManifest.Read(Folder)).Problem);
    }

    [Fact]
    public void Restore_WhereSomethingIs_IsRefused()
    {
        using (var stores = place.Open())
        {
            Make(stores);
            Assert.Equal(StorageProblem.InUse, Assert.Throws<StorageException>(() => RestoreRun.Run(Folder, place.Folder, _ => { }, default)).Problem);
        }
        Assert.Contains("is not empty", Assert.Throws<StorageException>(() => RestoreRun.Run(Folder, place.Folder, _ => { }, default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_KilledInTheMiddle_LeavesAFolderThatNobodyStartsOn()
    {
        using (var stores = place.Open())
        {
            Fill(stores, 20);
            Make(stores);
        }
        using var killed = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => RestoreRun.Run(
            Folder, Restored, p =>
            {
                if (p.Bytes > p.Of / 2)
                    killed.Cancel();
            }, killed.Token));
        Assert.Equal(StorageProblem.Incomplete, Assert.Throws<StorageException>(() => Stores.Open(new StorageOptions { DataFolder = Restored })).Problem);
        Assert.Equal(StorageProblem.Incomplete, Assert.Throws<StorageException>(() => RestoreRun.Run(Folder, Restored, _ => { }, default)).Problem);
        Assert.Equal(StorageProblem.Incomplete, Assert.Throws<StorageException>(() => Backup(Restored)).Problem);

        Directory.Delete(Restored, recursive: true);
        RestoreRun.Run(Folder, Restored, _ => { }, default);
        using var restored = Stores.Open(new StorageOptions { DataFolder = Restored });
        Assert.Equal(20, restored.Log.LastOffset);
    }

    private static Entry Entry(int n) => new Entry.Reply(DeviceId.Parse("d" + n % 7), "c", ReplyStatus.Ok, new string('x', 500));

    /// <summary>As the roles do it: into the log, then how far it was read.</summary>
    private static void Fill(Stores stores, int entries)
    {
        for (var i = 0; i < entries; i++)
        {
            stores.Log.Append(new ServerTime(stores.Log.LastOffset), [Entry(i)], []);
            stores.State.Write(db =>
            {
                CheckpointStore.Save(db, new CheckpointRow { Name = "lanes", Position = stores.Log.LastOffset });
                SettingStore.Set(db, "k" + i, new string('y', 500), 1, "");
            });
        }
    }

    private void Make(Stores stores)
    {
        using var run = BackupRun.Begin(stores, Folder, 1);
        while (run.Step())
        {
        }
    }

    private void Backup(string dataFolder)
    {
        // Every database is there, but the restore did not say that it was done.
        foreach (var name in BackupRun.Names)
            File.AppendAllText(Path.Combine(dataFolder, name), "");
        BackupRun.Begin(dataFolder, Folder + "2", 1).Dispose();
    }
}
