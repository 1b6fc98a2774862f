using B2D.FirmwareSim.Fleets;

namespace B2D.FirmwareSim.Signals;

/// <summary>
/// A value that wanders around zero and comes back (Ornstein-Uhlenbeck): what is left of a physical quantity when its known causes are taken off.
/// Exact for any step, so that a report each second and one each minute come from the same process.
/// </summary>
internal sealed class Wander(Dice dice, double seconds, double spread)
{
    private double _value = spread * dice.Normal();

    public double Step(double elapsed)
    {
        var keep = Math.Exp(-elapsed / seconds);
        _value = (_value * keep) + (spread * Math.Sqrt(1 - (keep * keep)) * dice.Normal());
        return _value;
    }
}

/// <summary>A value that follows its target with a delay: heat, inertia (first-order lag).</summary>
internal sealed class Lag(double seconds, double initial)
{
    public double Value { get; private set; } = initial;

    public double Step(double elapsed, double target) => Value += (target - Value) * (1 - Math.Exp(-elapsed / seconds));
}

/// <summary>Curves of a day.</summary>
internal static class Daily
{
    /// <summary>Hour of the day, 0 to 24, in the town's standard time (UTC).</summary>
    public static double Hour(long nowMs) => nowMs % 86_400_000L / 3_600_000.0;

    /// <summary>A bell around an hour: 1 there, falling off over <paramref name="width"/> hours, across midnight too.</summary>
    public static double Bell(double hour, double centre, double width)
    {
        var distance = Math.Abs(hour - centre);
        distance = Math.Min(distance, 24 - distance);
        return Math.Exp(-distance * distance / (2 * width * width));
    }
}

/// <summary>The town's weather: season, day and some slow cloud, as a function of time alone, the same for every device.</summary>
internal sealed class Weather(int seed)
{
    private const long KnotMs = 3 * 3_600_000L;

    /// <summary>Outdoor temperature in °C.</summary>
    public double Outdoor(long nowMs)
    {
        var season = -Math.Cos(2 * Math.PI * ((nowMs / 86_400_000.0) - 15) / 365.25);
        var day = Math.Sin(2 * Math.PI * (Daily.Hour(nowMs) - 9) / 24);
        var knot = Math.DivRem(nowMs, KnotMs, out var within);
        var share = within / (double)KnotMs;
        var smooth = share * share * (3 - (2 * share));
        var cloud = (Knot(knot) * (1 - smooth)) + (Knot(knot + 1) * smooth);
        return 14 + (6 * season) + (4 * day) + (2.5 * cloud);
    }

    private double Knot(long number) => new Dice(seed ^ number, "weather").Between(-1, 1);
}
