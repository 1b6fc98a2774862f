using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace B2D.Storage.Sqlite;

/// <summary>
/// A connection that keeps the statements it has prepared, by their text, for whoever runs the same text again: preparing an insert of thirty columns costs as
/// much as running it several times. Used by one thread at a time; transactions by <see cref="Begin"/>, <see cref="BeginWrite"/>, <see cref="Commit"/> and
/// <see cref="Rollback"/> only.
/// </summary>
internal sealed class PreparedConnection : DbConnection
{
    /// <summary>Texts whose statements are kept. The program has fewer but for lists of varying length and scripts that run once; where there are more, all are prepared anew.</summary>
    private const int MaxKept = 128;

    private readonly SqliteStatement begin, beginWrite, commit, rollback;
    private readonly Dictionary<string, SqliteCommand> kept = [];
    private readonly string text;

    public PreparedConnection(SqliteConnection inner)
    {
        (Inner, text) = (inner, inner.ConnectionString);
        (begin, beginWrite) = (new SqliteStatement(inner, "BEGIN"), new SqliteStatement(inner, "BEGIN IMMEDIATE"));
        (commit, rollback) = (new SqliteStatement(inner, "COMMIT"), new SqliteStatement(inner, "ROLLBACK"));
    }

    /// <summary>The connection itself.</summary>
    public SqliteConnection Inner { get; }

    [AllowNull]
    public override string ConnectionString { get => text; set => throw new NotSupportedException(); }

    public override string Database => Inner.Database;

    public override string DataSource => Inner.DataSource;

    public override string ServerVersion => Inner.ServerVersion;

    public override ConnectionState State => Inner.State;

    /// <summary>Begins a transaction that sees one state from its first statement on.</summary>
    public void Begin() => begin.Run();

    /// <summary>Begins a transaction that writes.</summary>
    public void BeginWrite() => beginWrite.Run();

    public void Commit() => commit.Run();

    /// <summary>Undoes the transaction, where there still is one: some errors (a full disk) have ended it already.</summary>
    public void Rollback()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(Inner.Handle!) == 0)
            rollback.Run();
    }

    public override void Open()
    {
    }

    public override void Close() => Dispose();

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    /// <summary>A command of a text, with its statement where it was prepared before.</summary>
    internal SqliteCommand Take(string sql)
    {
        if (kept.Remove(sql, out var command))
            return command;
        command = Inner.CreateCommand();
#pragma warning disable CA2100 // callers write literals; values are parameters
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    /// <summary>The command is done with; nothing of it is being read.</summary>
    internal void Return(SqliteCommand command)
    {
        command.Parameters.Clear();
        if (kept.Count >= MaxKept)
            Forget();
        if (!kept.TryAdd(command.CommandText, command))
            command.Dispose();
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

    protected override DbCommand CreateDbCommand() => new PreparedCommand(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Forget();
            foreach (var statement in new[] { begin, beginWrite, commit, rollback })
                statement.Dispose();
            Inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Forget()
    {
        foreach (var command in kept.Values)
            command.Dispose();
        kept.Clear();
    }
}
