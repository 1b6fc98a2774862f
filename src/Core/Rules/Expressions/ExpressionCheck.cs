using B2D.Core.Telemetry;
using static B2D.Core.Rules.Expressions.CheckWords;

namespace B2D.Core.Rules.Expressions;

/// <summary>Finds the type of every term, bottom up, and lists everything that has no meaning. A term once reported fits everywhere.</summary>
internal sealed class ExpressionCheck(string text, ExpressionContext context)
{
    private readonly List<ExpressionProblem> problems = [];
    private readonly Dictionary<string, ExpressionNode.Read> metrics = new(StringComparer.Ordinal);
    private readonly SortedSet<string> parameters = new(StringComparer.Ordinal);
    private readonly List<ExpressionNode.Binary> orderings = [];
    private bool readsDevice;

    public IReadOnlyList<ExpressionProblem> Problems => problems;

    /// <summary>The first read of every metric.</summary>
    public IEnumerable<ExpressionNode.Read> Metrics => metrics.Values;

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
            case ExpressionNode.List:
                node.Type = TypeVariable.Failed();
                Report(node.Offset, "a list can stand only right of 'in'", "write mode in [\"heat\", \"cool\"]");
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
                Report(read.Offset, $"{context.Key} may read only device.*, not the metric {read.Name}", "put conditions over metrics under raise");
                break;
            default:
                if (metrics.TryGetValue(read.Name, out var first))
                    read.Type = first.Type;
                else
                    metrics.Add(read.Name, read);
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
        if (membership.Set is not ExpressionNode.List list)
        {
            Report(membership.Set.Offset, "'in' needs a list on its right", "write mode in [\"heat\", \"cool\"]; for part of a text use text.contains(\"…\")");
            return;
        }
        foreach (var item in list.Items)
        {
            Visit(item);
            if (!membership.Item.Type.Unify(item.Type, membership))
                Report(item.Offset, $"'in' looks for {Name(membership.Item.Type)}, but this is {Name(item.Type)}", Because(membership.Item, item) ?? "all of a list must be of one type");
        }
    }

    private void VisitCall(ExpressionNode.Call call)
    {
        call.Type = TypeVariable.Failed();
        if (call.Receiver is not null)
            Visit(call.Receiver);
        if (Functions.OverTime.Contains(call.Name))
        {
            Report(call.NameOffset, $"the function {call.Name} is not supported by this release", $"known over time are {string.Join(", ", Functions.OverWindow)} of a metric; hold, release and samples say what must last");
            return;
        }
        foreach (var argument in call.Arguments)
            Visit(argument);
        if (Functions.OverWindow.Contains(call.Name))
        {
            VisitWindow(call);
            return;
        }
        var isTest = Functions.TextTests.Contains(call.Name);
        if (isTest && call.Receiver is { } receiver)
            VisitTextTest(call, receiver);
        else if (call.Name == Functions.Size)
            VisitSize(call);
        else
            Report(call.NameOffset, $"there is no function {call.Name}", isTest ? $"it is a method: text.{call.Name}(\"…\")" : UnknownFunctionHint(call.Name));
    }

    private void VisitTextTest(ExpressionNode.Call call, ExpressionNode receiver)
    {
        call.Type = TypeVariable.Of(ExpressionType.Bool);
        Expect(receiver, ExpressionType.Text, $".{call.Name}", call);
        if (call.Arguments.Count != 1)
        {
            Report(call.NameOffset, $"{call.Name} takes one text, not {call.Arguments.Count}", $"write text.{call.Name}(\"…\")");
            return;
        }
        Expect(call.Arguments[0], ExpressionType.Text, call.Name, call);
        if (call.Name != "matches")
            return;
        if (call.Arguments[0] is not ExpressionNode.Literal { Value.Kind: ValueKind.Text } pattern)
            Report(call.Arguments[0].Offset, "the pattern of matches must be a literal text", "write it out: text.matches(r\"^E[0-9]+$\")");
        else if (PatternError(pattern.Value.Text) is { } error)
            Report(pattern.Offset, $"the pattern cannot be used: {error}", "plain regular expressions only, without look-around and back-references; write backslashes as r\"\\d+\"");
    }

    /// <summary>A function over a window: one metric and a duration that is written out.</summary>
    private void VisitWindow(ExpressionNode.Call call)
    {
        call.Type = TypeVariable.Of(ExpressionType.Number);
        var example = $"write {call.Name}(temp_c, duration(\"5m\"))";
        if (call.Receiver is not null || call.Arguments.Count != 2)
            Report(call.NameOffset, $"{call.Name} takes a metric and a window", example);
        else if (call.Arguments[0] is not ExpressionNode.Read { Source: ReadSource.Metric } metric)
        {
            if (!call.Arguments[0].Type.IsFailed)
                Report(call.Arguments[0].Offset, $"{call.Name} looks at one metric, and this is none", $"{example}; calculate with what it gives");
        }
        else
        {
            Expect(metric, ExpressionType.Number, call.Name, call);
            if (call.Arguments[1] is not ExpressionNode.Span window)
                Report(call.Arguments[1].Offset, $"the window of {call.Name} must be a duration that is written out", example);
            else if (window.Value < WindowShape.Shortest || window.Value > WindowShape.Longest)
                Report(window.Offset, $"the window is {DurationText.Format(window.Value)}",
                    $"it may be {DurationText.Format(WindowShape.Shortest)} to {DurationText.Format(WindowShape.Longest)}");
        }
    }

    private void VisitSize(ExpressionNode.Call call)
    {
        call.Type = TypeVariable.Of(ExpressionType.Number);
        var terms = call.Receiver is null ? call.Arguments : [call.Receiver, .. call.Arguments];
        if (terms.Count != 1)
            Report(call.NameOffset, "size takes one text", "write text.size()");
        else
            Expect(terms[0], ExpressionType.Text, "size", call);
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
