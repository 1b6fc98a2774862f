using System.Numerics;
using B2D.Core.Rules;

namespace B2D.Core.Faults;

/// <summary>A fault rule laid out for being evaluated with each message: what is looked at every time, worked out once.</summary>
internal sealed class RuleProgram
{
    private readonly CompiledCondition? raise;
    private readonly CompiledCondition? clear;
    private readonly (CompiledCondition When, Severity Severity)[] ladder;
    private readonly Severity baseSeverity;
    private readonly uint raiseMask;
    private readonly uint clearMask;
    private readonly int raisesNeeded;
    private readonly int clearsNeeded;
    private readonly long maxGapMs;
    private readonly bool forgetsAfterGap;

    public RuleProgram(FaultRule rule)
    {
        Rule = rule;
        IsCondition = rule.Kind == FaultKind.Condition;
        Windows = [.. rule.WindowSlots];
        Verify = rule.Remedy?.Verify;
        KeepsActive = rule.Unseen is null && rule.Chatter is null;
        (raise, clear) = (rule.Raise?.Compiled, rule.Clear?.Compiled);
        ladder = [.. rule.Ladder.Select(step => (step.When.Compiled, step.Severity))];
        baseSeverity = rule.BaseSeverity;
        (raiseMask, raisesNeeded) = (MaskOf(rule.RaiseSamples), rule.RaiseSamples.Needed);
        (clearMask, clearsNeeded) = (MaskOf(rule.ClearSamples), rule.ClearSamples.Needed);
        (maxGapMs, forgetsAfterGap) = (Milliseconds.Of(rule.MaxGap), rule.AfterGap == GapPolicy.Reset);
    }

    public FaultRule Rule { get; }

    public bool IsCondition { get; }

    /// <summary>Slots of the windows that it looks through.</summary>
    public int[] Windows { get; }

    /// <summary>What proves its command; null for nothing.</summary>
    public Condition? Verify { get; }

    /// <summary>A fault that is there stays as it is while its condition does: no time of its own runs meanwhile.</summary>
    public bool KeepsActive { get; }

    /// <summary>
    /// A condition rule's verdict as its fault takes it. What cannot matter to the fault where it stands is not looked at, and unknown: whether something clears
    /// that is not there, whether something is raised that is; and how serious it is before there is anything to raise (<see cref="SeverityOf"/>).
    /// </summary>
    public FaultSample Sample(FaultPhase phase, in ConditionScope scope, in TelemetryTime time)
    {
        var (raised, cleared) = (Truth.Unknown, Truth.Unknown);
        var isThere = phase is FaultPhase.Active or FaultPhase.Clearing;
        if (clear is null)
        {
            // What clears is the contrary; of what is unknown that is unknown.
            raised = raise!(in scope);
            cleared = Not(raised);
        }
        else
        {
            if (isThere)
                cleared = clear(in scope);
            if (cleared == Truth.Unknown)
                raised = raise!(in scope);
            if (raised == Truth.Unknown && !isThere)
                cleared = clear(in scope);
        }
        return new FaultSample(raised, cleared, phase == FaultPhase.Normal ? baseSeverity : SeverityOf(in scope), time.At, time.Live, time.Entry);
    }

    /// <summary>How serious it is now: what the first step of its ladder that is true says.</summary>
    public Severity SeverityOf(in ConditionScope scope)
    {
        foreach (ref readonly var step in ladder.AsSpan())
        {
            if (step.When(in scope) == Truth.True)
                return step.Severity;
        }
        return baseSeverity;
    }

    /// <summary>
    /// The most frequent steps by far, in place: a sample that leaves a normal fault normal, or a fault that is there as it is. False, and nothing done, for every
    /// other; <see cref="FaultStep.OnSample"/> does the same of them.
    /// </summary>
    public bool Stays(ref FaultPulse state, in FaultSample e, ServerTime now)
    {
        var isNormal = state.Phase == FaultPhase.Normal;
        if (!isNormal && !(state.Phase == FaultPhase.Active && KeepsActive && state.Severity == e.Severity))
            return false;
        if (e.Raise == Truth.Unknown && e.Clear == Truth.Unknown)
            return true;
        var gap = state.LastHeard == ServerTime.Zero ? 0 : e.At.EpochMs - state.LastAt.EpochMs;
        var forgets = gap < 0 || (gap > maxGapMs && forgetsAfterGap);
        var raises = ((forgets ? 0 : state.RaiseBits) << 1) | (e.Raise == Truth.True ? 1u : 0u);
        var clears = ((forgets ? 0 : state.ClearBits) << 1) | (e.Clear == Truth.True ? 1u : 0u);
        if (isNormal ? BitOperations.PopCount(raises & raiseMask) >= raisesNeeded : BitOperations.PopCount(clears & clearMask) >= clearsNeeded)
            return false;
        (state.LastAt, state.LastHeard, state.LastWasLive, state.Severity) = (e.At, now, e.Live, e.Severity);
        (state.RaiseBits, state.ClearBits) = (raises, clears);
        return true;
    }

    private static uint MaskOf(SampleQuota quota) => quota.Of >= 32 ? uint.MaxValue : (1u << quota.Of) - 1;

    private static Truth Not(Truth t) => t switch { Truth.True => Truth.False, Truth.False => Truth.True, _ => Truth.Unknown };
}
