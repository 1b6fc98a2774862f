using B2D.Bus;
using B2D.Core;
using B2D.Core.Maintenance;
using B2D.Core.Outages;
using B2D.ProactiveWorker.Calendar;
using B2D.ProactiveWorker.Cases;
using B2D.ProactiveWorker.Contacts;
using B2D.ProactiveWorker.Customers;
using B2D.ProactiveWorker.Defects;
using B2D.ProactiveWorker.Dues;
using B2D.ProactiveWorker.Faults;
using B2D.ProactiveWorker.Links;
using B2D.ProactiveWorker.Maintenance;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Outages;
using B2D.ProactiveWorker.Remedies;
using B2D.ProactiveWorker.Rules;
using B2D.ProactiveWorker.Search;
using B2D.ProactiveWorker.Subscriptions;
using B2D.ProactiveWorker.Telemetry;
using B2D.ProactiveWorker.Webhooks;
using B2D.Storage;
using B2D.Storage.Devices;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace B2D.ProactiveWorker;

/// <summary>The worker put together: its loops, which the host pumps, and its desks, which the console uses. It owns no thread.</summary>
public sealed class Worker
{
    private readonly TimeProvider time;
    private readonly Stores stores;

    /// <param name="threads">On which lanes are evaluated; null for the caller's alone.</param>
    /// <param name="poster">How other systems are told; null: they are not.</param>
    /// <param name="seal">Keeps their secrets; null: one that nobody keeps.</param>
    public Worker(Stores stores, EntryQueue entries, CommandQueue commands, WorkerOptions options, NoticeOptions notices, IReadOnlyList<INoticeChannel> channels, TimeProvider time, ILoggerFactory loggers,
        ILaneThreads? threads = null, IWebhookPoster? poster = null, SecretSeal? seal = null)
    {
        (this.time, this.stores) = (time, stores);
        Rules = new RuleBook(stores.State);
        Templates = new Templates(notices);
        var ledger = new Ledger(notices, Templates);
        Links = new CustomerLinks(notices);
        var planner = new NoticePlanner(ledger, Rules, options, Links);
        var timing = new CaseTiming(Rules, options, new CaseEnds(Links, notices));
        var opener = new CaseOpener(planner, timing);
        var recorder = new EffectRecorder(opener, new RemedyRecorder(), new DueRecorder(planner), options);
        Activation = new RuleActivation(stores.State, Rules, entries, time, loggers.CreateLogger<RuleActivation>());
        Lanes = new LaneLoop(stores, Rules, recorder, options, threads ?? new CallersThread(), time, loggers.CreateLogger<LaneLoop>());
        var cadence = new UpdateCadence(options.UpdateEvery, DateTimeZoneProviders.Tzdb[notices.TimeZone]);
        var terms = ReviewTerms.Of(options, notices.TimeZone);
        Outages = new OutageLoop(stores.State, Rules, opener, cadence, terms, options, time, loggers.CreateLogger<OutageLoop>());
        Parents = new ParentWatch(stores.State, Rules, opener, options);
        Defects = new DefectLoop(stores.State, Rules, options, loggers.CreateLogger<DefectLoop>());
        Medians = new FleetMedianLoop(stores, Rules, entries, options, loggers.CreateLogger<FleetMedianLoop>());
        BackDating = new BackDatedLoop(stores, Rules, options, loggers.CreateLogger<BackDatedLoop>());
        Maintenance = new MaintenanceLoop(stores, loggers.CreateLogger<MaintenanceLoop>());
        Commands = new CommandDispatch(stores.State, commands);
        Outbox = new OutboxLoop(stores.State, planner, Commands);
        Sender = new NoticeSender(stores.State, channels, ledger, planner, Templates, Links, notices, time, loggers.CreateLogger<NoticeSender>());
        CaseClock = new CaseClock(stores.State, timing, options.LateTo);
        CaseDesk = new CaseDesk(stores.State, timing, Rules, options, time);
        HandCaseDesk = new HandCaseDesk(stores.State, timing, Rules, time);
        ObjectionDesk = new CaseObjections(stores.State, time);
        GrantDesk = new GrantDesk(stores.State, time);
        CareDesk = new CareDesk(stores.State, time);
        CarerDesk = new CarerDesk(stores.State, time);
        LetterDesk = new LetterDesk(stores.State, time);
        PrivacyDesk = new PrivacyDesk(stores.State, time);
        StandardSteps = new StandardStepDesk(stores.State, time);
        ContactDesk = new ContactDesk(stores.State, timing, time);
        Search = new SearchLoop(stores.State);
        OutageDesk = new OutageDesk(stores.State, Outages, planner, cadence, time);
        OutagePreview = new OutagePreview(stores.State, planner, Templates, cadence);
        ReviewDesk = new ReviewDesk(stores.State, Rules, terms, time);
        FaultDesk = new FaultDesk(stores.State, entries, time);
        DueDesk = new DueDesk(stores.State, entries, time);
        InboundDesk = new InboundDesk(stores.State, ledger, new UnsubscribeLinks(notices.Links), ContactDesk, time);
        TemplateDesk = new TemplateDesk(stores.State, Templates, notices, time);
        TestNotices = new TestNotices(stores.State, channels, TemplateDesk, time);
        BounceDesk = new BounceDesk(stores.State, ledger, time);
        Owners = new OwnerChangeLoop(stores.State);
        Planned = new PlannedLoop(stores.State, new PlannedWords(ledger, planner), new PlannedCadence(options.PlannedAhead, options.PlannedReminder, options.PlannedQuiet, cadence));
        PlannedPreview = new PlannedPreview(stores.State, new Templates(notices));
        Approvals = new ApprovalDesk(stores.State, planner, time);
        PhoneTasks = new PhoneTaskClock(stores.State);
        PhoneTaskDesk = new PhoneTaskDesk(stores.State, ledger, time);
        LinkDesk = new LinkDesk(stores.State, Links, timing, Rules, ledger, notices, time);
        SlotDesk = new SlotDesk(stores.State, time);
        SubscriptionDesk = new SubscriptionDesk(stores.State, Links, ledger, notices, time);
        Stop = new StopSwitch(stores.State);
        Promises = new PromiseClock(stores.State, cadence, options);
        seal ??= SecretSeal.InMemory();
        Webhooks = new WebhookLoop(stores.State, poster, seal, notices.Receivers, time, loggers.CreateLogger<WebhookLoop>());
        WebhookDesk = new WebhookDesk(stores.State, seal, time);
        Retention = new Retention(stores, options, notices.Receivers);
    }

