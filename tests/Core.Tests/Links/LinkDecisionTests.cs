using B2D.Core.Cases;
using B2D.Core.Links;
using NodaTime;
using Xunit;

namespace B2D.Core.Tests.Links;

/// <summary>Every decision about what customers do without signing in, as tables.</summary>
public sealed class LinkDecisionTests
{
    private static readonly ServerTime Now = new(1_800_000_000_000);
    private static readonly TimeSpan TwoHours = TimeSpan.FromHours(2);

    // ours, ended, ends in minutes, theirs
    [Theory]
    [InlineData(true, false, 1, true, LinkReason.Good)]
    [InlineData(true, false, 0, true, LinkReason.Expired)]
    [InlineData(true, false, -1, true, LinkReason.Expired)]
    [InlineData(true, true, 1, true, LinkReason.Ended)]
    [InlineData(true, false, 1, false, LinkReason.NotTheirs)]
    [InlineData(false, false, 1, true, LinkReason.Unknown)]
    [InlineData(false, true, -1, false, LinkReason.Unknown)]
    public void Open_Table(bool ours, bool ended, int minutes, bool theirs, LinkReason expected) =>
        Assert.Equal(expected, LinkDecision.Open(ours, ended, Now + TimeSpan.FromMinutes(minutes), theirs, Now));

    [Fact]
    public void EndsAt_CountsFromTheLastMessage_AndNeverShortens()
    {
        var day = TimeSpan.FromDays(1);
        Assert.Equal(Now + day, LinkDecision.EndsAt(Now, day, Now));
        Assert.Equal(Now + day + day, LinkDecision.EndsAt(Now + day + day, day, Now));
    }

    [Theory]
    [InlineData(CasePhase.New, CustomerSaid.Nothing, WordReason.Kept)]
    [InlineData(CasePhase.Working, CustomerSaid.Works, WordReason.Kept)]
    [InlineData(CasePhase.Waiting, CustomerSaid.Broken, WordReason.AlreadySaid)]
    [InlineData(CasePhase.Resolved, CustomerSaid.Nothing, WordReason.Reopened)]
    [InlineData(CasePhase.Resolved, CustomerSaid.Broken, WordReason.Reopened)]
    [InlineData(CasePhase.Closed, CustomerSaid.Works, WordReason.Opened)]
    [InlineData(null, CustomerSaid.Nothing, WordReason.Opened)]
    public void Broken_Table(CasePhase? phase, CustomerSaid said, WordReason expected) => Assert.Equal(expected, CustomerWord.Broken(new WordFacts(phase, said)));

    // phase, clear, safety, promised, said
    [Theory]
    [InlineData(CasePhase.New, true, false, false, CustomerSaid.Nothing, WordReason.Resolved)]
    [InlineData(CasePhase.Waiting, true, false, false, CustomerSaid.Broken, WordReason.Resolved)]
    [InlineData(CasePhase.Working, false, false, false, CustomerSaid.Nothing, WordReason.Noted)]
    [InlineData(CasePhase.Working, true, true, false, CustomerSaid.Nothing, WordReason.Noted)]
    [InlineData(CasePhase.Working, true, false, true, CustomerSaid.Nothing, WordReason.Noted)]
    [InlineData(CasePhase.Working, true, false, false, CustomerSaid.Works, WordReason.AlreadySaid)]
    [InlineData(CasePhase.Resolved, true, false, false, CustomerSaid.Nothing, WordReason.AlreadySaid)]
    [InlineData(CasePhase.Closed, false, true, true, CustomerSaid.Broken, WordReason.AlreadySaid)]
    [InlineData(null, false, false, false, CustomerSaid.Nothing, WordReason.Noted)]
    [InlineData(null, false, false, false, CustomerSaid.Works, WordReason.AlreadySaid)]
    public void Works_Table(CasePhase? phase, bool clear, bool safety, bool promised, CustomerSaid said, WordReason expected) =>
        Assert.Equal(expected, CustomerWord.Works(new WordFacts(phase, said) { IsClear = clear, EndsByPerson = safety, Promised = promised }));

