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

    /// <summary>A fault that is there stays as it is while its condition does: no time of its own runs meanwhile.</summary>
    private readonly bool keepsActive;

    public RuleProgram(FaultRule rule)
    {
        Rule = rule;
        IsCondition = rule.Kind == FaultKind.Condition;
        Windows = [.. rule.WindowSlots];
        Verify = rule.Remedy?.Verify;
        keepsActive = rule.Unseen is null && rule.Chatter is null;
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

    /// <summary>
    /// What a condition rule says of a fault where it stands. What cannot matter there is not looked at, and unknown: whether something clears that is not there, and
    /// whether something is raised that is.
    /// </summary>
    public (Truth Raise, Truth Clear) Judge(FaultPhase phase, in ConditionScope scope)
    {
        if (clear is null)
        {
            // What clears is the contrary; of what is unknown that is unknown.
            var raised = raise!(in scope);
            return (raised, raised switch { Truth.True => Truth.False, Truth.False => Truth.True, _ => Truth.Unknown });
        }
        if (phase is FaultPhase.Active or FaultPhase.Clearing)
            return clear(in scope) is var cleared and not Truth.Unknown ? (Truth.Unknown, cleared) : (raise!(in scope), Truth.Unknown);
        return raise!(in scope) is var begun and not Truth.Unknown ? (begun, Truth.Unknown) : (Truth.Unknown, clear(in scope));
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
    /// The most frequent steps by far, in place: a verdict that leaves a normal fault normal, or a fault that is there as it is. False, and nothing done, for every
    /// other; <see cref="FaultStep.OnSample"/> does the same of them.
    /// </summary>
    public bool Stays(ref FaultPulse state, Truth raise, Truth clear, in ConditionScope scope, in TelemetryTime time)
    {
        var gap = state.LastHeard == ServerTime.Zero ? 0 : time.At.EpochMs - state.LastAt.EpochMs;
        var forgets = gap < 0 || (gap > maxGapMs && forgetsAfterGap);
        var raises = ((forgets ? 0 : state.RaiseBits) << 1) | (raise == Truth.True ? 1u : 0u);
        var clears = ((forgets ? 0 : state.ClearBits) << 1) | (clear == Truth.True ? 1u : 0u);
        if (state.Phase == FaultPhase.Normal)
        {
            if ((raises & raiseMask) != 0 && BitOperations.PopCount(raises & raiseMask) >= raisesNeeded)
                return false;
            state.Severity = baseSeverity;
        }
        else if (state.Phase != FaultPhase.Active || !keepsActive || BitOperations.PopCount(clears & clearMask) >= clearsNeeded || SeverityOf(in scope) != state.Severity)
            return false;
        (state.LastAt, state.LastHeard, state.LastWasLive) = (time.At, time.Now, time.Live);
        (state.RaiseBits, state.ClearBits) = (raises, clears);
        return true;
    }

    private static uint MaskOf(SampleQuota quota) => quota.Of >= 32 ? uint.MaxValue : (1u << quota.Of) - 1;
}
