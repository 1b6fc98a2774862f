using B2D.Core;
using B2D.Storage;
using B2D.Storage.Access;

namespace B2D.Console.Access;

/// <summary>Sees to it that somebody can sign in.</summary>
public static class FirstAdministrator
{
    /// <summary>The first administrator's name.</summary>
    public const string Name = "admin";

    /// <summary>Makes the first administrator where there is none and returns the password, which is stored nowhere; null where there is one already.</summary>
    public static string? Ensure(Stores stores, ServerTime now)
    {
        ArgumentNullException.ThrowIfNull(stores);
        var administrator = Role.Administrator.Word();
        if (stores.State.Read(db => UserStore.Count(db, administrator)) > 0)
            return null;
        var password = Passwords.Random();
        var (hash, salt) = Passwords.Make(password);
        return stores.State.Write(db =>
        {
            // Two programs may start at once: only the one that writes the row has a password to tell.
            var added = UserStore.Count(db, administrator) == 0
                && UserStore.Add(db, new UserRow { Name = Name, Hash = hash, Salt = salt, Role = administrator, CreatedAt = now.EpochMs });
            if (added)
                AuditStore.Append(db, now.EpochMs, "b2d", "users.add", "user:" + Name, """{"role":"administrator"}""");
            return added ? password : null;
        });
    }
}
