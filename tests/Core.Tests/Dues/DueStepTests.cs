using B2D.Core.Dues;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Core.Tests.Faults;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Dues;

public sealed class DueStepTests
{
    private static readonly DueRule Filter = Due(every: 1000);

    [Fact]
    public void Count_FirstValue_IsWhereCountingBegins()
    {
        var (state, change, reason) = DueStep.Count(DueState.Start, 123_456, double.NaN, Filter);
        Assert.Equal((0.0, DueChange.None, DueReason.FirstValue), (state.Used, change, reason));
    }

    [Fact]
    public void Count_UpToTellAt_TellsOnce()
    {
        var line = new Line().Counter(0, 899.9).Expect().Counter(900).Expect("Told ReachedTellAt").Counter(901, 950, 1000).Expect("Told ReachedTellAt");
        Assert.Equal(DuePhase.Told, line.State.Phase);
    }

    [Fact]
    public void Count_BeyondAll_IsOverdueOnce() =>
        new Line().Counter(0, 900, 1000, 1000.1, 2000, 5000).Expect("Told ReachedTellAt", "Overdue UsedUp");

    [Fact]
    public void Count_JumpsOverBoth_IsToldBeforeItIsOverdue() => new Line().Counter(0, 5000).Expect("Told ReachedTellAt").Counter(5001)
        .Expect("Told ReachedTellAt", "Overdue UsedUp");

    [Fact]
    public void Count_ResetOfTheCounter_GoesOn()
    {
        var line = new Line().Counter(100, 500);
        line.Counter(30);
        Assert.Equal((430.0, DueReason.CounterReset), (line.State.Used, line.Reason));
        line.Counter(530).Expect("Told ReachedTellAt");
    }

    [Fact]
    public void Count_TremblingCounter_IsNoUse()
    {
        var line = new Line().Counter(1000);
        for (var i = 0; i < 1000; i++)
            line.Counter(999.5, 1000);
        Assert.Equal(0, line.State.Used);
        Assert.Equal(1, line.Counter(1001).State.Used);
    }

    [Fact]
    public void Count_UsedPartPutIn_GoesOnFromItsValue() => Assert.Equal(20, new Line().Counter(1000, 1010, 700, 710).State.Used);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Count_NotANumber_IsNoUse(double value)
    {
        var line = new Line().Counter(0, 100);
        Assert.Equal(DueReason.NotANumber, DueStep.Count(line.State, value, double.NaN, Filter).Reason);
        Assert.Equal(line.State, DueStep.Count(line.State, value, value, Filter).State);
        Assert.Equal(150, line.Counter(value, 150).State.Used);
    }

    [Fact]
    public void Count_MarkerFalls_IsDoneAndCountsTheNextCycle()
    {
        var line = new Line().Both(0, 10).Both(950, 960).Expect("Told ReachedTellAt").Both(952, 1);
        line.Expect("Told ReachedTellAt", "Done DoneByReset");
        Assert.Equal((1, DuePhase.Forecast, 1.0), (line.State.Cycle, line.State.Phase, line.State.Used));
        line.Both(1852, 900).Expect("Told ReachedTellAt", "Done DoneByReset", "Told ReachedTellAt");
    }

    [Fact]
    public void Count_MarkerFallsALittle_IsNoise() => new Line().Both(0, 10).Both(950, 960).Both(951, 500).Expect("Told ReachedTellAt");

    [Fact]
    public void Count_DeviceInMidLife_BelievesItsMarker()
    {
        var line = new Line().Both(77_000, 950).Expect("Told ReachedTellAt");
        Assert.Equal(950, line.State.Used);
    }

    [Fact]
    public void Count_CounterAndMarkerInTwoMessages_CountOnce()
    {
        var line = new Line().Both(0, 0);
        line.Count(500, double.NaN).Count(double.NaN, 500).Count(510, double.NaN);
        Assert.Equal(510, line.State.Used);
    }

    [Fact]
    public void Done_ByOwner_BeginsANewCycleWithoutCountingAgain()
    {
        var line = new Line().Counter(0, 950);
        var (state, change, reason) = DueStep.Done(line.State);
        Assert.Equal((1, 0.0, 950.0, DueChange.Done, DueReason.DoneByOwner), (state.Cycle, state.Used, state.LastCounter, change, reason));
        Assert.Equal(10, DueStep.Count(state, 960, double.NaN, Filter).State.Used);
    }

