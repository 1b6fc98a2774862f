using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Core.Tests.Faults;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Remedies;

/// <summary>Remedies in a lane: from the fault to the verdict, or to a person.</summary>
public sealed class LaneRemedyTests
{
    private static readonly FaultRule Healing = Hot() with { Remedy = Remedy(within: 60, verify: When(0, v => v < 80)), Clear = When(0, v => v < 70),
        MetricSlots = [0] };

    [Fact]
    public void Remedy_VerifiedByTelemetry_NeedsNobody()
    {
        var bench = Raised(Healing, out var command);
        bench.Delivered(12, "h1", command).Reply(13, "h1", command).Reading(20, "h1", "m0=79")
            .Expect("12 RemedyChanged h1 hot Delivered Progress", "13 RemedyChanged h1 hot Answered Progress",
                "20 RemedyChanged h1 hot Verified VerifiedByTelemetry");
        bench.Reading(30, "h1", "m0=60").Until(10_000).Expect("30 Cleared h1 hot ConditionFalse");
    }

    [Fact]
    public void Remedy_VerifyTrueBeforeDelivery_ProvesNothing()
    {
        var bench = Raised(Healing, out var command);
        bench.Reading(15, "h1", "m0=75").Expect().Delivered(20, "h1", command).Expect("20 RemedyChanged h1 hot Delivered Progress")
            .Reading(30, "h1", "m0=75").Expect("30 RemedyChanged h1 hot Verified VerifiedByTelemetry");
    }

    [Fact]
    public void Remedy_LateReadingAfterDelivery_ProvesNothing()
    {
        var bench = new LaneBench(Set("a", Healing)).Register(0, DeviceOf("h1")).Reading(1000, "h1", "m0=95", device: 10);
        var command = Assert.Single(bench.Effects.OfType<LaneEffect.CommandWanted>()).CommandId;
        bench.Said();
        bench.Delivered(1001, "h1", command).Reading(1002, "h1", "m0=75", device: 20).Expect("1001 RemedyChanged h1 hot Delivered Progress");
        bench.Reading(1003, "h1", "m0=60", device: 30).Expect("1003 Cleared h1 hot ConditionFalse", "1003 RemedyChanged h1 hot NotVerified ClearedByItself");
    }

    [Fact]
    public void Remedy_NotVerifiedInTime_NeedsAPerson()
    {
        var bench = Raised(Healing, out var command);
        bench.Delivered(12, "h1", command).Reading(30, "h1", "m0=92").Until(69.999).Expect("12 RemedyChanged h1 hot Delivered Progress")
            .Until(1000).Expect("70 RemedyChanged h1 hot NotVerified TimeOver", "70 Escalated h1 hot RemedyNotVerified");
    }

    [Fact]
    public void Remedy_DeviceRefuses_NeedsAPerson()
    {
        var bench = Raised(Healing, out var command);
        bench.Delivered(12, "h1", command).Reply(13, "h1", command, ReplyStatus.Failed).Until(1000)
            .Expect("12 RemedyChanged h1 hot Delivered Progress", "13 RemedyChanged h1 hot Failed DeviceRefused", "13 Escalated h1 hot RemedyFailed");
    }

    [Fact]
    public void Remedy_NeverDelivered_NeedsAPerson() =>
        Raised(Healing, out _).Until(1000).Expect("70 RemedyChanged h1 hot Expired NeverDelivered", "70 Escalated h1 hot RemedyNeverDelivered");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Remedy_GatewayDownAfterDelivery_IsNoTimeInWhichTheDeviceCouldShowAnything(bool written)
    {
        var bench = Raised(Healing, out var command).Delivered(12, "h1", command).Expect("12 RemedyChanged h1 hot Delivered Progress");
        if (written)
            bench.Everywhere(30, new Entry.GatewayDown()).Until(200).Expect();
        bench.Everywhere(330, new Entry.GatewayUp(Server(30))).Restart().Until(369.999).Expect("330 GatewayWasDown since 30")
            .Until(1000).Expect("370 RemedyChanged h1 hot NotVerified TimeOver", "370 Escalated h1 hot RemedyNotVerified");
    }

