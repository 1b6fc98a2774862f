namespace B2D.Core.Defects;

/// <summary>
/// How many times as often something happens among some as among others, and what that ratio is at least. The bound is the score method's: P. A. R. Koopman,
/// "Confidence intervals for the ratio of two binomial proportions", Biometrics 40 (1984) 513–517. It works with no event at all among the others, where
/// methods over logarithms fail.
/// </summary>
public static class RateRatio
{
    /// <summary>Ratios above this are not told apart.</summary>
    private const double Most = 1e9;

    /// <summary>The ratio as counted; infinite with none among the others, 0 with none here or nobody to compare with.</summary>
    public static double Of(long events, long size, long otherEvents, long otherSize) =>
        events == 0 || size == 0 || otherSize == 0 ? 0
        : otherEvents == 0 ? double.PositiveInfinity
        : (double)events / size / ((double)otherEvents / otherSize);

    /// <summary>What the ratio is at least, with a confidence of 0.5 to 0.9999 to one side; 0 where nothing can be said.</summary>
    public static double AtLeast(long events, long size, long otherEvents, long otherSize, double confidence)
    {
        if (events <= 0 || size <= 0 || otherSize <= 0)
            return 0;
        var z = Quantile(confidence);
        var counted = Of(events, size, otherEvents, otherSize);
        var (low, high) = (Math.Log(1e-9), Math.Log(Math.Min(counted, Most)));
        // The score falls as the ratio that is supposed grows: over z to the left of the bound, 0 at the ratio as counted.
        if (Score(Math.Exp(high)) > z)
            return Math.Exp(high);
        for (var i = 0; i < 80; i++)
        {
            var middle = (low + high) / 2;
            if (Score(Math.Exp(middle)) > z)
                low = middle;
            else
                high = middle;
        }
        return Math.Exp(low);

        double Score(double ratio) => RateRatio.Score(ratio, events, size, otherEvents, otherSize);
    }

    /// <summary>The value that a standard normal variable stays under with probability <paramref name="p"/>, which is 0.5 to 0.9999.</summary>
    internal static double Quantile(double p)
    {
        var (low, high) = (0.0, 6.0);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (Below(middle) < p)
                low = middle;
            else
                high = middle;
        }
        return (low + high) / 2;
    }

    /// <summary>Phi by its series (G. Marsaglia, "Evaluating the normal distribution", Journal of Statistical Software 11 (2004) 4), for 0 to 6.</summary>
    private static double Below(double x)
    {
        var (sum, term) = (x, x);
        for (var i = 3; sum + term != sum; i += 2)
        {
            term *= x * x / i;
            sum += term;
        }
        return 0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
    }

    /// <summary>How far the counts are from a ratio, in standard deviations under the likeliest rates that have that ratio.</summary>
    private static double Score(double ratio, double events, double size, double otherEvents, double otherSize)
    {
        // The likeliest rate among the others where the rate here is ratio times that: the smaller root of a p² - b p + c.
        var a = (size + otherSize) * ratio;
        var b = (size * ratio) + events + otherSize + (otherEvents * ratio);
        var c = events + otherEvents;
        var other = 2 * c / (b + Math.Sqrt(Math.Max(0, (b * b) - (4 * a * c))));
        var here = Math.Min(1, ratio * other);
        var variance = (here * (1 - here) / size) + (ratio * ratio * other * (1 - other) / otherSize);
        var distance = (events / size) - (ratio * otherEvents / otherSize);
        return variance > 0 ? distance / Math.Sqrt(variance) : distance > 0 ? double.PositiveInfinity : 0;
    }
}
