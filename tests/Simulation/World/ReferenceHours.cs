namespace B2D.Simulation.World;

/// <summary>Hours of a day in a zone, naively: whether each minute is within them is asked of the platform's own time zones and remembered.</summary>
/// <param name="zone">A name of the tz database.</param>
/// <param name="spans">Minutes of the day from and to; not after from: on the next day.</param>
/// <param name="days">The days on which they begin.</param>
internal sealed class ReferenceHours(string zone, IReadOnlyList<(int From, int To)> spans, IReadOnlySet<DayOfWeek> days)
{
    private const long Minute = 60_000;
    private readonly TimeZoneInfo clock = TimeZoneInfo.FindSystemTimeZoneById(zone);
    private readonly Dictionary<long, bool> known = [];

    /// <summary>True at an instant within them.</summary>
    public bool IsOpen(long at)
    {
        if (!known.TryGetValue(at / Minute, out var open))
            known.Add(at / Minute, open = Look(DateTimeOffset.FromUnixTimeMilliseconds(at / Minute * Minute).UtcDateTime));
        return open;
    }

    private bool Look(DateTime at)
    {
        var today = TimeZoneInfo.ConvertTimeFromUtc(at, clock).Date;
        for (var day = today.AddDays(-2); day <= today.AddDays(1); day = day.AddDays(1))
        {
            foreach (var (from, to) in days.Contains(day.DayOfWeek) ? spans : [])
            {
                var (begin, end) = (Utc(day.AddMinutes(from), first: true), Utc(day.AddMinutes(to > from ? to : to + (24 * 60)), first: false));
                if (begin <= at && at < end)
                    return true;
            }
        }
        return false;
    }

    /// <summary>When a clock on the wall shows that: the first instant after a gap that it falls into, the first or the last time where it does so twice.</summary>
    private DateTime Utc(DateTime wall, bool first)
    {
        while (clock.IsInvalidTime(wall))
            wall = wall.AddMinutes(1);
        if (!clock.IsAmbiguousTime(wall))
            return TimeZoneInfo.ConvertTimeToUtc(wall, clock);
        var offsets = clock.GetAmbiguousTimeOffsets(wall);
        return DateTime.SpecifyKind(wall - (first ? offsets.Max() : offsets.Min()), DateTimeKind.Utc);
    }
}
