using System.Text;

namespace B2D.Core.Notices;

/// <summary>What comes from devices, files and other people, made fit to stand in a sentence of ours.</summary>
public static class PlainText
{
    /// <summary>Without signs that cannot be seen, and without those that turn the direction of what follows.</summary>
    /// <param name="lines">Its lines stay; otherwise it becomes one.</param>
    public static string Of(string text, bool lines = false)
    {
        if (!text.Any(NeedsCare))
            return text;
        var plain = new StringBuilder(text.Length);
        foreach (var c in text.ReplaceLineEndings("\n"))
        {
            if (c == '\n')
                plain.Append(lines ? c : ' ');
            else if (c == '\t')
                plain.Append(' ');
            else if (!NeedsCare(c))
                plain.Append(c);
        }
        return plain.ToString();
    }

    /// <summary>A field of a CSV file, so that no spreadsheet takes it for a formula.</summary>
    public static string CsvField(string text)
    {
        var safe = text.Length > 0 && (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' || text.TrimStart() is ['=' or '+' or '-' or '@', ..]) ? "'" + text : text;
        return safe.AsSpan().ContainsAny(",\"\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    /// <summary>Controls, line ends of any kind, marks of direction (UAX #9), and tags that no reader sees.</summary>
    private static bool NeedsCare(char c) => char.IsControl(c)
        || c is '\u061C' or '\u200E' or '\u200F' or '\uFEFF' or '\uFFF9' or '\uFFFA' or '\uFFFB'
        || c is (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
