using System.CommandLine;
using System.Globalization;
using B2D.Core;
using B2D.Core.Backtests;
using B2D.Core.Rules;
using B2D.Host.Rules;
using Spectre.Console;

namespace B2D.Host.Verbs;

/// <summary><c>b2d rules backtest</c>.</summary>
internal sealed class RulesBacktestVerb
{
    private readonly Option<string> rules = new("--rules") { Description = "A folder of rule files, or one file", HelpName = "FOLDER", DefaultValueFactory = _ => "rules" };
    private readonly Option<string?> replay = new("--replay") { Description = "How recorded files become telemetry (as for firmware-sim replay); its devices file is read too", HelpName = "FILE" };
    private readonly Option<string> data = new("--data") { Description = "Folder of the recorded files that --replay maps", HelpName = "FOLDER", DefaultValueFactory = _ => "." };
    private readonly Option<string?> labels = new("--labels") { Description = "What did happen. Failures: CSV with device and time, in the columns of the replay description or as device and time. Or windows of time in which something was wrong: CSV with device, start and end, or JSON { device or file: [[start, end]] }", HelpName = "FILE" };
    private readonly Option<TimeSpan> horizon = Duration("--horizon", "An alert foresees a failure that follows within so long; windows have none", TimeSpan.FromHours(48));
    private readonly Option<TimeSpan> merge = Duration("--merge", "Alerts of one device no further apart than this are one case, or one false alarm", TimeSpan.FromHours(24));
    private readonly Option<string?> stored = new("--stored") { Description = "Instead of --replay: the telemetry of this data folder, also while B2D runs over it, or of a backup", HelpName = "FOLDER" };
    private readonly Option<DateTimeOffset?> from = new("--from") { Description = "With --stored: telemetry from then on (ISO 8601; without a zone UTC)", HelpName = "TIME", CustomParser = Time };
    private readonly Option<DateTimeOffset?> to = new("--to") { Description = "With --stored: telemetry before then", HelpName = "TIME", CustomParser = Time };
    private readonly Option<string?> plot = new("--plot") { Description = "Also writes a picture: one HTML page with faults over time for each device", HelpName = "FILE" };
    private readonly Option<bool> json = new("--json") { Description = "One JSON object instead of tables" };

    public Command Command()
    {
        var command = new Command("backtest", "What rules would have done on recorded telemetry, as fast as the machine allows. Opens, sends and changes nothing.")
        {
            rules, replay, data, stored, from, to, labels, horizon, merge, plot, json,
        };
        command.SetAction((parsed, cancellation) => Settings.Guard(() => RunAsync(parsed, cancellation)));
        return command;
    }

    private static Option<TimeSpan> Duration(string name, string description, TimeSpan otherwise) => new(name)
    {
        Description = $"{description} (default {DurationText.Format(otherwise)})",
        HelpName = "DURATION",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            if (DurationText.TryParse(result.Tokens[0].Value, out var given))
                return given;
            result.AddError($"{name} {result.Tokens[0].Value}: a duration such as 90s, 12h or 2d.");
            return otherwise;
        },
    };

    private static DateTimeOffset? Time(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            return at;
        result.AddError($"{text}: a time such as 2026-01-31 or 2026-01-31T12:00Z.");
        return null;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (mapping, folder) = (parsed.GetValue(replay), parsed.GetValue(stored));
        if (mapping is null == folder is null)
            throw new IOException("Name the telemetry, either --replay FILE --data FOLDER or --stored FOLDER.");
        var set = RulesVerb.MustRead(parsed.GetValue(rules)!);
        var file = parsed.GetValue(labels);
        var windows = file is null ? null : BacktestInput.Windows(file, mapping, cancellation);
        var known = file is null || windows is not null ? null : BacktestInput.Labels(file, mapping, cancellation);
        var terms = new ScoreTerms(parsed.GetValue(horizon), parsed.GetValue(merge));
        using var store = folder is null ? null : StoredInput.Open(folder, parsed.GetValue(from), parsed.GetValue(to), TimeProvider.System);
        var input = store?.Input ?? BacktestInput.OfRecording(mapping!, parsed.GetValue(data)!, cancellation);
        var result = await TerminalProgress.CountAsync($"Back-test on {input.Name}", input.Count, shown => Task.FromResult(
            BacktestRun.Run(set, input, known, terms, shown, TimeProvider.System, cancellation)));
        if (windows is not null)
            result = result with { Windows = WindowScore.Of(result.Record, windows, terms.Merge) };
        if (parsed.GetValue(plot) is { } picture)
            await File.WriteAllTextAsync(picture, BacktestPlot.Of(result), cancellation);
        if (parsed.GetValue(json))
            Terminal.WriteLine(BacktestJson.Of(result));
        else
            BacktestReport.Write(result, terms, AnsiConsole.Console);
        return 0;
    }
}
