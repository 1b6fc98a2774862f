using System.CommandLine;
using System.Globalization;
using B2D.FirmwareSim.Load;
using Spectre.Console;

namespace B2D.FirmwareSim.Verbs;

/// <summary><c>firmware-sim load</c>: as many messages as a server takes, or at a rate.</summary>
internal sealed class LoadVerb
{
    private static readonly LoadOptions Usual = new();

    private readonly ServerOptions _server = new();
    private readonly Option<int> _connections = Number("--connections", "Connections, 1 to 20000.", Usual.Connections);
    private readonly Option<int> _devices = Number("--devices", "Devices, dealt over the connections: device n uses connection n modulo their number.", Usual.Devices);
    private readonly Option<int> _first = Number("--first-device", "Number of the first device.", Usual.FirstDevice);
    private readonly Option<int> _qos = Number("--qos", "0 or 1.", Usual.QoS);
    private readonly Option<int> _inFlight = Number("--in-flight", "Messages of one connection that are not acknowledged yet, 1 to 10000.", Usual.InFlight);
    private readonly Option<long> _total = new("--total") { Description = "Messages in all; without it, as many as fit into --for.", HelpName = "NUMBER" };
    private readonly Option<TimeSpan?> _for = Durations.Option("--for", "How long, without --total. Default 10s.");
    private readonly Option<double> _rate = new("--rate")
    {
        Description = "Messages a second whatever the server does; latency then counts from the planned time. Without it, as fast as it acknowledges.",
        HelpName = "NUMBER",
    };

    private readonly Option<string> _payload = Text(
        "--payload", "What is published. {ts} time in epoch ms, {at} the load's own time (--at, --at-step), {seq} counter, {num:LO:HI} random number, {every:N:A:B} B in each Nth message of a device, {dev}, {conn}.",
        Usual.Payload);

    private readonly Option<string> _topic = Text("--topic", "With {dev} and {conn}.", Usual.Topic);
    private readonly Option<string> _clientId = Text("--client-id", "Likewise; {dev} is the connection's first device.", Usual.ClientId);
    private readonly Option<string> _user = Text("--user", "Likewise.", Usual.User);
    private readonly Option<long> _sequence = new("--first-seq") { Description = "What {seq} begins with.", DefaultValueFactory = _ => Usual.FirstSequence, HelpName = "NUMBER" };
    private readonly Option<DateTimeOffset?> _at = new("--at") { Description = "What {at} begins with, ISO 8601. Default now.", HelpName = "TIME" };
    private readonly Option<TimeSpan?> _step = Durations.Option("--at-step", "What {at} grows by with each message of a device. Default 1s.");
    private readonly Option<string?> _acked = new("--acked-log") { Description = "Write 'device,seq' of each acknowledged message to this file.", HelpName = "FILE" };
    private readonly Option<bool> _reconnect = new("--reconnect") { Description = "Connect again when the server goes away, and send again what was not acknowledged." };
    private readonly Option<TimeSpan?> _patience = Durations.Option("--give-up-after", "How long the server may stay away. Default 60s.");
    private readonly Option<int> _seed = Number("--seed", "The same seed gives the same numbers.", Usual.Seed);
    private readonly Option<bool> _json = new("--json") { Description = "One line of JSON instead of a table." };

    public Command Command()
    {
        var command = new Command("load", "Publishes as many messages as a server acknowledges, or at a rate, and says how long acknowledgements take.");
        _server.AddTo(command);
        foreach (var option in new Option[]
        {
            _connections, _devices, _first, _qos, _inFlight, _total, _for, _rate, _payload, _topic, _clientId, _user, _sequence, _at, _step, _acked, _reconnect,
            _patience, _seed, _json,
        })
            command.Options.Add(option);
        command.SetAction(RunAsync);
        return command;
    }

    private LoadOptions Options(ParseResult parsed) => new()
    {
        Host = _server.Host(parsed),
        Port = _server.Port(parsed),
        Connections = parsed.GetValue(_connections),
        Devices = parsed.GetValue(_devices),
        FirstDevice = parsed.GetValue(_first),
        QoS = parsed.GetValue(_qos),
        InFlight = parsed.GetValue(_inFlight),
        Total = parsed.GetValue(_total),
        Length = parsed.GetValue(_for) ?? Usual.Length,
        Rate = parsed.GetValue(_rate),
        Payload = parsed.GetValue(_payload)!,
        Topic = parsed.GetValue(_topic)!,
        ClientId = parsed.GetValue(_clientId)!,
        User = parsed.GetValue(_user)!,
        Password = parsed.GetValue(_server.Password),
        FirstSequence = parsed.GetValue(_sequence),
        FirstAt = parsed.GetValue(_at) ?? TimeProvider.System.GetUtcNow(),
        AtStep = parsed.GetValue(_step) ?? Usual.AtStep,
        AckedLog = parsed.GetValue(_acked),
        Reconnect = parsed.GetValue(_reconnect),
        GiveUpAfter = parsed.GetValue(_patience) ?? Usual.GiveUpAfter,
        Seed = parsed.GetValue(_seed),
    };

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var options = Options(parsed);
        if (options.Validate() is { Count: > 0 } problems)
        {
            foreach (var problem in problems) await Console.Error.WriteLineAsync(problem).ConfigureAwait(false);
            return ExitCode.WrongInput;
        }

        using var load = new LoadRun(options, TimeProvider.System);
        LoadResult result;
        try
        {
            var run = load.RunAsync(cancellation);
            if (!parsed.GetValue(_json))
            {
                await new ProgressDisplay(AnsiConsole.Console, TimeProvider.System).WatchAsync(
                    $"{options.Devices} devices over {options.Connections} connections", () => (load.Share, 1, Note(load, options)), run).ConfigureAwait(false);
            }

            result = await run.ConfigureAwait(false);
        }
        catch (IOException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message).ConfigureAwait(false);
            return ExitCode.NoServer;
        }

        if (parsed.GetValue(_json)) await Console.Out.WriteLineAsync(result.Json()).ConfigureAwait(false);
        else Show(result);
        return result.IsComplete ? ExitCode.Done : ExitCode.NotAllAccepted;
    }

    private static void Show(LoadResult result)
    {
        var table = new Table().HideHeaders().Border(TableBorder.Rounded).AddColumns("", "");
        foreach (var (name, value) in result.Lines()) table.AddRow(Markup.Escape(name), Markup.Escape(value));
        AnsiConsole.Console.Write(table);
    }

    private static string Note(LoadRun load, LoadOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"· {(load.Connected < options.Connections ? $"{load.Connected} connected" : $"{load.Acknowledged:N0} acknowledged")}");

    private static Option<int> Number(string name, string description, int usual) =>
        new(name) { Description = description, DefaultValueFactory = _ => usual, HelpName = "NUMBER" };

    private static Option<string> Text(string name, string description, string usual) =>
        new(name) { Description = description, DefaultValueFactory = _ => usual, HelpName = "TEXT" };
}
