using B2D.Console.Charts;
using B2D.Console.Live;
using B2D.Console.Telemetry;
using B2D.Core.Cases;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Remedies;

namespace B2D.Console.Cases;

/// <summary>A notice and the words of it, where they can still be told.</summary>
public sealed record ToldNotice(NoticeRow Row, NoticeWords? Words);

/// <summary>All there is to know about one case.</summary>
public sealed record CaseRecord
{
    public required CaseRow Case { get; init; }

    /// <summary>The same as a line of a list, with the names of others.</summary>
    public required CaseLine Line { get; init; }

    public DeviceRow? Device { get; init; }

    /// <summary>Whose it is, where the device had another owner: of a case that went over nothing personal from before is here.</summary>
    public OwnerTime Owned { get; init; } = OwnerTime.Theirs;

    /// <summary>How many notices and contacts were an earlier owner's and are left out.</summary>
    public int LeftOut { get; init; }

    public LiveRow? Presence { get; init; }

    public CustomerRow? Customer { get; init; }

    /// <summary>Latest first.</summary>
    public required IReadOnlyList<FaultRow> Faults { get; init; }

    public required IReadOnlyList<StepRow> Steps { get; init; }

    /// <summary>How what is promised of it stands as of now.</summary>
    public CaseClockReadings Clocks { get; init; }

    /// <summary>Latest first.</summary>
    public required IReadOnlyList<TimelineRow> Timeline { get; init; }

    /// <summary>Latest first.</summary>
    public required IReadOnlyList<ToldNotice> Notices { get; init; }

    /// <summary>What was tried on the device for the case's rule since the onset, latest first.</summary>
    public required IReadOnlyList<CommandRow> Tried { get; init; }

    /// <summary>What was left to whoever has it now; null where it was never handed off.</summary>
    public HandOffRow? HandOff { get; init; }

    /// <summary>What a hand-off would say by itself.</summary>
    public HandOffWords Draft { get; init; } = new("", "", "");

    /// <summary>The next of its steps and why.</summary>
    public NextStepChoice Next { get; init; }

    /// <summary>What a repair costs the owner, judged at the onset.</summary>
    public Entitlement Owed { get; init; }

    /// <summary>The contract that counts, and whose it is.</summary>
    public OwedContract Contract { get; init; }

    /// <summary>Proposals of standard steps for its rule and model that were not declined or taken back.</summary>
    public IReadOnlyList<StandardStepRow> Standard { get; init; } = [];

    /// <summary>Names of users who can be given work.</summary>
    public IReadOnlyList<string> People { get; init; } = [];

    /// <summary>Who else is at its page.</summary>
    public IReadOnlyList<SomebodyElse> Others { get; init; } = [];

    /// <summary>Why it would most likely be closed; empty: nobody has to say, because it resolved by itself.</summary>
    public string Likely => IsByItself ? "" : Dispositions.Name(LikelyDisposition.Of(new DispositionFacts(
        Objections.Any(o => o.Row.Reason == "false-alarm"),
        Fault is { ClearReason: "RuleRemoved" },
        Steps.Any(s => s.State == "Done" && s.DoneBy != "B2D") || Tried.Any(t => t.State == "Verified"),
        Faults.Count > 0 && Faults.All(f => f.ClearedAt > 0))));

    /// <summary>It resolved because everything stayed clear.</summary>
    public bool IsByItself => Case is { State: "Resolved", ResolvedBy: "B2D" };

    /// <summary>The last complaint; null where there was none.</summary>
    public ComplaintRow? Complaint { get; init; }

    /// <summary>What the customer was given, or is to be.</summary>
    public IReadOnlyList<GrantRow> Grants { get; init; } = [];

    /// <summary>What is owed to the customer by policy and was not given; 0: nothing.</summary>
    public int Compensation { get; init; }

    /// <summary>How often a remedy had mended the device of the same fault in the fourteen days before it was opened, latest first.</summary>
    public IReadOnlyList<HealRow> Heals { get; init; } = [];

    /// <summary>Who said that it should not have reached them, and what came of it.</summary>
    public IReadOnlyList<ObjectionLine> Objections { get; init; } = [];

    /// <summary>What people linked it to, and cases that people linked to it.</summary>
    public IReadOnlyList<LinkRow> Links { get; init; } = [];
    public IReadOnlyList<LinkRow> LinkedBy { get; init; } = [];

    /// <summary>Cases that were merged into it.</summary>
    public IReadOnlyList<long> Merged { get; init; } = [];

    /// <summary>The same device and family before, latest first.</summary>
    public required IReadOnlyList<CaseRow> Before { get; init; }

    /// <summary>The rule as it is now; null where it was removed.</summary>
    public FaultRule? Rule { get; init; }

    public required IReadOnlyList<EvidenceReading> Evidence { get; init; }

    /// <summary>The rule's condition as it was when the case was opened; empty where it is not known.</summary>
    public string Condition { get; init; } = "";

    /// <summary>The readings around the onset, one chart for each metric.</summary>
    public IReadOnlyList<ChartSpec> Charts { get; init; } = [];

    /// <summary>The fault that opened the case; null where it is not stored any more.</summary>
    public FaultRow? Fault => Faults.FirstOrDefault(f => f.Episode == Case.Episode && f.Rule == Case.Rule) ?? (Faults.Count > 0 ? Faults[0] : null);

    public bool IsOpen => Case.State is "New" or "Working" or "Waiting";
}
