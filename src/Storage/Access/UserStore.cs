namespace B2D.Storage.Access;

/// <summary>A person who signs in. The hash is PBKDF2's, with the row's own salt.</summary>
public sealed record UserRow
{
    public string Name { get; init; } = "";
    public byte[] Hash { get; init; } = [];
    public byte[] Salt { get; init; } = [];
    public string Role { get; init; } = "";
    public long CreatedAt { get; init; }
}

public static class UserStore
{
    private static readonly string Select = $"SELECT {Columns<UserRow>.All} FROM users";

    /// <summary>Adds a user; false where the name is taken.</summary>
    public static bool Add(Db db, UserRow row) =>
        db.Execute($"INSERT INTO users ({Columns<UserRow>.All}) VALUES ({Columns<UserRow>.Values}) ON CONFLICT (name) DO NOTHING", row) == 1;

    public static UserRow? Find(Db db, string name) => db.FirstOrDefault<UserRow>($"{Select} WHERE name = @name", new { name });

    public static IReadOnlyList<UserRow> List(Db db) => db.Query<UserRow>($"{Select} ORDER BY name LIMIT {Page.MaxRows}");

    public static bool SetPassword(Db db, string name, byte[] hash, byte[] salt) =>
        db.Execute("UPDATE users SET hash = @hash, salt = @salt WHERE name = @name", new { name, hash, salt }) == 1;

    public static bool Remove(Db db, string name) => db.Execute("DELETE FROM users WHERE name = @name", new { name }) == 1;

    public static long Count(Db db) => db.Scalar<long>("SELECT count(*) FROM users");
}
