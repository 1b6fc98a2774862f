using B2D.Core.Access;

namespace B2D.Storage.Access;

/// <summary>A person who signs in. The hash is PBKDF2's, with the row's own salt; both are empty until the person has chosen a password.</summary>
public sealed record UserRow
{
    public string Name { get; init; } = "";
    public byte[] Hash { get; init; } = [];
    public byte[] Salt { get; init; } = [];
    public string Role { get; init; } = "";
    public long CreatedAt { get; init; }

    /// <summary>0: is not locked.</summary>
    public long LockedAt { get; init; }

    /// <summary>The last time; 0: never.</summary>
    public long SignedInAt { get; init; }

    /// <summary>Who they are at the organisation's own sign-in (OpenID Connect), for those who come from there; empty: they have a password here, or will.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The queues and the segments that they see, one a line; empty: all.</summary>
    public string Queues { get; init; } = "";
    public string Segments { get; init; } = "";
}

public static class UserStore
{
    private static readonly string Select = $"SELECT {Columns<UserRow>.All} FROM users";

    /// <summary>Adds a user; false where the name is taken.</summary>
    public static bool Add(Db db, UserRow row) =>
        db.Execute($"INSERT INTO users ({Columns<UserRow>.All}) VALUES ({Columns<UserRow>.Values}) ON CONFLICT (name) DO NOTHING", row) == 1;

    public static UserRow? Find(Db db, string name) => db.FirstOrDefault<UserRow>($"{Select} WHERE name = @name", new { name });

    public static IReadOnlyList<UserRow> List(Db db) => db.Query<UserRow>($"{Select} ORDER BY name LIMIT {Page.MaxRows}");

    /// <summary>
    /// Sets another password; empty: none, nobody can sign in with it. Ends the user's invitation and sign-ins, but for the one called <paramref name="keep"/>;
    /// whoever came from the organisation's own sign-in no longer does.
    /// </summary>
    public static bool SetPassword(Db db, string name, byte[] hash, byte[] salt, string keep = "")
    {
        InvitationStore.Remove(db, name);
        SignInStore.EndAll(db, name, keep);
        return db.Execute("UPDATE users SET hash = @hash, salt = @salt, subject = '' WHERE name = @name", new { name, hash, salt }) == 1;
    }

    /// <summary>Notes who a user without a password is at the organisation's own sign-in.</summary>
    public static bool SetSubject(Db db, string name, string subject) =>
        db.Execute("UPDATE users SET subject = @subject WHERE name = @name AND length(hash) = 0", new { name, subject }) == 1;

    public static bool SetRole(Db db, string name, string role) => db.Execute("UPDATE users SET role = @role WHERE name = @name", new { name, role }) == 1;

    /// <summary>What they see from now on.</summary>
    public static bool SetSight(Db db, string name, Sight sight)
    {
        var (queues, segments) = sight.Text;
        return db.Execute("UPDATE users SET queues = @queues, segments = @segments WHERE name = @name", new { name, queues, segments }) == 1;
    }

    /// <summary>Locks from <paramref name="at"/> on, which ends the user's sign-ins; 0 unlocks.</summary>
    public static bool SetLocked(Db db, string name, long at)
    {
        if (at > 0)
            SignInStore.EndAll(db, name);
        return db.Execute("UPDATE users SET locked_at = @at WHERE name = @name", new { name, at }) == 1;
    }

    public static bool SignedIn(Db db, string name, long at) => db.Execute("UPDATE users SET signed_in_at = @at WHERE name = @name", new { name, at }) == 1;

    /// <summary>How many of a role can sign in: have a password or come from the organisation's own sign-in, and are not locked.</summary>
    public static long CountAble(Db db, string role) =>
        db.Scalar<long>("SELECT count(*) FROM users WHERE role = @role AND locked_at = 0 AND (length(hash) > 0 OR subject <> '')", new { role });

    public static bool Remove(Db db, string name)
    {
        InvitationStore.Remove(db, name);
        SignInStore.EndAll(db, name);
        return db.Execute("DELETE FROM users WHERE name = @name", new { name }) == 1;
    }

    /// <summary>All, or those of a role.</summary>
    public static long Count(Db db, string role = "") => db.Scalar<long>("SELECT count(*) FROM users WHERE @role = '' OR role = @role", new { role });
}
