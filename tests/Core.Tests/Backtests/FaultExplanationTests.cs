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
    public void Of_FaultWhilePeopleWorkOnTheDevice_SaysThatItIsHeldAndWhenItIsRaised()
    {
        var rules = RuleSetReader.Read([new RuleFile("r.yaml", "- fault: hot\n  raise: temp_c > 90\n  case: {}\n")]).Set!;
        Entry Temp(long at, double value) => new Entry.Telemetry(Pump, new DeviceTime(at), [new Reading("temp_c", MetricValue.Of(value))]);

        var steps = FaultExplanation.Of(rules, "hot", new Device(Pump), [(new ServerTime(1000), new Entry.Maintenance(Pump, new ServerTime(500_000))), (new ServerTime(60_000), Temp(60_000, 95))], new ServerTime(600_000));

        Assert.Equal(2, steps.Length);
        Assert.Contains($"people work on the device, so nothing is raised before {new ServerTime(500_000)}", steps[0].What, StringComparison.Ordinal);
        Assert.StartsWith("it begins; people work", steps[0].What, StringComparison.Ordinal);
        Assert.Equal("raised: people's work on the device is over, and it is still there", steps[1].What);
        Assert.Equal(500_000, steps[1].At.EpochMs);
    }

    [Fact]
    public void Of_LatchedFault_WaitsRelapsesAndEndsWithTheAcknowledgement()
    {
        const string Rule = "- fault: hot\n  raise: temp_c > 90\n  latch: true\n  case: {}\n";

        var steps = Steps(Rule, "hot", [(400, "hot")], (0, 95), (60, 70), (120, 95), (180, 70), (600, 71));

        Assert.Equal(
            [
                "0 raised: the condition is true temp_c=95",
                "60 its condition is over, and it waits for somebody to acknowledge it: it is normal again temp_c=70",
                "120 it is there again: the condition is true temp_c=95",
                "180 its condition is over, and it waits for somebody to acknowledge it: it is normal again temp_c=70",
                "400 over: it was normal again, and somebody acknowledged it temp_c=70",
            ],
            steps);
    }

    [Fact]
    public void Of_FaultThatChatters_SaysSoAndHowLong()
    {
        const string Rule = "- fault: hot\n  raise: temp_c > 90\n  chatter: { raises: 2, within: 1h, quiet: 5m }\n  case: {}\n";

        var steps = Steps(Rule, "hot", [(90, "hot")], (0, 95), (30, 70), (60, 95), (120, 70), (420, 70));

        Assert.Equal(
            [
                "0 raised: the condition is true temp_c=95",
                "30 over: it is normal again temp_c=70",
                "60 raised: the condition is true; that often within 1h (2 times) it chatters, and stays open until it was normal for 5m temp_c=95",
                "90 somebody acknowledged it temp_c=95",
                "120 normal; it must stay so for 5m temp_c=70",
                "420 over: it was normal when the device was heard last, and its release is over temp_c=70",
            ],
            steps);
    }

    [Fact]
    public void Of_FaultOutsideItsHours_SaysWhenItOpens()
    {
        // The start is 2027-01-15 08:00 UTC.
        const string Rule = "- fault: hot\n  raise: temp_c > 90\n  during: { from: 08:10, to: 09:00, zone: Etc/UTC }\n  case: {}\n";

        Assert.Equal(
            [
                "0 raised: the condition is true; outside the hours of its rule: nobody hears of it before they begin, at 2027-01-15T08:10:00.000Z temp_c=95",
                "600 the hours of its rule begin, and it is there: people hear of it temp_c=95",
            ],
            Steps(Rule, "hot", (0, 95), (700, 96)));
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

    private static string[] Steps(string rules, string rule, params (int Second, double Value)[] readings) => Steps(rules, rule, [], readings);

    private static string[] Steps(string rules, string rule, (int Second, string Rule)[] acts, params (int Second, double Value)[] readings)
    {
        var set = RuleSetReader.Read([new RuleFile("r.yaml", rules)]).Set!;
        var start = 1_800_000_000_000L;
        var sent = readings.Select(r => (new ServerTime(start + (r.Second * 1000)),
            (Entry)new Entry.Telemetry(Pump, new DeviceTime(start + (r.Second * 1000)), [new Reading("temp_c", MetricValue.Of(r.Value))])))
            .Concat(acts.Select(a => (new ServerTime(start + (a.Second * 1000)), (Entry)new Entry.Action(Pump, a.Rule, FaultAction.Acknowledge, "anna", null, ""))))
            .OrderBy(s => s.Item1);
        return [.. FaultExplanation.Of(set, rule, new Device(Pump), sent, new ServerTime(start + (readings[^1].Second * 1000)))
            .Select(s => $"{(s.At.EpochMs - start) / 1000} {s.What} {string.Join(",", s.Values.Select(v => $"{v.Metric}={v.Value}"))}")];
    }
}
