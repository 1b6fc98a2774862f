using System.Diagnostics;
using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Expressions;

/// <summary>Comparisons; unknown where a side is. Numbers follow IEEE 754: every comparison with NaN is false except <c>!=</c>. Texts are ordered by UTF-16 code units.</summary>
internal static class Comparison
{
    /// <summary>The most frequent shape, metric against limit, without a second delegate.</summary>
    public static CompiledCondition OfMetric(BinaryOperator kind, int slot, double limit) => kind switch
    {
        BinaryOperator.Less => (in s) => s.TryNumber(slot, out var v) ? Logic.Of(v < limit) : Truth.Unknown,
        BinaryOperator.LessOrEqual => (in s) => s.TryNumber(slot, out var v) ? Logic.Of(v <= limit) : Truth.Unknown,
        BinaryOperator.Greater => (in s) => s.TryNumber(slot, out var v) ? Logic.Of(v > limit) : Truth.Unknown,
        BinaryOperator.GreaterOrEqual => (in s) => s.TryNumber(slot, out var v) ? Logic.Of(v >= limit) : Truth.Unknown,
        _ => WithConstant(kind, Arithmetic.OfMetric(slot), limit),
    };

    /// <summary>A term against a limit.</summary>
    public static CompiledCondition WithConstant(BinaryOperator kind, NumberTerm left, double limit) => kind switch
    {
        BinaryOperator.Equal => (in s) => left(in s, out var v) ? Logic.Of(v == limit) : Truth.Unknown,
        BinaryOperator.NotEqual => (in s) => left(in s, out var v) ? Logic.Of(v != limit) : Truth.Unknown,
        BinaryOperator.Less => (in s) => left(in s, out var v) ? Logic.Of(v < limit) : Truth.Unknown,
        BinaryOperator.LessOrEqual => (in s) => left(in s, out var v) ? Logic.Of(v <= limit) : Truth.Unknown,
        BinaryOperator.Greater => (in s) => left(in s, out var v) ? Logic.Of(v > limit) : Truth.Unknown,
        BinaryOperator.GreaterOrEqual => (in s) => left(in s, out var v) ? Logic.Of(v >= limit) : Truth.Unknown,
        _ => throw new UnreachableException($"{kind} is no comparison"),
    };

    public static CompiledCondition OfNumbers(BinaryOperator kind, NumberTerm left, NumberTerm right) =>
        (in s) => left(in s, out var a) && right(in s, out var b) ? Logic.Of(Holds(kind, a, b)) : Truth.Unknown;

    public static CompiledCondition OfTexts(BinaryOperator kind, TextTerm left, TextTerm right) =>
        (in s) => left(in s) is { } a && right(in s) is { } b ? Logic.Of(Holds(kind, a, b)) : Truth.Unknown;

    public static CompiledCondition OfTruths(BinaryOperator kind, CompiledCondition left, CompiledCondition right) => (in s) =>
    {
        var (a, b) = (left(in s), right(in s));
        return a == Truth.Unknown || b == Truth.Unknown ? Truth.Unknown : Logic.Of((a == b) == (kind == BinaryOperator.Equal));
    };

    /// <summary>Two metrics of which only the readings tell the kind: unknown where they differ in kind, or true and false are to be ordered.</summary>
    public static CompiledCondition OfValues(BinaryOperator kind, ValueTerm left, ValueTerm right) => (in s) =>
    {
        var (a, b) = (left(in s), right(in s));
        if (a.Kind != b.Kind)
            return Truth.Unknown;
        return a.Kind switch
        {
            ValueKind.Number => Logic.Of(Holds(kind, a.Number, b.Number)),
            ValueKind.Text => Logic.Of(Holds(kind, a.Text, b.Text)),
            ValueKind.Bool when kind is BinaryOperator.Equal or BinaryOperator.NotEqual => Logic.Of((a.IsTrue == b.IsTrue) == (kind == BinaryOperator.Equal)),
            _ => Truth.Unknown,
        };
    };

    private static bool Holds(BinaryOperator kind, double a, double b) => kind switch
    {
        BinaryOperator.Equal => a == b,
        BinaryOperator.NotEqual => a != b,
        BinaryOperator.Less => a < b,
        BinaryOperator.LessOrEqual => a <= b,
        BinaryOperator.Greater => a > b,
        _ => a >= b,
    };

    private static bool Holds(BinaryOperator kind, string a, string b) => kind switch
    {
        BinaryOperator.Equal => string.Equals(a, b, StringComparison.Ordinal),
        BinaryOperator.NotEqual => !string.Equals(a, b, StringComparison.Ordinal),
        BinaryOperator.Less => string.CompareOrdinal(a, b) < 0,
        BinaryOperator.LessOrEqual => string.CompareOrdinal(a, b) <= 0,
        BinaryOperator.Greater => string.CompareOrdinal(a, b) > 0,
        _ => string.CompareOrdinal(a, b) >= 0,
    };
}
