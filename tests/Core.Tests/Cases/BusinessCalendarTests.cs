using B2D.Core.Cases;
using NodaTime;
using NodaTime.Text;
using Xunit;

namespace B2D.Core.Tests.Cases;

public sealed class BusinessCalendarTests
{
    private static readonly string[] Zones = ["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"];

    // Monday to Friday 08:00-12:00 and 13:00-18:00, Saturday 09:00-13:00 in Lisbon; closed on 2026-12-25 and each 1 January. From, until, minutes.
    [Theory]
    [InlineData("2026-11-02T08:00", "2026-11-02T18:00", 540)]
    [InlineData("2026-11-02T07:00", "2026-11-02T08:00", 0)]
    [InlineData("2026-11-02T11:30", "2026-11-02T13:30", 60)]
    [InlineData("2026-11-06T17:00", "2026-11-09T09:00", 60 + 240 + 60)]
    [InlineData("2026-12-24T17:00", "2026-12-26T10:00", 60 + 60)]
    [InlineData("2026-12-31T17:30", "2027-01-02T09:30", 30 + 30)]
    [InlineData("2026-11-02T09:00", "2026-11-02T09:00", 0)]
    [InlineData("2026-11-02T10:00", "2026-11-02T09:00", 0)]
    // In summer an hour earlier in UTC.
    [InlineData("2026-06-01T07:00", "2026-06-01T08:00", 60)]
    public void Elapsed_OfOfficeHours_IsTheTimeWithin(string from, string until, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), Office().Elapsed(At(from), At(until)));

    [Theory]
    [InlineData("2026-11-02T09:00", 1, "2026-11-03T18:00")]
    [InlineData("2026-11-02T09:00", 5, "2026-11-07T13:00")] // Saturday is half a day, and a working day
    [InlineData("2026-11-07T20:00", 1, "2026-11-09T18:00")]
    [InlineData("2026-12-24T23:00", 1, "2026-12-26T13:00")]
    public void EndOfDayAfter_SoManyWorkingDays_IsTheEndOfWorkThen(string from, int days, string due) => Assert.Equal(At(due), Office().EndOfDayAfter(At(from), days));

    [Fact]
    public void EndOfDayAfter_Weekdays_IsMidnightAfterFriday() =>
        Assert.Equal(At("2026-11-10T00:00"), BusinessCalendar.Weekdays(DateTimeZoneProviders.Tzdb["Europe/Lisbon"]).EndOfDayAfter(At("2026-11-02T09:00"), 5));

    [Theory]
    [InlineData("2026-11-02T09:00", 480, "2026-11-02T18:00")] // the end of a day, not the next morning
    [InlineData("2026-11-02T09:00", 481, "2026-11-03T08:01")]
    [InlineData("2026-11-02T12:30", 1, "2026-11-02T13:01")]
    [InlineData("2026-11-08T10:00", 60, "2026-11-09T09:00")]
    [InlineData("2026-12-24T17:00", 120, "2026-12-26T10:00")]
    [InlineData("2026-12-24T19:00", 0, "2026-12-24T19:00")]
    [InlineData("2026-12-24T19:00", -5, "2026-12-24T19:00")]
    public void DueAt_OfOfficeHours_IsWhenTheTimeIsUsedUp(string from, int minutes, string due) =>
        Assert.Equal(At(due), Office().DueAt(At(from), TimeSpan.FromMinutes(minutes)));

    // Nights in which a clock is changed: an hour that is left out is none, one that comes twice is two.
    [Theory]
    [InlineData("Europe/Lisbon", "2026-03-29T00:00", "2026-03-29T06:00", 180)]
    [InlineData("Europe/Lisbon", "2026-10-25T00:00", "2026-10-25T06:00", 300)]
    [InlineData("America/New_York", "2026-03-08T00:00", "2026-03-08T12:00", 180)]
    [InlineData("America/New_York", "2026-11-01T00:00", "2026-11-01T12:00", 300)]
    [InlineData("Australia/Lord_Howe", "2026-04-04T12:00", "2026-04-05T00:00", 270)]
    [InlineData("Australia/Lord_Howe", "2026-10-03T12:00", "2026-10-04T00:00", 210)]
    // Apia left out the whole of 30 December 2011.
    [InlineData("Pacific/Apia", "2011-12-29T00:00", "2011-12-31T11:00", 480)]
    public void Elapsed_WhereTheClockIsChanged_AsTheWallShows(string zone, string from, string until, int minutes)
    {
        var nights = new BusinessCalendar("nights", DateTimeZoneProviders.Tzdb[zone], EveryDay(new DayPeriod(60, 300)), [], []);
        Assert.Equal(TimeSpan.FromMinutes(minutes), nights.Elapsed(At(from), At(until)));
    }

    [Fact]
    public void Always_CountsEveryInstant()
    {
        var (from, time) = (At("2026-03-28T13:17"), TimeSpan.FromHours(50));
        Assert.Equal(from + time, BusinessCalendar.Always.DueAt(from, time));
        Assert.Equal(time, BusinessCalendar.Always.Elapsed(from, from + time));
        Assert.True(BusinessCalendar.Always.IsOpen(from));
        Assert.Null(BusinessCalendar.Always.DueAt(from, BusinessCalendar.Longest + TimeSpan.FromDays(1)));
    }

    [Fact]
    public void NeverOpen_FallsNeverDue()
    {
        var closed = new BusinessCalendar("closed", DateTimeZone.Utc, EveryDay(), [], []);
        Assert.Null(closed.DueAt(At("2026-01-01T00:00"), TimeSpan.FromMinutes(1)));
        Assert.Equal(TimeSpan.Zero, closed.Elapsed(At("2026-01-01T00:00"), At("2027-01-01T00:00")));
    }

    [Fact]
    public void Periods_ThatTouchOrLieOverEachOther_CountOnce()
    {
        var calendar = new BusinessCalendar("c", DateTimeZone.Utc, EveryDay(new(600, 660), new(540, 600), new(620, 700)), [], []);
        Assert.Equal(TimeSpan.FromMinutes(160), calendar.Elapsed(At("2026-01-01T00:00"), At("2026-01-02T00:00")));
    }

    /// <summary>Random calendars around every kind of change of the clocks, against a count of all minutes one by one.</summary>
    [Theory]
    [InlineData("Europe/Lisbon", "2026-03-29T01:00")]
    [InlineData("Europe/Lisbon", "2026-10-25T01:00")]
    [InlineData("America/New_York", "2026-03-08T07:00")]
    [InlineData("America/New_York", "2026-11-01T06:00")]
    [InlineData("Australia/Lord_Howe", "2026-04-04T15:00")]
    [InlineData("Australia/Lord_Howe", "2026-10-03T15:30")]
    [InlineData("Pacific/Apia", "2011-12-30T10:00")]
    [InlineData("Pacific/Apia", "2012-03-31T14:00")]
    public void Any_AsAllMinutesOneByOne(string zone, string change)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var (calendar, isOpen) = Random(random, DateTimeZoneProviders.Tzdb[zone], At(change));
            var from = At(change) - TimeSpan.FromMinutes(random.Next(0, 3 * 1440));
            var length = random.Next(0, 5 * 1440);
            var (open, due, wanted) = (0, from, random.Next(1, 900));
            for (var minute = 0; minute < length; minute++)
            {
                var at = from + TimeSpan.FromMinutes(minute);
                var within = isOpen(at);
                Assert.True(within == calendar.IsOpen(at), $"seed {seed}, {at}");
                if (within && ++open == wanted)
                    due = at + TimeSpan.FromMinutes(1);
            }
            Assert.True(TimeSpan.FromMinutes(open) == calendar.Elapsed(from, from + TimeSpan.FromMinutes(length)), $"seed {seed}: {open} min from {from} for {length} min");
            if (open >= wanted)
                Assert.True(due == calendar.DueAt(from, TimeSpan.FromMinutes(wanted)), $"seed {seed}: {wanted} min from {from} are over at {due}");
        }
    }

    /// <summary>Elapsed and DueAt belong together, to the millisecond.</summary>
    [Fact]
    public void DueAt_IsTheFirstInstantUpToWhichTheTimeHasPassed()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var (calendar, _) = Random(random, DateTimeZoneProviders.Tzdb[Zones[seed % Zones.Length]], At("2026-03-29T01:00"));
            var from = At("2026-03-20T00:00") + TimeSpan.FromMilliseconds(random.Next(1, 20 * 86_400_000));
            var time = TimeSpan.FromMilliseconds(random.Next(1, 30 * 3_600_000));
            if (calendar.DueAt(from, time) is not { } due)
                continue;
            Assert.Equal(time, calendar.Elapsed(from, due));
            Assert.Equal(time - TimeSpan.FromMilliseconds(1), calendar.Elapsed(from, due - TimeSpan.FromMilliseconds(1)));
            var between = from + TimeSpan.FromMilliseconds((long)((due - from).TotalMilliseconds * random.NextDouble()));
            Assert.Equal(time, calendar.Elapsed(from, between) + calendar.Elapsed(between, due));
        }
    }

    private static (BusinessCalendar Calendar, Func<ServerTime, bool> IsOpen) Random(Random random, DateTimeZone zone, ServerTime near)
    {
        var week = Enumerable.Range(0, 7).Select(_ => Enumerable.Range(0, random.Next(0, 4)).Select(_ =>
        {
            var from = random.Next(0, 1440);
            return new DayPeriod(from, random.Next(from + 1, 1441));
        }).ToArray()).ToArray();
        var day = Instant.FromUnixTimeMilliseconds(near.EpochMs).InZone(zone).Date;
        var holidays = Enumerable.Range(0, random.Next(0, 3)).Select(_ => day.PlusDays(random.Next(-3, 6))).ToArray();
        var yearly = Enumerable.Range(0, random.Next(0, 2)).Select(_ => day.PlusDays(random.Next(-3, 6))).Select(d => new AnnualDate(d.Month, d.Day)).ToArray();
        return (new BusinessCalendar("random", zone, week, holidays, yearly), at =>
        {
            var local = Instant.FromUnixTimeMilliseconds(at.EpochMs).InZone(zone).LocalDateTime;
            var minute = (local.Hour * 60) + local.Minute;
            return !holidays.Contains(local.Date) && !yearly.Contains(new AnnualDate(local.Month, local.Day)) && week[(int)local.DayOfWeek - 1].Any(p => p.From <= minute && minute < p.To);
        });
    }

    private static BusinessCalendar Office()
    {
        DayPeriod[] day = [new(480, 720), new(780, 1080)];
        return new BusinessCalendar("office", DateTimeZoneProviders.Tzdb["Europe/Lisbon"], [day, day, day, day, day, [new DayPeriod(540, 780)], []],
            [new LocalDate(2026, 12, 25)], [new AnnualDate(1, 1)]);
    }

    private static DayPeriod[][] EveryDay(params DayPeriod[] periods) => [.. Enumerable.Repeat(periods, 7)];

    private static ServerTime At(string text) => new(LocalDateTimePattern.CreateWithInvariantCulture("yyyy-MM-dd'T'HH:mm").Parse(text).Value.InUtc().ToInstant().ToUnixTimeMilliseconds());
}
