using B2D.Core.Maintenance;
using B2D.Core.Outages;
using NodaTime;
using Xunit;

namespace B2D.Core.Tests.Maintenance;

/// <summary>Days count from Sunday 1 November 2026, in UTC.</summary>
public sealed class PlannedTellingTests
{
    private static readonly PlannedCadence Cadence = new(TimeSpan.FromDays(5), TimeSpan.FromDays(1), TimeSpan.FromMinutes(15), new UpdateCadence(TimeSpan.FromHours(1), DateTimeZone.Utc));

    /// <summary>Work from day 10, 23:00, to day 11, 05:00.</summary>
    private static readonly PlannedFacts Night = new(At("10 23:00"), At("11 05:00"), false, default, default, default, default);

    [Theory]
    [InlineData("2 12:00", "", "", "Wait", "6 08:00")] // five days before it is 23:00: the next morning
    [InlineData("6 08:00", "", "", "Tell", "6 08:01")]
    [InlineData("9 12:00", "6 08:00", "", "Tell", "9 12:01")]
    [InlineData("10 08:00", "6 08:00", "", "Remind", "10 08:00")] // the day before it is 23:00
    [InlineData("10 08:00", "6 08:00", "10 08:00", "Tell", "10 08:01")]
    [InlineData("10 08:00", "", "", "Tell", "10 08:01")] // nobody was told: nobody is reminded
    [InlineData("10 22:59", "6 08:00", "10 08:00", "Tell", "10 23:00")]
    [InlineData("10 23:00", "6 08:00", "10 08:00", "Begin", "11 04:58")] // its start is not told
    [InlineData("10 23:30", "", "", "Tell", "10 23:30")] // planned too late: told while it runs
    [InlineData("11 04:58", "6 08:00", "10 08:00", "Overrun", "11 05:00")]
    [InlineData("11 05:01", "6 08:00", "10 08:00", "Wait", "11 05:15")]
    [InlineData("11 05:15", "6 08:00", "10 08:00", "End", "11 05:16")]
    [InlineData("11 07:00", "6 08:00", "10 08:00", "End", "11 07:10")]
    [InlineData("13 07:00", "6 08:00", "10 08:00", "End", "13 13:00")]
    [InlineData("45 07:00", "6 08:00", "10 08:00", "End", "")]
    public void Decide_Undisturbed_IsThisStepAndTheNextLook(string now, string told, string reminded, string step, string look)
    {
        var decided = PlannedTelling.Decide(Night with { ToldAt = At(told), RemindedAt = At(reminded) }, Cadence, At(now));
        Assert.Equal((step, At(look)), (decided.Step.ToString(), decided.LookAt));
    }

    [Theory]
    [InlineData("7 12:00", "7 12:02", false, "Tell", "7 12:01")]
    [InlineData("7 12:02", "7 12:02", false, "Change", "7 12:02")]
    [InlineData("7 12:02", "7 12:02", true, "Change", "")]
    [InlineData("7 12:01", "7 12:02", true, "Wait", "7 12:02")]
    [InlineData("7 12:03", "", true, "Over", "")]
    public void Decide_Changed_IsToldOnceAndBeforeAllElse(string now, string changeAt, bool calledOff, string step, string look)
    {
        var decided = PlannedTelling.Decide(Night with { ToldAt = At("6 08:00"), ChangeAt = At(changeAt), CalledOff = calledOff }, Cadence, At(now));
        Assert.Equal((step, At(look)), (decided.Step.ToString(), decided.LookAt));
    }

    [Fact]
    public void Decide_OverrunWasTold_IsNotToldAgain() =>
        Assert.Equal((PlannedStep.Wait, At("11 05:00")), PlannedTelling.Decide(Night with { ToldAt = At("6 08:00"), OverrunAt = At("11 04:58") }, Cadence, At("11 04:59")));

    [Theory]
    [InlineData("10 23:00", "6 08:00", "6 08:02")]
    [InlineData("10 23:00", "10 22:57", "10 22:58")] // before the time that they hold
    [InlineData("10 23:00", "10 22:59", "10 22:59")]
    public void ChangeAt_GathersWhatIsChangedTogether_ButComesBeforeWhatTheyHold(string holds, string now, string at) => Assert.Equal(At(at), PlannedCadence.ChangeAt(At(holds), At(now)));

    [Theory]
    [InlineData("8 22:00", true)]
    [InlineData("9 08:00", false)]
    public void IsReminded_OnlyWhoHeardOfItLongBefore(string heard, bool reminded) => Assert.Equal(reminded, Cadence.IsReminded(Night.From, At(heard)));

    [Fact]
    public void RemindAt_NoReminder_IsNever() => Assert.Null((Cadence with { Reminder = TimeSpan.Zero }).RemindAt(Night.From));

    [Theory]
    [InlineData("1 22:00-1 23:00", "1 23:00-2 02:00", "1 22:00-2 02:00", true)] // back to back
    [InlineData("1 22:00-2 02:00", "2 01:00-2 03:00", "1 22:00-2 03:00", true)] // one over the other
    [InlineData("1 22:00-2 03:00", "1 23:00-2 01:00", "1 22:00-2 03:00", true)] // one within the other
    [InlineData("1 22:00-1 23:00", "2 04:00-2 05:00", "1 22:00-1 23:00 2 04:00-2 05:00", true)] // one night
    [InlineData("1 22:00-1 23:00", "2 05:00-2 06:00", "1 22:00-1 23:00 2 05:00-2 06:00", false)]
    [InlineData("1 22:00-1 23:00", "2 22:00-2 23:00", "1 22:00-1 23:00 2 22:00-2 23:00", false)]
    public void Spans_OfTwo_AreMergedAndKnownAsOneNight(string a, string b, string merged, bool oneNight)
    {
        Assert.Equal(Spans(merged), WorkSpans.Merged([.. Spans(b), .. Spans(a)]));
        Assert.Equal(oneNight, WorkSpans.AreOneNight(Spans(a), Spans(b)));
        Assert.Equal(oneNight, WorkSpans.AreOneNight(Spans(b), Spans(a)));
    }

    [Fact]
    public void Spans_OfAPlanWithHours_AreItsNights()
    {
        var plan = new MaintenancePlan(At("2 00:00"), At("4 00:00"), new Core.Rules.Hours([Core.Rules.WeekHours.Parse("mon-sun 22:00-02:00 UTC", out _)!]));
        Assert.Equal(Spans("2 00:00-2 02:00 2 22:00-3 02:00 3 22:00-4 00:00"), WorkSpans.Of(plan));
    }

    private static IReadOnlyList<WorkSpan> Spans(string text)
    {
        var words = text.Replace('-', ' ').Split(' ');
        return [.. words.Chunk(4).Select(w => new WorkSpan(At($"{w[0]} {w[1]}"), At($"{w[2]} {w[3]}")))];
    }

    private static ServerTime At(string text)
    {
        if (text.Length == 0)
            return ServerTime.Zero;
        var (day, clock) = (int.Parse(text.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Parse(text.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
        return ServerTime.From(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero) + TimeSpan.FromDays(day - 1) + clock);
    }
}
