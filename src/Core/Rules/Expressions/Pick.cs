using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Expressions;

/// <summary>One of a list or map, by place or key. What is not there is unknown, where CEL has an error.</summary>
internal static class Pick
{
    /// <summary>A place in a list: a whole number from 0 up to its size.</summary>
    public static PlaceTerm Place(NumberTerm at, int count) => (in s) => at(in s, out var place) && place >= 0 && place < count && place == Math.Floor(place) ? (int)place : -1;

    /// <summary>The first whose condition is true.</summary>
    public static PlaceTerm Place(CompiledCondition[] keys) => (in s) =>
    {
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i](in s) == Truth.True)
                return i;
        }
        return -1;
    };

    public static NumberTerm Number(PlaceTerm place, NumberTerm[] of) => (in s, out value) =>
    {
        value = 0;
        return place(in s) is var i and >= 0 && of[i](in s, out value);
    };

    public static TextTerm Text(PlaceTerm place, TextTerm[] of) => (in s) => place(in s) is var i and >= 0 ? of[i](in s) : null;

    public static CompiledCondition Condition(PlaceTerm place, CompiledCondition[] of) => (in s) => place(in s) is var i and >= 0 ? of[i](in s) : Truth.Unknown;

    public static ValueTerm Value(PlaceTerm place, ValueTerm[] of) => (in s) => place(in s) is var i and >= 0 ? of[i](in s) : MetricValue.Missing;
}
