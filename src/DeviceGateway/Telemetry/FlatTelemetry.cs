using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using B2D.Core.Telemetry;

namespace B2D.DeviceGateway.Telemetry;

/// <summary>
/// The usual telemetry message, read in one pass straight into the form that the log keeps: one flat object with plain ASCII names, numbers, truths and short
/// texts, each name once. Whatever is not so simple, or not right, is left to <see cref="NativeFormat"/>, which decides; what is taken here means the same there.
/// </summary>
/// <param name="names">Names of metrics by number.</param>
/// <param name="limits">Limits of payloads.</param>
internal sealed class FlatTelemetry(MetricNames names, FormatLimits limits)
{
    /// <summary>Longest payload that is looked at, in bytes.</summary>
    public const int MaxPayload = 4096;

    /// <summary>Room that the body of an entry takes at most.</summary>
    public const int MaxEncoded = 128 + 64 + (MaxPayload * 4);

    private const int MostMetrics = 64;

    private static readonly double[] PowersOfTen = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>Reads a message; false where it is not of this kind, and then nothing of it counts.</summary>
    /// <param name="topic">Where it came in; of kind Telemetry.</param>
    /// <param name="expected">Numbers of the metrics of the message before, by place; is brought up to date.</param>
    /// <param name="output">At least <see cref="MaxEncoded"/> bytes.</param>
    /// <param name="written">Bytes of the body.</param>
    /// <param name="readings">Readings in it.</param>
    public bool TryRead(
        KnownTopic topic, ReadOnlySpan<byte> payload, ushort packetId, bool redelivered, List<int> expected, Span<byte> output, out int written, out int readings)
    {
        (written, readings) = (0, 0);
        if (payload.Length > MaxPayload)
            return false;
        var at = SkipSpace(payload, 0);
        var start = at;
        if (at >= payload.Length || payload[at++] != '{')
            return false;
        // The head (device, flags, time, delivery, count) is at most so long; the values are written behind it and moved up.
        var head = topic.Utf8.Length + 32;
        var to = new Output(output, head);
        Span<int> seen = stackalloc int[MostMetrics];
        var ts = -1L;
        var end = 0;
        at = SkipSpace(payload, at);
        if (at < payload.Length && payload[at] == '}')
        {
            end = at + 1;
        }
        else
        {
            while (true)
            {
                if (!ReadName(payload, ref at, out var name))
                    return false;
                if (name.SequenceEqual("ts"u8))
                {
                    if (ts >= 0 || !ReadTime(payload, ref at, out ts))
                        return false;
                }
                else if (!ReadMetric(payload, ref at, name, expected, seen, ref readings, ref to))
                {
                    return false;
                }
                at = SkipSpace(payload, at);
                if (at >= payload.Length)
                    return false;
                if (payload[at] == '}')
                {
                    end = at + 1;
                    break;
                }
                if (payload[at++] != ',')
                    return false;
                at = SkipSpace(payload, at);
            }
        }
        if (SkipSpace(payload, end) != payload.Length)
            return false;
        var delivery = ts >= 0 ? default : new Delivery(packetId, redelivered, Fingerprint.Of(topic.Topic.Text, 0, payload[start..end]));
        written = WriteHead(topic, ts, delivery, readings, output, head, to.Length);
        return true;
    }

    private static int WriteHead(KnownTopic topic, long ts, Delivery delivery, int readings, Span<byte> output, int head, int end)
    {
        var to = new Output(output, 0);
        to.Bytes(topic.Utf8);
        var hasDelivery = delivery != default;
        to.Byte((byte)((ts >= 0 ? 1 : 0) | (hasDelivery ? 2 : 0) | (delivery.Redelivered ? 4 : 0)));
        if (ts >= 0)
            to.Zigzag(ts);
        if (hasDelivery)
        {
            to.Whole(delivery.PacketId);
            to.UInt64(delivery.Fingerprint);
        }
        to.Whole((ulong)readings);
        output[head..end].CopyTo(output[to.Length..]);
        return to.Length + end - head;
    }

