using System.Security.Cryptography;
using B2D.Core.Devices;

namespace B2D.Storage.Devices;

/// <summary>
/// Checks devices' passwords. One that PBKDF2 has found right is remembered as an HMAC-SHA256 under a key that this process made and nobody else has; from
/// then on
/// its check takes microseconds. What is remembered holds for the stored secret it was checked against, so a changed secret is never answered from memory.
/// </summary>
public sealed class SecretVerifier
{
    /// <summary>Devices remembered by default, about 200 bytes each.</summary>
    public const int DefaultCapacity = 100_000;

    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);
    private readonly int capacity;
    private readonly Lock gate = new();
    private readonly Dictionary<DeviceId, LinkedListNode<Remembered>> byDevice = [];
    private readonly LinkedList<Remembered> oldestFirst = new();

    /// <param name="capacity">Most devices remembered, 1 to 10,000,000; the one verified longest ago goes first.</param>
    public SecretVerifier(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 10_000_000);
        this.capacity = capacity;
    }

    /// <summary>How many devices are remembered.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return byDevice.Count;
        }
    }

    /// <summary>Checks a password, at the cost of PBKDF2 where <see cref="TryVerifyQuickly"/> has no answer.</summary>
    /// <param name="secret">The device's secret as it is stored now.</param>
    public bool Verify(DeviceId device, DeviceSecret secret, ReadOnlySpan<byte> password)
    {
        if (TryVerifyQuickly(device, secret, password) is { } known)
            return known;
        if (!DeviceSecrets.Verify(secret, password))
            return false;
        Remember(new Remembered(device, secret.Hash, HMACSHA256.HashData(key, password)));
        return true;
    }

    /// <summary>The answer where it takes microseconds; null where PBKDF2 must be asked, which belongs on a bounded queue.</summary>
    public bool? TryVerifyQuickly(DeviceId device, DeviceSecret secret, ReadOnlySpan<byte> password)
    {
        if (DeviceSecrets.IsQuick(secret))
            return DeviceSecrets.Verify(secret, password);
        Remembered? remembered;
        lock (gate)
            remembered = byDevice.GetValueOrDefault(device)?.Value;
        if (remembered is null || !CryptographicOperations.FixedTimeEquals(remembered.SecretHash, secret.Hash))
            return null;
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, password, mac);
        return CryptographicOperations.FixedTimeEquals(mac, remembered.PasswordMac);
    }

    /// <summary>Forgets a device, when it leaves the registry or its secret changes.</summary>
    public void Drop(DeviceId device)
    {
        lock (gate)
        {
            if (byDevice.Remove(device, out var node))
                oldestFirst.Remove(node);
        }
    }

    private void Remember(Remembered remembered)
    {
        lock (gate)
        {
            if (byDevice.Remove(remembered.Device, out var old))
                oldestFirst.Remove(old);
            else if (byDevice.Count >= capacity && oldestFirst.First is { } oldest)
            {
                oldestFirst.Remove(oldest);
                byDevice.Remove(oldest.Value.Device);
            }
            byDevice.Add(remembered.Device, oldestFirst.AddLast(remembered));
        }
    }

    private sealed record Remembered(DeviceId Device, byte[] SecretHash, byte[] PasswordMac);
}
