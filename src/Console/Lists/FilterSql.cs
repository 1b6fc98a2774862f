using System.Collections.Immutable;
using System.Text;

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

/// <summary>A filter as a condition with its parameters, and what could not be understood.</summary>
internal sealed record FilterCondition(string Where, IReadOnlyDictionary<string, object> Parameters, IReadOnlyList<string> Problems);

/// <summary>Turns filters into conditions that both databases understand. Column names come from the list's fields only, values only as parameters.</summary>
internal static class FilterSql
{
    /// <param name="text">Columns that free text is looked for in.</param>
    public static FilterCondition Of(FilterText filter, IReadOnlyList<FilterField> fields, IReadOnlyList<string> text)
    {
        var where = new StringBuilder("1 = 1");
        var parameters = new Dictionary<string, object>();
        var problems = new List<string>();
        foreach (var word in filter.Words)
        {
            var field = word.Key.Length == 0 ? null : fields.FirstOrDefault(f => f.Key == word.Key);
            var alternatives = word.Key.Length == 0
                ? word.Values.Select(v => FreeText(v, text, parameters))
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

    private static string FreeText(string value, IReadOnlyList<string> columns, Dictionary<string, object> parameters)
    {
        var name = Add(parameters, "%" + Escape(value).ToLowerInvariant() + "%");
        return string.Join(" OR ", columns.Select(c => $"LOWER({c}) LIKE {name} ESCAPE '!'"));
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
            case FieldMatch.Number when long.TryParse(value.TrimStart('#', 'P', 'p'), out var number):
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
