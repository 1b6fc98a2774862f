using System.Data;
using B2D.Storage.Migrations;
using Npgsql;

namespace B2D.Storage.Postgres;

/// <summary>One schema of a PostgreSQL database. Reads are repeatable-read transactions on connections that cannot write.</summary>
internal sealed class PostgresDatabase : Database
{
    private readonly NpgsqlDataSource readers;
    private readonly NpgsqlDataSource writer;

    private PostgresDatabase(string connection, string schema, bool waitForDisk)
        : base(Dialect.Postgres)
    {
        readers = Source(connection, schema, "-c default_transaction_read_only=on");
        writer = Source(connection, schema, waitForDisk ? "" : "-c synchronous_commit=off");
    }

    /// <summary>Opens or makes a schema and brings it up to date.</summary>
    /// <param name="waitForDisk">A commit waits for the disk; otherwise the loss of power may undo the last ones, never half of one.</param>
    /// <exception cref="StorageException">Newer data than the program.</exception>
    internal static PostgresDatabase Open(string connection, string schema, MigrationSet migrations, bool waitForDisk = true)
    {
        var database = new PostgresDatabase(connection, schema, waitForDisk);
        try
        {
            database.Write(db => db.Execute($"CREATE SCHEMA IF NOT EXISTS {schema}"));
            Migrator.Apply(database, migrations, $"schema {schema}");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private protected override T ReadCore<T>(Func<Db, T> work)
    {
        using var connection = readers.OpenConnection();
        using var transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead);
        var result = work(new Db(connection, transaction, Dialect.Postgres));
        transaction.Commit();
        return result;
    }

    private protected override T WriteCore<TState, T>(TState state, Func<TState, Db, T> work)
    {
        using var connection = writer.OpenConnection();
        using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        var result = work(state, new Db(connection, transaction, Dialect.Postgres));
        transaction.Commit();
        return result;
    }

    protected override void Dispose(bool disposing)
    {
        readers.Dispose();
        writer.Dispose();
        base.Dispose(disposing);
    }

    private static NpgsqlDataSource Source(string connection, string schema, string options)
    {
        var text = new NpgsqlConnectionStringBuilder(connection) { SearchPath = schema, MaxAutoPrepare = 200, AutoPrepareMinUsages = 2 };
        text.Options = $"{text.Options} {options}".Trim();
        if (text.Options.Length == 0)
            text.Options = null;
        return NpgsqlDataSource.Create(text);
    }
}
