namespace B2D.Core.Contacts;

/// <summary>What is said to a customer who calls; reaches the words on pages and tests.</summary>
public enum CallerReason : byte
{
    /// <summary>A case about safety is open.</summary>
    Danger = 1,

    /// <summary>An outage goes on, and a device of theirs is down in it.</summary>
    OutageDown = 2,

    /// <summary>A case of theirs is open.</summary>
    CaseOpen = 3,

    /// <summary>Planned work runs of which they were told.</summary>
    PlannedRuns = 4,

    /// <summary>An outage goes on, and their devices are back.</summary>
    OutageBack = 5,

    /// <summary>A device has a fault that is nobody's case.</summary>
    Faulty = 6,

    /// <summary>A device is not connected, and nothing explains it.</summary>
    Silent = 7,

    /// <summary>An outage that they were told of has just ended.</summary>
    OutageOver = 8,

    /// <summary>A case of theirs has just been resolved.</summary>
    CaseOver = 9,

    /// <summary>Work is planned of which they were told.</summary>
    PlannedAhead = 10,

    /// <summary>No device is theirs.</summary>
    NoDevice = 11,

    /// <summary>As far as the devices say, everything works.</summary>
    Works = 12,

    /// <summary>Theirs fell silent together with others a moment ago; nobody was told yet, since it may pass.</summary>
    OutageHeld = 13,
}

/// <summary>What is known of a customer at the moment in which they call.</summary>
public readonly record struct CallerFacts
{
    public bool HasDevice { get; init; }

    public bool Danger { get; init; }

    /// <summary>A case that is not about safety is open.</summary>
    public bool CaseOpen { get; init; }

    /// <summary>In an outage that goes on a device of theirs is down; or was, and all are back.</summary>
    public bool OutageDown { get; init; }

    public bool OutageBack { get; init; }

    /// <summary>A device of theirs is down in an outage that is held back, since it may pass.</summary>
    public bool OutageHeld { get; init; }

    public bool PlannedRuns { get; init; }

    public bool PlannedAhead { get; init; }

    /// <summary>A device has an open fault without a case and without an outage.</summary>
    public bool Faulty { get; init; }

    /// <summary>A device that was heard before is not connected, and neither work nor outage nor case explains it.</summary>
    public bool Silent { get; init; }

    /// <summary>When the last outage that they were told of ended, and the last case was resolved or closed; zero: never.</summary>
    public ServerTime OutageOverAt { get; init; }

    public ServerTime CaseOverAt { get; init; }
}

/// <summary>Decides what is said to whoever calls.</summary>
public static class CallerSay
{
    /// <summary>What ended so long ago is not what they call about.</summary>
    public static readonly TimeSpan JustOver = TimeSpan.FromDays(1);

    /// <summary>What is said, the first first: at most two things that go on; where nothing does, what is just over or ahead.</summary>
    public static IReadOnlyList<CallerReason> Decide(CallerFacts facts, ServerTime now)
    {
        CallerReason[] goesOn =
        [
            .. One(facts.Danger, CallerReason.Danger),
            .. One(facts.OutageDown, CallerReason.OutageDown),
            .. One(facts.OutageHeld && !facts.OutageDown, CallerReason.OutageHeld),
            .. One(facts.CaseOpen, CallerReason.CaseOpen),
            .. One(facts.PlannedRuns, CallerReason.PlannedRuns),
            .. One(facts.OutageBack && !facts.OutageDown, CallerReason.OutageBack),
            .. One(facts.Faulty, CallerReason.Faulty),
            .. One(facts.Silent && !facts.Faulty, CallerReason.Silent),
        ];
        if (goesOn.Length > 0)
            return goesOn.Length > 2 ? goesOn[..2] : goesOn;
        if (IsJust(facts.OutageOverAt, now) && facts.OutageOverAt >= facts.CaseOverAt)
            return [CallerReason.OutageOver];
        if (IsJust(facts.CaseOverAt, now))
            return [CallerReason.CaseOver];
        return [facts.PlannedAhead ? CallerReason.PlannedAhead : facts.HasDevice ? CallerReason.Works : CallerReason.NoDevice];
    }

    private static bool IsJust(ServerTime at, ServerTime now) => at > ServerTime.Zero && now - at < JustOver;

    private static CallerReason[] One(bool holds, CallerReason reason) => holds ? [reason] : [];
}
