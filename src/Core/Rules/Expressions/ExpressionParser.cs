using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Expressions;

/// <summary>
/// Recursive descent over CEL's grammar (language definition, "Syntax"), with two limits: levels of nesting and number of terms.
/// Every method returns null once a problem is set; only the first is kept, what follows it would be guesswork.
/// </summary>
internal sealed class ExpressionParser(IReadOnlyList<Token> tokens)
{
    private int at;
    private int level;
    private int nodes;

    /// <summary>Why there is no tree.</summary>
    public ExpressionProblem? Problem { get; private set; }

    private Token Current => tokens[at];

    /// <summary>Reads one whole expression.</summary>
    public ExpressionNode? Parse()
    {
        var root = ParseChoice();
        if (root is not null && Current.Kind != TokenKind.End)
            return Unexpected(Current, "an operator or the end");
        return root;
    }

    // Expr = ConditionalOr ["?" ConditionalOr ":" Expr]
    private ExpressionNode? ParseChoice()
    {
        if (!Enter())
            return null;
        var condition = ParseBinary(0);
        if (condition is not null && Take(TokenKind.Question))
        {
            var then = ParseBinary(0);
            if (then is null || !Expect(TokenKind.Colon, "':' and the other value"))
                return null;
            condition = ParseChoice() is { } otherwise ? Made(new ExpressionNode.Choice(condition, then, otherwise)) : null;
        }
        level--;
        return condition;
    }

    /// <summary>Operators by binding strength, weakest first; all associate to the left.</summary>
    private static readonly (TokenKind Token, BinaryOperator Operator)[][] Strengths =
    [
        [(TokenKind.Or, BinaryOperator.Or)],
        [(TokenKind.And, BinaryOperator.And)],
        [
            (TokenKind.Equal, BinaryOperator.Equal), (TokenKind.NotEqual, BinaryOperator.NotEqual), (TokenKind.Less, BinaryOperator.Less),
            (TokenKind.LessOrEqual, BinaryOperator.LessOrEqual), (TokenKind.Greater, BinaryOperator.Greater),
            (TokenKind.GreaterOrEqual, BinaryOperator.GreaterOrEqual),
        ],
        [(TokenKind.Plus, BinaryOperator.Add), (TokenKind.Minus, BinaryOperator.Subtract)],
        [(TokenKind.Times, BinaryOperator.Multiply), (TokenKind.Divide, BinaryOperator.Divide), (TokenKind.Remainder, BinaryOperator.Remainder)],
    ];

    /// <summary><c>in</c> binds as strongly as the comparisons.</summary>
    private const int RelationStrength = 2;

    private ExpressionNode? ParseBinary(int strength)
    {
        if (strength == Strengths.Length)
            return ParseUnary();
        var left = ParseBinary(strength + 1);
        while (left is not null)
        {
            var sign = Current;
            var found = Array.FindIndex(Strengths[strength], s => s.Token == sign.Kind);
            var isIn = strength == RelationStrength && sign.Kind == TokenKind.In;
            if (found < 0 && !isIn)
                break;
            at++;
            if (ParseBinary(strength + 1) is not { } right)
                return null;
            left = isIn
                ? Made(new ExpressionNode.Membership(left, right))
                : Made(new ExpressionNode.Binary(Strengths[strength][found].Operator, sign.Offset, left, right));
        }
        return left;
    }

    private ExpressionNode? ParseUnary()
    {
        var sign = Current;
        if (sign.Kind is not (TokenKind.Not or TokenKind.Minus))
            return ParseMember();
        if (!Enter())
            return null;
        at++;
        var operand = ParseUnary();
        level--;
        // A minus before a number is part of the number, so that comparing with -5 is as cheap as with 5.
        if (sign.Kind == TokenKind.Minus && operand is ExpressionNode.Literal { Value.Kind: ValueKind.Number } number)
            return new ExpressionNode.Literal(sign.Offset, number.End, MetricValue.Of(-number.Value.Number));
        return operand is null ? null : Made(new ExpressionNode.Unary(sign.Offset, sign.Kind == TokenKind.Not ? UnaryOperator.Not : UnaryOperator.Negate, operand));
    }

