using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.DeviceGateway;
using B2D.DeviceGateway.Ingest;
using B2D.DeviceGateway.Sessions;
using B2D.Host;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Telemetry;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Devices;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using B2D.Storage.Outbox;
using B2D.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace B2D.Simulation.World;

/// <summary>
/// One B2D without threads: the parts that <see cref="Installation"/> puts together, pumped by hand in virtual time. Its roles can be stopped, killed and
/// built anew over the same stores.
/// </summary>
public sealed class VirtualInstallation : IDisposable
{
    private static readonly TimeSpan CalendarEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HousekeepingEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SenderEvery = TimeSpan.FromMilliseconds(200);

    private readonly WorkerOptions workerOptions;
    private readonly NoticeOptions noticeOptions;
    private readonly GatewayOptions gatewayOptions;
    private readonly ILoggerFactory loggers;
    private readonly Wiring wiring;
    private readonly INoticeChannel channel;
    private readonly EntryQueue entries = new();
    private readonly CommandQueue commands = new();
    private Gateway? gateway;
    private DateTimeOffset nextCalendar;
    private DateTimeOffset nextHousekeeping;
    private DateTimeOffset nextLook;
    private DateTimeOffset nextTick;
    private long lookedAt = -1;

    public VirtualInstallation(VirtualClock clock, Stores stores, VirtualPhones phones, WorkerOptions? worker = null, ILoggerFactory? loggers = null, Wiring? wiring = null, NoticeOptions? notices = null,
        GatewayOptions? gateway = null)
    {
        (Clock, Stores, Phones) = (clock, stores, phones);
        workerOptions = worker ?? new WorkerOptions();
        noticeOptions = notices ?? NoticeOptions;
        gatewayOptions = gateway ?? new GatewayOptions();
        this.loggers = loggers ?? NullLoggerFactory.Instance;
        this.wiring = wiring ?? new Wiring();
        channel = this.wiring.Channel(phones);
        Imports = new Imports(stores.State, clock, SecretSeal.InMemory()) { Changed = OnDevicesChanged };
        phones.IsDead = () => Commits?.IsDead == true;
        Network.IsDead = () => Commits is { IsDead: true, Victim: Victim.Process };
        Worker = NewWorker();
    }

    /// <summary>How customers are reached here: everything through the virtual phones.</summary>
    public static NoticeOptions NoticeOptions { get; } = new()
    {
        Sender = "Acme",
        Contact = "+351 220 000 000",
        // Nights would make every time-line a day longer; scenes about them have their own.
        QuietHours = "none",
        Webhook = new WebhookOptions { Url = "http://127.0.0.1:9/", Secret = "whsec_" + Convert.ToBase64String(new byte[32]), CarriesEmail = true },
    };

    /// <summary>For worlds that go in steps of minutes, which are no stall there: otherwise no silence would ever count.</summary>
    public static GatewayOptions LongSteps { get; } = new() { Ingest = new IngestOptions { StalledAfter = TimeSpan.FromHours(1) } };

    public VirtualClock Clock { get; }

    public Stores Stores { get; }

    public VirtualPhones Phones { get; }

    /// <summary>Other systems that are told what happens.</summary>
    public VirtualReceivers Receivers { get; } = new();

    private SecretSeal Seal { get; } = SecretSeal.InMemory();

    public Imports Imports { get; }

    public Worker Worker { get; private set; }

    /// <summary>The gateway while it runs.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public Gateway Gateway => gateway ?? throw new InvalidOperationException("the gateway does not run");

    public bool GatewayRuns => gateway is not null;

    public bool WorkerRuns { get; private set; }

    /// <summary>Kills the process at a commit; null where nothing is to be killed.</summary>
    internal CommitPoints? Commits { get; set; }

    internal VirtualNetwork Network { get; } = new();

    private ServerTime Now => ServerTime.From(Clock.Now);

    /// <summary>Starts both roles, the worker first, as the program does.</summary>
    public void Start()
    {
        StartWorker();
        StartGateway();
        DeviceRegistry.Announce(Stores, Now);
    }

    /// <summary>Builds a worker over the stores, in place of the one that was there.</summary>
    public void StartWorker()
    {
        Worker = NewWorker();
        Worker.Start();
        WorkerRuns = true;
        wiring.WorkerStarted(Worker, Stores);
    }

    public void StartGateway()
    {
        gateway = new Gateway(wiring.Log(new StoredLog(Stores.Log)), Stores.State, entries, commands, gatewayOptions, Clock, loggers,
            sessions: wiring.Sessions(new StoredSessions(Stores.Sessions)));
        gateway.Start();
        Network.Listen(gateway);
    }

    /// <summary>Stops the gateway as an operator does: no more connections, what waits is written, and that it no longer listens.</summary>
    public void StopGateway()
    {
        var closing = Gateway.CloseConnectionsAsync();
        while (Network.Pump())
            PumpGateway();
        closing.GetAwaiter().GetResult();
        Network.HangUp();
        Gateway.Stop();
        Gateway.Dispose();
        gateway = null;
    }

    /// <summary>The gateway is gone from one moment to the next, and with it everything that waited in memory.</summary>
    public void KillGateway()
    {
        if (gateway is null)
            return;
        var killed = gateway;
        gateway = null;
        Network.HangUp();
        entries.Drain([], int.MaxValue);
        while (commands.Take() is not null)
        {
            // Gone with the memory it was in.
        }
        killed.Dispose();
    }

