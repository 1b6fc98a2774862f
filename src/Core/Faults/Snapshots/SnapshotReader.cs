using System.Buffers.Binary;
using System.Text;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults.Snapshots;

/// <summary>Takes plain values out of a snapshot and believes none of them: whatever does not fit is an <see cref="InvalidDataException"/> that says where.</summary>
internal ref struct SnapshotReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Strict = new(false, true);

    private readonly ReadOnlySpan<byte> bytes = bytes;
    private readonly List<string> shared = [];
    private int at;

    /// <summary>Bytes that were not read.</summary>
    public readonly int Left => bytes.Length - at;

    public byte Byte() => Take(1)[0];

    /// <summary>A byte that is at most <paramref name="most"/>.</summary>
    public byte Byte(byte most, string what)
    {
        var value = Byte();
        return value <= most ? value : throw Bad($"{what} is {value}, at most {most} is known");
    }

    public double Number() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public long Fixed() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public ulong Whole()
    {
        var value = 0ul;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return shift == 63 && next > 1 ? throw Bad("a number has more than 64 bits") : value;
        }
        throw Bad("a number has more than 64 bits");
    }

    public uint Whole32(string what)
    {
        var value = Whole();
        return value <= uint.MaxValue ? (uint)value : throw Bad($"{what} is {value}");
    }

    /// <summary>How many of something follow, each of at least <paramref name="bytesEach"/> bytes: no more than can be there.</summary>
    public int Count(string what, int bytesEach = 1)
    {
        var count = Whole();
        return count <= (ulong)(Left / bytesEach) ? (int)count : throw Bad($"{count} {what} cannot be in {Left} bytes");
    }

    /// <summary>A number under <paramref name="count"/>.</summary>
    public int Index(int count, string what)
    {
        var index = Whole();
        return index < (ulong)count ? (int)index : throw Bad($"{what} {index} is not one of {count}");
    }

    public long Distance(long from)
    {
        var folded = Whole();
        return unchecked(from + ((long)(folded >> 1) ^ -(long)(folded & 1)));
    }

    public string Text()
    {
        var length = Count("bytes of text");
        try
        {
            return length == 0 ? "" : Strict.GetString(Take(length));
        }
        catch (DecoderFallbackException)
        {
            throw Bad("a text is no UTF-8");
        }
    }

    public string SharedText()
    {
        var number = Index(shared.Count + 1, "shared text");
        if (number > 0)
            return shared[number - 1];
        shared.Add(Text());
        return shared[^1];
    }

    public MetricValue Value() => (ValueKind)Byte((byte)ValueKind.Text, "a kind of value") switch
    {
        ValueKind.Number => MetricValue.Of(Number()),
        ValueKind.Bool => MetricValue.Of(Byte(1, "a truth") == 1),
        ValueKind.Text => MetricValue.Of(Text()),
        _ => MetricValue.Missing,
    };

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > Left)
            throw Bad("it ends too early");
        at += length;
        return bytes.Slice(at - length, length);
    }

    public readonly InvalidDataException Bad(string why) => new($"the snapshot of a lane cannot be read at byte {at}: {why}");
}
