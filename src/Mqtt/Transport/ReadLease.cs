using System.Buffers;

namespace B2D.Mqtt.Transport;

/// <summary>
/// Owned copy of the packets of one read. A read's bytes go back to the transport at once; payloads live on in the lease, copied exactly once,
/// until the last publish that points into it is complete. Counted: the reader holds one reference, each publish one.
/// </summary>
internal sealed class ReadLease
{
    /// <summary>Leases that nobody holds, by thread: one is needed for each read, until what it brought is on disk.</summary>
    private const int MaxSpare = 1024;

    /// <summary>A lease keeps an array of up to so many bytes for its next life.</summary>
    private const int MaxKept = 2048;

    [ThreadStatic]
    private static Stack<ReadLease>? t_spare;

    private byte[] _array = [];
    private int _used;
    private int _references;

    private ReadLease()
    {
    }

    /// <summary>A lease with one reference.</summary>
    /// <param name="size">Bytes that will be copied at most; 0 or more.</param>
    public static ReadLease Take(int size)
    {
        var lease = t_spare is { Count: > 0 } spare ? spare.Pop() : new ReadLease();
        if (lease._array.Length < size)
        {
            lease.GiveBack();
            lease._array = ArrayPool<byte>.Shared.Rent(size);
        }
        (lease._used, lease._references) = (0, 1);
        return lease;
    }

    /// <summary>Copies bytes behind what is already held. The sum of all copies must not exceed the size rented.</summary>
    public ReadOnlyMemory<byte> Copy(in ReadOnlySequence<byte> bytes)
    {
        var target = _array.AsMemory(_used, checked((int)bytes.Length));
        bytes.CopyTo(target.Span);
        _used += target.Length;
        return target;
    }

    private void GiveBack()
    {
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = [];
    }

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) > 0)
            return;
        var spare = t_spare ??= new Stack<ReadLease>();
        if (spare.Count >= MaxSpare || _array.Length > MaxKept)
            GiveBack();
        if (spare.Count < MaxSpare)
            spare.Push(this);
    }
}
