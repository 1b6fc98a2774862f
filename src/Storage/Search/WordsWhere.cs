using System.Globalization;

namespace B2D.Storage.Search;

/// <summary>Selects whatever has all of some words, from a table of words, in the SQL of both databases.</summary>
/// <param name="table">A table of words, <c>case_words</c>.</param>
/// <param name="column">Whose words they are, <c>case_id</c>.</param>
/// <param name="prefix">What its parameters' names begin with.</param>
public sealed class WordsWhere(string table, string column, string prefix)
{
    /// <summary>Above every character that people write.</summary>
    internal const string End = "\uffff";

    /// <summary>Shortest beginning of a word that is looked for as such; one letter begins too many.</summary>
    private const int LeastBeginning = 2;

    public Dictionary<string, object> Args { get; } = [];

    /// <summary>The selection of those that have all of the words; of none where there is no word.</summary>
    /// <param name="words">As <see cref="Core.Search.SearchWords"/> has them.</param>
    /// <param name="lastBegins">The last of them may be the beginning of a longer one.</param>
    public string Select(IReadOnlyList<string> words, bool lastBegins = true)
    {
        if (words.Count == 0)
            return $"SELECT {column} FROM {table} WHERE 1 = 0";
        var select = "";
        for (var i = 0; i < words.Count; i++)
        {
            var condition = lastBegins && i == words.Count - 1 && words[i].Length >= LeastBeginning
                ? $"word >= {Add(words[i])} AND word < {Add(words[i] + End)}" : $"word = {Add(words[i])}";
            select = $"SELECT {column} FROM {table} WHERE {condition}{(select.Length > 0 ? $" AND {column} IN ({select})" : "")}";
        }
        return select;
    }

    private string Add(string value)
    {
        var name = prefix + Args.Count.ToString(CultureInfo.InvariantCulture);
        Args[name] = value;
        return "@" + name;
    }
}
