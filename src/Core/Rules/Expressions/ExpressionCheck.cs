using B2D.Core.Telemetry;
using static B2D.Core.Rules.Expressions.CheckWords;

namespace B2D.Core.Rules.Expressions;

/// <summary>Finds the type of every term, bottom up, and lists everything that has no meaning. A term once reported fits everywhere.</summary>
internal sealed partial class ExpressionCheck(string text, ExpressionContext context)
{
    private readonly List<ExpressionProblem> problems = [];
    private readonly Dictionary<string, ExpressionNode.Read> metrics = new(StringComparer.Ordinal);
    private readonly SortedSet<string> parameters = new(StringComparer.Ordinal);
    private readonly List<ExpressionNode.Binary> orderings = [];
    private readonly List<ExpressionNode.Read> ages = [];
    private bool readsDevice;

    public IReadOnlyList<ExpressionProblem> Problems => problems;

    /// <summary>The first read of every metric and code.</summary>
    public IEnumerable<ExpressionNode.Read> Metrics => metrics.Values;

    /// <summary>Every metric that is asked for its age.</summary>
    public IEnumerable<ExpressionNode.Read> Ages => ages;

    /// <summary>Names of the parameters read.</summary>
    public IEnumerable<string> Params => parameters;

    /// <summary>True where nothing is read at all.</summary>
    public bool ReadsNothing => metrics.Count == 0 && parameters.Count == 0 && !readsDevice;

    /// <summary>Checks a whole condition, which must be true or false.</summary>
    public void Run(ExpressionNode root)
    {
        Visit(root);
        if (!root.Type.Is(ExpressionType.Bool, root))
            Report(root.Offset, $"{context.Key} must be true or false, but this is {Name(root.Type)}", "compare it, for example temp_c > 90");
        // Two metrics compared with each other may get their type only later in the text, so ordering is judged at the end.
        foreach (var ordering in orderings)
        {
            if (ordering.Left.Type.Type == ExpressionType.Bool)
                Report(ordering.Sign, $"'{Sign(ordering.Operator)}' cannot order true and false", "use ==, != or !");
        }
        foreach (var metric in metrics.Values)
        {
            if (problems.Count == 0 && metric.Type.Type == ExpressionType.Duration)
                Report(metric.Offset, $"{metric.Name} is taken as a duration, and no metric is one", $"for how long ago it was reported write age({metric.Name}); a number of seconds is compared with a number");
        }
    }

    private void Visit(ExpressionNode node)
    {
        switch (node)
        {
            case ExpressionNode.Literal literal:
                node.Type = TypeVariable.Of(TypeOf(literal.Value));
                break;
            case ExpressionNode.Span:
                node.Type = TypeVariable.Of(ExpressionType.Duration);
                break;
            case ExpressionNode.Read read:
                VisitRead(read);
                break;
            case ExpressionNode.Unary unary:
                VisitUnary(unary);
                break;
            case ExpressionNode.Binary binary:
                VisitBinary(binary);
                break;
            case ExpressionNode.Choice choice:
                VisitChoice(choice);
                break;
            case ExpressionNode.Membership membership:
                VisitMembership(membership);
                break;
            case ExpressionNode.Call call:
                VisitCall(call);
                break;
            case ExpressionNode.Index index:
                VisitIndex(index);
                break;
            case ExpressionNode.List or ExpressionNode.Map:
                node.Type = TypeVariable.Failed();
                Report(node.Offset, $"a {(node is ExpressionNode.List ? "list" : "map")} can stand only right of 'in', before an index or in size",
                    "write mode in [\"heat\", \"cool\"], or temp_c > {\"heat\": 60, \"cool\": 30}[mode]");
                break;
        }
    }

    private void VisitRead(ExpressionNode.Read read)
    {
        switch (read.Source)
        {
            case ReadSource.Device:
                VisitDevice(read);
                break;
            case ReadSource.Parameter:
                VisitParameter(read);
                break;
            case var _ when context.DeviceOnly:
                read.Type = TypeVariable.Failed();
                Report(read.Offset, $"{context.Key} may read only device.*, not the {(read.Source == ReadSource.Code ? "code" : "metric")} {read.Name}", "put conditions over metrics under raise");
                break;
            default:
                var isCode = read.Source == ReadSource.Code;
                var name = isCode ? MetricTable.NameOf(read.Name) : read.Name;
                if (metrics.TryGetValue(name, out var first))
                    read.Type = first.Type;
                else
                    metrics.Add(name, read);
                if (isCode)
                    read.Type = TypeVariable.Of(ExpressionType.Bool);
                break;
        }
    }

