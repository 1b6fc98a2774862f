using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace B2D.ProactiveWorker.Notices;

/// <summary>The signature of Standard Webhooks 1.0: <c>v1,</c> and base64 of HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
public static class WebhookSignature
{
    private const string Prefix = "whsec_";

    /// <summary>Reads a secret; false where it is none.</summary>
    public static bool TryKey(string secret, out byte[] key)
    {
        key = [];
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        var buffer = new byte[secret.Length];
        if (!Convert.TryFromBase64String(secret[Prefix.Length..], buffer, out var length) || length is < 24 or > 64)
            return false;
        key = buffer[..length];
        return true;
    }

    /// <summary>Signs a body.</summary>
    /// <param name="unixSeconds">The value of <c>webhook-timestamp</c>.</param>
    public static string Sign(byte[] key, string id, long unixSeconds, string body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}.{body}"))));

    /// <summary>Checks a header of one or more signatures in constant time.</summary>
    public static bool Verify(byte[] key, string id, long unixSeconds, string body, string header)
    {
        var expected = Encoding.ASCII.GetBytes(Sign(key, id, unixSeconds, body));
        var found = false;
        foreach (var candidate in header.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            found |= CryptographicOperations.FixedTimeEquals(expected, Encoding.ASCII.GetBytes(candidate));
        return found;
    }
}
