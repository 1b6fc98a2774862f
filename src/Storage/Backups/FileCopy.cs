using System.Security.Cryptography;
using B2D.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace B2D.Storage.Backups;

/// <summary>Copies one pinned database page by page, then reads the copy once for its hash; in steps of at most 1 MiB.</summary>
internal sealed class FileCopy : IDisposable
{
    /// <summary>Pages of one step; 256 KiB with SQLite's usual page.</summary>
    private const int Pages = 64;

    /// <summary>Bytes written between two flushes: one flush of gigabytes would hold up everybody else's.</summary>
    private const long FlushEvery = 4 << 20;

    private readonly PinnedDatabase from;
    private readonly string path;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] buffer = new byte[1 << 20];
    private SqliteConnection? to;
    private sqlite3_backup? copying;
    private FileStream? reading;
    private long flushedAt;

    public FileCopy(PinnedDatabase from, string path)
    {
        (this.from, this.path) = (from, path);
        to = SqliteDatabase.Connect(path, SqliteOpenMode.ReadWriteCreate);
        // Who finds half of it finds no manifest; a journal would protect nothing.
        SqliteDatabase.Pragmas(to, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-1024");
        copying = raw.sqlite3_backup_init(to.Handle!, "main", from.Connection.Handle!, "main");
        if (copying.IsInvalid)
            SqliteException.ThrowExceptionForRC(raw.sqlite3_errcode(to.Handle!), to.Handle!);
    }

    public string Name => from.Name;

    /// <summary>Bytes copied.</summary>
    public long Copied { get; private set; }

    /// <summary>What the copy is, when <see cref="Step"/> has returned false.</summary>
    public BackupFile? Whole { get; private set; }

    /// <summary>One step; false when the copy is whole, flushed and hashed.</summary>
    public bool Step() => copying is not null ? Copy() : Hash();

    public void Dispose()
    {
        copying?.manual_close();
        copying = null;
        to?.Dispose();
        to = null;
        reading?.Dispose();
        reading = null;
        hash.Dispose();
    }

    private bool Copy()
    {
        var rc = raw.sqlite3_backup_step(copying!, Pages);
        if (rc is not (raw.SQLITE_OK or raw.SQLITE_DONE))
            SqliteException.ThrowExceptionForRC(rc, to!.Handle!);
        var pages = raw.sqlite3_backup_pagecount(copying!);
        Copied = pages == 0 ? 0 : from.Bytes / pages * (pages - raw.sqlite3_backup_remaining(copying!));
        if (rc == raw.SQLITE_OK)
        {
            if (Copied - flushedAt >= FlushEvery)
            {
                DiskOrder.Flush(path);
                flushedAt = Copied;
            }
            return true;
        }
        rc = raw.sqlite3_backup_finish(copying!);
        copying = null;
        if (rc != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(rc, to!.Handle!);
        to!.Dispose();
        to = null;
        DiskOrder.Flush(path);
        Copied = from.Bytes;
        return true;
    }

    private bool Hash()
    {
        reading ??= new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var count = reading.Read(buffer);
        if (count > 0)
        {
            hash.AppendData(buffer, 0, count);
            return true;
        }
        Whole = new BackupFile(Name, reading.Length, Convert.ToHexStringLower(hash.GetHashAndReset()), (int)from.Number("SELECT max(version) FROM schema_version"));
        return false;
    }
}
