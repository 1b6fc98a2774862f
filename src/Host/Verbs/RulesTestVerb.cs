using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using B2D.Core.Backtests;
using B2D.Core.Rules;
using B2D.Host.Rules;

namespace B2D.Host.Verbs;

/// <summary><c>b2d rules test</c>.</summary>
internal static class RulesTestVerb
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Command()
    {
        var path = new Argument<string>("PATH")
        {
            Description = "A file of time-lines, or a folder: all files in folders called tests", DefaultValueFactory = _ => ".",
        };
        var json = new Option<bool>("--json") { Description = "One JSON object instead of lines" };
        var verbose = new Option<bool>("--verbose") { Description = "Also what happened along time-lines that passed" };
        var command = new Command("test", "Runs time-lines (readings in, faults expected and not expected) in virtual time. Exit status 1 where one fails.") { path, json, verbose };
        command.SetAction((parsed, _) => Settings.Guard(() =>
        {
            var outcomes = TimeLineFiles.Run(parsed.GetValue(path)!).ToList();
            if (parsed.GetValue(json))
                Terminal.WriteLine(Json(outcomes));
            else
                outcomes.ForEach(outcome => Say(outcome, parsed.GetValue(verbose)));
            var (passed, failed) = (outcomes.Sum(o => o.Passed), outcomes.Sum(o => o.Failed));
            if (!parsed.GetValue(json))
                Terminal.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {failed} failed"));
            return Task.FromResult(failed > 0 ? 1 : 0);
        }));
        return command;
    }

    private static void Say(TimeLineOutcome outcome, bool verbose)
    {
        foreach (var problem in outcome.Problems)
            Terminal.WriteLine(problem);
        foreach (var verdict in outcome.Verdicts)
        {
            Terminal.WriteLine($"{(verdict.Passed ? "passed" : "FAILED")}  {outcome.Name}:{verdict.TimeLine.Line}  {verdict.TimeLine.Name}");
            foreach (var problem in verdict.Problems)
                Terminal.WriteLine($"  {outcome.Name}:{problem.Line}: {problem.Message}");
            if (verdict.Passed && !verbose)
                continue;
            Terminal.WriteLine(verdict.Happened.IsEmpty ? "  nothing happened" : "  what happened:");
            foreach (var happened in verdict.Happened)
                Terminal.WriteLine($"    {happened}");
        }
    }

    private static string Json(IReadOnlyList<TimeLineOutcome> outcomes) => JsonSerializer.Serialize(
        new
        {
            passed = outcomes.Sum(o => o.Passed),
            failed = outcomes.Sum(o => o.Failed),
            problems = outcomes.SelectMany(o => o.Problems),
            tests = outcomes.SelectMany(o => o.Verdicts.Select(v => new
            {
                file = o.Name,
                line = v.TimeLine.Line,
                test = v.TimeLine.Name,
                passed = v.Passed,
                problems = v.Problems.Select(p => new { line = p.Line, message = p.Message }),
                happened = v.Happened.Select(h => new
                {
                    at = DurationText.Format(h.At),
                    atMs = (long)h.At.TotalMilliseconds,
                    device = h.Device.Value,
                    what = h.What.ToString().ToLowerInvariant(),
                    name = h.Name,
                    reason = h.Reason,
                }),
            })),
        },
        Options);
}
