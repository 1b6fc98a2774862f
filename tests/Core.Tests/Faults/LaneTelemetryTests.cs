using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>What repeats, what comes late and what comes from a clock that jumps (design.md §4).</summary>
public sealed class LaneTelemetryTests
{
    private static readonly FaultRule Counting = Hot() with { RaiseSamples = new SampleQuota(2, 2), Case = null };

    [Fact]
    public void Redelivered_WithoutTime_IsOneSample() =>
        Bench(Counting).Timeless(10, "h1", "m0=95", packet: 7).Timeless(20, "h1", "m0=95", packet: 7, redelivered: true).Expect()
            .Timeless(30, "h1", "m0=95", packet: 8).Expect("30 Raised h1 hot ConditionTrue", "30 Escalated h1 hot NoRemedy");

    [Fact]
    public void Redelivered_NeverSeenBefore_Counts() =>
        Bench(Hot()).Timeless(20, "h1", "m0=95", packet: 7, redelivered: true).Expect("20 Raised h1 hot ConditionTrue", "20 Escalated h1 hot NoRemedy");

    [Fact]
    public void Redelivered_SamePacketIdWithoutTheMark_Counts() =>
        Bench(Counting).Timeless(10, "h1", "m0=95", packet: 7).Timeless(20, "h1", "m0=95", packet: 7)
            .Expect("20 Raised h1 hot ConditionTrue", "20 Escalated h1 hot NoRemedy");

    [Fact]
    public void Redelivered_AllThatAClientKeepsInFlight_AreKnown()
    {
        var bench = Bench(Counting);
        for (ushort packet = 1; packet <= 20; packet++)
            bench.Timeless(packet, "h1", $"m0={(packet == 1 ? 95 : 20)}", packet);
        for (ushort packet = 1; packet <= 20; packet++)
            bench.Timeless(100, "h1", $"m0={(packet == 1 ? 95 : 20)}", packet, redelivered: true);
        bench.Timeless(200, "h1", "m0=95", 21).Expect();
    }

    [Fact]
    public void Redelivered_EndsSilenceAllTheSame() =>
        new LaneBench(Set("a", Silent() with { ExplainedByOutage = true })).Register(0, DeviceOf("h1")).Timeless(10, "h1", "m0=95", packet: 7).Until(700)
            .Timeless(800, "h1", "m0=95", packet: 7, redelivered: true).Expect("610 Raised h1 silent WentSilent", "800 Cleared h1 silent Heard");

    [Fact]
    public void Duplicate_MarkedByTheStore_ChangesNothing()
    {
        var bench = Bench(Counting).Reading(10, "h1", "m0=95");
        bench.Append(20, new Entry.Telemetry(DeviceId.Parse("h1"), Device(10), LaneBench.Values("m0=95")), true).Expect();
        bench.Reading(30, "h1", "m0=95").Expect("30 Raised h1 hot ConditionTrue", "30 Escalated h1 hot NoRemedy");
    }

    [Fact]
    public void Duplicate_OfOneReadingOfTwo_LeavesTheOther()
    {
        var bench = Bench(Hot(), Hot("wet") with { Raise = When(1, v => v > 90), MetricSlots = [1] });
        bench.Append(20, new Entry.Telemetry(DeviceId.Parse("h1"), Device(20), LaneBench.Values("m0=95 m1=95")), true, false)
            .Expect("20 Raised h1 wet ConditionTrue", "20 Escalated h1 wet NoRemedy");
    }

    [Fact]
    public void Duplicate_Event_ChangesNothing()
    {
        var bench = Bench(Codes("pump", "E42")).Code(10, "h1", "E42").Code(20, "h1", "E42", CodeState.Clear);
        bench.Said();
        bench.Append(30, new Entry.Event(DeviceId.Parse("h1"), "E42", CodeState.Set, Device(25)), true).Expect();
    }

