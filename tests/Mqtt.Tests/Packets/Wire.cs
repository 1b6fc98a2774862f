using System.Buffers;
using System.Globalization;
using System.Text;

namespace B2D.Mqtt.Tests.Packets;

/// <summary>
/// Byte vectors as text, written by hand from the specification: hex pairs, and text in single quotes. Example: <c>10 0D 0004 'MQTT' 04 02 000A 0001 'p'</c>.
/// </summary>
internal static class Wire
{
    public static byte[] Bytes(string text)
    {
        var bytes = new List<byte>();
        var parts = text.Split('\'');
        for (var i = 0; i < parts.Length; i++)
            if (i % 2 == 1)
                bytes.AddRange(Encoding.UTF8.GetBytes(parts[i]));
            else
            {
                var hex = parts[i].Replace(" ", "", StringComparison.Ordinal);
                bytes.AddRange(Convert.FromHexString(hex));
            }
        return [.. bytes];
    }

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);

    /// <summary>A sequence of segments cut at the given positions.</summary>
    public static ReadOnlySequence<byte> Segmented(ReadOnlyMemory<byte> bytes, params IEnumerable<int> cuts)
    {
        Segment? first = null, last = null;
        var from = 0;
        foreach (var to in cuts.Append(bytes.Length))
        {
            var next = new Segment(bytes[from..to], last);
            first ??= next;
            last = next;
            from = to;
        }
        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    /// <summary>
    /// Every shape in which a transport may deliver the bytes: whole, split in two at each place, one byte a segment, with empty segments.
    /// </summary>
    public static IEnumerable<ReadOnlySequence<byte>> Shapes(byte[] bytes)
    {
        yield return new ReadOnlySequence<byte>(bytes);
        for (var cut = 1; cut < bytes.Length; cut++)
            yield return Segmented(bytes, cut);
        yield return Segmented(bytes, Enumerable.Range(1, Math.Max(0, bytes.Length - 1)));
        yield return Segmented(bytes, 0, bytes.Length / 2, bytes.Length / 2);
    }

    public static string Join(params IEnumerable<object?> parts) =>
        string.Join(' ', parts.Where(p => p != null).Select(p => Convert.ToString(p, CultureInfo.InvariantCulture)));

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous == null)
                return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
