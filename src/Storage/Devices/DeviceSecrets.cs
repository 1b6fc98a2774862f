using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using B2D.Core.Devices;

namespace B2D.Storage.Devices;

/// <summary>How a device's password is kept.</summary>
public enum SecretHashing : byte
{
    /// <summary>PBKDF2-SHA256: for passwords that people chose. Costs tens of milliseconds, to make and to check.</summary>
    Pbkdf2 = 1,

    /// <summary>SHA-256, checked in microseconds: only for secrets with at least 128 bits that were made by a machine.</summary>
    Sha256 = 2,
}

/// <summary>Makes, hashes and checks what devices sign in with.</summary>
public static class DeviceSecrets
{
    /// <summary>Iterations of new PBKDF2 hashes; a hash carries its own number, so this may rise.</summary>
    public const int Iterations = 100_000;

    /// <summary>More iterations than this are refused, so that a damaged row cannot stop the gateway.</summary>
    public const int MaxIterations = 10_000_000;

    private const string Sha256Kind = "sha256";
    private const string Pbkdf2Prefix = "pbkdf2:";
    private const int MadeBytes = 24;
    private const int SaltBytes = 16;

    /// <summary>A new secret: 192 bits of the system's random numbers, base64url, 32 characters. It is shown once and kept as a hash.</summary>
    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(MadeBytes));

    /// <summary>What is kept of a password.</summary>
    public static DeviceSecret Hash(string password, SecretHashing hashing) => Hash(Encoding.UTF8.GetBytes(password), hashing);

    /// <inheritdoc cref="Hash(string, SecretHashing)"/>
    public static DeviceSecret Hash(ReadOnlySpan<byte> password, SecretHashing hashing)
    {
        if (hashing == SecretHashing.Sha256)
            return new DeviceSecret { Kind = Sha256Kind, Hash = SHA256.HashData(password) };
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new DeviceSecret
        {
            Kind = Pbkdf2Prefix + Iterations.ToString(CultureInfo.InvariantCulture),
            Hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes),
            Salt = salt,
        };
    }

    /// <summary>
    /// The secrets of an import, by device id, for <see cref="DeviceStore.Upsert"/>: made before the transaction, because PBKDF2 takes its time.
    /// </summary>
    public static IReadOnlyDictionary<string, DeviceSecret> HashAll(IEnumerable<DeviceImportRow> rows, SecretHashing hashing = SecretHashing.Pbkdf2) => rows
        .Where(r => !string.IsNullOrEmpty(r.Password))
        .ToDictionary(r => r.Id.Value, r => Hash(r.Password!, hashing), StringComparer.Ordinal);

    /// <summary>Whether a password is the one that was hashed; takes as long for a wrong one as for the right one.</summary>
    /// <exception cref="StorageException">The secret is of no kind that this program knows.</exception>
    public static bool Verify(DeviceSecret secret, ReadOnlySpan<byte> password)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (IsQuick(secret))
            SHA256.HashData(password, hash);
        else
            Rfc2898DeriveBytes.Pbkdf2(password, secret.Salt, hash, IterationsOf(secret), HashAlgorithmName.SHA256);
        return CryptographicOperations.FixedTimeEquals(hash, secret.Hash);
    }

    /// <summary>Checking takes microseconds, not tens of milliseconds.</summary>
    public static bool IsQuick(DeviceSecret secret) => secret.Kind == Sha256Kind;

    private static int IterationsOf(DeviceSecret secret) =>
        secret.Kind.StartsWith(Pbkdf2Prefix, StringComparison.Ordinal)
        && int.TryParse(secret.Kind.AsSpan(Pbkdf2Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
        && iterations is >= 1 and <= MaxIterations
            ? iterations
            : throw new StorageException(StorageProblem.Damaged, $"A device's secret is of the unknown kind '{secret.Kind}'.");
}
