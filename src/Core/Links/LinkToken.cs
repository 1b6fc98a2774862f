using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace B2D.Core.Links;

/// <summary>What a link is bound to: it opens nothing for anybody else and about nothing else.</summary>
/// <param name="Nonce">What nobody can know, made by chance with the link.</param>
public sealed record LinkBond(long Id, string Customer, string Subject, string Nonce);

/// <summary>
/// The two ways to a customer's page: a signed token of 128 bits for a link, and a short code for an address that is typed. Both can be made again from what is
/// stored and the key; neither is stored itself.
/// </summary>
public static class LinkToken
{
    /// <summary>Letters and digits that nobody takes for each other.</summary>
    public const string Alphabet = "23456789abcdefghjkmnpqrstuvwxyz";

    /// <summary>Of a code: about 10^12 of them.</summary>
    public const int CodeLength = 8;

    private const int SignatureBytes = 16;
    private const int MaxLength = 60;

    public static string Make(byte[] key, LinkBond bond) =>
        string.Create(CultureInfo.InvariantCulture, $"{bond.Id}.{Base64Url.EncodeToString(Sign(key, $"link {bond.Id}", bond).AsSpan(0, SignatureBytes))}");

    /// <summary>The number that a token names; null where it can be no token.</summary>
    public static long? IdOf(string token) => token.Length <= MaxLength && token.Split('.') is [var number, { Length: > 0 }]
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>Whether a token was made with this key for this bond, in a time that says nothing.</summary>
    public static bool IsGood(byte[] key, string token, LinkBond bond) => Same(Make(key, bond), token);

    /// <summary>The short code; it says nothing of whose it is.</summary>
    public static string Code(byte[] key, LinkBond bond)
    {
        var number = BinaryPrimitives.ReadUInt64BigEndian(Sign(key, "code", bond));
        Span<char> code = stackalloc char[CodeLength];
        for (var i = 0; i < CodeLength; i++)
        {
            code[i] = Alphabet[(int)(number % (ulong)Alphabet.Length)];
            number /= (ulong)Alphabet.Length;
        }
        return new string(code);
    }

    /// <summary>A code as somebody typed it, without blanks and dashes and in small letters; null where it can be none.</summary>
    public static string? Typed(string? text)
    {
        var code = string.Concat((text ?? "").Trim().ToLowerInvariant().Take(MaxLength).Where(c => c is not (' ' or '-')));
        return code.Length == CodeLength && code.All(c => Alphabet.Contains(c, StringComparison.Ordinal)) ? code : null;
    }

    /// <summary>By what a code is found again: who reads it cannot type it.</summary>
    public static string Kept(byte[] key, string code) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("kept\n" + code)));

    /// <summary>Whether two texts are the same, in a time that says nothing.</summary>
    public static bool Same(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private static byte[] Sign(byte[] key, string purpose, LinkBond bond) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{purpose}\n{bond.Customer}\n{bond.Subject}\n{bond.Nonce}"));
}
