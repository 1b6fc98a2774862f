using System.Globalization;
using System.Text;
using B2D.Core.Devices;
using B2D.DeviceGateway.Devices;
using B2D.Host.Demo;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.Simulation.World;
using B2D.Storage;
using B2D.Storage.Alarms;
using B2D.Storage.Cases;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using B2D.TestKit;

namespace B2D.Acceptance;

/// <summary>
/// A whole B2D in virtual time, for time-lines: at this moment a device does that, after so long this must have happened. Rules, people and devices are
/// written in the test; gateway, log, lanes, correlator, ledger and sender are the real ones.
/// </summary>
internal sealed class Scene : IDisposable
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMinutes(5);
    private readonly Dictionary<string, DirectLink> links = new(StringComparer.Ordinal);
    private DateTimeOffset nextReport;
    private ushort packet;

    /// <param name="columns">Of <paramref name="devices"/>.</param>
    public Scene(string rules, string customers, string devices, WorkerOptions? worker = null, string columns = "id,model,segment,customer,password", NoticeOptions? notices = null)
    {
        Clock = new VirtualClock(new DateTimeOffset(2026, 11, 2, 9, 0, 0, TimeSpan.Zero));
        Phones = new VirtualPhones(Clock);
        World = new VirtualInstallation(Clock, Stores.InMemory(), Phones, worker, notices: notices, gateway: VirtualInstallation.LongSteps);
        World.Start();
        Good(World.Imports.Customers("id,name,email,phone,language,time_zone,preferred_channel,address,place\n" + customers, "test"));
        Good(World.Imports.Devices(columns + "\n" + devices, "test", Storage.Devices.SecretHashing.Sha256));
        Assert(World.Offer(rules), string.Join("; ", World.Worker.Activation.Problems));
        World.Pump();
    }

    public VirtualClock Clock { get; }

    public VirtualPhones Phones { get; }

    public VirtualInstallation World { get; }

    public IReadOnlyList<FaultRow> Faults => World.Stores.State.Read(db => FaultStore.List(db, new FaultFilter { Limit = 1000 }));

    public IReadOnlyList<CaseRow> Cases => World.Stores.State.Read(db => CaseStore.List(db, new CaseFilter { Limit = 1000 }));

    public IReadOnlyList<OutageRow> Outages => World.Stores.State.Read(db => OutageStore.List(db, []));

    public IReadOnlyList<OwnAlarmRow> Alarms => World.Stores.State.Read(db => OwnAlarmStore.List(db));

    public IReadOnlyList<NoticeRow> Ledger => World.Stores.State.Read(db => NoticeStore.List(db, new NoticeFilter { Limit = 1000 }));

    /// <summary>What customers got, as "customer status".</summary>
    public IReadOnlyList<string> Told => [.. Phones.Received.Select(n => $"{n.Customer} {n.Status}")];

    /// <summary>Commands that devices got, as "device name"; each is answered with <see cref="Answer"/>.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>What devices answer to commands; null: nothing.</summary>
    public Func<string, string, string?> Answer { get; set; } = (_, _) => "ok";

    /// <summary>Whether connected devices say something every five minutes, as devices do. Default yes.</summary>
    public bool DevicesReport { get; set; } = true;

    /// <summary>Devices that say nothing, although they are connected.</summary>
    public HashSet<string> Mute { get; } = new(StringComparer.Ordinal);

    public void Connect(params IEnumerable<string> devices)
    {
        foreach (var device in devices)
        {
            var link = World.Gateway.Connect(DeviceId.Parse(device), ($"devices/{device}/status", Encoding.UTF8.GetBytes("offline")));
            link.Receive = (topic, payload) => Take(device, topic, payload);
            link.Subscribe($"devices/{device}/commands/#");
            links[device] = link;
        }
        World.Pump();
    }

    /// <summary>The connection is lost; the will speaks.</summary>
    public void Drop(params IEnumerable<string> devices)
    {
        foreach (var device in devices)
            links[device].Drop();
        World.Pump();
    }

    public void Telemetry(string device, string json) => Publish(device, "telemetry", json);

    public void Code(string device, string code, string state) =>
        Publish(device, "events", $$"""{"code":"{{code}}","state":"{{state}}","ts":{{Clock.Now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}}}""");

    /// <summary>A device answers a command, its own or not.</summary>
    public void Reply(string device, string command, string status) => Publish(device, $"commands/{command}/reply", $$"""{"status":"{{status}}"}""");

    /// <summary>Time passes, in steps of a quarter of a second (of a minute where it is long, of five where it is days).</summary>
    public void Wait(TimeSpan time, Action? each = null)
    {
        var step = time > TimeSpan.FromDays(2) ? ReportEvery : time > TimeSpan.FromHours(2) ? TimeSpan.FromMinutes(1) : TimeSpan.FromMilliseconds(250);
        for (var until = Clock.Now + time; Clock.Now < until;)
        {
            Clock.AdvanceTo(Clock.Now + step < until ? Clock.Now + step : until);
            Report();
            each?.Invoke();
            World.Pump();
        }
    }

    public void Dispose() => World.Dispose();

    private void Report()
    {
        if (!DevicesReport || Clock.Now < nextReport || !World.GatewayRuns)
            return;
        nextReport = Clock.Now + ReportEvery;
        foreach (var link in links.Values.Where(l => l.IsOpen && !Mute.Contains(l.Device.Value)))
            link.Publish($"devices/{link.Device}/telemetry", "{\"alive\":1}"u8.ToArray(), null, ++packet == 0 ? ++packet : packet);
    }

    private static void Good(Host.ImportResult result) => Assert(result.Problems.Count == 0, string.Join("; ", result.Problems));

    private static void Assert(bool holds, string message)
    {
        if (!holds)
            throw new InvalidOperationException(message);
    }

    private void Publish(string device, string kind, string json)
    {
        if (!links.TryGetValue(device, out var link) || !link.IsOpen)
        {
            Connect(device);
            link = links[device];
        }
        link.Publish($"devices/{device}/{kind}", Encoding.UTF8.GetBytes(json), null, ++packet == 0 ? ++packet : packet);
        World.Pump();
    }

    private bool Take(string device, string topic, ReadOnlyMemory<byte> payload)
    {
        using var json = System.Text.Json.JsonDocument.Parse(payload);
        var name = json.RootElement.GetProperty("command").GetString()!;
        Commands.Add($"{device} {name}");
        if (Answer(device, name) is { } status)
            links[device].Publish($"{topic}/reply", Encoding.UTF8.GetBytes($$"""{"status":"{{status}}"}"""), null, ++packet);
        return true;
    }
}
