using System.Globalization;
using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Expressions;

/// <summary>A condition as it is said of what has happened: <c>temp_c &gt; params.limit &amp;&amp; compressor == "on"</c> is "temp_c was over 95 and compressor was on".</summary>
public static class ConditionWords
{
    /// <summary>The words; what no words are known for, as a call, stands as it is written, and parameters stand with their values everywhere.</summary>
    /// <param name="text">An expression that was read without error.</param>
    /// <param name="parameter">The value of a parameter by its name without <c>params.</c>; null where there is none.</param>
    public static string Of(string text, Func<string, MetricValue?> parameter)
    {
        var root = new ExpressionParser(Lexer.Read(text).Tokens).Parse();
        return root is null ? text : new Speech(text, parameter).Sentence(root);
    }

    private sealed class Speech(string text, Func<string, MetricValue?> parameter)
    {
        public string Sentence(ExpressionNode node) => node switch
        {
            ExpressionNode.Binary { Operator: BinaryOperator.And } both => $"{Part(both.Left, BinaryOperator.And)} and {Part(both.Right, BinaryOperator.And)}",
            ExpressionNode.Binary { Operator: BinaryOperator.Or } either => $"{Part(either.Left, BinaryOperator.Or)} or {Part(either.Right, BinaryOperator.Or)}",
            ExpressionNode.Binary { Operator: >= BinaryOperator.Equal and <= BinaryOperator.GreaterOrEqual } compared => $"{Term(compared.Left)} was {Word(compared.Operator)}{Term(compared.Right)}",
            ExpressionNode.Read { Source: ReadSource.Code } code => $"it reported {code.Name}",
            ExpressionNode.Read read => $"{Term(read)} was true",
            ExpressionNode.Unary { Operator: UnaryOperator.Not, Operand: ExpressionNode.Read { Source: ReadSource.Code } code } => $"it did not report {code.Name}",
            ExpressionNode.Unary { Operator: UnaryOperator.Not, Operand: ExpressionNode.Read read } => $"{Term(read)} was not true",
            _ => $"{Term(node)} was true",
        };

        /// <summary>Where "and" and "or" are mixed, what belongs together stands in brackets.</summary>
        private string Part(ExpressionNode node, BinaryOperator around) =>
            node is ExpressionNode.Binary { Operator: BinaryOperator.And or BinaryOperator.Or } inner && inner.Operator != around ? $"({Sentence(node)})" : Sentence(node);

        private static string Word(BinaryOperator comparison) => comparison switch
        {
            BinaryOperator.Equal => "",
            BinaryOperator.NotEqual => "not ",
            BinaryOperator.Less => "under ",
            BinaryOperator.LessOrEqual => "at most ",
            BinaryOperator.Greater => "over ",
            _ => "at least ",
        };

        private string Term(ExpressionNode node) => node switch
        {
            ExpressionNode.Literal literal => Value(literal.Value),
            ExpressionNode.Read { Source: ReadSource.Parameter } read => parameter(read.Name) is { } value ? Value(value) : Written(read),
            ExpressionNode.Read { Source: ReadSource.Device } read => $"its {read.Name.Replace('_', ' ')}",
            ExpressionNode.Read { Source: ReadSource.Metric } read => read.Name,
            ExpressionNode.Binary { Operator: >= BinaryOperator.Add } sum => $"{Factor(sum.Left)} {Sign(sum.Operator)} {Factor(sum.Right)}",
            _ => WithValues(node),
        };

        private string Factor(ExpressionNode node) => node is ExpressionNode.Binary ? $"({Term(node)})" : Term(node);

        private static char Sign(BinaryOperator sum) => sum switch
        {
            BinaryOperator.Add => '+',
            BinaryOperator.Subtract => '−',
            BinaryOperator.Multiply => '×',
            BinaryOperator.Divide => '/',
            _ => '%',
        };

        private static string Value(MetricValue value) => value.Kind == ValueKind.Number ? value.Number.ToString("0.######", CultureInfo.InvariantCulture) : value.ToString();

        private string Written(ExpressionNode node) => text[node.Offset..node.End];

        /// <summary>As it is written, with values for names of parameters.</summary>
        private string WithValues(ExpressionNode node)
        {
            var written = Written(node);
            foreach (var read in Parameters(node).OrderByDescending(r => r.Offset))
            {
                if (parameter(read.Name) is { } value)
                    written = string.Concat(written.AsSpan(0, read.Offset - node.Offset), Value(value), written.AsSpan(read.End - node.Offset));
            }
            return written;
        }

        private static IEnumerable<ExpressionNode.Read> Parameters(ExpressionNode node) => node switch
        {
            ExpressionNode.Read { Source: ReadSource.Parameter } read => [read],
            ExpressionNode.Unary unary => Parameters(unary.Operand),
            ExpressionNode.Binary binary => [.. Parameters(binary.Left), .. Parameters(binary.Right)],
            ExpressionNode.Choice choice => [.. Parameters(choice.Condition), .. Parameters(choice.Then), .. Parameters(choice.Otherwise)],
            ExpressionNode.List list => list.Items.SelectMany(Parameters),
            ExpressionNode.Map map => map.Keys.Concat(map.Values).SelectMany(Parameters),
            ExpressionNode.Index index => [.. Parameters(index.Of), .. Parameters(index.At)],
            ExpressionNode.Membership member => [.. Parameters(member.Item), .. Parameters(member.Set)],
            ExpressionNode.Call call => (call.Receiver is { } receiver ? Parameters(receiver) : []).Concat(call.Arguments.SelectMany(Parameters)),
            _ => [],
        };
    }
}
