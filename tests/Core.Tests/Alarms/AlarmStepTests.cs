using B2D.Core.Alarms;
using Xunit;

namespace B2D.Core.Tests.Alarms;

public sealed class AlarmStepTests
{
    private const AlarmLevel No = AlarmLevel.None;
    private const AlarmLevel Warn = AlarmLevel.Warning;
    private const AlarmLevel Crit = AlarmLevel.Critical;

    /// <summary>Every phase with every level, before and after its time: raised after 10 s of wrong, over after 20 s of well.</summary>
    [Theory]
    [InlineData(AlarmPhase.Normal, No, No, 100, AlarmPhase.Normal, No, AlarmChange.None)]
    [InlineData(AlarmPhase.Normal, No, Warn, 100, AlarmPhase.Pending, Warn, AlarmChange.None)]
    [InlineData(AlarmPhase.Normal, No, Crit, 100, AlarmPhase.Pending, Crit, AlarmChange.None)]
    [InlineData(AlarmPhase.Pending, Warn, No, 9, AlarmPhase.Normal, No, AlarmChange.None)]
    [InlineData(AlarmPhase.Pending, Warn, Warn, 9, AlarmPhase.Pending, Warn, AlarmChange.None)]
    [InlineData(AlarmPhase.Pending, Warn, Warn, 10, AlarmPhase.Raised, Warn, AlarmChange.Raised)]
    [InlineData(AlarmPhase.Pending, Warn, Crit, 9, AlarmPhase.Pending, Crit, AlarmChange.None)]
    [InlineData(AlarmPhase.Pending, Warn, Crit, 10, AlarmPhase.Raised, Crit, AlarmChange.Raised)]
    [InlineData(AlarmPhase.Raised, Warn, Warn, 99, AlarmPhase.Raised, Warn, AlarmChange.None)]
    [InlineData(AlarmPhase.Raised, Warn, Crit, 99, AlarmPhase.Raised, Crit, AlarmChange.LevelChanged)]
    [InlineData(AlarmPhase.Raised, Crit, Warn, 99, AlarmPhase.Raised, Warn, AlarmChange.LevelChanged)]
    [InlineData(AlarmPhase.Raised, Crit, No, 99, AlarmPhase.Clearing, Crit, AlarmChange.None)]
    [InlineData(AlarmPhase.Clearing, Crit, Crit, 5, AlarmPhase.Raised, Crit, AlarmChange.None)]
    [InlineData(AlarmPhase.Clearing, Crit, Warn, 5, AlarmPhase.Raised, Warn, AlarmChange.LevelChanged)]
    [InlineData(AlarmPhase.Clearing, Crit, No, 19, AlarmPhase.Clearing, Crit, AlarmChange.None)]
    [InlineData(AlarmPhase.Clearing, Crit, No, 20, AlarmPhase.Normal, No, AlarmChange.Cleared)]
    public void Step_EveryPhaseAndLevel_GoesOnAsListed(AlarmPhase phase, AlarmLevel was, AlarmLevel level, int later, AlarmPhase next, AlarmLevel now, AlarmChange change)
    {
        var state = new AlarmState(phase, was, TimeSpan.FromSeconds(50));
        var (after, changed) = AlarmStep.Step(state, level, TimeSpan.FromSeconds(50 + later), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));
        Assert.Equal((next, now, change), (after.Phase, after.Level, changed));
    }

    [Fact]
    public void Step_WithoutTimes_RaisesAndClearsAtOnce()
    {
        var (raised, first) = AlarmStep.Step(AlarmState.Normal, Crit, default, default, default);
        var (over, second) = AlarmStep.Step(raised, No, default, default, default);
        Assert.Equal((AlarmChange.Raised, AlarmChange.Cleared, AlarmPhase.Normal), (first, second, over.Phase));
    }

    [Theory]
    [InlineData(100, No, No)]
    [InlineData(99, No, Warn)]
    [InlineData(109, Warn, Warn)]
    [InlineData(110, Warn, No)]
    [InlineData(49, Warn, Crit)]
    [InlineData(54, Crit, Crit)]
    [InlineData(55, Crit, Warn)]
    [InlineData(54, Warn, Warn)]
    public void DiskFilling_AroundItsMarks_HasRoomBetween(long free, AlarmLevel now, AlarmLevel expected) =>
        Assert.Equal(expected, AlarmConditions.DiskFilling(free, 100, 50, now));

    [Theory]
    [InlineData(No)]
    [InlineData(Warn)]
    [InlineData(Crit)]
    public void DiskFilling_WhereNobodyCanTell_StaysAsItIs(AlarmLevel now) => Assert.Equal(now, AlarmConditions.DiskFilling(null, 100, 50, now));

    [Theory]
    [InlineData(30, No, No)]
    [InlineData(31, No, Warn)]
    [InlineData(16, Warn, Warn)]
    [InlineData(15, Warn, No)]
    [InlineData(16, No, No)]
    [InlineData(301, Warn, Crit)]
    [InlineData(151, Crit, Crit)]
    [InlineData(150, Crit, Warn)]
    public void EvaluationLagging_AroundItsMarks_HasRoomBetween(int seconds, AlarmLevel now, AlarmLevel expected) =>
        Assert.Equal(expected, AlarmConditions.EvaluationLagging(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(30), now));

    [Fact]
    public void FullIn_FromTwoLooks_IsTheTimeLeftAtThatPace()
    {
        Assert.Equal(TimeSpan.FromHours(9), AlarmConditions.FullIn(1000, 900, TimeSpan.FromHours(1)));
        Assert.Null(AlarmConditions.FullIn(900, 900, TimeSpan.FromHours(1)));
        Assert.Null(AlarmConditions.FullIn(900, 1000, TimeSpan.FromHours(1)));
        Assert.Null(AlarmConditions.FullIn(1000, 900, TimeSpan.Zero));
        Assert.Null(AlarmConditions.FullIn(1_000_000, 999_999, TimeSpan.FromHours(1)));
    }

    [Theory]
    [InlineData(No, No, false, 0, TellReason.Raised)]
    [InlineData(No, Warn, true, 0, TellReason.None)]
    [InlineData(Warn, Warn, false, 3, TellReason.None)]
    [InlineData(Warn, Warn, false, 4, TellReason.StillThere)]
    [InlineData(Warn, Crit, false, 0, TellReason.Worse)]
    [InlineData(Crit, Warn, false, 3, TellReason.None)]
    [InlineData(Crit, Crit, true, 0, TellReason.Over)]
    public void Decide_OfAReceiverAndAnAlarm_TellsWhatIsNew(AlarmLevel told, AlarmLevel level, bool over, int hours, TellReason expected)
    {
        var alarm = new OwnAlarm("k", "DiskFilling", level, ServerTime.Zero, over ? new ServerTime(1) : null, "");
        Assert.Equal(expected, AlarmTelling.Decide(alarm, told, TimeSpan.FromHours(hours), TimeSpan.FromHours(4)));
    }

    [Fact]
    public void WhatToDo_OfEveryKind_IsSaid()
    {
        foreach (var kind in Enum.GetNames<AlarmKind>().Append("FleetSilent").Append("GatewayDown"))
        {
            Assert.NotEqual(kind, AlarmWords.TitleOf(kind));
            Assert.NotEqual(AlarmWords.WhatToDo("unknown"), AlarmWords.WhatToDo(kind));
        }
    }
}
