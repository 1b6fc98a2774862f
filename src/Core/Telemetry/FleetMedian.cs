using System.Diagnostics.CodeAnalysis;

namespace B2D.Core.Telemetry;

/// <summary>The median of a metric over the devices of one model.</summary>
/// <param name="Model">As registered; never empty.</param>
/// <param name="Metric">The metric's name as devices send it.</param>
/// <param name="Value">Finite; in the metric's own unit.</param>
/// <param name="Devices">How many devices it is of; <see cref="MinDevices"/> or more.</param>
public readonly record struct FleetMedian(string Model, string Metric, double Value, int Devices)
{
    /// <summary>Of fewer devices there is no median: two or three that stand together say nothing of a model.</summary>
    public const int MinDevices = 5;

    /// <summary>Most medians that are told at once, over all models and metrics.</summary>
    public const int MaxTold = 1000;

    /// <summary>A device of which nothing was heard for longer does not count.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromHours(1);

    /// <summary>How often medians are taken where no option says otherwise.</summary>
    public static readonly TimeSpan DefaultEvery = TimeSpan.FromMinutes(5);

    private const string NameStart = "fleet_median(";

    /// <summary>So many intervals after medians were told they stand no longer.</summary>
    public const int StandsForIntervals = 3;

    /// <summary>Whether a device's latest value of a metric counts.</summary>
    /// <param name="value">The value; only finite numbers count.</param>
    /// <param name="heardAt">When anything was heard of the device last.</param>
    /// <param name="now">The server's time.</param>
    public static bool Counts(MetricValue value, ServerTime heardAt, ServerTime now) =>
        value.Kind == ValueKind.Number && double.IsFinite(value.Number) && IsHeard(heardAt, now);

    /// <summary>Whether a device was heard lately enough to count.</summary>
    public static bool IsHeard(ServerTime heardAt, ServerTime now) => now - heardAt <= SilentAfter;

    /// <summary>The median of finite numbers: the middle one, of an even count the mean of the two in the middle. Puts them in order.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static double Of(Span<double> values)
    {
        if (values.IsEmpty)
            throw new ArgumentException("nothing has no median", nameof(values));
        values.Sort();
        var upper = values[values.Length / 2];
        if (values.Length % 2 == 1)
            return upper;
        var lower = values[(values.Length / 2) - 1];
        // The sum of two large numbers may be over all that a double holds, and their mean is not.
        return double.IsFinite(lower + upper) ? (lower + upper) / 2 : (lower / 2) + (upper / 2);
    }

    /// <summary>What a metric's median is called among the readings that a fault was raised with.</summary>
    public static string NameOf(string metric) => $"{NameStart}{metric})";

    /// <summary>The metric, where a name is that of a median.</summary>
    public static bool TryMetricOf(string name, [NotNullWhen(true)] out string? metric)
    {
        var isMedian = name.StartsWith(NameStart, StringComparison.Ordinal) && name.EndsWith(')');
        metric = isMedian ? name[NameStart.Length..^1] : null;
        return isMedian;
    }
}
