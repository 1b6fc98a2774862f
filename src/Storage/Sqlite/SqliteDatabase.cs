using System.Collections.Concurrent;
using B2D.Storage.Migrations;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace B2D.Storage.Sqlite;

/// <summary>How much a commit waits for the disk.</summary>
internal enum SqliteSync : byte
{
    /// <summary>A commit survives the loss of power (<c>synchronous=FULL</c>).</summary>
    Full = 1,

    /// <summary>A commit survives the end of the process; the loss of power may undo the last ones, never half of one.</summary>
    Normal = 2,
}

/// <summary>A SQLite file in WAL mode with one writing connection and as many reading ones as there are readers at once; or one in memory.</summary>
internal sealed class SqliteDatabase : Database
{
    /// <summary>Idle reading connections kept for the next reader.</summary>
    private const int MaxIdleReaders = 16;

    /// <summary>
    /// Pages written since the last checkpoint that make the next one worth it: 32 MiB. The same few pages are written again and again, and while a checkpoint is
    /// flushed commits wait for the disk: seldom is better than soon.
    /// </summary>
    private const int CheckpointPages = 8192;

    /// <summary>Pages that a commit may copy and flush itself without anyone waiting noticeably.</summary>
    private const int PagesLeftToWriter = 64;

    /// <summary>Most passes of one checkpoint: each finds what was written during the one before, which is far less.</summary>
    private const int CheckpointPasses = 4;

    private readonly string? file;
    private readonly PreparedConnection writer;
    private readonly Db writing;
    private readonly ConcurrentBag<PreparedConnection> readers = [];
    private readonly Lock checkpointGate = new();
    private SqliteConnection? checkpointer;
    private long pagesWritten;
    private long pagesCheckpointed;
    private bool mayRestart;

