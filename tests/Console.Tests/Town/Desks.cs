using B2D.Core;
using B2D.Core.Alarms;
using B2D.Core.Rules;
using B2D.Storage;
using B2D.Storage.Notices;
using B2D.Storage.Remedies;

namespace B2D.Console.Tests.Town;

/// <summary>What the console asks of the program around it, as far as its tests need it. Cases, outages, faults and dues are worked on at the worker's own desks.</summary>
public sealed class Desks(Stores stores, TimeProvider time) : ICommandDesk, IStopSwitch, IImports, INoticeWords
{
    private int commands;

    /// <summary>The last CSV that was imported.</summary>
    public string Imported { get; private set; } = "";

    public StopState State { get; private set; } = StopState.Running;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public CommandOutcome Send(string device, string name, string argsJson, string who) => stores.State.Write(db =>
    {
        if (name == "explode")
            return new CommandOutcome("", "this device knows no such command");
        var id = $"cmd-{++commands}";
        CommandStore.Put(db, new CommandRow { Id = id, Device = device, Name = name, Args = argsJson, RequestedBy = who, CreatedAt = Now, ExpiresAt = Now
            + 60_000 });
        return new CommandOutcome(id, "");
    });

    public void Stop(string who, string reason) => State = new StopState(true, new ServerTime(Now), who, reason);

    public void Resume(string who) => State = StopState.Running;

    public ImportOutcome Customers(string csv, string who) => Import(csv);

    public ImportOutcome Devices(string csv, string who) => Import(csv);

    public NoticeWords? Of(string noticeId) => stores.State.Read(db => NoticeStore.Find(db, noticeId)) is not { } row ? null : row.Status switch
    {
        "opened" => new NoticeWords("Internet in Bonfim", "Acme: Internet in Bonfim, Porto, has not worked since 13:48. Phone and mobile do. "
            + "We know; you need not report it. Next update by 15:00. Ref 1."),
        "all-clear" => new NoticeWords("It works again", "Acme: Internet in your street works again after 42 min. Still broken? Answer NO. Ref 2."),
        "due" => new NoticeWords("Water filter",
            "Your coffee machine has used 92 % of its water filter. It lasts until about 28 November. Reply ORDER and we send one."),
        _ => new NoticeWords("", "Your heat pump reported a blocked pump at 13:58. "
            + "We tried a restart; it did not help, so a technician is needed. We will call you to agree on a time."),
    };

    private ImportOutcome Import(string csv)
    {
        Imported = csv;
        var lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var bad = lines.Index().Where(l => l.Item.Contains("bad", StringComparison.Ordinal)).Select(l => new BadRow(l.Index + 1, "the row is bad")).ToList();
        return new ImportOutcome(bad.Count > 0 ? 0 : lines.Length - 1, bad);
    }
}

/// <summary>Test sends as the program has them.</summary>
internal sealed class TownTests(B2D.ProactiveWorker.Notices.TestNotices tests) : ITestNotices
{
    public Task<string> SendAsync(B2D.Core.Notices.TemplateTrial trial, string address, string who, CancellationToken cancellation) => tests.SendAsync(trial, address, who, cancellation);
}

/// <summary>Health as a test sets it.</summary>
public sealed class TownHealth : IHealth
{
    public IReadOnlyList<NotReady> NotReady { get; set; } = [];

    public IReadOnlyList<OwnAlarm> Alarms { get; set; } = [];

    public TimeSpan Lag { get; set; } = TimeSpan.FromMilliseconds(120);

    public IReadOnlyList<Measure> Measures { get; } =
        [new("b2d_readings_total", "Readings stored.", MeasureKind.Counter, 1234, []),
            new("b2d_queue", "Waiting, by \"queue\".", MeasureKind.Gauge, 2.5, [new("name", "a\"b")])];
}

/// <summary>Rules as a test sets them.</summary>
public sealed class TownRules : IRuleView
{
    public RuleSet Current { get; set; } = RuleSet.Empty;

    public ServerTime ActivatedAt { get; set; }

    public IReadOnlyList<RuleProblem> Problems { get; set; } = [];
}

/// <summary>Rule files in memory.</summary>
public sealed class TownRuleFiles : IRuleFiles
{
    private int version = 1;
    private IReadOnlyList<RuleFile> files = [];

    public string Closed { get; set; } = "";

    public string Writer { get; private set; } = "";

    public IReadOnlyList<RuleFile> Files
    {
        get => files;
        set => (files, version) = (value, version + 1);
    }

    public RuleFilesState Read() => new(files, $"v{version}");

    public ActOutcome Write(IReadOnlyList<RuleFile> files, string version, string who)
    {
        if (version != Read().Version)
            return new ActOutcome.Conflict(0, "Somebody changed the rule files meanwhile");
        if (RuleSetReader.Read(files).Set is null)
            return new ActOutcome.Rejected("There is an error");
        (Files, Writer) = (files, who);
        return new ActOutcome.Done(0);
    }
}

/// <summary>A demo with stories as a test sets them.</summary>
public sealed class TownDemo : IDemo
{
    public List<DemoButton> Pressed { get; } = [];

    public IReadOnlyList<DemoStory> Stories { get; set; } = [];

    public long Revision { get; set; }

    public string Press(DemoButton button)
    {
        Pressed.Add(button);
        Revision++;
        return "The cabinet in Bonfim is cut: five routers go silent now.";
    }
}
