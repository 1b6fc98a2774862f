using System.Text;

namespace B2D.Core.Notices;

/// <summary>A text as phones get it (3GPP TS 23.038): in the small alphabet where it fits, in as few parts as may be.</summary>
/// <param name="IsSmall">All of it is in the small alphabet, GSM-7.</param>
/// <param name="Parts">Messages that it takes.</param>
/// <param name="IsCut">The end is missing.</param>
public sealed record SmsText(string Text, bool IsSmall, int Parts, bool IsCut)
{
    private const string Alphabet = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    /// <summary>These take two places.</summary>
    private const string Extension = "\f^{}\\[~]|€";

    /// <summary>Places of a message that stands alone, and of one that is a part.</summary>
    private const int SmallAlone = 160, SmallPart = 153, LargeAlone = 70, LargePart = 67;

    /// <summary>What looks the same to a reader and is in the small alphabet.</summary>
    private static readonly Dictionary<char, string> Same = new()
    {
        ['’'] = "'", ['‘'] = "'", ['“'] = "\"", ['”'] = "\"", ['„'] = "\"", ['–'] = "-", ['—'] = "-", ['…'] = "...", ['\u00A0'] = " ", ['\u202F'] = " ", ['\t'] = " ",
    };

    /// <summary>Fits a text into at most so many messages; what is too long is cut between two words.</summary>
    /// <param name="most">1 to 20.</param>
    public static SmsText Fit(string text, int most)
    {
        var plain = Plain(text.Replace("\r\n", "\n", StringComparison.Ordinal).Trim());
        var whole = Measure(plain);
        if (whole.Parts <= most)
            return new SmsText(plain, whole.IsSmall, whole.Parts, false);
        var words = plain.Split(' ');
        var (low, high) = (0, words.Length);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Measure(Cut(words, middle)).Parts <= most)
                low = middle;
            else
                high = middle - 1;
        }
        var cut = Cut(words, low);
        var (isSmall, parts) = Measure(cut);
        return new SmsText(cut, isSmall, parts, true);
    }

    private static string Cut(string[] words, int count) => string.Join(' ', words.Take(count)) + "...";

    private static (bool IsSmall, int Parts) Measure(string text)
    {
        var small = 0;
        foreach (var c in text)
        {
            var places = Alphabet.Contains(c, StringComparison.Ordinal) ? 1 : Extension.Contains(c, StringComparison.Ordinal) ? 2 : 0;
            if (places == 0)
                return (false, text.Length <= LargeAlone ? 1 : (text.Length + LargePart - 1) / LargePart);
            small += places;
        }
        return (true, small <= SmallAlone ? 1 : (small + SmallPart - 1) / SmallPart);
    }

    /// <summary>In the small alphabet where nothing of it is lost; else as it was, since one other letter makes the whole of it large.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (Alphabet.Contains(c, StringComparison.Ordinal) || Extension.Contains(c, StringComparison.Ordinal))
                plain.Append(c);
            else if (Same.TryGetValue(c, out var same))
                plain.Append(same);
            else
                return text;
        }
        return plain.ToString();
    }
}
