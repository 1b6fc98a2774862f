using B2D.Core.Backtests;
using B2D.Core.Cases;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Core.Tests.Rules;
using Xunit;

namespace B2D.Core.Tests.Backtests;

/// <summary>What rules would have done, with times in minutes from a start.</summary>
public sealed class BacktestTests
{
    private const string Hot = """
        - fault: hot
          raise: temp > 90
          severity: [ { critical: temp > 120 }, { medium: true } ]
          case: { family: heat, reopen_within: 60m, resolve_after: 30m }
        """;

    private static readonly DeviceId Pump = DeviceId.Parse("pump");
    private static readonly DeviceId Fan = DeviceId.Parse("fan");

    internal static ServerTime At(double minute) => ServerTime.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)) + TimeSpan.FromMinutes(minute);

    private static Backtest Of(string rules, params ReadOnlySpan<DeviceId> devices)
    {
        var test = new Backtest(RuleFiles.Good(rules), ArrivalOptions.Default);
        foreach (var device in devices)
            test.Register(new Device(device), At(0));
        return test;
    }

    private static void Temp(Backtest test, double minute, double value, DeviceId? device = null) => test.Take(
        device ?? Pump, new Entry.Telemetry(device ?? Pump, new DeviceTime(At(minute).EpochMs), [new Reading("temp", MetricValue.Of(value))]), At(minute));

    [Fact]
    public void Take_FaultsOfOneFamily_OpenJoinReopenAndOpenLinked()
    {
        var test = Of(Hot, Pump);
        foreach (var (minute, temp) in new (int, double)[]
            { (1, 99), (2, 80), (10, 99), (12, 80), (50, 99), (52, 80), (200, 99) })
            Temp(test, minute, temp);

        var record = test.Finish(At(210));

        // Clear at 12 resolves at 42; 50 is within the hour after that; resolved again at 82, and 200 is too late to open it again.
        Assert.Equal([CaseOpening.Open, CaseOpening.Join, CaseOpening.Reopen, CaseOpening.OpenLinked], record.Faults.Select(f => f.Opening!.Value));
        Assert.Equal([(1, At(1), 1, 1, At(82)), (2, At(200), 0, 0, null)],
            record.Cases.Select(c => (c.Number, c.OpenedAt, c.Joined, c.Reopened, c.ResolvedAt)));
        Assert.Equal(2, record.DuplicatesAvoided);
        Assert.Equal([1, 1, 1, 2], record.Faults.Select(f => f.Case));
    }

    [Fact]
    public void Take_LatchedFault_StaysOpenBecauseNobodyAcknowledges()
    {
        var test = Of(Hot + "\n  latch: true", Pump);
        foreach (var (minute, temp) in new (int, double)[] { (1, 99), (2, 80), (50, 130), (52, 80) })
            Temp(test, minute, temp);

        var fault = Assert.Single(test.Finish(At(210)).Faults);

        Assert.Equal((null, At(52), Severity.Critical), (fault.ClearedAt, fault.LatchedAt, fault.Severity));
    }

    [Fact]
    public void Take_OutsideItsHours_TellsWhenTheyBeginOrNever()
    {
        var test = Of(Hot + "\n  during: { from: 01:00, to: 02:00, zone: Etc/UTC }", Pump, Fan);
        Temp(test, 1, 99);
        Temp(test, 2, 99, Fan);
        Temp(test, 3, 80, Fan);

        var record = test.Finish(At(100));

        Assert.Equal([At(60), (ServerTime?)null], record.Faults.Select(f => f.EscalatedAt));
        Assert.Equal(At(60), Assert.Single(record.Cases).OpenedAt);
    }

    [Fact]
    public void Take_TwoRulesOfOneFamily_CaseStaysOpenUntilBothAreClear()
    {
        var test = Of(Hot + """

            - fault: very-hot
              raise: temp > 95
              clear: temp < 70
              case: { family: heat, resolve_after: 30m }
            """, Pump);
        Temp(test, 1, 99);
        Temp(test, 2, 80);
        Temp(test, 40, 60);

        var record = test.Finish(At(60));

        Assert.Equal(["hot", "very-hot"], record.Faults.Select(f => f.Rule.Id));
        Assert.Equal(1, Assert.Single(record.Cases).Joined);
        Assert.Null(record.Cases[0].ResolvedAt);
    }

    [Fact]
    public void Take_ResolveAfterZero_CaseStaysOpen()
    {
        var test = Of(Hot.Replace("resolve_after: 30m", "resolve_after: 0s", StringComparison.Ordinal), Pump);
        Temp(test, 1, 99);
        Temp(test, 2, 80);
        Temp(test, 5000, 99);

        Assert.Equal([CaseOpening.Open, CaseOpening.Join], test.Finish(At(6000)).Faults.Select(f => f.Opening!.Value));
    }

    [Fact]
    public void Take_SaidTwice_CountsOnceAndIsCounted()
    {
        var test = Of(Hot.Replace("raise: temp > 90", "raise: temp > 90\n  samples: { raise: 2 of 2, clear: 1 }", StringComparison.Ordinal), Pump);
        Temp(test, 1, 99);
        Temp(test, 1, 99);

        var once = test.Finish(At(2));
        Temp(test, 3, 99);
        var twice = test.Finish(At(4));

        Assert.Equal((2, 1), (once.Readings, once.Repeated));
        Assert.Empty(once.Faults);
        Assert.Single(twice.Faults);
    }

    [Fact]
    public void Take_SameTimeOtherValue_IsNoRepetition()
    {
        var test = Of(Hot, Pump);
        Temp(test, 1, 80);
        Temp(test, 1, 99);

        Assert.Equal(0, test.Finish(At(2)).Repeated);
    }

    [Fact]
    public void Take_DevicesOneAfterTheOther_SameAsTogether()
    {
        Backtest apart = Of(Hot, Pump, Fan), together = Of(Hot, Pump, Fan);
        foreach (var device in new[] { Pump, Fan })
        {
            Temp(apart, 1, 99, device);
            Temp(apart, 5, 80, device);
        }
        foreach (var minute in new[] { 1, 5 })
        {
            Temp(together, minute, minute == 1 ? 99 : 80, Pump);
            Temp(together, minute, minute == 1 ? 99 : 80, Fan);
        }

        static IEnumerable<object> Seen(BacktestRecord record) => record.Faults.Select(f => (object)(f.Device, f.RaisedAt, f.ClearedAt, f.Episode));
        Assert.Equal(Seen(together.Finish(At(9))), Seen(apart.Finish(At(9))));
    }

    [Fact]
    public void Take_HoldInSilence_CompletesOnlyAsTimePasses()
    {
        const string Rules = """
            - fault: hot
              raise: temp > 90
              hold: 5m
              case: {}
            """;
        var test = Of(Rules, Pump);
        Temp(test, 1, 99);
        Assert.Empty(test.Finish(At(5)).Faults);

        Assert.Equal(At(6), Assert.Single(test.Finish(At(8)).Faults).RaisedAt);
    }

    [Fact]
    public void Take_RuleInShadow_IsJudgedAsInForce()
    {
        var test = Of(Hot + "\n  shadow: true", Pump);
        Temp(test, 1, 99);

        Assert.Single(test.Finish(null).Cases);
    }

    [Fact]
    public void Take_SeverityRisesAndFalls_TheMostSeriousIsKept()
    {
        var test = Of(Hot, Pump);
        Temp(test, 1, 99);
        Temp(test, 2, 130);
        Temp(test, 3, 99);

        Assert.Equal(Severity.Critical, Assert.Single(test.Finish(null).Faults).Severity);
    }

    [Fact]
    public void Restart_AtEveryStep_ChangesNothing()
    {
        const int seed = 815;
        var random = new Random(seed);
        const string Rules = """
            - fault: hot
              raise: avg(temp, duration("10m")) > 90
              hold: 3m
              release: 2m
              samples: { raise: 2 of 3, clear: 2 }
              case: { resolve_after: 5m }
            - fault: code
              codes: [ E1 ]
              auto_clear: 20m
              case: {}
            - fault: silent
              silent: 9m
              case: {}
            """;
        Backtest steady = Of(Rules, Pump), restarted = Of(Rules, Pump);
        var minute = 0.0;
        for (var i = 0; i < 400; i++)
        {
            minute += random.Next(12) == 0 ? 15 : random.NextDouble() * 2;
            var (temp, code) = (80 + (random.NextDouble() * 25), random.Next(20) == 0);
            foreach (var test in new[] { steady, restarted })
            {
                Temp(test, minute, temp);
                if (code)
                    test.Take(Pump, new Entry.Event(Pump, "E1", CodeState.Set, new DeviceTime(At(minute).EpochMs)), At(minute));
            }
            restarted.Restart();
        }

        static IEnumerable<string> Seen(BacktestRecord record) => record.Faults.Select(f => $"{f.Rule.Id} {f.RaisedAt} {f.ClearedAt} {f.ClearedBy} {f.Case} {f.Opening}");
        var expected = steady.Finish(null);
        Assert.True(expected.Faults.Length > 20, $"seed {seed}: only {expected.Faults.Length} faults");
        Assert.Equal(Seen(expected), Seen(restarted.Finish(null)));
    }
}
