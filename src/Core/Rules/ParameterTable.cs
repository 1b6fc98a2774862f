using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Core.Rules;

/// <summary>The values of a rule's <c>params.*</c> for one device.</summary>
public static class ParameterTable
{
    /// <summary>
    /// By parameter slot of the rule: the device's override <c>rule-id.name</c> where it has one of the default's kind, else the default.
    /// An override of another kind is passed over, because the condition was checked against the default's kind.
    /// </summary>
    public static MetricValue[] Resolve(Rule rule, Device device)
    {
        if (rule.Params.IsEmpty)
            return [];
        var values = new MetricValue[rule.Params.Length];
        for (var slot = 0; slot < values.Length; slot++)
        {
            var (name, fallback) = rule.Params[slot];
            values[slot] = device.Params.TryGetValue($"{rule.Id}.{name}", out var own) && own.Kind == fallback.Kind ? own : fallback;
        }
        return values;
    }
}
