using System.CommandLine;
using System.Globalization;
using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Replay;
using B2D.FirmwareSim.Running;
using B2D.FirmwareSim.Truth;
using Spectre.Console;

namespace B2D.FirmwareSim.Verbs;

/// <summary><c>firmware-sim run</c>: a fleet against a server.</summary>
internal sealed class RunVerb
{
    private readonly ServerOptions _server = new();
    private readonly TownOptions _town = new();
    private readonly Option<TimeSpan?> _for = Durations.Option("--for", "How long to run. Without it, until Ctrl+C. Needed by --faults random.");
    private readonly Option<TimeSpan?> _interval = Durations.Option(
        "--interval", "Time between two reports of a device. Default 60s, guided 1.5s, random up to 60s.");
    private readonly Option<TimeSpan?> _beat = Durations.Option(
        "--beat", "Unit of time of the fault scripts. Default 1m, guided 1s, random a ninetieth of --for.");
    private readonly Option<string> _faults = new("--faults")
    {
        Description = "What breaks: none, guided (the demo's story) or random.",
        DefaultValueFactory = _ => "none",
    };

    private readonly Option<string> _inject = new("--inject")
    {
        Description = $"Disturbances, separated by commas: {string.Join(", ", DisturbanceNames.All)}, or all.",
        DefaultValueFactory = _ => "",
        HelpName = "LIST",
    };

    private readonly Option<double> _speed = new("--speed")
    {
        Description = "Fleet seconds per second, 0.01 to 10000. Above 1 device times run ahead.",
        DefaultValueFactory = _ => 1,
        HelpName = "NUMBER",
    };

    private readonly Option<string?> _truth = new("--truth") { Description = "Write what really happened to this JSON file at the end.", HelpName = "FILE" };
    private readonly Option<string?> _export = new("--export")
    {
        Description = "First write customers.csv and devices.csv for the import here.",
        HelpName = "FOLDER",
    };

    public Command Command()
    {
        var command = new Command("run", "Runs a simulated fleet against a server: routers, heat pumps, coffee machines and EV chargers of one town.");
        _town.AddTo(command);
        _server.AddTo(command);
        foreach (var option in new Option[] { _for, _interval, _beat, _faults, _inject, _speed, _truth, _export }) command.Options.Add(option);
        _faults.AcceptOnlyFromAmong("none", "guided", "random");
        _inject.Validators.Add(result =>
        {
            if (!DisturbanceNames.TryParse(result.GetValueOrDefault<string>(), out _, out var error)) result.AddError(error!);
        });
        _speed.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.01 and <= 10_000)) result.AddError("--speed must be from 0.01 to 10000.");
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(_faults) == "random" && result.GetValue(_for) is null) result.AddError("--faults random needs --for.");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var town = WithPasswords(_town.Town(parsed, TimeProvider.System.GetUtcNow()), parsed);
        if (parsed.GetValue(_export) is { } folder) ImportFiles.Write(town, folder);
        var length = parsed.GetValue(_for);
        var options = Options(parsed);
        var plan = parsed.GetValue(_faults) switch
        {
            "guided" => InjectionPlan.Guided(town),
            "random" => InjectionPlan.Random(town, options, town.Seed, length!.Value),
            _ => InjectionPlan.Empty,
        };
        var fleet = new Fleet(town, options, plan);
        await using var runner = new FleetRunner(fleet, _server.Network(parsed), TimeProvider.System, speed: parsed.GetValue(_speed));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (length is { } span) stop.CancelAfter(span);
        var started = TimeProvider.System.GetTimestamp();
        var display = new ProgressDisplay(AnsiConsole.Console, TimeProvider.System);
        await display.WatchAsync(
            $"{town.Devices.Count} devices",
            () => (TimeProvider.System.GetElapsedTime(started).TotalSeconds, length?.TotalSeconds ?? 0, Note(runner.Counters)),
            runner.RunAsync(stop.Token)).ConfigureAwait(false);
        return await FinishAsync(fleet, parsed.GetValue(_truth)).ConfigureAwait(false);
    }

    private FleetOptions Options(ParseResult parsed)
    {
        var disturbances = DisturbanceNames.TryParse(parsed.GetValue(_inject), out var named, out _) ? named : Disturbances.None;
        var usual = parsed.GetValue(_faults) switch
        {
            "guided" => FleetOptions.Demo,
            "random" => Fitting(parsed.GetValue(_for)!.Value),
            _ => new FleetOptions(),
        };
        return usual with
        {
            Beat = parsed.GetValue(_beat) ?? usual.Beat,
            TelemetryInterval = parsed.GetValue(_interval) ?? usual.TelemetryInterval,
            Disturbances = disturbances,
            KeepReadings = false,
        };
    }

    /// <summary>Beats so short that every script fits into the run.</summary>
    private static FleetOptions Fitting(TimeSpan length)
    {
        var usual = new FleetOptions();
        var beat = length / 90 < usual.Beat ? length / 90 : usual.Beat;
        return usual with { Beat = beat, TelemetryInterval = beat * 1.5 < usual.TelemetryInterval ? beat * 1.5 : usual.TelemetryInterval };
    }

    /// <summary>Passwords from a file first, then the one for all, then the town's own.</summary>
    private Town WithPasswords(Town town, ParseResult parsed)
    {
        var fromFile = parsed.GetValue(_server.CredentialsFile) is { } file ? Credentials.Read(file) : null;
        var forAll = parsed.GetValue(_server.Password);
        return town.WithPasswords(d => fromFile?.GetValueOrDefault(d.Id) ?? forAll ?? d.Password);
    }

    private static async Task<int> FinishAsync(Fleet fleet, string? truthFile)
    {
        var sent = fleet.Truth.Messages.Where(m => m.Copies > 0).ToList();
        var open = sent.Count(m => !m.Acknowledged);
        var faults = fleet.Truth.Faults.Count + fleet.Truth.Outages.Count + fleet.Truth.Dues.Count;
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{sent.Count} messages sent, {open} of them not acknowledged; {faults} faults, outages and dues."))
            .ConfigureAwait(false);
        if (truthFile is not null)
        {
            await using var stream = File.Create(truthFile);
            await TruthFile.WriteAsync(fleet.Truth, fleet.Town.Seed, stream, CancellationToken.None).ConfigureAwait(false);
        }

        return open == 0 ? ExitCode.Done : ExitCode.NotAllAccepted;
    }

    private static string Note(LinkCounters counters) =>
        string.Create(CultureInfo.InvariantCulture, $"· {counters.Connected} connected · {counters.Acknowledged} acknowledged")
        + (counters.Connected == 0 && counters.LastTrouble is { } trouble ? $" · {trouble}" : "");
}
