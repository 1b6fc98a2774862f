using B2D.Console.Charts;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;

namespace B2D.Console.Telemetry;

/// <summary>
/// Stored readings as points of a chart: every reading where there are few, else one point for each stretch of time with its mean, lowest and highest.
/// </summary>
internal static class Points
{
    /// <summary>
    /// Numbers and booleans (as 0 and 1) from <paramref name="from"/> until <paramref name="until"/> (epoch ms of the device), at most <paramref name="most"/>
    /// points.
    /// </summary>
    public static IReadOnlyList<ChartPoint> Of(TelemetryStore telemetry, DeviceId device, string metric, long from, long until, int most)
    {
        var series = telemetry.Series(device, metric, new DeviceTime(from), new DeviceTime(until), most * 2)
            .Where(p => p.Value.Kind is ValueKind.Number or ValueKind.Bool && double.IsFinite(p.Value.Number)).ToList();
        if (series.Count <= most)
            return [.. series.Select(p => new ChartPoint(p.At.EpochMs, p.Value.Number, p.Value.Number, p.Value.Number))];
        var (first, last) = (series[0].At.EpochMs, series[^1].At.EpochMs);
        var width = Math.Max(1, (last - first + 1.0) / most);
        return
        [
            .. series.GroupBy(p => (int)((p.At.EpochMs - first) / width)).Select(g =>
            {
                var values = g.Select(p => p.Value.Number).ToList();
                return new ChartPoint((g.First().At.EpochMs + g.Last().At.EpochMs) / 2, values.Average(), values.Min(), values.Max());
            }),
        ];
    }
}
