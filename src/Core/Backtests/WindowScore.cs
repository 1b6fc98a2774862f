using System.Collections.Immutable;
using B2D.Core.Devices;

namespace B2D.Core.Backtests;

/// <summary>A stretch of time in which something was wrong with a device: what rules ought to have noticed in it. Both ends are inclusive.</summary>
public sealed record BacktestWindow(DeviceId Device, ServerTime From, ServerTime Until, string What);

/// <summary>A window, and what became of it.</summary>
/// <param name="Window">The window.</param>
/// <param name="DetectedAt">The first alert of the device in it; null where there was none: missed.</param>
/// <param name="Rules">Ids of the rules whose alerts were in it.</param>
public sealed record ScoredWindow(BacktestWindow Window, ServerTime? DetectedAt, ImmutableSortedSet<string> Rules)
{
    /// <summary>From the window's begin to its detection.</summary>
    public TimeSpan? Delay => DetectedAt - Window.From;
}

/// <summary>Alerts of one device outside all of its windows, so close together that they are one.</summary>
public sealed record FalseAlarm(DeviceId Device, ServerTime From, ServerTime Until, ImmutableSortedSet<string> Rules);

/// <summary>How good rules were at windows.</summary>
/// <param name="Windows">Windows that count.</param>
/// <param name="Detected">Those with an alert in them.</param>
/// <param name="FalseAlarms">False alarms.</param>
/// <param name="DeviceYears">Years of 365.25 days from the first to the last thing that each device said, added up.</param>
/// <param name="MedianDelay">From begin to detection, of the detected ones; the mean of the middle two where they are even in number; null where there is none.</param>
public sealed record WindowFigures(int Windows, int Detected, int FalseAlarms, double DeviceYears, TimeSpan? MedianDelay)
{
    /// <summary>Zero where there was no time.</summary>
    public double FalsePerDeviceYear => DeviceYears > 0 ? FalseAlarms / DeviceYears : 0;

    /// <summary>0 to 1; zero where there was no window.</summary>
    public double DetectedShare => Windows > 0 ? (double)Detected / Windows : 0;
}

/// <summary>
/// A back-test against windows in which something was wrong. An alert detects every window of its device that it falls in; one that falls in none is false, also
/// where it comes close to one that is not. False ones of a device, each within the merge of the one before, are one false alarm. Windows in which a device's telemetry is not there, and those of devices without telemetry, do not count.
/// </summary>
public sealed class WindowScore
{
    private WindowScore(BacktestRecord record, ImmutableArray<ScoredWindow> windows, ImmutableArray<FalseAlarm> alarms, int ignored)
    {
        (Windows, FalseAlarms, IgnoredWindows) = (windows, alarms, ignored);
        var spans = record.Devices;
        var byDevice = windows.ToLookup(w => w.Window.Device);
        var falseOnes = alarms.ToLookup(a => a.Device);
        Devices = spans.Select(d => KeyValuePair.Create(d.Key, Figures(byDevice[d.Key], falseOnes[d.Key], d.Value.Last - d.Value.First))).ToImmutableSortedDictionary();
        var all = TimeSpan.FromDays(spans.Values.Sum(d => (d.Last - d.First).TotalDays));
        Whole = Figures(windows, alarms, all);
        ServerTime MiddleOf(DeviceId device) => spans[device].First + ((spans[device].Last - spans[device].First) / 2);
        bool IsEarly(DeviceId device, ServerTime at) => at < MiddleOf(device);
        Halves =
        [
            Figures(windows.Where(w => IsEarly(w.Window.Device, w.Window.From)), alarms.Where(a => IsEarly(a.Device, a.From)), all / 2),
            Figures(windows.Where(w => !IsEarly(w.Window.Device, w.Window.From)), alarms.Where(a => !IsEarly(a.Device, a.From)), all / 2),
        ];
    }

    /// <summary>In order of time.</summary>
    public ImmutableArray<ScoredWindow> Windows { get; }

    /// <summary>In order of time.</summary>
    public ImmutableArray<FalseAlarm> FalseAlarms { get; }

    /// <summary>Windows that do not count.</summary>
    public int IgnoredWindows { get; }

    public WindowFigures Whole { get; }

    /// <summary>The two halves of each device's own time, all devices together; a window or false alarm belongs to the half that it begins in.</summary>
    public ImmutableArray<WindowFigures> Halves { get; }

    /// <summary>Of each device with telemetry, also of those without a window.</summary>
    public ImmutableSortedDictionary<DeviceId, WindowFigures> Devices { get; }

    /// <param name="record">What rules would have done.</param>
    /// <param name="windows">What was wrong.</param>
    /// <param name="merge">A false alert of a device that comes within so long of the one before belongs to the same false alarm.</param>
    public static WindowScore Of(BacktestRecord record, IEnumerable<BacktestWindow> windows, TimeSpan merge)
    {
        var alerts = Alerts.Of(record);
        var all = windows.ToList();
        var counting = all.Where(w => record.Devices.TryGetValue(w.Device, out var span) && w.From <= span.Last && w.Until >= span.First).ToList();
        var scored = counting.OrderBy(w => w.From).ThenBy(w => w.Device).Select(w => Scored(w, alerts.GetValueOrDefault(w.Device) ?? [])).ToImmutableArray();
        var byDevice = counting.ToLookup(w => w.Device);
        var alarms = alerts.SelectMany(d => Alerts.Merged(d.Value.Where(a => !byDevice[d.Key].Any(w => IsIn(a, w))), merge).Select(a => Alarm(d.Key, a)))
            .OrderBy(a => a.From).ThenBy(a => a.Device).ToImmutableArray();
        return new WindowScore(record, scored, alarms, all.Count - counting.Count);
    }

    /// <summary>Windows that a rule's alerts detected, alone or with others.</summary>
    public int DetectedBy(string rule) => Windows.Count(w => w.Rules.Contains(rule));

    /// <summary>False alarms that a rule had a part in.</summary>
    public int FalseOf(string rule) => FalseAlarms.Count(a => a.Rules.Contains(rule));

    private static bool IsIn(BacktestFault alert, BacktestWindow window) => alert.EscalatedAt >= window.From && alert.EscalatedAt <= window.Until;

    private static ScoredWindow Scored(BacktestWindow window, List<BacktestFault> alerts)
    {
        var within = alerts.Where(a => IsIn(a, window)).ToList();
        return new ScoredWindow(window, within.Count == 0 ? null : within[0].EscalatedAt, [.. within.Select(a => a.Rule.Id)]);
    }

    private static FalseAlarm Alarm(DeviceId device, List<BacktestFault> alerts) =>
        new(device, alerts[0].EscalatedAt!.Value, alerts[^1].EscalatedAt!.Value, [.. alerts.Select(a => a.Rule.Id)]);

    private static WindowFigures Figures(IEnumerable<ScoredWindow> windows, IEnumerable<FalseAlarm> alarms, TimeSpan time)
    {
        var these = windows.ToList();
        var delays = these.Where(w => w.Delay is not null).Select(w => w.Delay!.Value).Order().ToList();
        return new WindowFigures(these.Count, delays.Count, alarms.Count(), time.TotalDays / Alerts.DaysPerYear, Alerts.Median(delays));
    }
}
