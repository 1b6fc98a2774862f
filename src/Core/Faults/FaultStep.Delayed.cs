using B2D.Core.Rules;

namespace B2D.Core.Faults;

/// <summary>What the server's clock does for a rule that looks at messages later than they come.</summary>
public static partial class FaultStep
{
    /// <summary>
    /// Before a message that was held back: had it and those before it come as they were measured, the server's clock would have ended a hold, a release or an unseen
    /// fault by now whose time was over when it was measured.
    /// </summary>
    /// <param name="s">The state before it.</param>
    /// <param name="at">When the message was measured.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="now">The server's time.</param>
    /// <param name="ended">When it was over by the device's clock.</param>
    internal static FaultStepResult OnPassed(in FaultState s, DeviceTime at, FaultRule rule, ServerTime now, out DeviceTime ended)
    {
        var (due, why) = Due(s, rule);
        ended = s.LastAt + (due - s.LastHeard);
        if (due == ServerTime.Zero || ended > at)
            return Unchanged(s, FaultReason.None);
        return s.Phase == FaultPhase.Pending
            ? Rewoken(Raise(s, s.Severity == 0 ? rule.BaseSeverity : s.Severity, rule, now, why), rule, now)
            : Over(s, rule, why);
    }
}
