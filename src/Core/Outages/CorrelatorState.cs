using System.Collections.Immutable;
using B2D.Core.Devices;

namespace B2D.Core.Outages;

/// <summary>Where an outage stands.</summary>
public enum OutagePhase : byte { Held = 1, Investigating = 2, Identified = 3, Monitoring = 4, Resolved = 5 }

/// <summary>A fault of a kind that an outage can explain.</summary>
/// <param name="Verdict">Nobody waits any more for an outage to explain it: it was attached, or it was let go.</param>
public sealed record OpenFault(string Device, string Rule, string Episode, string Segment, string Customer, long At, long VerdictBy, bool Verdict)
{
    /// <summary>Milliseconds since <see cref="At"/> in which the gateway was down: nobody could have been heard or missed then.</summary>
    public long Unseen { get; init; }
}

/// <summary>One outage while it lasts.</summary>
public sealed record OpenOutage(string Rule, string Segment, string Episode, OutagePhase Phase, int Revision, long BeganAt, long ToldAt, long QuietSince,
    ImmutableSortedDictionary<string, bool> Devices)
{
    /// <summary>How many of its devices are well again, where that was counted; -1 where not.</summary>
    private int recovered = -1;

    /// <summary>Its devices, by id in ordinal order also after it was read back; true for well again.</summary>
    public ImmutableSortedDictionary<string, bool> Devices
    {
        get;
        init
        {
            field = value;
            recovered = -1;
        }
    } = Devices.WithComparers(StringComparer.Ordinal);

    /// <summary>How many of its devices are well again.</summary>
    public int Recovered => recovered >= 0 ? recovered : recovered = Devices.Count(d => d.Value);

    /// <summary>The same with one device that is down or well again; counted on, since an outage may have thousands.</summary>
    internal OpenOutage With(string device, bool isWell)
    {
        var before = Recovered;
        var wasWell = Devices.TryGetValue(device, out var known) && known;
        var changed = this with { Devices = Devices.SetItem(device, isWell) };
        changed.recovered = before + (isWell ? 1 : 0) - (wasWell ? 1 : 0);
        return changed;
    }

    /// <summary>The same without one device that is down.</summary>
    internal OpenOutage Without(string device)
    {
        var before = Recovered;
        var changed = this with { Devices = Devices.Remove(device) };
        changed.recovered = before;
        return changed;
    }
}

/// <summary>Everything one correlator remembers; it can be stored and read back.</summary>
/// <param name="Faults">By device and rule.</param>
/// <param name="Outages">Not yet resolved.</param>
/// <param name="GuardSince">Since when too much of the fleet is silent at once; 0 for not.</param>
public sealed record CorrelatorState(ImmutableSortedDictionary<string, OpenFault> Faults, ImmutableList<OpenOutage> Outages, long GuardSince)
{
    /// <summary>By device and rule, in ordinal order also after they were read back, so that every run goes through them alike.</summary>
    public ImmutableSortedDictionary<string, OpenFault> Faults { get; init; } = Faults.WithComparers(StringComparer.Ordinal);

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
    public sealed record Cleared(string Device, string Rule, string Episode) : CorrelatorEvent
    {
        /// <summary>Its rule or its device was taken away: nobody knows whether it is over.</summary>
        public bool TakenAway { get; init; }
    }

    /// <summary>The gateway is back; it was down since then.</summary>
    public sealed record GatewayWasDown(ServerTime From) : CorrelatorEvent;

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

    /// <summary>One of its devices that was down is not watched any more: it is no part of it.</summary>
    public sealed record TakenOut(OpenOutage Outage, string Device) : CorrelatorEffect;

    /// <summary>It did not pass by itself: the customers are told.</summary>
    public sealed record Told(OpenOutage Outage, bool Guarded) : CorrelatorEffect;

    /// <summary>Most are well again; it is watched.</summary>
    public sealed record Watching(OpenOutage Outage) : CorrelatorEffect;

    /// <summary>It came back while it was watched.</summary>
    public sealed record Relapsed(OpenOutage Outage) : CorrelatorEffect;

    /// <summary>Over. <paramref name="ToldBefore"/> false: it passed before anybody was told, or it goes on as part of another.</summary>
    public sealed record Resolved(OpenOutage Outage, bool ToldBefore) : CorrelatorEffect
    {
        /// <summary>Episode of the outage that it became part of: whoever was told of this one gets that one's all-clear. Empty where it is really
        /// over.</summary>
        public string Into { get; init; } = "";
    }

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
    private readonly Dictionary<string, int> parts = BySegment.Keys
        .GroupBy(path => path.LastIndexOf('/') is var end and >= 0 ? path[..end] : "", StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);

    /// <summary>How many direct parts of a segment have devices at or below them.</summary>
    public int PartsOf(string segment) => parts.GetValueOrDefault(segment);

    /// <summary>Counts devices, of each of which the segment is given, there and at each segment above.</summary>
    public static Topology Of(IEnumerable<string> segments) => Of(segments.GroupBy(s => s, StringComparer.Ordinal).Select(g => KeyValuePair.Create(g.Key, (long)g.Count())));

    /// <summary>As above, from how many devices each segment itself has.</summary>
    public static Topology Of(IEnumerable<KeyValuePair<string, long>> devices)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var total = 0;
        foreach (var (path, count) in devices)
        {
            total += (int)count;
            foreach (var segment in Segment.Parse(path).SelfAndAncestors())
                counts[segment.Path] = counts.GetValueOrDefault(segment.Path) + (int)count;
        }
        return new Topology(counts, total);
    }
}
