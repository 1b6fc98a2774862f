using System.Collections.Immutable;
using B2D.Core.Telemetry;
using Way = System.Collections.Immutable.ImmutableDictionary<string, B2D.Core.Rules.Expressions.ValueRange>;

namespace B2D.Core.Rules.Expressions;

/// <summary>
/// Whether conditions can be true together. Every number, text and truth that they read has a range of what it may be, for each way in which the
/// conditions may come true; where a way leaves nothing of a range, it is none. What is not understood may be anything, so that "never" is right of all but NaN, which no limit compares with.
/// </summary>
internal static class Satisfiability
{
    /// <summary>With more ways than this they may be true.</summary>
    private const int MaxWays = 256;

    /// <summary>False where no reading whatever makes the one what is wanted of it and the other too.</summary>
    public static bool IsPossible(ExpressionNode condition, ExpressionNode? other = null, bool otherIs = true)
    {
        var ways = Narrow([Way.Empty], condition, true);
        return other is null ? ways.Count > 0 : Narrow(ways, other, otherIs).Count > 0;
    }

    private static List<Way> Narrow(List<Way> ways, ExpressionNode node, bool wanted)
    {
        if (ways.Count is 0 or > MaxWays)
            return ways;
        return node switch
        {
            ExpressionNode.Literal literal => literal.Value.IsTrue == wanted ? ways : [],
            ExpressionNode.Unary unary => Narrow(ways, unary.Operand, !wanted),
            ExpressionNode.Binary { Operator: BinaryOperator.And } both => wanted
                ? Narrow(Narrow(ways, both.Left, true), both.Right, true)
                : [.. Narrow(ways, both.Left, false), .. Narrow(ways, both.Right, false)],
            ExpressionNode.Binary { Operator: BinaryOperator.Or } either => wanted
                ? [.. Narrow(ways, either.Left, true), .. Narrow(ways, either.Right, true)]
                : Narrow(Narrow(ways, either.Left, false), either.Right, false),
            ExpressionNode.Binary comparison => Compare(ways, comparison, wanted ? comparison.Operator : Opposite(comparison.Operator)),
            ExpressionNode.Choice choice =>
            [
                .. Narrow(Narrow(ways, choice.Condition, true), choice.Then, wanted), .. Narrow(Narrow(ways, choice.Condition, false), choice.Otherwise, wanted),
            ],
            ExpressionNode.Membership { Items: { } items } membership => Find(ways, membership.Item, items, wanted),
            _ => Restrict(ways, Linear.Name(node), range => range.Where(wanted, MetricValue.Of(true))),
        };
    }

    private static List<Way> Find(List<Way> ways, ExpressionNode item, IReadOnlyList<ExpressionNode> items, bool wanted)
    {
        if (wanted)
            return [.. items.SelectMany(next => Compare(ways, item, next, BinaryOperator.Equal))];
        return items.Aggregate(ways, (left, next) => Compare(left, item, next, BinaryOperator.NotEqual));
    }

    private static List<Way> Compare(List<Way> ways, ExpressionNode.Binary comparison, BinaryOperator kind) => Compare(ways, comparison.Left, comparison.Right, kind);

    private static List<Way> Compare(List<Way> ways, ExpressionNode left, ExpressionNode right, BinaryOperator kind)
    {
        if (left.Type.Type is ExpressionType.Number or ExpressionType.Duration)
        {
            var difference = Linear.Difference(left, right);
            var key = difference.Key(out var scale);
            return Restrict(ways, key, range => range.Where(scale < 0 ? Turned(kind) : kind, -difference.Constant / scale));
        }
        var (read, literal) = left is ExpressionNode.Literal ? (right, left) : (left, right);
        return literal is ExpressionNode.Literal { Value: var value } && kind is BinaryOperator.Equal or BinaryOperator.NotEqual
            ? Restrict(ways, Linear.Name(read), range => range.Where(kind == BinaryOperator.Equal, value))
            : ways;
    }

    private static List<Way> Restrict(List<Way> ways, string key, Func<ValueRange, ValueRange> narrowed)
    {
        var left = new List<Way>(ways.Count);
        foreach (var way in ways)
        {
            // Without a key only constants are compared: the difference of both sides is 0 and nothing else.
            var before = way.GetValueOrDefault(key) ?? (key.Length == 0 ? ValueRange.Anything.Where(BinaryOperator.Equal, 0) : ValueRange.Anything);
            var range = narrowed(before);
            if (!range.IsEmpty)
                left.Add(way.SetItem(key, range));
        }
        return left;
    }

    private static BinaryOperator Opposite(BinaryOperator kind) => kind switch
    {
        BinaryOperator.Equal => BinaryOperator.NotEqual,
        BinaryOperator.NotEqual => BinaryOperator.Equal,
        BinaryOperator.Less => BinaryOperator.GreaterOrEqual,
        BinaryOperator.LessOrEqual => BinaryOperator.Greater,
        BinaryOperator.Greater => BinaryOperator.LessOrEqual,
        _ => BinaryOperator.Less,
    };

    /// <summary>As it is with both sides times a number under 0.</summary>
    private static BinaryOperator Turned(BinaryOperator kind) => kind switch
    {
        BinaryOperator.Less => BinaryOperator.Greater,
        BinaryOperator.LessOrEqual => BinaryOperator.GreaterOrEqual,
        BinaryOperator.Greater => BinaryOperator.Less,
        BinaryOperator.GreaterOrEqual => BinaryOperator.LessOrEqual,
        _ => kind,
    };
}