    public RuleBook Rules { get; }

    public RuleActivation Activation { get; }

    public LaneLoop Lanes { get; }

    public OutageLoop Outages { get; }

    /// <summary>What customers will read of outages.</summary>
    public OutagePreview OutagePreview { get; }

    public ParentWatch Parents { get; }

    /// <summary>Looks for defects; pumped apart from the rest, because a look reads the whole registry.</summary>
    public DefectLoop Defects { get; }

    /// <summary>Tells the lanes the medians of models; pumped apart from the rest, because a look reads the whole registry.</summary>
    public FleetMedianLoop Medians { get; }

    /// <summary>Looks at what came too late; pumped apart from the rest, because a look reads a device's telemetry.</summary>
    public BackDatedLoop BackDating { get; }

    public MaintenanceLoop Maintenance { get; }

    /// <summary>Tells customers of planned work.</summary>
    public PlannedLoop Planned { get; }

    public PlannedPreview PlannedPreview { get; }

    public OutboxLoop Outbox { get; }

    public NoticeSender Sender { get; }

    public CommandDispatch Commands { get; }

    public CaseClock CaseClock { get; }

    public CaseDesk CaseDesk { get; }

    public HandCaseDesk HandCaseDesk { get; }

    public StandardStepDesk StandardSteps { get; }

    public CaseObjections ObjectionDesk { get; }

    public GrantDesk GrantDesk { get; }

    public CareDesk CareDesk { get; }

    public CarerDesk CarerDesk { get; }

    public LetterDesk LetterDesk { get; }

    public PrivacyDesk PrivacyDesk { get; }

    public OutageDesk OutageDesk { get; }

    public ReviewDesk ReviewDesk { get; }

    public ContactDesk ContactDesk { get; }

    /// <summary>Reads what customers and cases are found by.</summary>
    public SearchLoop Search { get; }

    public FaultDesk FaultDesk { get; }

    public DueDesk DueDesk { get; }

    public InboundDesk InboundDesk { get; }

    /// <summary>The texts of notices as they are live.</summary>
    public Templates Templates { get; }

    public TemplateDesk TemplateDesk { get; }

    public TestNotices TestNotices { get; }

    public BounceDesk BounceDesk { get; }

    /// <summary>Tells other systems; pumped apart from the rest, because it waits for them.</summary>
    public WebhookLoop Webhooks { get; }

    public WebhookDesk WebhookDesk { get; }

    public OwnerChangeLoop Owners { get; }

    public ApprovalDesk Approvals { get; }

    public PhoneTaskClock PhoneTasks { get; }

    public PhoneTaskDesk PhoneTaskDesk { get; }

    /// <summary>Makes the links that notices carry.</summary>
    public CustomerLinks Links { get; }

    public LinkDesk LinkDesk { get; }

    public SlotDesk SlotDesk { get; }

    public SubscriptionDesk SubscriptionDesk { get; }

    public StopSwitch Stop { get; }

    public PromiseClock Promises { get; }

    public Retention Retention { get; }

    private ServerTime Now => ServerTime.From(time.GetUtcNow());

    /// <summary>Restores all memory from the last commit; before the first pump.</summary>
    public void Start()
    {
        Rules.Refresh();
        Lanes.Start();
        Activation.Start(Lanes.RulesHash);
        Outages.Start();
        Commands.Start(Now);
    }

    /// <summary>One turn of writing telemetry to disk, on a thread of its own or between two turns of <see cref="Pump"/>; true where there is more to do at once.</summary>
    public bool Arrange() => stores.Telemetry.Arrange();

    /// <summary>One turn of back-dated passes. While the lanes are behind, after a restart or under load, what came last is not in the telemetry yet: it is looked at as of the
    /// time up to which they are.</summary>
    public bool LookBack()
    {
        var now = Now;
        return BackDating.Pump(stores.Log.LastOffset > Lanes.Position ? ServerTime.Min(now, Lanes.AppliedUntil) : now);
    }

    /// <summary>At an orderly stop, when nothing is pumped any more: everything in memory comes to disk.</summary>
    public void Finish() => Lanes.Finish();

    /// <summary>One turn of everything but the sending, the search for defects, the medians of models and back-dated passes; true where there may be more to do at once.</summary>
    public bool Pump()
    {
        var more = Lanes.Pump();
        var now = Now;
        more |= Maintenance.Pump(now);
        more |= Outages.Pump(now);
        more |= Parents.Pump(now);
        more |= Owners.Pump(now);
        more |= Planned.Pump(now);
        more |= Outbox.Pump(now);
        more |= CaseClock.Pump(now);
        more |= PhoneTasks.Pump(now);
        more |= Approvals.Pump(now);
        more |= Search.Pump(now, more);
        return more;
    }
}
