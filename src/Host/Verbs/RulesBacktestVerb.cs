using System.CommandLine;
using B2D.Core;
using B2D.Core.Backtests;
using B2D.Core.Rules;
using B2D.Host.Rules;
using B2D.Storage.Backups;
using Spectre.Console;

namespace B2D.Host.Verbs;

/// <summary><c>b2d rules backtest</c>.</summary>
internal sealed class RulesBacktestVerb
{
    private readonly Option<string> rules = new("--rules") { Description = "A folder of rule files, or one file", HelpName = "FOLDER", DefaultValueFactory = _ => "rules" };
    private readonly Option<string?> replay = new("--replay") { Description = "How recorded files become telemetry (as for firmware-sim replay); its devices file is read too", HelpName = "FILE" };
    private readonly Option<string> data = new("--data") { Description = "Folder of the recorded files that --replay maps", HelpName = "FOLDER", DefaultValueFactory = _ => "." };
    private readonly Option<string?> labels = new("--labels") { Description = "CSV of what did happen: device and time in the columns of the replay description, or as device and time", HelpName = "FILE" };
    private readonly Option<TimeSpan> horizon = Duration("--horizon", "An alert foresees a failure that follows within so long", TimeSpan.FromHours(48));
    private readonly Option<TimeSpan> merge = Duration("--merge", "Alerts of one device no further apart than this are one case", TimeSpan.FromHours(24));
    private readonly Option<bool> json = new("--json") { Description = "One JSON object instead of tables" };

    public Command Command()
    {
        var command = new Command("backtest", "What rules would have done on recorded telemetry, as fast as the machine allows. Opens, sends and changes nothing.")
        {
            rules, replay, data, labels, horizon, merge, json,
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

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(replay) is not { } mapping)
            throw new IOException("Name the telemetry: --replay FILE --data FOLDER.");
        var set = RulesVerb.MustRead(parsed.GetValue(rules)!);
        var input = BacktestInput.OfRecording(mapping, parsed.GetValue(data)!, cancellation);
        var known = parsed.GetValue(labels) is { } file ? BacktestInput.Labels(file, mapping, cancellation) : null;
        var terms = new ScoreTerms(parsed.GetValue(horizon), parsed.GetValue(merge));
        var result = await TerminalProgress.ShowAsync($"Back-test on {input.Name}", shown => Task.FromResult(
            BacktestRun.Run(set, input, known, terms, done => shown(new BackupProgress("", done, input.Count)), TimeProvider.System, cancellation)));
        if (parsed.GetValue(json))
            Terminal.WriteLine(BacktestJson.Of(result));
        else
            BacktestReport.Write(result, terms, AnsiConsole.Console);
        return 0;
    }
}
