using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Expressions;

/// <summary>What an expression may read.</summary>
/// <param name="Key">The key it is written under, for messages.</param>
/// <param name="Metrics">Slots of the rule set; grows by the metrics read.</param>
/// <param name="Params">Parameters of the rule, by slot.</param>
/// <param name="DeviceOnly">True where only <c>device.*</c> is known (applies_to).</param>
internal sealed record ExpressionContext(string Key, MetricTable Metrics, ImmutableArray<(string Name, MetricValue Default)> Params, bool DeviceOnly = false);

/// <summary>A metric or code that an expression reads, where, and as what (null where nothing says).</summary>
internal sealed record MetricUse(string Name, int Offset, ExpressionType? Type);

/// <summary>A read expression: the condition where there is no error, and what was found out about it.</summary>
internal sealed record ExpressionReading(Condition? Condition, ImmutableArray<ExpressionProblem> Problems)
{
    /// <summary>Every metric once, at its first use.</summary>
    public ImmutableArray<MetricUse> Metrics { get; init; } = [];

    /// <summary>Every metric that it asks for its age.</summary>
    public ImmutableArray<MetricUse> Ages { get; init; } = [];

    /// <summary>What was read; null where it cannot be compiled.</summary>
    public ExpressionNode? Root { get; init; }

    /// <summary>Names of the parameters it reads.</summary>
    public ImmutableArray<string> Params { get; init; } = [];

    /// <summary>Set where it reads nothing and so is always the same.</summary>
    public Truth? Always { get; init; }

    /// <summary>Its tokens with single spaces: the same for two expressions that differ only in layout.</summary>
    public string Canonical { get; init; } = "";
}

/// <summary>The expression language of rules: a subset of CEL. Reads, checks and compiles one expression.</summary>
internal static class Expression
{
    /// <summary>Longest expression, in characters.</summary>
    public const int MaxLength = 2000;

    /// <summary>Deepest nesting of parentheses, arguments, signs and choices.</summary>
    public const int MaxLevels = 64;

    /// <summary>Most literals, reads and operators in one expression.</summary>
    public const int MaxNodes = 200;

    /// <summary>Reads an expression. The first syntax error ends it; errors of meaning are all listed.</summary>
    public static ExpressionReading Read(string text, ExpressionContext context)
    {
        if (text.Length > MaxLength)
            return Failed(new ExpressionProblem(MaxLength, $"the expression has {text.Length} characters, at most {MaxLength} are allowed", "split it into two rules"));
        var lexer = Lexer.Read(text);
        var parser = new ExpressionParser(lexer.Tokens);
        var root = parser.Parse();
        // What the lexer could not read comes after all that the parser saw, so an earlier problem of the parser is the true one.
        var problem = (lexer.Problem, parser.Problem) switch
        {
            ({ } a, { } b) => b.Offset < a.Offset ? b : a,
            ({ } a, null) => a,
            (null, var b) => b,
        };
        if (root is null || problem is not null)
            return Failed(problem!);
        var check = new ExpressionCheck(text, context);
        check.Run(root);
        var problems = check.Problems.OrderBy(p => p.Offset).ToImmutableArray();
        var good = problems.All(p => p.Level != ProblemLevel.Error);
        return new ExpressionReading(good ? Compile(text, root, context, check) : null, problems)
        {
            Metrics = [.. check.Metrics.Select(Use)],
            Ages = [.. check.Ages.Select(Use)],
            Root = good ? root : null,
            Params = [.. check.Params],
            Always = good && check.ReadsNothing ? Always(root, context) : null,
            Canonical = string.Join(' ', lexer.Tokens.Select(t => $"{t.Kind}:{t.Number}:{t.Value}")),
        };
    }

    private static MetricUse Use(ExpressionNode.Read read) =>
        new(read.Source == ReadSource.Code ? MetricTable.NameOf(read.Name) : read.Name, read.Offset, read.Type.Type);

    private static Condition Compile(string text, ExpressionNode root, ExpressionContext context, ExpressionCheck check)
    {
        var slots = check.Metrics.Select(context.Metrics.Slot).Order().ToImmutableArray();
        var compiler = new ExpressionCompiler(context);
        return new Condition(text, slots, compiler.Condition(root)) { Windows = [.. compiler.Windows], Fleet = [.. compiler.Fleet] };
    }

    private static Truth Always(ExpressionNode root, ExpressionContext context) =>
        new ExpressionCompiler(context).Condition(root)(new ConditionScope([], new Device(default), []));

    private static ExpressionReading Failed(ExpressionProblem problem) => new(null, [problem]);
}
