using System.Diagnostics;
using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Expressions;

/// <summary>Numbers: IEEE 754 doubles, except that dividing by zero, and the remainder of it, is unknown rather than infinite.</summary>
internal static class Arithmetic
{
    public static NumberTerm Constant(double constant) => (in s, out value) =>
    {
        value = constant;
        return true;
    };

    /// <summary>A metric or parameter, unknown where its value is no number (true and false are none).</summary>
    public static NumberTerm Of(ValueTerm read) => (in s, out value) =>
    {
        var found = read(in s);
        value = found.Number;
        return found.Kind == ValueKind.Number;
    };

    /// <summary>The same of a metric, without a delegate and a copy of its value in between.</summary>
    public static NumberTerm OfMetric(int slot) => (in s, out value) => s.TryNumber(slot, out value);

    /// <summary>The same of a rule's parameter.</summary>
    public static NumberTerm OfParameter(int slot) => (in s, out value) => s.TryParameter(slot, out value);

    /// <summary>A fleet's median; nobody knows it where it is NaN.</summary>
    public static NumberTerm OfFleet(int slot) => (in s, out value) =>
    {
        value = (uint)slot < (uint)s.Fleet.Length ? s.Fleet[slot] : double.NaN;
        return !double.IsNaN(value);
    };

    public static NumberTerm Negate(NumberTerm operand) => (in s, out value) =>
    {
        var known = operand(in s, out value);
        value = -value;
        return known;
    };

    /// <summary>How many whole units there are in it, towards 0.</summary>
    public static NumberTerm Whole(NumberTerm operand, double unit) => (in s, out value) =>
    {
        var known = operand(in s, out value);
        value = Math.Truncate(value / unit);
        return known;
    };

    public static NumberTerm Calculate(BinaryOperator kind, NumberTerm left, NumberTerm right) => (in s, out value) =>
    {
        value = 0;
        if (!left(in s, out var a) || !right(in s, out var b) || (b == 0 && kind is BinaryOperator.Divide or BinaryOperator.Remainder))
            return false;
        value = kind switch
        {
            BinaryOperator.Add => a + b,
            BinaryOperator.Subtract => a - b,
            BinaryOperator.Multiply => a * b,
            BinaryOperator.Divide => a / b,
            BinaryOperator.Remainder => a % b,
            _ => throw new UnreachableException($"{kind} is no calculation"),
        };
        return true;
    };

    public static NumberTerm Choice(CompiledCondition condition, NumberTerm then, NumberTerm otherwise) => (in s, out value) =>
    {
        value = 0;
        return condition(in s) switch
        {
            Truth.True => then(in s, out value),
            Truth.False => otherwise(in s, out value),
            _ => false,
        };
    };
}