    /// <summary>The name in quotes and the colon behind it.</summary>
    private bool ReadName(ReadOnlySpan<byte> payload, ref int at, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (at >= payload.Length || payload[at] != '"' || !ReadText(payload, ref at, out name) || name.IsEmpty || name.Length > limits.MaxNameLength)
            return false;
        at = SkipSpace(payload, at);
        if (at >= payload.Length || payload[at] != ':')
            return false;
        at = SkipSpace(payload, at + 1);
        return at < payload.Length;
    }

    private bool ReadMetric(
        ReadOnlySpan<byte> payload, ref int at, scoped ReadOnlySpan<byte> name, List<int> expected, scoped Span<int> seen, ref int readings, ref Output to)
    {
        if (payload[at] == 'n')
            return Literal(payload, ref at, "null"u8);
        if (readings >= MostMetrics || readings >= limits.MaxMetrics)
            return false;
        var number = readings < expected.Count && names.Is(expected[readings], name) ? expected[readings] : Find(name, readings, expected);
        if (number < 0 || seen[..readings].Contains(number))
            return false;
        seen[readings++] = number;
        to.Whole((ulong)number + 1);
        switch (payload[at])
        {
            case (byte)'"':
                if (!ReadText(payload, ref at, out var text) || text.Length > FormatLimits.MaxTextLength)
                    return false;
                to.Byte((byte)ValueKind.Text);
                to.Whole((ulong)text.Length);
                to.Bytes(text);
                return true;
            case (byte)'t':
                to.Byte((byte)ValueKind.Bool);
                to.Byte(1);
                return Literal(payload, ref at, "true"u8);
            case (byte)'f':
                to.Byte((byte)ValueKind.Bool);
                to.Byte(0);
                return Literal(payload, ref at, "false"u8);
            default:
                return ReadNumber(payload, ref at, ref to);
        }
    }

    private int Find(ReadOnlySpan<byte> name, int place, List<int> expected)
    {
        var number = names.Of(name);
        if (place < expected.Count)
            expected[place] = number;
        else if (place == expected.Count)
            expected.Add(number);
        return number;
    }

