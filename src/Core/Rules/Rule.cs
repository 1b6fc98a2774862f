using System.Collections.Immutable;
using B2D.Core.Cases;
using B2D.Core.Telemetry;

namespace B2D.Core.Rules;

/// <summary>How serious a fault is, in rising order.</summary>
public enum Severity : byte { Low = 1, Medium = 2, High = 3, Critical = 4 }

/// <summary>Whether a fault endangers people; safety is never held back, never restarted away.</summary>
public enum FaultClass : byte { Ordinary = 0, Safety = 1 }

/// <summary>What happens to a pending hold or release when no reading came for longer than <see cref="FaultRule.MaxGap"/>.</summary>
public enum GapPolicy : byte { Reset = 0, Hold = 1, Unknown = 2 }

/// <summary>What makes a fault.</summary>
public enum FaultKind : byte { Condition = 1, Codes = 2, Silence = 3 }

/// <summary>n of the last m samples must agree.</summary>
public readonly record struct SampleQuota(int Needed, int Of);

/// <summary>Texts for people about a fault.</summary>
public sealed record Catalog(string Cause = "", string Consequence = "", string Response = "", string Customer = "", string SelfHelp = "");

/// <summary>What customers read of a rule in one language; an empty text falls back to the rule's own.</summary>
public sealed record RuleWords(string Title = "", string Customer = "", string SelfHelp = "", string StillWorks = "", string Warning = "");

/// <summary>One step of a severity ladder; the first whose condition is true gives the severity.</summary>
public sealed record SeverityStep(Severity Severity, Condition When);

/// <summary>A command to the device and the check in telemetry that it worked.</summary>
/// <param name="Command">The command's name, as the device knows it.</param>
/// <param name="Args">Arguments, sent as a JSON object.</param>
/// <param name="Verify">Must become true within <paramref name="Within"/>; null: the fault's own end is the check.</param>
/// <param name="Within">Time from the command's dispatch to the verdict; 1 s to 7 days.</param>
/// <param name="AtMost">Most tries per device within <paramref name="Per"/>; 1 to 100, default 3.</param>
/// <param name="Per">Default one day.</param>
public sealed record RemedyRule(string Command, ImmutableSortedDictionary<string, MetricValue> Args, Condition? Verify, TimeSpan Within, int AtMost, TimeSpan Per);

/// <summary>How a fault becomes a case.</summary>
/// <param name="Family">The problem family; at most one open case per device and family. Default the rule's id.</param>
/// <param name="Queue">The team's queue, default <c>service</c>.</param>
/// <param name="Priority">1 (most urgent) to 4; default 3.</param>
/// <param name="ReopenWithin">A resolved case is reopened by a recurrence within this time; default 24 h.</param>
/// <param name="ResolveAfter">A case whose faults stayed clear this long resolves by itself; default 30 min.</param>
public sealed record CasePolicy(string Family, string Queue, int Priority, TimeSpan ReopenWithin, TimeSpan ResolveAfter)
{
    /// <summary>What is promised of its cases; null: nothing.</summary>
    public CasePromises? Promises { get; init; }

    /// <summary>Whose devices get one; default everybody's.</summary>
    public CaseFor For { get; init; }
}

/// <summary>Whose faults of a rule need a person; of several one is enough.</summary>
[Flags]
public enum CaseFor : byte
{
    All = 0,

    /// <summary>The customer depends on the device.</summary>
    DependedOn = 1,

    /// <summary>A contract of the device or its owner stood when the fault began.</summary>
    Contract = 2,
}

/// <summary>Which message goes to whom.</summary>
/// <param name="Template">The template's name.</param>
/// <param name="HoldBack">How long to wait for the trouble to pass before telling; default 0.</param>
/// <param name="Reminders">How often to remind, 0 to 1 (dues only).</param>
public sealed record NoticePolicy(string Template, TimeSpan HoldBack, int Reminders);

/// <summary>A fault that comes and goes too often stays open until it is quiet.</summary>
/// <param name="Raises">So many raises, 2 to <see cref="MaxRaises"/>…</param>
/// <param name="Within">…of which the first and the last are at most so long apart by the server's clock; 1 min to 7 days.</param>
/// <param name="Quiet">Then it ends only after it was normal for so long without a break; 1 min to 7 days.</param>
/// <param name="MaxGap">What stands for <see cref="FaultRule.MaxGap"/> meanwhile; default the larger of that and twice <paramref name="Quiet"/>.</param>
public sealed record ChatterRule(int Raises, TimeSpan Within, TimeSpan Quiet, TimeSpan MaxGap)
{
    /// <summary>Most raises that are counted: a fault remembers each of them.</summary>
    public const int MaxRaises = 20;
}

