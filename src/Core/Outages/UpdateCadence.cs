using NodaTime;

namespace B2D.Core.Outages;

/// <summary>When those whom an outage touches hear the next word: often at first, then less so, and in the morning rather than at night.</summary>
/// <param name="Every">Time between two words of the first hours, 1 s to 1 day.</param>
/// <param name="Zone">Where it is night.</param>
public sealed record UpdateCadence(TimeSpan Every, DateTimeZone Zone)
{
    /// <summary>What people write within this time is one message.</summary>
    public static readonly TimeSpan Gathers = TimeSpan.FromMinutes(2);

    /// <summary>From then on there are three times as many hours between two words.</summary>
    private const int OftenFor = 2;
    private const int LaterTimes = 3;

    /// <summary>Hours of the day between which a promised time moves to their end.</summary>
    private const int NightFrom = 22;
    private const int NightUntil = 8;

    private static readonly TimeSpan LongestOfTheFirstDay = TimeSpan.FromHours(6);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>So long before a promised time the word leaves, to be there by then: a tenth of the time between two, at most two minutes.</summary>
    public TimeSpan Ahead => Every / 10 < Gathers ? Every / 10 : Gathers;

    /// <summary>The time to promise now for the next word.</summary>
    /// <param name="began">When the outage began.</param>
    public ServerTime Next(ServerTime began, ServerTime now)
    {
        var age = now - began;
        var wait = age < Every * OftenFor ? Every : age < Day ? Shorter(Every * LaterTimes, LongestOfTheFirstDay) : Day;
        return Morning(now + (wait > Every ? wait : Every));
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>The same instant by day; at night the next morning.</summary>
    public ServerTime Morning(ServerTime at)
    {
        var local = Instant.FromUnixTimeMilliseconds(at.EpochMs).InZone(Zone).LocalDateTime;
        if (local.Hour is >= NightUntil and < NightFrom)
            return at;
        var day = local.Hour >= NightFrom ? local.Date.PlusDays(1) : local.Date;
        return new ServerTime(Zone.AtLeniently(day.At(new LocalTime(NightUntil, 0))).ToInstant().ToUnixTimeMilliseconds());
    }
}
