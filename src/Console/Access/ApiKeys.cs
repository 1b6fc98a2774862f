using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using B2D.Core;
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
    /// <inheritdoc cref="Create(Db, string, string, ServerTime)"/>
    public static string Create(Db db, string name, string scope, ServerTime now, string who)
    {
        var clear = Create(db, name, scope, now);
        AuditStore.Append(db, now.EpochMs, who, "keys.create", $"key:{name}", JsonSerializer.Serialize(new { scope }));
        return clear;
    }

    /// <summary>Makes a key and returns it in clear.</summary>
    /// <param name="scope"><c>read</c>, or <c>write</c>, which includes reading.</param>
    /// <exception cref="ArgumentException">Another scope, or a name of no or more than 80 characters.</exception>
    public static string Create(Db db, string name, string scope, ServerTime now)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(name);
        if (scope is not (Claims.Read or Claims.Write))
            throw new ArgumentException($"a key's scope is read or write, not '{scope}'", nameof(scope));
        if (name.Length is 0 or > MaxName)
            throw new ArgumentException($"a key's name has 1 to {MaxName} characters", nameof(name));
        var clear = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        KeyStore.Add(db, new KeyRow
        {
            Id = "k" + RandomNumberGenerator.GetHexString(12, lowercase: true),
            Name = name,
            Hash = Hash(clear),
            Scope = scope,
            CreatedAt = now.EpochMs,
        });
        return clear;
    }

    /// <summary>Whether a text can be a key at all; saves the database from the rest.</summary>
    internal static bool LooksLikeOne(string text) => text.Length == KeyLength && text.StartsWith(Prefix, StringComparison.Ordinal);

    internal static byte[] Hash(string clear) => SHA256.HashData(Encoding.UTF8.GetBytes(clear));
}
