using B2D.Core;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Cases;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Faults;

namespace B2D.ProactiveWorker.Faults;

/// <summary>
/// Holds faults that the silence of the parent device may explain, and lets those go that it does not. It remembers nothing: what is held stands in the database.
/// </summary>
public sealed class ParentWatch(Database state, RuleBook book, CaseOpener cases, WorkerOptions options)
{
    /// <summary>How a fault is marked that is held.</summary>
    public const string Mark = "parent";

    private const int AtOnce = 500;
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1), Seldom = TimeSpan.FromSeconds(10);
    private readonly DueWatch watch = new(state);
    private ServerTime lookAt;

    /// <summary>One turn; never anything to do at once.</summary>
    public bool Pump(ServerTime now)
    {
        if (now < lookAt || !watch.Any(now, db => FaultStore.SuppressedBy(db, Mark, 0, 1).Count > 0))
            return false;
        var rules = book.Current.Set;
        var (after, looked) = (0L, 0);
        var parents = new Dictionary<string, ParentFacts?>(StringComparer.Ordinal);
        while (true)
        {
            var held = state.Read(db => FaultStore.SuppressedBy(db, Mark, after, AtOnce));
            var free = state.Read(db => Freed(db, held, rules, parents, now));
            if (free.Count > 0)
                state.Write(db => free.ForEach(f => LetGo(db, f.Fault, f.Reason, rules, now)));
            looked += held.Count;
            if (held.Count < AtOnce)
                break;
            after = held[^1].Id;
        }
        lookAt = now + (looked > AtOnce ? Seldom : Often);
        return false;
    }

    /// <summary>Those that are held no longer, and why: a rule that does not wait any more, or a device without a parent, holds nothing.</summary>
    private List<(long Fault, EscalationReason Reason)> Freed(
        Db db, IReadOnlyList<FaultRow> held, RuleSet rules, Dictionary<string, ParentFacts?> parents, ServerTime now)
    {
        var waiting = rules.Faults.Where(f => f.ExplainedByParent).Select(f => f.Id).ToHashSet(StringComparer.Ordinal);
        var parentOf = DeviceStore.FindAll(db, [.. held.Select(f => f.Device).Distinct()]).ToDictionary(d => d.Id, d => d.Parent, StringComparer.Ordinal);
        var free = new List<(long, EscalationReason)>();
        foreach (var fault in held.Where(f => f.ShelvedUntil <= now.EpochMs))
        {
            var parent = waiting.Contains(fault.Rule) ? FactsOf(parentOf.GetValueOrDefault(fault.Device) ?? "") : null;
            var (isHeld, reason) = ParentVerdict.Of(new ServerTime(fault.RaisedAt), parent, options.ParentWait, now);
            if (!isHeld)
                free.Add((fault.Id, reason == ParentReason.ParentWell ? EscalationReason.ParentIsWell : EscalationReason.NotExplained));
        }
        return free;

        ParentFacts? FactsOf(string parent)
        {
            if (!parents.TryGetValue(parent, out var facts))
                parents.Add(parent, facts = ParentWatch.FactsOf(db, parent, rules));
            return facts;
        }
    }

    /// <summary>Null where it is not registered.</summary>
    private static ParentFacts? FactsOf(Db db, string parent, RuleSet rules)
    {
        if (DeviceStore.Find(db, parent)?.ToDevice() is not { } device)
            return null;
        var (open, ended) = FaultStore.SilenceOf(db, parent);
        var live = LiveStore.Find(db, parent);
        var patience = rules.Faults.Where(f => f is { Kind: FaultKind.Silence, Shadow: false } && ActiveRules.Applies(f, device)).Select(f => f.Silent).DefaultIfEmpty().Max();
        return new ParentFacts(open, new ServerTime(ended), live is null or { Online: true } or { OnlineAt: 0 }, new ServerTime(Math.Max(live?.LastSeenAt ?? 0, live?.OnlineAt ?? 0)), patience);
    }

    private void LetGo(Db db, long id, EscalationReason reason, RuleSet rules, ServerTime now)
    {
        if (FaultStore.Find(db, id) is not { ClearedAt: 0, SuppressedBy: Mark } row || rules.Faults.FirstOrDefault(f => f.Id == row.Rule) is not { } rule)
            return;
        FaultStore.SetSuppressedBy(db, row.Device, row.Rule, row.Episode, "");
        TransitionStore.Append(db, TransitionRow.Of(row, $"escalated/{row.Device}/{row.Rule}/{row.Episode}/parent", "Escalated", now.EpochMs, reason.ToString()));
        cases.OnLetGo(db, row with { SuppressedBy = "" }, rule, reason, now);
    }
}