/// <summary>What every rule has.</summary>
public abstract record Rule
{
    /// <summary>Unique name in the set: lower-case letters, digits and dashes, at most 64 characters.</summary>
    public required string Id { get; init; }

    /// <summary>For people; default the id.</summary>
    public required string Title { get; init; }

    /// <summary>The first 12 hex digits of the SHA-256 of the rule's own text, so that a case can name what opened it.</summary>
    public required string Version { get; init; }

    /// <summary>The rule as written, for pages and for the record.</summary>
    public required string Text { get; init; }

    /// <summary>File and line of the rule.</summary>
    public required string File { get; init; }

    public required int Line { get; init; }

    /// <summary>Which devices; null means all. Reads only <c>device.*</c>.</summary>
    public Condition? AppliesTo { get; init; }

    /// <summary>Default values of <c>params.*</c>, in slot order; a device overrides one by <c>rule-id.name</c>.</summary>
    public ImmutableArray<(string Name, MetricValue Default)> Params { get; init; } = [];

    /// <summary>What customers read in their language, by two-letter code; the rule's own texts stand for every other language.</summary>
    public ImmutableSortedDictionary<string, RuleWords> Words { get; init; } = ImmutableSortedDictionary<string, RuleWords>.Empty;

    /// <summary>A former id under which open faults continue; empty for none.</summary>
    public string Was { get; init; } = "";
}

/// <summary>When one device is abnormal, how serious it is and what to do.</summary>
public sealed record FaultRule : Rule
{
    /// <summary>Longest <see cref="Lateness"/>: 15 min.</summary>
    public static readonly TimeSpan MaxLateness = TimeSpan.FromMinutes(15);

    public required FaultKind Kind { get; init; }

    /// <summary>Kind Condition: raises while true.</summary>
    public Condition? Raise { get; init; }

    /// <summary>Kind Condition: clears while true; where not written, the raise condition being false.</summary>
    public Condition? Clear { get; init; }

    /// <summary>Kind Codes: any of them being set.</summary>
    public ImmutableArray<string> Codes { get; init; } = [];

    /// <summary>Kind Silence: no message of any kind for so long; 1 s to 366 days.</summary>
    public TimeSpan Silent { get; init; }

    /// <summary>Kind Silence: nothing counts so soon after the device was registered or the gateway came up. Default 0.</summary>
    public TimeSpan StartGrace { get; init; }

    /// <summary>On-delay in device time; default 0.</summary>
    public TimeSpan Hold { get; init; }

    /// <summary>Off-delay in device time; default 0.</summary>
    public TimeSpan Release { get; init; }

    /// <summary>Default 1 of 1.</summary>
    public SampleQuota RaiseSamples { get; init; } = new(1, 1);

    public SampleQuota ClearSamples { get; init; } = new(1, 1);

    /// <summary>The last value counts as still true for at most so long; default the larger of 10 min and twice the longer of hold and release.</summary>
    public TimeSpan MaxGap { get; init; }

    public GapPolicy AfterGap { get; init; }

    /// <summary>Kind Condition: it looks at messages so long after they came, so that those that overtook each other are evaluated in order of device time; 0 s to
    /// <see cref="MaxLateness"/>, default 0.</summary>
    public TimeSpan Lateness { get; init; }

    /// <summary>Clears a fault whose metrics or codes are no longer reported at all; null: never.</summary>
    public TimeSpan? Unseen { get; init; }

    /// <summary>Kind Codes: clears by itself after so long without the code being set again; null: never.</summary>
    public TimeSpan? AutoClear { get; init; }

    /// <summary>Ends only when a person has acknowledged it, too.</summary>
    public bool Latch { get; init; }

    /// <summary>What becomes of it where it comes and goes; null: it comes and goes.</summary>
    public ChatterRule? Chatter { get; init; }

    /// <summary>Hours in which it opens a case and people are told; null: always.</summary>
    public Hours? During { get; init; }

    /// <summary>Most severe first; used while the fault exists.</summary>
    public ImmutableArray<SeverityStep> Ladder { get; init; } = [];

    /// <summary>Where no step of the ladder is true; default Medium.</summary>
    public Severity BaseSeverity { get; init; } = Severity.Medium;

    public FaultClass Class { get; init; }

    public Catalog Catalog { get; init; } = new();

