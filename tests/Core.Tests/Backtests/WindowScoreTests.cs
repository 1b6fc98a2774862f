using System.Collections.Immutable;
using B2D.Core.Backtests;
using B2D.Core.Devices;
using B2D.Core.Tests.Rules;
using Xunit;

namespace B2D.Core.Tests.Backtests;

/// <summary>Alerts against windows, counted by hand. Times in hours; a device's telemetry goes from 0 to 1,000.</summary>
public sealed class WindowScoreTests
{
    private static readonly DeviceId A = DeviceId.Parse("a");
    private static readonly DeviceId B = DeviceId.Parse("b");

    private static ServerTime At(double hour) => BacktestTests.At(hour * 60);

    private static BacktestRecord Alerts(params (DeviceId Device, double Hour)[] alerts)
    {
        var rule = RuleFiles.Good("- fault: hot\n  raise: temp > 90\n  case: {}").Faults[0];
        return Record([.. alerts.Select(a => new BacktestFault(a.Device, rule, default, At(a.Hour), default, default, false, []) { EscalatedAt = At(a.Hour) })]);
    }

    private static BacktestRecord Record(ImmutableArray<BacktestFault> faults) => new()
    {
        Faults = faults,
        Cases = [],
        Devices = new[] { A, B }.ToImmutableSortedDictionary(d => d, _ => (At(0), At(1000))),
        Readings = 0,
        Events = 0,
        Repeated = 0,
    };

    private static WindowScore Score(BacktestRecord record, params (DeviceId Device, double From, double Until)[] windows) =>
        WindowScore.Of(record, windows.Select(w => new BacktestWindow(w.Device, At(w.From), At(w.Until), "x")), TimeSpan.FromHours(24));

    [Theory]
    [InlineData(99.999, false)]
    [InlineData(100, true)]
    [InlineData(110, true)]
    [InlineData(110.001, false)]
    public void Of_AlertAroundAWindow_DetectsItFromItsBeginToItsEnd(double alert, bool detected)
    {
        var score = Score(Alerts((A, alert)), (A, 100, 110));

        Assert.Equal((1, detected ? 1 : 0, detected ? 0 : 1), (score.Whole.Windows, score.Whole.Detected, score.Whole.FalseAlarms));
    }

    [Fact]
    public void Of_AlertOfAnotherDevice_IsFalseThere()
    {
        var score = Score(Alerts((B, 105)), (A, 100, 110));

        Assert.Equal([(A, 1, 0, 0), (B, 0, 0, 1)], score.Devices.Select(d => (d.Key, d.Value.Windows, d.Value.Detected, d.Value.FalseAlarms)));
    }

    [Fact]
    public void Of_AlertsOutsideWindows_AreOneFalseAlarmWithinTheMerge()
    {
        // 300 and 324 are one; 348.5 is more than 24 hours later. 410 is in the window and bridges nothing: 395 and 425 are 30 hours apart.
        var score = Score(Alerts((A, 300), (A, 324), (A, 348.5), (A, 395), (A, 410), (A, 425)), (A, 400, 420));

        Assert.Equal([(At(300), At(324)), (At(348.5), At(348.5)), (At(395), At(395)), (At(425), At(425))], score.FalseAlarms.Select(a => (a.From, a.Until)));
        Assert.Equal((1, 4), (score.DetectedBy("hot"), score.FalseOf("hot")));
    }

    [Fact]
    public void Of_WindowsThatOverlap_AreDetectedBothByOneAlert() =>
        Assert.Equal(2, Score(Alerts((A, 105)), (A, 100, 110), (A, 104, 120)).Whole.Detected);

    [Fact]
    public void Of_FaultsNobodyIsToldOf_DetectNothing()
    {
        var rules = RuleFiles.Good("- fault: told\n  raise: temp > 90\n  case: {}\n- fault: listed\n  raise: temp > 80").Faults;
        var held = new BacktestFault(A, rules[0], default, At(105), default, default, false, []);
        var listed = new BacktestFault(A, rules[1], default, At(106), default, default, false, []) { EscalatedAt = At(106) };

        Assert.Equal((0, 0), (Score(Record([held, listed]), (A, 100, 110)).Whole.Detected, Score(Record([held, listed])).Whole.FalseAlarms));
    }

    [Fact]
    public void Of_Delay_IsFromTheWindowsBeginToTheFirstAlertInIt()
    {
        // Delays of 1, 4 and 10 hours and, of four with 2, the mean of 2 and 4; the last window is missed and has none.
        var three = Score(Alerts((A, 101), (A, 105), (A, 204), (B, 310)), (A, 100, 120), (A, 200, 220), (B, 300, 320), (B, 900, 920));
        var four = Score(Alerts((A, 101), (A, 204), (B, 310), (B, 502)), (A, 100, 120), (A, 200, 220), (B, 300, 320), (B, 500, 520));

        Assert.Equal((TimeSpan.FromHours(4), TimeSpan.FromHours(3)), (three.Whole.MedianDelay, four.Whole.MedianDelay));
        Assert.Equal(TimeSpan.FromHours(1), three.Windows[0].Delay);
        Assert.Null(three.Windows[^1].Delay);
    }

    [Fact]
    public void Of_WindowsWithoutTelemetry_DoNotCount()
    {
        var score = Score(Alerts(), (DeviceId.Parse("c"), 100, 110), (A, -20, -0.1), (A, 1000.1, 1010), (A, -1, 1), (A, 1000, 1001));

        Assert.Equal((3, 2), (score.IgnoredWindows, score.Whole.Windows));
    }

    [Fact]
    public void Of_Halves_AreOfEachDevicesOwnTime()
    {
        var rule = RuleFiles.Good("- fault: hot\n  raise: temp > 90\n  case: {}").Faults[0];
        BacktestFault Alert(DeviceId device, double hour) => new(device, rule, default, At(hour), default, default, false, []) { EscalatedAt = At(hour) };
        // The middle of A is 500, that of B 1,500.
        var record = Record([Alert(A, 505), Alert(B, 1300), Alert(B, 1405)]) with
        {
            Devices = ImmutableSortedDictionary<DeviceId, (ServerTime, ServerTime)>.Empty.Add(A, (At(0), At(1000))).Add(B, (At(1000), At(2000))),
        };

        var score = Score(record, (A, 499, 510), (B, 1400, 1410), (B, 1600, 1610));

        Assert.Equal([(2, 2, 1), (1, 0, 0)], score.Halves.Select(h => (h.Windows, h.Detected, h.FalseAlarms)));
        Assert.All(score.Halves, h => Assert.Equal(1000 / 24.0 / 365.25, h.DeviceYears, 9));
        Assert.Equal(1 / (2000 / 24.0 / 365.25), score.Whole.FalsePerDeviceYear, 9);
    }

    [Fact]
    public void Of_NothingAtAll_NothingIsDividedByZero()
    {
        var score = WindowScore.Of(Record([]) with { Devices = ImmutableSortedDictionary<DeviceId, (ServerTime, ServerTime)>.Empty }, [], TimeSpan.Zero);

        Assert.Equal((0, 0.0, 0.0, null), (score.Whole.Windows, score.Whole.DetectedShare, score.Whole.FalsePerDeviceYear, score.Whole.MedianDelay));
    }
}
