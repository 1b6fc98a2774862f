using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using B2D.Core;
using B2D.Core.Backtests;
using B2D.Core.Devices;

namespace B2D.Host.Rules;

/// <summary>A back-test for programs: one JSON object. Without labels the figures of the score are missing.</summary>
internal static class BacktestJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static string Of(BacktestResult result)
    {
        var (record, score, windows) = (result.Record, result.Score, result.Windows);
        return JsonSerializer.Serialize(
            new
            {
                telemetry = result.Input,
                rulesHash = result.Rules.Hash,
                from = Time(record.From),
                until = Time(record.Until),
                devices = record.Devices.Count,
                unregistered = result.Unregistered,
                readings = record.Readings,
                events = record.Events,
                repeated = record.Repeated,
                readingsPerSecond = Math.Round(result.ReadingsPerSecond),
                faults = record.Faults.Length,
                cases = record.Cases.Length,
                duplicatesAvoided = record.DuplicatesAvoided,
                failures = score?.Whole.Failures,
                foreseen = score?.Whole.Foreseen,
                falseCases = score?.Whole.FalseCases,
                windows = windows?.Whole.Windows,
                detected = windows?.Whole.Detected,
                falseAlarms = windows?.Whole.FalseAlarms,
                deviceYears = Rounded(score?.Whole.DeviceYears ?? windows?.Whole.DeviceYears),
                falsePerDeviceYear = Rounded(score?.Whole.FalsePerDeviceYear ?? windows?.Whole.FalsePerDeviceYear),
                medianLeadHours = Rounded(score?.Whole.MedianLead?.TotalHours),
                medianDelayHours = Rounded(windows?.Whole.MedianDelay?.TotalHours),
                ignoredLabels = score?.IgnoredLabels ?? windows?.IgnoredWindows,
                halves = score?.Halves.Select(Half) ?? windows?.Halves.Select(h => Figures(null, h)),
                series = windows?.Devices.Select(d => Figures(d.Key.Value, d.Value)),
                missed = score?.Failures.Where(f => f.Lead is null).Select(f => (object)new { device = f.Device.Value, at = Time(f.At), what = f.What })
                    ?? windows?.Windows.Where(w => w.DetectedAt is null).Select(w => Window(w.Window)),
                falseAlerts = score?.Cases.Where(c => !c.Foresees).Select(c => Stretch(c.Device, c.From, c.Until, c.Rules))
                    ?? windows?.FalseAlarms.Select(a => Stretch(a.Device, a.From, a.Until, a.Rules)),
                rules = result.Rules.Faults.Select(rule => Rule(rule.Id, result)),
                opened = record.Cases.Select(c => new
                {
                    device = c.Device.Value,
                    family = c.Family,
                    rule = c.Rule,
                    at = Time(c.OpenedAt),
                    joined = c.Joined,
                    reopened = c.Reopened,
                    resolvedAt = c.ResolvedAt is { } resolved ? Time(resolved) : null,
                }),
            },
            Options);
    }

    private static object Half(ScoreFigures half) => new
    {
        from = Time(half.From),
        until = Time(half.Until),
        failures = half.Failures,
        foreseen = half.Foreseen,
        falseCases = half.FalseCases,
        deviceYears = Rounded(half.DeviceYears),
        falsePerDeviceYear = Rounded(half.FalsePerDeviceYear),
        medianLeadHours = Rounded(half.MedianLead?.TotalHours),
    };

    private static object Figures(string? device, WindowFigures figures) => new
    {
        device,
        windows = figures.Windows,
        detected = figures.Detected,
        falseAlarms = figures.FalseAlarms,
        deviceYears = Rounded(figures.DeviceYears),
        falsePerDeviceYear = Rounded(figures.FalsePerDeviceYear),
        medianDelayHours = Rounded(figures.MedianDelay?.TotalHours),
    };

    private static object Window(BacktestWindow window) => new { device = window.Device.Value, start = Time(window.From), end = Time(window.Until), what = window.What };

    private static object Stretch(DeviceId device, ServerTime from, ServerTime until, IEnumerable<string> rules) => new { device = device.Value, from = Time(from), until = Time(until), rules };

    private static object Rule(string rule, BacktestResult result) => new
    {
        rule,
        faults = result.Record.Faults.Count(f => f.Rule.Id == rule),
        cases = result.Record.Cases.Count(c => c.Rule == rule),
        foreseen = result.Score?.ForeseenBy(rule),
        falseCases = result.Score?.FalseOf(rule),
        detected = result.Windows?.DetectedBy(rule),
        falseAlarms = result.Windows?.FalseOf(rule),
    };

    private static double? Rounded(double? value) => value is { } number ? Math.Round(number, 4) : null;

    private static string Time(ServerTime at) => at.Utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
