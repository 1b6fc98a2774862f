using System.Buffers.Binary;
using System.Security.Cryptography;

namespace B2D.Console.Access;

/// <summary>
/// Passwords of people: PBKDF2 with SHA-256 over 16 random bytes of salt. The count of rounds stands before the 32 bytes of the hash, so that it can be raised
/// later.
/// </summary>
internal static class Passwords
{
    /// <summary>Rounds for new passwords (OWASP Password Storage Cheat Sheet, 2023).</summary>
    public const int Rounds = 600_000;

    /// <summary>Shortest password that people may choose, in characters.</summary>
    public const int Shortest = 12;

    /// <summary>Longest password, in characters.</summary>
    public const int Longest = 200;

    private const int HashBytes = 32;

    /// <summary>Why a password cannot be a user's, in a sentence; empty where it can.</summary>
    public static string FlawOf(string password, string user) =>
        password.Length is < Shortest or > Longest ? $"A password has {Shortest} to {Longest} characters."
        : password.Contains(user, StringComparison.OrdinalIgnoreCase) && password.Length < user.Length + Shortest ? "A password is not built around the user's name."
        : password.Distinct().Count() < 5 ? "A password has at least five different characters."
        : "";

    /// <param name="rounds">Fewer only where nothing is to be protected.</param>
    public static (byte[] Hash, byte[] Salt) Make(string password, int rounds = Rounds)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var stored = new byte[4 + HashBytes];
        BinaryPrimitives.WriteInt32BigEndian(stored, rounds);
        Rfc2898DeriveBytes.Pbkdf2(password, salt, stored.AsSpan(4), rounds, HashAlgorithmName.SHA256);
        return (stored, salt);
    }

    /// <summary>Whether it is the password; takes as long for a wrong one, and for a stored hash of another form.</summary>
    public static bool Matches(string password, byte[] stored, byte[] salt)
    {
        var whole = stored.Length == 4 + HashBytes;
        var rounds = whole ? Math.Clamp(BinaryPrimitives.ReadInt32BigEndian(stored), 1, 10_000_000) : Rounds;
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA256, HashBytes);
        return whole && CryptographicOperations.FixedTimeEquals(hash, stored.AsSpan(4));
    }

    /// <summary>A password of 120 random bits that can be read aloud: six groups of four letters and digits without look-alikes.</summary>
    public static string Random() => string.Join('-', Enumerable.Range(0, 6)
        .Select(_ => RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 4)));
}
