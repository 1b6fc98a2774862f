using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using B2D.Core.Telemetry;

namespace B2D.Storage.Telemetry.Blocks;

/// <summary>Bytes of a block as they are made; used again for the next one. Numbers are little-endian, bits fill bytes from the lowest.</summary>
internal sealed class ByteWriter
{
    /// <summary>So many bytes behind the last one can be written without asking, since bits are put down eight bytes at a time.</summary>
    private const int Slack = 16;

    private byte[] buffer = new byte[4096];
    private ulong pending;
    private int fill;

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    public void Clear() => (Length, pending, fill) = (0, 0, 0);

    /// <summary>Takes back everything after a length that was read before.</summary>
    public void CutTo(int length) => Length = length;

    public void Byte(byte value)
    {
        Ensure(1);
        buffer[Length++] = value;
    }

    public void UInt32(uint value)
    {
        Ensure(4);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(Length), value);
        Length += 4;
    }

    public void UInt64(ulong value)
    {
        Ensure(8);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.AsSpan(Length), value);
        Length += 8;
    }

    public void Whole(ulong value)
    {
        Ensure(Varint.MaxBytes);
        Length += Varint.Write(buffer.AsSpan(Length), value);
    }

    public void Signed(long value) => Whole(Varint.ZigZag(value));

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Text(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        Whole((ulong)size);
        Ensure(size);
        Encoding.UTF8.GetBytes(text, buffer.AsSpan(Length));
        Length += size;
    }

    /// <summary>The lowest <paramref name="width"/> (0 to 64) bits; the others must be 0. Ends with <see cref="EndBits"/>.</summary>
    public void Bits(ulong value, int width)
    {
        if (width > 56)
        {
            Bits(value & 0xFFFF_FFFF, 32);
            Bits(value >> 32, width - 32);
            return;
        }
        Ensure(8);
        pending |= value << fill;
        fill += width;
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.AsSpan(Length), pending);
        Length += fill >> 3;
        pending >>= fill & ~7;
        fill &= 7;
    }

    /// <summary>Fills the last byte with zeros.</summary>
    public void EndBits()
    {
        if (fill > 0)
            Length++;
        (pending, fill) = (0, 0);
    }

    /// <summary>Bytes that <see cref="Whole"/> takes, 1 to 10.</summary>
    public static int SizeOf(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    private void Ensure(int more)
    {
        if (buffer.Length - Length < more + Slack)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, Length + more + Slack));
    }
}
