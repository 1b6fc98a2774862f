using System.Globalization;
using B2D.Core.Rules;
using NodaTime;
using Xunit;

namespace B2D.Core.Tests.Rules;

public sealed class HoursTests
{
    // Days, from, to, zone; an instant in UTC; whether it is within; the next instant within.
    [Theory]
    // Monday 2026-01-05 in Lisbon, where it is UTC.
    [InlineData("mon-fri 07:00 18:00 Europe/Lisbon", "2026-01-05T06:59", false, "2026-01-05T07:00")]
    [InlineData("mon-fri 07:00 18:00 Europe/Lisbon", "2026-01-05T07:00", true, "2026-01-05T07:00")]
    [InlineData("mon-fri 07:00 18:00 Europe/Lisbon", "2026-01-05T17:59", true, "2026-01-05T17:59")]
    [InlineData("mon-fri 07:00 18:00 Europe/Lisbon", "2026-01-05T18:00", false, "2026-01-06T07:00")]
    [InlineData("mon-fri 07:00 18:00 Europe/Lisbon", "2026-01-09T18:00", false, "2026-01-12T07:00")]
    // Over midnight: the day is the one on which they begin.
    [InlineData("fri 22:00 06:00 Europe/Lisbon", "2026-01-09T21:59", false, "2026-01-09T22:00")]
    [InlineData("fri 22:00 06:00 Europe/Lisbon", "2026-01-10T05:59", true, "2026-01-10T05:59")]
    [InlineData("fri 22:00 06:00 Europe/Lisbon", "2026-01-10T06:00", false, "2026-01-16T22:00")]
    [InlineData("fri 22:00 06:00 Europe/Lisbon", "2026-01-09T05:00", false, "2026-01-09T22:00")]
    // Whole days; over the end of the week.
    [InlineData("sun 00:00 24:00 Europe/Lisbon", "2026-01-11T23:59", true, "2026-01-11T23:59")]
    [InlineData("sun 00:00 24:00 Europe/Lisbon", "2026-01-12T00:00", false, "2026-01-18T00:00")]
    [InlineData("fri-mon 08:00 09:00 Europe/Lisbon", "2026-01-08T08:30", false, "2026-01-09T08:00")]
    [InlineData("fri-mon 08:00 09:00 Europe/Lisbon", "2026-01-12T08:30", true, "2026-01-12T08:30")]
    // Lisbon 2026-03-29: 01:00 becomes 02:00 at 01:00 UTC.
    [InlineData("sun 01:30 03:00 Europe/Lisbon", "2026-03-29T00:59", false, "2026-03-29T01:00")]
    [InlineData("sun 01:30 03:00 Europe/Lisbon", "2026-03-29T01:00", true, "2026-03-29T01:00")]
    [InlineData("sun 01:30 03:00 Europe/Lisbon", "2026-03-29T02:00", false, "2026-04-05T00:30")]
    [InlineData("sun 00:30 01:30 Europe/Lisbon", "2026-03-29T00:59", true, "2026-03-29T00:59")]
    [InlineData("sun 00:30 01:30 Europe/Lisbon", "2026-03-29T01:00", false, "2026-04-04T23:30")]
    [InlineData("sun 01:10 01:50 Europe/Lisbon", "2026-03-29T00:00", false, "2026-04-05T00:10")]
    [InlineData("mon-fri 07:00 18:00 Europe/Lisbon", "2026-03-30T06:00", true, "2026-03-30T06:00")]
    // Lisbon 2026-10-25: 02:00 becomes 01:00 at 01:00 UTC; 01:00 to 02:00 comes twice, from 00:00 and from 01:00 UTC.
    [InlineData("sun 01:30 03:00 Europe/Lisbon", "2026-10-25T00:29", false, "2026-10-25T00:30")]
    [InlineData("sun 01:30 03:00 Europe/Lisbon", "2026-10-25T01:15", true, "2026-10-25T01:15")]
    [InlineData("sun 01:30 03:00 Europe/Lisbon", "2026-10-25T02:59", true, "2026-10-25T02:59")]
    [InlineData("sun 01:30 03:00 Europe/Lisbon", "2026-10-25T03:00", false, "2026-11-01T01:30")]
    [InlineData("sun 00:30 01:30 Europe/Lisbon", "2026-10-25T01:29", true, "2026-10-25T01:29")]
    [InlineData("sun 00:30 01:30 Europe/Lisbon", "2026-10-25T01:30", false, "2026-11-01T00:30")]
    [InlineData("sat 22:00 01:30 Europe/Lisbon", "2026-10-25T01:29", true, "2026-10-25T01:29")]
    [InlineData("sat 22:00 01:30 Europe/Lisbon", "2026-10-25T01:30", false, "2026-10-31T22:00")]
    // New York 2026-03-08: 02:00 becomes 03:00 at 07:00 UTC.
    [InlineData("sun 02:30 04:00 America/New_York", "2026-03-08T06:59", false, "2026-03-08T07:00")]
    [InlineData("sun 02:30 04:00 America/New_York", "2026-03-08T07:59", true, "2026-03-08T07:59")]
    [InlineData("sun 02:30 04:00 America/New_York", "2026-03-08T08:00", false, "2026-03-15T06:30")]
    [InlineData("sat 22:00 02:30 America/New_York", "2026-03-08T06:59", true, "2026-03-08T06:59")]
    [InlineData("sat 22:00 02:30 America/New_York", "2026-03-08T07:00", false, "2026-03-15T02:00")]
    [InlineData("sun 02:00 03:00 America/New_York", "2026-03-07T12:00", false, "2026-03-15T06:00")]
    // New York 2026-11-01: 02:00 becomes 01:00 at 06:00 UTC.
    [InlineData("sun 01:30 04:00 America/New_York", "2026-11-01T05:29", false, "2026-11-01T05:30")]
    [InlineData("sun 01:30 04:00 America/New_York", "2026-11-01T06:10", true, "2026-11-01T06:10")]
    [InlineData("sat 22:00 01:30 America/New_York", "2026-11-01T06:29", true, "2026-11-01T06:29")]
    [InlineData("sat 22:00 01:30 America/New_York", "2026-11-01T06:30", false, "2026-11-08T03:00")]
    public void IsOpen_InstantAndHours_AsTheClockOnTheWallSays(string hours, string at, bool open, string next)
    {
        var read = Read(hours.Split("; "));
        var now = At(at);
        Assert.Equal((open, At(next)), (read.IsOpen(now), read.NextOpen(now)));
    }

