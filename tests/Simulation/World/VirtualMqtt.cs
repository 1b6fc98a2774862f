using B2D.DeviceGateway;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Running;
using B2D.TestKit;

namespace B2D.Simulation.World;

/// <summary>Devices that speak MQTT with the gateway's own connection and session code, over bytes that the network brings when and as it likes.</summary>
internal sealed class VirtualMqtt
{
    private readonly VirtualClock clock;
    private readonly Dictionary<string, ClientMemory> memories;
    private readonly List<VirtualClient> clients = [];
    private readonly List<string> wrong = [];
    private readonly List<(DateTimeOffset At, string Device, string What)> told = [];
    private OneThread scheduler = new();
    private Gateway? gateway;

    public VirtualMqtt(VirtualClock clock, Town town, int seed, NetworkTroubles? troubles)
    {
        (this.clock, Troubles) = (clock, troubles);
        memories = town.Devices.Index().ToDictionary(
            d => d.Item.Id, d => new ClientMemory(d.Index + 1, new Random(unchecked((seed * 7919) + d.Index)), d.Item.Kind == DeviceKind.Router), StringComparer.Ordinal);
        Tally.Towns = 1;
    }

    public NetworkTroubles? Troubles { get; }

    public NetworkTally Tally { get; } = new();

    public DateTimeOffset Now => clock.Now;

    /// <summary>Pieces that are on their way to the gateway, and devices that do not know yet that theirs never were.</summary>
    public int OnTheWay => clients.Sum(c => c.Wire.OnTheWay + (c.Wire.IsLost && !c.IsClosed ? 1 : 0));

    /// <summary>What no gateway does that keeps to the standard; one line each.</summary>
    public IEnumerable<string> Broken()
    {
        if (gateway is not null)
        {
            var now = new NetworkTally();
            now.Add(Tally);
            now.Add(gateway.MqttCounters);
            return wrong.Concat(now.Strange);
        }
        return wrong.Concat(Tally.Strange);
    }

    /// <summary>What happened to connections, in order, for whoever looks into a seed that failed.</summary>
    public IReadOnlyList<(DateTimeOffset At, string Device, string What)> Told => told;

    /// <summary>Connections that stand now, and what devices have under way on them.</summary>
    public IEnumerable<string> Standing => clients.Where(c => !c.IsClosed).Select(c => c.ToString());

    public void Tell(string device, string what) => told.Add((clock.Now, device, what));

    public void Wrong(string what) => wrong.Add(what);

    public void Listen(Gateway listening) => (gateway, scheduler) = (listening, new OneThread());

    /// <summary>The gateway's process is gone, and what it was about to do with it.</summary>
    public void HangUp()
    {
        if (gateway is not null)
            Tally.Add(gateway.MqttCounters);
        gateway = null;
        scheduler = new OneThread();
        foreach (var client in clients)
            client.Wire.LoseGateway();
    }

    public Task<IDeviceLink> ConnectAsync(DeviceSession session, Action<string, ReadOnlyMemory<byte>> onMessage, CancellationToken cancellation)
    {
        var memory = memories[session.Device];
        var wire = new VirtualWire(session.Device, memory.Number, scheduler, Troubles, clock.Now, memory.Dice, Tally);
        var client = new VirtualClient(this, memory, wire, session, onMessage);
        clients.Add(client);
        Tally.Connections++;
        wire.Served = gateway!.RunConnectionAsync(wire, "plain");
        client.Begin();
        cancellation.Register(client.GiveUp);
        return client.Connected;
    }

    /// <summary>The gateway has accepted a device's CONNECT.</summary>
    public void Accepted(string device, ClientMemory memory, bool clean, bool present)
    {
        Troubles?.Connected(device);
        Tell(device, (clean ? "clean " : "") + (present ? "accepted in its session" : "accepted"));
        Tally.Resumed += present ? 1 : 0;
        Tally.Restored += present && memory.LastGateway != gateway ? 1 : 0;
        memory.LastGateway = gateway;
        if (present && clean)
            Wrong($"{device} asked for a new session and got its old one");
        if (!present && !clean && memory.HasSession)
            Wrong($"the gateway has forgotten the session of {device}");
    }

    /// <summary>Time passes for the devices' clients.</summary>
    public void Step()
    {
        for (var i = 0; i < clients.Count; i++)
            clients[i].Tick(clock.Now);
        clients.RemoveAll(c => c.IsClosed && c.Wire.IsOver);
    }

    /// <summary>Whatever can move moves, and the gateway's connections do what they have to; false where there was nothing.</summary>
    public bool Pump(Func<bool> isDead)
    {
        var (any, more) = (false, true);
        while (more && !isDead())
        {
            more = scheduler.Run();
            for (var i = 0; i < clients.Count && !isDead(); i++)
                more |= clients[i].Wire.Pump();
            any |= more;
        }
        return any;
    }
}
