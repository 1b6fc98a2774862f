using System.Collections.Concurrent;
using B2D.TestKit;
using Npgsql;

namespace B2D.Storage.Tests.Places;

/// <summary>A database of its own for each test; emptied afterwards and given to the next, because making one takes longer than most tests.</summary>
public sealed class PostgresSchemas : Place
{
    private const string Empty =
        """
        ALTER TABLE state.audit DISABLE TRIGGER USER;
        DO $$ DECLARE t record; BEGIN
          FOR t IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('log', 'state', 'telemetry', 'sessions') AND tablename <> 'schema_version' LOOP
            EXECUTE format('DELETE FROM %I.%I', t.schemaname, t.tablename);
          END LOOP;
        END $$;
        INSERT INTO log.heartbeat (id, at, last_offset) VALUES (1, 0, 0);
        ALTER TABLE state.audit ENABLE TRIGGER USER;
        """;

    private static readonly ConcurrentBag<string> Emptied = [];
    private static readonly ConcurrentBag<string> Made = [];
    private static int last;
    private readonly string name;
    private bool migrated;

    static PostgresSchemas() => AppDomain.CurrentDomain.ProcessExit += (_, _) => DropAll();

    public PostgresSchemas() => name = Emptied.TryTake(out var emptied) ? emptied : Make();

    public string Connection => Of(name);

    public override Stores Open()
    {
        migrated = true;
        return Stores.Open(new StorageOptions { PostgresConnection = Connection });
    }

    protected override void Dispose(bool disposing)
    {
        if (!migrated)
            return; // a test of other schemas: the database is dropped at the end
        Run(Connection, Empty);
        Emptied.Add(name);
    }

    private static string Make()
    {
        var name = $"b2d_test_{Environment.ProcessId}_{Interlocked.Increment(ref last)}";
        Run(PostgresServer.Connection, $"CREATE DATABASE {name}");
        Made.Add(name);
        return name;
    }

    private static void DropAll()
    {
        foreach (var name in Made)
            Run(PostgresServer.Connection, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    private static string Of(string name) => new NpgsqlConnectionStringBuilder(PostgresServer.Connection) { Database = name }.ToString();

    private static void Run(string connectionString, string sql)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // literals and names made here
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
