using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace B2D.Core.Telemetry;

/// <summary>Gathers latest values, device by device, for the medians of one instant. Takes 8 bytes for each value that counts.</summary>
/// <param name="now">The server's time at which the medians are taken.</param>
public sealed class FleetGathering(ServerTime now)
{
    private readonly Dictionary<(string Model, string Metric), List<double>> values = [];

    /// <summary>A device's latest value of a metric. A device without a model has no fleet.</summary>
    /// <param name="model">The device's model as registered.</param>
    /// <param name="metric">The metric's name.</param>
    /// <param name="value">Its latest value.</param>
    /// <param name="heardAt">When anything was heard of the device last.</param>
    public void Add(string model, string metric, MetricValue value, ServerTime heardAt)
    {
        if (model.Length == 0 || !FleetMedian.Counts(value, heardAt, now))
            return;
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(values, (model, metric), out _);
        (known ??= []).Add(value.Number);
    }

    /// <summary>
    /// The medians of at least <see cref="FleetMedian.MinDevices"/> devices, in order of model and metric: at most <see cref="FleetMedian.MaxTold"/>, those of
    /// the most devices.
    /// </summary>
    /// <returns>The medians, and how many were left out for there being too many.</returns>
    public (ImmutableArray<FleetMedian> Medians, int LeftOut) Finish()
    {
        var enough = values.Where(v => v.Value.Count >= FleetMedian.MinDevices)
            .OrderByDescending(v => v.Value.Count).ThenBy(v => v.Key.Model, StringComparer.Ordinal).ThenBy(v => v.Key.Metric, StringComparer.Ordinal)
            .ToList();
        var told = enough.Take(FleetMedian.MaxTold)
            .Select(v => new FleetMedian(v.Key.Model, v.Key.Metric, FleetMedian.Of(CollectionsMarshal.AsSpan(v.Value)), v.Value.Count))
            .OrderBy(m => m.Model, StringComparer.Ordinal).ThenBy(m => m.Metric, StringComparer.Ordinal);
        return ([.. told], Math.Max(0, enough.Count - FleetMedian.MaxTold));
    }
}