    // theirs, closed, starts in hours, slot's place, slot's segment, taken of 2
    [Theory]
    [InlineData(false, false, 3, "", "", 0, SlotReason.Free)]
    [InlineData(false, false, 2, "Porto", "", 1, SlotReason.Free)]
    [InlineData(false, false, 3, "porto", "north/n12", 1, SlotReason.Free)]
    [InlineData(false, false, 3, "", "north/n12/cab-7", 1, SlotReason.Free)]
    [InlineData(false, false, 3, "", "north/n1", 1, SlotReason.Elsewhere)]
    [InlineData(false, false, 3, "Faro", "", 1, SlotReason.Elsewhere)]
    [InlineData(false, false, 3, "Porto", "", 2, SlotReason.Full)]
    [InlineData(false, false, 1, "Porto", "", 0, SlotReason.TooLate)]
    [InlineData(false, true, 3, "Porto", "", 0, SlotReason.Closed)]
    [InlineData(true, true, -3, "Faro", "", 2, SlotReason.AlreadyTheirs)]
    public void Pick_Table(bool theirs, bool closed, int hours, string place, string segment, int taken, SlotReason expected)
    {
        var start = Now + TimeSpan.FromHours(hours);
        var slot = new Slot(place, segment, start, start + TwoHours, 2, taken, closed);
        Assert.Equal(expected, SlotDecision.Pick(slot, theirs, "Bonfim, Porto", "north/n12/cab-7", TwoHours, Now));
    }

    // capacity, starts in hours, lasts hours
    [Theory]
    [InlineData(1, 1, 2, "")]
    [InlineData(0, 1, 2, "a slot has 1 to 1,000 visits")]
    [InlineData(1001, 1, 2, "a slot has 1 to 1,000 visits")]
    [InlineData(1, 1, 0, "a slot ends after it begins")]
    [InlineData(1, 1, 25, "a slot is at most 24 hours long")]
    [InlineData(1, 0, 2, "a slot begins in the future")]
    [InlineData(1, 181 * 24, 2, "a slot begins within 180 days")]
    public void Slot_Refusal_Table(int capacity, int hours, int lasts, string expected)
    {
        var start = Now + TimeSpan.FromHours(hours);
        Assert.Equal(expected, SlotDecision.Refusal(new Slot("", "", start, start + TimeSpan.FromHours(lasts), capacity, 0, false), Now));
    }

    [Fact]
    public void MayChange_UntilTheStatedTime()
    {
        Assert.True(SlotDecision.MayChange(Now + TwoHours, TwoHours, Now));
        Assert.False(SlotDecision.MayChange(Now + TwoHours - TimeSpan.FromMilliseconds(1), TwoHours, Now));
    }

    [Fact]
    public void Calls_AreOfferedAndTaken_AtEvenHoursOfTheCustomersDay()
    {
        var zone = DateTimeZoneProviders.Tzdb["Europe/Lisbon"];
        var now = ServerTime.From(new DateTimeOffset(2026, 11, 24, 15, 45, 0, TimeSpan.Zero));
        var offered = CallTimes.Offered(zone, now);
        Assert.Equal(["24 18", "24 20", "25 10", "25 12", "25 14", "25 16", "25 18", "25 20", "26 10", "26 12", "26 14", "26 16", "26 18", "26 20"],
            offered.Select(t => t.Utc.ToString("dd HH", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.All(offered, t => Assert.True(CallTimes.May(t, zone, now)));
        Assert.False(CallTimes.May(now, zone, now));
        Assert.False(CallTimes.May(offered[0] + TimeSpan.FromMinutes(1), zone, now));
        Assert.False(CallTimes.May(offered[0] + TimeSpan.FromHours(8), zone, now));
        Assert.False(CallTimes.May(offered[0] + TimeSpan.FromDays(8), zone, now));
        Assert.All(new[] { long.MinValue, 9_000_000_000_000_000_000, long.MaxValue }, by => Assert.False(CallTimes.May(new ServerTime(by), zone, now)));
    }

    // theirs, withdrawn, asked days ago (-1: never)
    [Theory]
    [InlineData(true, false, -1, SurveyReason.Asks)]
    [InlineData(true, false, 30, SurveyReason.Asks)]
    [InlineData(true, false, 29, SurveyReason.AskedLately)]
    [InlineData(true, true, -1, SurveyReason.NotWanted)]
    [InlineData(false, false, -1, SurveyReason.Nobody)]
    public void Survey_Table(bool theirs, bool withdrawn, int days, SurveyReason expected) =>
        Assert.Equal(expected, SurveyDecision.Ask(theirs, withdrawn, days < 0 ? ServerTime.Zero : Now - TimeSpan.FromDays(days), TimeSpan.FromDays(30), Now));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(7, true)]
    [InlineData(8, false)]
    public void Answer_IsOneOfSeven(int score, bool good) => Assert.Equal(good, SurveyDecision.IsAnswer(score, ""));
}
