using System.Net;
using B2D.Bus;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.DeviceGateway.Devices;
using B2D.DeviceGateway.Ingest;
using B2D.DeviceGateway.Listeners;
using B2D.DeviceGateway.Remedies;
using B2D.DeviceGateway.Sessions;
using B2D.DeviceGateway.Telemetry;
using B2D.Mqtt;
using B2D.Mqtt.Transport.Epoll;
using B2D.Storage;
using B2D.Storage.Devices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace B2D.DeviceGateway;

/// <summary>
/// The role that listens: devices' connections, who may do what, payload formats, the durable log, commands down. It starts nothing by itself: its owner calls
/// <see cref="Start"/>, runs the <see cref="Loops"/> and the web server that listens, and at the end <see cref="CloseConnectionsAsync"/> while the loops still
/// run, then <see cref="Stop"/> when they do not.
/// </summary>
public sealed class Gateway : IDisposable
{
    private readonly Database state;
    private readonly DeviceSignIn signIn;
    private readonly SecretVerifier verifier = new();
    private readonly SignInBackoff backoff;
    private readonly HeldRefusals held;
    private readonly Enrolment? enrolment;
    private readonly LinkTable links;
    private readonly Uplink uplink;
    private readonly CommandLoop commands;
    private readonly IngestLoop ingest;
    private readonly IngestTurns turns;
    private readonly GatewayApplication application;
    private readonly MqttServer server;
    private readonly ILogger logger;
    private readonly Listener[] listeners;

    /// <summary>A gateway over these stores and queues.</summary>
    /// <param name="seal">Opens devices' stored keys; without it no device signs in with a token.</param>
    /// <exception cref="ArgumentException">Options are invalid; the message names all that is wrong.</exception>
    public Gateway(
        Stores stores, EntryQueue entries, CommandQueue commands, GatewayOptions options, TimeProvider clock, ILoggerFactory loggers, SecretSeal? seal = null)
        : this(new StoredLog(stores.Log), stores.State, entries, commands, options, clock, loggers, seal, new StoredSessions(stores.Sessions))
    {
    }

    /// <summary>A gateway that writes to another log than the one in the stores, and keeps MQTT sessions only where it is given a store for them.</summary>
    /// <inheritdoc cref="Gateway(Stores, EntryQueue, CommandQueue, GatewayOptions, TimeProvider, ILoggerFactory, SecretSeal?)"/>
    public Gateway(
        IDurableLog log, Database state, EntryQueue entries, CommandQueue commandQueue, GatewayOptions options, TimeProvider clock, ILoggerFactory loggers,
        SecretSeal? seal = null, ISessionStore? sessions = null)
    {
        if (options.Validate() is { Count: > 0 } failures)
            throw new ArgumentException(string.Join("; ", failures), nameof(options));
        this.state = state;
        logger = loggers.CreateLogger<Gateway>();
        var intake = new IngestBuffer(log.Names, options.Ingest);
        links = new LinkTable(intake);
        enrolment = seal is null ? null : new Enrolment(state, Devices, seal, options.MaxWaitingEnrolments, d => Registered?.Invoke([d]), logger);
        signIn = new DeviceSignIn(
            Devices, state, verifier, options, new CertificateCheck(options, Devices, state, clock, logger), seal, enrolment, clock, logger);
        backoff = new SignInBackoff(options.SignIn);
        commands = new CommandLoop(commandQueue, Devices, links, intake, new StoredCommands(state), clock, options.MaxCommandsPerDevice, Counters, logger);
        uplink = new Uplink(Devices, links, intake, commands, options.Format, Counters, logger);
        ingest = new IngestLoop(log, entries, intake, clock, options.Ingest, Counters, loggers.CreateLogger<IngestLoop>())
        {
            Written = OnWritten,
        };
        held = new HeldRefusals(options.SignIn.MaxHeld);
        application = new GatewayApplication(
            signIn, backoff, held, links, uplink, intake, commands, enrolment, Counters, clock, logger) { Devices = Devices };
        server = new MqttServer(application, options.Mqtt, clock, loggers, sessions);
        application.Serve(server);
        listeners = [.. options.AllListeners.Select(l => new Listener(l, server, options.Mqtt.ConnectTimeout, clock, logger))];

        turns = new IngestTurns(ingest, intake, clock, logger);
        var ingestLoop = new GatewayLoop("ingest", options.Ingest.SealEvery / 2, turns.Pump) { Linger = () => ingest.Linger.Time };
        var commandLoop = new GatewayLoop("commands", TimeSpan.FromSeconds(1), commands.Pump);
        var mqttLoop = new GatewayLoop("mqtt", TimeSpan.FromMilliseconds(500), () => Tick(clock));
        var sessionLoop = new GatewayLoop("sessions", TimeSpan.FromSeconds(1), server.PumpSessions);
        server.SessionsChanged = sessionLoop.Signal;
        entries.Wake = turns.Signal = ingestLoop.Signal;
        intake.Wake = turns.Wake;
        intake.Eased = server.Ease;
        commandQueue.Wake = commands.Wake = commandLoop.Signal;
        Loops = [ingestLoop, commandLoop, mqttLoop, sessionLoop];
    }