    [Fact]
    public void Lane_ToldOnceThenDoneByReset_OpensNoFault() =>
        Bench(Due(marker: 2)).Reading(10, "h1", "m1=0 m2=0").Reading(20, "h1", "m1=950 m2=950").Reading(30, "h1", "m1=960 m2=960")
            .Reading(40, "h1", "m1=961 m2=0")
            .Expect("20 DueChanged h1 filter Told ReachedTellAt 0", "40 DueChanged h1 filter Done DoneByReset 0");

    [Fact]
    public void Lane_DoneByTheOwner_NamesTheCycleThatEnded() =>
        Bench(Due()).Reading(10, "h1", "m1=0").Reading(20, "h1", "m1=950").Act(30, "h1", FaultAction.DueDone, "filter").Reading(40, "h1", "m1=1900")
            .Expect("20 DueChanged h1 filter Told ReachedTellAt 0", "30 DueChanged h1 filter Done DoneByOwner 0",
                "40 DueChanged h1 filter Told ReachedTellAt 1");

    [Fact]
    public void Lane_RuleOrDeviceAwayAndBack_CountsANewCycle()
    {
        var bench = Bench(Due()).Reading(10, "h1", "m1=0").Reading(20, "h1", "m1=950").Expect("20 DueChanged h1 filter Told ReachedTellAt 0");
        bench.Activate(30, Set("b", Hot())).Restart().Activate(40, Set("a", Due())).Reading(50, "h1", "m1=950").Reading(60, "h1", "m1=1900")
            .Expect("60 DueChanged h1 filter Told ReachedTellAt 1");
        bench.Append(70, new Entry.Removed(Core.Devices.DeviceId.Parse("h1"))).Restart().Register(80, DeviceOf("h1")).Reading(90, "h1", "m1=0")
            .Reading(100, "h1", "m1=950")
            .Expect("100 DueChanged h1 filter Told ReachedTellAt 2");
    }

    [Fact]
    public void Lane_MetricNoRuleReads_IsNoMarker() =>
        Bench(Due()).Reading(10, "h1", "m1=0 unknown=500").Reading(20, "h1", "m1=10 unknown=3").Reading(30, "h1", "m1=899 unknown=700").Expect();

    [Fact]
    public void Lane_TextInsteadOfANumber_IsPassedOver()
    {
        var bench = Bench(Due()).Reading(10, "h1", "m1=0");
        bench.Append(20, new Entry.Telemetry(Core.Devices.DeviceId.Parse("h1"), Device(20), [new Reading("m1", MetricValue.Of("n/a"))])).Expect();
        bench.Reading(30, "h1", "m1=950").Expect("30 DueChanged h1 filter Told ReachedTellAt 0");
    }

    [Fact]
    public void Lane_OtherModel_CountsNothing() =>
        new LaneBench(Set("a", Due() with { AppliesTo = ForModel("HP-2") })).Register(0, DeviceOf("h1", "XX-1")).Reading(10, "h1", "m1=0")
            .Reading(20, "h1", "m1=5000").Expect();

    private static LaneBench Bench(DueRule rule) => new LaneBench(Set("a", rule)).Register(0, DeviceOf("h1"));

    private sealed class Line
    {
        private readonly List<string> changes = [];

        public DueState State { get; private set; } = DueState.Start;

        public DueReason Reason { get; private set; }

        public Line Counter(params double[] values)
        {
            foreach (var value in values)
                Count(value, double.NaN);
            return this;
        }

        public Line Both(double counter, double marker) => Count(counter, marker);

        public Line Count(double counter, double marker)
        {
            var (state, change, reason) = DueStep.Count(State, counter, marker, Filter);
            (State, Reason) = (state, reason);
            if (change != DueChange.None)
                changes.Add($"{change} {reason}");
            return this;
        }

        public Line Expect(params string[] expected)
        {
            Assert.Equal(expected, changes);
            return this;
        }
    }
}
