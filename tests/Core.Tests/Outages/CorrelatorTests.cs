using B2D.Core.Outages;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;
using static B2D.Core.Tests.Outages.CorrelatorBench;

namespace B2D.Core.Tests.Outages;

public sealed class CorrelatorTests
{
    // Two nodes of three cabinets each, ten devices in a cabinet, in a region large enough that the guard is quiet.
    private static readonly (string, int)[] Town =
    [
        ("n/1/a", 10), ("n/1/b", 10), ("n/1/c", 10), ("n/2/a", 10), ("n/2/b", 10), ("n/2/c", 10), ("n/3/a", 140),
    ];

    [Theory]
    [InlineData("a")]
    [InlineData("a/b")]
    [InlineData("a/b/c")]
    [InlineData("a/b/c/d")]
    [InlineData("a/b/c/d/e")]
    public void Smallest_OneDeadCabinetAtAnyDepth_IsTheCabinetAlone(string place)
    {
        // Beside it, at each level above, as many healthy devices.
        var town = new List<(string, int)> { (place, 10) };
        for (var above = place; above.Contains('/', StringComparison.Ordinal);)
        {
            above = above[..above.LastIndexOf('/')];
            town.Add(($"{above}/healthy", 10));
        }
        town.Add(("elsewhere", 100));
        var bench = new CorrelatorBench(Rule(), [.. town]).Down(0, place, 10);
        Assert.Equal(place, Assert.Single(bench.State.Outages).Segment);
    }

    [Theory]
    [InlineData("r/1/a r/1/b", "r/1")]
    [InlineData("r/1/a r/2/a", "r")]
    [InlineData("r/1/a r/1/b r/2/a r/2/b", "r")]
    [InlineData("r/1/a", "r/1/a")]
    public void Smallest_DeadLeaves_IsWhatTheyHaveInCommon(string dead, string expected)
    {
        var bench = new CorrelatorBench(Rule(share: 0.4), ("r/1/a", 10), ("r/1/b", 10), ("r/2/a", 10), ("r/2/b", 10), ("elsewhere", 200));
        foreach (var leaf in dead.Split(' '))
            bench.Down(0, leaf, 10);
        Assert.Equal(expected, Assert.Single(bench.State.Outages).Segment);
    }

    [Fact]
    public void Smallest_DeadCabinetAndTheOnlyRouterOfTheNext_IsTheCabinetAlone()
    {
        var bench = new CorrelatorBench(Rule(), ("n/a", 24), ("n/b", 22), ("n/c", 1), ("elsewhere", 200)).Down(0, "n/a", 24).Down(10, "n/c", 1).Down(11, "n/b", 1);
        Assert.Equal("n/a", Assert.Single(bench.State.Outages).Segment);
    }

    [Fact]
    public void Smallest_TwoSmallCabinetsWholeBesideADeadOne_IsTheNode()
    {
        var bench = new CorrelatorBench(Rule(), ("n/a", 24), ("n/b", 2), ("n/c", 2), ("elsewhere", 200)).Down(0, "n/a", 24).Down(10, "n/b", 2).Down(11, "n/c", 2);
        Assert.Equal("n", Assert.Single(bench.State.Outages).Segment);
    }

    [Fact]
    public void Open_CountAndShare_AreBothNeeded()
    {
        // Four of ten are enough for the share, not for the count; five of twenty for the count, not for the share.
        new CorrelatorBench(Rule(), ("n/a", 10), ("n/b", 100)).Down(0, "n/a", 4).Expect().Down(0, "n/a", 1, skip: 4).Expect("0 Opened n/a 5");
        new CorrelatorBench(Rule(), ("n/a", 20), ("n/b", 100)).Down(0, "n/a", 7).Expect().Down(0, "n/a", 1, skip: 7).Expect("0 Opened n/a 8");
    }

