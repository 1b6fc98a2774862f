using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace B2D.FirmwareSim.Replay;

/// <summary>Reads YAML nodes and collects every mistake with its place, instead of stopping at the first.</summary>
internal sealed class CheckedYaml(string file)
{
    private readonly List<ReplayError> _errors = [];

    public IReadOnlyList<ReplayError> Errors => _errors;

    public static Place PlaceOf(YamlNode node) => new((int)node.Start.Line, (int)node.Start.Column);

    public void Error(YamlNode node, string message, string hint = "")
    {
        var place = PlaceOf(node);
        _errors.Add(new ReplayError(file, place.Line, place.Column, message, hint));
    }

    /// <summary>The document's root, or null if the text is no YAML.</summary>
    public YamlNode? Root(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count == 1) return stream.Documents[0].RootNode;
            _errors.Add(new ReplayError(file, 1, 1, "the file holds no document", "see examples/machines/replay.yaml for a mapping"));
        }
        catch (YamlException wrong)
        {
            _errors.Add(new ReplayError(file, (int)wrong.Start.Line, (int)wrong.Start.Column, wrong.InnerException?.Message ?? wrong.Message,
                "check indentation and quotes"));
        }

        return null;
    }

    /// <summary>A mapping with known keys only; null (and an error) if it is none. Unknown keys are errors.</summary>
    public Dictionary<string, YamlNode>? Fields(YamlNode node, string what, params string[] known)
    {
        if (node is not YamlMappingNode mapping)
        {
            Error(node, $"{what} must be a mapping", $"with the keys {string.Join(", ", known)}");
            return null;
        }

        Dictionary<string, YamlNode> fields = new(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (known.Length > 0 && !known.Contains(name)) Error(key, $"'{name}' is not a key of {what}", $"known are {string.Join(", ", known)}");
            else fields[name] = value;
        }

        return fields;
    }

    public YamlNode? Needed(Dictionary<string, YamlNode> fields, string key, YamlNode within, string what)
    {
        if (fields.TryGetValue(key, out var node)) return node;
        Error(within, $"{what} has no '{key}'", $"add '{key}: …'");
        return null;
    }

    public string? Text(YamlNode? node, string what)
    {
        if (node is null) return null;
        if (node is YamlScalarNode { Value: { } text }) return text;
        Error(node, $"{what} must be a text");
        return null;
    }

    public IReadOnlyList<YamlNode> Items(YamlNode node, string what)
    {
        if (node is YamlSequenceNode sequence) return [.. sequence.Children];
        Error(node, $"{what} must be a list", "begin each item with '- '");
        return [];
    }

    public ColumnName? Column(YamlNode? node) => Text(node, "a column") is { } name ? new ColumnName(name, PlaceOf(node!)) : null;

    /// <summary>Text with <c>{column}</c> in it.</summary>
    public Template? Template(YamlNode? node, string what)
    {
        if (Text(node, what) is not { } text) return null;
        List<(string, ColumnName?)> parts = [];
        var at = 0;
        while (at < text.Length)
        {
            var open = text.IndexOf('{', at);
            var close = open < 0 ? -1 : text.IndexOf('}', open);
            if (open < 0) break;
            if (close < 0)
            {
                Error(node!, $"{what} has a '{{' without a '}}'", "write a column as {column}");
                return null;
            }

            parts.Add((text[at..open], new ColumnName(text[(open + 1)..close], PlaceOf(node!))));
            at = close + 1;
        }

        parts.Add((text[at..], null));
        return new Template(parts);
    }

    /// <summary>A duration such as <c>30s</c>, <c>10m</c>, <c>2h</c>.</summary>
    public TimeSpan? Duration(YamlNode node, string what)
    {
        var text = Text(node, what) ?? "";
        if (text.Length > 1 && int.TryParse(text[..^1], out var count) && count > 0)
        {
            switch (text[^1])
            {
                case 's': return TimeSpan.FromSeconds(count);
                case 'm': return TimeSpan.FromMinutes(count);
                case 'h': return TimeSpan.FromHours(count);
            }
        }

        Error(node, $"'{text}' is not a duration", "for example 30s, 10m or 2h");
        return null;
    }
}
