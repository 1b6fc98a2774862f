using B2D.TestKit;
using Npgsql;

namespace B2D.Storage.Tests.Places;

/// <summary>A database of its own for each test, copied from one that was migrated once.</summary>
public sealed class PostgresSchemas : Place
{
    private static readonly Lazy<string> Template = new(MakeTemplate);
    private static int last;
    private readonly string name;

    public PostgresSchemas()
    {
        name = NextName();
        Run($"CREATE DATABASE {name} TEMPLATE {Template.Value} STRATEGY file_copy");
    }

    public string Connection => Of(name);

    public override Stores Open() => Stores.Open(new StorageOptions { PostgresConnection = Connection });

    /// <summary>An empty database, not migrated yet.</summary>
    public static string MakeEmpty()
    {
        var name = NextName();
        Run($"CREATE DATABASE {name}");
        return Of(name);
    }

    protected override void Dispose(bool disposing) => Run($"DROP DATABASE {name} WITH (FORCE)");

    private static string MakeTemplate()
    {
        var name = NextName();
        Run($"CREATE DATABASE {name}");
        using (Stores.Open(new StorageOptions { PostgresConnection = Of(name) }))
        {
        }
        return name;
    }

    private static string NextName() => $"b2d_test_{Environment.ProcessId}_{Interlocked.Increment(ref last)}";

    private static string Of(string name) => new NpgsqlConnectionStringBuilder(PostgresServer.Connection) { Database = name, Pooling = true }.ToString();

    private static void Run(string sql)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(PostgresServer.Connection) { Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // names made here
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
