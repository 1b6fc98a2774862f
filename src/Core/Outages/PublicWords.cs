using System.Text.RegularExpressions;

namespace B2D.Core.Outages;

/// <summary>What strangers may read of an outage: words of people, never names of nodes.</summary>
public static partial class PublicWords
{
    /// <summary>The text, or <paramref name="otherwise"/> where it names a node of the segment or a path.</summary>
    public static string Clean(string text, string segment, string otherwise)
    {
        // Levels like "north" are also words of every day; those with a digit, and the path itself, are names of nodes.
        var names = segment.Split('/').Where(level => level.Any(char.IsAsciiDigit)).Append(segment).Where(n => n.Length > 0);
        return names.Any(n => text.Contains(n, StringComparison.OrdinalIgnoreCase)) || Path().IsMatch(text) ? otherwise : text;
    }

    [GeneratedRegex(@"\b[A-Za-z][\w-]*/[\w/-]*\d")]
    private static partial Regex Path();
}
