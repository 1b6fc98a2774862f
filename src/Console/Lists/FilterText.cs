using System.Collections.Immutable;
using System.Text;

namespace B2D.Console.Lists;

/// <summary>One word of a filter. <paramref name="Key"/> is empty for free text; <paramref name="Not"/>: must not match. Values are alternatives.</summary>
public sealed record FilterWord(string Key, ImmutableArray<string> Values, bool Not);

/// <summary>
/// A filter as people type it: <c>state:open,waiting -queue:heating device:HP-1 "pump blocked"</c>. Words are and-ed, values after one key or-ed;
/// quotes keep blanks and colons. At most 500 characters and 20 words are read.
/// </summary>
public sealed record FilterText(string Text, ImmutableArray<FilterWord> Words)
{
    /// <summary>Longest text that is read, in characters.</summary>
    public const int MaxLength = 500;

    private const int MaxWords = 20;

    /// <summary>Reads it; every text is a filter.</summary>
    public static FilterText Parse(string? text)
    {
        text = (text ?? "").Trim();
        if (text.Length > MaxLength)
            text = text[..MaxLength];
        var words = ImmutableArray.CreateBuilder<FilterWord>();
        var at = 0;
        while (at < text.Length && words.Count < MaxWords)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            if (Word(text, ref at) is { } word)
                words.Add(word);
        }
        return new FilterText(text, words.ToImmutable());
    }

    /// <summary>The values asked for under a key; empty where it is not used.</summary>
    public ImmutableArray<string> Of(string key) =>
        Words.FirstOrDefault(w => !w.Not && string.Equals(w.Key, key, StringComparison.OrdinalIgnoreCase))?.Values ?? [];

    /// <summary>The filter with one value of a key put in place of another (<c>assignee:me</c>); the text stays as typed.</summary>
    public FilterText Replace(string key, string from, string to) => this with
    {
        Words =
        [
            .. Words.Select(w => w.Key == key
                ? w with { Values = [.. w.Values.Select(v => string.Equals(v, from, StringComparison.OrdinalIgnoreCase) ? to : v)] } : w),
        ],
    };

    private static FilterWord? Word(string text, ref int at)
    {
        var not = text[at] == '-' && at + 1 < text.Length && !char.IsWhiteSpace(text[at + 1]);
        if (not)
            at++;
        var key = "";
        var value = new StringBuilder();
        var values = ImmutableArray.CreateBuilder<string>();
        for (var quoted = false; at < text.Length && (quoted || !char.IsWhiteSpace(text[at])); at++)
        {
            var c = text[at];
            if (c == '"')
                quoted = !quoted;
            else if (c == ':' && !quoted && key.Length == 0 && values.Count == 0 && value.Length > 0)
                (key, _) = (value.ToString().ToLowerInvariant(), value.Clear());
            else if (c == ',' && !quoted && key.Length > 0)
                Take();
            else
                value.Append(c);
        }
        Take();
        return values.Count == 0 ? null : new FilterWord(key, values.ToImmutable(), not);

        void Take()
        {
            if (value.Length > 0)
                values.Add(value.ToString());
            value.Clear();
        }
    }
}
