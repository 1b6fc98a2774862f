using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>Silence and presence of devices, and B2D's own downtime, which is nobody's silence (design.md §3.6).</summary>
public sealed class LaneGatewayTests
{
    private static readonly FaultRule Alone = Silent() with { Case = null, ExplainedByOutage = true };

    [Fact]
    public void Silence_NothingForTenMinutes_RaisesAndTheNextMessageClears() =>
        new LaneBench(Set("a", Alone)).Register(0, DeviceOf("r1")).Timeless(100, "r1", "m3=1").Timeless(200, "r1", "m3=1").Until(799.999).Expect()
            .Until(2000).Expect("800 Raised r1 silent WentSilent")
            .Timeless(3000, "r1", "m3=1").Expect("3000 Cleared r1 silent Heard");

    [Fact]
    public void Silence_NeverHeard_IsNone() => new LaneBench(Set("a", Alone)).Register(0, DeviceOf("r1")).Until(10_000_000).Expect();

    [Fact]
    public void Silence_Offline_CountsAtOnce() =>
        new LaneBench(Set("a", Alone)).Register(0, DeviceOf("r1")).Timeless(100, "r1", "m3=1").Presence(150, "r1", Presence.Offline).Until(151)
            .Expect("150 PresenceChanged r1 Offline", "150 Raised r1 silent WentOffline");

    [Fact]
    public void Silence_OfflineWithinStartGrace_CountsAfterIt() =>
        new LaneBench(Set("a", Silent(grace: 900) with { ExplainedByOutage = true })).Register(0, DeviceOf("r1")).Presence(10, "r1", Presence.Offline)
            .Until(899.999)
            .Expect("10 PresenceChanged r1 Offline").Until(1000).Expect("900 Raised r1 silent WentOffline");

    [Fact]
    public void Silence_ReconnectWithinRelease_IsOneFault() =>
        new LaneBench(Set("a", Silent(release: 300) with { ExplainedByOutage = true })).Register(0, DeviceOf("r1")).Presence(10, "r1", Presence.Online)
            .Presence(20, "r1", Presence.Offline)
            .Presence(60, "r1", Presence.Online).Presence(70, "r1", Presence.Offline).Presence(90, "r1", Presence.Online).Until(5000)
            .Expect("10 PresenceChanged r1 Online", "20 PresenceChanged r1 Offline", "20 Raised r1 silent WentOffline", "60 PresenceChanged r1 Online",
                "70 PresenceChanged r1 Offline", "90 PresenceChanged r1 Online", "390 Cleared r1 silent Heard", "690 Raised r1 silent WentSilent");

