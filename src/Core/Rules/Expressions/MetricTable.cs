namespace B2D.Core.Rules.Expressions;

/// <summary>Gives every metric that a rule set reads one slot, in order of first use.</summary>
internal sealed class MetricTable
{
    /// <summary>Longest name of a metric, in characters.</summary>
    public const int MaxNameLength = 128;

    private readonly Dictionary<string, int> slots = new(StringComparer.Ordinal);
    private readonly List<string> names = [];

    /// <summary>By slot.</summary>
    public IReadOnlyList<string> Names => names;

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
