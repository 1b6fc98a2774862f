using YamlDotNet.Core;

namespace B2D.Core.Rules.Files;

/// <summary>A place in a file, both counted from 1; columns in UTF-16 code units.</summary>
internal readonly record struct SourcePosition(int Line, int Column);

/// <summary>A text that was parsed, and where in its file it begins: a whole file, or one rule of a file that cannot be parsed whole.</summary>
internal sealed class SourceText
{
    private readonly int firstLine;
    private readonly List<int> lineStarts = [0];

    public SourceText(string text, int firstLine = 1)
    {
        Text = text;
        this.firstLine = firstLine;
        for (var i = text.IndexOf('\n', StringComparison.Ordinal); i >= 0; i = text.IndexOf('\n', i + 1))
            lineStarts.Add(i + 1);
    }

    public string Text { get; }

    /// <summary>The place of a character, also of the one past the last.</summary>
    public SourcePosition Position(int index)
    {
        var line = lineStarts.BinarySearch(Math.Min(index, Text.Length));
        line = line < 0 ? ~line - 1 : line;
        return new SourcePosition(firstLine + line, index - lineStarts[line] + 1);
    }
}

/// <summary>One node of a YAML file with its place. Aliases and tags do not occur, they are refused when the tree is built.</summary>
internal abstract class SourceNode(SourceText source, int start, int end)
{
    public SourceText Source { get; } = source;

    /// <summary>First character.</summary>
    public int Start { get; } = start;

    /// <summary>One past the last character.</summary>
    public int End { get; } = end;

    public SourcePosition Position => Source.Position(Start);
}

/// <summary>A single value.</summary>
internal sealed class ScalarNode(SourceText source, int start, int end, string value, ScalarStyle style, bool isRefused) : SourceNode(source, start, end)
{
    private int[]? places;

    public string Value { get; } = value;

    /// <summary>False where the value stands without quotes, so that true and 5 are no texts.</summary>
    public bool IsText { get; } = style != ScalarStyle.Plain;

    /// <summary>True where nothing was written: <c>hold:</c> and no more.</summary>
    public bool IsEmpty => Value.Length == 0 && !IsText;

    /// <summary>True where a tag was already reported, so that readers say nothing more about it.</summary>
    public bool IsRefused { get; } = isRefused;

    /// <summary>Where in the file a character of <see cref="Value"/> was written, whatever the quoting and folding.</summary>
    public SourcePosition Locate(int offset)
    {
        places ??= ScalarPlaces.Of(Source.Text, Start, End, Value, style);
        return Source.Position(places[Math.Clamp(offset, 0, Value.Length)]);
    }
}

/// <summary>A list.</summary>
internal sealed class ListNode(SourceText source, int start, int end, IReadOnlyList<SourceNode> items) : SourceNode(source, start, end)
{
    public IReadOnlyList<SourceNode> Items { get; } = items;
}

/// <summary>Keys and values, in the order written; every key once.</summary>
internal sealed class MapNode(SourceText source, int start, int end, IReadOnlyList<(ScalarNode Key, SourceNode Value)> entries) : SourceNode(source, start, end)
{
    public IReadOnlyList<(ScalarNode Key, SourceNode Value)> Entries { get; } = entries;

    /// <summary>
    /// The text as written, with its indentation taken back, line ends as LF and nothing behind the last value: moving a rule within its file,
    /// or a checkout with other line ends, does not change it.
    /// </summary>
    public string OwnText()
    {
        var indent = Position.Column - 1;
        var lines = Source.Text[Start..End].TrimEnd().ReplaceLineEndings("\n").Split('\n');
        for (var i = 1; i < lines.Length; i++)
        {
            var blanks = lines[i].Length - lines[i].TrimStart(' ').Length;
            lines[i] = lines[i][Math.Min(indent, blanks)..].TrimEnd();
        }
        lines[0] = lines[0].TrimEnd();
        return string.Join('\n', lines);
    }
}