    /// <summary>What has to be pumped: ingest (the one writer of the log), commands, MQTT's time, MQTT's sessions (their one writer).</summary>
    public IReadOnlyList<GatewayLoop> Loops { get; }

    /// <summary>For the threads of connections: writing the log right behind what they brought.</summary>
    public IAfterEvents AfterEvents => turns;

    /// <summary>What the gateway has counted.</summary>
    public GatewayCounters Counters { get; } = new();

    /// <summary>What the MQTT server has counted.</summary>
    public MqttCounters MqttCounters => server.Counters;

    /// <summary>What the MQTT server holds now: open connections (accepted or not), sessions, retained messages, subscriptions.</summary>
    public (int Connections, int Sessions, int Retained, int Subscriptions) MqttHolds =>
        (server.ConnectionCount, server.SessionCount, server.RetainedCount, server.SubscriptionCount);

    /// <summary>Whether the log takes what devices send; where not, an alarm of B2D's own.</summary>
    public IngestHealth Health => ingest.Health;

    /// <summary>How long the writer of the log lets messages gather now.</summary>
    public TimeSpan Linger => ingest.Linger.Time;

    /// <summary>The registered devices.</summary>
    public DeviceDirectory Devices { get; } = new();

    /// <summary>Devices that are connected.</summary>
    public int ConnectedDevices => links.Count;

    /// <summary>Connections whose refusal is held back.</summary>
    public int HeldRefusals => held.Count;

    /// <summary>Commands that wait for their device or for its acknowledgement.</summary>
    public int PendingCommands => commands.Count;

    /// <summary>Called, on the ingest loop's thread, when entries have been written; it must only signal.</summary>
    public Action? LogGrew { get; set; }

    /// <summary>Entries that are on disk and not evaluated yet: where they are too many, devices are slowed down. Null where nobody says.</summary>
    public Func<long>? Unevaluated { set => ingest.Unevaluated = value; }

    /// <summary>
    /// Called, on any thread, with devices that registered themselves with a fleet's key; it sees to it that the log hears of them. Without it the next start
    /// does so.
    /// </summary>
    public Action<IReadOnlyList<Device>>? Registered { get; set; }

    /// <summary>Where the first listener without TLS listens, once the web server has started; null without one.</summary>
    public IPEndPoint? PlainEndPoint => Places.FirstOrDefault(l => l.Listener.Tls == ListenerTls.None && l.Listener.Transport == ListenerTransport.Tcp).At;

    /// <summary>Where the first TLS listener listens, once the web server has started; null without one.</summary>
    public IPEndPoint? TlsEndPoint => Places.FirstOrDefault(l => l.Listener.Tls != ListenerTls.None && l.Listener.Transport == ListenerTransport.Tcp).At;

    /// <summary>All listeners and where they listen, once the web server has started.</summary>
    public IEnumerable<(ListenerOptions Listener, IPEndPoint At)> Places =>
        listeners.Where(l => l.EndPoint is not null).Select(l => (l.Options, l.EndPoint!));