    /// <summary>Digits, perhaps a sign and a fraction: exact in a double as long as all digits together are below 2^53. All else the slow way.</summary>
    private static bool ReadNumber(ReadOnlySpan<byte> payload, ref int at, ref Output to)
    {
        var start = at;
        var negative = payload[at] == '-';
        if (negative)
            at++;
        var first = at;
        var digits = 0ul;
        while (at < payload.Length && (uint)(payload[at] - '0') <= 9)
            digits = (digits * 10) + (uint)(payload[at++] - '0');
        var whole = at - first;
        // JSON has no empty number and no leading zero.
        if (whole == 0 || whole > 15 || (whole > 1 && payload[first] == '0'))
            return false;
        var fraction = 0;
        if (at < payload.Length && payload[at] == '.')
        {
            var point = ++at;
            while (at < payload.Length && (uint)(payload[at] - '0') <= 9)
                digits = (digits * 10) + (uint)(payload[at++] - '0');
            fraction = at - point;
            if (fraction == 0 || whole + fraction > 15)
                return false;
        }
        if (at >= payload.Length || payload[at] is not ((byte)',' or (byte)'}' or (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t'))
            return false;
        if (digits == 0 && negative)
            return Slow(payload[start..at], ref to);
        var mantissa = negative ? -(long)digits : (long)digits;
        if (fraction == 0 && digits < 1ul << 48)
        {
            to.Byte(EntryBatch.WholeNumber);
            to.Zigzag(mantissa);
            return true;
        }
        // Both are exact, so the quotient is the double next to the decimal number, as a parser finds it.
        to.Number(mantissa / PowersOfTen[fraction]);
        return true;
    }

    private static bool Slow(ReadOnlySpan<byte> digits, ref Output to)
    {
        if (!Utf8Parser.TryParse(digits, out double number, out var used) || used != digits.Length)
            return false;
        to.Number(number);
        return true;
    }

    private static bool ReadTime(ReadOnlySpan<byte> payload, ref int at, out long ms)
    {
        ms = 0;
        var first = at;
        while (at < payload.Length && (uint)(payload[at] - '0') <= 9)
            ms = (ms * 10) + (payload[at++] - '0');
        var count = at - first;
        return count is > 0 and <= 15 && (count == 1 || payload[first] != '0') && ms <= Iso8601.MaxEpochMs
            && at < payload.Length && payload[at] is (byte)',' or (byte)'}' or (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t';
    }

    /// <summary>A text in quotes without escapes and beyond-ASCII; control characters are no JSON here, or not allowed.</summary>
    private static bool ReadText(ReadOnlySpan<byte> payload, ref int at, out ReadOnlySpan<byte> text)
    {
        text = payload[(at + 1)..];
        for (var i = 0; i < text.Length; i++)
        {
            var b = text[i];
            if (b == '"')
            {
                text = text[..i];
                at += i + 2;
                return true;
            }
            if (b is < 0x20 or > 0x7E or (byte)'\\')
                return false;
        }
        return false;
    }

    private static bool Literal(ReadOnlySpan<byte> payload, ref int at, ReadOnlySpan<byte> word)
    {
        if (!payload[at..].StartsWith(word))
            return false;
        at += word.Length;
        return true;
    }

    private static int SkipSpace(ReadOnlySpan<byte> payload, int at)
    {
        while (at < payload.Length && payload[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            at++;
        return at;
    }

    /// <summary>Writes the parts of a body; the caller has seen to the room.</summary>
    private ref struct Output(Span<byte> bytes, int length)
    {
        private readonly Span<byte> bytes = bytes;

        public int Length { get; private set; } = length;

        public void Byte(byte value) => bytes[Length++] = value;

        public void Bytes(scoped ReadOnlySpan<byte> value)
        {
            value.CopyTo(bytes[Length..]);
            Length += value.Length;
        }

        public void Zigzag(long value) => Whole(Varint.ZigZag(value));

        public void UInt64(ulong value)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[Length..], value);
            Length += 8;
        }

        public void Number(double value)
        {
            Byte((byte)ValueKind.Number);
            BinaryPrimitives.WriteDoubleLittleEndian(bytes[Length..], value);
            Length += 8;
        }

        public void Whole(ulong value) => Length += Varint.Write(bytes[Length..], value);
    }
}

/// <summary>A topic that a connection publishes to, with what was found out about it.</summary>
/// <param name="Topic">Taken apart.</param>
/// <param name="Version">Of the directory from which the right was found.</param>
/// <param name="Right">Whether the connection may publish to it.</param>
/// <param name="Utf8">The device's id as the log has it: its length and its bytes.</param>
/// <param name="Partition">Where the device's entries go.</param>
internal sealed record KnownTopic(NativeTopic Topic, Devices.DirectoryVersion Version, Devices.Right Right, byte[] Utf8, int Partition)
{
    /// <summary>Whether nothing has happened since that could change the right.</summary>
    public bool Holds(Devices.DeviceDirectory devices) => Version.Keeps(Right, devices.Version);

    /// <summary>Finds it out.</summary>
    public static KnownTopic Of(in NativeTopic topic, Devices.DirectoryVersion version, Devices.Right right)
    {
        var id = topic.Device.Value;
        // At most 128 ASCII characters, so the length is one or two bytes of a varint.
        var bytes = Encoding.ASCII.GetBytes(id);
        byte[] utf8 = bytes.Length < 0x80 ? [(byte)bytes.Length, .. bytes] : [(byte)(bytes.Length | 0x80), (byte)(bytes.Length >> 7), .. bytes];
        return new KnownTopic(topic, version, right, utf8, Core.Devices.Partitions.Of(topic.Device));
    }
}