    private SqliteDatabase(string? file, SqliteSync sync)
        : base(Dialect.Sqlite)
    {
        this.file = file;
        var connection = Connect(file ?? ":memory:", SqliteOpenMode.ReadWriteCreate);
        try
        {
            Pragmas(connection, file is null
                ? "PRAGMA foreign_keys=ON"
                : $"""
                  PRAGMA journal_mode=WAL; PRAGMA synchronous={(sync == SqliteSync.Full ? "FULL" : "NORMAL")}; PRAGMA foreign_keys=ON;
                  PRAGMA cache_size=-16384; PRAGMA journal_size_limit=67108864; PRAGMA busy_timeout=30000; PRAGMA wal_autocheckpoint=16384
                  """);
            writer = new PreparedConnection(connection);
            writing = new Db(writer, null, Dialect.Sqlite);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The writing connection, for prepared statements of the log and of telemetry; used only inside <see cref="Database.Write{T}"/>.</summary>
    internal SqliteConnection Writer => writer.Inner;

    /// <summary>Opens or creates a file and brings its schema up to date.</summary>
    /// <exception cref="StorageException">Newer data than the program, or no SQLite file.</exception>
    internal static SqliteDatabase Open(string file, MigrationSet migrations, SqliteSync sync = SqliteSync.Full) =>
        Migrated(() => new SqliteDatabase(file, sync), migrations, file);

    internal static SqliteDatabase InMemory(MigrationSet migrations) => Migrated(() => new SqliteDatabase(null, SqliteSync.Full), migrations, "memory");

    /// <summary>A connection of its own that reads.</summary>
    /// <exception cref="StorageException">The database is in memory.</exception>
    internal SqliteConnection ConnectReader() => ConnectReader(file ?? throw new StorageException("A database in memory has no file."));

    /// <summary>After how many pages a commit moves the write-ahead log into the file; 0: not at all.</summary>
    /// <returns>What it was.</returns>
    internal int SetAutoCheckpoint(int pages) => Write(db =>
    {
        var before = db.Scalar<int>("PRAGMA wal_autocheckpoint");
        db.Execute($"PRAGMA wal_autocheckpoint={pages}");
        return before;
    });

    /// <summary>Moves the write-ahead log into the file, as far as readers let it, while the writer goes on.</summary>
    internal void CheckpointAside()
    {
        using var connection = Connect(file!, SqliteOpenMode.ReadWrite);
        Pragmas(connection, "PRAGMA wal_checkpoint(PASSIVE)");
    }

    private protected override T ReadCore<T>(Func<Db, T> work)
    {
        if (file is null)
            return InTurn(() => Transact(writer, work, ReadOnly));
        var reader = readers.TryTake(out var idle) ? idle : new PreparedConnection(ConnectReader(file));
        try
        {
            return Transact(reader, work, static (work, db) => work(db));
        }
        finally
        {
            if (readers.Count < MaxIdleReaders)
                readers.Add(reader);
            else
                reader.Dispose();
        }
    }

    private protected override T WriteCore<TState, T>(TState state, Func<TState, Db, T> work)
    {
        writer.BeginWrite();
        try
        {
            var result = work(state, writing);
            writer.Commit();
            AfterCommit();
            return result;
        }
        catch
        {
            writer.Rollback();
            throw;
        }
    }

    /// <remarks>
    /// The pages are copied by a connection of its own while the writer goes on, and what that wrote meanwhile in further passes; the writer itself copies only
    /// what came during the last one, when it next commits, so that the log in front of the file can begin anew and no commit waits for more than a few pages.
    /// </remarks>
    public override void Checkpoint()
    {
        if (file is null || Volatile.Read(ref pagesWritten) - pagesCheckpointed < CheckpointPages)
            return;
        lock (checkpointGate)
        {
            checkpointer ??= ConnectCheckpointer(file);
            for (var pass = 0; pass < CheckpointPasses && Volatile.Read(ref pagesWritten) - pagesCheckpointed > PagesLeftToWriter; pass++)
            {
                var written = Volatile.Read(ref pagesWritten);
                raw.sqlite3_wal_checkpoint_v2(checkpointer.Handle!, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
                pagesCheckpointed = written;
            }
            Volatile.Write(ref mayRestart, true);
        }
    }

    private void AfterCommit()
    {
        if (file is null)
            return;
        raw.sqlite3_db_status(Writer.Handle!, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 0);
        Volatile.Write(ref pagesWritten, pages);
        if (!Volatile.Read(ref mayRestart))
            return;
        Volatile.Write(ref mayRestart, false);
        raw.sqlite3_wal_checkpoint_v2(Writer.Handle!, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
    }

    protected override void Dispose(bool disposing)
    {
        checkpointer?.Dispose();
        while (readers.TryTake(out var reader))
            reader.Dispose();
        writer.Dispose();
        base.Dispose(disposing);
    }

    private static SqliteDatabase Migrated(Func<SqliteDatabase> open, MigrationSet migrations, string name)
    {
        SqliteDatabase? database = null;
        try
        {
            database = open();
            Migrator.Apply(database, migrations, name);
            return database;
        }
        catch (SqliteException e)
        {
            database?.Dispose();
            throw new StorageException(StorageProblem.Damaged, $"{name} cannot be opened as a SQLite database: {e.Message}", e);
        }
        catch
        {
            database?.Dispose();
            throw;
        }
    }

    private static T Transact<T>(PreparedConnection connection, Func<Db, T> work, Func<Func<Db, T>, Db, T> run)
    {
        connection.Begin();
        try
        {
            var result = run(work, new Db(connection, null, Dialect.Sqlite));
            connection.Commit();
            return result;
        }
        catch
        {
            connection.Rollback();
            throw;
        }
    }

    /// <summary>The only connection of a database in memory can write: work that does is found out and undone.</summary>
    private static T ReadOnly<T>(Func<Db, T> work, Db db)
    {
        var connection = ((PreparedConnection)db.Connection).Inner.Handle!;
        var before = raw.sqlite3_total_changes(connection);
        var result = work(db);
        return raw.sqlite3_total_changes(connection) == before ? result : throw new InvalidOperationException("Read was given work that writes; use Write.");
    }

    private static SqliteConnection ConnectCheckpointer(string file)
    {
        var connection = Connect(file, SqliteOpenMode.ReadWrite);
        // A checkpoint of its own syncs as the writer does.
        Pragmas(connection, "PRAGMA synchronous=FULL; PRAGMA cache_size=-1024");
        return connection;
    }

    internal static SqliteConnection ConnectReader(string file)
    {
        var connection = Connect(file, SqliteOpenMode.ReadWrite); // a read-only connection could not create the WAL's index after a crash
        Pragmas(connection, "PRAGMA query_only=ON; PRAGMA cache_size=-4096");
        return connection;
    }

    internal static SqliteConnection Connect(string source, SqliteOpenMode mode)
    {
        var text = new SqliteConnectionStringBuilder { DataSource = source, Mode = mode, Pooling = false, DefaultTimeout = 30 };
        var connection = new SqliteConnection(text.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal static void Pragmas(SqliteConnection connection, string pragmas)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // literals of this project only
        command.CommandText = pragmas;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
