using System.Diagnostics;

namespace B2D.Core.Rules.Expressions;

/// <summary>What a function over a window gives. Where nothing is in the window, there are 0 numbers that add up to 0, and no average or extreme.</summary>
internal static class WindowTerm
{
    public static NumberTerm Compile(string function, int window) => function switch
    {
        "avg" => Of(window, static t => t.Sum / t.Count),
        "min" => Of(window, static t => t.Min),
        "max" => Of(window, static t => t.Max),
        "sum" => OfAny(window, static t => t.Sum),
        "count" => OfAny(window, static t => t.Count),
        _ => throw new UnreachableException($"{function} is no function over a window"),
    };

    private static NumberTerm Of(int window, Func<WindowTotal, double> read) => (in s, out value) =>
    {
        var total = Total(in s, window);
        value = total.Count == 0 ? 0 : read(total);
        return total.Count > 0;
    };

    private static NumberTerm OfAny(int window, Func<WindowTotal, double> read) => (in s, out value) =>
    {
        value = read(Total(in s, window));
        return true;
    };

    private static WindowTotal Total(in ConditionScope s, int window) =>
        (uint)window < (uint)s.Windows.Length && s.Windows[window] is { } found ? found.Total : WindowTotal.None;
}
