using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults.Snapshots;

/// <summary>Puts plain values into a snapshot: whole numbers in as few groups of seven bits as they need, low ones first; times as a distance from another.</summary>
internal ref struct SnapshotWriter(IBufferWriter<byte> output)
{
    private readonly Dictionary<string, int> shared = new(StringComparer.Ordinal);
    private Span<byte> buffer;
    private int used;

    public void Byte(byte value)
    {
        Reserve(1);
        buffer[used++] = value;
    }

    public void Number(double value)
    {
        Reserve(8);
        BinaryPrimitives.WriteDoubleLittleEndian(buffer[used..], value);
        used += 8;
    }

    public void Fixed(long value)
    {
        Reserve(8);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[used..], value);
        used += 8;
    }

    /// <summary>A count, an index or a set of bits.</summary>
    public void Whole(ulong value)
    {
        Reserve(Varint.MaxBytes);
        used += Varint.Write(buffer[used..], value);
    }

    public void Count(int value) => Whole((uint)value);

    /// <summary>A number that is as often below as above <paramref name="from"/>.</summary>
    public void Distance(long value, long from) => Whole(Varint.ZigZag(unchecked(value - from)));

    public void Text(string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        Reserve(10 + most);
        // The length stands first; for most texts it is known to need one byte before it is counted.
        if (most < 0x80)
        {
            var written = Encoding.UTF8.GetBytes(text, buffer[(used + 1)..]);
            buffer[used] = (byte)written;
            used += written + 1;
            return;
        }
        Whole((uint)Encoding.UTF8.GetByteCount(text));
        used += Encoding.UTF8.GetBytes(text, buffer[used..]);
    }

    /// <summary>A text that many devices have: whole the first time, by its number from then on.</summary>
    public void SharedText(string text)
    {
        if (shared.TryGetValue(text, out var number))
        {
            Count(number + 1);
            return;
        }
        shared.Add(text, shared.Count);
        Count(0);
        Text(text);
    }

    public void Value(MetricValue value)
    {
        Byte((byte)value.Kind);
        switch (value.Kind)
        {
            case ValueKind.Number:
                Number(value.Number);
                break;
            case ValueKind.Bool:
                Byte(value.IsTrue ? (byte)1 : (byte)0);
                break;
            case ValueKind.Text:
                Text(value.Text);
                break;
        }
    }

    /// <summary>Hands over what was written.</summary>
    public void Finish()
    {
        output.Advance(used);
        buffer = [];
        used = 0;
    }

    private void Reserve(int bytes)
    {
        if (buffer.Length - used >= bytes)
            return;
        if (used > 0)
            output.Advance(used);
        buffer = output.GetSpan((int)Math.Max(4096, BitOperations.RoundUpToPowerOf2((uint)bytes)));
        used = 0;
    }
}
