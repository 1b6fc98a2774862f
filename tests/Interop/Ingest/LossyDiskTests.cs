using B2D.Interop.Programs;
using Microsoft.Data.Sqlite;
using Xunit;

namespace B2D.Interop.Ingest;

/// <summary>The file system that the other tests rely on really loses what was not flushed, and nothing else.</summary>
[Collection(Alone.Name), Trait(Alone.Machine, Alone.Name)]
public sealed class LossyDiskTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("b2d-lossy-").FullName;

    [FuseFact]
    public async Task CutPower_FilesWithAndWithoutFlush_OnlyFlushedBytesAreLeft()
    {
        await using var disk = await LossyDisk.MountAsync(Path.Combine(folder, "mnt"));
        Write(disk, "flushed", "one", flush: true);
        Write(disk, "flushed", "one and more", flush: false);
        Write(disk, "never", "two", flush: false);

        await disk.CutPowerAsync();

        Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(disk.Folder, "flushed")));
        Assert.False(File.Exists(Path.Combine(disk.Folder, "never")));
    }

    [FuseFact]
    public async Task CutPower_SqliteFullAndOff_OnlyTransactionsOfFullAreLeft()
    {
        await using var disk = await LossyDisk.MountAsync(Path.Combine(folder, "mnt"));
        await using (var db = Open(disk))
        {
            Do(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (a); INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)");
            Do(db, "PRAGMA synchronous=OFF; INSERT INTO t VALUES (3)");

            await disk.CutPowerAsync();
        }

        await using var again = Open(disk);
        using var command = again.CreateCommand();
        command.CommandText = "SELECT group_concat(a) FROM t";
        Assert.Equal("1,2", command.ExecuteScalar());
        command.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", command.ExecuteScalar());
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static void Write(LossyDisk disk, string name, string text, bool flush)
    {
        using var file = new FileStream(Path.Combine(disk.Folder, name), FileMode.Create, FileAccess.Write);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Flush(flush);
    }

    private static SqliteConnection Open(LossyDisk disk)
    {
        var db = new SqliteConnection($"Data Source={Path.Combine(disk.Folder, "t.db")};Pooling=False");
        db.Open();
        return db;
    }

    private static void Do(SqliteConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
