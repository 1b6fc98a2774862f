using System.Globalization;
using B2D.Core.Notices;
using NodaTime;
using Xunit;

namespace B2D.Core.Tests.Notices;

public sealed class QuietAndCapTests
{
    // Hours, zone, instant: when it leaves.
    [Theory]
    [InlineData("22:00-07:30", "Europe/Lisbon", "2026-11-24T21:59Z", "")]
    [InlineData("22:00-07:30", "Europe/Lisbon", "2026-11-24T22:00Z", "2026-11-25T07:30Z")]
    [InlineData("22:00-07:30", "Europe/Lisbon", "2026-11-25T03:00Z", "2026-11-25T07:30Z")]
    [InlineData("22:00-07:30", "Europe/Lisbon", "2026-11-25T07:30Z", "")]
    [InlineData("22:00-07:30", "Asia/Tokyo", "2026-11-24T13:00Z", "2026-11-24T22:30Z")]
    [InlineData("22:00-07:30", "Asia/Tokyo", "2026-11-24T12:59Z", "")]
    [InlineData("13:00-15:00", "Etc/UTC", "2026-11-24T14:00Z", "2026-11-24T15:00Z")]
    [InlineData("13:00-15:00", "Etc/UTC", "2026-11-24T15:00Z", "")]
    // The clock goes forward at 01:00 UTC: the night is an hour shorter.
    [InlineData("22:00-07:30", "Europe/Berlin", "2026-03-28T22:30Z", "2026-03-29T05:30Z")]
    // And back: it is an hour longer.
    [InlineData("22:00-07:30", "Europe/Berlin", "2026-10-24T21:00Z", "2026-10-25T06:30Z")]
    // What the clock leaves out ends when it goes on.
    [InlineData("22:00-02:30", "Europe/Berlin", "2026-03-28T22:30Z", "2026-03-29T01:30Z")]
    public void EndAfter_OnTheCustomersWall(string hours, string zone, string at, string expected)
    {
        var end = QuietHours.Parse(hours, out _)!.Value.EndAfter(At(at), DateTimeZoneProviders.Tzdb[zone]);
        Assert.Equal(expected.Length == 0 ? null : At(expected), end);
    }

    [Theory]
    [InlineData("22:00-07:30", "")]
    [InlineData("none", "")]
    [InlineData("22-7", "bad")]
    [InlineData("22:00-22:00", "bad")]
    [InlineData("", "bad")]
    public void Parse_Text_IsHoursOrWrong(string text, string expected)
    {
        QuietHours.Parse(text, out var problem);
        Assert.Equal(expected.Length > 0, problem.Length > 0);
    }

    [Theory]
    [InlineData(NoticeClass.Safety, false, QuietReason.WakesForSafety)]
    [InlineData(NoticeClass.Answer, false, QuietReason.WakesAsAsked)]
    [InlineData(NoticeClass.Service, true, QuietReason.WakesDependent)]
    [InlineData(NoticeClass.Case, true, QuietReason.WakesDependent)]
    [InlineData(NoticeClass.Usage, true, QuietReason.Waits)]
    [InlineData(NoticeClass.Offer, true, QuietReason.Waits)]
    [InlineData(NoticeClass.Service, false, QuietReason.Waits)]
    [InlineData(NoticeClass.Case, false, QuietReason.Waits)]
    public void Decide_AtNight_OnlyWhatMustWakes(NoticeClass noticeClass, bool dependent, QuietReason expected)
    {
        var night = At("2026-11-24T23:00Z");
        var (leaves, reason) = QuietDecision.Decide(night, noticeClass, dependent, QuietHours.Parse("22:00-07:30", out _), DateTimeZone.Utc);
        Assert.Equal(expected, reason);
        Assert.Equal(expected == QuietReason.Waits ? At("2026-11-25T07:30Z") : night, leaves);
    }

    [Fact]
    public void Decide_WithoutQuietHours_AtOnce() =>
        Assert.Equal((At("2026-11-24T23:00Z"), QuietReason.Awake), QuietDecision.Decide(At("2026-11-24T23:00Z"), NoticeClass.Offer, false, null, DateTimeZone.Utc));

