using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using B2D.Core.Devices;

namespace B2D.Core.Telemetry;

/// <summary>Why a stored entry cannot be read.</summary>
public enum EntryProblem : byte
{
    /// <summary>The format is newer than this program, or older than the one before.</summary>
    UnknownFormat = 1,
    UnknownKind = 2,

    /// <summary>The body ends in the middle.</summary>
    Truncated = 3,

    /// <summary>The body goes on after its end.</summary>
    TrailingBytes = 4,

    /// <summary>A text is not UTF-8.</summary>
    BadText = 5,

    /// <summary>A number, a flag, an id or a date is out of its range.</summary>
    BadValue = 6,
}

/// <summary>A stored entry cannot be read.</summary>
public sealed class EntryFormatException : Exception
{
    public EntryFormatException()
    {
    }

    public EntryFormatException(string message)
        : base(message)
    {
    }

    public EntryFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public EntryFormatException(EntryProblem problem, int position, string detail)
        : base($"Stored entry, byte {position}: {problem}: {detail}") => (Problem, Position) = (problem, position);

    public EntryProblem Problem { get; }

    /// <summary>Byte of the body at which the problem showed.</summary>
    public int Position { get; }
}

/// <summary>Reads the parts of a stored entry; every part is checked before it is used.</summary>
internal ref struct EntryCodecReader(ReadOnlySpan<byte> body)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> body = body;
    private int position;

    /// <summary>Bytes that were read.</summary>
    public readonly int Position => position;

    public ReadOnlySpan<byte> Bytes(int length) => Take(length);

    public readonly EntryFormatException Bad(string detail) => new(EntryProblem.BadValue, position, detail);

    public byte Byte() => (uint)position < (uint)body.Length ? body[position++] : throw Truncated();

    public byte Flags(byte known)
    {
        var flags = Byte();
        return (flags & ~known) == 0 ? flags : throw Bad($"flags 0x{flags:X2}");
    }

    /// <summary>One byte out of 1 to <paramref name="last"/>.</summary>
    public T Enum<T>(T last)
        where T : unmanaged, Enum
    {
        var value = Byte();
        return value >= 1 && value <= Unsafe.BitCast<T, byte>(last) ? Unsafe.BitCast<byte, T>(value) : throw Bad($"{typeof(T).Name} {value}");
    }

    public int Count()
    {
        // Nearly every count, length and number of a metric is one byte.
        if ((uint)position < (uint)body.Length && body[position] < 0x80)
            return body[position++];
        var value = Varint(5);
        return value <= int.MaxValue ? (int)value : throw Bad($"count {value}");
    }

    /// <summary>A number of items, refused before anything is made for them where the body is too short to hold them.</summary>
    public int CountOf(int minBytesEach)
    {
        var count = Count();
        return count <= (body.Length - position) / minBytesEach ? count : throw Truncated();
    }

    public long Time()
    {
        var value = Varint(10);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public string Text()
    {
        var length = Count();
        var bytes = Take(length);
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new EntryFormatException(EntryProblem.BadText, position - length, "not UTF-8");
        }
    }

    public DeviceId Device()
    {
        var text = Text();
        return DeviceId.TryParse(text, out var id, out var error) ? id : throw Bad(error);
    }

    public DeviceId Device(DeviceIdCache? cache)
    {
        if (cache is null)
            return Device();
        var bytes = Take(Count());
        return cache.TryGet(bytes, out var id, out var error) ? id : throw Bad(error);
    }

    /// <summary>The name of a metric: its number among these, or written out.</summary>
    public string Metric(ReadOnlySpan<string> names)
    {
        var number = Count() - 1;
        return number < 0 ? Text() : number < names.Length ? names[number] : throw Bad($"metric {number}; the log names {names.Length}");
    }

    /// <summary>A value of a batch: also whole numbers in short.</summary>
    public MetricValue ShortValue()
    {
        if (position < body.Length && body[position] == EntryCodec.WholeNumber)
        {
            position++;
            return MetricValue.Of((double)Time());
        }
        return Value();
    }

    public DeviceId? DeviceOrNone()
    {
        var text = Text();
        return text.Length == 0 ? null : DeviceId.TryParse(text, out var id, out var error) ? id : throw Bad(error);
    }

    public Segment Segment() => Devices.Segment.TryParse(Text(), out var segment, out var error) ? segment : throw Bad(error);

    public DateOnly? Day()
    {
        var day = Count() - 1;
        return day < 0 ? null : day <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber(day) : throw Bad($"day {day}");
    }

    public MetricValue Value()
    {
        var kind = Byte();
        switch ((ValueKind)kind)
        {
            case ValueKind.Missing:
                return MetricValue.Missing;
            case ValueKind.Number:
                return MetricValue.Of(BinaryPrimitives.ReadDoubleLittleEndian(Take(8)));
            case ValueKind.Bool:
                return MetricValue.Of(Flags(1) != 0);
            case ValueKind.Text:
                return MetricValue.Of(Text());
            default:
                throw Bad($"value of kind {kind}");
        }
    }

    public readonly void End()
    {
        if (position != body.Length)
            throw new EntryFormatException(EntryProblem.TrailingBytes, position, $"{body.Length - position} more bytes");
    }

    private ulong Varint(int maxBytes)
    {
        var value = 0ul;
        var rest = body[position..];
        for (var i = 0; i < maxBytes; i++)
        {
            if (i >= rest.Length)
            {
                position += i;
                throw Truncated();
            }
            var b = rest[i];
            if (i == 9 && b > 1)
                break;
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                position += i + 1;
                return value;
            }
        }
        position += maxBytes;
        throw Bad("a number that does not end");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > body.Length - position)
            throw Truncated();
        var span = body.Slice(position, length);
        position += length;
        return span;
    }

    private readonly EntryFormatException Truncated() => new(EntryProblem.Truncated, position, $"the body has {body.Length} bytes");
}
