using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Outages;
using B2D.Core.Rules;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Outages;

/// <summary>Random towns and random trouble. A failure names its seed.</summary>
public sealed class CorrelatorPropertyTests
{
    [Fact]
    public void Run_TicksOnlyWhereAskedFor_EqualsARunTickedAtEveryInstant()
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            var town = new RandomTown(seed);
            var asked = Run(town, everyInstant: false);
            var always = Run(town, everyInstant: true);
            Assert.True(asked.SequenceEqual(always),
                $"seed {seed}: first difference at {asked.Zip(always).TakeWhile(p => p.First == p.Second).Count()}\n{string.Join("\n", asked)}\n---\n{string.Join("\n", always)}");
        }
    }

    [Fact]
    public void Run_AllFaultsEnd_EveryOutageEndsAndNoneOverlap()
    {
        var (opened, grown, relapsed) = (0, 0, 0);
        for (var seed = 1; seed <= 400; seed++)
        {
            var town = new RandomTown(seed);
            var state = CorrelatorState.Empty;
            var open = new HashSet<(string, string)>();
            var decided = new HashSet<string>();
            foreach (var (at, effect) in Steps(town, false, s => state = s, () => AssertDisjoint(state, seed)))
            {
                switch (effect)
                {
                    case CorrelatorEffect.Opened e:
                        Assert.True(open.Add((e.Outage.Rule, e.Outage.Episode)), $"seed {seed}: opened twice");
                        Assert.True(e.Outage.Devices.Keys.All(d => Segment.Parse(e.Outage.Segment).Contains(Segment.Parse(town.SegmentOf[d]))),
                            $"seed {seed}: a device elsewhere");
                        opened++;
                        break;
                    case CorrelatorEffect.Resolved e:
                        Assert.True(open.Remove((e.Outage.Rule, e.Outage.Episode)), $"seed {seed}: resolved what was not open");
                        if (e.Into.Length == 0)
                            AssertNothingOfItIsOut(town, state, e.Outage, $"seed {seed}: over at {at}");
                        break;
                    case CorrelatorEffect.Told e:
                        Assert.True(open.Contains((e.Outage.Rule, e.Outage.Episode)) && e.Outage.Phase == OutagePhase.Investigating,
                            $"seed {seed}: told at {at}");
                        Assert.True(e.Outage.Devices.Count - e.Outage.Recovered >= town.Rules.Single(r => r.Id == e.Outage.Rule).Devices, $"seed {seed}: told of too few at {at}");
                        break;
                    case CorrelatorEffect.Grew:
                        grown++;
                        break;
                    case CorrelatorEffect.Relapsed:
                        relapsed++;
                        break;
                    case CorrelatorEffect.NotExplained e:
                        Assert.True(decided.Add(e.Fault.Device + e.Fault.Episode), $"seed {seed}: {e.Fault.Device} decided twice");
                        break;
                }
            }
            Assert.True(open.Count == 0 && state.Outages.IsEmpty, $"seed {seed}: {open.Count} outages never ended");
            Assert.True(state.Faults.IsEmpty && state.GuardSince == 0, $"seed {seed}: {state.Faults.Count} faults are left");
            Assert.Equal(ServerTime.Zero, Correlator.WakeAt(state, town.Rules));
        }
        Assert.True(opened > 400 && grown > 20 && relapsed > 20, $"the draw is too dull: {opened} opened, {grown} grown, {relapsed} relapsed");
    }

    [Fact]
    public void Run_EveryFault_IsDecidedAtItsDeadlineAtTheLatest()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var town = new RandomTown(seed);
            var state = CorrelatorState.Empty;
            foreach (var (at, _) in Steps(town, false, s => state = s, () => { }))
                Assert.True(state.Faults.Values.All(f => f.Verdict || f.VerdictBy >= at), $"seed {seed}: somebody still waits at {at}");
        }
    }

    /// <summary>No part of what is over is an outage still, by what of it is down.</summary>
    private static void AssertNothingOfItIsOut(RandomTown town, CorrelatorState state, OpenOutage outage, string when)
    {
        var rule = town.Rules.Single(r => r.Id == outage.Rule);
        var down = state.Faults.Values.Where(f => rule.Of.Contains(f.Rule) && outage.Devices.ContainsKey(f.Device) && !outage.Devices[f.Device]).Select(f => f.Device).Distinct().ToArray();
        foreach (var (segment, devices) in town.Topology.BySegment.Where(s => Segment.Parse(outage.Segment).Contains(Segment.Parse(s.Key))))
        {
            var count = down.Count(d => Segment.Parse(segment).Contains(Segment.Parse(town.SegmentOf[d])));
            Assert.True(count < rule.Devices || count < (rule.Share * devices) - 1e-9, $"{when} while {count} of {devices} are down in {segment}");
        }
    }

    private static void AssertDisjoint(CorrelatorState state, int seed)
    {
        foreach (var ofRule in state.Outages.GroupBy(o => o.Rule))
        {
            var segments = ofRule.Select(o => Segment.Parse(o.Segment)).ToArray();
            Assert.True(segments.All(a => segments.Count(b => a.Contains(b)) == 1), $"seed {seed}: {string.Join(", ", segments)} overlap");
        }
    }

    private static string[] Run(RandomTown town, bool everyInstant) =>
        [.. Steps(town, everyInstant, _ => { }, () => { }).Select(p => $"{p.At - Epoch} {CorrelatorBench.Text(p.Effect)} {EpisodeOf(p.Effect)}")];

    private static string EpisodeOf(CorrelatorEffect effect) => effect switch
    {
        CorrelatorEffect.Opened e => e.Outage.Episode,
        CorrelatorEffect.Told e => e.Outage.Episode,
        CorrelatorEffect.Resolved e => e.Outage.Episode,
        _ => "",
    };

    /// <summary>All events of a town in order. Times are whole steps of a grid, so that a tick at every step misses nothing.</summary>
    private static IEnumerable<(long At, CorrelatorEffect Effect)> Steps(RandomTown town, bool everyInstant, Action<CorrelatorState> changed, Action check)
    {
        var state = CorrelatorState.Empty;
        var events = new Queue<(long At, CorrelatorEvent Event)>(town.Events);
        for (var at = Epoch; at <= town.End; at += RandomTown.Grid)
        {
            while (events.Count > 0 && events.Peek().At == at)
            {
                foreach (var effect in Step(events.Dequeue().Event, at))
                    yield return (at, effect);
            }
            var wake = Correlator.WakeAt(state, town.Rules);
            if (!everyInstant && (wake == ServerTime.Zero || wake.EpochMs > at))
                continue;
            foreach (var effect in Step(new CorrelatorEvent.Tick(), at))
                yield return (at, effect);
            wake = Correlator.WakeAt(state, town.Rules);
            Assert.True(wake == ServerTime.Zero || wake.EpochMs > at, $"seed {town.Seed}: a tick at {at} asks for {wake} again");
        }

        ImmutableArray<CorrelatorEffect> Step(CorrelatorEvent happened, long at)
        {
            var (next, effects) = Correlator.Step(state, happened, town.Rules, town.Topology, 0.3, new ServerTime(at));
            changed(state = next);
            check();
            return effects;
        }
    }

    private sealed class RandomTown
    {
        /// <summary>Step of time in ms; every time and duration is a multiple of it.</summary>
        public const int Grid = 500;

        public RandomTown(int seed)
        {
            Seed = seed;
            var random = new Random(seed);
            var (regions, nodes, cabinets) = (random.Next(1, 3), random.Next(1, 4), random.Next(1, 4));
            for (var i = 0; i < regions * nodes * cabinets; i++)
            {
                for (var d = random.Next(2, 9); d > 0; d--)
                    SegmentOf[$"d{i}-{d}"] = $"r{i % regions}/n{i / regions % nodes}/c{i / regions / nodes}";
            }
            Topology = Topology.Of(SegmentOf.Values);
            Rules = [Draw(random, "access", "silent"), .. random.Next(2) == 0 ? new[] { Draw(random, "optics", "silent", "los") } : []];
            Events = [.. Trouble(random).OrderBy(e => e.At)];
            End = Events[^1].At + 400_000;
        }

        public int Seed { get; }

        public Dictionary<string, string> SegmentOf { get; } = [];

        public Topology Topology { get; }

        public ImmutableArray<OutageRule> Rules { get; }

        public IReadOnlyList<(long At, CorrelatorEvent Event)> Events { get; }

        public long End { get; }

        private static OutageRule Draw(Random random, string id, params string[] of) => CorrelatorBench.Rule(id, random.Next(2, 5), random.Next(2, 9) / 10.0,
            within: random.Next(1, 60), holdBack: random.Next(0, 20), quiet: random.Next(1, 40), of: of) with { MonitoringAt = random.Next(5, 11) / 10.0 };

        /// <summary>Cuts of whole segments and lone faults; each fault ends some time, and a device may fail again.</summary>
        private List<(long At, CorrelatorEvent Event)> Trouble(Random random)
        {
            var events = new List<(long, CorrelatorEvent)>();
            var free = new Dictionary<(string, string), long>();
            var episode = 0;
            for (var trouble = random.Next(2, 8); trouble > 0; trouble--)
            {
                var at = random.Next(0, 240) * Grid;
                var lasts = random.Next(1, 160) * Grid;
                var hit = SegmentOf.Keys.ElementAt(random.Next(SegmentOf.Count));
                var above = SegmentOf[hit].Split('/')[..random.Next(1, 4)];
                var devices = random.Next(3) == 0 ? [hit] : SegmentOf.Where(d => Segment.Parse(string.Join('/', above)).Contains(Segment.Parse(d.Value)))
                    .Select(d => d.Key).ToArray();
                foreach (var device in devices)
                {
                    var rule = random.Next(4) == 0 ? "los" : "silent";
                    var begins = at + (random.Next(10) * Grid);
                    if (free.TryGetValue((device, rule), out var until) && begins <= until)
                        continue;
                    var ends = begins + lasts + (random.Next(20) * Grid);
                    free[(device, rule)] = ends;
                    var name = $"0-{++episode}";
                    events.Add((Epoch + begins, new CorrelatorEvent.Raised(device, rule, name, SegmentOf[device], "")));
                    events.Add((Epoch + ends, new CorrelatorEvent.Cleared(device, rule, name)));
                }
            }
            return events;
        }
    }
}
