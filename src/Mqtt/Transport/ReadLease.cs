using System.Buffers;

namespace B2D.Mqtt.Transport;

/// <summary>
/// Owned copy of the packets of one read. A read's bytes go back to the transport at once; payloads live on in the lease, copied exactly once,
/// until the last publish that points into it is complete. Counted: the reader holds one reference, each publish one.
/// </summary>
internal sealed class ReadLease(int size)
{
    private byte[] _array = size == 0 ? [] : ArrayPool<byte>.Shared.Rent(size);
    private int _used;
    private int _references = 1;

    /// <summary>Copies bytes behind what is already held. The sum of all copies must not exceed the size rented.</summary>
    public ReadOnlyMemory<byte> Copy(in ReadOnlySequence<byte> bytes)
    {
        var target = _array.AsMemory(_used, checked((int)bytes.Length));
        bytes.CopyTo(target.Span);
        _used += target.Length;
        return target;
    }

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) > 0)
            return;
        var array = _array;
        _array = [];
        if (array.Length > 0)
            ArrayPool<byte>.Shared.Return(array);
    }
}
