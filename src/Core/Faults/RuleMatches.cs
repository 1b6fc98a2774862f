using B2D.Core.Devices;

namespace B2D.Core.Faults;

/// <summary>Matches under one set of rules: a fleet has few kinds of devices, so most of a million share one of a handful. Safe for any thread.</summary>
internal sealed class RuleMatches(ActiveRules rules)
{
    /// <summary>Most kinds of devices that share; one more kind costs each of its devices a match of its own.</summary>
    private const int MaxShared = 64;

    private readonly List<RuleMatch> shared = [];
    private readonly bool[] faults = new bool[rules.Set.Faults.Length];
    private readonly bool[] dues = new bool[rules.Set.Dues.Length];

    public ActiveRules Rules => rules;

    /// <summary>The match of a device as it is registered.</summary>
    public RuleMatch Of(Device device)
    {
        // Overridden parameters are one device's own.
        if (!device.Params.IsEmpty)
            return new RuleMatch(rules, device);
        lock (shared)
            return Shared(device);
    }

    private RuleMatch Shared(Device device)
    {
        for (var i = 0; i < faults.Length; i++)
            faults[i] = ActiveRules.Applies(rules.Set.Faults[i], device);
        for (var i = 0; i < dues.Length; i++)
            dues[i] = ActiveRules.Applies(rules.Set.Dues[i], device);
        foreach (var match in shared)
        {
            if (match.Suits(faults, dues))
                return match;
        }
        var made = new RuleMatch(rules, device);
        if (shared.Count < MaxShared)
            shared.Add(made);
        return made;
    }
}
