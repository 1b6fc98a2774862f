using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>Which rules of a set concern a device as it is registered, and the values of their parameters for it. By index of the rule.</summary>
internal sealed class RuleMatch(RuleSet set, Device device)
{
    public bool[] Faults { get; } = [.. set.Faults.Select(f => ActiveRules.Applies(f, device))];

    public MetricValue[][] Parameters { get; } = [.. set.Faults.Select(f => ParameterTable.Resolve(f, device))];

    public bool[] Dues { get; } = [.. set.Dues.Select(d => ActiveRules.Applies(d, device))];
}
