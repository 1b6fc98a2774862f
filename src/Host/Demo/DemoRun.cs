using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Cryptography;
using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Running;
using B2D.Host.Options;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Devices;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using B2D.Storage.Outbox;

namespace B2D.Host.Demo;

/// <summary>What a demo is made of.</summary>
/// <param name="Seed">Any number; the same one gives the same town and the same troubles.</param>
/// <param name="Devices">10 to 5,000; of a storm 1,000 to 20,000.</param>
/// <param name="Disturbances">What the network does to messages.</param>
public sealed record DemoSetting(int Seed, int Devices, Disturbances Disturbances)
{
    /// <summary>How the fleet reports.</summary>
    public FleetOptions Fleet { get; init; } = FleetOptions.Demo with { Disturbances = Disturbances };

    /// <summary>The rule file that is in force, one of those that the program carries.</summary>
    public string Rules { get; init; } = "town.yaml";
}

/// <summary>A simulated town on a B2D of its own: registry, rules, fleet and phones.</summary>
internal sealed class DemoRun : IAsyncDisposable
{
    private readonly Dictionary<long, long> caseCommittedMs = [];
    private readonly Lock gate = new();
    private long lastCase;
    private FleetRunner? runner;

    public DemoRun(DemoSetting setting, Installation installation, Phones phones, InjectionPlan plan, Town town)
    {
        (Setting, Installation, Phones, Town) = (setting, installation, phones, town);
        Fleet = new Fleet(town, setting.Fleet, plan);
        var committed = installation.Worker.Lanes.Committed;
        installation.Worker.Lanes.Committed = () =>
        {
            NoteCases();
            committed?.Invoke();
        };
    }

    public DemoSetting Setting { get; }

    public Installation Installation { get; }

    public Phones Phones { get; }

    public Town Town { get; }

    public Fleet Fleet { get; }

    /// <summary>The running fleet; set by <see cref="StartFleet"/>.</summary>
    public FleetRunner Runner => runner ?? throw new InvalidOperationException("the fleet has not been started");

    /// <summary>The options of a demo: its own temporary folder, rules of seconds, phones as the receiver of notices.</summary>
    public static InstallationOptions OptionsOf(InstallationOptions given, string folder, int phonePort, string secret) => given with
    {
        Data = folder,
        Rules = "",
        Worker = given.Worker with { UpdateEvery = TimeSpan.FromMinutes(30) },
        Notices = given.Notices with
        {
            Sender = "Acme",
            Contact = "+351 220 000 000",
            // A demo runs at any time of the day.
            QuietHours = Core.Notices.QuietHours.None,
            Webhook = new WebhookOptions { Url = $"http://127.0.0.1:{phonePort}{Phones.Path}", Secret = secret, CarriesEmail = true },
        },
    };

    /// <summary>A fresh webhook secret.</summary>
    public static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>A port that nobody uses at this moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Registers the town's people and devices and puts its rules into force.</summary>
    public void Prepare()
    {
        Require(Installation.Imports.Customers(ImportFiles.Customers(Town), "demo"));
        Require(Installation.Imports.Devices(ImportFiles.Devices(Town), "demo", SecretHashing.Sha256));
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(Setting.Rules)!);
        if (!Installation.Worker.Activation.Offer([new Core.Rules.RuleFile(Setting.Rules, reader.ReadToEnd())], "demo"))
            throw new InvalidOperationException("the demo's own rules have errors: " + string.Join("; ", Installation.Worker.Activation.Problems));
    }

    /// <summary>Switches the devices on; the task ends when it is cancelled and everything sent is acknowledged. They stay connected: a town that is switched off is no outage.</summary>
    public Task StartFleet(CancellationToken cancellation)
    {
        var port = Installation.Gateway.PlainEndPoint?.Port ?? throw new InvalidOperationException("the gateway does not listen");
        runner = new FleetRunner(Fleet, new MqttDeviceNetwork("127.0.0.1", port, Installation.Time), Installation.Time);
        return runner.RunAsync(cancellation, stayConnected: true);
    }

    /// <summary>True where nothing is on its way any more: the log is evaluated, outages are over, effects carried out, notices sent.</summary>
    public bool IsQuiet()
    {
        var stores = Installation.Stores;
        var now = Installation.Time.GetUtcNow().ToUnixTimeMilliseconds();
        return stores.Log.LastOffset - Installation.Worker.Lanes.Position < 500
            && stores.State.Read(db => OutageStore.Open(db).Count == 0
                && OutboxStore.NextDueAt(db) is null
                && NoticeStore.NextSendAt(db) is null
                && CaseStore.NextDue(db, now, 1).Count == 0);
    }

    /// <summary>Compares what happened with what was injected, up to when the fleet was let go.</summary>
    public DemoReport Report(DateTimeOffset until)
    {
        lock (gate)
            return new ReportWriter(Installation.Stores, Fleet.Truth, Phones.Received, caseCommittedMs, TimeSpan.FromSeconds(25), until).Write();
    }

    public async ValueTask DisposeAsync()
    {
        if (runner is not null)
            await runner.DisposeAsync();
    }

    private static void Require(ImportResult result)
    {
        if (result.Problems.Count > 0)
            throw new InvalidOperationException("the demo's own import has errors: " + string.Join("; ", result.Problems.Take(5)));
    }

    /// <summary>Remembers when new cases were on disk: this runs right after the commit.</summary>
    private void NoteCases()
    {
        var now = Installation.Time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (gate)
        {
            foreach (var id in Installation.Stores.State.Read(db => db.Query<long>("SELECT id FROM cases WHERE id > @lastCase ORDER BY id LIMIT 1000", new { lastCase })))
            {
                caseCommittedMs[id] = now;
                lastCase = id;
            }
        }
    }
}
