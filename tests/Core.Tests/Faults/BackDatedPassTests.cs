using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Core.Tests.Rules;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>Goal: what came late is found as if it had come in time, and nothing else is. Method: hand-written histories, and a naive reading of one rule over random ones.</summary>
public sealed class BackDatedPassTests
{
    private const string Hot = "- fault: hot\n  raise: x > 90\n  clear: x < 80\n  hold: 20s\n  release: 10s\n  max_gap: { after: 60s, then: reset }\n  case: {}\n";

    private static readonly Device Pump = DeviceOf("hp-1");

    [Fact]
    public void Find_EpisodeOfLateReadings_IsFoundWithItsEvidence()
    {
        var fault = Assert.Single(Found(Hot, "0=20 10=95* 20=96* 30=97* 40=20 50=20 60=20"));

        Assert.Equal((Device(10), Device(50), Severity.Medium), (fault.OnsetAt, fault.EndedAt, fault.Severity));
        Assert.Equal(new EvidenceValue("x", MetricValue.Of(97), Device(30)), Assert.Single(fault.Evidence));
        Assert.Equal(new EpisodeId(Partitions.Of(Pump.Id), -Device(10).EpochMs), fault.Episode);
    }

    [Fact]
    public void Find_OneLateReadingAlone_SatisfiesNoHold() => Assert.Empty(Found(Hot, "0=20 10=95* 50=20 60=20"));

    [Fact]
    public void Find_ThereWithoutTheLateReadingsToo_IsNoNews() => Assert.Empty(Found(Hot, "0=20 10=95 20=96* 30=97 40=98 50=20 60=20"));

    [Fact]
    public void Find_LateReadingFillsAGap_HoldGoesOnOverIt() =>
        Assert.Equal(Device(10), Only(Found(Hot, "10=95 45=95* 80=95 90=20 100=20")).OnsetAt);

    [Fact]
    public void Find_OverlapsOneOnRecord_IsKnown()
    {
        Assert.Empty(Found(Hot, "0=20 10=95* 20=96* 30=97* 40=20 50=20", Known("hot", 45, 70)));
        Assert.Empty(Found(Hot, "0=20 10=95* 20=96* 30=97* 40=20 50=20", Known("hot", 49, null)));
        Assert.Single(Found(Hot, "0=20 10=95* 20=96* 30=97* 40=20 50=20", Known("hot", 51, null)));
        Assert.Single(Found(Hot, "0=20 10=95* 20=96* 30=97* 40=20 50=20", Known("other", 10, 50)));
    }

    [Fact]
    public void Find_StillThereAtTheNewestReading_IsOpenAndThenOver()
    {
        var open = Assert.Single(Found(Hot, "10=95* 20=96* 30=97*"));
        Assert.Null(open.EndedAt);

        var known = new KnownEpisode("hot", open.Episode, open.OnsetAt, null, true);
        Assert.Empty(Outcome(Hot, "10=95 20=96 30=97 45=98*", known).Over);
        Assert.Equal((known, Device(60)), Only(Outcome(Hot, "10=95 20=96 30=97 50=20* 60=20*", known).Over));
        // Also where nothing came late any more.
        Assert.Equal((known, Device(60)), Only(Outcome(Hot, "10=95 20=96 30=97 50=20 60=20", known).Over));
        // One that was raised as it happened is the lanes' to end.
        Assert.Empty(Outcome(Hot, "10=95 20=96 30=97 50=20* 60=20*", known with { BackDated = false }).Over);
    }

    [Theory]
    // Reach is ten minutes. It is still there: the newest half hour says so.
    [InlineData(95, null, 7200 - 1800)]
    // Over by now: when, is to be read from its beginning on.
    [InlineData(20, 60.0, 7200 - 1800, 10 - 600)]
    public void Look_NothingCameLate_ReadsNoMoreThanItMust(double x, double? over, params int[] readFrom)
    {
        var told = new[] { (10, 95.0), (20, 96), (30, 97) }.Concat(Enumerable.Range(5, 716).Select(i => (i * 10, x))).Select(t => Told(Device(t.Item1), t.Item2)).ToArray();
        var known = new KnownEpisode("hot", new EpisodeId(1, -1), Device(10), null, true);
        var read = new List<DeviceTime>();

        var outcome = new BackDatedPass(RuleFiles.Good(Hot)).Look(Pump, Device(7200), Device(0), Nothing, [known], from =>
        {
            read.Add(from);
            return new DevicePast(told.Where(t => t.At >= from), []);
        });

        Assert.Equal(readFrom.Select(r => Device(r)), read);
        Assert.Equal(over is { } end ? Device(end) : null, outcome.Over.Select(o => (DeviceTime?)o.EndedAt).SingleOrDefault());
        Assert.Empty(outcome.Found);
    }

