using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Core.Rules;
using B2D.Host.Options;
using B2D.Host.Rules;
using B2D.Storage.Rules;

namespace B2D.Host.Verbs;

/// <summary><c>b2d rules</c>.</summary>
internal static class RulesVerb
{
    public static void AddTo(RootCommand root)
    {
        var folder = new Argument<string>("FOLDER") { Description = "A folder of rule files, or one file", DefaultValueFactory = _ => "rules" };
        var fleet = new Option<string?>("--fleet") { Description = "Also compares them with the devices and telemetry in this data folder; also while B2D runs over it", HelpName = "FOLDER" };
        var check = new Command("check", "Checks rule files as a whole and lists every mistake with file, line, column and what to do. Exit status 1 where there is an error.") { folder, fleet };
        check.SetAction((parsed, cancellation) => Settings.Guard(async () =>
        {
            var files = RuleFolder.ReadAny(parsed.GetValue(folder)!);
            var found = RuleSetReader.Read(files);
            if (found.Set is not null && parsed.GetValue(fleet) is { } data)
                found = await WithFleetAsync(found, files, data, cancellation);
            Terminal.Write(RuleReport.Text(found));
            return found.Set is null ? 1 : 0;
        }));
        root.Add(new Command("rules", "Rules: what a fault, a due or an outage looks like, and what to do about it.")
        {
            check, RulesTestVerb.Command(), new RulesBacktestVerb().Command(), RulesExplainVerb.Command(),
        });
    }

    private static Task<RuleCheck> WithFleetAsync(RuleCheck check, IReadOnlyList<RuleFile> files, string data, CancellationToken cancellation) =>
        Directory.Exists(data)
            ? LocalDoor.DoAsync(new InstallationOptions { Data = data }, stores => FleetCheck.With(check, stores), async running =>
            {
                using var answer = await running.PostAsJsonAsync(new Uri("/api/rules/check", UriKind.Relative), new { files }, cancellation);
                answer.EnsureSuccessStatusCode();
                using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation));
                return check with { Problems = [.. json.RootElement.GetProperty("problems").EnumerateArray().Select(Problem)] };
            })
            : throw new IOException($"there is no data folder '{data}'");

    private static RuleProblem Problem(JsonElement item) => new(
        Enum.Parse<ProblemLevel>(item.GetProperty("level").GetString()!, ignoreCase: true), item.GetProperty("file").GetString()!, item.GetProperty("line").GetInt32(),
        item.GetProperty("column").GetInt32(), item.GetProperty("message").GetString()!, item.GetProperty("hint").GetString()!);

    /// <summary>The rules of a folder or file.</summary>
    /// <exception cref="IOException">They cannot be read or have mistakes; the message lists all of them.</exception>
    public static RuleSet MustRead(string path)
    {
        var check = RuleSetReader.Read(RuleFolder.ReadAny(path));
        return check.Set ?? throw new IOException(RuleReport.Text(check).TrimEnd());
    }
}
