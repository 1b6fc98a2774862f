using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Access;
using B2D.Storage.Replay;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Crash;

/// <summary>What is on disk at a moment is what a machine would find that lost its power then. Files copied at such moments hold committed data only.</summary>
public sealed class CopiedFilesTests
{
    [Fact]
    public void Copy_InTheMiddleOfALargeTransaction_HasOnlyWhatWasCommitted()
    {
        using var place = new SqliteFiles();
        using var copy = new SqliteFiles();
        using (var stores = place.Open())
        {
            stores.State.Write(db => SettingStore.Set(db, "a", "committed", 1, ""));
            Assert.Throws<OperationCanceledException>(() => stores.State.Write(db =>
            {
                SettingStore.Set(db, "a", "not committed", 2, "");
                for (var i = 0; i < 40; i++)
                    SnapshotStore.Save(db, new SnapshotRow { Stream = "s" + i, Body = new byte[1 << 20] });
                CopyFiles(place.Folder, copy.Folder);
                throw new OperationCanceledException();
            }));
        }

        // More than the page cache, so that uncommitted pages are in the file.
        Assert.InRange(new FileInfo(Path.Combine(copy.Folder, "state.db-wal")).Length, 16 << 20, long.MaxValue);
        using var opened = copy.Open();
        Assert.Equal("committed", opened.State.Read(db => SettingStore.Find(db, "a"))!.Value);
        Assert.Null(opened.State.Read(db => SnapshotStore.Latest(db, "s0")));
        Assert.Equal("ok", opened.State.Read(db => db.Scalar<string>("PRAGMA integrity_check")));
    }

    [Fact]
    public void WriteAheadLog_CutAnywhere_HoldsWholeAppendsOnly()
    {
        const int appends = 12;
        using var place = new SqliteFiles();
        using var copy = new SqliteFiles();
        using (var stores = place.Open())
        {
            for (var i = 1; i <= appends; i++)
                stores.Log.Append(new ServerTime(i),
                    [.. Enumerable.Range(0, 20).Select(n => (Entry)new Entry.Reply(DeviceId.Parse("d" + n), "c", ReplyStatus.Ok, new string('x', 300)))], []);
            CopyFiles(place.Folder, copy.Folder);
        }
        var wal = File.ReadAllBytes(Path.Combine(copy.Folder, "log.db-wal"));
        var before = -1L;

        for (var cut = 1; cut <= 60; cut++)
        {
            using var torn = new SqliteFiles();
            var length = (int)((long)wal.Length * cut / 60);
            File.Copy(Path.Combine(copy.Folder, "log.db"), Path.Combine(torn.Folder, "log.db"));
            File.WriteAllBytes(Path.Combine(torn.Folder, "log.db-wal"), wal[..length]);

            long entries;
            try
            {
                using var stores = torn.Open();
                entries = stores.Log.CountEntries();
                Assert.True(entries % 20 == 0, $"cut at {length}: {entries} entries");
                Assert.Equal(entries, stores.Log.LastOffset);
                Assert.Equal(entries / 20, stores.Log.SealedUntil.EpochMs);
                Assert.True(entries >= before, $"cut at {length}: {entries} entries, {before} with less of the file");
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"cut at {length}", e);
            }
            before = entries;
        }

        Assert.Equal(appends * 20, before);
    }

    private static void CopyFiles(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*.db*"))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
