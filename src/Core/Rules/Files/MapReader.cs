namespace B2D.Core.Rules.Files;

/// <summary>
/// Reads the keys of one map. Every key asked for counts as known; <see cref="Finish"/> reports the others. A value that is missing or wrong is
/// reported once and read as null.
/// </summary>
internal sealed class MapReader(MapNode map, string owner, FileProblems problems)
{
    private readonly List<string> known = [];
    private readonly List<string> refused = [];

    /// <summary>What the map describes, for messages: <c>remedy</c>.</summary>
    public string Owner { get; } = owner;

    public FileProblems Problems { get; } = problems;

    public MapNode Map { get; } = map;

    /// <summary>True where the key is written, whatever its value.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Where the key stands, or the map where it does not.</summary>
    public SourcePosition KeyPosition(string key)
    {
        foreach (var (name, _) in Map.Entries)
        {
            if (name.Value == key)
                return name.Position;
        }
        return Map.Position;
    }

    /// <summary>The value of a key; reports a key without value.</summary>
    public SourceNode? Take(string key)
    {
        known.Add(key);
        var node = Find(key);
        if (node is ScalarNode { IsRefused: true })
            return null;
        if (node is not ScalarNode { IsEmpty: true })
            return node;
        Problems.Error(KeyPosition(key), $"'{key}' has no value", $"write one behind '{key}: ', or remove the key for its default");
        return null;
    }

    /// <summary>Keys that belong here and are not read, because something else is wrong already.</summary>
    public void Know(params ReadOnlySpan<string> keys) => known.AddRange(keys);

    /// <summary>A single value.</summary>
    public ScalarNode? Scalar(string key, string example)
    {
        var node = Take(key);
        if (node is null or ScalarNode)
            return (ScalarNode?)node;
        Problems.Error(node.Position, $"'{key}' must be a single value", $"write {key}: {example}");
        return null;
    }

    /// <summary>A map of its own.</summary>
    public MapReader? Nested(string key, string example)
    {
        switch (Take(key))
        {
            case null:
                return null;
            case MapNode nested:
                return new MapReader(nested, key, Problems);
            case var other:
                Problems.Error(other.Position, $"'{key}' must be a map of keys", $"write {key}: {example}");
                return null;
        }
    }

    /// <summary>A list of single values; one value alone is a list of one.</summary>
    public IReadOnlyList<ScalarNode> Words(string key, string example, int most)
    {
        var node = Take(key);
        IReadOnlyList<SourceNode> items = node switch { null => [], ListNode list => list.Items, _ => [node] };
        var words = new List<ScalarNode>();
        foreach (var item in items)
        {
            if (item is ScalarNode { IsEmpty: false } word)
            {
                if (!word.IsRefused)
                    words.Add(word);
            }
            else
                Problems.Error(item.Position, $"'{key}' must be a list of single values", $"write {key}: {example}");
        }
        if (node is not null && items.Count == 0)
            Problems.Error(node.Position, $"'{key}' is empty", $"write {key}: {example}");
        if (items.Count > most)
            Problems.Error(items[most].Position, $"'{key}' has {items.Count} entries, at most {most} are allowed", "split it into two rules");
        return words;
    }

    /// <summary>Reports a key that must be written and is not.</summary>
    public void Require(string key, string example)
    {
        if (!Has(key))
            Problems.Error(Map.Position, $"{Owner} needs '{key}'", $"add {key}: {example}");
    }

    /// <summary>Reports a key that exists in the language but not beside what else is written here.</summary>
    public void Refuse(string key, string because, string hint)
    {
        refused.Add(key);
        if (Has(key))
            Problems.Error(KeyPosition(key), $"'{key}' does not go with {because}", hint);
    }

    /// <summary>Reports every key that nobody asked for.</summary>
    public void Finish()
    {
        foreach (var (key, _) in Map.Entries)
        {
            if (known.Contains(key.Value) || refused.Contains(key.Value))
                continue;
            var hint = Nearest.To(key.Value, known) is { } near ? $"did you mean {near}?" : $"known are {string.Join(", ", known.Distinct())}";
            Problems.Error(key.Position, $"{Owner} has no key '{key.Value}'", hint);
        }
    }

    private SourceNode? Find(string key)
    {
        foreach (var (name, value) in Map.Entries)
        {
            if (name.Value == key)
                return value;
        }
        return null;
    }
}