    [Fact]
    public void Look_NothingCameLateAndNothingIsOpen_ReadsNothing() => Assert.Same(BackDatedOutcome.Nothing,
        new BackDatedPass(RuleFiles.Good(Hot)).Look(Pump, Device(7200), Device(0), Nothing, [], _ => throw new InvalidOperationException("read")));

    [Fact]
    public void Look_SomethingCameLate_ReadsFromBeforeItAndBeforeWhatIsOpen()
    {
        var (read, late) = (new List<DeviceTime>(), new LateTimes(new HashSet<long> { Device(5000).EpochMs }, new HashSet<long>()));
        foreach (var open in (KnownEpisode[][])[[], [new KnownEpisode("hot", new EpisodeId(1, -1), Device(4000), null, true)]])
        {
            new BackDatedPass(RuleFiles.Good(Hot)).Look(Pump, Device(7200), Device(4500), late, open, from =>
            {
                read.Add(from);
                return new DevicePast([], []);
            });
        }
        // Reach is ten minutes; of what began before the oldest that is looked at, from there on.
        Assert.Equal([Device(5000 - 600), Device(4500 - 600)], read);
    }

    [Fact]
    public void Find_LateReadingsShowThatItNeverWas_EndsWithItsBeginning()
    {
        var known = new KnownEpisode("hot", new EpisodeId(1, -1), Device(10), null, true);
        Assert.Equal((known, Device(10)), Only(Outcome(Hot, "10=95 15=20* 20=96 25=20* 30=97 35=20*", known).Over));
    }

    [Fact]
    public void Find_ThroughAWindow_CountsWhatCameLate()
    {
        const string Busy = "- fault: busy\n  raise: count(x, duration(\"1m\")) >= 4\n  case: {}\n";
        Assert.Equal(Device(30), Only(Found(Busy, "0=1 10=1* 20=1* 30=1 120=1")).OnsetAt);
    }

    [Fact]
    public void Find_RulesWithLateness_AreAskedForWhatCameTooLateForThem()
    {
        const string Waits = Hot + "- fault: slow\n  raise: x > 90\n  lateness: 1m\n  case: {}\n";
        // Two minutes after the newest all is too late for both; what came within the minute was evaluated in its place by the rule that waits.
        Assert.Equal(["hot"], Found(Waits, "0=20 10=95* 20=96* 30=97* 40=20 50=20 60=20").Select(f => f.Rule.Id));
        Assert.Equal(["hot", "slow"], Found(Waits, "0=20 10=95** 20=96** 30=97** 40=20 50=20 60=20").Select(f => f.Rule.Id).Order());
    }

    [Fact]
    public void Find_Severity_IsTheWorstItWas()
    {
        const string Steps = "- fault: hot\n  raise: x > 90\n  severity: [ { critical: x > 120 }, { low: true } ]\n  case: {}\n";
        Assert.Equal(Severity.Critical, Only(Found(Steps, "0=20 10=95* 20=130* 30=95* 40=20")).Severity);
    }

    [Fact]
    public void Find_LatchChatterHoursRemedy_HaveNoPart()
    {
        const string All = "- fault: hot\n  raise: x > 90\n  latch: true\n  during: { days: mon-sun, from: \"03:00\", to: \"03:01\", zone: UTC }\n"
            + "  remedy: { command: restart, verify: x < 50, within: 1m }\n  case: {}\n";
        Assert.Equal(Device(20), Only(Found(All, "0=20 10=95* 20=20 30=20")).EndedAt);
    }

    [Fact]
    public void Find_CodeSetAndClearedLate_IsFoundAndOneStillSetIsNot()
    {
        const string Codes = "- fault: pump\n  codes: [ E42 ]\n  case: {}\n";
        var pass = new BackDatedPass(RuleFiles.Good(Codes));
        (DeviceTime, Entry)[] told = [Code(10, CodeState.Set), Code(20, CodeState.Clear), Code(100, CodeState.Set)];
        HashSet<long> late = [Device(10).EpochMs, Device(20).EpochMs, Device(100).EpochMs];

        Assert.Equal((Device(10), Device(20)), Only(pass.Find(Pump, told, new LateTimes(late, new HashSet<long>()), []).Found) is var f ? (f.OnsetAt, f.EndedAt!.Value) : default);
    }

    [Fact]
    public void Judges_ConditionsAndCodes_NotSilenceNorFleets()
    {
        var set = RuleFiles.Good(Hot + "- fault: silent\n  silent: 10m\n  case: {}\n- fault: warm\n  raise: x > fleet_median(x) + 8\n  case: {}\n- fault: code\n  codes: [ E1 ]\n  case: {}\n");
        Assert.Equal(["hot", "code"], set.Faults.Where(BackDatedPass.Judges).Select(f => f.Id));
    }

