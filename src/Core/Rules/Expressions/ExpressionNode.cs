using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Expressions;

internal enum UnaryOperator : byte { Not, Negate }

internal enum BinaryOperator : byte { Or, And, Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, Add, Subtract, Multiply, Divide, Remainder }

/// <summary>Where a value is read from.</summary>
internal enum ReadSource : byte { Metric, Device, Parameter, Code }

/// <summary>One term of a parsed expression, with its place in the text; its type is filled in by the check.</summary>
internal abstract class ExpressionNode
{
    private ExpressionNode(int offset, int end) => (Offset, End) = (offset, end);

    /// <summary>First character of the term.</summary>
    public int Offset { get; }

    /// <summary>One past its last character.</summary>
    public int End { get; }

    /// <summary>Open until checked.</summary>
    public TypeVariable Type { get; set; } = new();

    /// <summary>A number, text, true or false.</summary>
    internal sealed class Literal(int offset, int end, MetricValue value) : ExpressionNode(offset, end)
    {
        public MetricValue Value { get; } = value;
    }

    /// <summary><c>duration("5m")</c>.</summary>
    internal sealed class Span(int offset, int end, TimeSpan value) : ExpressionNode(offset, end)
    {
        public TimeSpan Value { get; } = value;
    }

    /// <summary>A metric, <c>device.x</c>, <c>params.x</c> or <c>code("x")</c>; <paramref name="name"/> without the prefix.</summary>
    internal sealed class Read(int offset, int end, ReadSource source, string name) : ExpressionNode(offset, end)
    {
        public ReadSource Source { get; } = source;

        public string Name { get; } = name;
    }

    internal sealed class Unary(int offset, UnaryOperator sign, ExpressionNode operand) : ExpressionNode(offset, operand.End)
    {
        public UnaryOperator Operator { get; } = sign;

        public ExpressionNode Operand { get; } = operand;
    }

    /// <param name="sign">Where the operator itself stands.</param>
    internal sealed class Binary(BinaryOperator kind, int sign, ExpressionNode left, ExpressionNode right) : ExpressionNode(left.Offset, right.End)
    {
        public BinaryOperator Operator { get; } = kind;

        public int Sign { get; } = sign;

        public ExpressionNode Left { get; } = left;

        public ExpressionNode Right { get; } = right;
    }

    /// <summary><c>condition ? a : b</c>.</summary>
    internal sealed class Choice(ExpressionNode condition, ExpressionNode then, ExpressionNode otherwise) : ExpressionNode(condition.Offset, otherwise.End)
    {
        public ExpressionNode Condition { get; } = condition;

        public ExpressionNode Then { get; } = then;

        public ExpressionNode Otherwise { get; } = otherwise;
    }

    /// <summary><c>[ a, b ]</c>: right of <c>in</c>, before an index, or sized.</summary>
    internal sealed class List(int offset, int end, IReadOnlyList<ExpressionNode> items) : ExpressionNode(offset, end)
    {
        public IReadOnlyList<ExpressionNode> Items { get; } = items;
    }

    /// <summary><c>{ "a": 1, "b": 2 }</c>, where a list may stand; keys are literals.</summary>
    internal sealed class Map(int offset, int end, IReadOnlyList<ExpressionNode> keys, IReadOnlyList<ExpressionNode> values) : ExpressionNode(offset, end)
    {
        public IReadOnlyList<ExpressionNode> Keys { get; } = keys;

        /// <summary>By index of the key.</summary>
        public IReadOnlyList<ExpressionNode> Values { get; } = values;
    }

    /// <summary><c>list[place]</c> or <c>map[key]</c>.</summary>
    internal sealed class Index(int end, ExpressionNode of, ExpressionNode at) : ExpressionNode(of.Offset, end)
    {
        public ExpressionNode Of { get; } = of;

        public ExpressionNode At { get; } = at;

        /// <summary>What it can give.</summary>
        public IReadOnlyList<ExpressionNode> Choices => Of switch { List list => list.Items, Map map => map.Values, _ => [] };
    }

    /// <summary><c>item in list</c>, or in the keys of a map.</summary>
    internal sealed class Membership(ExpressionNode item, ExpressionNode list) : ExpressionNode(item.Offset, list.End)
    {
        public ExpressionNode Item { get; } = item;

        public ExpressionNode Set { get; } = list;

        /// <summary>What it is looked for in; null where <see cref="Set"/> is neither list nor map.</summary>
        public IReadOnlyList<ExpressionNode>? Items => Set switch { List list => list.Items, Map map => map.Keys, _ => null };
    }

    /// <summary>A function, or a method where <paramref name="receiver"/> is given.</summary>
    /// <param name="nameOffset">Where the function's name stands.</param>
    internal sealed class Call(int offset, int end, string name, int nameOffset, ExpressionNode? receiver, IReadOnlyList<ExpressionNode> arguments)
        : ExpressionNode(offset, end)
    {
        public string Name { get; } = name;

        public int NameOffset { get; } = nameOffset;

        public ExpressionNode? Receiver { get; } = receiver;

        public IReadOnlyList<ExpressionNode> Arguments { get; } = arguments;
    }
}
