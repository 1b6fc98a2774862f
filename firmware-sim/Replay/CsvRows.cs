using System.IO.Compression;
using System.Text;

namespace B2D.FirmwareSim.Replay;

/// <summary>
/// Reads CSV (RFC 4180: quoted cells, doubled quotes, line breaks within quotes) row by row, each with the line it begins on.
/// Files ending in .gz are unpacked on the way.
/// </summary>
internal sealed class CsvRows(TextReader reader, string file) : IDisposable
{
    private readonly StringBuilder _cell = new();
    private int _line;

    /// <summary>Line of the row last read, from 1.</summary>
    public int Line { get; private set; }

    public static CsvRows Open(string path, string shownAs)
    {
        Stream stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) stream = new GZipStream(stream, CompressionMode.Decompress);
        return new CsvRows(new StreamReader(stream, Encoding.UTF8), shownAs);
    }

    /// <summary>The next row, or null at the end. Empty lines are skipped.</summary>
    /// <exception cref="ReplayException">A quoted cell is not closed, or has text after its quote.</exception>
    public string[]? Read()
    {
        string? text;
        do
        {
            text = reader.ReadLine();
            _line++;
        }
        while (text is { Length: 0 });
        Line = _line;
        if (text is null) return null;
        return text.Contains('"', StringComparison.Ordinal) ? Quoted(text) : text.Split(',');
    }

    public void Dispose() => reader.Dispose();

    private string[] Quoted(string text)
    {
        List<string> cells = [];
        var at = 0;
        while (true)
        {
            if (at < text.Length && text[at] == '"')
            {
                (text, at) = QuotedCell(text, at + 1);
                cells.Add(_cell.ToString());
                if (at < text.Length && text[at] != ',') throw Wrong("text after a closing quote", "double a quote that belongs to the text");
            }
            else
            {
                var comma = text.IndexOf(',', at);
                cells.Add(comma < 0 ? text[at..] : text[at..comma]);
                at = comma < 0 ? text.Length : comma;
            }

            if (at >= text.Length) return [.. cells];
            at++;
        }
    }

    /// <summary>Reads up to the closing quote, over line breaks; the cell is left in the buffer.</summary>
    private (string Text, int At) QuotedCell(string text, int at)
    {
        _cell.Clear();
        while (true)
        {
            var quote = text.IndexOf('"', at);
            if (quote < 0)
            {
                _cell.Append(text, at, text.Length - at).Append('\n');
                text = reader.ReadLine() ?? throw Wrong("a quoted cell that does not end", "close the quote");
                _line++;
                at = 0;
                continue;
            }

            _cell.Append(text, at, quote - at);
            if (quote + 1 >= text.Length || text[quote + 1] != '"') return (text, quote + 1);
            _cell.Append('"');
            at = quote + 2;
        }
    }

    private ReplayException Wrong(string what, string hint) => new([new ReplayError(file, Line, 0, what, hint)]);
}