    /// <summary>The worker is gone from one moment to the next.</summary>
    public void KillWorker() => WorkerRuns = false;

    /// <summary>Reads rule files in; false where they have errors.</summary>
    public bool Offer(IReadOnlyList<RuleFile> files) => Worker.Activation.Offer(files, "test");

    /// <summary>Reads one rule file in; false where it has errors.</summary>
    public bool Offer(string yaml) => Offer([new RuleFile("rules.yaml", yaml)]);

    /// <summary>What a person did to a fault goes through the log; false where it is busy.</summary>
    public bool Submit(Entry.Action act) => entries.TrySubmit(Submission.Of(act));

    /// <summary>Pumps every loop until there is nothing more to do at this instant, or until somebody was killed.</summary>
    public void Pump(bool worker = true)
    {
        try
        {
            for (var turns = 0; !Network.IsDead() && (Network.Pump() | PumpGateway() | (worker && WorkerRuns && !Phones.IsDead() && PumpWorker())); turns++)
            {
                if (turns > 10_000)
                    throw new InvalidOperationException($"something is never done at {Clock.Now:O}");
            }
        }
        catch (SqliteException) when (Commits is { IsDead: true })
        {
            // The commit at which it was killed.
        }
    }

    /// <summary>True where nothing is on its way: the log is evaluated, outages are over, effects carried out, notices sent.</summary>
    public bool IsQuiet() => Unrest().Length == 0;

    /// <summary>What is still on its way, in words; empty for nothing.</summary>
    public string Unrest()
    {
        if (entries.Count > 0)
            return $"{entries.Count} submissions wait for the log";
        if (Network.OnTheWay > 0)
            return $"{Network.OnTheWay} messages are on their way to the gateway";
        if (Stores.Log.LastOffset != Worker.Lanes.Position)
            return $"the lanes stand at {Worker.Lanes.Position} of {Stores.Log.LastOffset}";
        return Stores.State.Read(db =>
        {
            if (OutageStore.Open(db) is [var outage, ..])
                return $"outage {outage.Id} is {outage.State}";
            if (OutboxStore.NextDueAt(db) is { } due)
                return $"an effect is due at {new ServerTime(due)}";
            if (NoticeStore.NextSendAt(db) is { } next)
                return $"a notice leaves at {new ServerTime(next)}";
            return CaseStore.List(db, new CaseFilter { States = CaseStore.OpenStates, Limit = Page.MaxRows }).FirstOrDefault(c => c is { ClearSinceAt: > 0, ResolveAfterMs: > 0, AskedAt: 0 }) is { } open
                ? $"case {open.Id} is clear and not resolved"
                : "";
        });
    }

    public void Dispose()
    {
        KillGateway();
        if (Network.Mqtt is { } mqtt)
            NetworkTally.OfAll.Add(mqtt.Tally);
        Stores.Dispose();
    }

    private Worker NewWorker()
    {
        var worker = new Worker(Stores, entries, commands, workerOptions, noticeOptions, [channel], Clock, loggers, new InTurn(3), Receivers, Seal);
        worker.PrivacyDesk.Changed = OnDevicesChanged;
        return worker;
    }

    private bool PumpGateway()
    {
        var more = false;
        foreach (var loop in gateway?.Loops ?? [])
        {
            // Time passes for connections as seldom as in the program.
            if (loop.Name == "mqtt" && Clock.Now < nextTick)
                continue;
            if (loop.Name == "mqtt")
                nextTick = Clock.Now + loop.Every;
            more |= loop.Pump();
        }
        return more;
    }

    private bool PumpWorker()
    {
        var more = Worker.Pump();
        more |= Worker.Arrange();
        more |= Sent();
        if (Clock.Now >= nextHousekeeping)
        {
            nextHousekeeping = Clock.Now + HousekeepingEvery;
            Worker.Commands.Expire(Now);
            Worker.Activation.Announce();
        }
        Worker.Medians.Pump(Now);
        Worker.LookBack();
        if (Clock.Now >= nextCalendar)
        {
            nextCalendar = Clock.Now + CalendarEvery;
            Worker.Promises.Run(Now);
        }
        return more;
    }

    /// <summary>The sender looks where something was written, and now and then for what has to leave because of the time.</summary>
    private bool Sent()
    {
        if (Stores.State.Writes == lookedAt && Clock.Now < nextLook)
            return false;
        (lookedAt, nextLook) = (Stores.State.Writes, Clock.Now + SenderEvery);
        return AtOnce(Worker.Sender.PumpAsync(CancellationToken.None)) | AtOnce(Worker.Webhooks.PumpAsync(CancellationToken.None));

        static bool AtOnce(Task<bool> pump) => pump.IsCompleted ? pump.GetAwaiter().GetResult() : throw new InvalidOperationException("the sender waits for something in a world where nothing makes anybody wait");
    }

    private void OnDevicesChanged(IReadOnlyList<Device> devices)
    {
        DeviceRegistry.Announce(Stores, Now);
        gateway?.RefreshDevices([.. devices.Select(d => d.Id)]);
        Worker.Outages.RegistryChanged();
    }

    /// <summary>Shares of a batch one after the other, the last first: what comes of them must not depend on it.</summary>
    private sealed class InTurn(int count) : ILaneThreads
    {
        public int Count => count;

        public void Run(Action<int> share)
        {
            for (var i = count - 1; i >= 0; i--)
                share(i);
        }
    }
}
