using System.Globalization;
using NodaTime;

namespace B2D.Core.Notices;

/// <summary>Hours of each day in which a customer is not woken, by the clock on their wall; they may go over midnight.</summary>
/// <param name="From">Minute of the day, 0 to 1439, at which they begin.</param>
/// <param name="Until">Minute of the day at which they end; another one than <paramref name="From"/>.</param>
public readonly record struct QuietHours(int From, int Until)
{
    /// <summary>Instead of hours: the customer may be told at any time.</summary>
    public const string None = "none";

    /// <summary>Reads <c>22:00-07:30</c>; <c>none</c> is good and gives null.</summary>
    /// <param name="problem">What is wrong; empty where nothing is.</param>
    public static QuietHours? Parse(string text, out string problem)
    {
        problem = "";
        if (text == None)
            return null;
        if (text.Split('-') is [var from, var until] && Minute(from) is { } begin && Minute(until) is { } end && begin != end)
            return new QuietHours(begin, end);
        problem = $"'{text}' are no quiet hours: write 22:00-07:30, or none";
        return null;
    }

    /// <summary>When they end, of an instant within them; null at another one.</summary>
    public ServerTime? EndAfter(ServerTime at, DateTimeZone zone)
    {
        var local = Instant.FromUnixTimeMilliseconds(at.EpochMs).InZone(zone).LocalDateTime;
        var minute = (local.Hour * 60) + local.Minute;
        if (From < Until ? minute < From || minute >= Until : minute < From && minute >= Until)
            return null;
        var day = From > Until && minute >= From ? local.Date.PlusDays(1) : local.Date;
        var end = zone.AtLeniently(day.At(new LocalTime(Until / 60, Until % 60))).ToInstant();
        return new ServerTime(end.ToUnixTimeMilliseconds());
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From / 60:00}:{From % 60:00}-{Until / 60:00}:{Until % 60:00}");

    private static int? Minute(string text) =>
        TimeOnly.TryParseExact(text.Trim(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? (time.Hour * 60) + time.Minute : null;
}

/// <summary>Why a notice leaves when it does.</summary>
public enum QuietReason : byte
{
    /// <summary>It is no quiet hour.</summary>
    Awake = 1,

    /// <summary>It waits for the end of the customer's quiet hours.</summary>
    Waits = 2,

    /// <summary>It wakes the customer: somebody may come to harm.</summary>
    WakesForSafety = 3,

    /// <summary>It wakes the customer, who depends on what is broken.</summary>
    WakesDependent = 4,

    /// <summary>It wakes the customer, who asked for it.</summary>
    WakesAsAsked = 5,
}

/// <summary>When a notice leaves.</summary>
public static class QuietDecision
{
    /// <param name="dependent">The customer's health or safety depends on the service.</param>
    /// <param name="hours">Null: the customer may be told at any time.</param>
    public static (ServerTime LeavesAt, QuietReason Reason) Decide(ServerTime at, NoticeClass noticeClass, bool dependent, QuietHours? hours, DateTimeZone zone)
    {
        if (hours?.EndAfter(at, zone) is not { } end)
            return (at, QuietReason.Awake);
        return noticeClass switch
        {
            NoticeClass.Safety => (at, QuietReason.WakesForSafety),
            NoticeClass.Answer => (at, QuietReason.WakesAsAsked),
            NoticeClass.Service or NoticeClass.Case when dependent => (at, QuietReason.WakesDependent),
            _ => (end, QuietReason.Waits),
        };
    }
}
