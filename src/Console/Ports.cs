using B2D.Core;
using B2D.Core.Alarms;
using B2D.Core.Rules;

namespace B2D.Console;

/// <summary>What came of a person's act.</summary>
public abstract record ActOutcome
{
    private ActOutcome() { }

    /// <summary>Done; <paramref name="Version"/> is the row's new version, 0 where it has none.</summary>
    public sealed record Done(int Version) : ActOutcome;

    /// <summary>Somebody changed it first; nothing was done. <paramref name="Version"/> is the present one.</summary>
    public sealed record Conflict(int Version, string What) : ActOutcome;

    /// <summary>The act is not possible as things are; <paramref name="Reason"/> is a sentence for people.</summary>
    public sealed record Rejected(string Reason) : ActOutcome;

    /// <summary>There is no such thing.</summary>
    public sealed record Unknown : ActOutcome;
}

/// <summary>What a person does to a case.</summary>
public abstract record CaseAct
{
    private CaseAct() { }

    /// <summary>The actor takes it.</summary>
    public sealed record Take : CaseAct;

    /// <summary>Gives it to <paramref name="To"/>, a user's name.</summary>
    public sealed record Assign(string To) : CaseAct;

    /// <summary>Adds a step before the one that is now at <paramref name="Position"/> (from 0); beyond the end: last.</summary>
    public sealed record AddStep(string Text, int Position) : CaseAct;

    /// <summary>Ticks a step off.</summary>
    public sealed record CompleteStep(long StepId) : CaseAct;

    /// <summary>Leaves a step out.</summary>
    public sealed record SkipStep(long StepId) : CaseAct;

    /// <summary>Moves a step to <paramref name="Position"/> (from 0).</summary>
    public sealed record MoveStep(long StepId, int Position) : CaseAct;

    /// <summary>Pauses the clock until <paramref name="Until"/> because of <paramref name="For"/> (part, customer, visit).</summary>
    public sealed record Wait(string For, ServerTime Until) : CaseAct;

    /// <summary>Ends a wait.</summary>
    public sealed record Resume : CaseAct;

    /// <summary>Adds words to the timeline.</summary>
    public sealed record Note(string Text) : CaseAct;

    /// <summary>The work is done.</summary>
    public sealed record Resolve : CaseAct;

    /// <summary>It was not done after all.</summary>
    public sealed record Reopen : CaseAct;

    /// <summary>Final, with the reason (<see cref="Cases.Dispositions"/>).</summary>
    public sealed record Close(string Disposition) : CaseAct;

    /// <summary>Passes it on with what is done, what is open and what was promised to the customer.</summary>
    public sealed record HandOff(string To, string Finished, string Open, string Promised) : CaseAct;
}

/// <summary>Where a case is worked on.</summary>
public interface ICaseDesk
{
    /// <summary>Does it as <paramref name="who"/>, unless the case is no longer at <paramref name="version"/>.</summary>
    ActOutcome Act(long caseId, int version, CaseAct act, string who);
}

/// <summary>States of an outage that a person can put it in.</summary>
public enum OutageState { Investigating, Identified, Monitoring, Resolved }

/// <summary>What a person does to an outage.</summary>
public abstract record OutageAct
{
    private OutageAct() { }

    /// <summary>Says the cause; people alone assert it.</summary>
    public sealed record SetCause(string Cause) : OutageAct;

    /// <summary>What customers can do meanwhile; empty takes it back.</summary>
    public sealed record SetWorkaround(string Text) : OutageAct;

    /// <summary>When it should be over, as a window.</summary>
    public sealed record SetEstimate(ServerTime From, ServerTime Until) : OutageAct;

    /// <summary>The time of the next word to customers.</summary>
    public sealed record SetNextUpdate(ServerTime At) : OutageAct;

    /// <summary>Puts it in a state against what telemetry says.</summary>
    public sealed record Override(OutageState State) : OutageAct;

    /// <summary>Lets the notices go that wait for a person.</summary>
    public sealed record ReleaseGuard : OutageAct;
}

/// <summary>Where an outage is worked on.</summary>
public interface IOutageDesk
{
    /// <summary>Does it as <paramref name="who"/>, unless the outage is no longer at <paramref name="version"/>.</summary>
    ActOutcome Act(long outageId, int version, OutageAct act, string who);
}

/// <summary>What a person does to a fault.</summary>
public abstract record FaultAct
{
    private FaultAct() { }

    /// <summary>A person has seen it.</summary>
    public sealed record Acknowledge : FaultAct;

    /// <summary>Silences it until <paramref name="Until"/>.</summary>
    public sealed record Shelve(ServerTime Until, string Reason) : FaultAct;

    /// <summary>Ends the silence.</summary>
    public sealed record Unshelve : FaultAct;

