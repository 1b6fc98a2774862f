namespace B2D.Core.Rules.Expressions;

/// <summary>CEL's logic over true, false and unknown: <c>&amp;&amp;</c> and <c>||</c> do not depend on the order of their sides.</summary>
internal static class Logic
{
    public static Truth Of(bool value) => value ? Truth.True : Truth.False;

    public static CompiledCondition Constant(bool value)
    {
        var truth = Of(value);
        return (in s) => truth;
    }

    public static CompiledCondition Not(CompiledCondition operand) => (in s) => operand(in s) switch
    {
        Truth.True => Truth.False,
        Truth.False => Truth.True,
        _ => Truth.Unknown,
    };

    /// <summary>False as soon as one side is false, whatever the other is; else unknown as soon as one side is.</summary>
    public static CompiledCondition And(CompiledCondition left, CompiledCondition right) => (in s) =>
    {
        var first = left(in s);
        if (first == Truth.False)
            return Truth.False;
        var second = right(in s);
        return second == Truth.False || first == Truth.True ? second : Truth.Unknown;
    };

    /// <summary>True as soon as one side is true, whatever the other is; else unknown as soon as one side is.</summary>
    public static CompiledCondition Or(CompiledCondition left, CompiledCondition right) => (in s) =>
    {
        var first = left(in s);
        if (first == Truth.True)
            return Truth.True;
        var second = right(in s);
        return second == Truth.True || first == Truth.False ? second : Truth.Unknown;
    };

    public static CompiledCondition Choice(CompiledCondition condition, CompiledCondition then, CompiledCondition otherwise) => (in s) => condition(in s) switch
    {
        Truth.True => then(in s),
        Truth.False => otherwise(in s),
        _ => Truth.Unknown,
    };
}
