using B2D.Core;
using B2D.Core.Rules;
using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Running;
using B2D.Host.Demo;
using B2D.ProactiveWorker;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Remedies;
using B2D.TestKit;

namespace B2D.Simulation.World;

/// <summary>What a run is made of.</summary>
/// <param name="Seed">Town, troubles, network and everything else that is left to chance.</param>
/// <param name="Devices">10 to 5,000.</param>
/// <param name="Disturbances">What the network does to messages.</param>
public sealed record TownSetting(int Seed, int Devices, Disturbances Disturbances)
{
    /// <summary>How long troubles are injected for and lived with, before the town comes to rest. Default 90 s, as the headless demo.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Longest time it may take to come to rest; a failing channel needs minutes. Default 1 h.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Finest step of time. Default 50 ms.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Every so many steps the worker gets its turn, so that it finds more or fewer entries at once. Default 1.</summary>
    public int WorkerEvery { get; init; } = 1;

    /// <summary>What becomes of a try to send; default: delivered.</summary>
    public Func<Random, ChannelMood> Mood { get; init; } = _ => ChannelMood.Delivers;

    /// <summary>Entries that the worker commits at once. Default as in the program.</summary>
    public int BatchEntries { get; init; } = new WorkerOptions().BatchEntries;

    /// <summary>Entries between two snapshots. Default as in the program.</summary>
    public long SnapshotEvery { get; init; } = new WorkerOptions().SnapshotEvery;

    /// <summary>Longest pause of a device before it connects again. Default as in the simulator.</summary>
    public TimeSpan BackOffMost { get; init; } = new LinkOptions().BackOffMost;

    /// <summary>While troubles last, messages and acknowledgements are delayed and lost, parts of the network are cut off, clocks drift and jump. Default not.</summary>
    public bool Rough { get; init; }

    /// <summary>Devices speak MQTT over connections of bytes, and the gateway's sessions are in between. Default not: each message is handed over whole.</summary>
    public bool Mqtt { get; init; }

    /// <summary>The program is killed again and again, so that it hears little for a while: what the log shows nobody to have seen need not have been seen. Default not.</summary>
    public bool Killed { get; init; }

    /// <summary>What is wrong with the installation on purpose. Default nothing.</summary>
    public Wiring Wiring { get; init; } = new();

    /// <summary>People plan work, begin, move and end it. Default not.</summary>
    public bool Maintenance { get; init; }

    /// <summary>A storm over a town of houses, by the storm's rules: one that grows, or three at once. Default null: no storm.</summary>
    public bool? StormGrows { get; init; }

    /// <summary>Share of customers whose address refuses everything for good. Default 0.</summary>
    public double DeadPhones { get; init; }
}

/// <summary>
/// The whole system in one thread, in virtual time, from one seed: simulated devices, gateway, log, worker, calendar, customers' phones. The same setting gives the
/// same run, message for message.
/// </summary>
public sealed class VirtualTown : IDisposable
{
    private static readonly DateTimeOffset Epoch = new(2026, 3, 27, 6, 0, 0, TimeSpan.Zero);

    /// <summary>Longer than any rule reaches: by then what came late has been looked at for the last time.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromHours(6);

    private static readonly Lazy<string> TownRules = new(static () => Carried("town.yaml")), StormRules = new(static () => Carried("storm.yaml"));

    private readonly FleetRunner runner;
    private readonly Random channelDice;
    private readonly ClockTroubles? clocks;
    private readonly Dictionary<string, bool> refusing = new(StringComparer.Ordinal);
    private long steps;

    public VirtualTown(TownSetting setting, Stores? stores = null)
    {
        Setting = setting;
        // Continuations run where they are completed: on this thread, in this order.
        SynchronizationContext.SetSynchronizationContext(null);
        Clock = new VirtualClock(Epoch + TimeSpan.FromMinutes(7.3 * setting.Seed));
        channelDice = new Random(setting.Seed);
        Phones = new VirtualPhones(Clock) { Mood = MoodOf };
        Installation = new VirtualInstallation(Clock, stores ?? Stores.InMemory(), Phones,
            new WorkerOptions { UpdateEvery = TimeSpan.FromMinutes(30), FleetMedianEvery = MediansEvery, BatchEntries = setting.BatchEntries, SnapshotEvery = setting.SnapshotEvery },
            wiring: setting.Wiring);
        var stormy = setting.StormGrows is not null;
        Town = stormy ? Town.Houses(setting.Seed, setting.Devices, Clock.Now) : Town.Create(setting.Seed, setting.Devices, Clock.Now);
        Extra = new ExtraRules(setting.Seed, Town.Start);
        var options = FleetOptions.Demo with { Disturbances = setting.Disturbances, TelemetryInterval = stormy ? TimeSpan.FromSeconds(4) : FleetOptions.Demo.TelemetryInterval };
        Plan = setting.StormGrows is { } grows ? InjectionPlan.Storm(Town, grows) : InjectionPlan.Random(Town, options, setting.Seed, setting.Duration);
        Fleet = new Fleet(Town, options, Plan);
        if (setting.Rough)
        {
            clocks = new ClockTroubles(Fleet, setting.Seed, Town.Start + setting.Duration);
            Installation.Network.Troubles = new NetworkTroubles(Fleet, Clock, setting.Seed, setting.Duration);
        }
        People = new Townspeople(this);
        if (setting.Mqtt)
            Installation.Network.Mqtt = new VirtualMqtt(Clock, Town, setting.Seed, Installation.Network.Troubles);
        runner = new FleetRunner(Fleet, Installation.Network, Clock, new LinkOptions { BackOffMost = setting.BackOffMost });
    }

