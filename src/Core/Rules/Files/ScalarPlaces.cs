using YamlDotNet.Core;

namespace B2D.Core.Rules.Files;

/// <summary>
/// Aligns a YAML value with the text it was written as. Folding, indentation and block headers change white space only, so the n-th visible
/// character of the value is the n-th visible character of the text; quoting adds escapes, each of which stands for one character.
/// </summary>
internal static class ScalarPlaces
{
    /// <summary>For every character of the value, and the one past its end, its index in the text; the scalar's start for all where they do not align.</summary>
    public static int[] Of(string text, int start, int end, string value, ScalarStyle style)
    {
        var places = new int[value.Length + 1];
        var at = Content(text, start, end, style);
        for (var i = 0; i < value.Length; i++)
        {
            places[i] = at;
            if (char.IsWhiteSpace(value[i]))
                continue;
            at = SkipBlanks(text, at, end, style);
            if (at >= end)
                return Unknown(places, start);
            places[i] = at;
            var length = ElementLength(text, at, style);
            // \U… beyond the basic plane is one escape for two code units.
            if (length == 10 && char.IsHighSurrogate(value[i]) && i + 1 < value.Length)
                places[++i] = at;
            else if (length == 1 && text[at] != value[i])
                return Unknown(places, start);
            at += length;
        }
        places[value.Length] = at;
        return places;
    }

    private static int[] Unknown(int[] places, int start)
    {
        Array.Fill(places, start);
        return places;
    }

    /// <summary>Behind the opening quote, or the line of a block's header.</summary>
    private static int Content(string text, int start, int end, ScalarStyle style)
    {
        if (style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted)
            return start + 1;
        if (style is not (ScalarStyle.Literal or ScalarStyle.Folded))
            return start;
        var line = text.IndexOf('\n', start, end - start);
        return line < 0 ? end : line + 1;
    }

    private static int SkipBlanks(string text, int at, int end, ScalarStyle style)
    {
        while (at < end)
        {
            if (char.IsWhiteSpace(text[at]))
                at++;
            else if (style == ScalarStyle.DoubleQuoted && text[at] == '\\' && at + 1 < end && text[at + 1] is ' ' or '\t' or '\r' or '\n' or 't' or 'n' or 'r' or 'v' or 'f')
                at += 2;
            else
                break;
        }
        return at;
    }

    private static int ElementLength(string text, int at, ScalarStyle style) => (style, text[at]) switch
    {
        (ScalarStyle.SingleQuoted, '\'') => 2,
        (ScalarStyle.DoubleQuoted, '\\') => at + 1 < text.Length ? text[at + 1] switch { 'x' => 4, 'u' => 6, 'U' => 10, _ => 2 } : 1,
        _ => 1,
    };
}
