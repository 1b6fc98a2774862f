using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using B2D.Core;
using B2D.Core.Backtests;
using B2D.Core.Devices;

namespace B2D.Host.Rules;

/// <summary>A back-test as one HTML page with a picture in it: a line for each device, its faults as bars, its failures as marks. Needs nothing else.</summary>
internal static class BacktestPlot
{
    /// <summary>Devices that are drawn: those with most to see.</summary>
    private const int MostDevices = 200;

    private const int Left = 170;
    private const int Width = 1180;
    private const int RowHeight = 26;
    private const int Top = 34;

    private static readonly string[] Colours = ["#4269d0", "#efb118", "#3ca951", "#a463f2", "#ff8ab7", "#9c6b4e", "#6cc5b0", "#97bbf5", "#9498a0", "#ff725c"];

    /// <summary>machine-2 before machine-10.</summary>
    private static readonly StringComparer ByNumber = StringComparer.Create(CultureInfo.InvariantCulture, CompareOptions.NumericOrdering);

    public static string Of(BacktestResult result)
    {
        var page = new StringBuilder();
        var title = $"Back-test on {result.Input}";
        page.Append(CultureInfo.InvariantCulture, $$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>{{Safe(title)}}</title>
            <style>
            :root { color-scheme: light dark; --ink: #222; --faint: #ddd; --bad: #c1121f; --paper: #fff; }
            @media (prefers-color-scheme: dark) { :root { --ink: #ddd; --faint: #444; --bad: #ff6b6b; --paper: #1b1b1b; } }
            body { font: 14px system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 24px; }
            svg text { font: 12px system-ui, sans-serif; fill: var(--ink); } .grid { stroke: var(--faint); }
            .failure { stroke: var(--bad); stroke-width: 2; } .missed { fill: var(--bad); } .window { fill: var(--bad); opacity: .25; } .key { display: inline-block; margin-right: 1.2em; }
            .key i { display: inline-block; width: 1em; height: .7em; margin-right: .35em; }
            </style></head><body><h1>{{Safe(title)}}</h1>

            """);
        Summary(page, result);
        Legend(page, result);
        Picture(page, result);
        page.Append("</body></html>\n");
        return page.ToString();
    }

    private static void Summary(StringBuilder page, BacktestResult result)
    {
        var record = result.Record;
        page.Append(CultureInfo.InvariantCulture, $"<p>{record.From.Utc:yyyy-MM-dd HH:mm} to {record.Until.Utc:yyyy-MM-dd HH:mm} UTC: {record.Devices.Count:N0} devices, ");
        page.Append(CultureInfo.InvariantCulture, $"{record.Readings:N0} readings, {record.Faults.Length:N0} faults, {record.Cases.Length:N0} cases.");
        if (result.Score?.Whole is { } whole)
        {
            page.Append(CultureInfo.InvariantCulture, $" {whole.Foreseen} of {whole.Failures} failures foreseen, {whole.FalseCases} false cases ");
            page.Append(CultureInfo.InvariantCulture, $"({whole.FalsePerDeviceYear:0.00} per device-year), median lead {whole.MedianLead?.TotalHours ?? 0:0.#} h.");
        }
        if (result.Windows?.Whole is { } all)
            page.Append(CultureInfo.InvariantCulture, $" {all.Detected} of {all.Windows} windows detected, {all.FalseAlarms} false alarms ({all.FalsePerDeviceYear:0.00} per device-year).");
        page.Append("</p>\n");
    }

    private static void Legend(StringBuilder page, BacktestResult result)
    {
        page.Append("<p>");
        for (var i = 0; i < result.Rules.Faults.Length; i++)
        {
            page.Append(CultureInfo.InvariantCulture,
                $"""<span class="key"><i style="background:{Colours[i % Colours.Length]}"></i>{Safe(result.Rules.Faults[i].Id)}{(result.Rules.Faults[i].Case is null ? " (opens no case)" : "")}</span>""");
        }
        page.Append(result.Windows is null
            ? "<span class=\"key\">red line: failure; red dot on it: missed</span></p>\n"
            : "<span class=\"key\">red band: window; red dot on it: missed</span></p>\n");
    }

    private static void Picture(StringBuilder page, BacktestResult result)
    {
        var record = result.Record;
        var faults = record.Faults.ToLookup(f => f.Device);
        var failures = (result.Score?.Failures ?? []).ToLookup(f => f.Device);
        var windows = (result.Windows?.Windows ?? []).ToLookup(w => w.Window.Device);
        var drawn = record.Devices.Keys.OrderByDescending(d => failures[d].Count() + windows[d].Count() + faults[d].Count()).Take(MostDevices).OrderBy(d => d.Value, ByNumber).ToList();
        var height = Top + (drawn.Count * RowHeight) + 10;
        page.Append(CultureInfo.InvariantCulture, $"""<svg viewBox="0 0 {Left + Width + 20} {height}" width="100%" role="img" aria-label="Faults over time">""");
        Days(page, record, height);
        for (var row = 0; row < drawn.Count; row++)
        {
            var y = Top + (row * RowHeight);
            page.Append(CultureInfo.InvariantCulture, $"""<text x="0" y="{y + 16}">{Safe(drawn[row].Value)}</text><line class="grid" x1="{Left}" x2="{Left + Width}" y1="{y + 22}" y2="{y + 22}"/>""");
            foreach (var window in windows[drawn[row]])
                Band(page, record, window, y);
            // What opens a case is drawn over what does not.
            foreach (var fault in faults[drawn[row]].OrderBy(f => f.Rule.Case is not null))
                Bar(page, result, fault, y);
            foreach (var failure in failures[drawn[row]])
                Mark(page, record, failure, y);
        }
        page.Append("</svg>\n");
        if (drawn.Count < record.Devices.Count)
            page.Append(CultureInfo.InvariantCulture, $"<p>{record.Devices.Count - drawn.Count:N0} devices with less to see are not drawn.</p>\n");
    }

    private static void Band(StringBuilder page, BacktestRecord record, ScoredWindow scored, int y)
    {
        var (window, from) = (scored.Window, X(record, scored.Window.From));
        var to = Math.Max(from + 2, X(record, window.Until));
        var said = scored.Delay is { } delay ? string.Create(CultureInfo.InvariantCulture, $"detected after {delay.TotalHours:0.#} h") : "missed";
        page.Append(CultureInfo.InvariantCulture, $"""<g><title>{Safe(window.What)}: {window.From.Utc:yyyy-MM-dd HH:mm} to {window.Until.Utc:yyyy-MM-dd HH:mm}, {said}</title><rect class="window" x="{from:0.#}" y="{y - 2}" width="{to - from:0.#}" height="24"/>""");
        if (scored.DetectedAt is null)
            page.Append(CultureInfo.InvariantCulture, $"""<circle class="missed" cx="{(from + to) / 2:0.#}" cy="{y + 10}" r="5"/>""");
        page.Append("</g>");
    }

    private static void Bar(StringBuilder page, BacktestResult result, BacktestFault fault, int y)
    {
        var rules = result.Rules.Faults;
        var index = Enumerable.Range(0, rules.Length).FirstOrDefault(i => rules[i].Id == fault.Rule.Id);
        var lane = index % 4 * 5;
        var from = X(result.Record, fault.RaisedAt);
        var to = X(result.Record, fault.ClearedAt ?? result.Record.Until);
        page.Append(CultureInfo.InvariantCulture, $"""<rect x="{from:0.#}" y="{y + lane}" width="{Math.Max(2, to - from):0.#}" height="4" fill="{Colours[index % Colours.Length]}"><title>""");
        page.Append(Safe(string.Create(CultureInfo.InvariantCulture,
            $"{fault.Rule.Id}: {fault.RaisedAt.Utc:yyyy-MM-dd HH:mm} to {(fault.ClearedAt is { } end ? end.Utc.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "the end")}{(fault.LatchedAt is { } over ? $", normal since {over.Utc:yyyy-MM-dd HH:mm}, which nobody acknowledged" : "")}")));
        foreach (var evidence in fault.Evidence)
            page.Append(CultureInfo.InvariantCulture, $"&#10;{Safe(evidence.Metric)} = {Safe(evidence.Value.ToString())}");
        page.Append("</title></rect>");
    }

    private static void Mark(StringBuilder page, BacktestRecord record, ScoredFailure failure, int y)
    {
        var x = X(record, failure.At);
        var said = failure.Lead is { } lead ? string.Create(CultureInfo.InvariantCulture, $"foreseen {lead.TotalHours:0.#} h ahead") : "missed";
        page.Append(CultureInfo.InvariantCulture, $"""<g><title>{Safe(failure.What)}: {failure.At.Utc:yyyy-MM-dd HH:mm}, {said}</title><line class="failure" x1="{x:0.#}" x2="{x:0.#}" y1="{y - 2}" y2="{y + 22}"/>""");
        if (failure.Lead is null)
            page.Append(CultureInfo.InvariantCulture, $"""<circle class="missed" cx="{x:0.#}" cy="{y + 10}" r="5"/>""");
        page.Append("</g>");
    }

    /// <summary>A line at the begin of about every tenth of the time, at midnight where it is days.</summary>
    private static void Days(StringBuilder page, BacktestRecord record, int height)
    {
        var step = Math.Max(1, Math.Ceiling((record.Until - record.From).TotalHours / 10));
        var hours = step > 24 ? Math.Ceiling(step / 24) * 24 : step;
        var first = hours >= 24 ? record.From.Utc.Date.AddDays(1) : record.From.Utc.Date.AddHours(record.From.Utc.Hour + 1);
        for (var at = new ServerTime((long)(first - DateTime.UnixEpoch).TotalMilliseconds); at < record.Until; at += TimeSpan.FromHours(hours))
        {
            var x = X(record, at);
            var text = at.Utc.ToString(hours >= 24 ? "yyyy-MM-dd" : "MM-dd HH:mm", CultureInfo.InvariantCulture);
            page.Append(CultureInfo.InvariantCulture, $"""<line class="grid" x1="{x:0.#}" x2="{x:0.#}" y1="20" y2="{height}"/><text x="{x:0.#}" y="14" text-anchor="middle">{text}</text>""");
        }
    }

    private static double X(BacktestRecord record, ServerTime at)
    {
        var whole = Math.Max(1, (record.Until - record.From).TotalMilliseconds);
        return Left + (Width * Math.Clamp((at - record.From).TotalMilliseconds / whole, 0, 1.01));
    }

    private static string Safe(string text) => HtmlEncoder.Default.Encode(text);
}
