using Dapper;

namespace B2D.Storage;

/// <summary>The conditions of a list that are asked for, and their parameters; what is not asked for leaves no trace in the SQL.</summary>
internal sealed class Where
{
    private readonly List<string> conditions = [];

    public DynamicParameters Args { get; } = new();

    /// <summary>Adds a condition over <c>@name</c> where the value is given.</summary>
    public Where And(string condition, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            Add(condition, name, value);
        return this;
    }

    /// <summary>Adds a condition over <c>@name</c> where the value is not null.</summary>
    public Where And(string condition, string name, long? value)
    {
        if (value is not null)
            Add(condition, name, value.Value);
        return this;
    }

    /// <summary>
    /// Adds <c>column IN (…)</c> where there is a value at all; one parameter for each, because Dapper writes out lists for one database only.
    /// </summary>
    public Where In(string column, IReadOnlyCollection<string> values)
    {
        if (values.Count == 0)
            return this;
        var names = new List<string>(values.Count);
        foreach (var value in values)
        {
            names.Add($"@{column}_{names.Count}");
            Args.Add(names[^1], value);
        }
        return And($"{column} IN ({string.Join(", ", names)})");
    }

    /// <summary>Adds a search for a part of any of the columns, without regard to ASCII case.</summary>
    public Where Text(string? text, params ReadOnlySpan<string> columns)
    {
        if (string.IsNullOrWhiteSpace(text))
            return this;
        var each = new List<string>();
        foreach (var column in columns)
            each.Add($"lower({column}) LIKE lower(@text_part) ESCAPE '!'");
        Add($"({string.Join(" OR ", each)})", "text_part", $"%{Escape(text.Trim())}%");
        return this;
    }

    /// <summary>Adds "this segment or one below it"; a range, so that an index serves it.</summary>
    public Where Under(string column, string? segment)
    {
        if (!string.IsNullOrEmpty(segment))
        {
            Add($"({column} = @under OR ({column} >= @under_from AND {column} < @under_to))", "under", segment);
            Args.Add("under_from", segment + "/");
            Args.Add("under_to", segment + "0"); // '0' is the character after '/'
        }
        return this;
    }

    /// <summary>Adds a condition without a parameter.</summary>
    public Where And(string condition)
    {
        conditions.Add(condition);
        return this;
    }

    public override string ToString() => conditions.Count == 0 ? "" : " WHERE " + string.Join(" AND ", conditions);

    private static string Escape(string text) =>
        text.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);

    private void Add(string condition, string name, object value)
    {
        conditions.Add(condition);
        Args.Add(name, value);
    }
}