    [Fact]
    public void Watermark_OlderReading_ChangesNothing()
    {
        var bench = Bench(Hot(), Due(every: 100)).Reading(100, "h1", "m0=20 m1=10");
        bench.Reading(101, "h1", "m0=95 m1=99", device: 99.999).Expect("101 CameLate h1 of 99.999");
        Assert.Equal(20, bench.Of("h1").Values[0].Number);
        Assert.Equal(0, bench.Of("h1").Dues[0].Used);
    }

    [Fact]
    public void Late_WhatNoRuleCouldBeAskedFor_IsNotSetAside()
    {
        // A duplicate; a device that only silence watches; one that no rule concerns.
        var bench = Bench(Hot()).Reading(100, "h1", "m0=20");
        bench.Append(101, new Entry.Telemetry(DeviceId.Parse("h1"), Device(50), [new Reading("m0", MetricValue.Of(95))]), true).Expect();
        var silent = Bench(Silent()).Reading(100, "h1", "m0=20");
        silent.Reading(101, "h1", "m0=95", device: 50).Expect();
        var other = Bench(Hot() with { AppliesTo = ForModel("none") }).Reading(100, "h1", "m0=20");
        other.Reading(101, "h1", "m0=95", device: 50).Expect();
    }

    [Fact]
    public void Watermark_SameTimeOtherValue_IsEvaluatedInOrderOfArrival() =>
        Bench(Hot()).Reading(100, "h1", "m0=20").Reading(101, "h1", "m0=95", device: 100).Reading(102, "h1", "m0=30", device: 100)
            .Expect("101 Raised h1 hot ConditionTrue", "101 Escalated h1 hot NoRemedy", "102 Cleared h1 hot ConditionFalse");

    [Fact]
    public void Watermark_ClockAhead_IsHeldAtTheServersTime()
    {
        var bench = Bench(Hot()).Reading(100, "h1", "m0=20", device: 3700);
        Assert.Equal(Device(100), bench.Of("h1").Watermark);
        bench.Reading(200, "h1", "m0=95", device: 200).Expect("200 Raised h1 hot ConditionTrue late", "200 Escalated h1 hot NoRemedy");
    }

    [Fact]
    public void Backfill_HoldOverOldReadings_IsJudgedByWhenThingsHappenedAndMarkedLate()
    {
        var bench = Bench(Hot(hold: 120));
        for (var i = 0; i < 6; i++)
            bench.Reading(10_000 + i, "h1", $"m0={(i is 1 or 2 or 3 ? 95 : 20)}", device: i * 60);
        var raised = Assert.Single(bench.Effects.OfType<LaneEffect.Raised>());
        Assert.Equal((Device(60), false), (raised.OnsetAt, raised.Live));
        Assert.Equal(Device(240), Assert.Single(bench.Effects.OfType<LaneEffect.Cleared>()).ClearedAt);
    }

    [Fact]
    public void Clock_SetBackForGood_CountsAgainOnceItIsKnown()
    {
        var bench = Bench(Hot(), Codes("pump", "E42"));
        bench.Reading(0, "h1", "m0=20").Code(1, "h1", "E42");
        bench.Said();
        // One hour back: first late, after a minute of steadiness live again.
        bench.Reading(100, "h1", "m0=95", device: -3500).Reading(140, "h1", "m0=95", device: -3460).Expect("100 CameLate h1 of -3500", "140 CameLate h1 of -3460");
        bench.Reading(180, "h1", "m0=95", device: -3420).Expect("180 Raised h1 hot ConditionTrue", "180 Escalated h1 hot NoRemedy");
        bench.Code(190, "h1", "E42", CodeState.Clear, device: -3410).Expect("190 Cleared h1 pump CodeCleared");
    }

