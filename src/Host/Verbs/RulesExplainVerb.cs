using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using B2D.Console.Faults;

namespace B2D.Host.Verbs;

/// <summary><c>b2d rules explain</c>.</summary>
internal static class RulesExplainVerb
{
    public static Command Command()
    {
        var fault = new Argument<long>("FAULT") { Description = "The number of a fault, as the console and /api/faults have it" };
        var data = Settings.Data();
        var set = Settings.Set();
        var explain = new Command("explain", "Tells why a fault was raised when it was: the rule as it was then, and each change of the fault over the readings of that time. Also while B2D runs.")
        {
            fault, data, set,
        };
        explain.SetAction((parsed, cancellation) => Settings.Guard(async () =>
        {
            var (options, id) = (Settings.Read(parsed, Directory.GetCurrentDirectory()), parsed.GetValue(fault));
            var text = await LocalDoor.DoAsync(options, stores => FaultStory.TextOf(stores, id), running => AskAsync(running, id, cancellation));
            if (text is null)
                throw new IOException($"there is no fault {id}");
            Terminal.Write(text);
            return 0;
        }));
        return explain;
    }

    private static async Task<string?> AskAsync(HttpClient running, long id, CancellationToken cancellation)
    {
        using var answer = await running.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"/api/faults/{id}/explanation"), UriKind.Relative), cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation));
        return json.RootElement.GetProperty("text").GetString();
    }
}
