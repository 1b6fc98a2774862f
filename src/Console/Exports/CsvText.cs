using System.Globalization;
using System.Text;

namespace B2D.Console.Exports;

/// <summary>
/// CSV as RFC 4180 has it, made harmless for spreadsheets: a cell that a spreadsheet would take for a formula begins with an apostrophe, which shows it as text; so does
/// what follows a semicolon, which separates cells where the country writes numbers with a comma.
/// </summary>
internal static class CsvText
{
    /// <summary>What formulas begin with, also in the wide forms that spreadsheets take for the same.</summary>
    private const string Formula = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

    /// <summary>Tells a spreadsheet that the file is UTF-8; once, at its beginning.</summary>
    public const string Mark = "\uFEFF";

    /// <summary>A line with its end.</summary>
    public static string Line(IEnumerable<object?> cells) => new StringBuilder().AppendJoin(',', cells.Select(Cell)).Append("\r\n").ToString();

    /// <summary>A cell: texts quoted where they have to be, numbers without regard to any country, yes and no.</summary>
    public static string Cell(object? value) => value switch
    {
        null => "",
        string text => Quoted(Harmless(text)),
        bool yes => yes ? "yes" : "no",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Quoted(Harmless(value.ToString() ?? "")),
    };

    private static string Harmless(string text) => text.Contains(';', StringComparison.Ordinal)
        ? string.Join(';', text.Split(';').Select(Shown)) : Shown(text);

    /// <summary>Blanks and quotes before it do not keep a spreadsheet from taking it for a formula.</summary>
    private static string Shown(string text)
    {
        var first = text.AsSpan().TrimStart(" \"\u00A0\u200B\uFEFF\0");
        return first.Length > 0 && Formula.Contains(first[0], StringComparison.Ordinal) ? "'" + text : text;
    }

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 && text.AsSpan().Trim().Length == text.Length ? text : "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
