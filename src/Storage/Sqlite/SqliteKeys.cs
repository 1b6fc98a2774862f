using Microsoft.Data.Sqlite;

namespace B2D.Storage.Sqlite;

/// <summary>Names and the numbers that stand for them in telemetry; a name gets the next number when it is first seen.</summary>
internal sealed class SqliteKeys : IDisposable
{
    private readonly Dictionary<string, long> known = new(StringComparer.Ordinal);
    private readonly SqliteStatement find;
    private readonly SqliteStatement add;
    private readonly SqliteStatement last;

    public SqliteKeys(SqliteConnection writer, string table)
    {
        find = new SqliteStatement(writer, $"SELECT id FROM {table} WHERE name = ?1");
        add = new SqliteStatement(writer, $"INSERT INTO {table} (id, name) VALUES (?1, ?2)");
        last = new SqliteStatement(writer, $"SELECT max(id) FROM {table}");
    }

    /// <summary>The number of a name; called only inside a write.</summary>
    public long Of(string name)
    {
        if (known.TryGetValue(name, out var key))
            return key;
        var stored = StoredText.Of(name);
        if (find.Bind(1, stored).Number() is not { } found)
        {
            found = (last.Number() ?? 0) + 1;
            add.Bind(1, found).Bind(2, stored).Run();
        }
        known.Add(name, found);
        return found;
    }

    /// <summary>After a write that was rolled back: what it gave out is not so.</summary>
    public void Forget() => known.Clear();

    public void Dispose()
    {
        find.Dispose();
        add.Dispose();
        last.Dispose();
    }
}
