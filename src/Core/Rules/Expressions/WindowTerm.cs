using System.Diagnostics;

namespace B2D.Core.Rules.Expressions;

/// <summary>
/// What a function over a window gives. Where nothing is in the window, there are 0 numbers that add up to 0, and no average, extreme or deviation; what
/// happened between numbers needs two of them. What a window was not asked for when its numbers came is unknown.
/// </summary>
internal static class WindowTerm
{
    public static NumberTerm Compile(string function, int window) => function switch
    {
        "avg" => Average(window),
        "min" => Least(window),
        "max" => Most(window),
        "stddev" => Deviation(window),
        "sum" => Sum(window),
        Functions.Count => Count(window),
        "delta" => OfSeries(window, static t => t.Last - t.First),
        "increase" => OfSeries(window, static t => t.Rise),
        "rate" => Rate(window),
        _ => throw new UnreachableException($"{function} is no function over a window"),
    };

    private static NumberTerm Average(int window) => (in s, out value) =>
    {
        var found = Find(in s, window);
        var count = found?.Numbers ?? 0;
        value = count == 0 ? double.NaN : found!.Sum / count;
        return !double.IsNaN(value);
    };

    private static NumberTerm Least(int window) => (in s, out value) =>
    {
        value = Find(in s, window)?.Min ?? double.NaN;
        return double.IsFinite(value);
    };

    private static NumberTerm Most(int window) => (in s, out value) =>
    {
        value = Find(in s, window)?.Max ?? double.NaN;
        return double.IsFinite(value);
    };

    private static NumberTerm Sum(int window) => (in s, out value) =>
    {
        value = Find(in s, window)?.Sum ?? 0;
        return !double.IsNaN(value);
    };

    private static NumberTerm Count(int window) => (in s, out value) =>
    {
        value = Find(in s, window)?.Numbers ?? 0;
        return true;
    };

    /// <summary>Unknown too where numbers are so large, or so long known, that nobody can tell how far they lie apart.</summary>
    private static NumberTerm Deviation(int window) => (in s, out value) =>
    {
        value = Find(in s, window)?.Deviation ?? double.NaN;
        return double.IsFinite(value);
    };

    private static NumberTerm OfSeries(int window, Func<SeriesTotal, double> read) => (in s, out value) =>
    {
        var total = Series(in s, window);
        value = total.Count < 2 ? 0 : read(total);
        return total.Count >= 2;
    };

    /// <summary>Per second between the oldest and the newest number; unknown where they are of one time.</summary>
    private static NumberTerm Rate(int window) => (in s, out value) =>
    {
        var total = Series(in s, window);
        var apartMs = total.LastAt.EpochMs - total.FirstAt.EpochMs;
        value = apartMs == 0 ? 0 : total.Rise * 1000 / apartMs;
        return total.Count >= 2 && apartMs > 0;
    };

    private static SeriesTotal Series(in ConditionScope s, int window) => Find(in s, window)?.Series?.Total ?? SeriesTotal.None;

    private static MetricWindow? Find(in ConditionScope s, int window) => (uint)window < (uint)s.Windows.Length ? s.Windows[window] : null;
}
