using System.Collections.Immutable;
using B2D.Core.Cases;
using NodaTime;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Cases;

public sealed class CaseClocksTests
{
    // Seconds. The fault began at 0, the case opened at 100; a response within 100 (at risk at 180, late at 200), the repair within 1000 (at risk at 800, late at 1000).
    private static readonly CasePromise Promise = new(Sec(100), Sec(1000), "", false);
    private static readonly CaseClockFacts Opened = new(Server(0), Server(100), ServerTime.Zero, ServerTime.Zero, []);

    [Theory]
    [InlineData(100, ClockReason.Running, ClockReason.Running)]
    [InlineData(179, ClockReason.Running, ClockReason.Running)]
    [InlineData(180, ClockReason.AtRisk, ClockReason.Running)]
    [InlineData(199, ClockReason.AtRisk, ClockReason.Running)]
    [InlineData(200, ClockReason.Late, ClockReason.Running)]
    [InlineData(800, ClockReason.Late, ClockReason.AtRisk)]
    [InlineData(1000, ClockReason.Late, ClockReason.Late)]
    public void NobodyDoesAnything_ClocksRunOut(int now, ClockReason response, ClockReason repair)
    {
        var read = Read(Opened, now);
        Assert.Equal((response, repair), (read.Response.Reason, read.Repair.Reason));
        Assert.Equal((Server(200), Server(1000)), (read.Response.DueAt, read.Repair.DueAt));
        Assert.Equal(Sec(1000 - now), read.Repair.Left);
        Assert.Equal(response == ClockReason.Late || repair == ClockReason.Late, read.IsLate);
        Assert.Equal(Server(200), read.NextDueAt);
    }

    [Theory]
    [InlineData(150, 0, ClockReason.DoneInTime, ClockReason.Running)]
    [InlineData(199, 999, ClockReason.DoneInTime, ClockReason.DoneInTime)]
    [InlineData(200, 1000, ClockReason.DoneLate, ClockReason.DoneLate)]
    [InlineData(0, 150, ClockReason.DoneInTime, ClockReason.DoneInTime)] // mended without a word: none was owed
    [InlineData(0, 300, ClockReason.DoneLate, ClockReason.DoneInTime)]
    public void Done_InTimeOrNot(int responded, int resolved, ClockReason response, ClockReason repair)
    {
        var read = Read(Opened with { Responded = At(responded), Resolved = At(resolved) }, resolved > 0 ? 5000 : 300);
        Assert.Equal((response, repair), (read.Response.Reason, read.Repair.Reason));
        Assert.False(read.IsLate);
        Assert.Equal(resolved > 0 ? ServerTime.Zero : Server(1000), read.NextDueAt);
    }

    [Theory]
    [InlineData(WaitKind.Customer, ClockReason.WaitsForCustomer)]
    [InlineData(WaitKind.Parts, ClockReason.WaitsForParts)]
    [InlineData(WaitKind.ThirdParty, ClockReason.WaitsForThirdParty)]
    public void Waits_ClockStandsStill_AndSaysForWhom(WaitKind kind, ClockReason reason)
    {
        var read = Read(Opened with { Responded = Server(150), Waits = [new CaseWait(kind, Server(300), ServerTime.Zero)] }, 9000);
        Assert.Equal((reason, ServerTime.Zero, Sec(700)), (read.Repair.Reason, read.Repair.DueAt, read.Repair.Left));
        Assert.Equal((ServerTime.Zero, false), (read.NextDueAt, read.IsLate));
    }

    [Fact]
    public void Waited_DueMovesBySoMuch_HoweverTheyLie()
    {
        CaseWait[] waits =
        [
            new(WaitKind.Parts, Server(600), Server(700)), new(WaitKind.Customer, Server(300), Server(500)),
            new(WaitKind.ThirdParty, Server(450), Server(550)), // over the one before it
        ];
        var read = Read(Opened with { Responded = Server(150), Waits = waits }, 800);
        Assert.Equal((Server(1000 + 250 + 100), Sec(1000 - 800 + 350)), (read.Repair.DueAt, read.Repair.Left));
        Assert.Equal(Server(800 + 350), read.Repair.AtRiskAt);
    }

    [Fact]
    public void LateBeforeItWaits_StaysLate()
    {
        var read = Read(Opened with { Responded = Server(150), Waits = [new CaseWait(WaitKind.Parts, Server(1200), ServerTime.Zero)] }, 2000);
        Assert.Equal((ClockReason.Late, Server(1000), Sec(-200)), (read.Repair.Reason, read.Repair.DueAt, read.Repair.Left));
    }

