using System.Collections.Immutable;
using NodaTime;

namespace B2D.Core.Cases;

/// <summary>Working time of one day by the clock on the wall, in minutes of the day, 0 to 1440; its end is without.</summary>
public readonly record struct DayPeriod(int From, int To);

/// <summary>
/// When work is done: several periods a day, holidays, a zone. An instant is within where the clock on the wall shows a time of one of its day's periods then:
/// an hour that a change of the clocks leaves out is none, one that comes twice is two. Pure; safe for any thread.
/// </summary>
public sealed class BusinessCalendar
{
    /// <summary>What a calendar without any break is called; no other may have the name.</summary>
    public const string AlwaysName = "always";

    /// <summary>So far ahead it is looked for working time: 3,660 days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    private static readonly Duration OneMinute = Duration.FromMinutes(1);

    private readonly ImmutableArray<ImmutableArray<DayPeriod>> week;
    private readonly ImmutableHashSet<LocalDate> holidays;
    private readonly ImmutableHashSet<AnnualDate> yearly;
    private readonly bool always;

    /// <param name="week">Periods of each day, Monday first; they may touch and lie over each other.</param>
    /// <param name="holidays">Days without work.</param>
    /// <param name="yearly">Days of every year without work.</param>
    public BusinessCalendar(string name, DateTimeZone zone, IReadOnlyList<IReadOnlyList<DayPeriod>> week, IEnumerable<LocalDate> holidays, IEnumerable<AnnualDate> yearly)
    {
        (Name, Zone) = (name, zone);
        this.week = [.. week.Select(Merged)];
        this.holidays = [.. holidays];
        this.yearly = [.. yearly];
        always = this.holidays.IsEmpty && this.yearly.IsEmpty && this.week.All(d => d is [(0, Rules.WeekHours.MinutesOfDay)]);
    }

    /// <summary>Work is done at any time.</summary>
    public static BusinessCalendar Always { get; } = new(AlwaysName, DateTimeZone.Utc,
        [.. Enumerable.Repeat<DayPeriod[]>([new DayPeriod(0, Rules.WeekHours.MinutesOfDay)], 7)], [], []);

    /// <summary>All of Monday to Friday.</summary>
    public static BusinessCalendar Weekdays(DateTimeZone zone)
    {
        DayPeriod[] all = [new DayPeriod(0, Rules.WeekHours.MinutesOfDay)];
        return new BusinessCalendar("weekdays", zone, [all, all, all, all, all, [], []], [], []);
    }

    public string Name { get; }

    public DateTimeZone Zone { get; }

    /// <summary>True at an instant of working time.</summary>
    public bool IsOpen(ServerTime at) => always || Spans(InstantOf(at), InstantOf(at) + Duration.FromMilliseconds(1)).Any();

    /// <summary>How much working time lies from the first instant up to the second; zero where that is not later.</summary>
    public TimeSpan Elapsed(ServerTime from, ServerTime until)
    {
        if (until <= from)
            return TimeSpan.Zero;
        if (always)
            return until - from;
        var sum = Duration.Zero;
        foreach (var (begin, end) in Spans(InstantOf(from), InstantOf(until)))
            sum += end - begin;
        return sum.ToTimeSpan();
    }

    /// <summary>
    /// The first instant up to which so much working time has passed, at the end of a period its end and not the next one's begin; null where it lies more than <see
    /// cref="Longest"/> ahead.
    /// </summary>
    /// <param name="workingTime">Zero or less: at once.</param>
    public ServerTime? DueAt(ServerTime from, TimeSpan workingTime)
    {
        if (workingTime <= TimeSpan.Zero)
            return from;
        if (always)
            return workingTime > Longest ? null : from + workingTime;
        var left = Duration.FromTimeSpan(workingTime);
        foreach (var (begin, end) in Spans(InstantOf(from), InstantOf(from + Longest)))
        {
            if (end - begin >= left)
                return new ServerTime((begin + left).ToUnixTimeMilliseconds());
            left -= end - begin;
        }
        return null;
    }

    /// <summary>When work ends on the day that is so many working days after the one of an instant; null where that lies more than <see cref="Longest"/> ahead.</summary>
    /// <param name="days">At least 1.</param>
    public ServerTime? EndOfDayAfter(ServerTime at, int days)
    {
        var day = InstantOf(at).InZone(Zone).Date;
        for (var ahead = 0; ahead < Longest.Days; ahead++)
        {
            day = day.PlusDays(1);
            if (On(day) is not [.., var last] || --days > 0)
                continue;
            var end = day.PlusDays(last.To / Rules.WeekHours.MinutesOfDay).At(LocalTime.FromMinutesSinceMidnight(last.To % Rules.WeekHours.MinutesOfDay));
            return new ServerTime(Zone.AtLeniently(end).ToInstant().ToUnixTimeMilliseconds());
        }
        return null;
    }

    /// <summary>Working time between two instants, in order; what touches may come in pieces.</summary>
    private IEnumerable<(Instant Begin, Instant End)> Spans(Instant from, Instant until)
    {
        foreach (var even in Zone.GetZoneIntervals(from, until))
        {
            var first = even.HasStart && even.Start > from ? even.Start : from;
            var last = even.HasEnd && even.End < until ? even.End : until;
            for (var day = first.WithOffset(even.WallOffset).Date; ; day = day.PlusDays(1))
            {
                var midnight = day.AtMidnight().WithOffset(even.WallOffset).ToInstant();
                if (midnight >= last)
                    break;
                foreach (var period in On(day))
                {
                    var begin = Instant.Max(midnight + (OneMinute * period.From), first);
                    var end = Instant.Min(midnight + (OneMinute * period.To), last);
                    if (begin < end)
                        yield return (begin, end);
                }
            }
        }
    }

    private ImmutableArray<DayPeriod> On(LocalDate day) =>
        holidays.Contains(day) || yearly.Contains(new AnnualDate(day.Month, day.Day)) ? [] : week[(int)day.DayOfWeek - 1];

    /// <summary>In order, without what lies twice.</summary>
    private static ImmutableArray<DayPeriod> Merged(IReadOnlyList<DayPeriod> periods)
    {
        var merged = ImmutableArray.CreateBuilder<DayPeriod>();
        foreach (var period in periods.Where(p => p.From < p.To).OrderBy(p => p.From))
        {
            if (merged.Count > 0 && merged[^1] is var last && period.From <= last.To)
                merged[^1] = last with { To = Math.Max(last.To, period.To) };
            else
                merged.Add(period);
        }
        return merged.ToImmutable();
    }

    private static Instant InstantOf(ServerTime at) => Instant.FromUnixTimeMilliseconds(at.EpochMs);
}