    /// <summary>The device is being worked on; its fault under this rule counts for nothing.</summary>
    public sealed record OutOfService : FaultAct;

    /// <summary>It counts again.</summary>
    public sealed record InService : FaultAct;
}

/// <summary>Where faults are acknowledged and silenced.</summary>
public interface IFaultDesk
{
    /// <summary>Does it as <paramref name="who"/>.</summary>
    ActOutcome Act(long faultId, FaultAct act, string who);
}

/// <summary>What came of asking for a command.</summary>
/// <param name="Id">The command's id; empty where it was refused.</param>
/// <param name="Problem">Why it was refused; empty where it was not.</param>
public sealed record CommandOutcome(string Id, string Problem);

/// <summary>Where commands to devices are asked for.</summary>
public interface ICommandDesk
{
    /// <summary>Queues a command; <paramref name="argsJson"/> is a JSON object, already checked to be one.</summary>
    CommandOutcome Send(string device, string name, string argsJson, string who);
}

/// <summary>Where dues are marked done.</summary>
public interface IDueDesk
{
    ActOutcome MarkDone(long dueId, string who);
}

/// <summary>Whether all notices and remedies are stopped, since when, by whom and why.</summary>
public sealed record StopState(bool Stopped, ServerTime Since, string Who, string Reason)
{
    /// <summary>Everything runs.</summary>
    public static readonly StopState Running = new(false, ServerTime.Zero, "", "");
}

/// <summary>The one switch for all notices and remedies.</summary>
public interface IStopSwitch
{
    StopState State { get; }

    void Stop(string who, string reason);

    void Resume(string who);
}

/// <summary>One row that an import refused. Lines count from 1; the heading is line 1 of a CSV file.</summary>
public sealed record BadRow(int Line, string Problem);

/// <summary>What came of an import; where a row is bad, nothing of the file was applied.</summary>
public sealed record ImportOutcome(int Applied, IReadOnlyList<BadRow> Bad);

/// <summary>Imports of customers and devices as CSV text with a heading (RFC 4180).</summary>
public interface IImports
{
    ImportOutcome Customers(string csv, string who);

    ImportOutcome Devices(string csv, string who);
}

/// <summary>A backup that is being made, or the last one since the start.</summary>
/// <param name="File">The database that is being copied.</param>
/// <param name="Problem">Why it came to nothing; empty where it did not.</param>
public sealed record BackupState(string Folder, bool Running, string File, long Bytes, long Of, string Problem, ServerTime Since);

/// <summary>Where backups are made; absent where the data is not in files.</summary>
public interface IBackups
{
    /// <summary>Null: none since the start.</summary>
    BackupState? Latest { get; }

    /// <summary>Begins one into a folder of this machine; one at a time.</summary>
    ActOutcome Start(string folder, string who);

    /// <summary>Calls off the one that is being made.</summary>
    void Cancel();
}

/// <summary>A fault that a back-test found, on the recording's clock.</summary>
/// <param name="ClearedAt">Zero where it was there at the end.</param>
/// <param name="Values">The readings that it was raised with, <c>temp_c 96.5</c>.</param>
public sealed record BacktestFinding(string Device, ServerTime RaisedAt, ServerTime ClearedAt, string Values);

/// <summary>What a rule would have done with what is stored.</summary>
/// <param name="From">The first instant of all.</param>
/// <param name="Until">The last.</param>
/// <param name="Readings">Readings and codes that were evaluated.</param>
/// <param name="Devices">Devices that the rule applies to and of which anything is stored.</param>
/// <param name="Faulty">Those of them on which it was raised.</param>
/// <param name="DuplicatesAvoided">Faults that joined or reopened a case.</param>
/// <param name="Found">In order of being raised; the first <see cref="MostFound"/>.</param>
public sealed record BacktestOutcome(
    ServerTime From, ServerTime Until, long Readings, long Devices, long Faulty, long Faults, long Cases, long DuplicatesAvoided, IReadOnlyList<BacktestFinding> Found)
{
    /// <summary>Most faults that are kept to be shown.</summary>
    public const int MostFound = 2000;

    /// <summary>Cases in a year on each device that anything is stored of, at this rate; null where what is stored is shorter than an hour.</summary>
    public double? CasesPerDeviceYear => Devices > 0 && Until - From >= TimeSpan.FromHours(1) ? Cases / (Devices * (Until - From).TotalDays / 365.25) : null;
}

/// <summary>A back-test of one rule.</summary>
/// <param name="Version">The rule's version.</param>
/// <param name="Days">So many days back from when it began.</param>
/// <param name="Done">Share that is done, 0 to 1.</param>
/// <param name="Problem">Why it came to nothing; empty where it did not.</param>
/// <param name="Outcome">Null until it is done.</param>
public sealed record BacktestState(string Rule, string Version, int Days, bool Running, double Done, string Problem, ServerTime Since, TimeSpan Took, BacktestOutcome? Outcome);

