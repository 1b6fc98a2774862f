using System.Collections.Immutable;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>The ISA-18.2 phase of one device under one rule.</summary>
public enum FaultPhase : byte
{
    Normal = 0,

    /// <summary>The condition is there, its hold is not over.</summary>
    Pending = 1,

    /// <summary>A fault exists.</summary>
    Active = 2,

    /// <summary>The condition is gone, the release is not over; the fault still exists.</summary>
    Clearing = 3,

    /// <summary>The condition is over, and nobody has acknowledged the fault yet; it still exists.</summary>
    Latched = 4,
}

/// <summary>Why a fault's state changed or did not; reaches logs, records and screens.</summary>
public enum FaultReason : byte
{
    None = 0,
    ConditionTrue = 1,
    HoldStarted = 2,
    HoldCompleted = 3,
    HoldCompletedInSilence = 4,
    HoldBroken = 5,
    HoldRestartedAfterGap = 6,
    ReleaseStarted = 7,
    ReleaseCompleted = 8,
    ReleaseCompletedInSilence = 9,
    ReleaseBroken = 10,
    ReleaseRestartedAfterGap = 11,
    ConditionFalse = 12,
    CodeSet = 13,
    CodeCleared = 14,
    AutoCleared = 15,
    Unseen = 16,
    WentSilent = 17,
    WentOffline = 18,
    Heard = 19,
    SeverityRose = 20,
    SeverityFell = 21,
    RuleRemoved = 22,
    DeviceRemoved = 23,
    NoLongerApplies = 24,
    Unknown = 25,
    OutOfOrder = 26,
    NotInThisPhase = 27,
    Acknowledged = 28,
    Shelved = 29,
    ShelfEnded = 30,
    StillTrue = 31,
    StillFalse = 32,
    SamplesMissing = 33,

    /// <summary>Nothing could be heard for a while; that time does not count.</summary>
    GatewayWasDown = 34,
    ClockSetBack = 35,

    /// <summary>People work on the device; raised at the end where it is still there then.</summary>
    Maintenance = 36,

    /// <summary>It was raised so often that it stays open until it is quiet.</summary>
    Chatters = 37,

    /// <summary>The rule opens nothing at this time.</summary>
    OutsideHours = 38,

    /// <summary>The hours in which the rule opens cases began, and the fault was there.</summary>
    HoursBegan = 39,

    /// <summary>What was held back while people worked on the device is still there when they are done.</summary>
    MaintenanceOver = 40,

    /// <summary>Readings that came too late to be evaluated as they came say so.</summary>
    BackDated = 41,

    /// <summary>A fault that had been found late was raised as it happened.</summary>
    RaisedAnew = 42,

    /// <summary>What the rule reads was not reported any more, and neither was anything else: the device is not connected, so nobody knows whether it is over.</summary>
    DeviceNotHeard = 43,
}

/// <summary>Everything remembered of one device under one rule. A value: a step makes a new one.</summary>
public readonly record struct FaultState
{
    public FaultPhase Phase { get; init; }

    /// <summary>Names the episode since Pending; the entry that began it.</summary>
    public EpisodeId Episode { get; init; }

    /// <summary>Start of the running hold or release, device time (silence: server time of the same number).</summary>
    public DeviceTime Since { get; init; }

    /// <summary>When the fault began in device time.</summary>
    public DeviceTime OnsetAt { get; init; }

    /// <summary>When it was raised by the server's clock.</summary>
    public ServerTime RaisedAt { get; init; }

    public Severity Severity { get; init; }

    /// <summary>Device time of the last sample that could be evaluated.</summary>
    public DeviceTime LastAt { get; init; }

    /// <summary>Server time when it arrived, later by the time in which the gateway was down since; zero before the first.</summary>
    public ServerTime LastHeard { get; init; }

    /// <summary>The last sample came as it happened, so the server's clock may carry its value on.</summary>
    public bool LastWasLive { get; init; }

    /// <summary>The last samples' verdicts, newest in bit 0.</summary>
    public uint RaiseBits { get; init; }

    public uint ClearBits { get; init; }

    /// <summary>Which codes are set (bit by index in the rule), kind Codes.</summary>
    public uint CodesSet { get; init; }

    /// <summary>When a code was last set, kind Codes.</summary>
    public DeviceTime CodeAt { get; init; }

    /// <summary>When each code was last set or cleared (by index in the rule); default before the first, kind Codes.</summary>
    public ImmutableArray<DeviceTime> CodeTimes { get; init; }

    /// <summary>When the server's clock wants to be told; zero for never.</summary>
    public ServerTime WakeAt { get; init; }

    public bool Acknowledged { get; init; }

    /// <summary>Nothing opens or is sent until then; zero for not shelved.</summary>
    public ServerTime ShelvedUntil { get; init; }

    /// <summary><see cref="ShelvedUntil"/> is when the rule's hours begin, and not a person's choice.</summary>
    public bool OutsideHours { get; init; }

    /// <summary>
    /// People work on the device and it is held back until they are done: while pending, it would be raised but for them; of one that exists, its shelf would
    /// have ended.
    /// </summary>
    public bool Maintained { get; init; }

    /// <summary>It was raised too often: it ends only after its quiet time.</summary>
    public bool Chatters { get; init; }

    /// <summary>When it was raised lately, oldest first, under a rule with <see cref="FaultRule.Chatter"/>: fewer than make it chatter; default before the first.</summary>
    public ImmutableArray<ServerTime> RaiseTimes { get; init; }

    /// <summary>True while a fault exists.</summary>
    public bool Exists => Phase is FaultPhase.Active or FaultPhase.Clearing or FaultPhase.Latched;

    /// <summary>True at <paramref name="now"/> while a person has silenced it.</summary>
    public bool IsShelved(ServerTime now) => ShelvedUntil > now;
}

