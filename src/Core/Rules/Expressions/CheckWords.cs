using System.Text.RegularExpressions;

namespace B2D.Core.Rules.Expressions;

/// <summary>How the check of expressions names types and gives advice.</summary>
internal static class CheckWords
{
    public static string Name(TypeVariable type) => type.Type is { } known ? Name(known) : "a metric of unknown type";

    public static string Name(ExpressionType type) => type switch
    {
        ExpressionType.Number => "a number",
        ExpressionType.Bool => "true or false",
        ExpressionType.Text => "a text",
        _ => "a duration",
    };

    public static string Advice(ExpressionType wanted, ExpressionType? given) => (wanted, given) switch
    {
        (ExpressionType.Number, ExpressionType.Text) => "write numbers without quotes; texts can be compared, not calculated with",
        (ExpressionType.Bool, _) => "compare it, for example temp_c > 90",
        (ExpressionType.Text, _) => "write texts in quotes",
        (ExpressionType.Number, ExpressionType.Duration) => "durations are compared with durations; .getSeconds() makes a number of one",
        (ExpressionType.Duration, _) => "write duration(\"5m\"), or the age of a metric: age(temp_c)",
        _ => "choose a number instead: (door_open ? 1 : 0)",
    };

    public static string UnknownFunctionHint(string name) =>
        Nearest.To(name, Functions.Known) is { } near ? $"did you mean {near}?" : $"known are {string.Join(", ", Functions.Known)}";

    /// <summary>Why a pattern cannot be used; null where it can.</summary>
    public static string? PatternError(string pattern)
    {
        try
        {
            _ = TextTest.Pattern(pattern);
            return null;
        }
        catch (RegexParseException e)
        {
            return string.Concat(e.Error.ToString().Select(c => char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : c.ToString())).TrimStart();
        }
        catch (NotSupportedException)
        {
            return "it needs back-tracking or is too large";
        }
    }

    /// <summary>An operator as it is written.</summary>
    public static string Sign(BinaryOperator kind) => kind switch
    {
        BinaryOperator.Or => "||",
        BinaryOperator.And => "&&",
        BinaryOperator.Equal => "==",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        _ => "%",
    };
}
