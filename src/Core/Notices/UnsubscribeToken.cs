using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace B2D.Core.Notices;

/// <summary>By what a customer ends notices of a class without sign-in: their id, the class, and a signature that nobody can guess. It tells nothing and opens nothing.</summary>
public static class UnsubscribeToken
{
    private const int SignatureBytes = 16;

    public static string Make(byte[] key, string customer, NoticeClass noticeClass)
    {
        var body = Encoding.UTF8.GetBytes($"{noticeClass.Word()}:{customer}");
        return Base64Url.EncodeToString(body) + "." + Base64Url.EncodeToString(Sign(key, body));
    }

    /// <summary>Whose it is and what it ends; null where it was not made with this key.</summary>
    public static (string Customer, NoticeClass Class)? Read(byte[] key, string token)
    {
        if (token.Length > 1000 || token.Split('.') is not [var body, var signature] || !Base64Url.IsValid(body) || !Base64Url.IsValid(signature))
            return null;
        var bytes = Base64Url.DecodeFromChars(body);
        if (!CryptographicOperations.FixedTimeEquals(Sign(key, bytes), Base64Url.DecodeFromChars(signature)))
            return null;
        return Encoding.UTF8.GetString(bytes).Split(':', 2) is [var word, var customer] && NoticeClasses.Of(word) is { } noticeClass ? (customer, noticeClass) : null;
    }

    private static byte[] Sign(byte[] key, byte[] body) => HMACSHA256.HashData(key, (byte[])[.. "unsubscribe\n"u8, .. body])[..SignatureBytes];
}
