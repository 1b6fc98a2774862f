using System.Collections.Immutable;

namespace B2D.Core.Rules.Expressions;

/// <summary>The names that may stand before a parenthesis.</summary>
internal static class Functions
{
    /// <summary>Methods of texts with one text argument, giving true or false.</summary>
    public static readonly ImmutableArray<string> TextTests = ["startsWith", "endsWith", "contains", "matches"];

    /// <summary>Length of a text, as a method or as a function.</summary>
    public const string Size = "size";

    /// <summary>Functions over a window of one metric, giving a number, with what the window must keep for them.</summary>
    public static readonly ImmutableSortedDictionary<string, WindowContent> OverWindow = new Dictionary<string, WindowContent>
    {
        ["avg"] = WindowContent.Count | WindowContent.Sum,
        ["min"] = WindowContent.Count | WindowContent.Min,
        ["max"] = WindowContent.Count | WindowContent.Max,
        ["sum"] = WindowContent.Count | WindowContent.Sum,
        [Count] = WindowContent.Count,
        ["stddev"] = WindowContent.Count | WindowContent.Sum | WindowContent.Squares,
        ["rate"] = WindowContent.Order,
        ["delta"] = WindowContent.Order,
        ["increase"] = WindowContent.Order,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>The function over a window that also counts how often a code was set.</summary>
    public const string Count = "count";

    /// <summary>The newest value of a metric within so long.</summary>
    public const string Last = "last";

    /// <summary>Whether a metric had more than one value within so long.</summary>
    public const string Changed = "changed";

    /// <summary>How long ago a metric was last reported.</summary>
    public const string Age = "age";

    /// <summary>The median of a metric over the devices of the same model.</summary>
    public const string FleetMedian = "fleet_median";

    /// <summary>Methods of durations, giving whole numbers, with the milliseconds of one.</summary>
    public static readonly ImmutableSortedDictionary<string, double> DurationParts = new Dictionary<string, double>
    {
        ["getHours"] = 3_600_000,
        ["getMinutes"] = 60_000,
        ["getSeconds"] = 1000,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>True for functions of a metric and a duration that is written out.</summary>
    public static bool TakesDuration(string name) => OverWindow.ContainsKey(name) || name is Last or Changed;

    /// <summary>Everything that can be called.</summary>
    public static IEnumerable<string> Known =>
        [.. TextTests, Size, .. OverWindow.Keys, Last, Changed, Age, FleetMedian, .. DurationParts.Keys, "code", "metric", "duration"];
}
