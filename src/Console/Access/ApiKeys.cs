using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Access;
using B2D.Storage;
using B2D.Storage.Access;

namespace B2D.Console.Access;

/// <summary>Keys of the API: <c>b2d_</c> and 256 random bits. Only their SHA-256 is stored, so a key is shown once and never again.</summary>
public static class ApiKeys
{
    /// <summary>What every key begins with, so that scanners for leaked secrets know it.</summary>
    public const string Prefix = "b2d_";

    /// <summary>Longest name of a key, in characters.</summary>
    public const int MaxName = 80;

    private const int KeyLength = 47;

    /// <summary>Makes a key for somebody, with its line in the audit, and returns it in clear.</summary>
    /// <param name="who">Who makes it.</param>
    /// <param name="expires">When it ends by itself; null: never.</param>
    /// <param name="sight">What it sees; null: everything.</param>
    /// <inheritdoc cref="Create(Db, string, string, ServerTime)"/>
    public static string Create(Db db, string name, string scope, ServerTime now, string who, ServerTime? expires = null, Sight? sight = null)
    {
        var (row, clear) = New(name, scope, now);
        var (queues, segments) = (sight ?? Sight.Everything).Text;
        row = row with { MadeBy = who, ExpiresAt = expires?.EpochMs ?? 0, Queues = queues, Segments = segments };
        KeyStore.Add(db, row);
        AuditStore.Append(db, now.EpochMs, who, "keys.create", $"key:{name}",
            JsonSerializer.Serialize(new { id = row.Id, scope = row.Scope, expires = expires?.EpochMs, sees = (sight ?? Sight.Everything).ToString() }));
        return clear;
    }

    /// <summary>Makes a key of the program's own, without a line in the audit, and returns it in clear.</summary>
    /// <param name="scope">A role; <c>read</c> is the viewer's and <c>write</c> the operator's.</param>
    /// <exception cref="ArgumentException">Another scope, or a name of no or more than 80 characters.</exception>
    public static string Create(Db db, string name, string scope, ServerTime now)
    {
        var (row, clear) = New(name, scope, now);
        KeyStore.Add(db, row with { MadeBy = "b2d" });
        return clear;
    }

    /// <summary>Ends a key for good, with its line in the audit; false where there is none or it ended before.</summary>
    public static bool Revoke(Db db, string id, ServerTime now, string who)
    {
        if (KeyStore.Find(db, id) is not { } row || !KeyStore.Revoke(db, id, now.EpochMs))
            return false;
        AuditStore.Append(db, now.EpochMs, who, "keys.revoke", $"key:{row.Name}", JsonSerializer.Serialize(new { id, scope = row.Scope }));
        return true;
    }

    /// <summary>
    /// Why somebody may not make such a key, in a sentence; empty where they may. Only administrators make keys, so none may more than who makes it; and none
    /// outlives the key that makes it.
    /// </summary>
    /// <param name="maker">The role of who makes it.</param>
    /// <param name="makersEnd">When the key that makes it expires; null where a user makes it, or it never does.</param>
    internal static string RefusalOf(Role? maker, ServerTime? makersEnd, ServerTime? expires, ServerTime now) =>
        maker is not Role.Administrator ? "Only administrators make keys."
        : expires is { } end && end <= now ? "The key would have expired already."
        : makersEnd is { } last && (expires is not { } own || own > last) ? "A key that expires makes only keys that expire no later."
        : "";

    /// <summary>Good, expired or revoked.</summary>
    internal static string StateOf(KeyRow row, long now) => row.RevokedAt > 0 ? "revoked" : row.ExpiresAt > 0 && row.ExpiresAt <= now ? "expired" : "good";

    /// <summary>Whether a text can be a key at all; saves the database from the rest.</summary>
    internal static bool LooksLikeOne(string text) => text.Length == KeyLength && text.StartsWith(Prefix, StringComparison.Ordinal);

    private static (KeyRow Row, string Clear) New(string name, string scope, ServerTime now)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Roles.Scope(scope) is not { } may)
            throw new ArgumentException($"a key's scope is {Roles.Scopes}, not '{scope}'", nameof(scope));
        if (name.Length is 0 or > MaxName)
            throw new ArgumentException($"a key's name has 1 to {MaxName} characters", nameof(name));
        var clear = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (new KeyRow
        {
            Id = "k" + RandomNumberGenerator.GetHexString(12, lowercase: true),
            Name = name,
            Hash = Hash(clear),
            Scope = may,
            CreatedAt = now.EpochMs,
        }, clear);
    }

    internal static byte[] Hash(string clear) => SHA256.HashData(Encoding.UTF8.GetBytes(clear));
}
