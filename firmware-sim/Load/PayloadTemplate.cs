using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace B2D.FirmwareSim.Load;

/// <summary>
/// A payload with placeholders of fixed width, so that a device's packet is made once and patched for each message: {ts} the time in epoch ms and {at} the
/// load's own time likewise (13 digits), {seq} the device's counter (10 digits), {num:LO:HI} a random number (both of the same width), {every:N:A:B} B in
/// each Nth message of a device and A else (of the same width); {dev} and {conn} stay the same.
/// </summary>
internal sealed partial class PayloadTemplate
{
    /// <summary>Random numbers are taken out of so many that were written beforehand.</summary>
    private const int Prepared = 4096;

    private readonly List<Field> _fields = [];
    private readonly string _text;

    public PayloadTemplate(string text, int seed)
    {
        if (Problem(text) is { } problem) throw new ArgumentOutOfRangeException(nameof(text), problem);
        _text = text;
        var dice = new Random(seed);
        foreach (Match match in Placeholder().Matches(text))
        {
            var words = match.Groups[1].Value.Split(':');
            _fields.Add(words[0] switch
            {
                "ts" => new Field(FieldKind.Time, 13),
                "at" => new Field(FieldKind.OwnTime, 13),
                "seq" => new Field(FieldKind.Sequence, 10),
                "num" => new Field(FieldKind.Number, words[1].Length) { Texts = Numbers(words[1], words[2], dice) },
                _ => new Field(FieldKind.Every, words[2].Length)
                {
                    Every = long.Parse(words[1], CultureInfo.InvariantCulture), Texts = [Encoding.UTF8.GetBytes(words[2]), Encoding.UTF8.GetBytes(words[3])],
                },
            });
        }
    }

    private enum FieldKind : byte
    {
        Time = 1,
        OwnTime = 2,
        Sequence = 3,
        Number = 4,
        Every = 5,
    }

    /// <summary>What is wrong with a text; null where nothing is.</summary>
    public static string? Problem(string text)
    {
        foreach (var words in Placeholder().Matches(text).Select(m => m.Groups[1].Value.Split(':')))
        {
            if (words[0] == "num" && (words.Length != 3 || words[1].Length != words[2].Length || !IsNumber(words[1]) || !IsNumber(words[2])))
                return $"{{{string.Join(':', words)}}} needs two numbers of the same width, such as {{num:20.0:99.9}}";
            if (words[0] == "every" && (words.Length != 4 || words[2].Length != words[3].Length || !long.TryParse(words[1], out var n) || n < 1))
                return $"{{{string.Join(':', words)}}} needs a number and two texts of the same width, such as {{every:100:0:1}}";
        }

        return null;
    }

    /// <summary>A text with {dev} and {conn} filled in.</summary>
    public static string Name(string text, int device, int connection) => text
        .Replace("{dev}", device.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{conn}", connection.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>One device's payload, with room for the placeholders, and where they are in it.</summary>
    public (byte[] Payload, int[] Offsets) For(int device, int connection)
    {
        var bytes = new List<byte>();
        var offsets = new List<int>();
        var from = 0;
        foreach (Match match in Placeholder().Matches(_text))
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(Name(_text[from..match.Index], device, connection)));
            offsets.Add(bytes.Count);
            bytes.AddRange(Enumerable.Repeat((byte)'0', _fields[offsets.Count - 1].Width));
            from = match.Index + match.Length;
        }

        bytes.AddRange(Encoding.UTF8.GetBytes(Name(_text[from..], device, connection)));
        return ([.. bytes], [.. offsets]);
    }

    /// <summary>Fills the placeholders in.</summary>
    /// <param name="number">Number of the device's message, from 0.</param>
    /// <param name="dice">The connection's generator; kept by the caller.</param>
    public void Patch(Span<byte> payload, int[] offsets, long number, long nowMs, LoadOptions options, ref uint dice)
    {
        for (var i = 0; i < offsets.Length; i++)
        {
            var field = _fields[i];
            var place = payload.Slice(offsets[i], field.Width);
            switch (field.Kind)
            {
                case FieldKind.Time:
                    Digits(place, nowMs);
                    break;
                case FieldKind.OwnTime:
                    Digits(place, options.FirstAt.ToUnixTimeMilliseconds() + (number * (long)options.AtStep.TotalMilliseconds));
                    break;
                case FieldKind.Sequence:
                    Digits(place, options.FirstSequence + number);
                    break;
                case FieldKind.Number:
                    dice = (dice * 1_664_525) + 1_013_904_223;
                    field.Texts[(dice >> 8) % Prepared].CopyTo(place);
                    break;
                case FieldKind.Every:
                    field.Texts[(number + 1) % field.Every == 0 ? 1 : 0].CopyTo(place);
                    break;
            }
        }
    }

    private static void Digits(Span<byte> place, long value)
    {
        for (var i = place.Length - 1; i >= 0; i--, value /= 10) place[i] = (byte)('0' + (value % 10));
    }

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static byte[][] Numbers(string low, string high, Random dice)
    {
        var (from, to) = (double.Parse(low, CultureInfo.InvariantCulture), double.Parse(high, CultureInfo.InvariantCulture));
        var point = low.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : low.Length - point - 1;
        return [.. Enumerable.Range(0, Prepared).Select(_ => Encoding.UTF8.GetBytes(
            (from + ((to - from) * dice.NextDouble())).ToString($"F{decimals}", CultureInfo.InvariantCulture).PadLeft(low.Length, '0')))];
    }

    [GeneratedRegex(@"\{((?:ts|at|seq)|(?:num|every):[^}]*)\}")]
    private static partial Regex Placeholder();

    private sealed record Field(FieldKind Kind, int Width)
    {
        public byte[][] Texts { get; init; } = [];

        public long Every { get; init; }
    }
}
