using System.Buffers.Binary;
using System.Text;

namespace B2D.Storage.Telemetry.Blocks;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Whatever is not so is damaged: it says so and never reads beyond the end.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private int bit;

    public int Position { get; private set; }

    public readonly int Left => bytes.Length - Position;

    public byte Byte() => Take(1)[0];

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return shift < 63 || next <= 1 ? value : throw Damaged("a number is too large");
        }
        throw Damaged("a number does not end");
    }

    public long Signed()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int Number(int least, int most)
    {
        var value = Varint();
        return value >= (ulong)least && value <= (ulong)most ? (int)value : throw Damaged($"{value} is not within {least} to {most}");
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)Left)
            throw Damaged("it ends too early");
        var taken = bytes.Slice(Position, count);
        Position += count;
        return taken;
    }

    public string Text() => Encoding.UTF8.GetString(Take(Number(0, Left)));

    /// <summary>The next <paramref name="width"/> (0 to 64) bits; ends with <see cref="EndBits"/>.</summary>
    public ulong Bits(int width)
    {
        if (width > 56)
            return Bits(32) | (Bits(width - 32) << 32);
        if (((long)Left * 8) - bit < width)
            throw Damaged("it ends too early");
        var word = Word(Position) >> bit;
        bit += width;
        Position += bit >> 3;
        bit &= 7;
        return word & ((1UL << width) - 1);
    }

    public void EndBits()
    {
        if (bit > 0)
            Position++;
        bit = 0;
    }

    /// <summary>Numbers of one width (0 to 64), each plus <paramref name="least"/>; ends the bits.</summary>
    public void Unpack(Span<long> into, int width, long least)
    {
        if (width > 56)
        {
            foreach (ref var value in into)
                value = unchecked((long)Bits(width) + least);
            EndBits();
            return;
        }
        var size = (int)((((long)into.Length * width) + 7) >> 3);
        var packed = Take(size);
        var mask = (1UL << width) - 1;
        var safe = width == 0 ? into.Length : Math.Clamp(((packed.Length - 8) * 8 / width) + 1, 0, into.Length);
        if (packed.Length < 8)
            safe = width == 0 ? into.Length : 0;
        long at = 0;
        var i = 0;
        for (; i < safe && width > 0; i++, at += width)
            into[i] = unchecked((long)((BinaryPrimitives.ReadUInt64LittleEndian(packed[(int)(at >> 3)..]) >> (int)(at & 7)) & mask) + least);
        for (; i < into.Length; i++, at += width)
            into[i] = unchecked((long)((WordOf(packed, (int)(at >> 3)) >> (int)(at & 7)) & mask) + least);
    }

    public static StorageException Damaged(string what) => new(StorageProblem.Damaged, $"A block of telemetry is damaged: {what}.");

    private readonly ulong Word(int from) => WordOf(bytes, from);

    /// <summary>Eight bytes from a place; what lies behind the end is 0.</summary>
    private static ulong WordOf(ReadOnlySpan<byte> bytes, int from)
    {
        if (bytes.Length - from >= 8)
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes[from..]);
        ulong word = 0;
        for (var i = bytes.Length - 1; i >= from; i--)
            word = (word << 8) | bytes[i];
        return word;
    }
}