    /// <summary>How long after its cause is gone a fault may still be raised.</summary>
    internal static TimeSpan ReportGrace { get; } = TimeSpan.FromSeconds(25);

    /// <summary>So often the medians of fleets are told.</summary>
    internal static TimeSpan MediansEvery { get; } = TimeSpan.FromMinutes(1);

    public TownSetting Setting { get; }

    public VirtualClock Clock { get; }

    public VirtualInstallation Installation { get; }

    public VirtualPhones Phones { get; }

    public Town Town { get; }

    public InjectionPlan Plan { get; }

    public Fleet Fleet { get; }

    /// <summary>The rules beside the town's.</summary>
    internal ExtraRules Extra { get; }

    /// <summary>Those who use B2D in it.</summary>
    internal Townspeople People { get; }

    /// <summary>Called after every step; a test kills and restarts roles here.</summary>
    public Action<VirtualTown>? AfterStep { get; set; }

    /// <summary>Starts the roles, registers the town and puts its rules into force.</summary>
    public void Prepare()
    {
        Installation.Start();
        Register();
        OfferRules();
        Installation.Pump();
    }

    /// <summary>Imports the town's customers and devices.</summary>
    public void Register()
    {
        Require(Installation.Imports.Customers(ImportFiles.Customers(Town), "test"));
        Require(Installation.Imports.Devices(ImportFiles.Devices(Town), "test", SecretHashing.Sha256));
    }

    /// <summary>Puts the town's rules into force, in some towns at once with those beside them.</summary>
    public void OfferRules() => OfferRules(Clock.Now);

    /// <summary>Puts those rules into force that are at an instant.</summary>
    internal void OfferRules(DateTimeOffset now)
    {
        var stormy = Setting.StormGrows is not null;
        RuleFile town = stormy ? new("storm.yaml", StormRules.Value) : new("town.yaml", TownRules.Value);
        if (!Installation.Offer(!stormy && Extra.From <= now ? [town, new RuleFile("extra.yaml", Extra.Yaml)] : [town]))
            throw new InvalidOperationException("the town's rules have errors: " + string.Join("; ", Installation.Worker.Activation.Problems));
    }

    /// <summary>Lives through the troubles, then on until nothing is on its way any more. False where it does not come to rest in time.</summary>
    public bool Run()
    {
        RunUntil(Town.Start + Setting.Duration);
        var latest = Clock.Now + Setting.Drain;
        while (Clock.Now < latest)
        {
            RunUntil(Clock.Now + TimeSpan.FromSeconds(1));
            if (Installation.IsQuiet() && !IsMending())
                return true;
        }
        return false;
    }

    /// <summary>Lives until an instant.</summary>
    public void RunUntil(DateTimeOffset until)
    {
        while (Clock.Now < until)
        {
            Clock.AdvanceTo(Clock.Now + Setting.Step);
            clocks?.Step(Clock.Now);
            runner.Step(Clock.Now);
            Installation.Network.Step();
            People.Step();
            Installation.Pump(worker: ++steps % Setting.WorkerEvery == 0);
            AfterStep?.Invoke(this);
        }
        Installation.Pump();
    }

    /// <summary>Looks for the first and the last time at what came too late.</summary>
    public void LookBack()
    {
        var state = Installation.Stores.State;
        for (var turns = 0; turns < 1000 && (turns < 2 || state.Read(LateStore.Count) > 0); turns++)
            Installation.Worker.BackDating.Pump(ServerTime.From(Clock.Now + Later));
    }

    /// <summary>What happened compared with what was injected, by the same eyes as the demo's. A repeat with the same id is one message, as it is to a receiver who looks at the id.</summary>
    public DemoReport Report() =>
        new ReportWriter(Installation.Stores, Fleet.Truth, [.. Phones.Received.DistinctBy(p => p.Id)], new Dictionary<long, long>(), ReportGrace, judgedElsewhere: Extra.Names).Write();

    public void Dispose()
    {
        // Nothing is awaited that does not complete at once: the connections only let go of their links.
        runner.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Installation.Dispose();
    }

    /// <summary>True while a device was told to do something of which nobody knows yet whether it helped: what is raised when work is over is raised late, and a verdict
    /// waits for as long as the gateway is down.</summary>
    private bool IsMending() => Installation.Stores.State.Read(db => CommandStore.List(db, new CommandFilter { Limit = Page.MaxRows }))
        .Any(c => c.State is "Queued" or "Sent" or "Delivered" or "Answered");

    private static string Carried(string rules)
    {
        using var reader = new StreamReader(typeof(DemoReport).Assembly.GetManifestResourceStream(rules)!);
        return reader.ReadToEnd();
    }

    private static void Require(Host.ImportResult result)
    {
        if (result.Problems.Count > 0)
            throw new InvalidOperationException("the town's import has errors: " + string.Join("; ", result.Problems.Take(5)));
    }

    /// <summary>An address that refuses for good does so from the first time on.</summary>
    private ChannelMood MoodOf(ProactiveWorker.Notices.Outgoing notice)
    {
        if (!refusing.TryGetValue(notice.Customer, out var refuses))
            refusing.Add(notice.Customer, refuses = channelDice.NextDouble() < Setting.DeadPhones);
        if (refuses)
            return ChannelMood.RefusesForGood;
        // Of many towns there is one in which chance would refuse for hours; a channel that is out of order is mended some time.
        return Clock.Now < Town.Start + Setting.Duration + (Setting.Drain / 4) ? Setting.Mood(channelDice) : ChannelMood.Delivers;
    }
}
