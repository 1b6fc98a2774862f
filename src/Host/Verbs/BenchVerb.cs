using System.CommandLine;
using B2D.Host.Bench;
using B2D.Host.Options;
using Spectre.Console;

namespace B2D.Host.Verbs;

/// <summary><c>b2d bench</c>.</summary>
internal static class BenchVerb
{
    private const string Description = """
        How much this machine carries. Starts a B2D of its own, with a temporary folder, 1,000 devices and ten rules of which three read every message, puts load on it
        and prints tables:

          throughput   readings that are on disk and evaluated, at QoS 1, in three shapes: 50 gateways with 20 messages in flight each (50c i20), 1,000 devices with
                       10 each (1000c i10) and with one each (1000c i1, what most fleets look like)
          latency      publish to acknowledgement, and publish to committed case, at 5,000 and 20,000 messages a second over 1,000 connections
          recovery     kill -9 under load: how long until it serves again, and until everything is evaluated
          storage      bytes on disk for each reading

        Load and server share this machine's processors, so figures are those of both. Other work on the machine spoils them: look at ratios, and repeat.
        Folder: put it on the disk that your data will be on (--folder); a RAM disk flatters.

          b2d bench --quick                       about a minute
          b2d bench --peer mosquitto              beside mosquitto, which stores and evaluates nothing
          b2d bench --only latency --for 60s
        """;

    public static void AddTo(RootCommand root)
    {
        var quick = new Option<bool>("--quick") { Description = "Two seconds for each figure instead of fifteen" };
        var lasts = new Option<string?>("--for") { Description = "How long each figure is measured: 1s to 10m", HelpName = "duration" };
        var only = new Option<string?>("--only") { Description = $"Comma-separated, out of {string.Join(", ", BenchSetting.AllParts)} (default: all)", HelpName = "parts" };
        var peer = new Option<string?>("--peer") { Description = "mosquitto, where it is installed: throughput beside it, and ratios" };
        var folder = new Option<string?>("--folder") { Description = "Where the temporary installation is made (default: the system's folder for temporary files)" };
        var verb = new Command("bench", Description) { quick, lasts, only, peer, folder };
        verb.SetAction((parsed, cancellation) => Settings.Guard(async () =>
        {
            var problems = new List<string>();
            var setting = Checked(parsed.GetValue(quick), parsed.GetValue(lasts), parsed.GetValue(only), parsed.GetValue(peer), parsed.GetValue(folder), problems);
            if (problems.Count > 0)
                throw new OptionsException(problems);
            await using var run = new BenchRun(setting, AnsiConsole.Console);
            await run.RunAsync(cancellation);
            return 0;
        }));
        root.Add(verb);
    }

    private static BenchSetting Checked(bool quick, string? lasts, string? only, string? peer, string? folder, List<string> problems)
    {
        var each = TimeSpan.FromSeconds(quick ? 2 : 15);
        if (lasts is not null && (!Core.Rules.DurationText.TryParse(lasts, out each) || each < TimeSpan.FromSeconds(1) || each > TimeSpan.FromMinutes(10)))
            problems.Add($"--for is '{lasts}', allowed are times from 1s to 10m");
        if (quick && lasts is not null)
            problems.Add("--quick and --for exclude each other");
        string[] parts = only?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [.. BenchSetting.AllParts];
        foreach (var part in parts.Except(BenchSetting.AllParts))
            problems.Add($"--only has '{part}'; known are {string.Join(", ", BenchSetting.AllParts)}");
        string? program = null;
        if (peer is not null && peer != "mosquitto")
            problems.Add($"--peer is '{peer}'; known is mosquitto");
        else if (peer is not null && (program = new[] { "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto" }.FirstOrDefault(File.Exists)) is null)
            problems.Add("--peer mosquitto: it is not installed (Debian: apt-get install mosquitto)");
        if (folder is not null && !Directory.Exists(folder))
            problems.Add($"--folder is '{folder}'; there is no such folder");
        return new BenchSetting(parts, each, program, folder ?? Path.GetTempPath());
    }
}
