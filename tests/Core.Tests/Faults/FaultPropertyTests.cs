using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>The machine against the definition, and what must hold whatever happens. A failure names its seed.</summary>
public sealed class FaultPropertyTests
{
    [Fact]
    public void Step_RandomSamples_EqualsTheDefinitionOfHoldAndRelease()
    {
        var changes = new Dictionary<string, int>();
        for (var seed = 1; seed <= 4000; seed++)
        {
            var random = new Random(seed);
            var rule = DrawRule(random);
            var samples = DrawSamples(random);
            // Some rules of each kind of end; the samples are those of the rule without.
            var acknowledged = new List<long>();
            if (seed % 2 == 0)
                (rule, acknowledged) = (DrawEnds(random, rule) with { Hold = random.Next(2) * rule.Hold, Release = random.Next(2) * rule.Release }, DrawActs(random, samples));
            var expected = new HoldReference(rule, samples, acknowledged).Changes();
            var found = Run(rule, samples, acknowledged);
            Assert.True(expected.SequenceEqual(found),
                $"seed {seed}, hold {rule.Hold}, release {rule.Release}, gap {rule.MaxGap} {rule.AfterGap}, "
                + $"raise {rule.RaiseSamples}, clear {rule.ClearSamples}, latch {rule.Latch}, chatter {rule.Chatter}\n"
                + $"expected {string.Join("; ", expected)}\nfound    {string.Join("; ", found)}\n{string.Join("\n", samples)}\nacknowledged {string.Join(", ", acknowledged)}");
            foreach (var change in found)
                changes[change.Split(' ')[1]] = changes.GetValueOrDefault(change.Split(' ')[1]) + 1;
        }
        // The draw must be worth its time: thousands of raises and clears, not sequences in which nothing happens.
        Assert.True(changes["Raised"] > 4000 && changes["Cleared"] > 2000, $"only {changes["Raised"]} raises and {changes["Cleared"]} clears");
        Assert.True(changes["Latched"] > 400 && changes["Relapsed"] > 150 && changes["Chatters"] > 80, string.Join(", ", changes));
    }

    [Fact]
    public void Step_AnySequenceOfEvents_NeverRaisesTwiceWithoutClearing()
    {
        for (var seed = 1; seed <= 2000; seed++)
        {
            var random = new Random(seed);
            var rule = (random.Next(3) switch
            {
                0 => DrawRule(random),
                1 => Codes("pump", "E1", "E2") with
                {
                    Hold = Sec(random.Next(3) * 5),
                    Release = Sec(random.Next(3) * 5),
                    AutoClear = random.Next(2) == 0 ? null : Sec(30),
                },
                _ => Silent(hold: random.Next(3) * 5, release: random.Next(3) * 5),
            }) with { Unseen = random.Next(2) == 0 ? null : Sec(40) };
            if (seed % 2 == 0)
                rule = DrawEnds(random, rule) with { During = random.Next(2) == 0 ? null : DrawHours(random) };
            var state = default(FaultState);
            var now = Server(0);
            for (var step = 0; step < 60; step++)
            {
                now += Sec(random.Next(8));
                var happened = state.WakeAt != ServerTime.Zero && state.WakeAt <= now ? new FaultEvent.Tick() : DrawEvent(random, rule, now, step);
                var result = FaultStep.Step(state, happened, rule, now);
                var where = $"seed {seed}, step {step}, {happened}";
                Assert.True(result.Change != FaultChange.Raised || (!state.Exists && result.State.Exists), $"raised while it existed: {where}");
                Assert.True(result.Change != FaultChange.Cleared || (state.Exists && !result.State.Exists), $"cleared while it did not exist: {where}");
                Assert.True(state.Exists == result.State.Exists || result.Change is FaultChange.Raised or FaultChange.Cleared,
                    $"came or went without a word: {where}");
                Assert.True(result.State.Phase == FaultPhase.Normal || result.State.Episode != default, $"has no name: {where}");
                Assert.True(result.Change == FaultChange.Latched == (result.State.Phase == FaultPhase.Latched && state.Phase != FaultPhase.Latched), $"latched without a word: {where}");
                Assert.True(result.State.Phase != FaultPhase.Latched || (rule.Latch && !result.State.Acknowledged), $"waits for nobody: {where}");
                Assert.True(result.State.RaiseTimes.IsDefault || result.State.RaiseTimes.Length < rule.Chatter!.Raises, $"keeps too many raises: {where}");
                Assert.True(result.State.Exists || !(result.State.Chatters || result.State.OutsideHours), $"is marked and is not there: {where}");
                Assert.True(!result.State.OutsideHours || (result.State.ShelvedUntil > now && rule.During!.IsOpen(result.State.ShelvedUntil)), $"waits for no hours: {where}");
                Assert.True(result.Change != FaultChange.Raised || rule.During is null || rule.During.IsOpen(now) || result.State.IsShelved(now), $"opens outside its hours: {where}");
                state = result.State;
            }
        }
    }

    private static FaultRule DrawRule(Random random)
    {
        var of = random.Next(1, 5);
        var clearOf = random.Next(1, 4);
        return Hot(hold: random.Next(4) * 10, release: random.Next(4) * 10, gap: random.Next(2) == 0 ? 15 : 40) with
        {
            RaiseSamples = random.Next(2) == 0 ? new SampleQuota(1, 1) : new SampleQuota(random.Next(1, of + 1), of),
            ClearSamples = random.Next(2) == 0 ? new SampleQuota(1, 1) : new SampleQuota(random.Next(1, clearOf + 1), clearOf),
            AfterGap = (GapPolicy)random.Next(3),
        };
    }

