namespace B2D.Storage.Access;

/// <summary>A browser that is signed in as a user.</summary>
public sealed record SignInRow
{
    public string Id { get; init; } = "";

    /// <summary>The user's.</summary>
    public string Name { get; init; } = "";
    public long SinceAt { get; init; }
    public long SeenAt { get; init; }

    /// <summary>From where; empty where it is not known.</summary>
    public string Address { get; init; } = "";
}

public static class SignInStore
{
    /// <summary>Sign-ins of one user at once; the one that was used least recently ends for the next.</summary>
    public const int MostOfUser = 50;

    private static readonly string Select = $"SELECT {Columns<SignInRow>.All} FROM sign_ins";

    public static void Add(Db db, SignInRow row)
    {
        db.Execute(
            "DELETE FROM sign_ins WHERE name = @Name AND id NOT IN (SELECT id FROM sign_ins WHERE name = @Name ORDER BY seen_at DESC, id LIMIT @Most)",
            new { row.Name, Most = MostOfUser - 1 });
        db.Execute($"INSERT INTO sign_ins ({Columns<SignInRow>.All}) VALUES ({Columns<SignInRow>.Values})", row);
    }

    public static SignInRow? Find(Db db, string id) => db.FirstOrDefault<SignInRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>A user's, the one used last first.</summary>
    public static IReadOnlyList<SignInRow> OfUser(Db db, string name) =>
        db.Query<SignInRow>($"{Select} WHERE name = @name ORDER BY seen_at DESC, id LIMIT {MostOfUser}", new { name });

    public static bool Seen(Db db, string id, long at) => db.Execute("UPDATE sign_ins SET seen_at = @at WHERE id = @id AND seen_at < @at", new { id, at }) == 1;

    /// <summary>Ends one of a user's; false where there is none.</summary>
    public static bool End(Db db, string name, string id) => db.Execute("DELETE FROM sign_ins WHERE id = @id AND name = @name", new { id, name }) == 1;

    /// <summary>Ends all of a user's but one; returns how many.</summary>
    public static int EndAll(Db db, string name, string keep = "") => db.Execute("DELETE FROM sign_ins WHERE name = @name AND id <> @keep", new { name, keep });

    /// <summary>Forgets those that began or were used last at or before these times; returns how many.</summary>
    public static int Prune(Db db, long since, long seen) => db.Execute("DELETE FROM sign_ins WHERE since_at <= @since OR seen_at <= @seen", new { since, seen });
}
