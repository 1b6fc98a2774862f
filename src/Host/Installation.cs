using System.Net;
using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.DeviceGateway;
using B2D.DeviceGateway.Ingest;
using B2D.DeviceGateway.Sessions;
using B2D.Host.Alarms;
using B2D.Host.Backups;
using B2D.Host.Loops;
using B2D.Host.Options;
using B2D.Host.Rules;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Notices.Smtp;
using B2D.ProactiveWorker.Webhooks;
using B2D.Storage;
using B2D.Storage.Devices;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace B2D.Host;

/// <summary>One B2D put together in this process: stores, queues, roles and the threads that pump them. Its parts start no thread; this does.</summary>
public sealed partial class Installation : IAsyncDisposable
{
    private readonly InstallationOptions options;
    private readonly ILogger<Installation> log;
    private readonly List<PumpThread> threads = [];
    private readonly List<PumpTask> tasks = [];
    private readonly LaneThreads lanes;
    private readonly HttpClient http = new();

    /// <summary>What is signed goes where it was meant to.</summary>
    private readonly HttpClient posts = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
    private string unreadable = "";
    private long nextHousekeeping;
    private bool stopped;

    public Installation(InstallationOptions options, Stores stores, TimeProvider time, ILoggerFactory loggers)
    {
        this.options = options;
        (Stores, Time) = (stores, time);
        log = loggers.CreateLogger<Installation>();
        Seal = new SecretSeal(options.Secrets.KeyFile);
        Entries = new EntryQueue();
        Commands = new CommandQueue();
        var reserve = (long)options.Care.DiskReserveMegabytes << 20;
        Room = new DiskRoom(options.Data, reserve, time);
        var guarded = new GuardedLog(new StoredLog(stores.Log), Room, reserve);
        Gateway = new Gateway(guarded, stores.State, Entries, Commands, options.Gateway, time, loggers, Seal, new StoredSessions(stores.Sessions));
        lanes = new LaneThreads(options.Worker.LaneThreads);
        Worker = new Worker(stores, Entries, Commands, options.Worker with { Owed = new(options.Console.CompensationPerDay, options.Console.CompensationAfter, options.Worker.Grants.Currency) }, options.Notices, ChannelsOf(options.Notices), time, loggers, lanes,
            new HttpPoster(posts, options.Notices.Receivers.Timeout), Seal);
        Imports = new Imports(stores.State, time, Seal) { Changed = Registered, CredentialsChanged = Gateway.RefreshDevices };
        Gateway.Registered = Registered;
        Worker.PrivacyDesk.Changed = Registered;
        Backups = new HostBackups(stores, time, log);
        Backtests = new HostBacktests(stores, time, log);
        RuleFiles = new RuleFolder(options.Rules);
        foreach (var loop in Gateway.Loops)
        {
            var thread = new PumpThread(loop.Name, loop.Every, loop.Pump, log, loop.Linger);
            loop.Wake = thread.Wake;
            threads.Add(thread);
        }
        var worker = new PumpThread("worker", TimeSpan.FromMilliseconds(100), PumpWorker, log, share: ThreadShare.BeQuick);
        threads.Add(worker);
        Gateway.LogGrew = worker.Wake;
        Gateway.Unevaluated = () => stores.Log.LastOffset - Worker.Lanes.Position;
        threads.Add(new PumpThread("checkpoints", TimeSpan.FromMilliseconds(100), () =>
        {
            stores.Checkpoint();
            return false;
        }, log, share: ThreadShare.GiveWaySomewhat));
        if (options.Has("worker"))
        {
            threads.Add(new PumpThread("defects", TimeSpan.FromSeconds(1), () => Worker.Defects.Pump(Now), log, share: ThreadShare.GiveWaySomewhat));
            threads.Add(new PumpThread("medians", TimeSpan.FromSeconds(1), () => Worker.Medians.Pump(Now), log, share: ThreadShare.GiveWaySomewhat));
            threads.Add(new PumpThread("back-dating", TimeSpan.FromSeconds(1), Worker.LookBack, log, share: ThreadShare.GiveWaySomewhat));
        }
        var arranger = new PumpThread("arranger", TimeSpan.FromSeconds(1), Worker.Arrange, log, share: ThreadShare.GiveWaySomewhat);
        threads.Add(arranger);
        Worker.Lanes.WasCut = arranger.Wake;
        var sender = new PumpTask("sender", TimeSpan.FromMilliseconds(200), Worker.Sender.PumpAsync, time, log);
        tasks.Add(sender);
        Worker.Lanes.Committed = sender.Wake;
        if (options.Has("worker"))
            tasks.Add(new PumpTask("webhooks", TimeSpan.FromMilliseconds(200), Worker.Webhooks.PumpAsync, time, log));
        Alarms = new AlarmThreads(this, Room, http, loggers, log);
    }

    public Stores Stores { get; }

    public TimeProvider Time { get; }

    /// <summary>Encrypts keys that must be had again.</summary>
    public SecretSeal Seal { get; }

    public EntryQueue Entries { get; }

    public CommandQueue Commands { get; }

    public Gateway Gateway { get; }

    public Worker Worker { get; }

    public Imports Imports { get; }

    /// <summary>Makes backups while this runs.</summary>
    internal HostBackups Backups { get; }

