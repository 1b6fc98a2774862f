using System.Text;

namespace B2D.Core.Devices;

/// <summary>
/// Reads comma-separated values as RFC 4180 has them: a field may stand in double quotes, then it may hold commas, line ends, and quotes written twice;
/// lines end with CRLF or LF. A byte order mark at the start and empty lines are passed over. What RFC 4180 does not allow is a problem with its line.
/// </summary>
internal ref struct ImportCsv(string text)
{
    private readonly string text = text;
    private readonly StringBuilder field = new();
    private int position = text.StartsWith('\uFEFF') ? 1 : 0;
    private int line = 1;

    /// <summary>The next record and the line on which it begins; null at the end. A record with a problem has no fields that count.</summary>
    public (int Line, List<string> Fields, ImportProblem? Problem)? Next()
    {
        while (position < text.Length && text[position] is '\r' or '\n')
            EndLine();
        if (position >= text.Length)
            return null;
        var start = line;
        var fields = new List<string>();
        while (true)
        {
            if (Field() is { } problem)
            {
                SkipLine();
                return (start, fields, problem);
            }
            fields.Add(field.ToString());
            if (position >= text.Length)
                return (start, fields, null);
            if (text[position] != ',')
            {
                EndLine();
                return (start, fields, null);
            }
            position++;
        }
    }

    private ImportProblem? Field()
    {
        field.Clear();
        if (position < text.Length && text[position] == '"')
            return Quoted();
        for (; position < text.Length && text[position] is not (',' or '\r' or '\n'); position++)
        {
            if (text[position] == '"')
                return new ImportProblem(line, "", "a quote stands inside a field that does not begin with one",
                    "put the whole field in quotes and write the quote in it twice");
            field.Append(text[position]);
        }
        return null;
    }

    private ImportProblem? Quoted()
    {
        var opened = line;
        for (position++; position < text.Length;)
        {
            var c = text[position];
            if (c != '"')
            {
                if (c == '\n')
                    line++;
                field.Append(c);
                position++;
            }
            else if (position + 1 < text.Length && text[position + 1] == '"')
            {
                field.Append('"');
                position += 2;
            }
            else
            {
                position++;
                return position >= text.Length || text[position] is ',' or '\r' or '\n'
                    ? null
                    : new ImportProblem(line, "", $"'{text[position]}' follows the quote that ends a field",
                        "after the closing quote comes a comma or the end of the line; a quote inside the field is written twice");
            }
        }
        return new ImportProblem(opened, "", "a quote opened on this line is never closed", "close it with a quote; a quote inside the field is written twice");
    }

    private void SkipLine()
    {
        while (position < text.Length && text[position] is not ('\r' or '\n'))
            position++;
        if (position < text.Length)
            EndLine();
        else
            line++;
    }

    /// <summary>Passes one line end: CRLF, LF, or a lone CR.</summary>
    private void EndLine()
    {
        if (text[position] == '\r' && position + 1 < text.Length && text[position + 1] == '\n')
            position++;
        position++;
        line++;
    }
}
