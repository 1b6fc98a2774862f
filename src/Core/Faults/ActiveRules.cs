using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>A rule set with the look-ups that evaluation needs, and what was worked out under it once. Shared by all lanes; safe for any thread.</summary>
public sealed class ActiveRules
{
    private readonly Dictionary<string, int> slots;
    private readonly Dictionary<string, int> codeSlots;
    private readonly int[] changes;
    private readonly int[][] faultsBySlot;
    private readonly int[][] duesBySlot;
    private readonly int[][] windowsBySlot;
    private readonly Dictionary<string, ImmutableArray<(int Fault, int Code)>> codes;

    public ActiveRules(RuleSet set)
    {
        Set = set;
        slots = set.Metrics.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        codeSlots = set.Codes.ToDictionary(c => c.Code, c => c.Slot, StringComparer.Ordinal);
        changes = [.. set.Metrics.Select((_, slot) => set.Changes.IndexOf(slot))];
        faultsBySlot = BySlot(set.Metrics.Length, set.Faults.Select(f => f.Lateness > TimeSpan.Zero ? [] : f.MetricSlots));
        duesBySlot = BySlot(set.Metrics.Length, set.Dues.Select(d => d.DoneByResetOfSlot < 0
            ? ImmutableArray.Create(d.CounterSlot)
            : [d.CounterSlot, d.DoneByResetOfSlot]));
        windowsBySlot = BySlot(set.Metrics.Length, set.Windows.Select(w => ImmutableArray.Create(w.Slot)));
        codes = set.Faults
            .SelectMany((f, i) => f.Codes.Select((code, c) => (code, pair: (i, c))))
            .GroupBy(p => p.code, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(p => p.pair).ToImmutableArray(), StringComparer.Ordinal);
        Blank = new BlankMemory(set);
        Programs = [.. set.Faults.Select(f => new RuleProgram(f))];
        (Matches, Plans) = (new RuleMatches(this), new ReadingPlans(this));
        AsksFleet = !set.Fleet.IsEmpty;
        Silences = [.. Enumerable.Range(0, set.Faults.Length).Where(i => set.Faults[i].Kind == FaultKind.Silence)];
        Timed = [.. Enumerable.Range(0, set.Faults.Length)
            .Where(i => set.Faults[i] is { Kind: FaultKind.Codes } or { Unseen: not null } && set.Faults[i].Lateness == TimeSpan.Zero)];
    }

    public static ActiveRules Empty { get; } = new(RuleSet.Empty);

    public RuleSet Set { get; }

    /// <summary>What a device has before anything happens to it.</summary>
    internal BlankMemory Blank { get; }

    /// <summary>The fault rules by index, laid out for being evaluated.</summary>
    internal RuleProgram[] Programs { get; }

    /// <summary>Which rules concern which kind of device, for all lanes.</summary>
    internal RuleMatches Matches { get; }

    /// <summary>What messages of each form concern, for all lanes.</summary>
    internal ReadingPlans Plans { get; }

    /// <summary>A condition asks for a fleet's median.</summary>
    public bool AsksFleet { get; }

    /// <summary>Indices of the rules of kind Silence.</summary>
    public ImmutableArray<int> Silences { get; }

    /// <summary>Indices of the rules without lateness whose state can change as device time passes without a sample of theirs.</summary>
    public ImmutableArray<int> Timed { get; }

    /// <summary>The slot of a metric, or of a code under the name that rules have for it; -1 where no rule reads it.</summary>
    public int SlotOf(string name) => slots.TryGetValue(name, out var slot) ? slot : -1;

    /// <summary>The slot of a metric that a device sends, -1 where no rule reads it. What a device calls like a code is none.</summary>
    public int SlotOfReading(string metric) => SlotOf(metric) is var slot and >= 0 && !Set.Codes.Any(c => c.Slot == slot) ? slot : -1;

    /// <summary>The slot of a code, or -1 where no condition reads it.</summary>
    public int SlotOfCode(string code) => codeSlots.TryGetValue(code, out var slot) ? slot : -1;

    /// <summary>The change slot of a metric's slot, or -1 where no condition asks whether it changed.</summary>
    public int ChangeOf(int slot) => changes[slot];

    /// <summary>Indices of the fault rules that read a slot as it comes: those without lateness.</summary>
    public ReadOnlySpan<int> FaultsOf(int slot) => faultsBySlot[slot];

    /// <summary>Indices of the due rules that read a slot.</summary>
    public ReadOnlySpan<int> DuesOf(int slot) => duesBySlot[slot];

    /// <summary>Indices of the windows over a slot.</summary>
    public ReadOnlySpan<int> WindowsOf(int slot) => windowsBySlot[slot];

    /// <summary>The fault rules that a code belongs to, with the code's index in each.</summary>
    public ImmutableArray<(int Fault, int Code)> RulesOfCode(string code) => codes.TryGetValue(code, out var found) ? found : [];

    /// <summary>The index of a fault rule, or -1 where there is none of that id.</summary>
    public int FaultOf(string rule)
    {
        for (var i = 0; i < Set.Faults.Length; i++)
        {
            if (Set.Faults[i].Id == rule)
                return i;
        }
        return -1;
    }

    /// <summary>Whether a rule concerns a device: its condition over <c>device.*</c> is true, or it has none.</summary>
    public static bool Applies(Rule rule, Device device) =>
        rule.AppliesTo is null || rule.AppliesTo.Evaluate(new ConditionScope([], device, [])) == Truth.True;

    private static int[][] BySlot(int count, IEnumerable<ImmutableArray<int>> readers)
    {
        var lists = Enumerable.Range(0, count).Select(_ => new List<int>()).ToArray();
        var index = 0;
        foreach (var read in readers)
        {
            foreach (var slot in read.Distinct())
                lists[slot].Add(index);
            index++;
        }
        return [.. lists.Select(l => l.ToArray())];
    }
}
