using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using B2D.Console.Charts;
using B2D.Console.Telemetry;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;

namespace B2D.Console.Cases;

/// <summary>
/// Charts of the readings around a fault's onset: the metrics its rule reads, else the ones of its evidence, else the device's first numbers.
/// </summary>
internal static partial class OnsetCharts
{
    private const int MostCharts = 3;
    private const int MostPoints = 240;

    // From the closest look to the widest; the first with enough readings is taken, whatever the device's pace.
    private static readonly TimeSpan[] Spans =
        [TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromDays(1), TimeSpan.FromDays(5),
            TimeSpan.FromDays(30)];

    private const int EnoughPoints = 24;

    public static IReadOnlyList<ChartSpec> Of(TelemetryStore telemetry, CaseRecord record, RuleSet set, long now, TimeZoneInfo zone)
    {
        if (!DeviceId.TryParse(record.Case.Device, out var device, out _))
            return [];
        var metrics = Metrics(telemetry, record, set, device);
        var onset = record.Fault?.OnsetAt is > 0 and var at ? at : record.Case.OnsetAt;
        var charts = new List<ChartSpec>();
        foreach (var metric in metrics)
        {
            if (charts.Count < MostCharts && One(telemetry, record, device, metric, onset, now, zone) is { } chart)
                charts.Add(chart);
        }
        return charts;
    }

    /// <summary>The number that a condition compares a metric with, where it is a plain number or a parameter; null otherwise.</summary>
    internal static double? Limit(string condition, string metric, IReadOnlyDictionary<string, MetricValue> parameters)
    {
        foreach (Match match in Comparison().Matches(condition))
        {
            var (left, right) = (match.Groups["left"].Value, match.Groups["right"].Value);
            var other = left == metric ? right : right == metric ? left : null;
            if (other is null)
                continue;
            if (double.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                return number;
            if (other.StartsWith("params.", StringComparison.Ordinal) && parameters.TryGetValue(other["params.".Length..], out var value)
                && value.Kind == ValueKind.Number)
                return value.Number;
        }
        return null;
    }

    private static List<string> Metrics(TelemetryStore telemetry, CaseRecord record, RuleSet set, DeviceId device)
    {
        var read = record.Rule?.MetricSlots.Where(s => s >= 0 && s < set.Metrics.Length).Select(s => set.Metrics[s]) ?? [];
        var shown = record.Evidence.Where(e => e.Number is not null).Select(e => e.Metric);
        var numbers = telemetry.Latest(device).Where(l => l.Value.Kind == ValueKind.Number).Select(l => l.Metric).ToList();
        var wanted = read.Concat(shown).Distinct().Where(numbers.Contains).ToList();
        return wanted.Count > 0 ? wanted : numbers;
    }

    private static ChartSpec? One(TelemetryStore telemetry, CaseRecord record, DeviceId device, string metric, long onset, long now, TimeZoneInfo zone)
    {
        var end = record.Fault?.ClearedAt is > 0 and var cleared ? Math.Max(cleared, onset) : onset;
        IReadOnlyList<ChartPoint> best = [];
        var (from, until) = (0L, 0L);
        foreach (var span in Spans)
        {
            var ms = (long)span.TotalMilliseconds;
            // A fault that lasts longer than the look is wide is shown at its beginning.
            (from, until) = (onset - ms, Math.Max(onset + (ms / 2), Math.Min(end + (ms / 4), onset + (3 * ms))));
            best = Points.Of(telemetry, device, metric, from, until, MostPoints);
            if (best.Count(p => p.At <= onset) >= EnoughPoints / 2 && best.Count >= EnoughPoints)
                break;
        }
        if (best.Count < 2)
            return null;
        // The look shrinks to what there is, so that a young device is not drawn at the edge of an empty month.
        (from, until) = (Math.Max(from, Math.Min(best[0].At, onset)), Math.Min(until, Math.Max(best[^1].At, onset)));
        return new ChartSpec
        {
            Title = metric,
            Points = best,
            From = from,
            Until = Math.Max(until, from + 1000),
            Zone = zone,
            Markers = Markers(record, onset),
            Limits = Limits(record, metric),
        };
    }

    private static List<ChartMarker> Markers(CaseRecord record, long onset)
    {
        var markers = new List<ChartMarker> { new(onset, "began", "crit") };
        if (record.Fault is { ClearedAt: > 0 } fault)
            markers.Add(new ChartMarker(fault.ClearedAt, "cleared", "good"));
        return markers;
    }

    private static IReadOnlyList<ChartLimit> Limits(CaseRecord record, string metric)
    {
        if (record.Rule is not { } rule)
            return [];
        // The condition as it was then; the rule may have changed since.
        var condition = record.Condition.Length > 0 ? record.Condition : rule.Raise?.Text ?? "";
        var parameters = rule.Params.ToDictionary(p => p.Name, p => p.Default);
        foreach (var (name, value) in record.Device?.ToDevice().Params ?? ImmutableSortedDictionary<string, MetricValue>.Empty)
        {
            if (name.StartsWith(rule.Id + ".", StringComparison.Ordinal))
                parameters[name[(rule.Id.Length + 1)..]] = value;
        }
        return Limit(condition, metric, parameters) is { } limit ? [new ChartLimit(limit, "limit")] : [];
    }

    [GeneratedRegex(@"(?<left>[A-Za-z_][\w.]*|-?\d+(?:\.\d+)?)\s*(?:>=|<=|>|<)\s*(?<right>[A-Za-z_][\w.]*|-?\d+(?:\.\d+)?)")]
    private static partial Regex Comparison();
}
