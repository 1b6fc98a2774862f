using System.Buffers;

namespace B2D.Mqtt.Transport;

/// <summary>A growing byte buffer on pooled arrays. Holds no array while it is empty, so that idle connections cost nothing.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>
{
    private const int Least = 256;
    private byte[] _array = [];
    private int _length;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _array.AsSpan(0, _length);

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_length);
    }

    /// <summary>Empties the buffer and gives its array back.</summary>
    public void Clear()
    {
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = [];
        _length = 0;
    }

    /// <summary>Moves the first bytes into another buffer.</summary>
    public void MoveFront(int count, PooledBuffer into)
    {
        Written[..count].CopyTo(into.GetSpan(count));
        into.Advance(count);
        Written[count..].CopyTo(_array);
        _length -= count;
    }

    private void Reserve(int sizeHint)
    {
        var needed = checked(_length + Math.Max(1, sizeHint));
        if (needed <= _array.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Least, Math.Max(needed, (int)Math.Min(int.MaxValue / 2, _array.Length * 2L))));
        Written.CopyTo(larger);
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
