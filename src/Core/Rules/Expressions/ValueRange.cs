using System.Collections.Immutable;
using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Expressions;

/// <summary>What one number, text or truth may still be.</summary>
internal sealed record ValueRange
{
    public static readonly ValueRange Anything = new();

    private double From { get; init; } = double.NegativeInfinity;

    private double To { get; init; } = double.PositiveInfinity;

    private bool WithoutFrom { get; init; }

    private bool WithoutTo { get; init; }

    /// <summary>The only text or truth that it may be; missing where there is no such.</summary>
    private MetricValue Only { get; init; }

    private ImmutableHashSet<MetricValue> Except { get; init; } = [];

    /// <summary>Nothing is left.</summary>
    public bool IsEmpty => From > To || (From == To && (WithoutFrom || WithoutTo || Except.Contains(MetricValue.Of(From)))) || Except.Contains(Only);

    /// <summary>Narrowed to the numbers that compare so with a limit.</summary>
    public ValueRange Where(BinaryOperator kind, double limit) => kind switch
    {
        BinaryOperator.Less => To < limit ? this : this with { To = limit, WithoutTo = true },
        BinaryOperator.LessOrEqual => To <= limit ? this : this with { To = limit, WithoutTo = false },
        BinaryOperator.Greater => From > limit ? this : this with { From = limit, WithoutFrom = true },
        BinaryOperator.GreaterOrEqual => From >= limit ? this : this with { From = limit, WithoutFrom = false },
        BinaryOperator.Equal => Where(BinaryOperator.LessOrEqual, limit).Where(BinaryOperator.GreaterOrEqual, limit),
        _ => this with { Except = Except.Add(MetricValue.Of(limit)) },
    };

    /// <summary>Narrowed to one text or truth, or to all but it.</summary>
    public ValueRange Where(bool equal, MetricValue value)
    {
        if (value.Kind == ValueKind.Bool && !equal)
            return Where(true, MetricValue.Of(!value.IsTrue));
        if (!equal)
            return this with { Except = Except.Add(value) };
        // Two different ones at once are none.
        return Only.Kind == ValueKind.Missing || Only == value ? this with { Only = value } : this with { Except = Except.Add(Only) };
    }
}
