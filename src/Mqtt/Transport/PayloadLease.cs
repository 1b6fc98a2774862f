using System.Buffers;

namespace B2D.Mqtt.Transport;

/// <summary>
/// Owned copy of one payload. The transport's bytes go back to it when a read is handled; what the application keeps longer is copied exactly once, and lives
/// here until its publish is complete.
/// </summary>
internal sealed class PayloadLease
{
    /// <summary>Leases that nobody holds, by thread: one is needed for each message until it is on disk.</summary>
    private const int MaxSpare = 1024;

    /// <summary>A lease keeps an array of up to so many bytes for its next life.</summary>
    private const int MaxKept = 2048;

    [ThreadStatic]
    private static Stack<PayloadLease>? t_spare;

    private byte[] _array = [];
    private int _length;

    private PayloadLease()
    {
    }

    /// <summary>The copy; valid until <see cref="Release"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _array.AsMemory(0, _length);

    /// <summary>Copies a payload.</summary>
    public static PayloadLease Of(ReadOnlySpan<byte> payload)
    {
        var lease = t_spare is { Count: > 0 } spare ? spare.Pop() : new PayloadLease();
        if (lease._array.Length < payload.Length)
        {
            lease.GiveBack();
            lease._array = ArrayPool<byte>.Shared.Rent(payload.Length);
        }
        payload.CopyTo(lease._array);
        lease._length = payload.Length;
        return lease;
    }

    /// <summary>Nobody reads it any more. Once for each.</summary>
    public void Release()
    {
        var spare = t_spare ??= new Stack<PayloadLease>();
        if (spare.Count >= MaxSpare || _array.Length > MaxKept)
            GiveBack();
        if (spare.Count < MaxSpare)
            spare.Push(this);
    }

    private void GiveBack()
    {
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = [];
    }
}