    [Fact]
    public void Reopened_TheTimeInBetweenDoesNotCount()
    {
        var read = Read(Opened with { Responded = Server(150), Waits = [new CaseWait(WaitKind.Resolved, Server(500), Server(2500))] }, 2600);
        Assert.Equal((ClockReason.Running, Server(3000)), (read.Repair.Reason, read.Repair.DueAt));
    }

    [Theory]
    [InlineData(false, 0, 1000)]
    [InlineData(true, 0, 1100)]
    [InlineData(false, 500, 1100)] // a device whose clock is ahead: it cannot have begun after it was known
    public void Repair_RunsFromTheFaultsOwnBegin(bool fromOpening, int onset, int due) => Assert.Equal(
        Server(due), CaseClocks.Read(Opened with { Onset = Server(onset) }, Promise with { FromOpening = fromOpening }, BusinessCalendar.Always, 0.8, Server(150)).Repair.DueAt);

    [Fact]
    public void NothingPromised_SaysSo()
    {
        var read = CaseClocks.Read(Opened, CasePromise.None, BusinessCalendar.Always, 0.8, Server(1e6));
        Assert.Equal((ClockReason.NothingPromised, ClockReason.NothingPromised, ServerTime.Zero, false), (read.Response.Reason, read.Repair.Reason, read.NextDueAt, read.IsLate));
        Assert.Equal(ServerTime.Zero, read.LookAt(ClockStage.InTime, ClockStage.InTime));
    }

    /// <summary>Whoever looks when told to says each stage once, in order, and is not told to look again for nothing.</summary>
    [Fact]
    public void LookAt_LeadsThroughEveryStageOnce()
    {
        var (said, at, looks) = ((Response: ClockStage.InTime, Repair: ClockStage.InTime), Server(100), new List<string>());
        for (var read = Read(Opened, 100); read.LookAt(said.Response, said.Repair) is var next && next > ServerTime.Zero && looks.Count < 10;)
        {
            at = ServerTime.Max(at, next);
            read = CaseClocks.Read(Opened, Promise, BusinessCalendar.Always, 0.8, at);
            said = (read.Response.Stage(at), read.Repair.Stage(at));
            looks.Add($"{(at - Server(0)).TotalSeconds} {said.Response} {said.Repair}");
        }
        Assert.Equal(["180 AtRisk InTime", "200 Late InTime", "800 Late AtRisk", "1000 Late Late"], looks);
    }

    /// <summary>Working time, wait and night: the wait counts only as far as it lies within.</summary>
    [Fact]
    public void Calendar_WaitOverNight_PausesWorkingTimeOnly()
    {
        DayPeriod[] day = [new(480, 1080)];
        var office = new BusinessCalendar("office", DateTimeZone.Utc, [day, day, day, day, day, [], []], [], []);
        var monday = ServerTime.From(new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero));
        var facts = new CaseClockFacts(H(9), H(9), H(9.5), ServerTime.Zero, [new CaseWait(WaitKind.Customer, H(17), H(24 + 10))]);
        var read = CaseClocks.Read(facts, new CasePromise(TimeSpan.Zero, TimeSpan.FromHours(9), "office", false), office, 0.8, H(24 + 10));
        Assert.Equal((H(24 + 11), TimeSpan.FromHours(1)), (read.Repair.DueAt, read.Repair.Left));

        ServerTime H(double hours) => monday + TimeSpan.FromHours(hours);
    }

    [Theory]
    [InlineData("", "", 100, "")]
    [InlineData("gold", "", 30, "gold")]
    [InlineData("gold", "2026-11-03", 30, "gold")] // ends after the onset, whenever it is asked
    [InlineData("gold", "2026-11-02", 30, "gold")]
    [InlineData("gold", "2026-11-01", 100, "")]
    [InlineData("tin", "", 100, "tin")]
    public void Contract_AsItStoodAtTheOnset(string contract, string until, int respond, string counted)
    {
        var promises = new CasePromises(Promise, ImmutableSortedDictionary<string, CasePromise>.Empty.Add("gold", Promise with { Respond = Sec(30) }));
        // 23:30 UTC on the 1st is the 2nd in Berlin.
        var (promise, named) = promises.At(contract, until, ServerTime.From(new DateTimeOffset(2026, 11, 1, 23, 30, 0, TimeSpan.Zero)), DateTimeZoneProviders.Tzdb["Europe/Berlin"]);
        Assert.Equal((Sec(respond), counted), (promise.Respond, named));
    }

    private static ServerTime At(int seconds) => seconds == 0 ? ServerTime.Zero : Server(seconds);

    private static CaseClockReadings Read(CaseClockFacts facts, int now) => CaseClocks.Read(facts, Promise, BusinessCalendar.Always, 0.8, Server(now));
}
