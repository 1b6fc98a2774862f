using System.Collections.Immutable;
using System.Numerics;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>
/// The fault machine: (state, event, rule, now) to (state, change, reason). Durations run in device time between samples;
/// between the last live sample and the next, the server's clock carries a hold or release on for at most the rule's gap.
/// Sources: ISA-18.2 alarm states; design of holds as on-delay and off-delay.
/// </summary>
public static partial class FaultStep
{
    /// <summary>One step. Every pair of phase and event is answered; one that means nothing in that phase leaves the state as it is.</summary>
    public static FaultStepResult Step(FaultState state, FaultEvent happened, FaultRule rule, ServerTime now) => happened switch
    {
        FaultEvent.Sample e => OnSample(state, new FaultSample(e.Raise, e.Clear, e.Severity, e.At, e.Live, e.Entry), rule, now),
        FaultEvent.Code e => OnCode(state, e, rule, now),
        FaultEvent.Elapsed e => OnElapsed(state, e.At, rule, now),
        FaultEvent.Silent e => OnSilent(state, e, rule, now),
        FaultEvent.Heard => OnHeard(state, rule, now),
        FaultEvent.Tick => OnTick(state, rule, now),
        FaultEvent.Reconnected e => Unchanged(state with { CodeTimes = CodeTimesBack(state, e.LiveFrom) }, FaultReason.None),
        FaultEvent.ClockBack e => OnClockBack(state, e.At, rule, now),
        FaultEvent.GatewayBack e => OnGatewayBack(state, e.DownFrom, rule, now),
        FaultEvent.Acknowledge => OnAcknowledge(state),
        FaultEvent.Shelve e => new(Rewake(state with { ShelvedUntil = e.Until, OutsideHours = false, Maintained = state.Maintained && !state.Exists }, rule, now), FaultChange.None, FaultReason.Shelved),
        FaultEvent.Unshelve => EndShelf(state, rule, now, asked: true),
        FaultEvent.End e => state.Exists
            ? new(default, FaultChange.Cleared, e.Reason)
            : new(default, FaultChange.None, e.Reason),
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "an event this machine does not know"),
    };

    private static FaultStepResult Unchanged(FaultState state, FaultReason reason) => new(state, FaultChange.None, reason);

    /// <summary>The outcome of a sample.</summary>
    internal static FaultStepResult OnSample(FaultState state, in FaultSample e, FaultRule rule, ServerTime now)
    {
        if (e.Raise == Truth.Unknown && e.Clear == Truth.Unknown)
            return Unchanged(state, FaultReason.Unknown);
        var gap = state.LastHeard == ServerTime.Zero ? TimeSpan.Zero : e.At - state.LastAt;
        // A clock that was set back has no duration since what came before, whatever the policy.
        var tooLong = gap > GapOf(in state, rule);
        var broken = gap < TimeSpan.Zero || (tooLong && rule.AfterGap == GapPolicy.Reset);
        var before = broken ? Restarted(state, in e) : tooLong && rule.AfterGap == GapPolicy.Unknown ? Paused(state, gap) : state;
        var seen = before with
        {
            LastAt = e.At,
            LastHeard = now,
            LastWasLive = e.Live,
            Severity = before.Exists ? before.Severity : e.Severity,
            RaiseBits = (before.RaiseBits << 1) | (e.Raise == Truth.True ? 1u : 0u),
            ClearBits = (before.ClearBits << 1) | (e.Clear == Truth.True ? 1u : 0u),
        };
        var result = seen.Phase switch
        {
            FaultPhase.Normal => FromNormal(seen, Quota(seen.RaiseBits, rule.RaiseSamples), e.Severity, e.At, e.Entry, rule, now, FaultReason.ConditionTrue),
            FaultPhase.Pending => FromPending(seen, Quota(seen.RaiseBits, rule.RaiseSamples), e.Severity, e.At, rule, now),
            FaultPhase.Latched => FromLatched(seen, Quota(seen.RaiseBits, rule.RaiseSamples), e.Severity, FaultReason.ConditionTrue),
            _ => FromExisting(seen, Quota(seen.ClearBits, rule.ClearSamples), e.Severity, e.At, rule),
        };
        var restarted = broken && result.Change == FaultChange.None && result.State.Phase == state.Phase;
        var reason = (restarted, state.Phase) switch
        {
            (true, FaultPhase.Pending) => FaultReason.HoldRestartedAfterGap,
            (true, FaultPhase.Clearing) => FaultReason.ReleaseRestartedAfterGap,
            _ => result.Reason,
        };
        return result with { State = Rewake(result.State, rule, now), Reason = reason };
    }

    /// <summary>What was measured before too long a gap says nothing of the time between: a running hold or release starts again.</summary>
    private static FaultState Restarted(FaultState state, in FaultSample e)
    {
        var forgotten = state with { RaiseBits = 0, ClearBits = 0 };
        return state.Phase switch
        {
            FaultPhase.Pending => forgotten with { Since = e.At, OnsetAt = e.At, Episode = e.Entry, Maintained = false },
            FaultPhase.Clearing => forgotten with { Since = e.At },
            _ => forgotten,
        };
    }

    /// <summary>The gap counts neither for nor against: a running hold or release goes on where it stood.</summary>
    private static FaultState Paused(FaultState state, TimeSpan gap) =>
        state.Phase is FaultPhase.Pending or FaultPhase.Clearing ? state with { Since = state.Since + gap } : state;

    private static bool Quota(uint bits, SampleQuota quota)
    {
        var mask = quota.Of >= 32 ? uint.MaxValue : (1u << quota.Of) - 1;
        return BitOperations.PopCount(bits & mask) >= quota.Needed;
    }

    private static FaultStepResult FromNormal(
        FaultState s, bool asserted, Severity severity, DeviceTime at, EpisodeId entry, FaultRule rule, ServerTime now, FaultReason why)
    {
        if (!asserted)
            return Unchanged(s, s.RaiseBits % 2 == 1 ? FaultReason.SamplesMissing : FaultReason.StillFalse);
        var begun = s with { Episode = entry, Since = at, OnsetAt = at };
        return rule.Hold > TimeSpan.Zero
            ? new(begun with { Phase = FaultPhase.Pending }, FaultChange.None, FaultReason.HoldStarted)
            : Raise(begun, severity, rule, now, why);
    }

    private static FaultStepResult FromPending(FaultState s, bool asserted, Severity severity, DeviceTime at, FaultRule rule, ServerTime now)
    {
        if (!asserted)
            return new(s with { Phase = FaultPhase.Normal, Episode = default, Maintained = false }, FaultChange.None, FaultReason.HoldBroken);
        return s.Maintained || at - s.Since >= rule.Hold
            ? Raise(s, severity, rule, now, FaultReason.HoldCompleted)
            : Unchanged(s, FaultReason.StillTrue);
    }

    private static FaultStepResult FromExisting(FaultState s, bool cleared, Severity severity, DeviceTime at, FaultRule rule)
    {
        if (cleared && s.Phase == FaultPhase.Active)
        {
            return ReleaseOf(in s, rule) > TimeSpan.Zero
                ? new(s with { Phase = FaultPhase.Clearing, Since = at }, FaultChange.None, FaultReason.ReleaseStarted)
                : Over(s, rule, FaultReason.ConditionFalse);
        }
        if (cleared)
            return at - s.Since >= ReleaseOf(in s, rule) ? Over(s, rule, FaultReason.ReleaseCompleted) : Unchanged(s, FaultReason.StillFalse);
        var active = s with { Phase = FaultPhase.Active };
        var reason = s.Phase == FaultPhase.Clearing ? FaultReason.ReleaseBroken : FaultReason.StillTrue;
        if (severity == s.Severity)
            return Unchanged(active, reason);
        var why = severity > s.Severity ? FaultReason.SeverityRose : FaultReason.SeverityFell;
        return new(active with { Severity = severity }, FaultChange.SeverityChanged, why);
    }

    private static FaultStepResult Raise(FaultState s, Severity severity, FaultRule rule, ServerTime now, FaultReason why)
    {
        var raised = s with { Phase = FaultPhase.Active, Severity = severity, RaisedAt = now, Acknowledged = false, ClearBits = 0, Maintained = false };
        return new(WithinHours(Counted(raised, rule, now), rule, now), FaultChange.Raised, s.Maintained ? FaultReason.MaintenanceOver : why);
    }

    /// <summary>Ends the episode and keeps what belongs to the device rather than to the episode.</summary>
    private static FaultStepResult Clear(FaultState s, FaultReason why) =>
        new(s with { Phase = FaultPhase.Normal, Episode = default, Acknowledged = false, RaiseBits = 0, WakeAt = s.ShelvedUntil, CodesSet = 0, Maintained = false },
            FaultChange.Cleared, why);

    private static FaultStepResult OnCode(FaultState state, FaultEvent.Code e, FaultRule rule, ServerTime now)
    {
        var times = state.CodeTimes.IsDefault ? [.. new DeviceTime[rule.Codes.Length]] : state.CodeTimes;
        if (e.At < times[e.Index])
            return Unchanged(state, FaultReason.OutOfOrder);
        var bit = 1u << e.Index;
        var codes = e.State == CodeState.Set ? state.CodesSet | bit : state.CodesSet & ~bit;
        var newest = state.LastHeard == ServerTime.Zero || e.At >= state.LastAt;
        var seen = state with
        {
            CodesSet = codes,
            CodeTimes = times.SetItem(e.Index, e.At),
            CodeAt = e.State == CodeState.Set && e.At > state.CodeAt ? e.At : state.CodeAt,
            LastAt = newest ? e.At : state.LastAt,
            LastHeard = newest ? now : state.LastHeard,
            LastWasLive = newest ? e.Live : state.LastWasLive,
            RaiseBits = codes != 0 ? 1u : 0u,
        };
        // Of two codes, the one that was set first may arrive last.
        if (seen.Phase == FaultPhase.Pending && codes != 0 && e.At < seen.Since)
            seen = seen with { Since = e.At, OnsetAt = e.At };
        var result = seen.Phase switch
        {
            FaultPhase.Normal => FromNormal(seen, codes != 0, rule.BaseSeverity, e.At, e.Entry, rule, now, FaultReason.CodeSet),
            FaultPhase.Pending => FromPending(seen, codes != 0, rule.BaseSeverity, seen.LastAt, rule, now),
            FaultPhase.Latched => FromLatched(seen, codes != 0, rule.BaseSeverity, FaultReason.CodeSet),
            _ => FromExisting(seen, codes == 0, rule.BaseSeverity, seen.LastAt, rule),
        };
        var reason = result.Change is FaultChange.Cleared or FaultChange.Latched ? FaultReason.CodeCleared : result.Reason;
        return result with { State = Rewake(result.State, rule, now), Reason = reason };
    }

    /// <summary>Device time moved on: what is bounded by device time may end, and a code's hold or release may be over.</summary>
    internal static FaultStepResult OnElapsed(FaultState s, DeviceTime at, FaultRule rule, ServerTime now)
    {
        if (IsThere(in s) && rule.Kind == FaultKind.Codes && rule.AutoClear is { } auto && at - s.CodeAt >= WithQuiet(auto, in s, rule))
            return Over(s, rule, FaultReason.AutoCleared);
        if (IsThere(in s) && rule.Kind != FaultKind.Silence && rule.Unseen is { } unseen && at - s.LastAt >= WithQuiet(unseen, in s, rule))
            return Over(s, rule, FaultReason.Unseen);
        if (rule.Kind != FaultKind.Codes || at < s.LastAt)
            return Unchanged(s, FaultReason.None);
        return s.Phase switch
        {
            FaultPhase.Pending when s.Maintained || at - s.Since >= rule.Hold => Rewoken(Raise(s, rule.BaseSeverity, rule, now, FaultReason.HoldCompleted), rule, now),
            FaultPhase.Clearing when at - s.Since >= ReleaseOf(in s, rule) => Over(s, rule, FaultReason.ReleaseCompleted),
            _ => Unchanged(s, FaultReason.None),
        };
    }

    /// <summary>Times that the device's clock has yet to reach again would hold everything up until then: they are brought back to it.</summary>
    private static FaultStepResult OnClockBack(FaultState s, DeviceTime at, FaultRule rule, ServerTime now)
    {
        if (rule.Kind == FaultKind.Silence || s.LastHeard == ServerTime.Zero)
            return Unchanged(s, FaultReason.NotInThisPhase);
        var back = s with
        {
            LastAt = Sooner(s.LastAt, at),
            Since = Sooner(s.Since, at),
            OnsetAt = s.Phase == FaultPhase.Pending ? Sooner(s.OnsetAt, at) : s.OnsetAt,
            CodeAt = Sooner(s.CodeAt, at),
            CodeTimes = CodeTimesBack(s, at),
        };
        return Unchanged(Rewake(back, rule, now), FaultReason.ClockSetBack);
    }

    private static ImmutableArray<DeviceTime> CodeTimesBack(in FaultState s, DeviceTime at) =>
        s.CodeTimes.IsDefault ? s.CodeTimes : [.. s.CodeTimes.Select(t => Sooner(t, at))];

    private static DeviceTime Sooner(DeviceTime a, DeviceTime b) => a < b ? a : b;

    /// <summary>False for a fault to which <see cref="FaultEvent.GatewayBack"/> means nothing.</summary>
    internal static bool Minds(in FaultState s) => s.LastHeard != ServerTime.Zero || s.Phase is FaultPhase.Pending or FaultPhase.Clearing;

    /// <summary>Time in which nothing could be heard is nobody's silence: what the server's clock carries on goes on from where it stood.</summary>
    private static FaultStepResult OnGatewayBack(FaultState s, ServerTime downFrom, FaultRule rule, ServerTime now)
    {
        var moved = s;
        if (s.LastHeard != ServerTime.Zero)
            moved = moved with { LastHeard = s.LastHeard + (now - ServerTime.Max(s.LastHeard, downFrom)) };
        if (rule.Kind == FaultKind.Silence && s.Phase is FaultPhase.Pending or FaultPhase.Clearing)
        {
            var since = new ServerTime(s.Since.EpochMs);
            moved = moved with { Since = new DeviceTime((since + (now - ServerTime.Max(since, downFrom))).EpochMs) };
        }
        return moved == s
            ? Unchanged(s, FaultReason.NotInThisPhase)
            : Unchanged(Rewake(moved, rule, now), FaultReason.GatewayWasDown);
    }

    private static FaultStepResult OnSilent(FaultState s, FaultEvent.Silent e, FaultRule rule, ServerTime now)
    {
        if (s.Phase is not (FaultPhase.Normal or FaultPhase.Clearing or FaultPhase.Latched))
            return Unchanged(s, FaultReason.NotInThisPhase);
        if (s.Phase == FaultPhase.Clearing)
            return new(s with { Phase = FaultPhase.Active, WakeAt = s.ShelvedUntil }, FaultChange.None, FaultReason.ReleaseBroken);
        var why = e.Offline ? FaultReason.WentOffline : FaultReason.WentSilent;
        if (s.Phase == FaultPhase.Latched)
            return FromLatched(s, true, rule.BaseSeverity, why);
        var begun = s with { Episode = e.Entry, Since = new DeviceTime(now.EpochMs), OnsetAt = new DeviceTime(e.Since.EpochMs), LastHeard = now };
        return rule.Hold > TimeSpan.Zero
            ? new(Rewake(begun with { Phase = FaultPhase.Pending }, rule, now), FaultChange.None, FaultReason.HoldStarted)
            : Rewoken(Raise(begun, rule.BaseSeverity, rule, now, why), rule, now);
    }

    private static FaultStepResult OnHeard(FaultState s, FaultRule rule, ServerTime now) => s.Phase switch
    {
        FaultPhase.Pending => new(s with { Phase = FaultPhase.Normal, Episode = default, WakeAt = s.ShelvedUntil, Maintained = false }, FaultChange.None, FaultReason.HoldBroken),
        FaultPhase.Active when ReleaseOf(in s, rule) > TimeSpan.Zero =>
            new(Rewake(s with { Phase = FaultPhase.Clearing, Since = new DeviceTime(now.EpochMs) }, rule, now), FaultChange.None, FaultReason.ReleaseStarted),
        FaultPhase.Active => Over(s, rule, FaultReason.Heard),
        _ => Unchanged(s, FaultReason.None),
    };

    private static FaultStepResult OnTick(FaultState s, FaultRule rule, ServerTime now)
    {
        if (s.ShelvedUntil != ServerTime.Zero && s.ShelvedUntil <= now)
            return EndShelf(s, rule, now, asked: false);
        if (s.WakeAt == ServerTime.Zero || s.WakeAt > now)
            return Unchanged(s, FaultReason.NotInThisPhase);
        var (due, why) = Due(s, rule);
        if (due == ServerTime.Zero || due > now)
            return Unchanged(Rewake(s, rule, now), FaultReason.None);
        return s.Phase == FaultPhase.Pending
            ? Rewoken(Raise(s, s.Severity == 0 ? rule.BaseSeverity : s.Severity, rule, now, why), rule, now)
            : Over(s, rule, why);
    }

    private static FaultStepResult Rewoken(FaultStepResult result, FaultRule rule, ServerTime now) =>
        result with { State = Rewake(result.State, rule, now) };

    /// <summary>Asks for the earliest instant at which the server's clock alone can change the state; also after the rule itself changed.</summary>
    internal static FaultState Rewake(FaultState s, FaultRule rule, ServerTime now)
    {
        var (due, _) = Due(s, rule);
        if (due != ServerTime.Zero && due < now)
            due = now;
        var wake = s.ShelvedUntil != ServerTime.Zero && (due == ServerTime.Zero || s.ShelvedUntil < due) ? s.ShelvedUntil : due;
        return s with { WakeAt = wake };
    }

    /// <summary>When the running hold, release, auto-clear or unseen time ends if nothing more is heard, and what that means; zero for never.</summary>
    private static (ServerTime At, FaultReason Why) Due(FaultState s, FaultRule rule)
    {
        // Its hold is served: it waits for people alone.
        if (s is { Phase: FaultPhase.Pending, Maintained: true })
            return (new ServerTime(1), FaultReason.MaintenanceOver);
        if (rule.Kind == FaultKind.Silence)
        {
            return s.Phase switch
            {
                FaultPhase.Pending => (new ServerTime(s.Since.EpochMs) + rule.Hold, FaultReason.HoldCompletedInSilence),
                FaultPhase.Clearing => (new ServerTime(s.Since.EpochMs) + ReleaseOf(in s, rule), FaultReason.Heard),
                FaultPhase.Latched => Unlatched(rule),
                _ => default,
            };
        }
        return s.Phase switch
        {
            FaultPhase.Pending => (Remaining(s, rule.Hold, rule), FaultReason.HoldCompletedInSilence),
            FaultPhase.Clearing => Earlier((Remaining(s, ReleaseOf(in s, rule), rule), FaultReason.ReleaseCompletedInSilence), Ending(s, rule)),
            FaultPhase.Active => Ending(s, rule),
            FaultPhase.Latched => Unlatched(rule),
            _ => default,
        };
    }

    private static (ServerTime At, FaultReason Why) Earlier((ServerTime At, FaultReason Why) a, (ServerTime At, FaultReason Why) b) =>
        a.At == ServerTime.Zero || (b.At != ServerTime.Zero && b.At < a.At) ? b : a;

    private static ServerTime Remaining(FaultState s, TimeSpan needed, FaultRule rule)
    {
        // A late reading completes nothing by the server's clock: what it says happened is over.
        if (!s.LastWasLive)
            return ServerTime.Zero;
        var left = needed - (s.LastAt - s.Since);
        // A code stays set until it is cleared; a metric's last value counts for no longer than the gap.
        return rule.Kind == FaultKind.Condition && left > GapOf(in s, rule) ? ServerTime.Zero : s.LastHeard + left;
    }

    /// <summary>An existing fault ends by not being reported any more; that its last report came late does not matter here.</summary>
    private static (ServerTime At, FaultReason Why) Ending(FaultState s, FaultRule rule)
    {
        var auto = rule.Kind == FaultKind.Codes && rule.AutoClear is { } a ? s.LastHeard + (WithQuiet(a, in s, rule) - (s.LastAt - s.CodeAt)) : ServerTime.Zero;
        var unseen = rule.Unseen is { } u ? s.LastHeard + WithQuiet(u, in s, rule) : ServerTime.Zero;
        return Earlier((auto, FaultReason.AutoCleared), (unseen, FaultReason.Unseen));
    }
}
