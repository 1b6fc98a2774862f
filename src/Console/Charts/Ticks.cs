using System.Globalization;

namespace B2D.Console.Charts;

/// <summary>A tick of an axis: where and what it says.</summary>
internal readonly record struct Tick(double At, string Label);

/// <summary>Chooses ticks that people would choose: 1, 2 or 5 times a power of ten for values; whole minutes, hours and days of local time.</summary>
internal static class Ticks
{
    private static readonly long[] Steps =
    [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 2 * 86400, 7 * 86400, 14 * 86400, 30 * 86400, 90 * 86400,
        365 * 86400,
    ];

    /// <summary>Ticks from at or above <paramref name="low"/> to at or below <paramref name="high"/>, about <paramref name="most"/>.</summary>
    public static IReadOnlyList<Tick> Values(double low, double high, int most)
    {
        var step = NiceStep((high - low) / Math.Max(1, most));
        var ticks = new List<Tick>();
        var decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        for (var i = Math.Ceiling((low / step) - 1e-9); i * step <= high + (step * 1e-9) && ticks.Count < 50; i++)
            ticks.Add(new Tick(i * step, (0.0 + (i * step)).ToString("N" + Math.Min(decimals, 6), CultureInfo.GetCultureInfo("en-GB"))));
        return ticks;
    }

    /// <summary>The smallest of 1, 2, 5 × 10ⁿ that is not below <paramref name="raw"/>.</summary>
    public static double NiceStep(double raw)
    {
        if (!(raw > 0) || !double.IsFinite(raw))
            return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        foreach (var factor in (double[])[1, 2, 5, 10])
        {
            if (factor * power >= raw * (1 - 1e-9))
                return factor * power;
        }
        return 10 * power;
    }

    /// <summary>Ticks on local clock times, at most <paramref name="most"/>; at midnight the day stands instead of the time.</summary>
    public static IReadOnlyList<Tick> Times(long from, long until, TimeZoneInfo zone, int most)
    {
        var step = 1000 * Steps.FirstOrDefault(s => (until - from) / (s * 1000) < most, Steps[^1]);
        var ticks = new List<Tick>();
        var offset = (long)zone.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(from)).TotalMilliseconds;
        var local = from + offset;
        for (var at = (local + step - 1) / step * step - offset; at <= until && ticks.Count < 50; at += step)
        {
            var then = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(at), zone);
            var format = step switch
            {
                < 60_000 => "HH:mm:ss",
                < 86_400_000 when then.TimeOfDay != TimeSpan.Zero => "HH:mm",
                < 300L * 86_400_000 => "d MMM",
                _ => "yyyy",
            };
            ticks.Add(new Tick(at, then.ToString(format, CultureInfo.GetCultureInfo("en-GB"))));
        }
        return ticks;
    }
}
