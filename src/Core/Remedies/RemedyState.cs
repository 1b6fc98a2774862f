using System.Collections.Immutable;
using System.Globalization;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Remedies;

/// <summary>How far a remedy has come.</summary>
public enum RemedyPhase : byte
{
    None = 0,

    /// <summary>Asked for; the dispatcher sends it when the device is there.</summary>
    Queued = 1,

    /// <summary>The device has the packet.</summary>
    Delivered = 2,

    /// <summary>The device says that it did it; telemetry has not said so yet.</summary>
    Answered = 3,

    /// <summary>Telemetry shows that it worked.</summary>
    Verified = 4,

    /// <summary>The time is over and telemetry does not show it.</summary>
    NotVerified = 5,

    /// <summary>The device says that it failed.</summary>
    Failed = 6,

    /// <summary>It never reached the device in time.</summary>
    Expired = 7,
}

/// <summary>Why a remedy was or was not tried, or how it ended.</summary>
public enum RemedyReason : byte
{
    None = 0,
    NoRemedy = 1,
    CapReached = 2,
    Started = 3,
    VerifiedByTelemetry = 4,
    FaultCleared = 5,
    TimeOver = 6,
    DeviceRefused = 7,
    NeverDelivered = 8,
    ClearedByItself = 9,
    NotRunning = 10,
    Progress = 11,
}

/// <summary>The remedy of one fault: what runs now and what was tried and healed before.</summary>
public readonly record struct RemedyState
{
    public RemedyState()
    {
        Tries = [];
        Heals = [];
    }

    /// <summary>No remedy was ever tried.</summary>
    public static readonly RemedyState None = new();

    public RemedyPhase Phase { get; init; }

    /// <summary>The running command's id; empty for none.</summary>
    public string CommandId { get; init; } = "";

    /// <summary>The verdict falls at the latest then, or the fault is to be gone after it; zero for neither.</summary>
    public ServerTime Deadline { get; init; }

    /// <summary>When commands were sent within the rule's period.</summary>
    public ImmutableArray<ServerTime> Tries { get; init; }

    /// <summary>When a remedy healed this fault within <see cref="RemedyStep.ChronicWithin"/>.</summary>
    public ImmutableArray<ServerTime> Heals { get; init; }

    /// <summary>A command is out and has no verdict.</summary>
    public bool Runs => Phase is RemedyPhase.Queued or RemedyPhase.Delivered or RemedyPhase.Answered;

    /// <summary>When its time is over as things stand; zero for never. What the device has, only the device can show, and while the gateway is down it cannot.</summary>
    public ServerTime EndsAt(bool gatewayUp) => gatewayUp || Phase == RemedyPhase.Queued ? Deadline : ServerTime.Zero;

    /// <summary>The gateway could hear nothing from <paramref name="downFrom"/> to <paramref name="now"/>: that is no time in which the device could show anything.</summary>
    public RemedyState WithoutDowntime(ServerTime downFrom, ServerTime now) => Deadline == ServerTime.Zero || Phase == RemedyPhase.Queued || Tries is not [.., var sent]
        ? this
        : this with { Deadline = Deadline + (now - ServerTime.Max(sent, downFrom)) };
}

/// <summary>The remedy's decisions.</summary>
public static class RemedyStep
{
    /// <summary>So many heals…</summary>
    public const int ChronicHeals = 3;

    /// <summary>…within so long are a chronic case and no success (service.md: 14 days).</summary>
    public static readonly TimeSpan ChronicWithin = TimeSpan.FromDays(14);

    /// <summary>A fault was raised: try the remedy, or say why not.</summary>
    public static (RemedyState State, RemedyReason Reason) Start(RemedyState state, FaultRule rule, EpisodeId episode, ServerTime now)
    {
        if (rule.Remedy is not { } remedy)
            return (state with { Phase = RemedyPhase.None }, RemedyReason.NoRemedy);
        var tries = state.Tries.RemoveAll(t => now - t >= remedy.Per);
        if (tries.Length >= remedy.AtMost)
            return (state with { Phase = RemedyPhase.None, Tries = tries }, RemedyReason.CapReached);
        return (state with
        {
            Phase = RemedyPhase.Queued,
            CommandId = CommandOf(rule, episode),
            Deadline = now + remedy.Within,
            Tries = tries.Add(now),
        }, RemedyReason.Started);
    }

