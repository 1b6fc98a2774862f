using System.Globalization;
using B2D.Storage;

namespace B2D.Console.Lists;

/// <summary>What rows an answer of the API continues after.</summary>
internal enum ListKey
{
    /// <summary>A number, newest first.</summary>
    NumberDown,

    /// <summary>An id as text, in its order.</summary>
    TextUp,

    /// <summary>A time and an id, newest first.</summary>
    TimeAndTextDown,
}

/// <summary>A list over one table: what it selects, what it can be filtered by, in which order pages and API answers show it.</summary>
internal sealed record ListDefinition
{
    /// <summary>Columns, as SQL.</summary>
    public required string Select { get; init; }

    /// <summary>Table and joins, as SQL.</summary>
    public required string From { get; init; }

    public required IReadOnlyList<FilterField> Fields { get; init; }

    /// <summary>Columns that free text is looked for in, anywhere in them: for lists that stay short.</summary>
    public required IReadOnlyList<string> Text { get; init; }

    /// <summary>Selections of keys by an index over what begins with a free text in small letters: from <c>{0}</c> until before <c>{1}</c>.</summary>
    public IReadOnlyList<string> Begins { get; init; } = [];

    /// <summary>Tables of words, in which keys are found that have all words of a free text; the last may be the beginning of one.</summary>
    public IReadOnlyList<WordSource> Words { get; init; } = [];

    /// <summary>The same in words.</summary>
    public required string TextWords { get; init; }

    /// <summary>The order on pages, as SQL.</summary>
    public required string Order { get; init; }

    /// <summary>Other orders on pages by their names, <c>sort:due</c>, as SQL. The list has a field <c>sort</c> with a meaning of each that is always true.</summary>
    public IReadOnlyDictionary<string, string> Orders { get; init; } = new Dictionary<string, string>();

    public required ListKey Key { get; init; }

    /// <summary>The key's column; for <see cref="ListKey.TimeAndTextDown"/> the one of the id.</summary>
    public required string KeyColumn { get; init; }

    /// <summary>The column of the time, for <see cref="ListKey.TimeAndTextDown"/>.</summary>
    public string TimeColumn { get; init; } = "";

    /// <summary>The usual filters, the first of which stands where none is asked for.</summary>
    public IReadOnlyList<SavedView> Views { get; init; } = [];

    /// <summary>Shown in the empty field.</summary>
    public string Example { get; init; } = "";

    /// <summary>Puts times in place of words for them (<c>today</c>), as of now in the console's zone.</summary>
    public Func<FilterText, long, TimeZoneInfo, FilterText> Timed { get; init; } = (filter, _, _) => filter;

    private FreeText FreeText => new(KeyColumn, Text, Begins, Words);

    /// <summary>The filter of a page that asks for none.</summary>
    public string Usual => Views.Count > 0 ? Views[0].Filter : "";

    /// <summary>Rows are counted up to here; beyond it a list has "more than" so many.</summary>
    public const int MostCounted = 10_000;

    /// <summary>One page with the number of all rows, as far as they are counted.</summary>
    public ListPage<T> Page<T>(Db db, ListRequest request)
    {
        var condition = FilterSql.Of(request.Filter, Fields, FreeText);
        var args = new Dictionary<string, object>(condition.Parameters) { ["rows"] = request.Rows, ["offset"] = request.Offset };
        var order = OrderOf(request.Filter);
        // The keys of the page first: only its rows are read whole, and none is sorted with all its columns.
        var rows = db.Query<T>(
            $"""
            SELECT {Select} FROM {From} WHERE {KeyColumn} IN (SELECT {KeyColumn} FROM {From} WHERE {condition.Where} ORDER BY {order} LIMIT @rows OFFSET @offset)
            ORDER BY {order}
            """,
            args);
        // A page that is not full is the last, and says how many there are.
        var total = (rows.Count > 0 || request.Offset == 0) && rows.Count < request.Rows
            ? request.Offset + rows.Count
            : db.Scalar<long>($"SELECT count(*) FROM (SELECT 1 FROM {From} WHERE {condition.Where} LIMIT {MostCounted + 1}) AS counted", args);
        return new ListPage<T>(request, rows, total, condition.Problems);
    }

    /// <summary>Up to <paramref name="limit"/> rows after <paramref name="cursor"/> (empty: from the start), in the order of the key.</summary>
    /// <exception cref="FormatException">The cursor or the filter cannot be read; the message says why.</exception>
    public IReadOnlyList<T> After<T>(Db db, FilterText filter, int limit, string cursor)
    {
        var condition = FilterSql.Of(filter, Fields, FreeText);
        if (condition.Problems.Count > 0)
            throw new FormatException(string.Join(" ", condition.Problems));
        var args = new Dictionary<string, object>(condition.Parameters) { ["rows"] = limit };
        var order = Key switch
        {
            ListKey.NumberDown => $"{KeyColumn} DESC",
            ListKey.TextUp => KeyColumn,
            _ => $"{TimeColumn} DESC, {KeyColumn} DESC",
        };
        return db.Query<T>($"SELECT {Select} FROM {From} WHERE {condition.Where}{Continue(cursor, args)} ORDER BY {order} LIMIT @rows", args);
    }

    private string OrderOf(FilterText filter) => filter.Of("sort") is [var name, ..] && Orders.TryGetValue(name, out var order) ? order : Order;

    private string Continue(string cursor, Dictionary<string, object> args)
    {
        if (cursor.Length == 0)
            return "";
        switch (Key)
        {
            case ListKey.TextUp:
                args["after"] = cursor;
                return $" AND {KeyColumn} > @after";
            case ListKey.NumberDown when long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                args["after"] = number;
                return $" AND {KeyColumn} < @after";
            case ListKey.TimeAndTextDown when cursor.Split('.', 2) is [var time, var id]
                && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var at):
                (args["after_at"], args["after"]) = (at, id);
                return $" AND ({TimeColumn} < @after_at OR ({TimeColumn} = @after_at AND {KeyColumn} < @after))";
            default:
                throw new FormatException($"'{cursor}' is no cursor of this list; take the one that the answer before gave as 'next'.");
        }
    }
}
