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

    [Fact]
    public void Stays_NormalSample_KeepsTheRest()
    {
        var rule = Core.Tests.Rules.RuleFiles.Good("- fault: a\n  raise: x > 1\n  case: {}\n").Faults[0];
        var states = new FaultStates(1) { [0] = Held with { Phase = FaultPhase.Normal } };
        var sample = new FaultSample(Truth.False, Truth.True, Severity.Low, new DeviceTime(20), false, new EpisodeId(3, 15));
        Assert.True(states.Stays(0, in sample, new RuleProgram(rule), new ServerTime(21)));
        Assert.Equal(
            Held with
            {
                Phase = FaultPhase.Normal, LastAt = new DeviceTime(20), LastHeard = new ServerTime(21), LastWasLive = false, Severity = Severity.Low, RaiseBits = 12, ClearBits = 15,
                WakeAt = Held.ShelvedUntil,
            },
            states[0]);
    }

    [Fact]
    public void Stays_TrueSample_DoesNothing()
    {
        var rule = Core.Tests.Rules.RuleFiles.Good("- fault: a\n  raise: x > 1\n  case: {}\n").Faults[0];
        var states = new FaultStates(1);
        var sample = new FaultSample(Truth.True, Truth.False, Severity.Low, new DeviceTime(20), true, new EpisodeId(3, 15));
        Assert.False(states.Stays(0, in sample, new RuleProgram(rule), new ServerTime(21)));
        Assert.Equal(default, states[0]);
    }
}
