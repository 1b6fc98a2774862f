using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace B2D.Core.Telemetry;

/// <summary>The parts of a stored entry.</summary>
internal readonly struct EntryCodecWriter(IBufferWriter<byte> output)
{
    public void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public void Count(int value) => Whole((ulong)value);

    /// <summary>Zigzag: small numbers of either sign are short.</summary>
    public void Time(long value) => Whole(Varint.ZigZag(value));

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    /// <summary>Half of a surrogate pair, which UTF-8 cannot carry, becomes U+FFFD.</summary>
    public void Text(string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        Whole((ulong)bytes);
        Encoding.UTF8.GetBytes(value, output.GetSpan(bytes));
        output.Advance(bytes);
    }

    /// <summary>A value of a batch: whole numbers in short.</summary>
    public void ShortValue(MetricValue value)
    {
        if (value.Kind == ValueKind.Number && EntryCodec.IsWhole(value.Number))
        {
            Byte(EntryCodec.WholeNumber);
            Time((long)value.Number);
        }
        else
        {
            Value(value);
        }
    }

    public void Value(MetricValue value)
    {
        Byte((byte)value.Kind);
        switch (value.Kind)
        {
            case ValueKind.Number:
                BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(8), value.Number);
                output.Advance(8);
                break;
            case ValueKind.Bool:
                Byte(value.IsTrue ? (byte)1 : (byte)0);
                break;
            case ValueKind.Text:
                Text(value.Text);
                break;
        }
    }

    private void Whole(ulong value) => output.Advance(Varint.Write(output.GetSpan(Varint.MaxBytes), value));
}
