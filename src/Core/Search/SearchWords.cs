using System.Globalization;
using System.Text;

namespace B2D.Core.Search;

/// <summary>Texts as they are compared when somebody looks for something: small letters, no accents, words of letters and digits.</summary>
public static class SearchWords
{
    /// <summary>Longest word that is kept, in characters; a longer one is found by its beginning.</summary>
    public const int MaxWord = 40;

    /// <summary>The different words of a text, in their order.</summary>
    /// <param name="most">How many at most.</param>
    public static IReadOnlyList<string> Of(string text, int most = 1000)
    {
        var folded = Fold(text);
        var words = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 0; at < folded.Length && words.Count < most; at++)
        {
            if (!char.IsLetterOrDigit(folded[at]))
                continue;
            var from = at;
            while (at < folded.Length && char.IsLetterOrDigit(folded[at]))
                at++;
            var word = folded[from..Math.Min(at, from + MaxWord)];
            if (seen.Add(word))
                words.Add(word);
        }
        return words;
    }

    /// <summary>Small letters without accents: <c>Inês</c> and <c>INES</c> are the same, and so are <c>Straße</c> and <c>Strasse</c>.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in Sound(text).Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark)
                continue;
            _ = char.ToLowerInvariant(c) switch
            {
                'ß' => folded.Append("ss"),
                'æ' => folded.Append("ae"),
                'œ' => folded.Append("oe"),
                'ø' => folded.Append('o'),
                'ł' => folded.Append('l'),
                'đ' or 'ð' => folded.Append('d'),
                'ı' => folded.Append('i'),
                var small => folded.Append(small),
            };
        }
        return folded.ToString();
    }

    /// <summary>What a device or a stranger sends may be half a character, which no normalisation takes.</summary>
    private static string Sound(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                i++;
            else
                return new string([.. text.Where(c => !char.IsSurrogate(c))]);
        }
        return text;
    }
}