    // Member = Primary { "." NAME "(" [arguments] ")" | "[" Expr "]" }
    private ExpressionNode? ParseMember()
    {
        var term = ParsePrimary();
        while (term is not null && Current.Kind is TokenKind.Dot or TokenKind.OpenList)
        {
            if (Current.Kind == TokenKind.OpenList && term is ExpressionNode.List or ExpressionNode.Map)
            {
                at++;
                if (ParseChoice() is not { } place || !Expect(TokenKind.CloseList, "']'"))
                    return null;
                term = Made(new ExpressionNode.Index(tokens[at - 1].End, term, place));
                continue;
            }
            if (Current.Kind == TokenKind.OpenList)
                return Fail(Current.Offset, "'[' cannot follow a value", "read a metric of a nested object as outer.inner or metric(\"outer.inner\")");
            at++;
            var name = Current;
            if (!Expect(TokenKind.Name, "a method's name"))
                return null;
            if (Current.Kind != TokenKind.Open)
                return Fail(name.Offset, $"'.{name.Value}' cannot follow this value", "texts have startsWith endsWith contains matches size, durations getHours getMinutes getSeconds");
            if (ParseArguments() is not { } arguments)
                return null;
            term = Made(new ExpressionNode.Call(term.Offset, tokens[at - 1].End, name.Value, name.Offset, term, arguments));
        }
        return term;
    }