    public RemedyRule? Remedy { get; init; }

    /// <summary>Null: the fault is a line in a list, never a case by itself.</summary>
    public CasePolicy? Case { get; init; }

    public NoticePolicy? Notice { get; init; }

    /// <summary>What its owner has not while it lasts.</summary>
    public Disruption Disruption { get; init; } = Disruption.None;

    /// <summary>The fault waits for an outage's verdict before a case opens.</summary>
    public bool ExplainedByOutage { get; init; }

    /// <summary>While the device that it reports through is silent, that one's fault is told of, and this one is not.</summary>
    public bool ExplainedByParent { get; init; }

    /// <summary>Recorded and shown, opens and sends nothing.</summary>
    public bool Shadow { get; init; }

    /// <summary>Slots of every metric that raise, clear, ladder or verify read; kinds Codes and Silence: also those kept as evidence. In order of appearance.</summary>
    public ImmutableArray<int> MetricSlots { get; init; } = [];

    /// <summary>Slots of every window that raise, clear, ladder or verify look through.</summary>
    public ImmutableArray<int> WindowSlots { get; init; } = [];

    /// <summary>Fleet slots of every median that raise, clear, ladder or verify ask for.</summary>
    public ImmutableArray<int> FleetSlots { get; init; } = [];
}

/// <summary>Use has brought something near.</summary>
public sealed record DueRule : Rule
{
    /// <summary>Slot of the counter metric.</summary>
    public required int CounterSlot { get; init; }

    /// <summary>How much use until it is due, in <see cref="Unit"/>.</summary>
    public required double Every { get; init; }

    /// <summary>For people: litres, h, cycles.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Share of <see cref="Every"/> at which the owner is told, 0.01 to 1; default 0.9.</summary>
    public double TellAt { get; init; } = 0.9;

    /// <summary>Slot of the metric whose fall back marks it done; -1 for none.</summary>
    public int DoneByResetOfSlot { get; init; } = -1;

    /// <summary>The owner's word also marks it done.</summary>
    public bool DoneByOwner { get; init; }

    public NoticePolicy? Notice { get; init; }
}

/// <summary>Many devices of one segment, one cause.</summary>
public sealed record OutageRule : Rule
{
    /// <summary>Ids of the fault rules that count.</summary>
    public required ImmutableArray<string> Of { get; init; }

    /// <summary>At least so many devices…</summary>
    public required int Devices { get; init; }

    /// <summary>…and at least this share of the segment's devices, 0 to 1…</summary>
    public required double Share { get; init; }

    /// <summary>…with faults that began within so long of each other.</summary>
    public required TimeSpan Within { get; init; }

    /// <summary>Time it may pass by itself before anybody is told; default 2 min.</summary>
    public TimeSpan HoldBack { get; init; }

    /// <summary>Share of touched devices well again at which it is only being watched; default 0.8.</summary>
    public double MonitoringAt { get; init; } = 0.8;

    /// <summary>Quiet time after which it is over; default 10 min.</summary>
    public TimeSpan ResolvedAfter { get; init; }

    public NoticePolicy? Notice { get; init; }

    /// <summary>What those it touches have not while it lasts.</summary>
    public Disruption Disruption { get; init; } = Disruption.None;
}

/// <summary>The same fault across a model, firmware or serial batch, anywhere on the map.</summary>
public sealed record DefectRule : Rule
{
    /// <summary>Ids of the fault rules that count.</summary>
    public required ImmutableArray<string> Of { get; init; }

    /// <summary>What is looked at: <c>model</c>, <c>firmware</c>, <c>serial</c>; one or more.</summary>
    public required ImmutableArray<string> Over { get; init; }

    /// <summary>At least so many devices of the group, 2 to 1,000,000…</summary>
    public required int Devices { get; init; }

    /// <summary>…so many times as often as elsewhere, 1 to 1000…</summary>
    public required double RateRatio { get; init; }

    /// <summary>The one comparison that is made, <c>other firmware</c>; empty: each of <see cref="Over"/> with its own others.</summary>
    public string Against { get; init; } = "";

    /// <summary>…with this confidence, 0.5 to 0.9999; default 0.99.</summary>
    public double Confidence { get; init; } = 0.99;

    /// <summary>Faults that lasted at any time of so long back count, 1 h to 366 days; default 30 days.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromDays(30);

    /// <summary>So many last characters of a serial number count within its batch, 1 to 12; default 3.</summary>
    public int Batch { get; init; } = 3;
}
