using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Dues;
using B2D.Core.Remedies;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>Why a fault needs a person.</summary>
public enum EscalationReason : byte
{
    NoRemedy = 1,
    RemedyCapReached = 2,
    RemedyNotVerified = 3,
    RemedyFailed = 4,
    RemedyNeverDelivered = 5,
    Chronic = 6,
    SafetyClass = 7,
    ShelfEnded = 8,

    /// <summary>No outage explained it in time.</summary>
    NotExplained = 9,

    /// <summary>The device that it reports through is well.</summary>
    ParentIsWell = 10,

    /// <summary>It was found outside the rule's hours, and is there when they begin.</summary>
    HoursBegan = 11,
}

/// <summary>One metric as it stood when a fault was raised.</summary>
public readonly record struct EvidenceValue(string Metric, MetricValue Value, DeviceTime At);

/// <summary>What a lane asks the worker to record or do. Ids derive from the cause, so that a replay writes nothing twice.</summary>
public abstract record LaneEffect(DeviceId Device, ServerTime At)
{
    /// <summary>Unique for ever: kind, device, rule, episode and, where a kind can recur in an episode, what told it apart.</summary>
    public abstract string EffectId { get; }

    /// <summary>A fault exists from here on.</summary>
    public sealed record Raised(DeviceId Device, FaultRule Rule, EpisodeId Episode, Severity Severity, DeviceTime OnsetAt, FaultReason Reason,
        bool Live, ImmutableArray<EvidenceValue> Evidence, ServerTime At) : LaneEffect(Device, At)
    {
        /// <summary>Outside the rule's hours: when they begin; else zero.</summary>
        public ServerTime HeldUntil { get; init; }

        public override string EffectId => $"raised/{Device}/{Rule.Id}/{Episode}";
    }

    /// <summary>The signal is normal again.</summary>
    public sealed record Cleared(DeviceId Device, string Rule, EpisodeId Episode, FaultReason Reason, DeviceTime ClearedAt, ServerTime At)
        : LaneEffect(Device, At)
    {
        public override string EffectId => $"cleared/{Device}/{Rule}/{Episode}";
    }

    /// <summary>It became more or less serious.</summary>
    public sealed record SeverityChanged(DeviceId Device, FaultRule Rule, EpisodeId Episode, Severity Severity, FaultReason Reason, ServerTime At)
        : LaneEffect(Device, At)
    {
        /// <summary>Of the entry that showed it; several can carry one server time.</summary>
        public long Offset { get; init; }

        public override string EffectId => $"severity/{Device}/{Rule.Id}/{Episode}/{Offset}";
    }

    /// <summary>Its condition is over, and it waits for somebody to acknowledge it.</summary>
    public sealed record Latched(DeviceId Device, string Rule, EpisodeId Episode, FaultReason Reason, ServerTime At) : LaneEffect(Device, At)
    {
        /// <summary>Of the entry that showed it; 0 where the clock did.</summary>
        public long Offset { get; init; }

        public override string EffectId => $"latched/{Device}/{Rule}/{Episode}/{At.EpochMs}/{Offset}";
    }

    /// <summary>The condition of a fault that waited to be acknowledged is true again.</summary>
    public sealed record Relapsed(DeviceId Device, string Rule, EpisodeId Episode, Severity Severity, FaultReason Reason, ServerTime At) : LaneEffect(Device, At)
    {
        /// <summary>Of the entry that showed it.</summary>
        public long Offset { get; init; }

        /// <summary>It comes and goes too often.</summary>
        public bool IsChattering { get; init; }

        public override string EffectId => $"relapsed/{Device}/{Rule}/{Episode}/{At.EpochMs}/{Offset}";
    }

    /// <summary>It was raised so often that it stays open from here on until it is quiet.</summary>
    public sealed record Chatters(DeviceId Device, FaultRule Rule, EpisodeId Episode, ServerTime At) : LaneEffect(Device, At)
    {
        public override string EffectId => $"chatters/{Device}/{Rule.Id}/{Episode}";
    }

    /// <summary>An open fault of which nobody is to hear before its rule's hours begin, at <paramref name="Until"/>.</summary>
    public sealed record HeldOutsideHours(DeviceId Device, string Rule, EpisodeId Episode, ServerTime Until, ServerTime At) : LaneEffect(Device, At)
    {
        public override string EffectId => $"held-outside-hours/{Device}/{Rule}/{Episode}/{At.EpochMs}";
    }

    /// <summary>
    /// People work on the device, at least to <paramref name="Until"/>: what would be raised is held back until they are done, and so is what was raised before and
    /// whose shelf would have ended. Told once, and again where a shelf is to end at another time.
    /// </summary>
    public sealed record HeldByMaintenance(DeviceId Device, FaultRule Rule, EpisodeId Episode, Severity Severity, DeviceTime OnsetAt, ServerTime Until, ServerTime At)
        : LaneEffect(Device, At)
    {
        public override string EffectId => $"held-by-maintenance/{Device}/{Rule.Id}/{Episode}/{At.EpochMs}";
    }

