using B2D.Core.Rules;

namespace B2D.Core.Faults;

/// <summary>What the rules with lateness that concern a device are about. Immutable, and shared by devices that are alike.</summary>
internal sealed class Delays
{
    private Delays(RuleSet set, int[] rules)
    {
        Rules = rules;
        Lateness = rules.Max(i => set.Faults[i].Lateness);
        Slots = new bool[rules.SelectMany(i => set.Faults[i].MetricSlots).DefaultIfEmpty(-1).Max() + 1];
        Windows = new bool[set.Windows.Length];
        foreach (var slot in rules.SelectMany(i => set.Faults[i].MetricSlots))
            Slots[slot] = true;
        foreach (var window in rules.SelectMany(i => set.Faults[i].WindowSlots))
            Windows[window] = true;
        CountsTime = rules.Any(i => set.Faults[i].Unseen is not null);
        HasRemedies = rules.Any(i => set.Faults[i].Remedy is not null);
    }

    /// <summary>Indices of the rules, rising.</summary>
    public int[] Rules { get; }

    /// <summary>The longest of theirs, which counts for all of them.</summary>
    public TimeSpan Lateness { get; }

    /// <summary>By metric slot, up to the last that one of them reads: one of them reads it.</summary>
    public bool[] Slots { get; }

    /// <summary>By window slot: one of them looks through it.</summary>
    public bool[] Windows { get; }

    /// <summary>To one of them also messages mean something that bring nothing of what it reads.</summary>
    public bool CountsTime { get; }

    /// <summary>One of them has a remedy.</summary>
    public bool HasRemedies { get; }

    /// <summary>Those of a device.</summary>
    /// <param name="set">The rules.</param>
    /// <param name="concerns">By index of the rule: it concerns the device.</param>
    /// <returns>Null where none of them has lateness.</returns>
    public static Delays? Of(RuleSet set, bool[] concerns)
    {
        int[] rules = [.. Enumerable.Range(0, set.Faults.Length).Where(i => concerns[i] && set.Faults[i].Lateness > TimeSpan.Zero)];
        return rules.Length == 0 ? null : new Delays(set, rules);
    }

    /// <summary>One of them reads the slot; -1 is none.</summary>
    public bool Reads(int slot) => (uint)slot < (uint)Slots.Length && Slots[slot];
}
