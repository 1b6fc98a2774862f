using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>Which rules of a set concern a device as it is registered, and the values of their parameters for it. By index of the rule. Immutable, and
/// shared by devices that are alike.</summary>
internal sealed class RuleMatch
{
    public RuleMatch(ActiveRules rules, Device device)
    {
        var set = rules.Set;
        Rules = rules;
        Faults = [.. set.Faults.Select(f => ActiveRules.Applies(f, device))];
        Parameters = [.. set.Faults.Select(f => ParameterTable.Resolve(f, device))];
        Dues = [.. set.Dues.Select(d => ActiveRules.Applies(d, device))];
        Windows = new bool[set.Windows.Length];
        for (var i = 0; i < Faults.Length; i++)
        {
            foreach (var window in set.Faults[i].WindowSlots)
                Windows[window] |= Faults[i] && set.Faults[i].Lateness == TimeSpan.Zero;
        }
        Delays = Delays.Of(set, Faults);
        IsBackDated = set.Faults.Where((f, i) => Faults[i] && f.Lateness == TimeSpan.Zero && BackDatedPass.Judges(f)).Any();
        Silences = [.. rules.Silences.Where(i => Faults[i])];
        SoonestSilence = Silences.Length == 0 ? null : Silences.Min(i => set.Faults[i].Silent);
    }

    public ActiveRules Rules { get; }

    public bool[] Faults { get; }

    public MetricValue[][] Parameters { get; }

    public bool[] Dues { get; }

    /// <summary>What of them looks at messages later than they come; null where none does.</summary>
    public Delays? Delays { get; }

    /// <summary>By index of the window: a rule without lateness that concerns the device looks through it.</summary>
    public bool[] Windows { get; }

    /// <summary>A back-dated pass may find something in what comes late for rules without lateness.</summary>
    public bool IsBackDated { get; }

    /// <summary>Indices of the rules of kind Silence that concern the device.</summary>
    public int[] Silences { get; }

    /// <summary>The shortest silence that raises anything; null where none does.</summary>
    public TimeSpan? SoonestSilence { get; }

    /// <summary>The same rules concern both, and neither has parameters of its own.</summary>
    public bool Suits(ReadOnlySpan<bool> faults, ReadOnlySpan<bool> dues) => Faults.AsSpan().SequenceEqual(faults) && Dues.AsSpan().SequenceEqual(dues);
}
