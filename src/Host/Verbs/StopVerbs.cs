using System.CommandLine;
using System.Net.Http.Json;
using B2D.Core;
using B2D.Host.Options;
using B2D.ProactiveWorker;

namespace B2D.Host.Verbs;

/// <summary><c>b2d stop</c> and <c>b2d resume</c>: the one switch over all notices and remedies, also while B2D does not run.</summary>
internal static class StopVerbs
{
    private const int MaxReason = 500;

    public static void AddTo(RootCommand root)
    {
        var reason = new Option<string>("--reason") { Description = "Why; shown on every page and kept in the audit", Required = true };
        reason.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is not { Length: > 0 and <= MaxReason })
                given.AddError($"--reason has 1 to {MaxReason} characters.");
        });
        root.Add(Verb("stop", "Stops all notices and remedies at once; B2D itself goes on. What is due waits for b2d resume, commands are called off.",
            [reason], parsed => Turn(parsed, stopped: true, parsed.GetValue(reason)!)));
        root.Add(Verb("resume", "Lets notices and remedies run again after b2d stop.", [], parsed => Turn(parsed, stopped: false, "")));
    }

    private static Command Verb(string name, string description, Option[] options, Func<ParseResult, Task<string>> turn)
    {
        var verb = new Command(name, description);
        foreach (var option in options)
            verb.Add(option);
        verb.Add(Settings.Data());
        verb.Add(Settings.Set());
        verb.SetAction((parsed, _) => Settings.Guard(async () =>
        {
            Terminal.WriteLine(await turn(parsed));
            return 0;
        }));
        return verb;
    }

    private static Task<string> Turn(ParseResult parsed, bool stopped, string reason)
    {
        var done = stopped ? "Stopped. No notice and no remedy goes out until somebody lets them run again: b2d resume" : "Notices and remedies run again.";
        return LocalDoor.DoAsync(
            Settings.Read(parsed, Directory.GetCurrentDirectory()),
            stores =>
            {
                new StopSwitch(stores.State).Set(stopped, "command line", reason, ServerTime.From(TimeProvider.System.GetUtcNow()));
                return done;
            },
            async running =>
            {
                using var answer = stopped ? await running.PostAsJsonAsync("/api/stop", new { reason }) : await running.DeleteAsync("/api/stop");
                return answer.IsSuccessStatusCode ? done : throw new HttpRequestException($"The running program refused: {(int)answer.StatusCode} {answer.ReasonPhrase}");
            });
    }
}
