using System.Collections.Immutable;
using System.Globalization;
using B2D.Core.Devices;
using B2D.Core.Rules;

namespace B2D.Core.Outages;

/// <summary>Where an outage stands.</summary>
public enum OutagePhase : byte { Held = 1, Investigating = 2, Identified = 3, Monitoring = 4, Resolved = 5 }

/// <summary>A fault of a kind that an outage can explain.</summary>
/// <param name="Verdict">Nobody waits any more for an outage to explain it: it was attached, or it was let go.</param>
public sealed record OpenFault(string Device, string Rule, string Episode, string Segment, string Customer, long At, long VerdictBy, bool Verdict);

/// <summary>One outage while it lasts.</summary>
public sealed record OpenOutage(string Rule, string Segment, string Episode, OutagePhase Phase, int Revision, long BeganAt, long ToldAt, long QuietSince,
    ImmutableSortedDictionary<string, bool> Devices)
{
    /// <summary>How many of its devices are well again.</summary>
    public int Recovered => Devices.Count(d => d.Value);
}

/// <summary>Everything one correlator remembers; it can be stored and read back.</summary>
/// <param name="Faults">By device and rule.</param>
/// <param name="Outages">Not yet resolved.</param>
/// <param name="GuardSince">Since when too much of the fleet is silent at once; 0 for not.</param>
public sealed record CorrelatorState(ImmutableSortedDictionary<string, OpenFault> Faults, ImmutableList<OpenOutage> Outages, long GuardSince)
{
    public static readonly CorrelatorState Empty =
        new(ImmutableSortedDictionary.Create<string, OpenFault>(StringComparer.Ordinal), [], 0);
}

/// <summary>What the correlator hears.</summary>
public abstract record CorrelatorEvent
{
    private CorrelatorEvent() { }

    /// <summary>A fault began.</summary>
    public sealed record Raised(string Device, string Rule, string Episode, string Segment, string Customer) : CorrelatorEvent;

    /// <summary>A fault ended.</summary>
    public sealed record Cleared(string Device, string Rule, string Episode) : CorrelatorEvent;

    /// <summary>The server's clock.</summary>
    public sealed record Tick : CorrelatorEvent;

    /// <summary>A person moved an outage on.</summary>
    public sealed record Override(string Episode, OutagePhase To) : CorrelatorEvent;
}

/// <summary>What the correlator asks for.</summary>
public abstract record CorrelatorEffect
{
    private CorrelatorEffect() { }

    /// <summary>An outage began; nobody is told yet.</summary>
    public sealed record Opened(OpenOutage Outage, ImmutableArray<OpenFault> Faults, bool Guarded) : CorrelatorEffect;

    /// <summary>It grew into a larger segment: the same outage, one revision on.</summary>
    public sealed record Grew(OpenOutage Outage, string From, ImmutableArray<OpenFault> Added) : CorrelatorEffect;

    /// <summary>More devices of the same segment.</summary>
    public sealed record Joined(OpenOutage Outage, OpenFault Fault) : CorrelatorEffect;

    /// <summary>One of its devices is well again.</summary>
    public sealed record Recovered(OpenOutage Outage, string Device) : CorrelatorEffect;

    /// <summary>It did not pass by itself: the customers are told.</summary>
    public sealed record Told(OpenOutage Outage, bool Guarded) : CorrelatorEffect;

    /// <summary>Most are well again; it is watched.</summary>
    public sealed record Watching(OpenOutage Outage) : CorrelatorEffect;

    /// <summary>It came back while it was watched.</summary>
    public sealed record Relapsed(OpenOutage Outage) : CorrelatorEffect;

    /// <summary>Over. <paramref name="ToldBefore"/> false: it passed before anybody was told.</summary>
    public sealed record Resolved(OpenOutage Outage, bool ToldBefore) : CorrelatorEffect;

    /// <summary>No outage explains this fault: its own rule decides what comes of it.</summary>
    public sealed record NotExplained(OpenFault Fault) : CorrelatorEffect;

    /// <summary>Too much of the fleet went silent at once: this is B2D's own trouble until a person says otherwise.</summary>
    public sealed record FleetSilent(long Since, int Silent, int Fleet) : CorrelatorEffect;

    /// <summary>The fleet is back.</summary>
    public sealed record FleetBack(long Since) : CorrelatorEffect;
}

/// <summary>How many devices hang below each segment, and how many there are at all.</summary>
/// <param name="BySegment">Every segment and every one above it.</param>
/// <param name="Total">All devices.</param>
public sealed record Topology(IReadOnlyDictionary<string, int> BySegment, int Total)
{
    /// <summary>Counts devices at their segment and at each one above.</summary>
    public static Topology Of(IEnumerable<string> segments)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var total = 0;
        foreach (var path in segments)
        {
            total++;
            foreach (var segment in Segment.Parse(path).SelfAndAncestors())
                counts[segment.Path] = counts.GetValueOrDefault(segment.Path) + 1;
        }
        return new Topology(counts, total);
    }
}