    // Four are missed at 0; the gateway is down from the second number to the third; the fifth is missed at the fourth. The window is 600 s.
    [Theory]
    [InlineData(100, 1300, 1400, true)]
    [InlineData(100, 1300, 1799, true)]
    [InlineData(100, 1300, 1801, false)]
    [InlineData(-500, 1300, 1899, true)]
    [InlineData(800, 2000, 2050, false)]
    [InlineData(500, 5000, 5099, true)]
    [InlineData(500, 5000, 5101, false)]
    public void Open_AroundADownGateway_CountsTheTimeInWhichItWasUp(double from, double back, double last, bool opens)
    {
        var bench = new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 4).Until(from).Step(back, new CorrelatorEvent.GatewayWasDown(Server(from)))
            .Until(last).Restart().Down(last, "n/1/a", 1, skip: 4);
        Assert.Equal(opens ? 5 : 0, bench.State.Outages.Sum(o => o.Devices.Count));
    }

    [Fact]
    public void Verdict_AroundADownGateway_WaitsAsMuchLonger()
    {
        var bench = new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 1).Until(100).Step(700, new CorrelatorEvent.GatewayWasDown(Server(100)));
        Assert.Empty(bench.Until(1319).Effects);
        Assert.IsType<CorrelatorEffect.NotExplained>(Assert.Single(bench.Until(1321).Effects));
    }

    [Fact]
    public void Open_ExactlyTheShare_IsEnoughInSpiteOfRounding() =>
        new CorrelatorBench(Rule(share: 0.55), ("n/a", 100), ("n/b", 1000)).Down(0, "n/a", 54).Expect().Down(0, "n/a", 1, skip: 54).Expect("0 Opened n/a 55");

    [Fact]
    public void Open_FaultsOutsideTheWindow_AreNoOutage() =>
        new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 4).Down(600.001, "n/1/a", 1, skip: 4).Expect()
            .Until(10_000).Expect("720 NotExplained n.1.a:1 silent", "720 NotExplained n.1.a:2 silent", "720 NotExplained n.1.a:3 silent",
                "720 NotExplained n.1.a:4 silent",
                "1320.001 NotExplained n.1.a:5 silent");

    [Fact]
    public void Open_AtTheEndOfTheWindow_IsOne() => new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 4).Down(600, "n/1/a", 1, skip: 4)
        .Expect("600 Opened n/1/a 5");

    [Fact]
    public void Open_FaultThatStillWaitsForAVerdict_BelongsToIt() =>
        new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 1).Down(650, "n/1/a", 5, skip: 1).Until(5000)
            .Expect("650 Opened n/1/a 6", "770 Told n/1/a Investigating");

    [Fact]
    public void Open_SecondFaultOfADevice_CountsOnceAndIsExplainedToo()
    {
        var bench = new CorrelatorBench(Rule(of: ["silent", "los"]), Town).Down(0, "n/1/a", 4).Down(1, "n/1/a", 4, rule: "los").Expect();
        bench.Down(2, "n/1/a", 1, skip: 4).Until(5000).Expect("2 Opened n/1/a 5", "122 Told n/1/a Investigating");
    }

    [Fact]
    public void Open_TwoDisjointParts_AreTwoOutages() =>
        new CorrelatorBench(Rule(share: 0.8), Town).Down(0, "n/1/a", 10).Down(10, "n/2/b", 10).Until(1000)
            .Expect("0 Opened n/1/a 8", "10 Opened n/2/b 8", "120 Told n/1/a Investigating", "130 Told n/2/b Investigating");

    [Fact]
    public void Open_LoneFaultsBesideADeadCabinet_DoNotCondemnTheNode() =>
        new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 10).Down(10, "n/1/b", 2).Until(5000)
            .Expect("0 Opened n/1/a 5", "120 Told n/1/a Investigating", "730 NotExplained n.1.b:1 silent", "730 NotExplained n.1.b:2 silent");

    [Fact]
    public void Open_LoneFaultsThatMakeTheNodesCount_DoNotCondemnIt() =>
        new CorrelatorBench(Rule(devices: 2, share: 0.3), ("n/1/a", 4), ("n/1/b", 4), ("n/2", 100)).Down(0, "n/1/b", 1).Down(0, "n/1/a", 2)
            .Expect("0 Opened n/1/a 2");

    [Fact]
    public void Open_RestOfAnOutageBesideThinFaults_DoesNotMakeTheNodesShare() =>
        new CorrelatorBench(Rule(share: 0.3), ("n/1/a", 8), ("n/1/b", 7), ("n/1/c", 7), ("n/1/d", 7), ("n/2", 200))
            .Down(0, "n/1/a", 5).Up(1, "n/1/a", 2).Down(2, "n/1/b", 2).Down(2, "n/1/c", 2).Down(2, "n/1/d", 2).Expect("0 Opened n/1/a 5");

    [Fact]
    public void Grow_TwoDeadCabinetsOfMany_StayTwo() =>
        new CorrelatorBench(Rule(share: 0.3), ("n/1/a", 10), ("n/1/b", 10), ("n/1/c", 10), ("n/1/d", 10), ("n/2/a", 200))
            .Down(0, "n/1/a", 10).Down(1, "n/1/b", 10).Expect("0 Opened n/1/a 5", "1 Opened n/1/b 5")
            .Down(2, "n/1/c", 3).Expect("2 Grew n/1/a to n/1 23 revision 2", "2 Resolved n/1/b into another");

    [Fact]
    public void Open_ThinlySpreadOverTheNode_IsTheNode() =>
        new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 4).Down(0, "n/1/b", 4).Down(0, "n/1/c", 3).Expect().Down(0, "n/1/c", 1, skip: 3)
            .Expect("0 Opened n/1 12");

    [Fact]
    public void Open_WithoutSegment_IsNeverAnOutage()
    {
        var bench = new CorrelatorBench(Rule(devices: 1, share: 0.01), ("n/a", 100));
        bench.Step(0, new CorrelatorEvent.Raised("x", "silent", "0-99", "", "c")).Until(1000).Expect("720 NotExplained x silent");
    }

    [Fact]
    public void Lone_Fault_IsNotExplainedAtItsDeadline() => new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 1).Until(719.999).Expect().Until(5000)
        .Expect("720 NotExplained n.1.a:1 silent");

    [Fact]
    public void Lone_FaultThatEndsBefore_IsNeverSpokenOf() => new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 1).Up(700, "n/1/a", 1).Until(5000).Expect();

    [Fact]
    public void Lone_FaultThatNoRuleConcerns_IsNotExplainedAtOnce() =>
        new CorrelatorBench(Rule(), Town).Down(5, "n/1/a", 1, rule: "other").Until(6).Expect("5 NotExplained n.1.a:1 other");

    [Fact]
    public void Grow_IntoTheParent_IsOneRevisionOfTheSameEpisode()
    {
        var bench = new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 10);
        var first = Assert.Single(bench.State.Outages);
        // With four of ten the second cabinet is down by the share, and the node with 14 of 30.
        bench.Down(100, "n/1/b", 4);
        var grown = Assert.Single(bench.State.Outages);
        Assert.Equal((first.Episode, "n/1", 2), (grown.Episode, grown.Segment, grown.Revision));
        bench.Until(1000).Expect("0 Opened n/1/a 5", "100 Grew n/1/a to n/1 14 revision 2", "120 Told n/1 Investigating");
    }

    [Fact]
    public void Grow_ByAFaultThatJoins_IsSeenToo()
    {
        // Six of ten are an outage of the second cabinet; with eight the node has 18 of 30.
        var bench = new CorrelatorBench(Rule(share: 0.6), Town).Down(0, "n/1/a", 10).Down(100, "n/1/b", 8);
        Assert.Equal("n/1", Assert.Single(bench.State.Outages).Segment);
        bench.Until(1000).Expect("0 Opened n/1/a 6", "100 Opened n/1/b 6", "100 Grew n/1/a to n/1 18 revision 2", "100 Resolved n/1/b into another",
            "120 Told n/1 Investigating");
    }

    [Fact]
    public void Grow_OverTwoOutages_SwallowsTheOneThatNobodyWasToldOf()
    {
        var bench = new CorrelatorBench(Rule(share: 0.6, holdBack: 120), Town).Down(0, "n/1/a", 6).Down(100, "n/1/b", 6).Until(121).Down(130, "n/1/c", 5);
        bench.Expect("0 Opened n/1/a 6", "100 Opened n/1/b 6", "120 Told n/1/a Investigating").Down(140, "n/1/c", 1, skip: 5);
        var grown = Assert.Single(bench.State.Outages);
        Assert.Equal("n/1", grown.Segment);
        var swallowed = Assert.Single(bench.Effects.OfType<CorrelatorEffect.Resolved>());
        Assert.Equal((grown.Episode, false, "n/1/b"), (swallowed.Into, swallowed.ToldBefore, swallowed.Outage.Segment));
        bench.Until(1000).Expect("140 Grew n/1/a to n/1 18 revision 2", "140 Resolved n/1/b into another");
    }

    [Fact]
    public void Recovery_AtEightyPercent_IsWatchedAndResolvedAfterQuiet() =>
        new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 10).Until(200).Expect("0 Opened n/1/a 5", "120 Told n/1/a Investigating")
            .Up(300, "n/1/a", 7).Expect().Up(310, "n/1/a", 1, skip: 7).Expect("310 Watching n/1/a").Up(320, "n/1/a", 2, skip: 8).Until(909.999).Expect()
            .Until(5000).Expect("910 Resolved n/1/a told");

    [Fact]
    public void Recovery_Relapse_IsInvestigatedAgain()
    {
        var bench = new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 10).Until(200).Up(300, "n/1/a", 10);
        bench.Expect("0 Opened n/1/a 5", "120 Told n/1/a Investigating", "300 Watching n/1/a");
        bench.Down(400, "n/1/a", 2).Expect().Down(410, "n/1/a", 1, skip: 2).Expect("410 Relapsed n/1/a revision 2")
            .Up(500, "n/1/a", 3).Until(5000).Expect("500 Watching n/1/a", "1100 Resolved n/1/a told");
    }

    [Fact]
    public void Recovery_OneFlapsWhileMostAreWell_OnlyTheQuietTimeStartsAgain() =>
        new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 10).Up(300, "n/1/a", 10).Down(800, "n/1/a", 1).Up(810, "n/1/a", 1).Until(5000)
            .Expect("0 Opened n/1/a 5", "120 Told n/1/a Investigating", "300 Watching n/1/a", "1400 Resolved n/1/a told");

    [Fact]
    public void Held_PassesByItself_NobodyIsTold()
    {
        var bench = new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 10).Up(60, "n/1/a", 10).Until(5000)
            .Expect("0 Opened n/1/a 5", "660 Resolved n/1/a untold");
        Assert.Equal(ServerTime.Zero, Correlator.WakeAt(bench.State, [Rule()]));
    }

    [Fact]
    public void Held_PassesButOneStaysDown_NobodyIsToldAndThatOneIsLetGo() =>
        new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 10).Up(60, "n/1/a", 10).Down(80, "n/1/a", 1).Until(5000)
            .Expect("0 Opened n/1/a 5", "680 Resolved n/1/a untold", "680 NotExplained n.1.a:1 silent");

    [Fact]
    public void Held_FewerThanAnOutageAreStillDownAtTheEnd_NobodyIsToldThoughNotMostAreWell() =>
        new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 5).Up(60, "n/1/a", 1).Until(5000).Expect(
            "0 Opened n/1/a 5", "660 Resolved n/1/a untold", "660 NotExplained n.1.a:2 silent", "660 NotExplained n.1.a:3 silent", "660 NotExplained n.1.a:4 silent", "660 NotExplained n.1.a:5 silent");

    [Fact]
    public void Held_OneRecoversAndAnotherGoesDown_IsToldAtTheEndOfTheHoldBack() =>
        new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 5).Up(60, "n/1/a", 1).Down(70, "n/1/a", 1, skip: 5).Until(121).Expect("0 Opened n/1/a 5", "120 Told n/1/a Investigating");

    [Fact]
    public void Held_ComesBackAfterTheHoldBack_IsTold() =>
        new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 10).Up(60, "n/1/a", 10).Down(300, "n/1/a", 9).Until(301)
            .Expect("0 Opened n/1/a 5", "300 Told n/1/a Investigating");

    [Theory]
    [InlineData(4, "660 Resolved n/1/a untold", "660 NotExplained n.1.a:1 silent", "660 NotExplained n.1.a:2 silent", "660 NotExplained n.1.a:3 silent", "660 NotExplained n.1.a:4 silent")]
    [InlineData(5, "120 Told n/1/a Investigating")]
    public void Held_PassesAndSomeFlap_IsToldOnlyOfAsManyAsAreAnOutage(int flapping, params string[] then) =>
        new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 5).Up(30, "n/1/a", 5).Down(60, "n/1/a", flapping).Until(665).Expect(["0 Opened n/1/a 5", .. then]);

    [Fact]
    public void Resolved_LeftOvers_AreJudgedByThemselves() =>
        new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 10).Up(300, "n/1/a", 8).Until(5000)
            .Expect("0 Opened n/1/a 5", "120 Told n/1/a Investigating", "300 Watching n/1/a", "900 Resolved n/1/a told",
                "900 NotExplained n.1.a:10 silent", "900 NotExplained n.1.a:9 silent");

    [Fact]
    public void Recovery_FourCabinetsOfFive_TheFifthIsAnOutageStill()
    {
        var bench = new CorrelatorBench(Rule(), [.. "abcde".Select(c => ($"n/1/{c}", 10)), ("n/2", 300)]);
        foreach (var cabinet in "abcde")
            bench.Down(0, $"n/1/{cabinet}", 10);
        bench.Until(200);
        Assert.Equal(("n/1", 50), bench.State.Outages.Select(o => (o.Segment, o.Devices.Count)).Single());
        foreach (var cabinet in "abcd")
            bench.Up(300, $"n/1/{cabinet}", 10);
        bench.Until(50_000);
        Assert.Equal(OutagePhase.Investigating, Assert.Single(bench.State.Outages).Phase);
        // One that flaps in a cabinet that is well changes nothing; four of ten are too few.
        bench.Down(50_001, "n/1/a", 1).Up(50_002, "n/1/a", 1).Up(50_003, "n/1/e", 5);
        Assert.Equal(OutagePhase.Investigating, Assert.Single(bench.State.Outages).Phase);
        bench.Up(50_004, "n/1/e", 1, skip: 5);
        Assert.Equal(OutagePhase.Monitoring, Assert.Single(bench.State.Outages).Phase);
        // A fifth again: it is not only being watched.
        bench.Down(50_010, "n/1/e", 1);
        Assert.Equal(OutagePhase.Investigating, Assert.Single(bench.State.Outages).Phase);
        bench.Up(50_020, "n/1/e", 1).Until(60_000);
        Assert.Equal([4, 0], [bench.Effects.OfType<CorrelatorEffect.NotExplained>().Count(), bench.State.Outages.Count]);
    }

    [Fact]
    public void Resolved_LeftOverOfAnotherRule_IsNotDecidedTwice()
    {
        var bench = new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 10, rule: "other").Until(1).Down(10, "n/1/a", 10).Up(300, "n/1/a", 8).Until(5000);
        Assert.Equal(10, bench.Effects.OfType<CorrelatorEffect.NotExplained>().Count(e => e.Fault.Rule == "other"));
    }

    [Fact]
    public void Resolved_ThenAgainAtOnce_IsAnotherEpisode()
    {
        var bench = new CorrelatorBench(Rule(quiet: 30), Town).Down(0, "n/1/a", 10).Up(10, "n/1/a", 9, skip: 1).Until(45).Down(50, "n/1/a", 5, skip: 1);
        var opened = bench.Effects.OfType<CorrelatorEffect.Opened>().Select(e => e.Outage.Episode).ToArray();
        Assert.Equal(2, opened.Length);
        Assert.NotEqual(opened[0], opened[1]);
    }

    [Fact]
    public void Override_OutOfHeld_TellsNow() =>
        new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 10).Override(30, "n/1/a", OutagePhase.Identified).Until(500).Up(600, "n/1/a", 10).Until(5000)
            .Expect("0 Opened n/1/a 5", "30 Told n/1/a Identified", "600 Watching n/1/a", "1200 Resolved n/1/a told");

    [Fact]
    public void Override_BackFromMonitoring_IsNotOverUntilAPersonSaysSo()
    {
        var bench = new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 10).Up(300, "n/1/a", 10).Override(400, "n/1/a", OutagePhase.Investigating)
            .Until(100_000);
        bench.Expect("0 Opened n/1/a 5", "120 Told n/1/a Investigating", "300 Watching n/1/a").Override(100_001, "n/1/a", OutagePhase.Resolved)
            .Expect("100001 Resolved n/1/a told");
    }

    [Fact]
    public void Override_Resolved_LetsWhatIsLeftGo() =>
        new CorrelatorBench(Rule(), ("n/1", 5), ("n/2", 100)).Down(0, "n/1", 5).Override(200, "n/1", OutagePhase.Resolved).Until(201)
            .Expect("0 Opened n/1 5", "120 Told n/1 Investigating", "200 Resolved n/1 told", "200 NotExplained n.1:1 silent", "200 NotExplained n.1:2 silent",
                "200 NotExplained n.1:3 silent", "200 NotExplained n.1:4 silent", "200 NotExplained n.1:5 silent");

    [Fact]
    public void Override_BackToHeldOrUnknown_ChangesNothing()
    {
        var bench = new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 10).Until(200);
        var before = bench.State;
        bench.Override(300, "n/1/a", OutagePhase.Held).Override(300, "n/1/a", OutagePhase.Investigating)
            .Step(300, new CorrelatorEvent.Override("9-9", OutagePhase.Resolved));
        Assert.Same(before, bench.State);
    }

    [Fact]
    public void Rule_Removed_EndsItsOutagesAndLetsTheirFaultsGo()
    {
        var bench = new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 5).Until(200);
        Assert.NotEqual(ServerTime.Zero, Correlator.WakeAt(bench.State, []));
        var (state, effects) = Correlator.Step(bench.State, new CorrelatorEvent.Tick(), [], Topology.Of(Array.Empty<string>()), 0.3, Server(300));
        Assert.Empty(state.Outages);
        Assert.Equal(["Resolved n/1/a told", .. Enumerable.Range(1, 5).Select(i => $"NotExplained n.1.a:{i} silent")], effects.Select(CorrelatorBench.Text));
        Assert.Equal(ServerTime.Zero, Correlator.WakeAt(state, []));
    }

    [Fact]
    public void Rule_RenamedFaultRule_StillEndsItsFaults()
    {
        var bench = new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 1);
        bench.Step(10, new CorrelatorEvent.Cleared("n.1.a:1", "mute", "0-1")).Until(5000).Expect();
        Assert.Empty(bench.State.Faults);
    }

    [Fact]
    public void Cleared_OtherEpisode_EndsNothing()
    {
        var bench = new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 1).Step(10, new CorrelatorEvent.Cleared("n.1.a:1", "silent", "0-77"));
        Assert.Single(bench.State.Faults);
    }

    [Fact]
    public void Guard_MoreThanThirtyPercentAtOnce_IsB2DsOwnTrouble()
    {
        var bench = new CorrelatorBench(Rule(devices: 100), ("n/a", 10), ("n/b", 10)).Down(0, "n", 6).Expect();
        bench.Down(1, "n", 1, skip: 6).Expect("1 FleetSilent 7 of 20").Down(2, "n", 10, skip: 7).Expect();
        bench.Up(3, "n", 10).Expect().Up(4, "n", 1, skip: 10).Expect("4 FleetBack");
    }

    [Fact]
    public void Guard_FleetOfAHandful_IsNone() => new CorrelatorBench(Rule(devices: 100), ("n/a", 19)).Down(0, "n", 19).Expect();

    [Fact]
    public void Guard_ManyOverALongTime_IsNone()
    {
        var bench = new CorrelatorBench(Rule(devices: 100), ("n/a", 100));
        for (var i = 0; i < 60; i++)
            bench.Down(i * 600, "n", 1, skip: i);
        Assert.Empty(bench.Effects.OfType<CorrelatorEffect.FleetSilent>());
    }

    [Fact]
    public void Guard_WhileItLasts_OutagesAreOpenedAndToldGuarded() =>
        new CorrelatorBench(Rule(), ("n/a", 10), ("n/b", 10)).Down(0, "n/a", 10).Until(500)
            .Expect("0 Opened n/a 5", "0 FleetSilent 7 of 20", "120 Told n/a Investigating guarded");

    [Fact]
    public void State_ThroughJson_GoesOnTheSame()
    {
        // Names that a culture would order otherwise than by code.
        var town = new (string, int)[] { ("n/1/a", 10), ("n/1/B", 10), ("n/1/_", 10), ("n/2/a", 200) };
        var plain = new CorrelatorBench(Rule(share: 0.6), town);
        var stored = new CorrelatorBench(Rule(share: 0.6), town);
        foreach (var restart in new[] { false, true })
        {
            var bench = restart ? stored : plain;
            void Again() => _ = restart ? bench.Restart() : bench;
            Again();
            bench.Down(0, "n/1/a", 10);
            Again();
            bench.Down(10, "n/1/B", 10).Down(20, "n/1/_", 3);
            Again();
            bench.Until(300);
            Again();
            bench.Up(400, "n/1/a", 10).Up(410, "n/1/B", 8);
            Again();
            bench.Up(420, "n/1/_", 2);
            Again();
            bench.Until(5000);
        }
        Assert.True(plain.Effects.Count() > 30);
        Assert.Equal(plain.Effects.Select(CorrelatorBench.Text), stored.Effects.Select(CorrelatorBench.Text));
        stored.Restart();
        Assert.Equal(StringComparer.Ordinal, stored.State.Faults.KeyComparer);
    }

    [Fact]
    public void Topology_OfSegments_CountsEachLevelAndAll()
    {
        var topology = Topology.Of(["n/1/a", "n/1/a", "n/1/b", "n/2", "", "n"]);
        Assert.Equal(6, topology.Total);
        Assert.Equal([("n", 5), ("n/1", 3), ("n/1/a", 2), ("n/1/b", 1), ("n/2", 1)], topology.BySegment.OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => (p.Key, p.Value)));
        Assert.Equal([1, 2, 2, 0], new[] { "", "n", "n/1", "n/2" }.Select(topology.PartsOf));
    }
}
