using System.Collections.Immutable;
using B2D.Core.Dues;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>What of one rule set's states goes on under the next.</summary>
internal static class RuleCarry
{
    /// <summary>For each fault rule of the next set, the index of the rule it continues in the old set; -1 for none.</summary>
    public static int[] Faults(RuleSet old, RuleSet next) =>
        Continued(old.Faults, next.Faults, (before, after) => before.Kind == after.Kind);

    /// <summary>The dues under the next set: those that go on, and those that begin.</summary>
    public static DueState[] Dues(RuleSet old, RuleSet next, DueState[] states, PastCycles past)
    {
        var kept = Continued(old.Dues, next.Dues, (_, _) => true);
        for (var i = 0; i < states.Length; i++)
        {
            if (!kept.Contains(i))
                past.End(old.Dues[i], states[i]);
        }
        return [.. kept.Select((i, n) => i >= 0 ? states[i] : past.Begin(next.Dues[n]))];
    }

    /// <summary>Rules that go on under another id.</summary>
    public static IEnumerable<(string From, string To)> Renamed(RuleSet old, RuleSet next)
    {
        var faults = Faults(old, next).Select((from, to) => from < 0 ? default : (From: old.Faults[from].Id, To: next.Faults[to].Id));
        var dues = Continued(old.Dues, next.Dues, (_, _) => true).Select((from, to) => from < 0 ? default : (From: old.Dues[from].Id, To: next.Dues[to].Id));
        return faults.Concat(dues).Where(r => r.From != r.To);
    }

    /// <summary>The last values under the next set's slots; a metric is known by its name.</summary>
    public static (MetricValue[] Values, DeviceTime[] At) Values(ActiveRules old, ActiveRules next, MetricValue[] values, DeviceTime[] at)
    {
        var moved = (Values: new MetricValue[next.Set.Metrics.Length], At: new DeviceTime[next.Set.Metrics.Length]);
        for (var slot = 0; slot < moved.Values.Length; slot++)
        {
            if (old.SlotOf(next.Set.Metrics[slot]) is var from and >= 0)
                (moved.Values[slot], moved.At[slot]) = (values[from], at[from]);
        }
        return moved;
    }

    /// <summary>The windows under the next set's slots: one over the same metric and of the same length goes on, every other begins empty.</summary>
    public static MetricWindow?[] Windows(RuleSet old, RuleSet next, MetricWindow?[] windows, RuleMatch match)
    {
        var moved = new MetricWindow?[next.Windows.Length];
        for (var i = 0; i < windows.Length; i++)
        {
            var shape = old.Windows[i];
            for (var n = 0; n < moved.Length; n++)
            {
                if (match.Windows[n] && next.Windows[n].Length == shape.Length && next.Metrics[next.Windows[n].Slot] == old.Metrics[shape.Slot])
                    moved[n] = windows[i];
            }
        }
        return moved;
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