/// <summary>Where rules are tried on what is stored; absent where this program stores nothing.</summary>
public interface IBacktests
{
    /// <summary>Longest time back, in days.</summary>
    const int MostDays = 366;

    /// <summary>Goes up with everything that changes.</summary>
    long Revision { get; }

    /// <summary>The one of a rule that runs, or its last since the start; null for none.</summary>
    BacktestState? Of(string rule);

    /// <summary>Begins one over the last <paramref name="days"/> (1 to <see cref="MostDays"/>); one at a time.</summary>
    ActOutcome Start(FaultRule rule, int days, string who);

    /// <summary>Calls off the one that runs.</summary>
    void Cancel();
}

/// <summary>Kinds of numbers in the Prometheus text format.</summary>
public enum MeasureKind { Counter, Gauge }

/// <summary>One number of the program about itself.</summary>
/// <param name="Name">Prometheus name, <c>b2d_readings_total</c>.</param>
/// <param name="Labels">Name and value; may be empty.</param>
public sealed record Measure(string Name, string Help, MeasureKind Kind, double Value, IReadOnlyList<KeyValuePair<string, string>> Labels);

/// <summary>Where fleets are made and their devices let in.</summary>
public interface IEnrolmentDesk
{
    /// <summary>Makes a group; its key in base64, this once. Null where there is one of that name, or as many as there may be.</summary>
    string? CreateGroup(string name, string model, Core.Devices.Segment segment, bool approve, string who);

    /// <summary>Takes a group away.</summary>
    ActOutcome RemoveGroup(string name, string who);

    /// <summary>Approves or rejects a device that waits.</summary>
    ActOutcome Decide(long id, bool approve, string who);
}

/// <summary>One part of the program that is not ready, in words.</summary>
public sealed record NotReady(string Part, string Reason);

/// <summary>How the program itself is.</summary>
public interface IHealth
{
    /// <summary>Nothing where everything is ready.</summary>
    IReadOnlyList<NotReady> NotReady { get; }

    /// <summary>Alarms of B2D's own that last, the worst first; known also while the database cannot be written.</summary>
    IReadOnlyList<OwnAlarm> Alarms { get; }

    /// <summary>How far evaluation is behind arrival.</summary>
    TimeSpan Lag { get; }

    IReadOnlyList<Measure> Measures { get; }
}

/// <summary>The rules in force, and what was wrong with the last attempt to change them.</summary>
public interface IRuleView
{
    RuleSet Current { get; }

    ServerTime ActivatedAt { get; }

    /// <summary>Of the last reload; where it holds an error, <see cref="Current"/> is an older set that stays in force.</summary>
    IReadOnlyList<RuleProblem> Problems { get; }
}

/// <summary>The buttons of the guided demo.</summary>
public enum DemoButton { CutCabinet, BlockPump, RunFilterOut, Repair }

/// <summary>One line with its time.</summary>
public sealed record DemoLine(ServerTime At, string Text);

/// <summary>What was decided and why.</summary>
public sealed record DemoDecision(ServerTime At, string Text, string Rule, string Reason);

/// <summary>What the story led to: the path of its page (<c>/cases/12</c>), its name and one sentence.</summary>
public sealed record DemoLink(string Path, string Name, string Sentence);

/// <summary>A message on a customer's phone.</summary>
public sealed record DemoMessage(ServerTime At, string To, string Channel, string Text);

/// <summary>One thing that happened in the demo town, told side by side.</summary>
/// <param name="Id">Unique; the story is updated under the same id.</param>
/// <param name="Settled">Nothing more is expected to happen.</param>
public sealed record DemoStory(
    string Id, string Title, ServerTime At, bool Settled, IReadOnlyList<DemoLine> Sent, IReadOnlyList<DemoDecision> Decided,
    IReadOnlyList<DemoLink> Led, IReadOnlyList<DemoMessage> Phone);

/// <summary>The guided demo; absent outside of it.</summary>
public interface IDemo
{
    /// <summary>Makes it happen; the answer is one sentence about what was done.</summary>
    string Press(DemoButton button);

    /// <summary>Latest first.</summary>
    IReadOnlyList<DemoStory> Stories { get; }

    /// <summary>Rises whenever a story changes.</summary>
    long Revision { get; }
}

/// <summary>The words of a notice as they went, or will go, to the customer.</summary>
/// <param name="Title">Subject line; empty on channels without one.</param>
public sealed record NoticeWords(string Title, string Text);

/// <summary>Renders the ledger's facts with their template again; absent where the worker runs elsewhere.</summary>
public interface INoticeWords
{
    /// <summary>The words of a notice; null where it is not known or its template is gone.</summary>
    NoticeWords? Of(string noticeId);
}
