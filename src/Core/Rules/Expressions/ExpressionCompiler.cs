using System.Diagnostics;
using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Expressions;

/// <summary>
/// Turns a checked tree into delegates, one per term. Nothing is boxed and nothing is allocated when they run; a slot outside of the scope
/// counts as missing, and a value of another kind than the condition was checked for counts as unknown.
/// </summary>
internal sealed class ExpressionCompiler(ExpressionContext context)
{
    private readonly SortedSet<int> windows = [];
    private readonly SortedSet<int> fleet = [];

    /// <summary>Slots of the windows looked through by what was compiled.</summary>
    public IEnumerable<int> Windows => windows;

    /// <summary>Fleet slots of the medians asked for by what was compiled.</summary>
    public IEnumerable<int> Fleet => fleet;

    /// <summary>A term of type Bool.</summary>
    public CompiledCondition Condition(ExpressionNode node) => node switch
    {
        ExpressionNode.Literal literal => Logic.Constant(literal.Value.IsTrue),
        ExpressionNode.Read read => BoolRead(read),
        ExpressionNode.Unary unary => Logic.Not(Condition(unary.Operand)),
        ExpressionNode.Binary { Operator: BinaryOperator.And } both => Logic.And(Condition(both.Left), Condition(both.Right)),
        ExpressionNode.Binary { Operator: BinaryOperator.Or } either => Logic.Or(Condition(either.Left), Condition(either.Right)),
        ExpressionNode.Binary comparison => Compare(comparison.Operator, comparison.Left, comparison.Right),
        ExpressionNode.Choice choice => Logic.Choice(Condition(choice.Condition), Condition(choice.Then), Condition(choice.Otherwise)),
        ExpressionNode.Membership { Items: { } items } membership => In(membership.Item, items),
        ExpressionNode.Index index => Picked(index),
        ExpressionNode.Call { Name: Functions.Changed } call => Changed(call),
        ExpressionNode.Call { Name: Functions.Last } call => IsTrue(Last(call)),
        ExpressionNode.Call { Receiver: { } receiver } call => Test(call.Name, receiver, call.Arguments[0]),
        ExpressionNode.Call call => Test(call.Name, call.Arguments[0], call.Arguments[1]),
        _ => throw new UnreachableException($"{node.GetType().Name} is no condition"),
    };

    private CompiledCondition Compare(BinaryOperator kind, ExpressionNode left, ExpressionNode right) => left.Type.Type switch
    {
        ExpressionType.Number when left is ExpressionNode.Read { Source: ReadSource.Metric } metric && right is ExpressionNode.Literal limit =>
            Comparison.OfMetric(kind, context.Metrics.Slot(metric), limit.Value.Number),
        ExpressionType.Number when right is ExpressionNode.Literal limit => Comparison.WithConstant(kind, Number(left), limit.Value.Number),
        ExpressionType.Number or ExpressionType.Duration => Comparison.OfNumbers(kind, Number(left), Number(right)),
        ExpressionType.Text => Comparison.OfTexts(kind, Text(left), Text(right)),
        ExpressionType.Bool => Comparison.OfTruths(kind, Condition(left), Condition(right)),
        _ => Comparison.OfValues(kind, Value(left), Value(right)),
    };

    /// <summary><c>a in [x, y]</c> means <c>a == x || a == y</c>, also about what is unknown.</summary>
    private CompiledCondition In(ExpressionNode item, IReadOnlyList<ExpressionNode> items) =>
        items.Aggregate(Logic.Constant(false), (found, next) => Logic.Or(found, Compare(BinaryOperator.Equal, item, next)));

    private CompiledCondition Test(string method, ExpressionNode text, ExpressionNode argument) => TextTest.Compile(method, Text(text), argument, Text(argument));

    private NumberTerm Number(ExpressionNode node) => node switch
    {
        ExpressionNode.Literal literal => Arithmetic.Constant(literal.Value.Number),
        ExpressionNode.Span span => Arithmetic.Constant(span.Value.TotalMilliseconds),
        ExpressionNode.Read { Source: ReadSource.Metric } metric => Arithmetic.OfMetric(context.Metrics.Slot(metric)),
        ExpressionNode.Read { Source: ReadSource.Parameter } parameter => Arithmetic.OfParameter(Parameter(parameter)),
        ExpressionNode.Read read => Arithmetic.Of(Read(read)),
        ExpressionNode.Unary unary => Arithmetic.Negate(Number(unary.Operand)),
        ExpressionNode.Binary binary => Arithmetic.Calculate(binary.Operator, Number(binary.Left), Number(binary.Right)),
        ExpressionNode.Choice choice => Arithmetic.Choice(Condition(choice.Condition), Number(choice.Then), Number(choice.Otherwise)),
        ExpressionNode.Index index => Pick.Number(Place(index), [.. index.Choices.Select(Number)]),
        ExpressionNode.Call call => Number(call),
        _ => throw new UnreachableException($"{node.GetType().Name} is no number"),
    };

    private NumberTerm Number(ExpressionNode.Call call) => call.Name switch
    {
        Functions.Last => Arithmetic.Of(Last(call)),
        Functions.Age => LatestTerm.Age(context.Metrics.Slot((ExpressionNode.Read)call.Arguments[0])),
        Functions.FleetMedian => FleetMedian((ExpressionNode.Read)call.Arguments[0]),
        Functions.Size => Size(call.Receiver ?? call.Arguments[0]),
        _ when Functions.DurationParts.TryGetValue(call.Name, out var length) => Arithmetic.Whole(Number(call.Receiver!), length),
        _ => Window(call),
    };

