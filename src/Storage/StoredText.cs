using System.Text;

namespace B2D.Storage;

/// <summary>Text that came from outside, as both databases can keep it.</summary>
internal static class StoredText
{
    /// <summary>PostgreSQL stores no U+0000, and UTF-8 no half of a surrogate pair: each becomes U+FFFD.</summary>
    public static string Of(string text)
    {
        var clean = !text.Contains('\0', StringComparison.Ordinal);
        for (var i = 0; clean && i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
                clean = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) && ++i > 0;
        }
        return clean ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace('\0', '\uFFFD')));
    }
}