    /// <summary>
    /// Reads the registry, takes up sessions and commands that are under way, and writes that the gateway is reachable. Before the web server starts to listen.
    /// </summary>
    public void Start()
    {
        Devices.Load(state);
        server.Restore();
        enrolment?.Refresh();
        commands.Start();
        ingest.Start();
    }

    /// <summary>
    /// Adds the gateway's listeners to the web server. Those of WebSockets also need <see cref="GatewayServices.AddDeviceWebSockets"/>.
    /// </summary>
    public void ConfigureKestrel(KestrelServerOptions kestrel)
    {
        foreach (var listener in listeners)
            listener.AddTo(kestrel);
    }

    /// <summary>Serves one connection of any transport, until it ends.</summary>
    /// <param name="listener">Name of the listener, for logs.</param>
    public Task RunConnectionAsync(ConnectionContext connection, string listener) => server.RunConnectionAsync(connection, listener);

    /// <summary>Connects a device without a network, for simulations.</summary>
    /// <param name="will">Topic and payload that <see cref="DirectLink.Drop"/> publishes.</param>
    /// <exception cref="ArgumentException">The device is not registered.</exception>
    public DirectLink Connect(DeviceId device, (string Topic, ReadOnlyMemory<byte> Payload)? will = null)
    {
        if (Devices.Find(device) is null)
            throw new ArgumentException($"No device '{device}' is registered.", nameof(device));
        var link = new DirectLink(device, links, uplink, commands.Delivered, will);
        Counters.Connects.Add();
        links.Connected(link);
        commands.Listens();
        return link;
    }

    /// <summary>
    /// Reads devices again from the registry. Needed only after changes that no entry in the log tells of, such as a new password; a device
    /// whose rights changed is judged anew at once, one that is gone or whose certificate or key was taken back is disconnected.
    /// </summary>
    public void RefreshDevices(IReadOnlyCollection<DeviceId> changed)
    {
        Devices.Refresh(state, changed);
        foreach (var id in changed)
        {
            verifier.Drop(id);
            var known = Devices.Find(id);
            if (known is null)
                backoff.Remove(id);
            foreach (var link in links.Of(id))
            {
                if (known is null)
                    link.Break();
                else if (link is MqttLink mqtt && !mqtt.Proof.HoldsFor(known))
                    mqtt.Expire();
            }
        }
        var gone = changed.Where(id => Devices.Find(id) is null).ToHashSet();
        if (gone.Count > 0)
            server.EndSessions(s => s.Principal is MqttLink link && gone.Contains(link.Device));
    }

    /// <summary>Reads fleets and approved devices again, after somebody changed or approved them.</summary>
    public void RefreshEnrolments() => enrolment?.Refresh();

    /// <summary>Ends all connections, of which no presence is written: the gateway stops, not the devices. Before the web server stops.</summary>
    public Task CloseConnectionsAsync()
    {
        application.Stopping();
        return server.StopAsync();
    }

    /// <summary>Writes what still waits and that the gateway no longer listens. Nobody pumps the loops any more.</summary>
    public void Stop()
    {
        turns.Stop();
        try
        {
            while (server.PumpSessions())
            {
                // Connections are closed: nothing new comes.
            }
        }
#pragma warning disable CA1031 // Whatever the store meets, the rest of the program has to be stopped too.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.SessionsNotWritten(logger, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        server.Dispose();
        signIn.Dispose();
    }

    private bool Tick(TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        server.Tick(now);
        application.Tick(now);
        foreach (var listener in listeners)
            listener.Tick(now);
        return false;
    }

    /// <summary>The log also tells of changes in the registry, whoever made them.</summary>
    private void OnWritten(IReadOnlyList<Entry> entries)
    {
        List<DeviceId>? changed = null;
        foreach (var entry in entries)
        {
            if (entry is Entry.Registered registered)
                (changed ??= []).Add(registered.Device.Id);
            else if (entry is Entry.Removed removed)
                (changed ??= []).Add(removed.Device);
        }
        if (changed is not null)
            RefreshDevices(changed);
        LogGrew?.Invoke();
    }
}