    private void VisitDevice(ExpressionNode.Read read)
    {
        readsDevice = true;
        var known = DeviceProperties.Readers.ContainsKey(read.Name);
        read.Type = known ? TypeVariable.Of(ExpressionType.Text) : TypeVariable.Failed();
        if (known)
            return;
        var all = string.Join(", ", DeviceProperties.Readers.Keys);
        var hint = Nearest.To(read.Name, DeviceProperties.Readers.Keys) is { } near
            ? $"did you mean device.{near}? known are {all}"
            : $"known are {all}; a metric of this name is metric(\"device.{read.Name}\")";
        Report(read.Offset, $"a device has no '{read.Name}'", hint);
    }

    private void VisitParameter(ExpressionNode.Read read)
    {
        foreach (var (name, fallback) in context.Params)
        {
            if (name != read.Name || context.DeviceOnly)
                continue;
            parameters.Add(name);
            read.Type = TypeVariable.Of(TypeOf(fallback));
            return;
        }
        read.Type = TypeVariable.Failed();
        if (context.DeviceOnly)
            Report(read.Offset, $"{context.Key} may read only device.*, not params.{read.Name}", "compare with a literal");
        else
            Report(read.Offset, $"the rule has no parameter '{read.Name}'",
                Nearest.To(read.Name, context.Params.Select(p => p.Name)) is { } near ? $"did you mean params.{near}?" : $"add it: params: {{ {read.Name}: 95 }}");
    }

    private void VisitUnary(ExpressionNode.Unary unary)
    {
        Visit(unary.Operand);
        var (type, sign) = unary.Operator == UnaryOperator.Not ? (ExpressionType.Bool, "!") : (ExpressionType.Number, "-");
        Expect(unary.Operand, type, $"'{sign}'", unary);
        unary.Type = TypeVariable.Of(type);
    }

    private void VisitBinary(ExpressionNode.Binary binary)
    {
        Visit(binary.Left);
        Visit(binary.Right);
        switch (binary.Operator)
        {
            case BinaryOperator.Or or BinaryOperator.And:
                Expect(binary.Left, ExpressionType.Bool, $"'{Sign(binary.Operator)}'", binary);
                Expect(binary.Right, ExpressionType.Bool, $"'{Sign(binary.Operator)}'", binary);
                binary.Type = TypeVariable.Of(ExpressionType.Bool);
                break;
            case BinaryOperator.Add or BinaryOperator.Subtract when IsDuration(binary.Left) || IsDuration(binary.Right):
                Expect(binary.Left, ExpressionType.Duration, $"'{Sign(binary.Operator)}'", binary);
                Expect(binary.Right, ExpressionType.Duration, $"'{Sign(binary.Operator)}'", binary);
                binary.Type = TypeVariable.Of(ExpressionType.Duration);
                break;
            case >= BinaryOperator.Add:
                LintDash(binary);
                Expect(binary.Left, ExpressionType.Number, $"'{Sign(binary.Operator)}'", binary);
                Expect(binary.Right, ExpressionType.Number, $"'{Sign(binary.Operator)}'", binary);
                binary.Type = TypeVariable.Of(ExpressionType.Number);
                break;
            default:
                VisitComparison(binary);
                break;
        }
    }

    private static bool IsDuration(ExpressionNode node) => node.Type.Type == ExpressionType.Duration;

    private void VisitComparison(ExpressionNode.Binary binary)
    {
        binary.Type = TypeVariable.Of(ExpressionType.Bool);
        var (left, right) = (binary.Left, binary.Right);
        if (!left.Type.Unify(right.Type, binary))
        {
            var chained = left is ExpressionNode.Binary { Operator: >= BinaryOperator.Equal and <= BinaryOperator.GreaterOrEqual };
            Report(binary.Sign, $"'{Sign(binary.Operator)}' compares {Name(left.Type)} with {Name(right.Type)}",
                chained ? "comparisons do not chain; write a < x && x < b" : Because(left, right) ?? "both sides must be of one type");
        }
        else if (binary.Operator is not (BinaryOperator.Equal or BinaryOperator.NotEqual))
            orderings.Add(binary);
    }

    private void VisitChoice(ExpressionNode.Choice choice)
    {
        Visit(choice.Condition);
        Visit(choice.Then);
        Visit(choice.Otherwise);
        Expect(choice.Condition, ExpressionType.Bool, "'?'", choice);
        choice.Type = choice.Then.Type;
        if (!choice.Then.Type.Unify(choice.Otherwise.Type, choice))
            Report(choice.Otherwise.Offset, $"'? :' gives {Name(choice.Then.Type)} or {Name(choice.Otherwise.Type)}", Because(choice.Then, choice.Otherwise) ?? "both must be of one type");
    }

