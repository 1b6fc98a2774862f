using System.Collections.Immutable;

namespace B2D.Core.Rules.Expressions;

/// <summary>The names that may stand before a parenthesis.</summary>
internal static class Functions
{
    /// <summary>Methods of texts with one text argument, giving true or false.</summary>
    public static readonly ImmutableArray<string> TextTests = ["startsWith", "endsWith", "contains", "matches"];

    /// <summary>Length of a text, as a method or as a function.</summary>
    public const string Size = "size";

    /// <summary>Functions over a window of one metric, giving a number.</summary>
    public static readonly ImmutableArray<string> OverWindow = ["avg", "min", "max", "sum", "count"];

    /// <summary>Other functions over time: part of the language's design, not of this release.</summary>
    public static readonly ImmutableArray<string> OverTime =
        ["stddev", "rate", "delta", "increase", "last", "age", "changed", "code"];

    /// <summary>Everything that can be called in this release.</summary>
    public static IEnumerable<string> Known => [.. TextTests, Size, .. OverWindow, "metric", "duration"];
}
