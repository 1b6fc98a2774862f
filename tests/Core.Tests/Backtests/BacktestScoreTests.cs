using System.Collections.Immutable;
using B2D.Core.Backtests;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Core.Tests.Rules;
using Xunit;

namespace B2D.Core.Tests.Backtests;

/// <summary>Alerts against failures, counted by hand. Times in hours; a device's telemetry goes from 0 to 1,000.</summary>
public sealed class BacktestScoreTests
{
    private static readonly ScoreTerms Terms = new(TimeSpan.FromHours(48), TimeSpan.FromHours(24));
    private static readonly DeviceId A = DeviceId.Parse("a");
    private static readonly DeviceId B = DeviceId.Parse("b");

    private static ServerTime At(double hour) => BacktestTests.At(hour * 60);

    /// <summary>A record in which each of these hours brings an alert.</summary>
    private static BacktestRecord Alerts(params (DeviceId Device, double Hour)[] alerts)
    {
        var rule = RuleFiles.Good("- fault: hot\n  raise: temp > 90\n  case: {}").Faults[0];
        return new BacktestRecord
        {
            Faults = [.. alerts.Select(a => new BacktestFault(a.Device, rule, default, At(a.Hour), default, default, false, []) { EscalatedAt = At(a.Hour) })],
            Cases = [],
            Devices = new[] { A, B }.ToImmutableSortedDictionary(d => d, _ => (At(0), At(1000))),
            Readings = 0,
            Events = 0,
            Repeated = 0,
        };
    }

    private static BacktestScore Score(BacktestRecord record, params (DeviceId Device, double Hour, string What)[] failures) =>
        BacktestScore.Of(record, failures.Select(f => new BacktestLabel(f.Device, At(f.Hour), f.What)), Terms);

    [Theory]
    [InlineData(51.999, false)]
    [InlineData(52, true)]
    [InlineData(99.999, true)]
    [InlineData(100, false)]
    [InlineData(101, false)]
    public void Of_AlertAroundFailureAtHundred_ForeseesWithinTheHorizonBeforeIt(double alert, bool foreseen)
    {
        var score = Score(Alerts((A, alert)), (A, 100, "pump"));

        Assert.Equal((1, foreseen ? 1 : 0, foreseen ? 0 : 1), (score.Whole.Failures, score.Whole.Foreseen, score.Whole.FalseCases));
    }

    [Fact]
    public void Of_AlertOfAnotherDevice_ForeseesNothing() => Assert.Equal(0, Score(Alerts((B, 90)), (A, 100, "pump")).Whole.Foreseen);

    [Fact]
    public void Of_TwoFailuresAtOneTime_AreOne()
    {
        var failure = Assert.Single(Score(Alerts((A, 90)), (A, 100, "pump"), (A, 100, "fan")).Failures);

        Assert.Equal(("pump, fan", TimeSpan.FromHours(10)), (failure.What, failure.Lead));
    }

    [Fact]
    public void Of_AlertsAtMostTheMergeApart_AreOneCaseAndOneOfThemSavesIt()
    {
        // 300, 324, 348 are a chain of 24 hours each; 372.5 is another. The failure at 390 is foreseen by 348 and 372.5.
        var score = Score(Alerts((A, 300), (A, 324), (A, 348), (A, 372.5), (B, 348)), (A, 390, "pump"));

        Assert.Equal([(A, At(300), At(348), true), (B, At(348), At(348), false), (A, At(372.5), At(372.5), true)],
            score.Cases.Select(c => (c.Device, c.From, c.Until, c.Foresees)));
        Assert.Equal(1, score.Whole.FalseCases);
    }

    [Fact]
    public void Of_Lead_IsFromTheFirstAlertWithinTheHorizon() =>
        Assert.Equal(TimeSpan.FromHours(40), Score(Alerts((A, 40), (A, 60), (A, 99)), (A, 100, "pump")).Failures[0].Lead);

    [Fact]
    public void Of_EvenNumberOfLeads_MedianIsTheMeanOfTheMiddleTwo()
    {
        // Leads of 1, 10, 20 and 48 hours; the failure at 900 is missed and has none.
        var score = Score(
            Alerts((A, 90), (A, 180), (B, 299), (B, 652)), (A, 100, "x"), (A, 200, "x"), (B, 300, "x"), (B, 700, "x"), (B, 900, "x"));

        Assert.Equal((5, 4, TimeSpan.FromHours(15)), (score.Whole.Failures, score.Whole.Foreseen, score.Whole.MedianLead));
    }

    [Fact]
    public void Of_Halves_FailuresAndCasesBelongWhereTheyBegin()
    {
        var score = Score(Alerts((A, 490), (A, 100), (B, 800)), (A, 510, "x"), (B, 300, "x"));

        Assert.Equal([(1, 0, 1), (1, 1, 1)], score.Halves.Select(h => (h.Failures, h.Foreseen, h.FalseCases)));
        Assert.Equal(2 * 1000 / 24.0 / 365.25, score.Whole.DeviceYears, 9);
        Assert.All(score.Halves, h => Assert.Equal(1000 / 24.0 / 365.25, h.DeviceYears, 9));
        Assert.Equal(2 / score.Whole.DeviceYears, score.Whole.FalsePerDeviceYear, 9);
    }

    [Fact]
    public void Of_LabelsWithoutTelemetry_DoNotCount()
    {
        var score = Score(Alerts((A, 999)), (DeviceId.Parse("c"), 100, "x"), (A, -1, "x"), (A, 1048.1, "x"), (A, 1040, "x"));

        Assert.Equal((3, 1, 1), (score.IgnoredLabels, score.Whole.Failures, score.Whole.Foreseen));
    }

    [Fact]
    public void Of_NoFailure_NothingIsDividedByZero()
    {
        var score = Score(Alerts());

        Assert.Equal((0, 0, 0.0, null), (score.Whole.Failures, score.Whole.FalseCases, score.Whole.ForeseenShare, score.Whole.MedianLead));
    }
}