    /// <summary>Tries rules on what is stored.</summary>
    internal HostBacktests Backtests { get; }

    /// <summary>B2D's own alarms.</summary>
    internal AlarmThreads Alarms { get; }

    /// <summary>The folder of rule files.</summary>
    internal RuleFolder RuleFiles { get; }

    /// <summary>The room on the disk of the data folder.</summary>
    internal DiskRoom Room { get; }

    /// <summary>When <see cref="Start"/> ran.</summary>
    internal ServerTime StartedAt { get; private set; }

    /// <summary>How far evaluation is behind the log: zero only where all that is in the log is evaluated and what came of it committed.</summary>
    internal TimeSpan Lag => Stores.Log.LastOffset <= Worker.Lanes.Position
        ? TimeSpan.Zero
        : TimeSpan.FromMilliseconds(Math.Max(1, Stores.Log.SealedUntil.EpochMs - Worker.Lanes.AppliedUntil.EpochMs));

    public InstallationOptions Options => options;

    /// <summary>Loops that fail at this moment, with the reason.</summary>
    public IEnumerable<(string Loop, string Reason)> Problems => threads.Select(t => (t.Name, t.Problem))
        .Concat(tasks.Select(t => (t.Name, t.Problem)))
        .Concat(Alarms.Problems.Select(p => (p.Loop, Problem: p.Reason)))
        .Where(p => p.Problem.Length > 0);

    private ServerTime Now => ServerTime.From(Time.GetUtcNow());

    /// <summary>Adds the listeners for devices and for the console to the web server.</summary>
    public void ConfigureKestrel(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        if (options.Has("gateway"))
            Gateway.ConfigureKestrel(kestrel);
        if (!options.Has("console"))
            return;
        var url = new Uri(options.Url);
        var address = IPAddress.TryParse(url.Host, out var parsed) ? parsed : IPAddress.Loopback;
        kestrel.Listen(address, url.Port);
    }

    /// <summary>Restores memory and reads the rules. Before the web server listens.</summary>
    public void Start()
    {
        StartedAt = Now;
        // The worker first: what was committed is its memory, and the gateway's first entry is news to it.
        Worker.Start();
        if (options.Has("gateway"))
            Gateway.Start();
        // Devices that were registered when the program was killed before the log heard of them.
        DeviceRegistry.Announce(Stores, Now);
        ReadRules();
        foreach (var thread in threads)
            thread.Start();
        foreach (var task in tasks)
            task.Start();
        Alarms.Start();
    }

    /// <summary>Stops listening and writes what still waits. After the web server stopped taking requests, or before; twice is once.</summary>
    public async Task StopAsync()
    {
        if (stopped)
            return;
        stopped = true;
        await Backups.DisposeAsync();
        await Backtests.DisposeAsync();
        await Alarms.DisposeAsync();
        await Gateway.CloseConnectionsAsync();
        foreach (var thread in threads)
            thread.Stop();
        if (options.Has("gateway"))
            Gateway.Stop();
        while (Worker.Pump())
        {
        }
        Worker.Finish();
        foreach (var task in tasks)
            await task.DisposeAsync();
    }

    /// <summary>Reads the rule files again where they changed.</summary>
    public void ReadRules()
    {
        if (!options.Has("worker"))
            return;
        try
        {
            if (RuleFiles.Changed() is var (files, who))
                Worker.Activation.Offer(files, who);
            Worker.Activation.Announce();
            unreadable = "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Looked at every second, said once.
            if (unreadable != e.Message)
                LogRulesUnreadable(e.Message);
            unreadable = e.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var thread in threads)
            thread.Dispose();
        lanes.Dispose();
        Gateway.Dispose();
        http.Dispose();
        posts.Dispose();
        Stores.Dispose();
    }

    private List<INoticeChannel> ChannelsOf(NoticeOptions notices)
    {
        var channels = new List<INoticeChannel>();
        if (notices.Email.Enabled)
            channels.Add(new EmailChannel(notices.Email, notices.Sender, notices.Links.Enabled ? new UnsubscribeLinks(notices.Links) : null));
        // The first that carries a channel takes it.
        if (notices.Sms.Enabled)
            channels.Add(new SmsChannel(http, notices.Sms));
        if (notices.Webhook.Enabled)
            channels.Add(new WebhookChannel(http, notices.Webhook, Time));
        return channels;
    }

    /// <summary>Devices are registered or changed in the registry; the log and the gateway hear of it.</summary>
    internal void Registered(IReadOnlyList<Device> devices)
    {
        DeviceRegistry.Announce(Stores, Now);
        Gateway.LogGrew?.Invoke();
        Gateway.RefreshDevices([.. devices.Select(d => d.Id)]);
        Worker.Outages.RegistryChanged();
    }

    private bool PumpWorker()
    {
        var more = Worker.Pump();
        if (Now.EpochMs >= nextHousekeeping)
        {
            nextHousekeeping = Now.EpochMs + 1000;
            Worker.Commands.Expire(Now);
            ReadRules();
        }
        return more;
    }

    [LoggerMessage(1001, LogLevel.Error, "The rule files cannot be read; the last good rules stay in force. {Reason}")]
    private partial void LogRulesUnreadable(string reason);
}