/// <summary>What a message says of a rule, as <see cref="FaultEvent.Sample"/> does, without an object of its own.</summary>
internal readonly record struct FaultSample(Truth Raise, Truth Clear, Severity Severity, DeviceTime At, bool Live, EpisodeId Entry);

/// <summary>What can happen to a fault.</summary>
public abstract record FaultEvent
{
    private FaultEvent() { }

    /// <summary>A message with a metric that the rule reads. <paramref name="Severity"/> is what the ladder gives now.</summary>
    public sealed record Sample(Truth Raise, Truth Clear, Severity Severity, DeviceTime At, bool Live, EpisodeId Entry) : FaultEvent;

    /// <summary>A code of the rule (by its index) was set or cleared.</summary>
    public sealed record Code(int Index, CodeState State, DeviceTime At, bool Live, EpisodeId Entry) : FaultEvent;

    /// <summary>The device's time moved on without a sample of this rule.</summary>
    public sealed record Elapsed(DeviceTime At) : FaultEvent;

    /// <summary>No message since <paramref name="Since"/>; <paramref name="Offline"/>: its connection ended.</summary>
    public sealed record Silent(ServerTime Since, bool Offline, EpisodeId Entry) : FaultEvent;

    /// <summary>The device was heard again.</summary>
    public sealed record Heard : FaultEvent;

    /// <summary>The server's clock, at an instant the state asked for.</summary>
    public sealed record Tick : FaultEvent;

    /// <summary>The device's clock was set back: from here on it counts from <paramref name="At"/>.</summary>
    public sealed record ClockBack(DeviceTime At) : FaultEvent;

    /// <summary>The device connected anew, and may have set its clock meanwhile: what its codes do from <paramref name="LiveFrom"/> on counts as it
    /// comes.</summary>
    public sealed record Reconnected(DeviceTime LiveFrom) : FaultEvent;

    /// <summary>The gateway can hear again after it could not from <paramref name="DownFrom"/> on.</summary>
    public sealed record GatewayBack(ServerTime DownFrom) : FaultEvent;

    public sealed record Acknowledge : FaultEvent;

    public sealed record Shelve(ServerTime Until) : FaultEvent;

    public sealed record Unshelve : FaultEvent;

    /// <summary>The rule, the device or their match is gone.</summary>
    public sealed record End(FaultReason Reason) : FaultEvent;

    /// <summary>What a person's act means to a fault; null where it concerns no fault.</summary>
    public static FaultEvent? Of(FaultAction kind, ServerTime until) => kind switch
    {
        FaultAction.Acknowledge => new Acknowledge(),
        FaultAction.Shelve or FaultAction.OutOfService => new Shelve(until),
        FaultAction.Unshelve or FaultAction.InService => new Unshelve(),
        _ => null,
    };

    /// <summary>The log offset of the entry that an event came from; 0 for the clocks' events.</summary>
    public static long OffsetOf(FaultEvent happened) => happened switch
    {
        Sample e => e.Entry.Offset,
        Code e => e.Entry.Offset,
        Silent e => e.Entry.Offset,
        _ => 0,
    };
}

/// <summary>What a step asks for, besides the new state.</summary>
public enum FaultChange : byte
{
    None = 0,
    Raised = 1,
    Cleared = 2,
    SeverityChanged = 3,
    ShelfEnded = 4,

    /// <summary>The condition is over; the fault waits for somebody to acknowledge it.</summary>
    Latched = 5,

    /// <summary>The condition of a fault that waited so is true again.</summary>
    Relapsed = 6,

    /// <summary>Nobody is to hear of it before the rule's hours begin.</summary>
    HeldOutsideHours = 7,
}

/// <summary>The outcome of one step: the new state, what changed for the outside, and why.</summary>
public readonly record struct FaultStepResult(FaultState State, FaultChange Change, FaultReason Reason);