    private NumberTerm Size(ExpressionNode of) => of switch
    {
        ExpressionNode.List list => Arithmetic.Constant(list.Items.Count),
        ExpressionNode.Map map => Arithmetic.Constant(map.Keys.Count),
        _ => TextTest.Size(Text(of)),
    };

    private NumberTerm Window(ExpressionNode.Call call)
    {
        var (subject, length) = Subject(call);
        var slot = context.Metrics.Window(subject, length, Functions.OverWindow[call.Name]);
        windows.Add(slot);
        return WindowTerm.Compile(call.Name, slot);
    }

    private NumberTerm FleetMedian(ExpressionNode.Read metric)
    {
        var slot = context.Metrics.Median(context.Metrics.Slot(metric));
        fleet.Add(slot);
        return Arithmetic.OfFleet(slot);
    }

    private ValueTerm Last(ExpressionNode.Call call)
    {
        var (slot, length) = Subject(call);
        return LatestTerm.Last(slot, length);
    }

    private CompiledCondition Changed(ExpressionNode.Call call)
    {
        var (slot, length) = Subject(call);
        return LatestTerm.Changed(slot, context.Metrics.Change(slot), length);
    }

    private (int Slot, TimeSpan Length) Subject(ExpressionNode.Call call)
    {
        var length = ((ExpressionNode.Span)call.Arguments[1]).Value;
        context.Metrics.Look(length);
        return (context.Metrics.Slot((ExpressionNode.Read)call.Arguments[0]), length);
    }

    /// <summary>Which of a list or map is asked for.</summary>
    private PlaceTerm Place(ExpressionNode.Index index) => index switch
    {
        { Of: ExpressionNode.List list } => Pick.Place(Number(index.At), list.Items.Count),
        { Of: ExpressionNode.Map map } => Pick.Place([.. map.Keys.Select(key => Compare(BinaryOperator.Equal, index.At, key))]),
        _ => throw new UnreachableException($"{index.Of.GetType().Name} has no places"),
    };

    private CompiledCondition Picked(ExpressionNode.Index index) => Pick.Condition(Place(index), [.. index.Choices.Select(Condition)]);

    private TextTerm Text(ExpressionNode node)
    {
        switch (node)
        {
            case ExpressionNode.Literal literal:
                var constant = literal.Value.Text;
                return (in s) => constant;
            case ExpressionNode.Read { Source: ReadSource.Device } device:
                return DeviceProperties.Readers[device.Name];
            case ExpressionNode.Read read:
                return IsText(Read(read));
            case ExpressionNode.Choice choice:
                var (condition, then, otherwise) = (Condition(choice.Condition), Text(choice.Then), Text(choice.Otherwise));
                return (in s) => condition(in s) switch { Truth.True => then(in s), Truth.False => otherwise(in s), _ => null };
            case ExpressionNode.Index index:
                return Pick.Text(Place(index), [.. index.Choices.Select(Text)]);
            case ExpressionNode.Call { Name: Functions.Last } call:
                return IsText(Last(call));
            default:
                throw new UnreachableException($"{node.GetType().Name} is no text");
        }
    }

    /// <summary>A term of open type: metrics, and choices between them.</summary>
    private ValueTerm Value(ExpressionNode node)
    {
        switch (node)
        {
            case ExpressionNode.Choice choice:
                var (condition, then, otherwise) = (Condition(choice.Condition), Value(choice.Then), Value(choice.Otherwise));
                return (in s) => condition(in s) switch { Truth.True => then(in s), Truth.False => otherwise(in s), _ => MetricValue.Missing };
            case ExpressionNode.Index index:
                return Pick.Value(Place(index), [.. index.Choices.Select(Value)]);
            case ExpressionNode.Call call:
                return Last(call);
            default:
                return Read((ExpressionNode.Read)node);
        }
    }

    private static TextTerm IsText(ValueTerm value) => (in s) => value(in s) is { Kind: ValueKind.Text } found ? found.Text : null;

    private static CompiledCondition IsTrue(ValueTerm value) => (in s) => value(in s) is { Kind: ValueKind.Bool } found ? Logic.Of(found.IsTrue) : Truth.Unknown;

    /// <summary>A code that the device never told of is not set; a metric that it never reported is unknown.</summary>
    private CompiledCondition BoolRead(ExpressionNode.Read read)
    {
        var value = Read(read);
        return read.Source == ReadSource.Code ? (in s) => Logic.Of(value(in s).IsTrue) : IsTrue(value);
    }

    private ValueTerm Read(ExpressionNode.Read read)
    {
        if (read.Source is ReadSource.Metric or ReadSource.Code)
        {
            var slot = context.Metrics.Slot(read);
            return (in s) => (uint)slot < (uint)s.Metrics.Length ? s.Metrics[slot] : MetricValue.Missing;
        }
        var index = Parameter(read);
        return (in s) => (uint)index < (uint)s.Parameters.Length ? s.Parameters[index] : MetricValue.Missing;
    }

    private int Parameter(ExpressionNode.Read read)
    {
        var index = 0;
        while (context.Params[index].Name != read.Name)
            index++;
        return index;
    }
}
