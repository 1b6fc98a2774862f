using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>Which rules of a set concern a device as it is registered, and the values of their parameters for it. By index of the rule.</summary>
internal sealed class RuleMatch
{
    public RuleMatch(RuleSet set, Device device)
    {
        Faults = [.. set.Faults.Select(f => ActiveRules.Applies(f, device))];
        Parameters = [.. set.Faults.Select(f => ParameterTable.Resolve(f, device))];
        Dues = [.. set.Dues.Select(d => ActiveRules.Applies(d, device))];
        Windows = new bool[set.Windows.Length];
        for (var i = 0; i < Faults.Length; i++)
        {
            foreach (var window in set.Faults[i].WindowSlots)
                Windows[window] |= Faults[i];
        }
    }

    public bool[] Faults { get; }

    public MetricValue[][] Parameters { get; }

    public bool[] Dues { get; }

    /// <summary>By index of the window: a rule that concerns the device looks through it.</summary>
    public bool[] Windows { get; }
}