    private ExpressionNode? ParsePrimary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                at++;
                return Made(new ExpressionNode.Literal(token.Offset, token.End, MetricValue.Of(token.Number)));
            case TokenKind.Text:
                at++;
                return Made(new ExpressionNode.Literal(token.Offset, token.End, MetricValue.Of(token.Value)));
            case TokenKind.True or TokenKind.False:
                at++;
                return Made(new ExpressionNode.Literal(token.Offset, token.End, MetricValue.Of(token.Kind == TokenKind.True)));
            case TokenKind.Open:
                at++;
                return ParseChoice() is { } inner && Expect(TokenKind.Close, "')'") ? inner : null;
            case TokenKind.OpenList:
                return ParseItems(TokenKind.CloseList, "']'") is { } items
                    ? Made(new ExpressionNode.List(token.Offset, tokens[at - 1].End, items))
                    : null;
            case TokenKind.OpenMap:
                return ParseMap();
            case TokenKind.Name:
                return tokens[at + 1].Kind == TokenKind.Open ? ParseFunction() : ParseName();
            default:
                return Unexpected(token, "a value");
        }
    }

    /// <summary><c>a.b.c</c> up to a method call: <c>device.x</c>, <c>params.x</c>, or a metric of that dotted name.</summary>
    private ExpressionNode? ParseName()
    {
        var first = Current;
        var last = first;
        var name = first.Value;
        at++;
        while (Current.Kind == TokenKind.Dot && tokens[at + 1].Kind == TokenKind.Name && (tokens[at + 2].Kind != TokenKind.Open))
        {
            last = tokens[at + 1];
            name += "." + last.Value;
            at += 2;
        }
        if (name is "device" or "params")
            return Fail(first.Offset, $"'{name}' is no value by itself", name == "device" ? "write device.model, device.firmware, device.id …" : "write params.name");
        var source = first.Value switch { "device" => ReadSource.Device, "params" => ReadSource.Parameter, _ => ReadSource.Metric };
        var own = source == ReadSource.Metric ? name : name[(first.Value.Length + 1)..];
        return Made(new ExpressionNode.Read(first.Offset, last.End, source, own));
    }

    private ExpressionNode? ParseFunction()
    {
        var name = Current;
        at++;
        if (ParseArguments() is not { } arguments)
            return null;
        var end = tokens[at - 1].End;
        if (name.Value is not ("metric" or "duration" or "code"))
            return Made(new ExpressionNode.Call(name.Offset, end, name.Value, name.Offset, null, arguments));
        if (arguments is not [ExpressionNode.Literal { Value.Kind: ValueKind.Text } only])
            return Fail(name.Offset, $"{name.Value} takes one text", name.Value switch { "metric" => "write metric(\"odd name\")", "code" => "write code(\"E42\")", _ => "write duration(\"5m\")" });
        var text = only.Value.Text;
        if (name.Value != "duration")
        {
            var isCode = name.Value == "code";
            if (text.Length is 0 or > MetricTable.MaxNameLength)
                return Fail(only.Offset, $"a {(isCode ? "code" : "metric's name")} has 1 to {MetricTable.MaxNameLength} characters",
                    isCode ? "write the code as the device sends it" : "write the name as the device sends it, nested names joined by dots");
            return MetricTable.IsCode(text)
                ? Fail(only.Offset, "no metric has the name of a code", "write code(\"E42\") for the code itself")
                : Made(new ExpressionNode.Read(name.Offset, end, isCode ? ReadSource.Code : ReadSource.Metric, text));
        }
        return DurationText.TryParse(text, out var span)
            ? Made(new ExpressionNode.Span(name.Offset, end, span))
            : Fail(only.Offset, $"\"{text}\" is no duration", "write whole numbers with ms, s, m, h or d, largest first: 90s, 2m, 1h30m, 7d");
    }

    private List<ExpressionNode>? ParseArguments() => ParseItems(TokenKind.Close, "')'");

    private List<ExpressionNode>? ParseItems(TokenKind close, string closeText)
    {
        at++;
        var items = new List<ExpressionNode>();
        if (Take(close))
            return items;
        do
        {
            if (ParseChoice() is not { } item)
                return null;
            items.Add(item);
        }
        while (Take(TokenKind.Comma));
        return Expect(close, $"',' or {closeText}") ? items : null;
    }

    private ExpressionNode? ParseMap()
    {
        var start = Current.Offset;
        at++;
        var (keys, values) = (new List<ExpressionNode>(), new List<ExpressionNode>());
        var closed = Take(TokenKind.CloseMap);
        while (!closed)
        {
            if (ParseChoice() is not { } key || !Expect(TokenKind.Colon, "':' and the key's value") || ParseChoice() is not { } value)
                return null;
            keys.Add(key);
            values.Add(value);
            closed = Take(TokenKind.CloseMap);
            if (!closed && !Expect(TokenKind.Comma, "',' or '}'"))
                return null;
        }
        return Made(new ExpressionNode.Map(start, tokens[at - 1].End, keys, values));
    }

    private bool Enter()
    {
        if (++level <= Expression.MaxLevels)
            return true;
        Fail(Current.Offset, $"the expression is nested deeper than {Expression.MaxLevels} levels", "use fewer parentheses, or split it into two rules");
        return false;
    }

    private ExpressionNode? Made(ExpressionNode node) => ++nodes <= Expression.MaxNodes
        ? node
        : Fail(node.Offset, $"the expression has more than {Expression.MaxNodes} terms", "split it into two rules");

    private bool Take(TokenKind kind)
    {
        if (Current.Kind != kind)
            return false;
        at++;
        return true;
    }

    private bool Expect(TokenKind kind, string what)
    {
        if (Take(kind))
            return true;
        Unexpected(Current, what);
        return false;
    }

    private ExpressionNode? Unexpected(Token token, string wanted)
    {
        var hint = token switch
        {
            { Kind: TokenKind.Name, Value: "and" or "AND" } => "write && for and",
            { Kind: TokenKind.Name, Value: "or" or "OR" } => "write || for or",
            { Kind: TokenKind.Name, Value: "not" or "NOT" } => "write ! for not",
            { Kind: TokenKind.Greater } when at > 0 && tokens[at - 1].Kind == TokenKind.Less => "write != for different",
            _ => $"expected {wanted}",
        };
        return Fail(token.Offset, token.Kind == TokenKind.End ? "the expression ends too early" : $"'{Spelling(token)}' is not expected here", hint);
    }

    private static string Spelling(Token token) => token.Kind switch
    {
        TokenKind.Number => token.Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        TokenKind.Text => $"\"{token.Value}\"",
        TokenKind.Name or TokenKind.True or TokenKind.False or TokenKind.In => token.Value,
        _ => Signs.GetValueOrDefault(token.Kind, "?"),
    };

    private static readonly Dictionary<TokenKind, string> Signs = new()
    {
        [TokenKind.Open] = "(", [TokenKind.Close] = ")", [TokenKind.OpenList] = "[", [TokenKind.CloseList] = "]", [TokenKind.OpenMap] = "{", [TokenKind.CloseMap] = "}", [TokenKind.Comma] = ",",
        [TokenKind.Dot] = ".", [TokenKind.Question] = "?", [TokenKind.Colon] = ":", [TokenKind.Or] = "||", [TokenKind.And] = "&&",
        [TokenKind.Equal] = "==", [TokenKind.NotEqual] = "!=", [TokenKind.Less] = "<", [TokenKind.LessOrEqual] = "<=", [TokenKind.Greater] = ">",
        [TokenKind.GreaterOrEqual] = ">=", [TokenKind.Plus] = "+", [TokenKind.Minus] = "-", [TokenKind.Times] = "*", [TokenKind.Divide] = "/",
        [TokenKind.Remainder] = "%", [TokenKind.Not] = "!",
    };

    private ExpressionNode? Fail(int offset, string message, string hint)
    {
        Problem ??= new ExpressionProblem(offset, message, hint);
        return null;
    }
}