    [Fact]
    public void Remedy_GatewayDownAfterAHeal_IsNoTimeInWhichTheFaultOutlivedIt() =>
        Raised(Healing, out var command).Delivered(12, "h1", command).Reading(20, "h1", "m0=79").Everywhere(30, new Entry.GatewayUp(Server(25))).Everywhere(40, new Entry.GatewayDown())
            .Everywhere(540, new Entry.GatewayUp(Server(40))).Until(584.999)
            .Expect("12 RemedyChanged h1 hot Delivered Progress", "20 RemedyChanged h1 hot Verified VerifiedByTelemetry", "30 GatewayWasDown since 25", "540 GatewayWasDown since 40")
            .Until(585).Expect("585 RemedyChanged h1 hot NotVerified TimeOver", "585 Escalated h1 hot RemedyNotVerified");

    [Fact]
    public void Remedy_GatewayDownBeforeDelivery_IsNeverDeliveredAllTheSame() =>
        Raised(Healing, out _).Everywhere(30, new Entry.GatewayDown()).Until(1000).Expect("70 RemedyChanged h1 hot Expired NeverDelivered", "70 Escalated h1 hot RemedyNeverDelivered");

    [Fact]
    public void Remedy_FaultEndsBeforeDelivery_IsNoHeal() =>
        Raised(Healing, out _).Reading(20, "h1", "m0=60").Until(1000)
            .Expect("20 Cleared h1 hot ConditionFalse", "20 RemedyChanged h1 hot Expired ClearedByItself");

    [Fact]
    public void Remedy_WithoutVerify_IsProvenByTheFaultsOwnEnd()
    {
        var bench = Raised(Hot() with { Remedy = Remedy() }, out var command);
        bench.Delivered(12, "h1", command).Reading(20, "h1", "m0=60").Until(1000)
            .Expect("12 RemedyChanged h1 hot Delivered Progress", "20 Cleared h1 hot ConditionFalse", "20 RemedyChanged h1 hot Verified FaultCleared");
    }

    [Fact]
    public void Remedy_RuleRemovedWhileItRuns_IsNoHeal()
    {
        var bench = Raised(Healing, out var command);
        bench.Delivered(12, "h1", command).Activate(20, Set("b", Codes("pump", "E1"))).Until(1000)
            .Expect("12 RemedyChanged h1 hot Delivered Progress", "20 Cleared h1 hot RuleRemoved", "20 RemedyChanged h1 hot NotVerified ClearedByItself");
    }

    [Fact]
    public void Remedy_FaultOutlivesItsHeal_NeedsAPersonAfterAll()
    {
        var bench = Raised(Healing, out var command);
        bench.Delivered(12, "h1", command).Reading(20, "h1", "m0=79").Reading(40, "h1", "m0=95").Until(79.999);
        bench.Said();
        bench.Until(1000).Expect("80 RemedyChanged h1 hot NotVerified TimeOver", "80 Escalated h1 hot RemedyNotVerified");
    }

    [Fact]
    public void Remedy_CapReached_GoesToAPersonAtOnce()
    {
        var bench = new LaneBench(Set("a", Hot() with { Remedy = Remedy(within: 5, atMost: 1, per: 3600) })).Register(0, DeviceOf("h1"));
        bench.Reading(10, "h1", "m0=95").Reading(11, "h1", "m0=20").Reading(20, "h1", "m0=95")
            .Expect("10 Raised h1 hot ConditionTrue", "10 CommandWanted h1 hot", "11 Cleared h1 hot ConditionFalse",
                "11 RemedyChanged h1 hot Expired ClearedByItself",
                "20 Raised h1 hot ConditionTrue", "20 Escalated h1 hot RemedyCapReached");
        bench.Reading(21, "h1", "m0=20").Reading(3610, "h1", "m0=95");
        Assert.Single(bench.Effects.OfType<LaneEffect.CommandWanted>());
    }

