using System.Collections.Immutable;
using NodaTime;
using NodaTime.TimeZones;

namespace B2D.Core.Rules;

/// <summary>Hours that come again every week, in the local time of a zone.</summary>
/// <param name="Days">The days on which they begin, Monday first.</param>
/// <param name="From">When they begin, in minutes of the day, 0 to 1439.</param>
/// <param name="To">When they end, in minutes of the day, 0 to 1440; not after <paramref name="From"/>: on the next day. The same as it: never open.</param>
/// <param name="Zone">A zone of the tz database.</param>
public sealed record WeekHours(ImmutableArray<bool> Days, int From, int To, DateTimeZone Zone)
{
    public const int MinutesOfDay = 24 * 60;

    // A start that a change of the clocks leaves out is the first instant after it; one that comes twice, the first.
    private static readonly ZoneLocalMappingResolver Begins = Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);
    private static readonly ZoneLocalMappingResolver Ends = Resolvers.CreateMappingResolver(Resolvers.ReturnLater, Resolvers.ReturnStartOfIntervalAfter);

    /// <summary>True where they are never open.</summary>
    public bool IsEmpty => From == To;

    /// <summary>The hours that begin on a day, from the first instant up to and without the second; null for none.</summary>
    internal (Instant Begin, Instant End)? On(LocalDate day)
    {
        if (IsEmpty || !Days[(int)day.DayOfWeek - 1])
            return null;
        var begin = Zone.ResolveLocal(At(day, From), Begins).ToInstant();
        var end = Zone.ResolveLocal(At(To > From ? day : day.PlusDays(1), To), Ends).ToInstant();
        // A change of the clocks can leave nothing of short hours.
        return begin < end ? (begin, end) : null;
    }

    private static LocalDateTime At(LocalDate day, int minute) => day.PlusDays(minute / MinutesOfDay).At(LocalTime.FromMinutesSinceMidnight(minute % MinutesOfDay));
}

/// <summary>The hours in which a rule opens cases: those of all its items together. Pure; safe for any thread.</summary>
public sealed class Hours(ImmutableArray<WeekHours> items)
{
    /// <summary>Where no hours begin so soon, it is looked again then.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public ImmutableArray<WeekHours> Items { get; } = items;

    /// <summary>True at an instant within them; their end is without.</summary>
    public bool IsOpen(ServerTime now)
    {
        var at = Instant.FromUnixTimeMilliseconds(now.EpochMs);
        foreach (var item in Items)
        {
            // Those of yesterday may go on over midnight, and a clock that is set back at midnight has a day twice.
            var today = at.InZone(item.Zone).Date;
            for (var day = -2; day <= 1; day++)
            {
                if (item.On(today.PlusDays(day)) is { } hours && hours.Begin <= at && at < hours.End)
                    return true;
            }
        }
        return false;
    }

    /// <summary>The first instant from <paramref name="now"/> on that is within them, or <see cref="Longest"/> later where there is none until then.</summary>
    public ServerTime NextOpen(ServerTime now)
    {
        if (IsOpen(now))
            return now;
        var at = Instant.FromUnixTimeMilliseconds(now.EpochMs);
        var next = now + Longest;
        foreach (var item in Items)
        {
            if (FirstAfter(item, at) is { } begin && new ServerTime(begin.ToUnixTimeMilliseconds()) is var found && found < next)
                next = found;
        }
        return next;
    }

    /// <summary>Two weeks hold every item, also one that a change of the clocks leaves out once; three where they are changed twice within.</summary>
    private static Instant? FirstAfter(WeekHours item, Instant at)
    {
        var today = at.InZone(item.Zone).Date;
        for (var day = -1; day <= 22; day++)
        {
            if (item.On(today.PlusDays(day)) is { } hours && hours.Begin > at)
                return hours.Begin;
        }
        return null;
    }
}