    [Fact]
    public void Silence_NamedByTheLastEntry_HasAnotherNameAfterItsRuleWasAwayAndBack()
    {
        var bench = new LaneBench(Set("a", Alone)).Register(0, DeviceOf("r1")).Timeless(100, "r1", "m3=1").Until(1000);
        var first = Assert.Single(bench.Effects.OfType<LaneEffect.Raised>());
        bench.Said();
        bench.Activate(1100, Set("b", Hot())).Expect("1100 Cleared r1 silent RuleRemoved").Activate(1200, Set("a", Alone)).Until(1201);
        var second = Assert.Single(bench.Effects.OfType<LaneEffect.Raised>());
        Assert.Equal(Server(1200), second.At);
        Assert.NotEqual(first.EffectId, second.EffectId);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Downtime_TenMinutesWithAThousandDevices_IsNoSilence(bool written, bool sessionsReported)
    {
        var bench = Fleet(1000);
        Talk(bench, 1000, 0, 600);
        if (written)
            bench.Everywhere(605, new Entry.GatewayDown());
        for (var i = 0; sessionsReported && i < 1000; i++)
            bench.Presence(605, $"r{i}", Presence.Offline);
        // A worker that goes on pumping while the gateway is down; after a crash nobody does.
        if (written)
            bench.Until(1100);
        bench.Everywhere(1205, new Entry.GatewayUp(Server(605)));
        Talk(bench, 1000, 1210, 1900);
        bench.Until(2400).Expect("1205 GatewayWasDown since 605");
    }

    [Fact]
    public void Downtime_SomeNeverComeBack_AreSilentAfterTheRestOfTheirTime()
    {
        var bench = Fleet(3);
        Talk(bench, 3, 0, 600);
        bench.Everywhere(700, new Entry.GatewayUp(Server(660)));
        Talk(bench, 2, 701, 3000);
        bench.Until(3000);
        // Heard at 600, of which 40 s were downtime.
        bench.Expect("700 GatewayWasDown since 660", "1240 Raised r2 silent WentSilent");
    }

    [Fact]
    public void Downtime_StartGrace_CountsFromTheReturn()
    {
        var bench = new LaneBench(Set("a", Silent(grace: 900) with { ExplainedByOutage = true })).Register(0, DeviceOf("r0")).Timeless(2000, "r0", "m3=1");
        bench.Everywhere(2500, new Entry.GatewayDown()).Everywhere(3000, new Entry.GatewayUp(Server(2500))).Presence(3010, "r0", Presence.Offline)
            .Until(3899.999).Expect("3000 GatewayWasDown since 2500", "3010 PresenceChanged r0 Offline");
        bench.Until(5000).Expect("3900 Raised r0 silent WentOffline");
    }

    [Fact]
    public void Downtime_LongSilenceBeforeIt_StaysRaised()
    {
        var bench = Fleet(1).Timeless(0, "r0", "m3=1").Until(700).Expect("600 Raised r0 silent WentSilent");
        bench.Everywhere(800, new Entry.GatewayDown()).Everywhere(1400, new Entry.GatewayUp(Server(800))).Expect("1400 GatewayWasDown since 800");
        bench.Timeless(1410, "r0", "m3=1").Expect("1410 Cleared r0 silent Heard");
    }

    [Fact]
    public void Downtime_SaidLaterThanItBegan_CountsFromWhenItBegan()
    {
        var bench = Fleet(1).Timeless(0, "r0", "m3=1").Everywhere(100, new Entry.GatewayDown()).Until(900)
            .Everywhere(1000, new Entry.GatewayUp(Server(950))).Until(1499).Expect("1000 GatewayWasDown since 100");
        bench.Until(2000).Expect("1500 Raised r0 silent WentSilent");
    }

    [Fact]
    public void Downtime_FirstStartEver_IsNoAlarm() => Fleet(1).Everywhere(0, new Entry.GatewayUp(ServerTime.Zero)).Until(100).Expect();

    [Fact]
    public void Downtime_HoldInSilence_DoesNotRunOn()
    {
        var bench = new LaneBench(Set("a", Hot(hold: 120))).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=95")
            .Everywhere(60, new Entry.GatewayDown()).Until(400).Expect()
            .Everywhere(660, new Entry.GatewayUp(Server(60))).Until(729.999).Expect("660 GatewayWasDown since 60");
        bench.Until(1000).Expect("730 Raised h1 hot HoldCompletedInSilence", "730 Escalated h1 hot NoRemedy");
    }

    [Fact]
    public void Downtime_NeverWritten_HoldInSilenceDoesNotRunOnEither() =>
        new LaneBench(Set("a", Hot(hold: 120))).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=95").Until(60)
            .Everywhere(660, new Entry.GatewayUp(Server(60))).Until(729.999).Expect("660 GatewayWasDown since 60")
            .Until(1000).Expect("730 Raised h1 hot HoldCompletedInSilence", "730 Escalated h1 hot NoRemedy");

    [Fact]
    public void Downtime_EndOfAShelf_HappensAllTheSame() =>
        new LaneBench(Set("a", Hot())).Register(0, DeviceOf("h1")).Reading(10, "h1", "m0=95").Act(20, "h1", FaultAction.Shelve, "hot", 100)
            .Everywhere(60, new Entry.GatewayDown()).Until(200)
            .Expect("10 Raised h1 hot ConditionTrue", "10 Escalated h1 hot NoRemedy", "20 Acted h1 hot Shelve", "100 Escalated h1 hot ShelfEnded");

    private static LaneBench Fleet(int devices) => new LaneBench(Set("a", Alone)).Register(0, [.. Enumerable.Range(0, devices).Select(i => DeviceOf($"r{i}"))]);

    /// <summary>Each device says something every 5 minutes, as it comes in order of time.</summary>
    private static void Talk(LaneBench bench, int devices, double from, double until)
    {
        for (var at = from; at <= until; at += 300)
        {
            for (var i = 0; i < devices; i++)
                bench.Timeless(at, $"r{i}", "m3=1");
        }
    }
}