    [Fact]
    public void Find_MoreThanOnePassRecords_KeepsTheOldestAndCountsTheRest()
    {
        const string Plain = "- fault: hot\n  raise: x > 90\n  case: {}\n";
        var outcome = Outcome(Plain, string.Join(' ', Enumerable.Range(0, 250).Select(i => $"{i * 2}=95* {(i * 2) + 1}=20*")));
        Assert.Equal((BackDatedPass.MaxFound, 50), (outcome.Found.Length, outcome.LeftOut));
        Assert.Equal(Device(0), outcome.Found[0].OnsetAt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Find_RandomHistories_AsANaiveReadingHasIt(int seed)
    {
        var dice = new Random(seed);
        var found = 0;
        for (var run = 0; run < 400; run++)
        {
            var (at, told) = (0.0, new List<(double At, double X, bool Late)>());
            for (var i = 0; i < 60; i++)
            {
                at += dice.Next(1, dice.Next(20) == 0 ? 120 : 15);
                told.Add((at, dice.Next(3) == 0 ? 85 : dice.Next(2) == 0 ? 95 : 70, dice.Next(3) == 0));
            }
            var (all, inTime) = (Naive(told), Naive([.. told.Where(t => !t.Late)]));
            var expected = all.Where(e => !inTime.Any(i => Overlap(e, i))).ToList();
            var actual = Outcome(Hot, string.Join(' ', told.Select(t => FormattableString.Invariant($"{t.At}={t.X}{(t.Late ? "*" : "")}")))).Found
                .Select(f => (From: (f.OnsetAt.EpochMs - Epoch) / 1000.0, Until: f.EndedAt is { } e ? (e.EpochMs - Epoch) / 1000.0 : double.PositiveInfinity));
            Assert.True(expected.SequenceEqual(actual), $"seed {seed}, run {run}");
            found += expected.Count;
        }
        Assert.True(found > 40, $"only {found} found: the histories say nothing");
    }

    private static bool Overlap((double From, double Until) a, (double From, double Until) b) => a.From <= b.Until && b.From <= a.Until;

    /// <summary>Above 90 for 20 s is a fault, below 80 for 10 s ends it; a gap of more than 60 s forgets what runs.</summary>
    private static List<(double From, double Until)> Naive(List<(double At, double X, bool Late)> told)
    {
        var episodes = new List<(double From, double Until)>();
        double? since = null, normal = null;
        var (open, before) = (false, double.NegativeInfinity);
        foreach (var (at, x, _) in told)
        {
            if (at - before > 60 && before > double.NegativeInfinity)
            {
                since = since is null ? null : at;
                normal = normal is null ? null : at;
            }
            before = at;
            if (!open)
            {
                since = x > 90 ? since ?? at : null;
                if (since is { } from && at - from >= 20)
                {
                    episodes.Add((from, double.PositiveInfinity));
                    (open, since) = (true, null);
                }
                continue;
            }
            normal = x < 80 ? normal ?? at : null;
            if (normal is { } begin && at - begin >= 10)
            {
                episodes[^1] = (episodes[^1].From, at);
                (open, normal) = (false, null);
            }
        }
        return episodes;
    }

    private static T Only<T>(IEnumerable<T> all) => Assert.Single(all);

    private static (DeviceTime, Entry) Code(double at, CodeState state) => (Device(at), new Entry.Event(Pump.Id, "E42", state, Device(at)));

    private static LateTimes Nothing => new(new HashSet<long>(), new HashSet<long>());

    private static (DeviceTime At, Entry Body) Told(DeviceTime at, double x) => (at, new Entry.Telemetry(Pump.Id, at, [new Reading("x", MetricValue.Of(x))]));

    private static KnownEpisode Known(string rule, double from, double? until) => new(rule, new EpisodeId(1, 7), Device(from), until is { } u ? Device(u) : null, false);

    private static IEnumerable<BackDatedFault> Found(string rules, string told, params KnownEpisode[] known) => Outcome(rules, told, known).Found;

    /// <param name="rules">A rule file.</param>
    /// <param name="told">Readings of <c>x</c> as <c>second=value</c>, a star behind those that came late, two behind those that came too late for rules with lateness as well.</param>
    /// <param name="known">What is on record.</param>
    private static BackDatedOutcome Outcome(string rules, string told, params KnownEpisode[] known)
    {
        var read = told.Split(' ').Select(t => t.Split('=')).Select(p => (At: Device(double.Parse(p[0], System.Globalization.CultureInfo.InvariantCulture)), X: double.Parse(p[1].TrimEnd('*'), System.Globalization.CultureInfo.InvariantCulture), Late: p[1].EndsWith('*'), Later: p[1].EndsWith("**", StringComparison.Ordinal))).ToList();
        return new BackDatedPass(RuleFiles.Good(rules)).Find(Pump,
            read.Select(r => Told(r.At, r.X)),
            new LateTimes(read.Where(r => r.Late).Select(r => r.At.EpochMs).ToHashSet(), read.Where(r => r.Later).Select(r => r.At.EpochMs).ToHashSet()), known);
    }
}
