using B2D.Core.Devices;
using B2D.Core.Backtests;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Backtests;

public sealed class FaultExplanationTests
{
    private static readonly DeviceId Pump = DeviceId.Parse("hp-1");

    [Fact]
    public void Of_HoldBrokenThenCompletedThenReleased_EachChangeWithItsValues()
    {
        const string Rule = "- fault: hot\n  raise: temp_c > 90\n  clear: temp_c < 80\n  hold: 2m\n  release: 1m\n  severity: [ { critical: temp_c > 120 }, { low: true } ]\n  case: {}\n";

        var steps = Steps(Rule, "hot", (0, 70), (60, 95), (120, 85), (180, 95), (240, 96), (300, 97), (360, 130), (420, 70), (480, 70));

        Assert.Equal(
            [
                "60 it begins; it must last for 2m temp_c=95",
                "120 it did not last: nothing is raised temp_c=85",
                "180 it begins; it must last for 2m temp_c=95",
                "300 raised: the condition was true when the device was heard last, and its hold is over temp_c=96",
                "360 severity Low becomes Critical temp_c=130",
                "420 normal; it must stay so for 1m temp_c=70",
                "480 over: it was normal when the device was heard last, and its release is over temp_c=70",
            ],
            steps);
    }

    [Fact]
    public void Of_SilenceAndTheClockAlone_AreStepsOfTheirOwn()
    {
        var steps = Steps("- fault: quiet\n  silent: 2m\n  case: {}\n", "quiet", (0, 1), (60, 2), (600, 3));

        Assert.Equal(["180 raised: nothing was heard of the device for too long ", "600 over: the device was heard again "], steps);
    }

    [Fact]
    public void Of_RuleThatComparesWithTheFleet_ShowsTheMedianThatStood()
    {
        const string Rule = "- fault: warm\n  raise: temp_c > fleet_median(temp_c) + 8\n  case: {}\n";
        var set = RuleSetReader.Read([new RuleFile("r.yaml", Rule)]).Set!;
        (ServerTime, Entry)[] sent =
        [
            (At(0), new Entry.FleetMedians(TimeSpan.FromDays(366), [new FleetMedian("HP-2", "temp_c", 20, 5)])),
            .. new[] { (60, 25.0), (120, 29.0), (180, 21.0) }.Select(r => (At(r.Item1), (Entry)new Entry.Telemetry(Pump, new DeviceTime(At(r.Item1).EpochMs), [new Reading("temp_c", MetricValue.Of(r.Item2))]))),
        ];

        var steps = FaultExplanation.Of(set, "warm", new Device(Pump) { Model = "HP-2" }, sent, At(200));

        Assert.Equal(
            ["raised: the condition is true temp_c=29 fleet_median(temp_c)=20", "over: it is normal again temp_c=21 fleet_median(temp_c)=20"],
            steps.Select(s => $"{s.What} {string.Join(' ', s.Values.Select(v => $"{v.Metric}={v.Value}"))}"));

        static ServerTime At(int second) => new(1_800_000_000_000L + (second * 1000));
    }

    [Fact]
    public void Of_UnknownRule_IsRefused() => Assert.Throws<ArgumentException>(() => Steps("- fault: a\n  raise: x > 1\n  case: {}\n", "b", (0, 1)));

    private static string[] Steps(string rules, string rule, params (int Second, double Value)[] readings)
    {
        var set = RuleSetReader.Read([new RuleFile("r.yaml", rules)]).Set!;
        var start = 1_800_000_000_000L;
        var sent = readings.Select(r => (new ServerTime(start + (r.Second * 1000)),
            (Entry)new Entry.Telemetry(Pump, new DeviceTime(start + (r.Second * 1000)), [new Reading("temp_c", MetricValue.Of(r.Value))])));
        return [.. FaultExplanation.Of(set, rule, new Device(Pump), sent, new ServerTime(start + (readings[^1].Second * 1000)))
            .Select(s => $"{(s.At.EpochMs - start) / 1000} {s.What} {string.Join(",", s.Values.Select(v => $"{v.Metric}={v.Value}"))}")];
    }
}
