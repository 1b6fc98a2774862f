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

    /// <summary>Slots of the windows looked through by what was compiled.</summary>
    public IEnumerable<int> Windows => windows;

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
        ExpressionNode.Membership { Set: ExpressionNode.List list } membership => In(membership.Item, list),
        ExpressionNode.Call { Receiver: { } receiver } call => TextTest.Compile(call.Name, Text(receiver), call.Arguments[0], Text(call.Arguments[0])),
        _ => throw new UnreachableException($"{node.GetType().Name} is no condition"),
    };

    private CompiledCondition Compare(BinaryOperator kind, ExpressionNode left, ExpressionNode right) => left.Type.Type switch
    {
        ExpressionType.Number when right is ExpressionNode.Literal limit => Comparison.WithConstant(kind, Number(left), limit.Value.Number),
        ExpressionType.Number or ExpressionType.Duration => Comparison.OfNumbers(kind, Number(left), Number(right)),
        ExpressionType.Text => Comparison.OfTexts(kind, Text(left), Text(right)),
        ExpressionType.Bool => Comparison.OfTruths(kind, Condition(left), Condition(right)),
        _ => Comparison.OfValues(kind, Value(left), Value(right)),
    };

    /// <summary><c>a in [x, y]</c> means <c>a == x || a == y</c>, also about what is unknown.</summary>
    private CompiledCondition In(ExpressionNode item, ExpressionNode.List list) =>
        list.Items.Aggregate(Logic.Constant(false), (found, next) => Logic.Or(found, Compare(BinaryOperator.Equal, item, next)));

    private NumberTerm Number(ExpressionNode node) => node switch
    {
        ExpressionNode.Literal literal => Arithmetic.Constant(literal.Value.Number),
        ExpressionNode.Span span => Arithmetic.Constant(span.Value.TotalMilliseconds),
        ExpressionNode.Read read => Arithmetic.Of(Read(read)),
        ExpressionNode.Unary unary => Arithmetic.Negate(Number(unary.Operand)),
        ExpressionNode.Binary binary => Arithmetic.Calculate(binary.Operator, Number(binary.Left), Number(binary.Right)),
        ExpressionNode.Choice choice => Arithmetic.Choice(Condition(choice.Condition), Number(choice.Then), Number(choice.Otherwise)),
        ExpressionNode.Call { Arguments: [ExpressionNode.Read metric, ExpressionNode.Span length] } call => Window(call.Name, metric.Name, length.Value),
        ExpressionNode.Call call => TextTest.Size(Text(call.Receiver ?? call.Arguments[0])),
        _ => throw new UnreachableException($"{node.GetType().Name} is no number"),
    };

    private NumberTerm Window(string function, string metric, TimeSpan length)
    {
        var slot = context.Metrics.Window(metric, length);
        windows.Add(slot);
        return WindowTerm.Compile(function, slot);
    }

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
                var value = Read(read);
                return (in s) => value(in s) is { Kind: ValueKind.Text } found ? found.Text : null;
            case ExpressionNode.Choice choice:
                var (condition, then, otherwise) = (Condition(choice.Condition), Text(choice.Then), Text(choice.Otherwise));
                return (in s) => condition(in s) switch { Truth.True => then(in s), Truth.False => otherwise(in s), _ => null };
            default:
                throw new UnreachableException($"{node.GetType().Name} is no text");
        }
    }

    /// <summary>A term of open type: metrics, or choices between metrics.</summary>
    private ValueTerm Value(ExpressionNode node)
    {
        if (node is not ExpressionNode.Choice choice)
            return Read((ExpressionNode.Read)node);
        var (condition, then, otherwise) = (Condition(choice.Condition), Value(choice.Then), Value(choice.Otherwise));
        return (in s) => condition(in s) switch { Truth.True => then(in s), Truth.False => otherwise(in s), _ => MetricValue.Missing };
    }

    private CompiledCondition BoolRead(ExpressionNode.Read read)
    {
        var value = Read(read);
        return (in s) => value(in s) is { Kind: ValueKind.Bool } found ? Logic.Of(found.IsTrue) : Truth.Unknown;
    }

    private ValueTerm Read(ExpressionNode.Read read)
    {
        if (read.Source == ReadSource.Metric)
        {
            var slot = context.Metrics.Slot(read.Name);
            return (in s) => (uint)slot < (uint)s.Metrics.Length ? s.Metrics[slot] : MetricValue.Missing;
        }
        var index = 0;
        while (context.Params[index].Name != read.Name)
            index++;
        return (in s) => (uint)index < (uint)s.Parameters.Length ? s.Parameters[index] : MetricValue.Missing;
    }
}
