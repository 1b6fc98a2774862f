using System.Collections.Immutable;
using System.Text;

namespace B2D.Core.Notices;

/// <summary>Something that is wrong with the form of a template.</summary>
/// <param name="Line">From 1.</param>
public sealed record TemplateFlaw(int Line, string Message);

/// <summary>
/// A text with facts in it: <c>{{fact}}</c>, <c>{{#if fact}}…{{else}}…{{/if}}</c>, <c>{{#unless fact}}…{{/unless}}</c>, and nothing else. What a fact says is
/// text and never read as a template.
/// </summary>
public sealed class TemplateText
{
    /// <summary>Conditions within conditions.</summary>
    public const int MaxDepth = 8;

    private readonly ImmutableArray<Node> nodes;

    private TemplateText(ImmutableArray<Node> nodes) => this.nodes = nodes;

    private abstract record Node(int Line);

    private sealed record Said(string Text, int Line) : Node(Line);

    private sealed record Fact(string Name, int Line) : Node(Line);

    private sealed record Choice(string Name, ImmutableArray<Node> Then, ImmutableArray<Node> Otherwise, int Line) : Node(Line);

    /// <summary>The text between the facts, with its lines.</summary>
    public IEnumerable<(string Text, int Line)> Literals => All(nodes).OfType<Said>().Select(s => (s.Text, s.Line));

    /// <summary>Facts that it shows or asks for, with their lines.</summary>
    public IEnumerable<(string Name, bool IsShown, int Line)> Facts => All(nodes).SelectMany<Node, (string, bool, int)>(n => n switch
    {
        Fact fact => [(fact.Name, true, fact.Line)],
        Choice choice => [(choice.Name, false, choice.Line)],
        _ => [],
    });

    /// <summary>Reads a template; what is wrong with it is left out of it.</summary>
    public static TemplateText Parse(string source, out ImmutableArray<TemplateFlaw> flaws)
    {
        var reader = new Reader(source);
        var text = new TemplateText(reader.Read(0, null, out _));
        flaws = [.. reader.Flaws];
        return text;
    }

    /// <summary>The text with the facts in it.</summary>
    /// <param name="facts">An empty or a missing one is no fact.</param>
    public string Render(IReadOnlyDictionary<string, string> facts)
    {
        var text = new StringBuilder();
        Render(nodes, facts, text);
        return text.ToString();
    }

    private static void Render(ImmutableArray<Node> nodes, IReadOnlyDictionary<string, string> facts, StringBuilder text)
    {
        foreach (var node in nodes)
        {
            switch (node)
            {
                case Said said:
                    text.Append(said.Text);
                    break;
                case Fact fact:
                    text.Append(facts.GetValueOrDefault(fact.Name, ""));
                    break;
                case Choice choice:
                    Render(facts.GetValueOrDefault(choice.Name, "").Length > 0 ? choice.Then : choice.Otherwise, facts, text);
                    break;
            }
        }
    }

    private static IEnumerable<Node> All(ImmutableArray<Node> nodes) => nodes.SelectMany(n => n is Choice choice ? All(choice.Then).Concat(All(choice.Otherwise)).Prepend(n) : [n]);

    private sealed class Reader(string source)
    {
        private int at;
        private int line = 1;

        /// <summary>It was read no further.</summary>
        private bool isGivenUp;

        public List<TemplateFlaw> Flaws { get; } = [];

        /// <summary>Reads up to the end of the condition that is open, or of all.</summary>
        /// <param name="within">The word that closes it; null: nothing is open.</param>
        /// <param name="end"><c>else</c>, <c>/if</c>, <c>/unless</c>, or empty at the end of all.</param>
        public ImmutableArray<Node> Read(int depth, string? within, out string end)
        {
            var nodes = ImmutableArray.CreateBuilder<Node>();
            while (at < source.Length)
            {
                var open = source.IndexOf("{{", at, StringComparison.Ordinal);
                Take(nodes, open < 0 ? source.Length : open);
                if (open < 0)
                    break;
                var close = source.IndexOf("}}", open, StringComparison.Ordinal);
                if (close < 0)
                {
                    Flaw("{{ has no }} after it");
                    at = source.Length;
                    break;
                }
                var tag = source[(open + 2)..close].Trim();
                at = close + 2;
                if (tag is "else" or "/if" or "/unless")
                {
                    if (within is not null && (tag == "else" || tag == within))
                    {
                        end = tag;
                        return nodes.ToImmutable();
                    }
                    Flaw($"{{{{{tag}}}}} closes nothing that is open");
                    continue;
                }
                ReadTag(tag, depth, nodes);
            }
            if (within is not null && !isGivenUp)
                Flaw($"{{{{{within}}}}} is missing");
            end = "";
            return nodes.ToImmutable();
        }

        private void ReadTag(string tag, int depth, ImmutableArray<Node>.Builder nodes)
        {
            var begins = line;
            if (tag.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [("#if" or "#unless") and var kind, var asked])
            {
                // Whatever stands further within is not read: each depth is one more of the stack.
                if (depth >= MaxDepth)
                {
                    Flaw($"conditions stand at most {MaxDepth} within each other");
                    (at, isGivenUp) = (source.Length, true);
                    return;
                }
                var close = "/" + kind[1..];
                var then = Read(depth + 1, close, out var end);
                var otherwise = end == "else" ? Read(depth + 1, close, out end) : [];
                if (end == "else")
                    Flaw("a condition has one {{else}}");
                if (!IsName(asked))
                    Flaw($"'{asked}' is no name of a fact");
                else
                    nodes.Add(kind == "#if" ? new Choice(asked, then, otherwise, begins) : new Choice(asked, otherwise, then, begins));
                return;
            }
            if (IsName(tag))
                nodes.Add(new Fact(tag, begins));
            else
                Flaw($"{{{{{(tag.Length > 40 ? tag[..40] : tag)}}}}} is not known; there is {{{{fact}}}}, {{{{#if fact}}}}, {{{{#unless fact}}}}, {{{{else}}}}, {{{{/if}}}} and {{{{/unless}}}}");
        }

        private void Take(ImmutableArray<Node>.Builder nodes, int until)
        {
            if (until > at)
                nodes.Add(new Said(source[at..until], line));
            line += source.AsSpan(at, until - at).Count('\n');
            at = until;
        }

        private void Flaw(string message) => Flaws.Add(new TemplateFlaw(line, message));

        private static bool IsName(string text) => text.Length is > 0 and <= 40 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
    }
}
