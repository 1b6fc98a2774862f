using System.Collections.Immutable;
using NodaTime;

namespace B2D.Core.Links;

/// <summary>By when a customer may ask to be called.</summary>
public static class CallTimes
{
    /// <summary>Farthest ahead.</summary>
    public static readonly TimeSpan Farthest = TimeSpan.FromDays(7);

    private static readonly TimeSpan Soonest = TimeSpan.FromMinutes(30);
    private static readonly int[] Hours = [10, 12, 14, 16, 18, 20];
    private const int Days = 3;

    /// <summary>The times that are offered: even hours of this day and the next two, by the customer's clock, at least half an hour ahead.</summary>
    public static ImmutableArray<ServerTime> Offered(DateTimeZone zone, ServerTime now)
    {
        var today = Instant.FromUnixTimeMilliseconds(now.EpochMs).InZone(zone).Date;
        return
        [
            .. Enumerable.Range(0, Days).SelectMany(_ => Hours, (day, hour) => today.PlusDays(day).At(new LocalTime(hour, 0)).InZoneLeniently(zone).ToInstant().ToUnixTimeMilliseconds())
                .Select(ms => new ServerTime(ms)).Where(t => t - now >= Soonest),
        ];
    }

    /// <summary>Whether somebody can be called by a time: it is one that was offered at some moment, and not past.</summary>
    public static bool May(ServerTime by, DateTimeZone zone, ServerTime now)
    {
        if (by <= now || by > now + Farthest)
            return false;
        var local = Instant.FromUnixTimeMilliseconds(by.EpochMs).InZone(zone).TimeOfDay;
        return Hours.Contains(local.Hour) && local == new LocalTime(local.Hour, 0);
    }
}
