using System.CommandLine;
using System.Globalization;
using B2D.FirmwareSim.Replay;
using Spectre.Console;

namespace B2D.FirmwareSim.Verbs;

/// <summary><c>firmware-sim replay</c>: recorded data against a server.</summary>
internal sealed class ReplayVerb
{
    private readonly ServerOptions _server = new();
    private readonly Argument<string> _mapping = new("MAPPING")
    {
        Description = "YAML file that says how recorded files become devices, metrics, events and times.",
    };

    private readonly Option<string> _data = new("--data")
    {
        Description = "Folder with the recorded files.",
        DefaultValueFactory = _ => ".",
        HelpName = "FOLDER",
    };

    private readonly Option<double> _speed = new("--speed")
    {
        Description = "Recorded seconds per second, or max for as fast as the server takes it.",
        DefaultValueFactory = _ => 1,
        HelpName = "NUMBER|max",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (text == "max") return double.PositiveInfinity;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var speed) && speed > 0 && double.IsFinite(speed)) return speed;
            result.AddError($"--speed {text}: a number above 0, or max.");
            return 1;
        },
    };

    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "Keep in this file what is acknowledged, and go on from there if it exists.",
        HelpName = "FILE",
    };

    private readonly Option<TimeSpan?> _patience = Durations.Option("--give-up-after", "How long the server may stay away. Default 10m.");

    public Command Command()
    {
        var command = new Command("replay", "Sends recorded data (CSV or CSV.gz) as the devices it came from: one connection each, QoS 1, in order of time.");
        command.Arguments.Add(_mapping);
        command.Options.Add(_data);
        command.Options.Add(_speed);
        command.Options.Add(_resume);
        command.Options.Add(_patience);
        _server.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var recording = Recording.Load(parsed.GetValue(_mapping)!, parsed.GetValue(_data)!, cancellation);
        var events = recording.Messages.Count(m => m.Code is not null);
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{recording.Name}: {recording.Messages.Count - events} readings and {events} events of {recording.Devices.Count} devices.")).ConfigureAwait(false);
        var passwords = Passwords(parsed, recording);
        using var progress = parsed.GetValue(_resume) is { } file ? ReplayProgress.Open(file, recording) : ReplayProgress.InMemory();
        var options = new ReplayOptions { Speed = parsed.GetValue(_speed) };
        if (parsed.GetValue(_patience) is { } patience) options = options with { GiveUpAfter = patience };
        await using var runner = new ReplayRunner(recording, progress, id => passwords[id], _server.Network(parsed), TimeProvider.System, options);
        var run = runner.RunAsync(cancellation);
        var display = new ProgressDisplay(AnsiConsole.Console, TimeProvider.System);
        await display.WatchAsync($"Replaying {recording.Name}", () => (runner.Done, recording.Messages.Count, Note(runner)), run).ConfigureAwait(false);
        var result = await run.ConfigureAwait(false);
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Acknowledged} acknowledged, {result.Refused} refused, {result.Skipped} done before; sent again {runner.Counters.Resent}."))
            .ConfigureAwait(false);
        return result.Refused == 0 ? ExitCode.Done : ExitCode.NotAllAccepted;
    }

    private Dictionary<string, string> Passwords(ParseResult parsed, Recording recording)
    {
        var forAll = parsed.GetValue(_server.Password);
        var file = parsed.GetValue(_server.CredentialsFile) ?? (forAll is null ? recording.Credentials : null);
        var fromFile = file is null ? null : Credentials.Read(file);
        Dictionary<string, string> passwords = new(StringComparer.Ordinal);
        foreach (var device in recording.Devices)
        {
            if ((fromFile?.GetValueOrDefault(device) ?? forAll) is { } password) passwords[device] = password;
        }

        var missing = recording.Devices.Where(d => !passwords.ContainsKey(d)).ToList();
        if (missing.Count == 0) return passwords;
        throw new ReplayException($"No password for {string.Join(", ", missing.Take(5))}{(missing.Count > 5 ? $" and {missing.Count - 5} more" : "")}. "
            + $"Add them to {file ?? "a devices file named by --credentials"}, or use --password.");
    }

    private static string Note(ReplayRunner runner) => runner.Counters.Connected == 0 && runner.Counters.LastTrouble is { } trouble
        ? $"· waiting for the server: {trouble}"
        : string.Create(CultureInfo.InvariantCulture, $"· {runner.Done} acknowledged");
}
