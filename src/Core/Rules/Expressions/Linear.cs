using System.Globalization;
using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Expressions;

/// <summary>A number as so many times this, plus so many times that, plus a constant; what it is made of stands by name.</summary>
internal sealed class Linear
{
    private readonly SortedDictionary<string, double> terms = new(StringComparer.Ordinal);

    /// <summary>What is added to the terms.</summary>
    public double Constant { get; private set; }

    /// <summary>The one side less the other.</summary>
    public static Linear Difference(ExpressionNode left, ExpressionNode right)
    {
        var made = new Linear();
        made.Add(left, 1);
        made.Add(right, -1);
        return made;
    }

    /// <summary>
    /// The terms without the constant, so scaled that the first counts once; the same for all comparisons that differ in a limit only. Empty where nothing
    /// is read.
    /// </summary>
    /// <param name="scale">What the constant is to be divided by; under 0 where the comparison turns round.</param>
    public string Key(out double scale)
    {
        var used = terms.Where(t => t.Value != 0).ToList();
        var first = scale = used.Count == 0 ? 1 : used[0].Value;
        return string.Join(" + ", used.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Value / first} {t.Key}")));
    }

    /// <summary>A term's name, the same for terms that always give the same.</summary>
    public static string Name(ExpressionNode node) => node switch
    {
        ExpressionNode.Literal literal => Name(literal.Value.Kind, literal.Value.ToString()),
        ExpressionNode.Span span => $"{span.Value}",
        ExpressionNode.Read read => $"{read.Source}:{read.Name}",
        ExpressionNode.Unary unary => $"{unary.Operator}({Name(unary.Operand)})",
        ExpressionNode.Binary binary => $"{binary.Operator}({Name(binary.Left)}, {Name(binary.Right)})",
        ExpressionNode.Choice choice => $"choice({Name(choice.Condition)}, {Name(choice.Then)}, {Name(choice.Otherwise)})",
        ExpressionNode.Index index => $"index({Name(index.Of)}, {Name(index.At)})",
        ExpressionNode.List list => $"list({string.Join(", ", list.Items.Select(Name))})",
        ExpressionNode.Map map => $"map({string.Join(", ", map.Keys.Concat(map.Values).Select(Name))})",
        ExpressionNode.Membership membership => $"in({Name(membership.Item)}, {Name(membership.Set)})",
        ExpressionNode.Call call => $"{call.Name}({string.Join(", ", call.Arguments.Prepend(call.Receiver).OfType<ExpressionNode>().Select(Name))})",
        _ => throw new ArgumentException($"{node.GetType().Name} has no name", nameof(node)),
    };

    /// <summary>With its length, so that a text that looks like the rest of a name is not taken for it.</summary>
    private static string Name(ValueKind kind, string value) => string.Create(CultureInfo.InvariantCulture, $"{kind}:{value.Length}:{value}");

    private void Add(ExpressionNode node, double times)
    {
        switch (node)
        {
            case ExpressionNode.Literal literal:
                Constant += times * literal.Value.Number;
                break;
            case ExpressionNode.Span span:
                Constant += times * span.Value.TotalMilliseconds;
                break;
            case ExpressionNode.Unary { Operator: UnaryOperator.Negate } negated:
                Add(negated.Operand, -times);
                break;
            case ExpressionNode.Binary { Operator: BinaryOperator.Add or BinaryOperator.Subtract } sum:
                Add(sum.Left, times);
                Add(sum.Right, sum.Operator == BinaryOperator.Add ? times : -times);
                break;
            case ExpressionNode.Binary { Operator: BinaryOperator.Multiply, Right: ExpressionNode.Literal { Value.Kind: ValueKind.Number } factor } product:
                Add(product.Left, times * factor.Value.Number);
                break;
            case ExpressionNode.Binary { Operator: BinaryOperator.Multiply, Left: ExpressionNode.Literal { Value.Kind: ValueKind.Number } factor } product:
                Add(product.Right, times * factor.Value.Number);
                break;
            default:
                var name = Name(node);
                terms[name] = terms.GetValueOrDefault(name) + times;
                break;
        }
    }
}
