using B2D.Core.Telemetry;

namespace B2D.ProactiveWorker;

/// <summary>What the worker may be told. Durations are written as <c>00:00:01</c>.</summary>
public sealed record WorkerOptions
{
    /// <summary>Entries read and committed at once; 1 to 100,000, default 2,000: a few milliseconds of work, so that a kill repeats little.</summary>
    public int BatchEntries { get; init; } = 2000;

    /// <summary>Threads on which lanes are evaluated; 0 to 64, default 0: one for each processor, at most 8.</summary>
    public int LaneThreads { get; init; }

    /// <summary>
    /// Log entries in which every partition's memory and telemetry are put on disk once; 100 to 100,000,000, default 500,000: a start reads so many entries, and
    /// applies half of them, in a few seconds.
    /// </summary>
    public long SnapshotEvery { get; init; } = 500_000;

    /// <summary>The time in which that happens once, where there are fewer entries; 1 s to 1 day, default 15 min.</summary>
    public TimeSpan SnapshotWithin { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Bytes of readings in memory from which partitions are put on disk sooner; 1,048,576 (1 MiB) to 68,719,476,736 (64 GiB), default 268,435,456 (256 MiB). At
    /// twice as many the log waits for the disk.
    /// </summary>
    public long TailBytes { get; init; } = 256L << 20;

    /// <summary>A reading no older than this is live; 1 s to 1 h, default 5 min (design of device clocks).</summary>
    public TimeSpan LiveWithin { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A device clock further ahead is not believed; 1 min to 7 days, default 1 day.</summary>
    public TimeSpan MaxAhead { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Share of the fleet that may fall silent at once before it counts as B2D's own trouble; 0.01 to 1, default 0.3.</summary>
    public double GuardShare { get; init; } = 0.3;

    /// <summary>Recipients from which a notice is offered to a person first; 1 to 1,000,000, default 500.</summary>
    public int ApprovalAbove { get; init; } = 500;

    /// <summary>How long it is offered before it goes out by itself; 0 to 1 day, default 10 min. Zero: it is not offered.</summary>
    public TimeSpan ApprovalWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>It goes out by itself when that time is over; default true. Otherwise it waits for a person for as long as it takes.</summary>
    public bool ApprovalByItself { get; init; } = true;

    /// <summary>Until when the next word on an outage is promised; 1 s to 1 day, default 1 h.</summary>
    public TimeSpan UpdateEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>So long before planned work begins those who feel it are told; 1 h to 60 days, default 5 days.</summary>
    public TimeSpan PlannedAhead { get; init; } = TimeSpan.FromDays(5);

    /// <summary>So long before it begins they are reminded; 0 to 30 days and less than <see cref="PlannedAhead"/>, default 1 day. Zero: they are not.</summary>
    public TimeSpan PlannedReminder { get; init; } = TimeSpan.FromDays(1);

    /// <summary>So long after its end they hear that it is over, where theirs answers; 1 min to 1 day, default 15 min.</summary>
    public TimeSpan PlannedQuiet { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Customers touched from which the review of an outage is opened by itself when it is over; 1 to 1,000,000, default 100.</summary>
    public int ReviewFrom { get; init; } = 100;

    /// <summary>Working days until it is to be done; 1 to 60, default 5.</summary>
    public int ReviewWithin { get; init; } = 5;

    /// <summary>The calendar of the rules that says which days they are; empty (default): Monday to Friday.</summary>
    public string ReviewHours { get; init; } = "";

    /// <summary>Share of a promised response or repair time from which a case is raised by one priority; 0.1 to 1, default 0.8.</summary>
    public double EscalateAt { get; init; } = 0.8;

    /// <summary>Whose a case becomes of which a promised time is over, a user's name; empty (default): it stays whose it is.</summary>
    public string LateTo { get; init; } = "";

    /// <summary>Until a complaint is acknowledged; 1 min to 30 days, default 1 day.</summary>
    public TimeSpan ComplaintAcknowledged { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Until a complaint has its final answer; 1 min to 180 days, default 14 days.</summary>
    public TimeSpan ComplaintAnswered { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Whose a complaint becomes that is late, a user's name; empty (default): its owner's, raised to P1.</summary>
    public string ComplaintsTo { get; init; } = "";

    /// <summary>What is owed by policy for time without, which the all-clear of an outage says. The host takes it from the console's options; it is not to be set here.</summary>
    public Core.Cases.CompensationPolicy Owed { get; init; } = Core.Cases.CompensationPolicy.None;

    /// <summary>What may be given to customers as goodwill.</summary>
    public Cases.GrantOptions Grants { get; init; } = new();

    /// <summary>
    /// How long a parent device may take to be found silent after its child, and a child to be heard after its parent, where a fault is explained by the parent; 0
    /// to 1 day, default 2 min.
    /// </summary>
    public TimeSpan ParentWait { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A gateway gap shorter than this is no alarm; 0 to 1 h, default 30 s: a restart for an update.</summary>
    public TimeSpan GatewayGapAlarm { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Entries of the log older than this are deleted; 1 day to 20 years, default 7 days: readings are in telemetry by then, and a start needs minutes of it.
    /// </summary>
    public TimeSpan LogRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Bytes of the log from which on its oldest entries are deleted sooner, down to what is a day old; 1 MiB to 16 TiB, default 20 GiB.</summary>
    public long LogBytes { get; init; } = 20L << 30;

    /// <summary>Telemetry and done effects older than this are deleted; 1 day to 20 years, default 400 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Readings older than this are thinned to the lowest, highest and last of each five minutes; 1 day to 20 years, default 90 days.</summary>
    public TimeSpan DownsampleAfter { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How often defects are looked for; 1 min to 1 day, default 15 min.</summary>
    public TimeSpan DefectsEvery { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How often the medians of models are taken for rules that ask for them; 1 min to 1 day, default 5 min. After three times as long they no longer stand.</summary>
    public TimeSpan FleetMedianEvery { get; init; } = Core.Telemetry.FleetMedian.DefaultEvery;

    /// <summary>
    /// A back-dated pass looks at a device's late messages when nothing more came late for so long, or ten times as long after the first; 1 s to 1 h, default 10 s.
    /// </summary>
    public TimeSpan BackDatedAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What came later than this, by the device's clock, is stored and no rule is asked; 1 min to 90 days, default 7 days.</summary>
    public TimeSpan BackDatedReach { get; init; } = TimeSpan.FromDays(7);

    internal ArrivalOptions Arrival => new(LiveWithin, MaxAhead);

    /// <summary>Everything that is out of range, one line each: property, value and what is allowed.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        Check(BatchEntries is >= 1 and <= 100_000, nameof(BatchEntries), BatchEntries, "1 to 100,000 entries");
        Check(LaneThreads is >= 0 and <= 64, nameof(LaneThreads), LaneThreads, "0 to 64 threads");
        Check(SnapshotEvery is >= 100 and <= 100_000_000, nameof(SnapshotEvery), SnapshotEvery, "100 to 100,000,000 entries");
        Check(SnapshotWithin >= TimeSpan.FromSeconds(1) && SnapshotWithin <= TimeSpan.FromDays(1), nameof(SnapshotWithin), SnapshotWithin, "1 s to 1 day");
        Check(TailBytes is >= 1L << 20 and <= 1L << 36, nameof(TailBytes), TailBytes, "1,048,576 to 68,719,476,736 bytes");
        Check(LiveWithin >= TimeSpan.FromSeconds(1) && LiveWithin <= TimeSpan.FromHours(1), nameof(LiveWithin), LiveWithin, "1 s to 1 h");
        Check(MaxAhead >= TimeSpan.FromMinutes(1) && MaxAhead <= TimeSpan.FromDays(7), nameof(MaxAhead), MaxAhead, "1 min to 7 days");
        Check(GuardShare is >= 0.01 and <= 1, nameof(GuardShare), GuardShare, "0.01 to 1");
        Check(ApprovalAbove is >= 1 and <= 1_000_000, nameof(ApprovalAbove), ApprovalAbove, "1 to 1,000,000 recipients");
        Check(ApprovalWait >= TimeSpan.Zero && ApprovalWait <= TimeSpan.FromDays(1), nameof(ApprovalWait), ApprovalWait, "0 to 1 day");
        Check(UpdateEvery >= TimeSpan.FromSeconds(1) && UpdateEvery <= TimeSpan.FromDays(1), nameof(UpdateEvery), UpdateEvery, "1 s to 1 day");
        Check(PlannedAhead >= TimeSpan.FromHours(1) && PlannedAhead <= TimeSpan.FromDays(60), nameof(PlannedAhead), PlannedAhead, "1 h to 60 days");
        Check(PlannedReminder >= TimeSpan.Zero && PlannedReminder <= TimeSpan.FromDays(30) && PlannedReminder < PlannedAhead, nameof(PlannedReminder), PlannedReminder, "0 to 30 days, less than PlannedAhead");
        Check(PlannedQuiet >= TimeSpan.FromMinutes(1) && PlannedQuiet <= TimeSpan.FromDays(1), nameof(PlannedQuiet), PlannedQuiet, "1 min to 1 day");
        Check(ReviewFrom is >= 1 and <= 1_000_000, nameof(ReviewFrom), ReviewFrom, "1 to 1,000,000 customers");
        Check(ReviewWithin is >= 1 and <= 60, nameof(ReviewWithin), ReviewWithin, "1 to 60 days");
        Check(ReviewHours.Length <= 100, nameof(ReviewHours), ReviewHours, "at most 100 characters");
        Check(EscalateAt is >= 0.1 and <= 1, nameof(EscalateAt), EscalateAt, "0.1 to 1");
        Check(ComplaintAcknowledged >= TimeSpan.FromMinutes(1) && ComplaintAcknowledged <= TimeSpan.FromDays(30), nameof(ComplaintAcknowledged), ComplaintAcknowledged, "1 min to 30 days");
        Check(ComplaintAnswered >= TimeSpan.FromMinutes(1) && ComplaintAnswered <= TimeSpan.FromDays(180), nameof(ComplaintAnswered), ComplaintAnswered, "1 min to 180 days");
        Check(LateTo.Length <= 100, nameof(LateTo), LateTo, "at most 100 characters");
        Check(ComplaintsTo.Length <= 100, nameof(ComplaintsTo), ComplaintsTo, "at most 100 characters");
        problems.AddRange(Grants.Validate());
        Check(ParentWait >= TimeSpan.Zero && ParentWait <= TimeSpan.FromDays(1), nameof(ParentWait), ParentWait, "0 to 1 day");
        Check(GatewayGapAlarm >= TimeSpan.Zero && GatewayGapAlarm <= TimeSpan.FromHours(1), nameof(GatewayGapAlarm), GatewayGapAlarm, "0 to 1 h");
        Check(LogRetention >= TimeSpan.FromDays(1) && LogRetention <= TimeSpan.FromDays(7305), nameof(LogRetention), LogRetention, "1 day to 20 years");
        Check(LogBytes is >= 1L << 20 and <= 1L << 44, nameof(LogBytes), LogBytes, "1,048,576 to 17,592,186,044,416 bytes");
        Check(Retention >= TimeSpan.FromDays(1) && Retention <= TimeSpan.FromDays(7305), nameof(Retention), Retention, "1 day to 20 years");
        Check(DownsampleAfter >= TimeSpan.FromDays(1) && DownsampleAfter <= TimeSpan.FromDays(7305), nameof(DownsampleAfter), DownsampleAfter, "1 day to 20 years");
        Check(DefectsEvery >= TimeSpan.FromMinutes(1) && DefectsEvery <= TimeSpan.FromDays(1), nameof(DefectsEvery), DefectsEvery, "1 min to 1 day");
        Check(FleetMedianEvery >= TimeSpan.FromMinutes(1) && FleetMedianEvery <= TimeSpan.FromDays(1), nameof(FleetMedianEvery), FleetMedianEvery, "1 min to 1 day");
        Check(BackDatedAfter >= TimeSpan.FromSeconds(1) && BackDatedAfter <= TimeSpan.FromHours(1), nameof(BackDatedAfter), BackDatedAfter, "1 s to 1 h");
        Check(BackDatedReach >= TimeSpan.FromMinutes(1) && BackDatedReach <= TimeSpan.FromDays(90), nameof(BackDatedReach), BackDatedReach, "1 min to 90 days");
        return problems;

        void Check(bool good, string name, object value, string range)
        {
            if (!good)
                problems.Add($"Worker:{name} is {value}, allowed is {range}");
        }
    }
}
