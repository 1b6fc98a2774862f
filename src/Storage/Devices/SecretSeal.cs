using System.Security.Cryptography;
using System.Text;

namespace B2D.Storage.Devices;

/// <summary>
/// Encrypts secrets that must be had again (keys of devices and fleets) with AES-256-GCM under a key in a file outside the data folder, so that who has a
/// copy of the data has none of them. The file is made, for its owner alone (mode 600), when the first secret is sealed.
/// </summary>
public sealed class SecretSeal
{
    private const byte Format = 1;
    private const int KeyBytes = 32;
    private const int KeyIdBytes = 4;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = 1 + KeyIdBytes + NonceBytes + TagBytes;

    private readonly string? path;
    private readonly Lock gate = new();
    private byte[]? key;

    /// <param name="path">The key file; it need not be there yet.</param>
    public SecretSeal(string path) => this.path = path;

    private SecretSeal(byte[] key) => this.key = key;

    /// <summary>A seal whose key nobody keeps: for simulations and tests.</summary>
    public static SecretSeal InMemory() => new(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>Encrypts.</summary>
    /// <param name="purpose">What the secret is for and whose it is; it opens only for the same purpose.</param>
    /// <exception cref="StorageException">The key file is no key file.</exception>
    public byte[] Seal(ReadOnlySpan<byte> secret, string purpose)
    {
        var with = Key(make: true)!;
        var box = new byte[HeaderBytes + secret.Length];
        box[0] = Format;
        IdOf(with).CopyTo(box, 1);
        var nonce = box.AsSpan(1 + KeyIdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(with, TagBytes);
        aes.Encrypt(nonce, secret, box.AsSpan(HeaderBytes), box.AsSpan(1 + KeyIdBytes + NonceBytes, TagBytes), Encoding.UTF8.GetBytes(purpose));
        return box;
    }

    /// <summary>Decrypts.</summary>
    /// <exception cref="StorageException">The key file is missing, is another installation's, or what is stored was tampered with.</exception>
    public byte[] Open(ReadOnlySpan<byte> box, string purpose)
    {
        var with = Key(make: false) ?? throw new StorageException(StorageProblem.Damaged, $"The key file {path} is missing; stored keys cannot be read without it.");
        if (box.Length < HeaderBytes || box[0] != Format)
            throw new StorageException(StorageProblem.Damaged, "A stored key is damaged.");
        if (!box.Slice(1, KeyIdBytes).SequenceEqual(IdOf(with)))
            throw new StorageException(StorageProblem.Damaged, $"The key file {path} is not the one that the stored keys were encrypted with.");
        var secret = new byte[box.Length - HeaderBytes];
        using var aes = new AesGcm(with, TagBytes);
        try
        {
            aes.Decrypt(
                box.Slice(1 + KeyIdBytes, NonceBytes), box[HeaderBytes..], box.Slice(1 + KeyIdBytes + NonceBytes, TagBytes), secret,
                Encoding.UTF8.GetBytes(purpose));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new StorageException(StorageProblem.Damaged, "A stored key is damaged or belongs to somebody else.");
        }
        return secret;
    }

    private static byte[] IdOf(byte[] key) => SHA256.HashData(key)[..KeyIdBytes];

    private byte[]? Key(bool make)
    {
        lock (gate)
        {
            if (key is null && File.Exists(path))
                key = Read(path);
            return key is null && make ? key = Make(path!) : key;
        }
    }

    private static byte[] Read(string path)
    {
        var bytes = new byte[KeyBytes];
        return Convert.TryFromBase64String(File.ReadAllText(path).Trim(), bytes, out var count) && count == KeyBytes
            ? bytes
            : throw new StorageException(StorageProblem.Damaged, $"{path} is no key file; it must hold {KeyBytes} bytes in base64.");
    }

    private static byte[] Make(string path)
    {
        var made = RandomNumberGenerator.GetBytes(KeyBytes);
        var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(path, mode);
        file.WriteLine(Convert.ToBase64String(made));
        file.Flush();
        ((FileStream)file.BaseStream).Flush(flushToDisk: true);
        return made;
    }
}
