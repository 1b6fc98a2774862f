using System.Collections.Immutable;
using System.Text;
using B2D.Core.Search;
using B2D.Storage.Search;

namespace B2D.Console.Lists;

/// <summary>How a key of a filter meets a column.</summary>
public enum FieldMatch
{
    /// <summary>The whole value, without regard to case.</summary>
    Whole,

    /// <summary>The value or anything below it in a path.</summary>
    Path,

    /// <summary>The value with * for any characters.</summary>
    Pattern,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A time that is there and before one in epoch milliseconds.</summary>
    Until,

    /// <summary>The key's values stand for conditions of their own (<see cref="FilterField.Meanings"/>).</summary>
    Meaning,
}

/// <summary>One key that a list understands.</summary>
/// <param name="Sql">The column, or for <see cref="FieldMatch.Meaning"/> empty.</param>
/// <param name="Explain">What to type, for the hint beside the filter.</param>
public sealed record FilterField(string Key, string Sql, FieldMatch Match, string Explain)
{
    /// <summary>Words that mean a condition, <c>open</c> → <c>state IN (…)</c>; looked up before the column is compared.</summary>
    public ImmutableDictionary<string, string> Meanings { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>Words of something: a table of words, and how the list's keys come of whose they are.</summary>
/// <param name="Table">As <see cref="WordsWhere"/> has them: <c>case_words</c>.</param>
/// <param name="Column">Whose words: <c>case_id</c>.</param>
/// <param name="Keys">Selects keys of the list by those in the place of <c>{0}</c>; empty: they are the keys.</param>
internal sealed record WordSource(string Table, string Column, string Keys);

/// <summary>Where free text is looked for in a list, in any of these: as <see cref="ListDefinition"/> has them.</summary>
/// <param name="Key">The list's key, <c>c.id</c>.</param>
internal sealed record FreeText(string Key, IReadOnlyList<string> Anywhere, IReadOnlyList<string> Begins, IReadOnlyList<WordSource> Words);

/// <summary>A filter as a condition with its parameters, and what could not be understood.</summary>
internal sealed record FilterCondition(string Where, IReadOnlyDictionary<string, object> Parameters, IReadOnlyList<string> Problems);

/// <summary>Turns filters into conditions that both databases understand. Column names come from the list's fields only, values only as parameters.</summary>
internal static class FilterSql
{
    /// <summary>Most words of one quoted text that are looked for.</summary>
    private const int MaxWords = 20;

    /// <param name="text">Where free text is looked for.</param>
    public static FilterCondition Of(FilterText filter, IReadOnlyList<FilterField> fields, FreeText text)
    {
        var where = new StringBuilder("1 = 1");
        var parameters = new Dictionary<string, object>();
        var problems = new List<string>();
        // Only what was typed last may be unfinished.
        var last = filter.Words.LastOrDefault(w => w.Key.Length == 0);
        foreach (var word in filter.Words)
        {
            var field = word.Key.Length == 0 ? null : fields.FirstOrDefault(f => f.Key == word.Key);
            var alternatives = word.Key.Length == 0
                ? word.Values.Select(v => Free(v, text, parameters, word == last))
                : field is null
                    ? Unknown(word, fields, problems)
                    : word.Values.Select(v => One(v, field, parameters, problems));
            var condition = string.Join(" OR ", alternatives.Where(a => a.Length > 0));
            if (condition.Length > 0)
                where.Append(word.Not ? " AND NOT (" : " AND (").Append(condition).Append(')');
        }
        return new FilterCondition(where.ToString(), parameters, problems);
    }

    private static IEnumerable<string> Unknown(FilterWord word, IReadOnlyList<FilterField> fields, List<string> problems)
    {
        problems.Add($"This list cannot be filtered by “{word.Key}”; it knows {string.Join(", ", fields.Select(f => f.Key))}.");
        return [];
    }

    private static string Free(string value, FreeText text, Dictionary<string, object> parameters, bool last)
    {
        var any = new List<string>();
        if (text.Anywhere.Count > 0)
        {
            var name = Add(parameters, "%" + Escape(value).ToLowerInvariant() + "%");
            any.AddRange(text.Anywhere.Select(c => $"LOWER({c}) LIKE {name} ESCAPE '!'"));
        }
        // Keys first and together: each way to them is a look into an index, and a condition over all rows is none.
        var keys = new List<string>();
        if (text.Begins.Count > 0)
        {
            var (from, until) = (Add(parameters, value.ToLowerInvariant()), Add(parameters, value.ToLowerInvariant() + "\uffff"));
            keys.AddRange(text.Begins.Select(b => b.Replace("{0}", from, StringComparison.Ordinal).Replace("{1}", until, StringComparison.Ordinal)));
        }
        var words = SearchWords.Of(value, MaxWords);
        foreach (var source in text.Words)
        {
            var where = new WordsWhere(source.Table, source.Column, $"f{parameters.Count}w");
            var select = where.Select(words, lastBegins: last);
            keys.Add(source.Keys.Length == 0 ? select : source.Keys.Replace("{0}", select, StringComparison.Ordinal));
            foreach (var (name, word) in where.Args)
                parameters[name] = word;
        }
        if (keys.Count > 0)
            any.Add($"{text.Key} IN ({string.Join(" UNION ", keys)})");
        return string.Join(" OR ", any);
    }

    private static string One(string value, FilterField field, Dictionary<string, object> parameters, List<string> problems)
    {
        if (field.Meanings.TryGetValue(value.ToLowerInvariant(), out var meaning))
            return "(" + meaning + ")";
        switch (field.Match)
        {
            case FieldMatch.Whole:
                return $"LOWER({field.Sql}) = {Add(parameters, value.ToLowerInvariant())}";
            case FieldMatch.Path:
                var exact = Add(parameters, value.ToLowerInvariant());
                return $"LOWER({field.Sql}) = {exact} OR LOWER({field.Sql}) LIKE {Add(parameters, Escape(value.ToLowerInvariant()) + "/%")} ESCAPE '!'";
            case FieldMatch.Pattern:
                return $"LOWER({field.Sql}) LIKE {Add(parameters, Escape(value.ToLowerInvariant()).Replace('*', '%'))} ESCAPE '!'";
            case FieldMatch.Number when long.TryParse(value.TrimStart('#', 'P', 'p', 'O', 'o', 'C', 'c', 'M', 'm', '-'), out var number):
                return $"{field.Sql} = {Add(parameters, number)}";
            case FieldMatch.Until when long.TryParse(value, out var until):
                return $"({field.Sql} > 0 AND {field.Sql} < {Add(parameters, until)})";
            default:
                problems.Add($"“{field.Key}:{value}” says nothing here: {field.Explain}.");
                return "1 = 0";
        }
    }

    private static string Escape(string value) =>
        value.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);

    private static string Add(Dictionary<string, object> parameters, object value)
    {
        var name = "f" + parameters.Count;
        parameters[name] = value;
        return "@" + name;
    }
}