    /// <summary>What was held back so is not there any more, or heard of again; <see cref="Raised"/> says so itself.</summary>
    public sealed record HeldNoMore(DeviceId Device, string Rule, EpisodeId Episode, FaultReason Reason, ServerTime At) : LaneEffect(Device, At)
    {
        public override string EffectId => $"held-no-more/{Device}/{Rule}/{Episode}/{At.EpochMs}";
    }

    /// <summary>A person is needed. One episode can escalate more than once, for different reasons or after each shelf.</summary>
    public sealed record Escalated(DeviceId Device, FaultRule Rule, EpisodeId Episode, EscalationReason Reason, ServerTime At) : LaneEffect(Device, At)
    {
        public override string EffectId => $"escalated/{Device}/{Rule.Id}/{Episode}/{Reason}/{At.EpochMs}";
    }

    /// <summary>A command is to be sent to the device.</summary>
    public sealed record CommandWanted(DeviceId Device, FaultRule Rule, EpisodeId Episode, string CommandId, ServerTime ExpiresAt, ServerTime At)
        : LaneEffect(Device, At)
    {
        public override string EffectId => $"command/{CommandId}";
    }

    /// <summary>A command came further or has its verdict.</summary>
    public sealed record RemedyChanged(
        DeviceId Device, string Rule, EpisodeId Episode, string CommandId, RemedyPhase Phase, RemedyReason Reason, ServerTime At) : LaneEffect(Device, At)
    {
        public override string EffectId => $"remedy/{CommandId}/{Phase}";
    }

    /// <summary>A command that no rule asked for came further.</summary>
    public sealed record CommandProgress(DeviceId Device, string CommandId, RemedyPhase Phase, string Detail, ServerTime At) : LaneEffect(Device, At)
    {
        public override string EffectId => $"progress/{CommandId}/{Phase}";
    }

    /// <summary>A person's act took hold.</summary>
    public sealed record Acted(DeviceId Device, string Rule, EpisodeId Episode, FaultAction Kind, string Person, ServerTime Until, string Reason, long Offset,
        ServerTime At) : LaneEffect(Device, At)
    {
        public override string EffectId => $"acted/{Device}/{Rule}/{Offset}";
    }

    /// <summary>A due was told, is over, or was done.</summary>
    public sealed record DueChanged(DeviceId Device, DueRule Rule, int Cycle, DueState State, DueChange Change, DueReason Reason, ServerTime At)
        : LaneEffect(Device, At)
    {
        public override string EffectId => $"due/{Device}/{Rule.Id}/{Cycle}/{Change}";
    }

    /// <summary>A rule goes on under another id, and what it has open with it.</summary>
    public sealed record RuleRenamed(DeviceId Device, string From, string To, long Offset, ServerTime At) : LaneEffect(Device, At)
    {
        public override string EffectId => $"renamed/{Device}/{From}/{Offset}";
    }

    /// <summary>A device came or went.</summary>
    public sealed record PresenceChanged(DeviceId Device, Presence Presence, long Offset, ServerTime At) : LaneEffect(Device, At)
    {
        public override string EffectId => $"presence/{Device}/{Offset}";
    }

    /// <summary>So many messages of the device wait for rules with lateness that the oldest no longer wait that long; told once until half of them are gone.</summary>
    /// <param name="Device">The device.</param>
    /// <param name="Offset">Of the entry that was one too many.</param>
    /// <param name="At">When it came.</param>
    public sealed record ReorderFull(DeviceId Device, long Offset, ServerTime At) : LaneEffect(Device, At)
    {
        /// <summary>So many can wait.</summary>
        public static int Most => DelayedView.MaxHeld;

        public override string EffectId => $"reorder-full/{Device}/{Offset}";
    }

    /// <summary>The gateway could not be reached for a while: B2D's own trouble, not the fleet's.</summary>
    public sealed record GatewayWasDown(ServerTime From, ServerTime At) : LaneEffect(default, At)
    {
        public override string EffectId => $"gateway-down/{From.EpochMs}";
    }

    /// <summary>A message came from before the device's watermark: no rule was asked as it came. A back-dated pass looks at what it changes. Rules with lateness have
    /// a watermark of their own: <paramref name="Delayed"/> says that it is theirs.</summary>
    public sealed record CameLate(DeviceId Device, DeviceTime SentAt, bool Delayed, long Offset, ServerTime At) : LaneEffect(Device, At)
    {
        public override string EffectId => $"came-late/{Device}/{Offset}/{Delayed}";
    }
}
