namespace B2D.Core.Rules.Expressions;

/// <summary>Gives every metric that a rule set reads one slot, in order of first use, and every window over one.</summary>
internal sealed class MetricTable
{
    /// <summary>Longest name of a metric, in characters.</summary>
    public const int MaxNameLength = 128;

    private readonly Dictionary<string, int> slots = new(StringComparer.Ordinal);
    private readonly List<string> names = [];
    private readonly List<WindowShape> windows = [];

    /// <summary>By slot.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>By window slot.</summary>
    public IReadOnlyList<WindowShape> Windows => windows;

    /// <summary>The slot of a window over a metric, a new one where nothing looks through the same yet.</summary>
    public int Window(string name, TimeSpan length)
    {
        var shape = new WindowShape(Slot(name), length);
        if (windows.IndexOf(shape) is var known and >= 0)
            return known;
        windows.Add(shape);
        return windows.Count - 1;
    }

    /// <summary>The metric's slot, a new one where it has none yet.</summary>
    public int Slot(string name)
    {
        if (!slots.TryGetValue(name, out var slot))
        {
            slot = names.Count;
            slots.Add(name, slot);
            names.Add(name);
        }
        return slot;
    }
}
