using System.Collections.Immutable;
using System.Globalization;
using B2D.Core.Backtests;
using B2D.Core.Rules;
using Spectre.Console;

namespace B2D.Host.Rules;

/// <summary>A back-test for people.</summary>
internal static class BacktestReport
{
    /// <summary>Failures and cases that are named one by one.</summary>
    private const int MostNamed = 20;

    /// <summary>Devices that have a line of their own.</summary>
    private const int MostDevices = 100;

    public static void Write(BacktestResult result, ScoreTerms terms, IAnsiConsole to)
    {
        var record = result.Record;
        Say(to, $"{result.Input}: {record.Readings:N0} readings and {record.Events:N0} events of {record.Devices.Count:N0} devices, {record.From.Utc:yyyy-MM-dd HH:mm} to {record.Until.Utc:yyyy-MM-dd HH:mm} UTC");
        Say(to, $"{result.ReadingsPerSecond:N0} readings a second; {record.Repeated:N0} had been said before");
        if (result.Unregistered > 0)
            Say(to, $"{result.Unregistered:N0} of the devices are not registered: taken as devices without model, firmware and segment");
        Say(to, $"{record.Faults.Length:N0} faults, {record.Cases.Length:N0} cases opened, {record.DuplicatesAvoided:N0} duplicates avoided (faults that joined or reopened a case)");
        to.Write(Rules(result));
        if (result.Windows is { } windows)
            Write(windows, terms, to);
        if (result.Score is not { } score)
            return;
        to.Write(Figures(score));
        Say(to, $"An alert foresees a failure that follows it within {DurationText.Format(terms.Horizon)} (not one at its own instant); alerts of a device no more than {DurationText.Format(terms.Merge)} apart are one case.");
        if (score.IgnoredLabels > 0)
            Say(to, $"{score.IgnoredLabels:N0} labels do not count: their device has no telemetry, or not at that time");
        Name(to, "Missed:", [.. score.Failures.Where(f => f.Lead is null).Select(f => $"{f.Device} {f.At.Utc:yyyy-MM-dd HH:mm} {f.What}")]);
        Name(to, "False:", [.. score.Cases.Where(c => !c.Foresees).Select(c => $"{c.Device} {c.From.Utc:yyyy-MM-dd HH:mm} {string.Join(", ", c.Rules)}")]);
    }

    private static Table Rules(BacktestResult result)
    {
        var table = result.Windows is null
            ? NewTable("rule", "faults", "longest", "cases", "foresaw", "false cases")
            : NewTable("rule", "faults", "longest", "cases", "detected", "false alarms");
        foreach (var rule in result.Rules.Faults)
        {
            var faults = result.Record.Faults.Where(f => f.Rule.Id == rule.Id).ToList();
            var longest = faults.Count == 0 ? TimeSpan.Zero : faults.Max(f => (f.ClearedAt ?? result.Record.Devices[f.Device].Last) - f.RaisedAt);
            table.AddRow(
                Markup.Escape(rule.Id), Number(faults.Count), faults.Count == 0 ? "" : DurationText.Format(longest),
                rule.Case is null ? "opens none" : Number(result.Record.Cases.Count(c => c.Rule == rule.Id)),
                rule.Case is null ? "" : Number(result.Windows?.DetectedBy(rule.Id) ?? result.Score?.ForeseenBy(rule.Id)),
                rule.Case is null ? "" : Number(result.Windows?.FalseOf(rule.Id) ?? result.Score?.FalseOf(rule.Id)));
        }
        return table;
    }

    private static void Write(WindowScore score, ScoreTerms terms, IAnsiConsole to)
    {
        var table = NewTable("device", "windows", "detected", "median delay", "false alarms");
        void Add(string name, WindowFigures f) => table.AddRow(
            Markup.Escape(name), Number(f.Windows), Number(f.Detected), f.MedianDelay is { } delay ? string.Create(CultureInfo.InvariantCulture, $"{delay.TotalHours:0.#} h") : "",
            Number(f.FalseAlarms));
        // Of a large fleet those with something to see.
        var listed = score.Devices.OrderByDescending(d => d.Value.Windows + d.Value.FalseAlarms > 0).Take(MostDevices).OrderBy(d => d.Key).ToList();
        foreach (var (device, figures) in listed)
            Add(device.Value, figures);
        table.AddEmptyRow();
        Add("all", score.Whole);
        Add("first half of each", score.Halves[0]);
        Add("second half of each", score.Halves[1]);
        to.Write(table);
        if (listed.Count < score.Devices.Count)
            Say(to, $"{score.Devices.Count - listed.Count:N0} devices more are not listed (--json has all)");
        Say(to, $"{score.Whole.Detected:N0} of {score.Whole.Windows:N0} windows detected ({score.Whole.DetectedShare * 100:0.#} %), {score.Whole.FalsePerDeviceYear / 12:0.0} false alarms per device-month.");
        Say(to, $"An alert in a window of its device detects it; those of a device outside all of its windows, no more than {DurationText.Format(terms.Merge)} apart, are one false alarm.");
        if (score.IgnoredWindows > 0)
            Say(to, $"{score.IgnoredWindows:N0} windows do not count: their device has no telemetry, or not at that time");
        Name(to, "Missed:", [.. score.Windows.Where(w => w.DetectedAt is null).Select(w => $"{w.Window.Device} {w.Window.From.Utc:yyyy-MM-dd HH:mm} to {w.Window.Until.Utc:yyyy-MM-dd HH:mm} {w.Window.What}")]);
        Name(to, "False:", [.. score.FalseAlarms.Select(a => $"{a.Device} {a.From.Utc:yyyy-MM-dd HH:mm} {string.Join(", ", a.Rules)}")]);
    }

    private static Table Figures(BacktestScore score)
    {
        var table = NewTable("", "all", "first half", "second half");
        ImmutableArray<ScoreFigures> columns = [score.Whole, .. score.Halves];
        void Add(string name, Func<ScoreFigures, string> figure) => table.AddRow([name, .. columns.Select(figure)]);
        Add("failures", f => Number(f.Failures));
        Add("foreseen", f => string.Create(CultureInfo.InvariantCulture, $"{f.Foreseen:N0} ({f.ForeseenShare * 100:0.#} %)"));
        Add("median lead", f => f.MedianLead is { } lead ? string.Create(CultureInfo.InvariantCulture, $"{lead.TotalHours:0.#} h") : "");
        Add("false cases", f => Number(f.FalseCases));
        Add("device-years", f => f.DeviceYears.ToString("0.00", CultureInfo.InvariantCulture));
        Add("false cases per device-year", f => f.FalsePerDeviceYear.ToString("0.00", CultureInfo.InvariantCulture));
        return table;
    }

    private static Table NewTable(params ReadOnlySpan<string> columns)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(column) { Alignment = table.Columns.Count == 0 ? Justify.Left : Justify.Right, NoWrap = table.Columns.Count == 0 });
        return table;
    }

    private static void Name(IAnsiConsole to, string heading, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
            return;
        to.WriteLine(heading);
        foreach (var line in lines.Take(MostNamed))
            to.WriteLine($"  {line}");
        if (lines.Count > MostNamed)
            Say(to, $"  and {lines.Count - MostNamed} more (--json has all)");
    }

    private static void Say(IAnsiConsole to, FormattableString text) => to.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static string Number(int? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "";
}
