using System.Collections.Immutable;
using System.Text.Json;
using B2D.Core.Outages;
using B2D.Core.Rules;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Outages;

/// <summary>A correlator over a made-up town, with the time in seconds and a tick at every instant it asks for.</summary>
internal sealed class CorrelatorBench
{
    private readonly Dictionary<string, string> segmentOf;
    private readonly ImmutableArray<OutageRule> rules;
    private readonly Topology topology;
    private readonly Dictionary<(string, string), string> episodes = [];
    private readonly List<(CorrelatorEffect Effect, double At)> effects = [];
    private int episode;
    private ServerTime now = Server(0);

    public CorrelatorBench(OutageRule rule, params (string Segment, int Devices)[] town)
        : this([rule], town)
    {
    }

    public CorrelatorBench(OutageRule[] rules, params (string Segment, int Devices)[] town)
    {
        this.rules = [.. rules];
        segmentOf = town.SelectMany(t => Enumerable.Range(1, t.Devices).Select(i => (Id: $"{t.Segment.Replace('/', '.')}:{i}", t.Segment)))
            .ToDictionary(d => d.Id, d => d.Segment);
        topology = Topology.Of(segmentOf.Values);
    }

    public CorrelatorState State { get; private set; } = CorrelatorState.Empty;

    public double GuardShare { get; init; } = 0.3;

    public IEnumerable<CorrelatorEffect> Effects => effects.Select(e => e.Effect);

    public static OutageRule Rule(string id = "access", int devices = 5, double share = 0.4, double within = 600, double holdBack = 120, double quiet = 600,
        params string[] of) => new()
    {
        Id = id,
        Title = id,
        Version = "1",
        Text = "",
        File = "test.yaml",
        Line = 1,
        Of = of.Length == 0 ? ["silent"] : [.. of],
        Devices = devices,
        Share = share,
        Within = Sec(within),
        HoldBack = Sec(holdBack),
        ResolvedAfter = Sec(quiet),
    };

    /// <summary>The <paramref name="count"/> first devices of a segment (from the one after <paramref name="skip"/>) fail, one by one at the same
    /// instant.</summary>
    public CorrelatorBench Down(double at, string segment, int count, int skip = 0, string rule = "silent")
    {
        foreach (var device in Devices(segment, count, skip))
        {
            var name = $"0-{++episode}";
            episodes[(device, rule)] = name;
            Step(at, new CorrelatorEvent.Raised(device, rule, name, segmentOf[device], $"c-{device}"));
        }
        return this;
    }

    public CorrelatorBench Up(double at, string segment, int count, int skip = 0, string rule = "silent")
    {
        foreach (var device in Devices(segment, count, skip))
            Step(at, new CorrelatorEvent.Cleared(device, rule, episodes[(device, rule)]));
        return this;
    }

    /// <summary>The same devices are not watched any more.</summary>
    public CorrelatorBench TakenAway(double at, string segment, int count, int skip = 0, string rule = "silent")
    {
        foreach (var device in Devices(segment, count, skip))
            Step(at, new CorrelatorEvent.Cleared(device, rule, episodes[(device, rule)]) { TakenAway = true });
        return this;
    }

    public CorrelatorBench Override(double at, string segment, OutagePhase to) =>
        Step(at, new CorrelatorEvent.Override(State.Outages.Single(o => o.Segment == segment).Episode, to));

    /// <summary>Runs every tick that is asked for, at its instant.</summary>
    public CorrelatorBench Until(double at)
    {
        for (var ticks = 0; Correlator.WakeAt(State, rules) is var wake && wake != ServerTime.Zero && wake <= Server(at); ticks++)
        {
            Assert.True(ticks < 1000, $"ticks do not end at {wake}");
            Apply((ServerTime.Max(now, wake).EpochMs - Epoch) / 1000.0, new CorrelatorEvent.Tick());
        }
        return this;
    }

    /// <summary>The state goes through JSON, as it is stored.</summary>
    public CorrelatorBench Restart()
    {
        var text = JsonSerializer.Serialize(State);
        State = JsonSerializer.Deserialize<CorrelatorState>(text)!;
        Assert.Equal(text, JsonSerializer.Serialize(State));
        return this;
    }

    /// <summary>Asserts everything said since the last time, without Joined, Recovered and TakenOut, which come one for each device.</summary>
    public CorrelatorBench Expect(params string[] lines)
    {
        var said = effects.Where(e => e.Effect is not (CorrelatorEffect.Joined or CorrelatorEffect.Recovered or CorrelatorEffect.TakenOut))
            .Select(e => FormattableString.Invariant($"{e.At:0.###} {Text(e.Effect)}")).ToArray();
        effects.Clear();
        Assert.Equal(lines, said);
        return this;
    }

    public CorrelatorBench Step(double at, CorrelatorEvent happened)
    {
        Until(at);
        Apply(at, happened);
        return this;
    }

    public static string Text(CorrelatorEffect effect) => effect switch
    {
        CorrelatorEffect.Opened e => $"Opened {e.Outage.Segment} {e.Outage.Devices.Count}{(e.Guarded ? " guarded" : "")}",
        CorrelatorEffect.Grew e => $"Grew {e.From} to {e.Outage.Segment} {e.Outage.Devices.Count} revision {e.Outage.Revision}",
        CorrelatorEffect.Joined e => $"Joined {e.Outage.Segment} {e.Fault.Device}",
        CorrelatorEffect.Recovered e => $"Recovered {e.Outage.Segment} {e.Device}",
        CorrelatorEffect.TakenOut e => $"TakenOut {e.Outage.Segment} {e.Device}",
        CorrelatorEffect.Told e => $"Told {e.Outage.Segment} {e.Outage.Phase}{(e.Guarded ? " guarded" : "")}",
        CorrelatorEffect.Watching e => $"Watching {e.Outage.Segment}",
        CorrelatorEffect.Relapsed e => $"Relapsed {e.Outage.Segment} revision {e.Outage.Revision}",
        CorrelatorEffect.Resolved e => $"Resolved {e.Outage.Segment} {(e.Into.Length > 0 ? "into another" : e.ToldBefore ? "told" : "untold")}",
        CorrelatorEffect.NotExplained e => $"NotExplained {e.Fault.Device} {e.Fault.Rule}",
        CorrelatorEffect.FleetSilent e => $"FleetSilent {e.Silent} of {e.Fleet}",
        CorrelatorEffect.FleetBack => "FleetBack",
        _ => throw new ArgumentException($"no text for {effect.GetType().Name}"),
    };

    private IEnumerable<string> Devices(string segment, int count, int skip) =>
        segmentOf.Where(d => d.Value == segment || d.Value.StartsWith(segment + "/", StringComparison.Ordinal)).Select(d => d.Key).Skip(skip).Take(count);

    private void Apply(double at, CorrelatorEvent happened)
    {
        var (next, found) = Correlator.Step(State, happened, rules, topology, GuardShare, Server(at));
        (State, now) = (next, Server(at));
        effects.AddRange(found.Select(e => (e, at)));
        foreach (var rule in rules)
        {
            var segments = State.Outages.Where(o => o.Rule == rule.Id).Select(o => Core.Devices.Segment.Parse(o.Segment)).ToArray();
            Assert.True(segments.All(a => segments.Count(b => a.Contains(b)) == 1), $"outages overlap: {string.Join(", ", segments)}");
        }
    }
}
