using B2D.Core;
using B2D.Core.Alarms;
using B2D.Core.Rules;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using B2D.Storage.Remedies;

namespace B2D.Console.Tests.Town;

/// <summary>Desks over the real stores, with as much behaviour as the console's tests need: versions, timeline, audit.</summary>
public sealed class Desks(Stores stores, TimeProvider time) : ICaseDesk, IOutageDesk, IFaultDesk, ICommandDesk, IDueDesk, IStopSwitch, IImports, INoticeWords
{
    private readonly Lock turn = new();
    private int commands;

    /// <summary>Every act that reached a desk, for tests to look at.</summary>
    public List<object> Acts { get; } = [];

    /// <summary>The last CSV that was imported.</summary>
    public string Imported { get; private set; } = "";

    public StopState State { get; private set; } = StopState.Running;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public ActOutcome Act(long caseId, int version, CaseAct act, string who) => stores.State.Write<ActOutcome>(db =>
    {
        Acts.Add(act);
        if (CaseStore.Find(db, caseId) is not { } row)
            return new ActOutcome.Unknown();
        if (row.Version != version)
            return new ActOutcome.Conflict((int)row.Version, $"{row.Assignee} changed this case meanwhile.");
        if (row.State == "Closed")
            return new ActOutcome.Rejected("a closed case stays closed");
        CaseStore.Update(db, Changed(db, row, act, who));
        Tell(db, $"case:{caseId}", act.GetType().Name, act is CaseAct.Note note ? note.Text : act.GetType().Name, who);
        return new ActOutcome.Done(version + 1);
    });

    public ActOutcome Act(long outageId, int version, OutageAct act, string who) => stores.State.Write<ActOutcome>(db =>
    {
        Acts.Add(act);
        if (OutageStore.Find(db, outageId) is not { } row)
            return new ActOutcome.Unknown();
        if (row.Version != version)
            return new ActOutcome.Conflict((int)row.Version, "somebody changed this outage meanwhile");
        OutageStore.Update(db, act switch
        {
            OutageAct.SetCause cause => row with { Cause = cause.Cause },
            OutageAct.SetWorkaround around => row with { Workaround = around.Text },
            OutageAct.SetEstimate estimate => row with { EstimateFrom = estimate.From.EpochMs, EstimateUntil = estimate.Until.EpochMs },
            OutageAct.SetNextUpdate next => row with { NextUpdateAt = next.At.EpochMs },
            OutageAct.Override state => row with { State = state.State.ToString() },
            _ => row with { Guard = false },
        });
        Tell(db, $"outage:{outageId}", act.GetType().Name, act.GetType().Name, who);
        return new ActOutcome.Done(version + 1);
    });

    public ActOutcome Act(long faultId, FaultAct act, string who) => stores.State.Write<ActOutcome>(db =>
    {
        Acts.Add(act);
        if (FaultStore.Find(db, faultId) is not { } row)
            return new ActOutcome.Unknown();
        if (act is FaultAct.Acknowledge)
            FaultStore.Acknowledge(db, row.Device, row.Rule, who, Now);
        if (act is FaultAct.Shelve shelve)
            FaultStore.Shelve(db, row.Device, row.Rule, who, shelve.Until.EpochMs, shelve.Reason);
        return new ActOutcome.Done(0);
    });

    public CommandOutcome Send(string device, string name, string argsJson, string who) => stores.State.Write(db =>
    {
        if (name == "explode")
            return new CommandOutcome("", "this device knows no such command");
        var id = $"cmd-{++commands}";
        CommandStore.Put(db, new CommandRow { Id = id, Device = device, Name = name, Args = argsJson, RequestedBy = who, CreatedAt = Now, ExpiresAt = Now
            + 60_000 });
        return new CommandOutcome(id, "");
    });

    public ActOutcome MarkDone(long dueId, string who) => stores.State.Write<ActOutcome>(db =>
    {
        if (DueStore.Find(db, dueId) is not { } row)
            return new ActOutcome.Unknown();
        DueStore.Update(db, row with { State = "Done", DoneAt = Now, DoneBy = who });
        return new ActOutcome.Done(0);
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

    private CaseRow Changed(Db db, CaseRow row, CaseAct act, string who)
    {
        switch (act)
        {
            case CaseAct.AddStep step:
                StepStore.Add(db, new StepRow { CaseId = row.Id, Position = step.Position, Text = step.Text, AddedBy = who });
                return row;
            case CaseAct.CompleteStep step:
                StepStore.SetState(db, step.StepId, "Done", who, Now);
                return row;
            case CaseAct.SkipStep step:
                StepStore.SetState(db, step.StepId, "Skipped", who, Now);
                return row;
            case CaseAct.MoveStep move:
                var ids = StepStore.List(db, row.Id).Select(s => s.Id).Where(i => i != move.StepId).ToList();
                ids.Insert(Math.Clamp(move.Position, 0, ids.Count), move.StepId);
                StepStore.Reorder(db, row.Id, ids);
                return row;
            default:
                return Moved(row, act, who);
        }
    }

    private CaseRow Moved(CaseRow row, CaseAct act, string who) => act switch
    {
        CaseAct.Take => row with { Assignee = who, State = "Working" },
        CaseAct.Assign assign => row with { Assignee = assign.To },
        CaseAct.Wait wait => row with { State = "Waiting", WaitingFor = wait.For, WaitingUntil = wait.Until.EpochMs },
        CaseAct.Resume => row with { State = "Working", WaitingFor = "", WaitingUntil = 0 },
        CaseAct.Resolve => row with { State = "Resolved", ResolvedAt = Now, ResolvedBy = who },
        CaseAct.Reopen => row with { State = "Working", ResolvedAt = 0, Reopened = row.Reopened + 1 },
        CaseAct.Close close => row with { State = "Closed", ClosedAt = Now, Disposition = close.Disposition },
        CaseAct.HandOff off => row with { Assignee = off.To },
        _ => row,
    };

    private void Tell(Db db, string subject, string kind, string text, string who)
    {
        lock (turn)
        {
            TimelineStore.Add(db, new TimelineRow { Subject = subject, At = Now, Kind = kind, Text = text, Who = who });
            AuditStore.Append(db, Now, who, kind, subject);
        }
    }
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
