namespace B2D.Storage.Postgres;

/// <summary>Names and the numbers that stand for them in telemetry; a name gets the next number when it is first seen.</summary>
internal sealed class PostgresKeys(string table)
{
    private readonly Dictionary<string, long> known = new(StringComparer.Ordinal);

    /// <summary>The number of a name; called only inside a write.</summary>
    public long Of(Db db, string name)
    {
        if (known.TryGetValue(name, out var key))
            return key;
        var args = new { name = StoredText.Of(name) };
        key = db.Scalar<long?>($"SELECT id FROM {table} WHERE name = @name", args)
            ?? db.First<long>($"INSERT INTO {table} (id, name) SELECT coalesce(max(id), 0) + 1, @name FROM {table} RETURNING id", args);
        known.Add(name, key);
        return key;
    }

    /// <summary>After a write that was rolled back: what it gave out is not so.</summary>
    public void Forget() => known.Clear();
}