    [Fact]
    public void Remedy_ThirdHealInFourteenDays_IsChronic()
    {
        const double Day = 86_400;
        var bench = new LaneBench(Set("a", Hot() with { Remedy = Remedy() })).Register(0, DeviceOf("h1"));
        Heal(bench, 0);
        Heal(bench, 6 * Day);
        Assert.Empty(bench.Effects.OfType<LaneEffect.Escalated>());
        Heal(bench, 13 * Day);
        var chronic = Assert.Single(bench.Effects.OfType<LaneEffect.Escalated>());
        Assert.Equal(EscalationReason.Chronic, chronic.Reason);
        Assert.Equal(bench.Effects.OfType<LaneEffect.Raised>().Last().Episode, chronic.Episode);
        // The first heal lies more than 14 days back by then, the second does not.
        Heal(bench, 21 * Day);
        Assert.Single(bench.Effects.OfType<LaneEffect.Escalated>());
    }

    [Fact]
    public void Safety_EscalatesAtOnceBesideItsRemedy()
    {
        var bench = new LaneBench(Set("a", Hot() with { Class = FaultClass.Safety, Remedy = Remedy() })).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=95")
            .Until(1000);
        var ids = bench.Effects.OfType<LaneEffect.Escalated>().Select(e => e.EffectId).ToArray();
        Assert.Equal(2, ids.Distinct().Count());
        bench.Expect("10 Raised h1 hot ConditionTrue", "10 Escalated h1 hot SafetyClass", "10 CommandWanted h1 hot",
            "70 RemedyChanged h1 hot Expired NeverDelivered", "70 Escalated h1 hot RemedyNeverDelivered");
    }

    [Fact]
    public void Safety_ThatAnOutageMayExplain_DoesNotWaitForIt() =>
        new LaneBench(Set("a", Hot() with { Class = FaultClass.Safety, ExplainedByOutage = true })).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=95")
            .Expect("10 Raised h1 hot ConditionTrue", "10 Escalated h1 hot SafetyClass");

    [Fact]
    public void ExplainedByOutage_WaitsForTheVerdict() =>
        new LaneBench(Set("a", Hot() with { ExplainedByOutage = true, Remedy = Remedy() })).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=95").Until(1000)
            .Expect("10 Raised h1 hot ConditionTrue");

    [Fact]
    public void Shelved_StartsNoRemedyAndAsksForNobodyUntilTheShelfEnds() =>
        new LaneBench(Set("a", Healing)).Register(0, DeviceOf("h1")).Act(5, "h1", FaultAction.Shelve, "hot", 500).Reading(10, "h1", "m0=95").Until(1000)
            .Expect("5 Acted h1 hot Shelve", "10 Raised h1 hot ConditionTrue", "500 Escalated h1 hot ShelfEnded");

    [Fact]
    public void Shelved_TwiceInOneEpisode_AsksForAPersonAfterEach()
    {
        var bench = new LaneBench(Set("a", Healing)).Register(0, DeviceOf("h1")).Act(5, "h1", FaultAction.Shelve, "hot", 50).Reading(10, "h1", "m0=95")
            .Act(60, "h1", FaultAction.Shelve, "hot", 100).Until(1000);
        var ids = bench.Effects.OfType<LaneEffect.Escalated>().Select(e => e.EffectId).ToArray();
        Assert.Equal(2, ids.Length);
        Assert.Equal(2, ids.Distinct().Count());
    }

    [Fact]
    public void Reply_ToACommandNoRuleAskedFor_IsItsProgress() =>
        new LaneBench(Set("a", Hot())).Register(0, DeviceOf("h1")).Delivered(10, "h1", "by-hand").Reply(11, "h1", "by-hand")
            .Reply(12, "h1", "other", ReplyStatus.Failed)
            .Expect("10 CommandProgress h1 by-hand Delivered", "11 CommandProgress h1 by-hand Answered", "12 CommandProgress h1 other Failed");

    private static void Heal(LaneBench bench, double at)
    {
        bench.Reading(at + 10, "h1", "m0=95");
        bench.Delivered(at + 11, "h1", bench.Effects.OfType<LaneEffect.CommandWanted>().Last().CommandId).Reading(at + 20, "h1", "m0=20");
    }

    private static LaneBench Raised(FaultRule rule, out string command)
    {
        var bench = new LaneBench(Set("a", rule)).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=95");
        command = Assert.Single(bench.Effects.OfType<LaneEffect.CommandWanted>()).CommandId;
        return bench.Expect("10 Raised h1 hot ConditionTrue", "10 CommandWanted h1 hot");
    }
}
