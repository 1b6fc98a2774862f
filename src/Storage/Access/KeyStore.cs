namespace B2D.Storage.Access;

/// <summary>A key of the API, kept as a hash. <see cref="RevokedAt"/> is 0 while it is good.</summary>
public sealed record KeyRow
{
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
    public byte[] Hash { get; init; } = [];

    /// <summary>A role; <c>read</c> and <c>write</c> of keys made before there were roles.</summary>
    public string Scope { get; init; } = "viewer";
    public long CreatedAt { get; init; }
    public long LastUsedAt { get; init; }
    public long RevokedAt { get; init; }

    /// <summary>A user, a key or a program; empty where it was not written down.</summary>
    public string MadeBy { get; init; } = "";

    /// <summary>0: never.</summary>
    public long ExpiresAt { get; init; }

    /// <summary>The queues and the segments that it sees, one a line; empty: all.</summary>
    public string Queues { get; init; } = "";
    public string Segments { get; init; } = "";
}

public static class KeyStore
{
    private static readonly string Select = $"SELECT {Columns<KeyRow>.All} FROM api_keys";

    public static void Add(Db db, KeyRow row) => db.Execute($"INSERT INTO api_keys ({Columns<KeyRow>.All}) VALUES ({Columns<KeyRow>.Values})", row);

    /// <summary>The key with this hash, revoked or not.</summary>
    public static KeyRow? FindByHash(Db db, byte[] hash) => db.FirstOrDefault<KeyRow>($"{Select} WHERE hash = @hash", new { hash });

    public static KeyRow? Find(Db db, string id) => db.FirstOrDefault<KeyRow>($"{Select} WHERE id = @id", new { id });

    public static IReadOnlyList<KeyRow> List(Db db) => db.Query<KeyRow>($"{Select} ORDER BY created_at, id LIMIT {Page.MaxRows}");

    public static bool Used(Db db, string id, long at) =>
        db.Execute("UPDATE api_keys SET last_used_at = @at WHERE id = @id AND last_used_at < @at", new { id, at }) == 1;

    /// <summary>Ends a key; false where there is none or it ended before.</summary>
    public static bool Revoke(Db db, string id, long at) =>
        db.Execute("UPDATE api_keys SET revoked_at = @at WHERE id = @id AND revoked_at = 0", new { id, at }) == 1;

    /// <summary>Deletes the keys of a name, for keys that a program makes for itself and that mean nothing after its end; returns how many.</summary>
    public static int Remove(Db db, string name) => db.Execute("DELETE FROM api_keys WHERE name = @name", new { name });
}
