using B2D.Core.Telemetry;

namespace B2D.DeviceGateway.Telemetry;

/// <summary>How large one message of a device may be once it is unpacked. What goes over a limit is refused as OverLimit and kept as a dead letter.</summary>
public sealed record FormatLimits
{
    /// <summary>Metrics in one telemetry object, default 1,000, 1 to 100,000: a large machine has some hundreds.</summary>
    public int MaxMetrics { get; init; } = 1_000;

    /// <summary>Characters in a metric's dotted name or a fault code, default 128, 1 to 1,024.</summary>
    public int MaxNameLength { get; init; } = 128;

    /// <summary>Objects within objects, counted from the telemetry object as 1, default 8, 1 to 32.</summary>
    public int MaxLevels { get; init; } = 8;

    /// <summary>Objects in one array of backfill, default 10,000, 1 to 1,000,000: a week of one a minute.</summary>
    public int MaxObjects { get; init; } = 10_000;

    /// <summary>Characters in a text value, 1,024: what a metric's value can hold (<see cref="MetricValue.MaxTextLength"/>).</summary>
    public static int MaxTextLength => MetricValue.MaxTextLength;

    /// <summary>Dead letters made from one message, 100; the last one counts the rest.</summary>
    public static int MaxRejects => 100;

    /// <summary>Every value out of its range, each with the name of its option.</summary>
    public IEnumerable<string> Validate(string prefix)
    {
        foreach (var (name, value, most) in new[]
        {
            (nameof(MaxMetrics), MaxMetrics, 100_000), (nameof(MaxNameLength), MaxNameLength, 1_024),
            (nameof(MaxLevels), MaxLevels, 32), (nameof(MaxObjects), MaxObjects, 1_000_000),
        })
        {
            if (value < 1 || value > most)
                yield return $"{prefix}{name} is {value}; it must be between 1 and {most}";
        }
    }
}