    [Theory]
    [InlineData("2026-01-05T12:00", true, "2026-01-05T12:00")]
    [InlineData("2026-01-05T19:00", false, "2026-01-05T22:00")]
    [InlineData("2026-01-06T06:30", false, "2026-01-06T07:00")]
    [InlineData("2026-01-10T12:00", false, "2026-01-11T14:00")]
    public void IsOpen_SeveralItems_WhenOneOfThemIs(string at, bool open, string next)
    {
        var hours = Read("mon-fri 07:00 18:00 Europe/Lisbon", "mon 22:00 06:00 Europe/Lisbon", "sun 09:00 10:00 America/New_York");
        Assert.Equal((open, At(next)), (hours.IsOpen(At(at)), hours.NextOpen(At(at))));
    }

    [Fact]
    public void NextOpen_NeverOpen_IsOneYearAhead()
    {
        var hours = Read("mon-sun 08:00 08:00 Europe/Lisbon");
        Assert.False(hours.IsOpen(At("2026-01-05T08:00")));
        Assert.Equal(At("2026-01-05T08:00") + TimeSpan.FromDays(366), hours.NextOpen(At("2026-01-05T08:00")));
    }

    [Fact]
    public void IsOpen_RandomHours_EqualsEachMinuteLookedUp()
    {
        string[] zones = ["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo", "America/Havana", "Pacific/Apia"];
        var changes = 0;
        for (var seed = 1; seed <= 120; seed++)
        {
            var random = new Random(seed);
            var zone = DateTimeZoneProviders.Tzdb[zones[random.Next(zones.Length)]];
            var items = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Draw(random, zone)).ToArray();
            var hours = new Hours([.. items]);
            // Half of them around a change of the clocks.
            var first = Instant.FromUtc(2026, 1, 1, 0, 0).Plus(NodaTime.Duration.FromDays(random.Next(365)));
            if (random.Next(2) == 0 && zone.GetZoneInterval(first) is { HasEnd: true } interval)
                (first, changes) = (interval.End.Minus(NodaTime.Duration.FromDays(2)), changes + 1);
            first = Instant.FromUnixTimeSeconds(first.ToUnixTimeSeconds() / 60 * 60);
            var open = new MinuteReference(items, zone, first.Minus(NodaTime.Duration.FromDays(3)), 18).Open;
            ServerTime? next = null;
            for (var minute = 14 * 1440; minute >= 3 * 1440; minute--)
            {
                var now = new ServerTime(first.ToUnixTimeMilliseconds() + ((minute - (3 * 1440)) * 60_000L));
                next = open[minute] ? now : next;
                if (minute > 8 * 1440)
                    continue;
                var where = $"seed {seed}, {zone.Id}, {string.Join("; ", items.Select(i => $"{string.Concat(i.Days.Select(d => d ? 1 : 0))} {i.From} {i.To}"))}, {now}";
                Assert.True(open[minute] == hours.IsOpen(now), $"{where}: {(open[minute] ? "open" : "closed")} by the reference");
                if (next is { } at && (minute % 17 == 0 || open[minute]))
                    Assert.True(at == hours.NextOpen(now), $"{where}: next {at} by the reference, {hours.NextOpen(now)} found");
            }
        }
        Assert.True(changes > 20, $"only {changes} changes of the clocks");
    }

    private static WeekHours Draw(Random random, DateTimeZone zone)
    {
        // Mostly around the hours in which clocks change.
        int Minute() => random.Next(3) > 0 ? random.Next(0, 5 * 60) / 10 * 10 : random.Next(WeekHours.MinutesOfDay);
        return new WeekHours([.. Enumerable.Range(0, 7).Select(_ => random.Next(3) > 0)], Minute(), random.Next(6) == 0 ? WeekHours.MinutesOfDay : Minute(), zone);
    }

    private static Hours Read(params string[] items)
    {
        var yaml = string.Join(", ", items.Select(i => i.Split(' ')).Select(p => $"{{ days: {p[0]}, from: \"{p[1]}\", to: \"{p[2]}\", zone: {p[3]} }}"));
        return RuleFiles.Good($"- fault: a\n  raise: x > 1\n  during: [ {yaml} ]\n  case: {{}}\n").Faults[0].During!;
    }

    private static ServerTime At(string text) => ServerTime.From(DateTimeOffset.Parse(text + "Z", CultureInfo.InvariantCulture));

    /// <summary>The same, minute by minute: hours begin with the first minute at which the clock on the wall has reached their beginning, and end behind the last
    /// one at which it has not reached their end.</summary>
    private sealed class MinuteReference
    {
        public MinuteReference(WeekHours[] items, DateTimeZone zone, Instant first, int days)
        {
            Open = new bool[days * 1440];
            var wall = Enumerable.Range(0, Open.Length).Select(m => first.Plus(NodaTime.Duration.FromMinutes(m)).InZone(zone).LocalDateTime).ToArray();
            foreach (var item in items.Where(i => i.From != i.To))
            {
                for (var day = wall[0].Date; day <= wall[^1].Date; day = day.PlusDays(1))
                {
                    if (!item.Days[(int)day.DayOfWeek - 1])
                        continue;
                    var from = day.AtMidnight().PlusMinutes(item.From);
                    var to = day.AtMidnight().PlusMinutes(item.To + (item.To > item.From ? 0 : 1440));
                    var begin = Array.FindIndex(wall, w => w >= from);
                    var end = Array.FindLastIndex(wall, w => w < to);
                    for (var minute = begin; begin >= 0 && minute <= end; minute++)
                        Open[minute] = true;
                }
            }
        }

        public bool[] Open { get; }
    }

    [Theory]
    [InlineData("mon-fri 22:00-06:00 Europe/Lisbon", "mon,tue,wed,thu,fri 22:00-06:00 Europe/Lisbon")]
    [InlineData("sat,fri-sun 00:00-24:00 Etc/UTC", "fri,sat,sun 00:00-24:00 Etc/UTC")]
    [InlineData("sun-mon 07:05-07:10 America/New_York", "mon,sun 07:05-07:10 America/New_York")]
    public void Parse_Text_IsWrittenTheSameAgain(string text, string written)
    {
        var hours = WeekHours.Parse(text, out var problem)!;
        Assert.Equal((written, ""), (hours.ToString(), problem));
        Assert.Equal(written, WeekHours.Parse(written, out _)!.ToString());
    }

    [Theory]
    [InlineData("", "hours are days, times and a zone")]
    [InlineData("mon-fri 22:00 06:00 Europe/Lisbon", "hours are days, times and a zone")]
    [InlineData("mon,tues 22:00-06:00 Europe/Lisbon", "'tues' is no day")]
    [InlineData("mon 22:00-22:00 Europe/Lisbon", "'22:00-22:00' is no time of the day to another")]
    [InlineData("mon 24:00-06:00 Europe/Lisbon", "is no time of the day")]
    [InlineData("mon 22:00-24:01 Europe/Lisbon", "is no time of the day")]
    [InlineData("mon 22:00-6:00 Europe/Lisbon", "is no time of the day")]
    [InlineData("mon 22:00-06:00 Europe/Lisboa", "'Europe/Lisboa' is no time zone")]
    public void Parse_Wrong_SaysWhat(string text, string problem)
    {
        Assert.Null(WeekHours.Parse(text, out var said));
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenUntil_HoursThatMeet_AreOne()
    {
        var hours = Read("mon-fri 07:00 18:00 Europe/Lisbon", "mon 18:00 20:00 Europe/Lisbon", "mon 19:00 02:00 Europe/Lisbon");
        Assert.Equal(At("2026-01-06T02:00"), hours.OpenUntil(At("2026-01-05T08:00")));
        Assert.Equal(At("2026-01-05T06:00"), hours.OpenUntil(At("2026-01-05T06:00")));
        Assert.Equal(At("2026-01-05T08:00") + Hours.Longest, Read("mon-sun 00:00 24:00 Europe/Lisbon").OpenUntil(At("2026-01-05T08:00")));
    }
}
