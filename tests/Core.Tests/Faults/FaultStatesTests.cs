using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Faults;

public sealed class FaultStatesTests
{
    private static readonly FaultState Held = new()
    {
        Phase = FaultPhase.Pending,
        Episode = new EpisodeId(3, 14),
        Since = new DeviceTime(1),
        OnsetAt = new DeviceTime(2),
        RaisedAt = new ServerTime(3),
        Severity = Severity.High,
        LastAt = new DeviceTime(4),
        LastHeard = new ServerTime(5),
        LastWasLive = true,
        RaiseBits = 6,
        ClearBits = 7,
        CodesSet = 8,
        CodeAt = new DeviceTime(9),
        CodeTimes = [new DeviceTime(10)],
        WakeAt = new ServerTime(11),
        Acknowledged = true,
        ShelvedUntil = new ServerTime(12),
        OutsideHours = true,
        Chatters = true,
        RaiseTimes = [new ServerTime(13)],
    };

    [Fact]
    public void Item_AsNew_IsDefault()
    {
        var states = new FaultStates(3) { [1] = default };
        Assert.Equal((default, FaultPhase.Normal, default), (states[1], states.PhaseOf(1), states.WakeAt(1)));
        Assert.Equal(ServerTime.Never, states.EarliestWake(gatewayUp: true));
    }

    [Fact]
    public void Item_EveryField_ComesBack()
    {
        var states = new FaultStates(1000) { [999] = Held, [0] = Held with { Phase = FaultPhase.Active, WakeAt = new ServerTime(13), ShelvedUntil = default } };
        Assert.Equal(Held, states[999]);
        Assert.Equal((FaultPhase.Pending, new ServerTime(11), new ServerTime(12)), (states.PhaseOf(999), states.WakeAt(999), states.ShelvedUntil(999)));
        Assert.Equal((new ServerTime(13), default, default), (states[0].WakeAt, states[0].ShelvedUntil, states[500]));
    }

    [Fact]
    public void Item_SetBackToDefault_IsAsNew()
    {
        var states = new FaultStates(2) { [0] = Held };
        states[0] = default;
        Assert.Equal(default, states[0]);
        Assert.Equal(ServerTime.Never, states.EarliestWake(gatewayUp: true));
    }

    [Theory]
    [InlineData(true, 11)]
    [InlineData(false, 12)]
    public void EarliestWake_OfSeveral_IsTheEarliestThatRuns(bool gatewayUp, long expected)
    {
        var states = new FaultStates(9);
        for (var i = 0; i < 8; i++)
            states[i] = Held with { WakeAt = new ServerTime(18 - i), ShelvedUntil = i % 2 == 0 ? default : new ServerTime(19 - i) };
        Assert.Equal(new ServerTime(expected), states.EarliestWake(gatewayUp));
    }

    private const string Over = "- fault: a\n  raise: x > 1\n  case: {}\n";

    [Fact]
    public void Stays_NormalSample_KeepsTheRest()
    {
        var states = new FaultStates(1) { [0] = Held with { Phase = FaultPhase.Normal } };
        Assert.True(Stays(states, Program(Over), 0, live: false, at: 20, now: 21, out _));
        Assert.Equal(
            Held with
            {
                Phase = FaultPhase.Normal, LastAt = new DeviceTime(20), LastHeard = new ServerTime(21), LastWasLive = false, Severity = Severity.Medium, RaiseBits = 12, ClearBits = 15,
                WakeAt = Held.ShelvedUntil,
            },
            states[0]);
    }

    [Fact]
    public void Stays_TrueSample_DoesNothing()
    {
        var states = new FaultStates(1);
        Assert.False(Stays(states, Program(Over), 5, live: true, at: 20, now: 21, out var sample));
        Assert.Equal(new FaultSample(Truth.True, Truth.False, Severity.Medium, new DeviceTime(20), true, new EpisodeId(3, 15)), sample);
        Assert.Equal(default, states[0]);
    }