    [Fact]
    public void Code_ClearedAfterARestartThatSetTheClockBack_IsCleared()
    {
        var bench = Bench(Codes("pump", "E42")).Code(100, "h1", "E42").Expect("100 Raised h1 pump CodeSet", "100 Escalated h1 pump NoRemedy");
        bench.Code(101, "h1", "E42", CodeState.Clear, device: 99).Expect("101 CameLate h1 of 99");
        bench.Presence(110, "h1", Presence.Offline).Presence(112, "h1", Presence.Online).Said();
        bench.Code(112, "h1", "E42", CodeState.Clear, device: 98).Expect("112 CameLate h1 of 98", "112 Cleared h1 pump CodeCleared");
        // On one connection things come in order, so what is older there is older.
        bench.Code(113, "h1", "E42", device: 97).Expect("113 CameLate h1 of 97");
        bench.Code(114, "h1", "E42").Expect("114 Raised h1 pump CodeSet", "114 Escalated h1 pump NoRemedy");
        // What is told long after it happened says nothing of now.
        bench.Presence(120, "h1", Presence.Offline).Presence(121, "h1", Presence.Online).Said();
        bench.Code(121, "h1", "E42", CodeState.Clear, device: -400).Expect("121 CameLate h1 of -400");
    }

    [Fact]
    public void Clock_SetForwardAndBackAgain_LosesNothingButTheHold()
    {
        var bench = Bench(Hot(hold: 120, gap: 600));
        bench.Reading(0, "h1", "m0=95").Reading(60, "h1", "m0=95", device: 7260).Reading(100, "h1", "m0=95", device: 7300).Expect();
        // Late until the old offset is known to be gone, then live again; the hold counts from the first reading of the right time.
        bench.Reading(110, "h1", "m0=95").Reading(170, "h1", "m0=95").Reading(220, "h1", "m0=95").Until(229.999).Expect()
            .Until(1000).Expect("230 Raised h1 hot HoldCompletedInSilence", "230 Escalated h1 hot NoRemedy");
    }

    [Fact]
    public void Unset_ClockBeforeItIsSet_CountsAsServerTime()
    {
        var bench = Bench(Hot());
        bench.Append(50, new Entry.Telemetry(DeviceId.Parse("h1"), new DeviceTime(12_345), LaneBench.Values("m0=95")));
        Assert.Equal(Device(50), Assert.Single(bench.Effects.OfType<LaneEffect.Raised>()).OnsetAt);
    }

    [Fact]
    public void Unseen_MetricMissingInNewerReadings_Clears() =>
        Bench(Hot() with { Unseen = Sec(3600) }).Reading(0, "h1", "m0=95").Reading(3599, "h1", "m3=1")
            .Expect("0 Raised h1 hot ConditionTrue", "0 Escalated h1 hot NoRemedy")
            .Reading(3600, "h1", "m3=1").Expect("3600 Cleared h1 hot Unseen");

    [Fact]
    public void Unseen_BackfillWithAHoleThatLong_ClearsAndRaisesAgain() =>
        Bench(Hot() with { Unseen = Sec(3600) }).Reading(50_000, "h1", "m0=95", device: 0).Reading(50_001, "h1", "m0=95", device: 4000)
            .Expect("50000 Raised h1 hot ConditionTrue late", "50000 Escalated h1 hot NoRemedy",
                "50001 Cleared h1 hot Unseen", "50001 Raised h1 hot ConditionTrue late", "50001 Escalated h1 hot NoRemedy");

    [Fact]
    public void Code_BackfilledSetAndClearBeyondTheHold_IsAFaultThatWas() =>
        Bench(Codes("pump", "E42") with { Hold = Sec(60) }).Code(50_000, "h1", "E42", CodeState.Set, 0).Code(50_001, "h1", "E42", CodeState.Clear, 600)
            .Expect("50001 Raised h1 pump HoldCompleted late", "50001 Escalated h1 pump NoRemedy", "50001 Cleared h1 pump CodeCleared");

