using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using B2D.Core.Devices;

namespace B2D.DeviceGateway.Devices;

/// <summary>
/// A shared-access-signature token, the password of devices that are built for Azure IoT Hub:
/// <c>SharedAccessSignature sr={resource}&amp;sig={signature}&amp;se={expiry}</c> in any order, where the signature is base64(HMAC-SHA256(key, sr + "\n" + se))
/// over the texts exactly as they stand in the token.
/// </summary>
internal sealed class SasToken
{
    /// <summary>Longest token, in bytes. Azure's have about 200.</summary>
    private const int MaxLength = 2048;

    private static ReadOnlySpan<byte> Prefix => "SharedAccessSignature "u8;

    private readonly byte[] signed;
    private readonly byte[] signature;
    private readonly string resource;

    private SasToken(byte[] signed, byte[] signature, string resource, DateTimeOffset expiresAt) =>
        (this.signed, this.signature, this.resource, ExpiresAt) = (signed, signature, resource, expiresAt);

    /// <summary>From this instant on it is worth nothing.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Whether a password says that it is such a token, well-formed or not.</summary>
    public static bool IsOne(ReadOnlySpan<byte> password) => password.StartsWith(Prefix);

    /// <summary>Takes a token apart; null where it is none or is malformed.</summary>
    public static SasToken? Parse(ReadOnlySpan<byte> password)
    {
        if (!IsOne(password) || password.Length > MaxLength)
            return null;
        string? resource = null, signature = null, expiry = null;
        foreach (var pair in Encoding.UTF8.GetString(password[Prefix.Length..]).Split('&'))
        {
            var (name, value) = pair.IndexOf('=', StringComparison.Ordinal) is var i and > 0 ? (pair[..i], pair[(i + 1)..]) : (pair, "");
            switch (name)
            {
                case "sr" when resource is null:
                    resource = value;
                    break;
                case "sig" when signature is null:
                    signature = value;
                    break;
                case "se" when expiry is null:
                    expiry = value;
                    break;
                case "sr" or "sig" or "se":
                    return null; // twice: which one was signed?
                default:
                    break;
            }
        }
        if (resource is null || signature is null
            || !long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return null;
        // Encoders differ (%2B, %2b, a plain +), so what is compared is the decoded signature.
        var bytes = new byte[HMACSHA256.HashSizeInBytes + 4];
        if (!Convert.TryFromBase64String(Uri.UnescapeDataString(signature), bytes, out var count) || count != HMACSHA256.HashSizeInBytes)
            return null;
        return new SasToken(
            Encoding.UTF8.GetBytes($"{resource}\n{expiry}"), bytes[..count], Uri.UnescapeDataString(resource), DateTimeOffset.FromUnixTimeSeconds(seconds));
    }

    /// <summary>Whether it was signed with this key; takes as long for a wrong one as for the right one.</summary>
    public bool IsSignedBy(ReadOnlySpan<byte> key)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, signed, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }

    /// <summary>Whether it is for this device: <c>{host}/devices/{id}</c> with any host, or the id alone.</summary>
    public bool IsFor(DeviceId device) => resource == device.Value || resource == $"devices/{device}"
        || resource.EndsWith($"/devices/{device}", StringComparison.Ordinal);
}