    /// <summary>The name of the command of an episode.</summary>
    public static string CommandOf(FaultRule rule, EpisodeId episode) => string.Create(CultureInfo.InvariantCulture, $"{rule.Id}-{episode}");

    /// <summary>The device has the command.</summary>
    public static (RemedyState State, RemedyReason Reason) Delivered(RemedyState state, string commandId) =>
        state.Phase == RemedyPhase.Queued && state.CommandId == commandId
            ? (state with { Phase = RemedyPhase.Delivered }, RemedyReason.Progress)
            : (state, RemedyReason.NotRunning);

    /// <summary>The device answered.</summary>
    public static (RemedyState State, RemedyReason Reason) Answered(RemedyState state, string commandId, ReplyStatus status)
    {
        if (!state.Runs || state.CommandId != commandId)
            return (state, RemedyReason.NotRunning);
        if (status != ReplyStatus.Ok)
            return (Ended(state, RemedyPhase.Failed), RemedyReason.DeviceRefused);
        return state.Phase == RemedyPhase.Answered
            ? (state, RemedyReason.NotRunning)
            : (state with { Phase = RemedyPhase.Answered }, RemedyReason.Progress);
    }

    /// <summary>Telemetry shows what the remedy had to bring about.</summary>
    public static (RemedyState State, RemedyReason Reason) Proven(RemedyState state, ServerTime now)
    {
        // A value that turned good before the device had the command proves nothing about the command.
        if (state.Phase is not (RemedyPhase.Delivered or RemedyPhase.Answered))
            return (state, RemedyReason.NotRunning);
        return (Healed(state, now), RemedyReason.VerifiedByTelemetry);
    }

    /// <summary>The fault itself ended while a remedy was out.</summary>
    /// <param name="shown">A live reading showed it; false where the fault ended for another reason (not reported any more, its rule is gone).</param>
    public static (RemedyState State, RemedyReason Reason) FaultCleared(RemedyState state, ServerTime now, bool shown = true) => state.Phase switch
    {
        RemedyPhase.Delivered or RemedyPhase.Answered when shown => (Healed(state, now), RemedyReason.FaultCleared),
        RemedyPhase.Delivered or RemedyPhase.Answered => (Ended(state, RemedyPhase.NotVerified), RemedyReason.ClearedByItself),
        RemedyPhase.Queued => (Ended(state, RemedyPhase.Expired), RemedyReason.ClearedByItself),
        _ => (Ended(state, state.Phase), RemedyReason.NotRunning),
    };

    /// <summary>The server's clock: the time for the verdict may be over, or the fault has outlived its heal.</summary>
    public static (RemedyState State, RemedyReason Reason) Tick(RemedyState state, ServerTime now)
    {
        if (state.Deadline == ServerTime.Zero || state.Deadline > now)
            return (state, RemedyReason.NotRunning);
        return state.Phase switch
        {
            RemedyPhase.Queued => (Ended(state, RemedyPhase.Expired), RemedyReason.NeverDelivered),
            RemedyPhase.Verified => (Ended(state, RemedyPhase.NotVerified) with { Heals = state.Heals.RemoveAt(state.Heals.Length - 1) },
                RemedyReason.TimeOver),
            _ => (Ended(state, RemedyPhase.NotVerified), RemedyReason.TimeOver),
        };
    }

    /// <summary>True where this heal makes the fault chronic.</summary>
    public static bool IsChronic(RemedyState state, ServerTime now) => state.Heals.Count(h => now - h < ChronicWithin) >= ChronicHeals;

    private static RemedyState Healed(RemedyState state, ServerTime now) =>
        Ended(state, RemedyPhase.Verified) with { Heals = state.Heals.RemoveAll(h => now - h >= ChronicWithin).Add(now) };

    private static RemedyState Ended(RemedyState state, RemedyPhase phase) => state with { Phase = phase, Deadline = ServerTime.Zero };
}
