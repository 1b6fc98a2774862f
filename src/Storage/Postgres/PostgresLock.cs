using System.Data;
using Npgsql;

namespace B2D.Storage.Postgres;

/// <summary>Holds a PostgreSQL database for this process: an advisory lock of a session of its own, freed by the server when the process ends.</summary>
internal sealed class PostgresLock : IDisposable
{
    /// <summary>"B2D" in ASCII; advisory locks are counted per database.</summary>
    private const long Key = 0x423244;

    /// <summary>How long a killed process before this one may take to be noticed by the server, in ms.</summary>
    private const int PatienceMs = 2000;

    private readonly NpgsqlConnection connection;

    private PostgresLock(NpgsqlConnection connection) => this.connection = connection;

    /// <exception cref="StorageException">Another process has the database.</exception>
    public static PostgresLock Take(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        try
        {
            connection.Open();
            Run(connection, $"SET lock_timeout = {PatienceMs}; SELECT pg_advisory_lock({Key})");
            return new PostgresLock(connection);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            connection.Dispose();
            var name = new NpgsqlConnectionStringBuilder(connectionString).Database;
            throw new StorageException(
                StorageProblem.InUse, $"The PostgreSQL database {name} is in use by another b2d. {StorageException.WhatToDoInUse}", e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Frees the lock before the session ends, which the server notices only some time later.</summary>
    public void Dispose()
    {
        if (connection.State != ConnectionState.Open)
            return;
        try
        {
            Run(connection, $"SELECT pg_advisory_unlock({Key})");
        }
        catch (NpgsqlException)
        {
            // The session is gone, and the lock with it.
        }
        connection.Dispose();
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // numbers of this file only
        using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
