using B2D.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace B2D.Storage.Backups;

/// <summary>
/// A database as it was at one instant, held by a read transaction of a connection of its own while others write on. Meanwhile the write-ahead log grows,
/// and nobody moves it into the file: when this ends, it does so itself, beside the writer, whose next commit would otherwise do all of it at once.
/// </summary>
internal sealed class PinnedDatabase : IDisposable
{
    private readonly Action release;
    private bool released;

    private PinnedDatabase(string name, SqliteConnection connection, Action release) => (Name, Connection, this.release) = (name, connection, release);

    /// <summary>File name within a data folder and within a backup.</summary>
    public string Name { get; }

    public SqliteConnection Connection { get; }

    /// <summary>How large the file is, once it is pinned.</summary>
    public long Bytes { get; private set; }

    /// <summary>A database of this process, not pinned yet. Not inside a write of it.</summary>
    public static PinnedDatabase Of(string name, SqliteDatabase database)
    {
        var connection = database.ConnectReader();
        var before = database.SetAutoCheckpoint(0);
        return new PinnedDatabase(name, connection, () =>
        {
            try
            {
                database.CheckpointAside();
            }
            finally
            {
                database.SetAutoCheckpoint(before);
            }
        });
    }

    /// <summary>A file that no process has open.</summary>
    public static PinnedDatabase Of(string file) => new(Path.GetFileName(file), SqliteDatabase.Connect(file, SqliteOpenMode.ReadWrite), static () => { });

    /// <summary>Holds the state that is committed now; takes microseconds.</summary>
    public void Pin()
    {
        // A transaction sees the state at its first read, not at its beginning.
        SqliteDatabase.Pragmas(Connection, "BEGIN; SELECT count(*) FROM sqlite_master");
        Bytes = Number("PRAGMA page_count") * Number("PRAGMA page_size");
    }

    /// <summary>The first column of the first row, 0 where there is none.</summary>
    public long Number(string sql)
    {
        using var command = Connection.CreateCommand();
#pragma warning disable CA2100 // literals of this folder only
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar() is long number ? number : 0;
    }

    public void Dispose()
    {
        if (released)
            return;
        released = true;
        Connection.Dispose();
        release();
    }
}