    [Theory]
    [InlineData(NoticeClass.Case, "device-fault", false, 11, CapReason.BelowTheCap)]
    [InlineData(NoticeClass.Case, "device-fault", false, 12, CapReason.OverTheCap)]
    [InlineData(NoticeClass.Usage, "due", false, 12, CapReason.OverTheCap)]
    [InlineData(NoticeClass.Offer, "offer", false, 100, CapReason.OverTheCap)]
    [InlineData(NoticeClass.Safety, "device-fault", false, 100, CapReason.Exempt)]
    [InlineData(NoticeClass.Service, "opened", false, 100, CapReason.Exempt)]
    [InlineData(NoticeClass.Service, "all-clear", true, 100, CapReason.Exempt)]
    [InlineData(NoticeClass.Case, "no-news", true, 100, CapReason.Exempt)]
    [InlineData(NoticeClass.Answer, "stop-done", false, 100, CapReason.Exempt)]
    public void Decide_Cap_NeverSwallowsWhatIsExempt(NoticeClass noticeClass, string status, bool owed, long sent, CapReason expected)
    {
        var (may, reason) = CapDecision.Decide(noticeClass, status, owed, sent, 12);
        Assert.Equal((expected != CapReason.OverTheCap, expected), (may, reason));
    }

    // Class, status, dependent, has a number, has another channel, another one failed: why a person calls.
    [Theory]
    [InlineData(NoticeClass.Safety, "device-fault", false, true, true, false, CallReason.Danger)]
    [InlineData(NoticeClass.Safety, "device-fault", false, false, true, false, null)]
    [InlineData(NoticeClass.Safety, "all-clear", false, true, true, false, null)]
    [InlineData(NoticeClass.Service, "opened", true, true, true, false, CallReason.Depends)]
    [InlineData(NoticeClass.Service, "update", true, true, true, false, null)]
    [InlineData(NoticeClass.Service, "opened", false, true, true, false, null)]
    [InlineData(NoticeClass.Service, "opened", false, true, false, false, CallReason.NothingElse)]
    [InlineData(NoticeClass.Service, "all-clear", false, true, false, true, CallReason.AllFailed)]
    [InlineData(NoticeClass.Case, "device-fault", false, true, false, true, CallReason.AllFailed)]
    [InlineData(NoticeClass.Usage, "due", true, true, false, true, null)]
    [InlineData(NoticeClass.Offer, "offer", true, true, false, true, null)]
    [InlineData(NoticeClass.Answer, "stop-done", false, true, false, true, null)]
    public void Decide_Call_OnlyWhereATextIsNotEnough(NoticeClass noticeClass, string status, bool dependent, bool hasNumber, bool hasChannel, bool failed, CallReason? expected) =>
        Assert.Equal(expected, CallDecision.Decide(noticeClass, status, dependent, hasNumber, hasChannel, failed));

    [Fact]
    public void Step_Calls_EachActIsListed()
    {
        var now = At("2026-11-24T10:00Z");
        var later = new PhoneTaskAct.NotReached(now + TimeSpan.FromHours(1));
        Assert.Equal((PhoneTaskPhase.Done, NoticePhase.Sent, "reached", ""), PhoneTaskStep.Step(PhoneTaskPhase.Open, new PhoneTaskAct.Reached(), now));
        Assert.Equal((PhoneTaskPhase.Done, NoticePhase.Failed, "wrong number", ""), PhoneTaskStep.Step(PhoneTaskPhase.Open, new PhoneTaskAct.WrongNumber(), now));
        Assert.Equal((PhoneTaskPhase.Open, null, "not reached", ""), PhoneTaskStep.Step(PhoneTaskPhase.Open, later, now));
        Assert.NotEmpty(PhoneTaskStep.Step(PhoneTaskPhase.Open, new PhoneTaskAct.NotReached(now), now).Problem);
        Assert.NotEmpty(PhoneTaskStep.Step(PhoneTaskPhase.Open, new PhoneTaskAct.NotReached(now + TimeSpan.FromDays(8)), now).Problem);
        foreach (var act in new PhoneTaskAct[] { new PhoneTaskAct.Reached(), later, new PhoneTaskAct.WrongNumber() })
        {
            Assert.Equal("this call is done already", PhoneTaskStep.Step(PhoneTaskPhase.Done, act, now).Problem);
            Assert.Equal("this call is done already", PhoneTaskStep.Step(PhoneTaskPhase.Closed, act, now).Problem);
        }
    }

    private static ServerTime At(string text) => ServerTime.From(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture));
}