    [Fact]
    public void Cleared_ByTheServersClock_LiesInTheDevicesOwnTime()
    {
        var bench = Bench(Hot() with { Unseen = Sec(3600) }).Reading(50_000, "h1", "m0=95", device: 0).Until(100_000);
        Assert.Equal(Device(3600), Assert.Single(bench.Effects.OfType<LaneEffect.Cleared>()).ClearedAt);
        var removed = Bench(Hot()).Reading(10, "h1", "m0=95").Append(40, new Entry.Removed(DeviceId.Parse("h1")));
        Assert.Equal(Device(40), Assert.Single(removed.Effects.OfType<LaneEffect.Cleared>()).ClearedAt);
    }

    [Fact]
    public void Raised_Evidence_IsWhatTheRuleReads()
    {
        var bench = Bench(Hot() with { MetricSlots = [0, 2] }).Reading(10, "h1", "m2=5 m3=1").Reading(20, "h1", "m0=95 m1=3");
        var raised = Assert.Single(bench.Effects.OfType<LaneEffect.Raised>());
        Assert.Equal([new EvidenceValue("m0", MetricValue.Of(95), Device(20)), new EvidenceValue("m2", MetricValue.Of(5), Device(10))],
            raised.Evidence.AsEnumerable());
    }

    [Fact]
    public void Severity_SeveralChangesInOneMillisecond_HaveNamesOfTheirOwn()
    {
        var rule = Hot() with { Ladder = [new SeverityStep(Severity.Critical, When(0, v => v > 110))] };
        var bench = Bench(rule).Reading(10, "h1", "m0=95").Reading(10, "h1", "m0=120").Reading(10, "h1", "m0=95").Reading(10, "h1", "m0=120");
        var ids = bench.Effects.OfType<LaneEffect.SeverityChanged>().Select(e => e.EffectId).ToArray();
        Assert.Equal(3, ids.Length);
        Assert.Equal(3, ids.Distinct().Count());
    }

    [Fact]
    public void People_OutOfServiceWithoutEnd_LastsUntilInService()
    {
        var bench = Bench(Hot(), Codes("pump", "E42")).Act(5, "h1", FaultAction.OutOfService).Reading(10, "h1", "m0=95").Until(40_000_000)
            .Expect("5 Acted h1 hot OutOfService", "5 Acted h1 pump OutOfService", "10 Raised h1 hot ConditionTrue");
        bench.Act(40_000_001, "h1", FaultAction.InService)
            .Expect("40000001 Acted h1 hot InService", "40000001 Escalated h1 hot ShelfEnded", "40000001 Acted h1 pump InService");
        Assert.Equal(9999, ServerTime.Never.Utc.Year);
    }

    [Fact]
    public void People_ShelfEndsWithTheHold_BothAtThatInstant() =>
        Bench(Hot(hold: 90)).Reading(10, "h1", "m0=95").Act(20, "h1", FaultAction.Shelve, "hot", 100).Until(500)
            .Expect("20 Acted h1 hot Shelve", "100 Raised h1 hot HoldCompletedInSilence", "100 Escalated h1 hot NoRemedy");

    [Fact]
    public void People_AcknowledgeWithoutAFault_IsRefusedInSilence() =>
        Bench(Hot()).Act(5, "h1", FaultAction.Acknowledge, "hot").Expect().Reading(10, "h1", "m0=95").Act(20, "h1", FaultAction.Acknowledge, "hot")
            .Expect("10 Raised h1 hot ConditionTrue", "10 Escalated h1 hot NoRemedy", "20 Acted h1 hot Acknowledge");

    [Fact]
    public void Shadow_Raises_ButAsksForNobody() =>
        Bench(Hot() with { Shadow = true, Remedy = Remedy() }).Reading(10, "h1", "m0=95").Expect("10 Raised h1 hot ConditionTrue");

    private static LaneBench Bench(params Rule[] rules) => new LaneBench(Set("a", rules)).Register(0, DeviceOf("h1"));
}
