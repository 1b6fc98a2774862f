using System.Collections.Immutable;
using System.Globalization;
using B2D.Core.Rules;

namespace B2D.Core.Outages;

/// <summary>
/// Finds outages: (state, event, rules, topology, now) to (state, effects). An outage lies on the smallest segment that explains its faults:
/// enough devices and a large enough share of the segment, begun within the rule's window.
/// </summary>
public static class Correlator
{
    /// <summary>In a fleet of a handful, one device is more than the guard's share and says nothing about B2D.</summary>
    private const int MinimumFleet = 20;

    /// <summary>Devices that went silent within so long went silent at once; those that are off for the winter did not.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromMinutes(15);

    /// <param name="guardShare">Share of the fleet that may go silent at once before it is B2D's own trouble, 0 to 1; design.md §3.6 says 0.3.</param>
    public static (CorrelatorState State, ImmutableArray<CorrelatorEffect> Effects) Step(
        CorrelatorState state, CorrelatorEvent happened, ImmutableArray<OutageRule> rules, Topology topology, double guardShare, ServerTime now)
    {
        var effects = ImmutableArray.CreateBuilder<CorrelatorEffect>();
        var next = happened switch
        {
            CorrelatorEvent.Raised e => OnRaised(state, e, rules, topology, guardShare, now, effects),
            CorrelatorEvent.Cleared e => OnCleared(state, e, rules, topology, guardShare, now, effects),
            CorrelatorEvent.GatewayWasDown e => OnGatewayBack(state, e, now),
            CorrelatorEvent.Tick => OnTick(state, rules, now, effects),
            CorrelatorEvent.Override e => OnOverride(state, e, rules, now, effects),
            _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "an event this machine does not know"),
        };
        return (next, effects.ToImmutable());
    }

    /// <summary>When the correlator wants its next tick; zero for never. An instant that has passed means at once: after such a tick it is later or
    /// zero.</summary>
    public static ServerTime WakeAt(CorrelatorState state, ImmutableArray<OutageRule> rules)
    {
        var next = long.MaxValue;
        foreach (var fault in state.Faults.Values.Where(f => !f.Verdict))
            next = Math.Min(next, fault.VerdictBy);
        foreach (var outage in state.Outages)
        {
            // Without its rule nothing but a tick ends it.
            if (RuleOf(rules, outage) is not { } rule)
                next = Math.Min(next, outage.BeganAt);
            else if (outage.QuietSince > 0)
                next = Math.Min(next, outage.QuietSince + Ms(rule.ResolvedAfter));
            else if (outage.Phase == OutagePhase.Held)
                next = Math.Min(next, outage.BeganAt + Ms(rule.HoldBack));
        }
        return next == long.MaxValue ? ServerTime.Zero : new ServerTime(next);
    }

    /// <summary>The text form of an outage's reference that customers see.</summary>
    public static string Reference(long outageId) => string.Create(CultureInfo.InvariantCulture, $"O-{outageId}");

    private static long Ms(TimeSpan span) => (long)span.TotalMilliseconds;

    private static string Key(string device, string rule) => $"{device}/{rule}";

    private static OutageRule? RuleOf(ImmutableArray<OutageRule> rules, OpenOutage outage) => rules.FirstOrDefault(r => r.Id == outage.Rule);

    private static bool MostAreWell(OpenOutage outage, OutageRule rule) => SegmentSearch.Reaches(outage.Recovered, rule.MonitoringAt, outage.Devices.Count);

    private static CorrelatorState OnRaised(CorrelatorState state, CorrelatorEvent.Raised e, ImmutableArray<OutageRule> rules, Topology topology,
        double guardShare, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var concerned = rules.Where(r => r.Of.Contains(e.Rule)).ToArray();
        var wait = concerned.Length == 0 ? 0 : concerned.Max(r => Ms(r.Within) + Ms(r.HoldBack));
        var fault = new OpenFault(e.Device, e.Rule, e.Episode, e.Segment, e.Customer, now.EpochMs, now.EpochMs + wait, false);
        state = state with { Faults = state.Faults.SetItem(Key(e.Device, e.Rule), fault) };
        state = Guard(state, topology, guardShare, now, effects);
        foreach (var rule in concerned)
        {
            if (Join(state, rule, fault, topology, now, effects) is { } joined)
                state = joined;
            // Also what joins may tip the scales: of the segment above.
            state = Open(state, rule, fault, topology, now, effects);
        }
        return state;
    }

    /// <summary>A fault below an outage that lasts belongs to it.</summary>
    private static CorrelatorState? Join(
        CorrelatorState state, OutageRule rule, OpenFault fault, Topology topology, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var found = OutageOver(state, rule, fault.Segment);
        if (found is null)
            return null;
        var joined = Worse(state, found.With(fault.Device, isWell: false), found, rule, topology, now);
        var relapsed = joined.Phase != found.Phase;
        if (relapsed)
            joined = joined with { Revision = joined.Revision + 1 };
        effects.Add(new CorrelatorEffect.Joined(joined, fault));
        if (relapsed)
            effects.Add(new CorrelatorEffect.Relapsed(joined));
        return Attached(state with { Outages = state.Outages.Replace(found, joined) }, [fault]);
    }

    /// <summary>True while what is down in it is no outage: most are well and no part of it is one still, or it had passed before anybody was told and fewer are down than
    /// open one.</summary>
    private static bool StaysQuiet(CorrelatorState state, OpenOutage outage, OutageRule rule, Topology topology)
    {
        var isFew = outage.Devices.Count - outage.Recovered < rule.Devices;
        return MostAreWell(outage, rule) ? isFew || !SegmentSearch.IsOut(DownIn(state, outage, rule), outage.Segment, rule, topology) : outage.Phase == OutagePhase.Held && isFew;
    }

    /// <summary>Where each of its devices is that is down.</summary>
    private static IEnumerable<string> DownIn(CorrelatorState state, OpenOutage outage, OutageRule rule) => state.Faults.Values
        .Where(f => rule.Of.Contains(f.Rule) && outage.Devices.TryGetValue(f.Device, out var well) && !well).DistinctBy(f => f.Device).Select(f => f.Segment);

    /// <summary>After more of its devices went down: while it stays quiet its quiet time starts again, otherwise it is not only being watched any
    /// more.</summary>
    private static OpenOutage Worse(CorrelatorState state, OpenOutage outage, OpenOutage before, OutageRule rule, Topology topology, ServerTime now) =>
        before.QuietSince > 0 && StaysQuiet(state, outage, rule, topology) ? outage with { QuietSince = now.EpochMs }
        : outage with { QuietSince = 0, Phase = outage.Phase == OutagePhase.Monitoring ? OutagePhase.Investigating : outage.Phase };

    private static CorrelatorState Open(
        CorrelatorState state, OutageRule rule, OpenFault newest, Topology topology, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var since = now.EpochMs - Ms(rule.Within);
        // What lies in another tree has no segment in common with it.
        var tree = SegmentSearch.Root(newest.Segment);
        var known = state.Faults.Values
            .Where(f => SegmentSearch.IsIn(f.Segment, tree) && rule.Of.Contains(f.Rule) && (IsRecent(f) || !f.Verdict || IsCovered(state, rule, f))).ToArray();
        var over = OutageOver(state, rule, newest.Segment);
        if (over is not null && known.All(f => SegmentSearch.IsIn(f.Segment, over.Segment)))
            return state;
        var down = known.Where(f => IsRecent(f) || IsCovered(state, rule, f)).DistinctBy(f => f.Device).Select(f => (f.Segment, IsCovered(state, rule, f)))
            .ToArray();
        if (SegmentSearch.Smallest(down, newest.Segment, rule, topology) is not { } found || OutageOver(state, rule, found) is not null)
            return state;
        // What still waits for a verdict below it has got one, though its own window may be over.
        var faults = known.Where(f => SegmentSearch.IsIn(f.Segment, found)).OrderBy(f => f.At).ThenBy(f => f.Device, StringComparer.Ordinal).ToImmutableArray();
        var inside = state.Outages.Where(o => o.Rule == rule.Id && SegmentSearch.IsIn(o.Segment, found)).ToArray();
        return inside.Length > 0
            ? Grow(state, rule, inside, found, faults, topology, now, effects)
            : Begin(state, rule, newest, found, faults, now, effects);

        bool IsRecent(OpenFault fault) => fault.At + fault.Unseen >= since;
    }

    private static OpenOutage? OutageOver(CorrelatorState state, OutageRule rule, string segment) =>
        state.Outages.FirstOrDefault(o => o.Rule == rule.Id && SegmentSearch.IsIn(segment, o.Segment));

    private static bool IsCovered(CorrelatorState state, OutageRule rule, OpenFault fault) =>
        state.Outages.Any(o => o.Rule == rule.Id && o.Devices.ContainsKey(fault.Device));

    /// <summary>Named by the fault that tipped the scales: one fault begins one outage of a rule at most, while an older one may have been part of an outage
    /// that is over.</summary>
    private static CorrelatorState Begin(
        CorrelatorState state, OutageRule rule, OpenFault newest, string segment, ImmutableArray<OpenFault> faults, ServerTime now,
        ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var outage = new OpenOutage(rule.Id, segment, newest.Episode, OutagePhase.Held, 1, now.EpochMs, 0, 0, DevicesOf(faults));
        effects.Add(new CorrelatorEffect.Opened(outage, faults, state.GuardSince > 0));
        return Attached(state with { Outages = state.Outages.Add(outage) }, faults);
    }

    private static ImmutableSortedDictionary<string, bool> DevicesOf(ImmutableArray<OpenFault> faults) => ImmutableSortedDictionary
        .Create<string, bool>(StringComparer.Ordinal).SetItems(faults.Select(f => KeyValuePair.Create(f.Device, false)));

    /// <summary>One of the outages inside goes on as the larger one, the first that customers know of; the others become part of it.</summary>
    private static CorrelatorState Grow(
        CorrelatorState state, OutageRule rule, OpenOutage[] inside, string segment, ImmutableArray<OpenFault> faults, Topology topology, ServerTime now,
        ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var first = inside.OrderBy(o => o.ToldAt == 0).ThenBy(o => o.BeganAt).ThenBy(o => o.Segment, StringComparer.Ordinal).First();
        var devices = inside.Aggregate(first.Devices, (all, o) => all.SetItems(o.Devices)).SetItems(DevicesOf(faults));
        var grown = Worse(state, first with { Segment = segment, Revision = first.Revision + 1, Devices = devices }, first, rule, topology, now);
        var added = faults.Where(f => !first.Devices.ContainsKey(f.Device)).ToImmutableArray();
        effects.Add(new CorrelatorEffect.Grew(grown, first.Segment, added));
        if (grown.Phase != first.Phase)
            effects.Add(new CorrelatorEffect.Relapsed(grown));
        foreach (var swallowed in inside.Where(o => o != first))
            effects.Add(new CorrelatorEffect.Resolved(swallowed with { Phase = OutagePhase.Resolved }, false) { Into = grown.Episode });
        return Attached(state with { Outages = state.Outages.RemoveAll(inside.Contains).Add(grown) }, faults);
    }

    private static CorrelatorState Attached(CorrelatorState state, ImmutableArray<OpenFault> faults) =>
        state with { Faults = state.Faults.SetItems(faults.Select(f => KeyValuePair.Create(Key(f.Device, f.Rule), f with { Verdict = true }))) };

    private static CorrelatorState OnCleared(CorrelatorState state, CorrelatorEvent.Cleared e, ImmutableArray<OutageRule> rules, Topology topology,
        double guardShare, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        if (KeyOf(state, e) is not { } key)
            return state;
        state = Guard(state with { Faults = state.Faults.Remove(key) }, topology, guardShare, now, effects);
        foreach (var outage in state.Outages.Where(o => o.Devices.TryGetValue(e.Device, out var well) && !well))
        {
            if (RuleOf(rules, outage) is not { } rule || rule.Of.Any(r => state.Faults.ContainsKey(Key(e.Device, r))))
                continue;
            var better = e.TakenAway ? outage.Without(e.Device) : outage.With(e.Device, isWell: true);
            effects.Add(e.TakenAway ? new CorrelatorEffect.TakenOut(better, e.Device) : new CorrelatorEffect.Recovered(better, e.Device));
            if (better.Devices.IsEmpty)
            {
                state = Resolve(state with { Outages = state.Outages.Replace(outage, better) }, better, rules, now, effects);
                continue;
            }
            if (better.QuietSince == 0 && StaysQuiet(state, better, rule, topology))
            {
                better = better with { QuietSince = now.EpochMs };
                if (better.Phase is OutagePhase.Investigating or OutagePhase.Identified)
                {
                    better = better with { Phase = OutagePhase.Monitoring };
                    effects.Add(new CorrelatorEffect.Watching(better));
                }
            }
            state = state with { Outages = state.Outages.Replace(outage, better) };
        }
        return state;
    }

    /// <summary>Where the fault that ended stands; its rule may have been renamed since it began.</summary>
    private static string? KeyOf(CorrelatorState state, CorrelatorEvent.Cleared e)
    {
        if (state.Faults.TryGetValue(Key(e.Device, e.Rule), out var fault) && fault.Episode == e.Episode)
            return Key(e.Device, e.Rule);
        var renamed = state.Faults.Values.FirstOrDefault(f => f.Device == e.Device && f.Episode == e.Episode);
        return renamed is null ? null : Key(renamed.Device, renamed.Rule);
    }

    /// <summary>What went down before the gateway did and what was missed after it came back may have gone down together.</summary>
    private static CorrelatorState OnGatewayBack(CorrelatorState state, CorrelatorEvent.GatewayWasDown e, ServerTime now)
    {
        var over = state.Faults.Where(f => f.Value.At < now.EpochMs)
            .Select(f => KeyValuePair.Create(f.Key, Later(f.Value, now.EpochMs - Math.Max(e.From.EpochMs, f.Value.At))));
        return state with { Faults = state.Faults.SetItems(over) };

        static OpenFault Later(OpenFault fault, long gap) => gap <= 0 ? fault
            : fault with { Unseen = fault.Unseen + gap, VerdictBy = fault.Verdict ? fault.VerdictBy : fault.VerdictBy + gap };
    }

    private static CorrelatorState OnTick(
        CorrelatorState state, ImmutableArray<OutageRule> rules, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        foreach (var outage in state.Outages)
        {
            state = RuleOf(rules, outage) is { } rule
                ? TickOutage(state, outage, rule, rules, now, effects)
                : Resolve(state, outage, rules, now, effects);
        }
        foreach (var fault in state.Faults.Values.Where(f => !f.Verdict && f.VerdictBy <= now.EpochMs))
        {
            effects.Add(new CorrelatorEffect.NotExplained(fault));
            state = Attached(state, [fault]);
        }
        return state;
    }

    private static CorrelatorState TickOutage(CorrelatorState state, OpenOutage outage, OutageRule rule, ImmutableArray<OutageRule> rules, ServerTime now,
        ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        if (outage.QuietSince > 0)
            return now.EpochMs >= outage.QuietSince + Ms(rule.ResolvedAfter) ? Resolve(state, outage, rules, now, effects) : state;
        return outage.Phase == OutagePhase.Held && now.EpochMs >= outage.BeganAt + Ms(rule.HoldBack)
            ? Tell(state, outage, outage with { Phase = OutagePhase.Investigating }, now, effects)
            : state;
    }

    private static CorrelatorState Tell(
        CorrelatorState state, OpenOutage before, OpenOutage outage, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var told = outage with { ToldAt = now.EpochMs };
        effects.Add(new CorrelatorEffect.Told(told, state.GuardSince > 0));
        return state with { Outages = state.Outages.Replace(before, told) };
    }

    /// <summary>Ends an outage. What is still broken then is judged by itself, from now on.</summary>
    private static CorrelatorState Resolve(
        CorrelatorState state, OpenOutage outage, ImmutableArray<OutageRule> rules, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        effects.Add(new CorrelatorEffect.Resolved(outage with { Phase = OutagePhase.Resolved }, outage.ToldAt > 0));
        var rest = state with { Outages = state.Outages.Remove(outage) };
        var left = state.Faults.Values.Where(f => Explains(outage, f, rules) && !rest.Outages.Any(o => Explains(o, f, rules)));
        return rest with { Faults = rest.Faults.SetItems(
            left.Select(f => KeyValuePair.Create(Key(f.Device, f.Rule), f with { Verdict = false, VerdictBy = now.EpochMs }))) };
    }

    private static bool Explains(OpenOutage outage, OpenFault fault, ImmutableArray<OutageRule> rules) =>
        outage.Devices.TryGetValue(fault.Device, out var well) && !well && (RuleOf(rules, outage) is not { } rule || rule.Of.Contains(fault.Rule));

    /// <summary>
    /// A person moved an outage on. Away from Held means that its customers are told now; back from Monitoring, that it is not over before
    /// more devices recover or the person says so. Nothing goes back to Held.
    /// </summary>
    private static CorrelatorState OnOverride(CorrelatorState state, CorrelatorEvent.Override e, ImmutableArray<OutageRule> rules, ServerTime now,
        ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var outage = state.Outages.FirstOrDefault(o => o.Episode == e.Episode);
        if (outage is null || outage.Phase == e.To || e.To == OutagePhase.Held)
            return state;
        var moved = outage with { Phase = e.To, Revision = outage.Revision + 1 };
        if (e.To == OutagePhase.Resolved)
            return Resolve(state with { Outages = state.Outages.Replace(outage, moved) }, moved, rules, now, effects);
        if (e.To != OutagePhase.Monitoring)
            moved = moved with { QuietSince = 0 };
        return outage.Phase == OutagePhase.Held
            ? Tell(state, outage, moved, now, effects)
            : state with { Outages = state.Outages.Replace(outage, moved) };
    }

    private static CorrelatorState Guard(
        CorrelatorState state, Topology topology, double guardShare, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        // No more devices are silent than there are faults: nothing to count in nearly every step.
        if (state.GuardSince == 0 && !SegmentSearch.Exceeds(state.Faults.Count, guardShare, topology.Total))
            return state;
        var since = (state.GuardSince > 0 ? state.GuardSince : now.EpochMs) - Ms(AtOnce);
        var silent = state.Faults.Values.Where(f => f.At >= since).Select(f => f.Device).Distinct(StringComparer.Ordinal).Count();
        var over = topology.Total >= MinimumFleet && SegmentSearch.Exceeds(silent, guardShare, topology.Total);
        if (over && state.GuardSince == 0)
        {
            effects.Add(new CorrelatorEffect.FleetSilent(now.EpochMs, silent, topology.Total));
            return state with { GuardSince = now.EpochMs };
        }
        if (over || state.GuardSince == 0)
            return state;
        effects.Add(new CorrelatorEffect.FleetBack(state.GuardSince));
        return state with { GuardSince = 0 };
    }
}