    // Where it does something at all, it does what a sample does.
    [Theory]
    [InlineData(Over)]
    [InlineData("- fault: a\n  raise: x > 1\n  samples: { raise: 2 of 3, clear: 2 }\n  max_gap: 1s\n  case: {}\n")]
    [InlineData("- fault: a\n  raise: x > 1\n  max_gap: { after: 1s, then: hold }\n  severity: [ { high: x > 2 }, { low: true } ]\n  case: {}\n")]
    [InlineData("- fault: a\n  raise: x > 1\n  unseen: 1h\n  release: 5s\n  case: {}\n")]
    [InlineData("- fault: a\n  raise: x > 1\n  chatter: { raises: 3, within: 1h, quiet: 10m }\n  case: {}\n")]
    [InlineData("- fault: a\n  raise: x > 1\n  clear: x < 1\n  samples: { raise: 2 of 3, clear: 2 of 3 }\n  release: 5s\n  case: {}\n")]
    public void Stays_DrawnStates_DoesWhatASampleDoes(string text)
    {
        var (program, stayed) = (Program(text), 0);
        var rule = program.Rule;
        for (var seed = 1; seed <= 2000; seed++)
        {
            var random = new Random(seed);
            var state = new FaultState
            {
                Phase = (FaultPhase)random.Next(5), Severity = (Severity)random.Next(1, 5), LastAt = new DeviceTime(100_000), LastHeard = new ServerTime(random.Next(4) == 0 ? 0 : 100_010),
                LastWasLive = true, RaiseBits = (uint)random.Next(8), ClearBits = (uint)random.Next(8), Episode = new EpisodeId(3, 7), RaisedAt = new ServerTime(90_000),
            };
            var states = new FaultStates(1) { [0] = state };
            var (x, at, live) = (random.Next(4), 100_000 + random.Next(-500, 2500), random.Next(2) == 0);
            var whole = new FaultSample(x > 1 ? Truth.True : Truth.False, (rule.Clear is null ? x <= 1 : x < 1) ? Truth.True : Truth.False,
                rule.Ladder.IsEmpty ? rule.BaseSeverity : x > 2 ? Severity.High : Severity.Low, new DeviceTime(at), live, new EpisodeId(3, 15));
            var (expected, change, _) = FaultStep.OnSample(state, in whole, rule, new ServerTime(at + 10));
            if (!Stays(states, program, x, live, at, at + 10, out var sample))
            {
                Assert.Equal(state, states[0]);
                if (rule.Clear is null)
                    Assert.Equal(whole, sample);
                else if (FaultStep.OnSample(state, in sample, rule, new ServerTime(at + 10)) is var (then, changed, _))
                    Assert.Equal((Compared(expected), change), (Compared(then), changed));
                continue;
            }
            stayed++;
            Assert.Equal(FaultChange.None, change);
            // How serious a fault is that is not there means nothing.
            Assert.Equal(Compared(expected) with { Severity = 0 }, Compared(states[0]) with { Severity = 0 });
            Assert.True(state.Phase == FaultPhase.Normal || expected.Severity == states[0].Severity, $"seed {seed}");
        }
        Assert.InRange(stayed, 100, 1900);

        // With a condition of its own that clears, what cannot matter where the fault stands is not looked at and not counted.
        FaultState Compared(FaultState state) => rule.Clear is null ? state : state with { RaiseBits = 0, ClearBits = 0 };
    }

    private static RuleProgram Program(string rule) => new(Core.Tests.Rules.RuleFiles.Good(rule).Faults[0]);

    private static bool Stays(FaultStates states, RuleProgram program, double x, bool live, long at, long now, out FaultSample sample)
    {
        MetricValue[] values = [MetricValue.Of(x)];
        var scope = new ConditionScope(values, new Device(DeviceId.Parse("d1")), []);
        var time = new TelemetryTime(new DeviceTime(at), live, new EpisodeId(3, 15), new ServerTime(now), TimeSpan.FromMinutes(5), new FleetMemory());
        return states.Stays(0, program, in scope, in time, out sample);
    }
}
