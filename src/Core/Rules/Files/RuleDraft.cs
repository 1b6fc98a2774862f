using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using B2D.Core.Rules.Expressions;
using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Files;

/// <summary>A metric that a rule reads, and where.</summary>
internal sealed record MetricSite(string Name, SourcePosition At, ExpressionType? Type);

/// <summary>
/// One rule while it is read: its identity, what it refers to and, where it is good, the rule. A rule with mistakes keeps its id, so that
/// others that name it are not reported too.
/// </summary>
internal sealed class RuleDraft(string kind, string id, ScalarNode idNode, MapReader map, MetricTable metrics)
{
    /// <summary>Most parameters of one rule.</summary>
    public const int MaxParams = 64;

    public string Kind { get; } = kind;

    public string Id { get; } = id;

    public ScalarNode IdNode { get; } = idNode;

    public MapReader Map { get; } = map;

    public FileProblems Problems => Map.Problems;

    /// <summary>The rule's own text, from which its version is made.</summary>
    public string Text { get; } = map.Map.OwnText();

    public string Version => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))[..12];

    public int Line => Map.Map.Position.Line;

    public ImmutableArray<(string Name, MetricValue Default)> Params { get; private set; } = [];

    /// <summary>Every metric read anywhere in the rule.</summary>
    public List<MetricSite> Metrics { get; } = [];

    /// <summary>Every metric that a condition asks for its age.</summary>
    public List<MetricSite> Ages { get; } = [];

    /// <summary>Names of other rules and where they are named.</summary>
    public List<ScalarNode> Of { get; } = [];

    /// <summary>Names of calendars and where they are named.</summary>
    public List<ScalarNode> Calendars { get; } = [];

    /// <summary>Names of templates and where they are named.</summary>
    public List<ScalarNode> Templates { get; } = [];

    /// <summary>What a set that is offered now is refused for, and one that ran before is not: where, what, and what to do.</summary>
    public List<(SourcePosition At, string What, string Advice)> NewOnly { get; } = [];

    /// <summary>The rule; null where it has a mistake.</summary>
    public Rule? Rule { get; set; }

    private readonly Dictionary<string, SourcePosition> unreadParams = [];

    /// <summary>Parameters that no condition reads, with their places.</summary>
    public IReadOnlyDictionary<string, SourcePosition> UnreadParams => unreadParams;

    /// <summary>Reads <c>params</c>; to be called before any condition.</summary>
    public void ReadParams()
    {
        if (Map.Nested("params", "{ limit: 95.0 }") is not { } map)
            return;
        var read = ImmutableArray.CreateBuilder<(string, MetricValue)>();
        foreach (var (key, _) in map.Map.Entries)
        {
            if (!IsParamName(key.Value))
                Problems.Error(key.Position, $"'{key.Value}' is no name of a parameter", "use letters, digits and _, beginning with a letter, at most 64 characters");
            if (map.Scalar(key.Value, "95.0") is not { } value)
                continue;
            read.Add((key.Value, ValueText.Literal(value)));
            unreadParams[key.Value] = key.Position;
        }
        if (read.Count > MaxParams)
            Problems.Error(map.Map.Position, $"the rule has {read.Count} parameters, at most {MaxParams} are allowed", "split it into two rules");
        Params = read.ToImmutable();
    }

    /// <summary>Reads the condition under a key; null where it is missing or wrong.</summary>
    public ConditionText? Condition(MapReader map, string key, string example, bool deviceOnly = false) =>
        map.Scalar(key, example) is { } node ? Condition(key, node, deviceOnly) : null;

    /// <summary>Reads a condition; its problems get their places in the file.</summary>
    public ConditionText? Condition(string key, ScalarNode node, bool deviceOnly = false)
    {
        var leading = node.Value.Length - node.Value.TrimStart().Length;
        var reading = Expression.Read(node.Value.Trim(), new ExpressionContext(key, metrics, Params, deviceOnly));
        foreach (var problem in reading.Problems)
        {
            var at = node.Locate(leading + problem.Offset);
            if (problem.Level == ProblemLevel.Error)
                Problems.Error(at, problem.Message, problem.Hint);
            else
                Problems.Lint(at, problem.Message, problem.Hint);
        }
        foreach (var use in reading.Metrics)
            Metrics.Add(new MetricSite(use.Name, node.Locate(leading + use.Offset), use.Type));
        foreach (var use in reading.Ages)
            Ages.Add(new MetricSite(use.Name, node.Locate(leading + use.Offset), use.Type));
        foreach (var name in reading.Params)
            unreadParams.Remove(name);
        // Of a condition that cannot be read nobody knows which parameters it would have read.
        if (reading.Condition is null)
            unreadParams.Clear();
        if (reading.Condition?.Windows is [.., >= WindowShape.MaxPerSet])
            Problems.Error(node.Position, $"the rules look through more than {WindowShape.MaxPerSet} windows", "use one duration for one metric: windows that are the same count once");
        return reading.Condition is { } condition ? new ConditionText(condition, reading.Root!, reading.Always, reading.Canonical, node.Position) : null;
    }

    /// <summary>Reads the name of a metric that is counted.</summary>
    public int? CounterSlot(MapReader map, string key, string example) =>
        map.Scalar(key, example) is { } node ? MetricSlot(node, ExpressionType.Number) : null;

    /// <summary>Reads a metric's name that stands by itself; its type is open.</summary>
    public int? MetricSlot(ScalarNode node) => MetricSlot(node, null);

    private int? MetricSlot(ScalarNode node, ExpressionType? type)
    {
        if (node.Value.Length is 0 or > MetricTable.MaxNameLength || node.Value.Any(char.IsWhiteSpace) || MetricTable.IsCode(node.Value))
        {
            Problems.Error(node.Position, $"'{node.Value}' is no metric",
                $"write one metric's name of at most {MetricTable.MaxNameLength} characters without spaces, as the device sends it: litres_total");
            return null;
        }
        Metrics.Add(new MetricSite(node.Value, node.Position, type));
        return metrics.Slot(node.Value);
    }

    private static bool IsParamName(string name) =>
        name.Length is > 0 and <= Values.MaxNameLength && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}

/// <summary>A condition that was read without error, and what lints want to know of it.</summary>
internal sealed record ConditionText(Condition Condition, ExpressionNode Root, Truth? Always, string Canonical, SourcePosition At);
