using System.Collections.Immutable;
using B2D.Core.Rules;

namespace B2D.Core.Faults.Snapshots;

/// <summary>What the numbers in a snapshot mean under the rules as they are now; -1 for what is no more.</summary>
internal sealed class SnapshotNames
{
    public SnapshotNames(ActiveRules rules, string[] metrics, (string Id, ImmutableArray<string> Codes)[] faults, string[] dues, (string Metric, TimeSpan Length)[] windows)
    {
        Rules = rules;
        Slots = [.. metrics.Select(rules.SlotOf)];
        Faults = [.. Places(faults.Select(f => f.Id), rules.Set.Faults)];
        Codes = [.. faults.Select(f => f.Codes)];
        Dues = [.. Places(dues, rules.Set.Dues)];
        Windows = [.. windows.Select(w => RuleCarry.Place(rules.Set, w.Metric, w.Length))];
    }

    public ActiveRules Rules { get; }

    public int[] Slots { get; }

    public int[] Faults { get; }

    /// <summary>Codes of each fault as they were when the snapshot was written.</summary>
    public ImmutableArray<string>[] Codes { get; }

    public int[] Dues { get; }

    public int[] Windows { get; }

    private static IEnumerable<int> Places<T>(IEnumerable<string> ids, ImmutableArray<T> rules)
        where T : Rule
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < rules.Length; i++)
            places[rules[i].Id] = i;
        return ids.Select(id => places.GetValueOrDefault(id, -1));
    }
}
