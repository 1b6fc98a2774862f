using System.Collections.Immutable;
using System.Globalization;
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

    /// <summary>What days are written as, Monday first.</summary>
    public static ImmutableArray<string> DayNames { get; } = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// <summary>True where they are never open.</summary>
    public bool IsEmpty => From == To;

    /// <summary>Reads what <see cref="ToString"/> writes; also ranges of days, <c>mon-fri 22:00-06:00 Europe/Lisbon</c>.</summary>
    /// <param name="problem">What is wrong with it, in words; empty where nothing is.</param>
    public static WeekHours? Parse(string text, out string problem)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        problem = "hours are days, times and a zone: mon-fri 22:00-06:00 Europe/Lisbon";
        if (words.Length != 3 || words[1].Split('-') is not [var first, var last])
            return null;
        var days = new bool[DayNames.Length];
        foreach (var part in words[0].Split(','))
        {
            if (!AddDays(part, days))
            {
                problem = $"'{part}' is no day: {string.Join(", ", DayNames)}, or mon-fri";
                return null;
            }
        }
        if (MinuteOf(first) is not (var from and >= 0 and < MinutesOfDay) || MinuteOf(last) is not (var to and >= 0 and <= MinutesOfDay) || from == to)
        {
            problem = $"'{words[1]}' is no time of the day to another: 22:00-06:00";
            return null;
        }
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(words[2]) is not { } zone)
        {
            problem = $"'{words[2]}' is no time zone: write the tz database's name, Europe/Lisbon";
            return null;
        }
        problem = "";
        return new WeekHours([.. days], from, to, zone);
    }

    /// <summary><c>mon,tue,sat 22:00-06:00 Europe/Lisbon</c></summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{string.Join(',', DayNames.Where((_, day) => Days[day]))} {From / 60:00}:{From % 60:00}-{To / 60:00}:{To % 60:00} {Zone.Id}");

    /// <summary>Marks a day, or days from one to another, which may go on over Sunday; false where it is none.</summary>
    internal static bool AddDays(string text, bool[] days)
    {
        var ends = text.Split('-');
        if (ends.Length > 2 || DayNames.IndexOf(ends[0]) is not (var first and >= 0) || DayNames.IndexOf(ends[^1]) is not (var last and >= 0))
            return false;
        for (var day = first; ; day = (day + 1) % days.Length)
        {
            days[day] = true;
            if (day == last)
                return true;
        }
    }

    /// <summary>The minute of the day of a time with two digits each, <c>22:00</c>; -1 where it is none.</summary>
    internal static int MinuteOf(string text) => text.Length == 5 && text[2] == ':' && int.TryParse(text.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
        && int.TryParse(text.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes < 60 ? (hours * 60) + minutes : -1;

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
    public bool IsOpen(ServerTime now) => EndAfter(Instant.FromUnixTimeMilliseconds(now.EpochMs)) is not null;

    /// <summary>When hours that an instant is within end; null where it is within none.</summary>
    private Instant? EndAfter(Instant at)
    {
        foreach (var item in Items)
        {
            // Those of yesterday may go on over midnight, and a clock that is set back at midnight has a day twice.
            var today = at.InZone(item.Zone).Date;
            for (var day = -2; day <= 1; day++)
            {
                if (item.On(today.PlusDays(day)) is { } hours && hours.Begin <= at && at < hours.End)
                    return hours.End;
            }
        }
        return null;
    }

    /// <summary>The first instant after <paramref name="now"/> that is not within them; <paramref name="now"/> itself where that is not. At most <see
    /// cref="Longest"/> later.</summary>
    public ServerTime OpenUntil(ServerTime now)
    {
        var at = Instant.FromUnixTimeMilliseconds(now.EpochMs);
        var last = Instant.FromUnixTimeMilliseconds((now + Longest).EpochMs);
        // Where some begin before others end, they are one.
        while (at < last && EndAfter(at) is { } end)
            at = end;
        return new ServerTime((at < last ? at : last).ToUnixTimeMilliseconds());
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