/// <summary>
/// Finds outages: (state, event, rules, topology, now) to (state, effects). An outage lies on the smallest segment that explains its faults:
/// enough devices and a large enough share of the segment, begun within the rule's window.
/// </summary>
public static class Correlator
{
    /// <param name="guardShare">Share of the fleet that may be silent before it is B2D's own trouble, 0 to 1; design.md §3.6 says 0.3.</param>
    public static (CorrelatorState State, ImmutableArray<CorrelatorEffect> Effects) Step(
        CorrelatorState state, CorrelatorEvent happened, ImmutableArray<OutageRule> rules, Topology topology, double guardShare, ServerTime now)
    {
        var effects = ImmutableArray.CreateBuilder<CorrelatorEffect>();
        var next = happened switch
        {
            CorrelatorEvent.Raised e => OnRaised(state, e, rules, topology, guardShare, now, effects),
            CorrelatorEvent.Cleared e => OnCleared(state, e, rules, topology, guardShare, now, effects),
            CorrelatorEvent.Tick => OnTick(state, rules, now, effects),
            CorrelatorEvent.Override e => OnOverride(state, e, effects),
            _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "an event this machine does not know"),
        };
        return (next, effects.ToImmutable());
    }

    /// <summary>When the correlator wants its next tick; zero for never.</summary>
    public static ServerTime WakeAt(CorrelatorState state, ImmutableArray<OutageRule> rules)
    {
        var next = long.MaxValue;
        foreach (var fault in state.Faults.Values.Where(f => !f.Verdict))
            next = Math.Min(next, fault.VerdictBy);
        foreach (var outage in state.Outages)
        {
            if (RuleOf(rules, outage) is not { } rule)
                continue;
            if (outage.Phase == OutagePhase.Held)
                next = Math.Min(next, outage.BeganAt + Ms(rule.HoldBack));
            if (outage.QuietSince > 0)
                next = Math.Min(next, outage.QuietSince + Ms(rule.ResolvedAfter));
        }
        return next == long.MaxValue ? ServerTime.Zero : new ServerTime(next);
    }

    private static long Ms(TimeSpan span) => (long)span.TotalMilliseconds;

    private static string Key(string device, string rule) => $"{device}/{rule}";

    private static OutageRule? RuleOf(ImmutableArray<OutageRule> rules, OpenOutage outage) => rules.FirstOrDefault(r => r.Id == outage.Rule);

    private static CorrelatorState OnRaised(CorrelatorState state, CorrelatorEvent.Raised e, ImmutableArray<OutageRule> rules, Topology topology,
        double guardShare, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var concerned = rules.Where(r => r.Of.Contains(e.Rule)).ToArray();
        var wait = concerned.Length == 0 ? 0 : concerned.Max(r => Ms(r.Within) + Ms(r.HoldBack));
        var fault = new OpenFault(e.Device, e.Rule, e.Episode, e.Segment, e.Customer, now.EpochMs, now.EpochMs + wait, false);
        state = state with { Faults = state.Faults.SetItem(Key(e.Device, e.Rule), fault) };
        state = Guard(state, topology, guardShare, now, effects);
        foreach (var rule in concerned)
            state = Join(state, rule, fault, effects) ?? Open(state, rule, fault, topology, now, effects);
        return state;
    }

    /// <summary>A fault below an outage that lasts belongs to it.</summary>
    private static CorrelatorState? Join(CorrelatorState state, OutageRule rule, OpenFault fault, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var here = Segment.Parse(fault.Segment);
        var found = state.Outages.FirstOrDefault(o => o.Rule == rule.Id && Segment.Parse(o.Segment).Contains(here));
        if (found is null)
            return null;
        var relapsed = found.Phase == OutagePhase.Monitoring;
        var joined = found with
        {
            Devices = found.Devices.SetItem(fault.Device, false),
            QuietSince = 0,
        };
        if (relapsed && joined.Recovered < joined.Devices.Count * rule.MonitoringAt)
            joined = joined with { Phase = OutagePhase.Investigating, Revision = joined.Revision + 1 };
        else if (found.QuietSince > 0 && relapsed)
            joined = joined with { QuietSince = fault.At };
        effects.Add(new CorrelatorEffect.Joined(joined, fault));
        if (joined.Phase == OutagePhase.Investigating && relapsed)
            effects.Add(new CorrelatorEffect.Relapsed(joined));
        return Attached(state with { Outages = state.Outages.Replace(found, joined) }, [fault]);
    }

    private static CorrelatorState Open(CorrelatorState state, OutageRule rule, OpenFault newest, Topology topology, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var since = now.EpochMs - Ms(rule.Within);
        var recent = state.Faults.Values
            .Where(f => rule.Of.Contains(f.Rule) && f.Segment.Length > 0 && (f.At >= since || Covered(state, rule, f)))
            .DistinctBy(f => f.Device).ToArray();
        var segment = Smallest(recent, Segment.Parse(newest.Segment), rule, topology, state);
        if (segment is not { } found)
            return state;
        var faults = recent.Where(f => found.Contains(Segment.Parse(f.Segment))).OrderBy(f => f.At).ThenBy(f => f.Device, StringComparer.Ordinal).ToImmutableArray();
        var inside = state.Outages.Where(o => o.Rule == rule.Id && found.Contains(Segment.Parse(o.Segment))).ToArray();
        return inside.Length > 0
            ? Grow(state, inside, found, faults, effects)
            : Begin(state, rule, found, faults, now, effects);
    }

    private static bool Covered(CorrelatorState state, OutageRule rule, OpenFault fault) =>
        state.Outages.Any(o => o.Rule == rule.Id && o.Devices.ContainsKey(fault.Device));

    private static CorrelatorState Begin(CorrelatorState state, OutageRule rule, Segment segment, ImmutableArray<OpenFault> faults, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var outage = new OpenOutage(rule.Id, segment.Path, faults[0].Episode, OutagePhase.Held, 1, now.EpochMs, 0, 0,
            faults.ToImmutableSortedDictionary(f => f.Device, _ => false, StringComparer.Ordinal));
        effects.Add(new CorrelatorEffect.Opened(outage, faults, state.GuardSince > 0));
        return Attached(state with { Outages = state.Outages.Add(outage) }, faults);
    }

    /// <summary>The oldest of the outages inside goes on as the larger one; the others become part of it.</summary>
    private static CorrelatorState Grow(CorrelatorState state, OpenOutage[] inside, Segment segment, ImmutableArray<OpenFault> faults, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var first = inside.OrderBy(o => o.BeganAt).ThenBy(o => o.Segment, StringComparer.Ordinal).First();
        var devices = inside.Aggregate(first.Devices, (all, o) => all.SetItems(o.Devices)).SetItems(faults.Select(f => KeyValuePair.Create(f.Device, false)));
        var grown = first with { Segment = segment.Path, Revision = first.Revision + 1, Devices = devices, QuietSince = 0 };
        var added = faults.Where(f => !first.Devices.ContainsKey(f.Device)).ToImmutableArray();
        effects.Add(new CorrelatorEffect.Grew(grown, first.Segment, added));
        foreach (var swallowed in inside.Where(o => o != first))
            effects.Add(new CorrelatorEffect.Resolved(swallowed with { Phase = OutagePhase.Resolved }, false));
        return Attached(state with { Outages = state.Outages.RemoveAll(inside.Contains).Add(grown) }, faults);
    }

    /// <summary>
    /// The deepest segment above the newest fault with enough devices and share; a larger one only where two or more of its parts qualify by
    /// themselves or are out already, so that one dead cabinet does not condemn its whole node.
    /// </summary>
    private static Segment? Smallest(OpenFault[] faults, Segment from, OutageRule rule, Topology topology, CorrelatorState state)
    {
        Segment? found = null;
        foreach (var segment in from.SelfAndAncestors())
        {
            var below = faults.Where(f => segment.Contains(Segment.Parse(f.Segment))).ToArray();
            if (below.Length < rule.Devices || below.Length < rule.Share * topology.BySegment.GetValueOrDefault(segment.Path))
                continue;
            if (found is null && !Spread(below, segment, rule, topology))
            {
                found = segment;
                continue;
            }
            if (Spread(below, segment, rule, topology))
                found = segment;
        }
        // Already out at this place: nothing new.
        return found is { } place && state.Outages.Any(o => o.Rule == rule.Id && o.Segment == place.Path) ? null : found;
    }

    /// <summary>True where at least two direct parts of a segment are down by the rule's share.</summary>
    private static bool Spread(OpenFault[] below, Segment segment, OutageRule rule, Topology topology)
    {
        var parts = below
            .Select(f => Part(f.Segment, segment.Path))
            .Where(p => p.Length > 0)
            .GroupBy(p => p, StringComparer.Ordinal)
            .Count(g => g.Count() >= rule.Share * topology.BySegment.GetValueOrDefault(g.Key));
        return parts >= 2;
    }

    private static string Part(string path, string above)
    {
        if (path.Length <= above.Length)
            return "";
        var end = path.IndexOf('/', above.Length + 1);
        return end < 0 ? path : path[..end];
    }

    private static CorrelatorState Attached(CorrelatorState state, ImmutableArray<OpenFault> faults) =>
        state with { Faults = state.Faults.SetItems(faults.Select(f => KeyValuePair.Create(Key(f.Device, f.Rule), f with { Verdict = true }))) };

    private static CorrelatorState OnCleared(CorrelatorState state, CorrelatorEvent.Cleared e, ImmutableArray<OutageRule> rules, Topology topology,
        double guardShare, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var key = Key(e.Device, e.Rule);
        if (!state.Faults.TryGetValue(key, out var fault) || fault.Episode != e.Episode)
            return state;
        state = Guard(state with { Faults = state.Faults.Remove(key) }, topology, guardShare, now, effects);
        foreach (var outage in state.Outages.Where(o => o.Devices.TryGetValue(e.Device, out var well) && !well).ToArray())
        {
            if (RuleOf(rules, outage) is not { } rule || rule.Of.Any(r => state.Faults.ContainsKey(Key(e.Device, r))))
                continue;
            var better = outage with { Devices = outage.Devices.SetItem(e.Device, true) };
            effects.Add(new CorrelatorEffect.Recovered(better, e.Device));
            if (better.QuietSince == 0 && better.Recovered >= better.Devices.Count * rule.MonitoringAt)
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

    private static CorrelatorState OnTick(CorrelatorState state, ImmutableArray<OutageRule> rules, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        foreach (var fault in state.Faults.Values.Where(f => !f.Verdict && f.VerdictBy <= now.EpochMs).ToArray())
        {
            effects.Add(new CorrelatorEffect.NotExplained(fault));
            state = Attached(state, [fault]);
        }
        foreach (var outage in state.Outages)
        {
            if (RuleOf(rules, outage) is not { } rule)
            {
                // Its rule is gone: nothing will ever end it.
                effects.Add(new CorrelatorEffect.Resolved(outage with { Phase = OutagePhase.Resolved }, outage.ToldAt > 0));
                state = state with { Outages = state.Outages.Remove(outage) };
                continue;
            }
            state = TickOutage(state, outage, rule, now, effects);
        }
        return state;
    }

    private static CorrelatorState TickOutage(CorrelatorState state, OpenOutage outage, OutageRule rule, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        if (outage.QuietSince > 0 && now.EpochMs >= outage.QuietSince + Ms(rule.ResolvedAfter))
        {
            effects.Add(new CorrelatorEffect.Resolved(outage with { Phase = OutagePhase.Resolved }, outage.ToldAt > 0));
            return LetGo(state with { Outages = state.Outages.Remove(outage) }, outage, now);
        }
        if (outage.Phase != OutagePhase.Held || now.EpochMs < outage.BeganAt + Ms(rule.HoldBack) || outage.QuietSince > 0)
            return state;
        var told = outage with { Phase = OutagePhase.Investigating, ToldAt = now.EpochMs };
        effects.Add(new CorrelatorEffect.Told(told, state.GuardSince > 0));
        return state with { Outages = state.Outages.Replace(outage, told) };
    }

    /// <summary>What is still broken after an outage is over is judged by itself, from now on.</summary>
    private static CorrelatorState LetGo(CorrelatorState state, OpenOutage outage, ServerTime now)
    {
        var left = state.Faults.Where(f => outage.Devices.TryGetValue(f.Value.Device, out var well) && !well);
        return state with { Faults = state.Faults.SetItems(left.Select(f => KeyValuePair.Create(f.Key, f.Value with { Verdict = false, VerdictBy = now.EpochMs }))) };
    }

    private static CorrelatorState OnOverride(CorrelatorState state, CorrelatorEvent.Override e, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var outage = state.Outages.FirstOrDefault(o => o.Episode == e.Episode);
        if (outage is null || outage.Phase == e.To)
            return state;
        var moved = outage with { Phase = e.To, Revision = outage.Revision + 1 };
        if (e.To != OutagePhase.Resolved)
            return state with { Outages = state.Outages.Replace(outage, moved) };
        effects.Add(new CorrelatorEffect.Resolved(moved, outage.ToldAt > 0));
        return state with { Outages = state.Outages.Remove(outage) };
    }

    private static CorrelatorState Guard(CorrelatorState state, Topology topology, double guardShare, ServerTime now, ImmutableArray<CorrelatorEffect>.Builder effects)
    {
        var silent = state.Faults.Values.Select(f => f.Device).Distinct(StringComparer.Ordinal).Count();
        var over = topology.Total >= MinimumFleet && silent > guardShare * topology.Total;
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

    /// <summary>In a fleet of a handful, one device is more than the guard's share and says nothing about B2D.</summary>
    private const int MinimumFleet = 20;

    /// <summary>The text form of an outage's reference that customers see.</summary>
    public static string Reference(long outageId) => string.Create(CultureInfo.InvariantCulture, $"O-{outageId}");
}
