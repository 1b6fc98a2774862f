using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace B2D.Core.Rules.Files;

/// <summary>Why a text is no YAML.</summary>
internal sealed record YamlFailure(SourcePosition At, string Message, string Hint);

/// <summary>
/// Builds nodes from YAML events. Refused, because a rule's version is made from its own text and because they surprise: anchors and aliases,
/// tags (an unquoted <c>!door_open</c> is one), keys written twice.
/// </summary>
internal sealed class YamlTree
{
    /// <summary>Deepest nesting; a rule needs five levels.</summary>
    private const int MaxLevels = 16;

    private readonly SourceText source;
    private readonly Parser parser;
    private readonly List<YamlFailure> problems = [];

    /// <summary>Where the brackets stand that are open now.</summary>
    private readonly Stack<int> brackets = new();

    private YamlTree(SourceText source)
    {
        this.source = source;
        parser = new Parser(new StringReader(source.Text));
    }

    /// <summary>Reads all documents of a text; where it is no YAML, <paramref name="failure"/> says where and nothing is reported.</summary>
    public static IReadOnlyList<SourceNode> Read(SourceText source, FileProblems problems, out YamlFailure? failure)
    {
        var tree = new YamlTree(source);
        var documents = new List<SourceNode>();
        failure = tree.ReadInto(documents);
        if (failure is not null)
            return [];
        foreach (var problem in tree.problems)
            problems.Error(problem.At, problem.Message, problem.Hint);
        return documents;
    }

    private YamlFailure? ReadInto(List<SourceNode> documents)
    {
        try
        {
            while (parser.MoveNext())
            {
                if (parser.Current is NodeEvent)
                    documents.Add(Node(0));
            }
            return null;
        }
        catch (YamlException e)
        {
            return Unclosed(Index(e.Start)) ?? new YamlFailure(source.Position(Index(e.Start)),
                $"this is not YAML: {char.ToLowerInvariant(e.Message[0])}{e.Message[1..].TrimEnd('.')}", Advice(e));
        }
        catch (InvalidOperationException)
        {
            // The scanner's way to say that a list item begins within brackets.
            var end = Index(parser.Current!.End);
            return Unclosed(source.Text.Length) ?? new YamlFailure(source.Position(end), "this is not YAML: a list item stands where none can be", "begin every list item on a line of its own");
        }
    }

    /// <summary>Where the reading fails on a later line than a bracket that is still open, the bracket is what is wrong.</summary>
    private YamlFailure? Unclosed(int failure)
    {
        if (!brackets.TryPeek(out var open) || source.Position(open).Line == source.Position(failure).Line)
            return null;
        return new YamlFailure(source.Position(open), $"this is not YAML: the {source.Text[open]} is not closed", "close [ with ] and { with }; between them put an expression with , [ ] { } in single quotes");
    }

    /// <summary>The next event. On some broken texts the parser just ends within a collection.</summary>
    private ParsingEvent Next()
    {
        var last = parser.Current!.End;
        return parser.MoveNext() && parser.Current is { } next ? next : throw new SyntaxErrorException(last, last, "While parsing a collection, found an unexpected end.");
    }

    private SourceNode Node(int level)
    {
        var current = parser.Current!;
        if (level > MaxLevels)
            throw new SemanticErrorException(current.Start, current.End, $"The values are nested deeper than {MaxLevels} levels.");
        if (current is AnchorAlias || (current is NodeEvent { Anchor.IsEmpty: false }))
            Report(current, "anchors and aliases are not used in rule files", "write the value out; a rule's version is made from its own text");
        return current switch
        {
            MappingStart start => Map(start, level),
            SequenceStart start => List(start, level),
            Scalar scalar => Single(scalar),
            _ => new ScalarNode(source, Index(current.Start), Index(current.End), "", ScalarStyle.Plain, isRefused: true),
        };
    }

    private ScalarNode Single(Scalar scalar)
    {
        var isTagged = !scalar.Tag.IsEmpty;
        if (isTagged)
            Report(scalar, "YAML reads a leading ! as a tag, not as part of the value", "put the whole value in quotes: '!door_open'");
        return new ScalarNode(source, Index(scalar.Start), Index(scalar.End), scalar.Value, scalar.Style, isTagged || !scalar.Anchor.IsEmpty);
    }

    private ListNode List(SequenceStart start, int level)
    {
        var items = new List<SourceNode>();
        var isFlow = start.Style == SequenceStyle.Flow;
        if (isFlow)
            brackets.Push(Index(start.Start));
        while (Next() is not SequenceEnd)
            items.Add(Node(level + 1));
        var end = isFlow ? CloseBracket() : items.Count > 0 ? items[^1].End : Index(start.End);
        return new ListNode(source, Index(start.Start), end, items);
    }

    private MapNode Map(MappingStart start, int level)
    {
        var entries = new List<(ScalarNode Key, SourceNode Value)>();
        var keys = new Dictionary<string, ScalarNode>(StringComparer.Ordinal);
        var end = Index(start.End);
        var isFlow = start.Style == MappingStyle.Flow;
        if (isFlow)
            brackets.Push(end);
        while (Next() is not MappingEnd)
        {
            var keyEvent = parser.Current!;
            var key = Node(level + 1);
            Next();
            var value = Node(level + 1);
            end = Math.Max(value.End, key.End);
            if (key is not ScalarNode name)
                Report(keyEvent, "a key must be a single word", "write key: value");
            else if (!keys.TryAdd(name.Value, name))
                Report(keyEvent, $"'{name.Value}' is written twice", $"remove one; the first is in line {keys[name.Value].Position.Line}");
            else
                entries.Add((name, value));
        }
        return new MapNode(source, Index(start.Start), isFlow ? CloseBracket() : end, entries);
    }

    /// <summary>The end event of a bracketed collection stands before its closing bracket.</summary>
    private int CloseBracket()
    {
        brackets.Pop();
        return Math.Min(Index(parser.Current!.Start) + 1, source.Text.Length);
    }

    private void Report(ParsingEvent at, string message, string hint) =>
        problems.Add(new YamlFailure(source.Position(Index(at.Start)), message, hint));

    private int Index(Mark mark) => (int)Math.Min(mark.Index, source.Text.Length);

    private string Advice(YamlException e)
    {
        var at = Index(e.Start);
        var line = source.Text[..Math.Min(at + 1, source.Text.Length)].LastIndexOf('\n') + 1;
        if (e.Message.Contains("tab", StringComparison.Ordinal) || source.Text.AsSpan(line).TrimStart(' ').StartsWith("\t"))
            return "indent with spaces, not with tabs";
        if (e.Message.Contains("invalid mapping", StringComparison.Ordinal))
            return "put a value with ': ' in it in quotes, and begin the next key in the column of the others";
        if (e.Message.Contains("cannot start any token", StringComparison.Ordinal))
            return "put the value in quotes";
        if (e.Message.Contains("quoted scalar", StringComparison.Ordinal))
            return "close the quote; a quote within quotes is written '' or \\\"";
        if (e.Message.Contains("flow", StringComparison.Ordinal))
            return "close [ with ] and { with }; between them put an expression with , [ ] { } in single quotes";
        return "begin all keys of a rule in one column; put a value that begins with a quote in single quotes as a whole: '\"on\" == state'";
    }
}
