using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace B2D.Mqtt.Packets;

/// <summary>Writes the data types of MQTT (5.0 §1.5) into memory that was measured beforehand.</summary>
internal ref struct FieldWriter(Span<byte> target)
{
    private Span<byte> _rest = target;

    public void Byte(byte value)
    {
        _rest[0] = value;
        _rest = _rest[1..];
    }

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_rest, value);
        _rest = _rest[2..];
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_rest, value);
        _rest = _rest[4..];
    }

    public void Variable(uint value)
    {
        var used = 0;
        do
        {
            var low = (byte)(value & 0x7F);
            value >>= 7;
            _rest[used++] = value > 0 ? (byte)(low | 0x80) : low;
        }
        while (value > 0);
        _rest = _rest[used..];
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_rest);
        _rest = _rest[value.Length..];
    }

    public void Binary(ReadOnlySpan<byte> value)
    {
        UInt16(checked((ushort)value.Length));
        Bytes(value);
    }

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetBytes(value, _rest[2..]);
        UInt16(checked((ushort)length));
        _rest = _rest[length..];
    }

    /// <summary>Starts a packet: asks the output for the whole packet's room and writes the fixed header.</summary>
    /// <returns>A writer over the body; the caller writes all of it. The output is already advanced.</returns>
    public static FieldWriter Begin(IBufferWriter<byte> output, byte header, int bodyLength)
    {
        var size = SizeOfPacket(bodyLength);
        var writer = new FieldWriter(output.GetSpan(size)[..size]);
        output.Advance(size);
        writer.Byte(header);
        writer.Variable((uint)bodyLength);
        return writer;
    }

    /// <summary>Fixed header and body.</summary>
    public static int SizeOfPacket(int bodyLength) => 1 + SizeOfVariable((uint)bodyLength) + bodyLength;

    public static int SizeOfVariable(uint value) => value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4;

    public static int SizeOfText(string value) => 2 + Encoding.UTF8.GetByteCount(value);
}