    private void VisitMembership(ExpressionNode.Membership membership)
    {
        Visit(membership.Item);
        membership.Type = TypeVariable.Of(ExpressionType.Bool);
        if (membership.Items is not { } items)
        {
            Report(membership.Set.Offset, "'in' needs a list on its right, or a map", "write mode in [\"heat\", \"cool\"]; for part of a text use text.contains(\"…\")");
            return;
        }
        if (membership.Set is ExpressionNode.Map map)
            VisitMap(map);
        foreach (var item in items)
        {
            if (membership.Set is ExpressionNode.List)
                Visit(item);
            if (!membership.Item.Type.Unify(item.Type, membership))
                Report(item.Offset, $"'in' looks for {Name(membership.Item.Type)}, but this is {Name(item.Type)}", Because(membership.Item, item) ?? "all of a list must be of one type");
        }
    }

    private void VisitIndex(ExpressionNode.Index index)
    {
        Visit(index.At);
        var map = index.Of as ExpressionNode.Map;
        if (map is not null)
            VisitMap(map);
        else
        {
            Expect(index.At, ExpressionType.Number, "the place in a list", index);
            VisitAlike(index.Choices, "list");
        }
        foreach (var key in map?.Keys ?? [])
        {
            if (!index.At.Type.Unify(key.Type, index))
                Report(key.Offset, $"'[ ]' looks for {Name(index.At.Type)}, but this key is {Name(key.Type)}", Because(index.At) ?? "all keys must be of one type");
        }
        if (index.Choices.Count == 0)
            Report(index.Offset, $"an empty {(map is null ? "list" : "map")} has nothing at any place", "write what it may give: {\"heat\": 60, \"cool\": 30}[mode]");
        index.Type = index.Choices.Count == 0 ? TypeVariable.Failed() : index.Choices[0].Type;
    }

    /// <summary>A map's keys are literals, each once, and its values of one type.</summary>
    private void VisitMap(ExpressionNode.Map map)
    {
        var seen = new HashSet<MetricValue>();
        foreach (var key in map.Keys)
        {
            Visit(key);
            if (key is not ExpressionNode.Literal literal)
                Report(key.Offset, "a key must be a literal", "write out what is looked for: {\"heat\": 60, \"cool\": 30}[mode]");
            else if (!seen.Add(literal.Value))
                Report(key.Offset, $"the key {literal.Value} is there twice", "remove one");
        }
        VisitAlike(map.Values, "map");
    }

    private void VisitAlike(IReadOnlyList<ExpressionNode> nodes, string of)
    {
        foreach (var node in nodes)
        {
            Visit(node);
            if (!nodes[0].Type.Unify(node.Type, node))
                Report(node.Offset, $"this {of} has {Name(nodes[0].Type)} and {Name(node.Type)}", Because(nodes[0], node) ?? $"all of a {of} must be of one type");
        }
    }

    /// <summary><c>state-count</c> without spaces is a difference for CEL and, in all likelihood, one name for its writer.</summary>
    private void LintDash(ExpressionNode.Binary binary)
    {
        if (binary is { Operator: BinaryOperator.Subtract, Left: ExpressionNode.Read { Source: ReadSource.Metric } left, Right: ExpressionNode.Read { Source: ReadSource.Metric } right }
            && left.End == binary.Sign && right.Offset == binary.Sign + 1)
        {
            var name = text[left.Offset..right.End];
            problems.Add(new ExpressionProblem(binary.Sign, $"'{name}' is read as {left.Name} minus {right.Name}",
                $"for a metric of that name write metric(\"{name}\"), for the difference put spaces around the minus", ProblemLevel.Lint));
        }
    }

    private void Expect(ExpressionNode node, ExpressionType type, string user, ExpressionNode why)
    {
        if (!node.Type.Is(type, why))
            Report(node.Offset, $"{user} needs {Name(type)}, but this is {Name(node.Type)}", Because(node) ?? Advice(type, node.Type.Type));
    }

    /// <summary>Where a metric got its type, for a hint.</summary>
    private string? Because(params ReadOnlySpan<ExpressionNode> nodes)
    {
        foreach (var node in nodes)
        {
            if (node is ExpressionNode.Read { Source: ReadSource.Metric } read && node.Type.Because is { } why)
                return $"{read.Name} is taken as {Name(node.Type)} because of '{text[why.Offset..why.End]}'; a metric has one type";
        }
        return null;
    }

    private static ExpressionType TypeOf(MetricValue value) => value.Kind switch
    {
        ValueKind.Bool => ExpressionType.Bool,
        ValueKind.Text => ExpressionType.Text,
        _ => ExpressionType.Number,
    };

    private void Report(int offset, string message, string hint) => problems.Add(new ExpressionProblem(offset, message, hint));
}
