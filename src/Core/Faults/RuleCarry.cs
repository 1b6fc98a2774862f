using System.Collections.Immutable;
using B2D.Core.Dues;
using B2D.Core.Remedies;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>What of one rule set's states goes on under the next; worked out once for all devices.</summary>
internal sealed partial class RuleCarry
{
    private readonly RuleSet old;
    private readonly RuleSet next;
    private readonly int[] faults;
    private readonly int[] dues;
    private readonly int[] slots;
    private readonly int[] windows;
    private readonly int[] changes;
    private readonly Lazy<int[]> nextSlots;

    public RuleCarry(ActiveRules old, ActiveRules next)
    {
        (this.old, this.next) = (old.Set, next.Set);
        faults = Continued(old.Set.Faults, next.Set.Faults, (before, after) => before.Kind == after.Kind);
        dues = Continued(old.Set.Dues, next.Set.Dues, (_, _) => true);
        slots = [.. next.Set.Metrics.Select(old.SlotOf)];
        windows = [.. next.Set.Windows.Select(w => Place(old.Set, next.Set.Metrics[w.Slot], w.Length))];
        changes = [.. next.Set.Changes.Select(c => slots[c] < 0 ? -1 : old.ChangeOf(slots[c]))];
        nextSlots = new Lazy<int[]>(() => [.. old.Set.Metrics.Select(next.SlotOf)]);
        KeepsHeld = Delaying(old.Set).SequenceEqual(Delaying(next.Set));
        EndedFaults = [.. Enumerable.Range(0, old.Set.Faults.Length).Except(faults)];
        EndedDues = [.. Enumerable.Range(0, old.Set.Dues.Length).Except(dues)];
        Renamed = [.. Renames(faults, old.Set.Faults, next.Set.Faults), .. Renames(dues, old.Set.Dues, next.Set.Dues)];
    }

    /// <summary>Indices in the old set of fault rules that nothing continues.</summary>
    public int[] EndedFaults { get; }

    /// <summary>Indices in the old set of due rules that nothing continues.</summary>
    public int[] EndedDues { get; }

    /// <summary>Rules that go on under another id.</summary>
    public (string From, string To)[] Renamed { get; }

    /// <summary>The faults' states under the next set.</summary>
    public FaultStates Faults(FaultStates states)
    {
        var moved = new FaultStates(faults.Length) { MaintainedUntil = states.MaintainedUntil };
        for (var n = 0; n < moved.Length; n++)
        {
            if (faults[n] is var i and >= 0)
                moved[n] = Codes(states[i], old.Faults[i].Codes, next.Faults[n].Codes);
        }
        return moved;
    }

    /// <summary>The remedies' states under the next set.</summary>
    public RemedyState[] Remedies(RemedyState[] states)
    {
        var moved = new RemedyState[faults.Length];
        for (var n = 0; n < moved.Length; n++)
            moved[n] = faults[n] is var i and >= 0 ? states[i] : RemedyState.None;
        return moved;
    }

    /// <summary>The dues under the next set: those that go on, and those that begin.</summary>
    public DueState[] Dues(DueState[] states, PastCycles? past)
    {
        var moved = new DueState[dues.Length];
        for (var n = 0; n < moved.Length; n++)
            moved[n] = dues[n] is var i and >= 0 ? states[i] : past?.Begin(next.Dues[n]) ?? DueState.Start;
        return moved;
    }

    /// <summary>The last values under the next set's slots; a metric is known by its name.</summary>
    public (MetricValue[] Values, DeviceTime[] At) Values(MetricValue[] values, DeviceTime[] at)
    {
        var room = slots.Length;
        while (room > 0 && !IsKnown(slots[room - 1]))
            room--;
        var moved = (Values: new MetricValue[room], At: new DeviceTime[room]);
        for (var slot = 0; slot < room; slot++)
        {
            if (slots[slot] is var from && IsKnown(from))
                (moved.Values[slot], moved.At[slot]) = (values[from], at[from]);
        }
        return moved;

        bool IsKnown(int from) => (uint)from < (uint)values.Length && values[from].Kind != ValueKind.Missing;
    }

    /// <summary>The state of a rule of codes under the new list of codes: a code is known by its name, not by its place.</summary>
    public static FaultState Codes(FaultState state, ImmutableArray<string> old, ImmutableArray<string> next)
    {
        if (state.CodeTimes.IsDefault || old.SequenceEqual(next, StringComparer.Ordinal))
            return state;
        var set = 0u;
        var times = new DeviceTime[next.Length];
        for (var i = 0; i < next.Length; i++)
        {
            if (old.IndexOf(next[i], 0, old.Length, StringComparer.Ordinal) is not (var from and >= 0))
                continue;
            times[i] = state.CodeTimes[from];
            set |= (state.CodesSet >> from & 1) << i;
        }
        return state with { CodesSet = set, CodeTimes = [.. times], RaiseBits = set == 0 ? 0 : state.RaiseBits };
    }

    /// <summary>The place of a window over a metric in a set; -1 for none.</summary>
    public static int Place(RuleSet set, string metric, TimeSpan length)
    {
        for (var i = 0; i < set.Windows.Length; i++)
        {
            if (set.Windows[i].Length == length && set.Metrics[set.Windows[i].Slot] == metric)
                return i;
        }
        return -1;
    }

    private static IEnumerable<(string From, string To)> Renames<T>(int[] places, ImmutableArray<T> old, ImmutableArray<T> next)
        where T : Rule =>
        places.Select((from, to) => from < 0 ? default : (From: old[from].Id, To: next[to].Id)).Where(r => r.From != r.To);

    private static int[] Continued<T>(ImmutableArray<T> old, ImmutableArray<T> next, Func<T, T, bool> sameShape)
        where T : Rule
    {
        var byId = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < old.Length; i++)
            byId[old[i].Id] = i;
        var ids = next.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        return [.. next.Select(rule => Match(rule))];

        int Match(T rule)
        {
            // A former name counts only where neither set still uses it otherwise: a state has one successor.
            var known = byId.TryGetValue(rule.Id, out var i)
                || (rule.Was.Length > 0 && !ids.Contains(rule.Was) && byId.TryGetValue(rule.Was, out i));
            return known && sameShape(old[i], rule) ? i : -1;
        }
    }
}