    private static FaultRule DrawEnds(Random random, FaultRule rule) => rule with
    {
        Latch = random.Next(2) == 0,
        Chatter = random.Next(2) == 0 ? null : Chatter(random.Next(2, 4), random.Next(60, 900), random.Next(5, 80), random.Next(2) == 0 ? 15 : 80),
    };

    private static List<long> DrawActs(Random random, List<DrawnSample> samples) =>
        [.. Enumerable.Range(0, random.Next(6)).Select(_ => Epoch + (random.Next((int)(samples[^1].Heard - Epoch) / 1000) * 1000L) + 77).Distinct().Order()];

    /// <summary>A minute or two of every hour of the day, and of every day.</summary>
    private static Hours DrawHours(Random random)
    {
        var first = random.Next(3);
        return new Hours([.. Enumerable.Range(0, 200).Select(i => (22 * 60) + (i * 3) + first).Where(m => m < WeekHours.MinutesOfDay)
            .Select(m => new WeekHours([true, true, true, true, true, true, true], m, m + 1, NodaTime.DateTimeZone.Utc))]);
    }

    private static List<DrawnSample> DrawSamples(Random random)
    {
        var samples = new List<DrawnSample>();
        var (at, heard, value) = (Epoch, Epoch, 0);
        for (var i = random.Next(5, 60); i > 0; i--)
        {
            at += random.Next(8) == 0 ? random.Next(10, 60) * 1000 : random.Next(1, 12) * 1000;
            var live = random.Next(3) > 0;
            heard = Math.Max(heard, at) + (live ? random.Next(3) * 500 : random.Next(100) * 1000);
            // Values stay for a while: runs make holds complete.
            value = random.Next(4) == 0 ? random.Next(3) : value;
            samples.Add(new DrawnSample(at, heard, live, value == 2, value == 0));
        }
        return samples;
    }

    private static List<string> Run(FaultRule rule, List<DrawnSample> samples, List<long> acknowledged)
    {
        var changes = new List<string>();
        var (state, acts) = (default(FaultState), 0);
        for (var i = 0; i <= samples.Count; i++)
        {
            while (true)
            {
                var until = i == samples.Count ? long.MaxValue : samples[i].Heard;
                var wake = state.WakeAt == ServerTime.Zero ? long.MaxValue : state.WakeAt.EpochMs;
                if (acts < acknowledged.Count && acknowledged[acts] < until && acknowledged[acts] < wake)
                    Step(new FaultEvent.Acknowledge(), new ServerTime(acknowledged[acts++]));
                else if (wake < long.MaxValue && wake <= until)
                    Step(new FaultEvent.Tick(), state.WakeAt);
                else
                    break;
            }
            if (i == samples.Count)
                break;
            var s = samples[i];
            Step(new FaultEvent.Sample(Of(s.Raise), Of(s.Clear), Severity.High, new DeviceTime(s.At), s.Live, new EpisodeId(0, i + 1)),
                new ServerTime(s.Heard));
        }
        return changes;

        void Step(FaultEvent happened, ServerTime now)
        {
            var result = FaultStep.Step(state, happened, rule, now);
            state = result.State;
            if (result.Change == FaultChange.Raised)
                changes.Add($"{now.EpochMs} Raised since {state.OnsetAt.EpochMs}");
            if (result.Change == FaultChange.Raised && state.Chatters)
                changes.Add($"{now.EpochMs} Chatters");
            if (result.Change is FaultChange.Cleared or FaultChange.Latched or FaultChange.Relapsed)
                changes.Add($"{now.EpochMs} {result.Change}");
        }
    }

    private static Truth Of(bool value) => value ? Truth.True : Truth.False;

    private static FaultEvent DrawEvent(Random random, FaultRule rule, ServerTime now, int step)
    {
        var at = new DeviceTime(now.EpochMs - (random.Next(4) == 0 ? random.Next(40) * 1000 : 0));
        var entry = new EpisodeId(0, step + 1);
        return (random.Next(13), rule.Kind) switch
        {
            (0, _) => new FaultEvent.Acknowledge(),
            (1, _) => new FaultEvent.Shelve(now + Sec(random.Next(20))),
            (2, _) => new FaultEvent.Unshelve(),
            (3, _) => new FaultEvent.GatewayBack(new ServerTime(now.EpochMs - (random.Next(20) * 1000))),
            (4, _) => new FaultEvent.Elapsed(at),
            (5, _) when random.Next(4) == 0 => new FaultEvent.End(FaultReason.RuleRemoved),
            (7, _) => new FaultEvent.Reconnected(at),
            (6, _) => new FaultEvent.ClockBack(at),
            (_, FaultKind.Condition) => new FaultEvent.Sample(
                (Truth)random.Next(3), (Truth)random.Next(3), (Severity)random.Next(1, 5), at, random.Next(2) == 0, entry),
            (_, FaultKind.Codes) => new FaultEvent.Code(random.Next(2), random.Next(2) == 0 ? CodeState.Set : CodeState.Clear, at, random.Next(2) == 0, entry),
            _ => random.Next(2) == 0 ? new FaultEvent.Heard() : new FaultEvent.Silent(now, random.Next(2) == 0, entry),
        };
    }
}
