using System.Collections.Immutable;
using B2D.Core.Rules;

namespace B2D.Core.Faults;

/// <summary>How a fault begins and ends where more than its condition has a say: a person (latch), quiet (chatter), the hours in which it may open (during), and people
/// who work on the device (maintenance).</summary>
public static partial class FaultStep
{
    /// <summary>How long a fault has to be normal before it is over: a fault that chatters for its quiet time, where that is longer.</summary>
    internal static TimeSpan ReleaseOf(in FaultState s, FaultRule rule) => WithQuiet(rule.Release, in s, rule);

    /// <summary>A state that goes on under a rule that may have been changed.</summary>
    internal static FaultState Adopted(FaultState s, FaultRule rule, ServerTime now)
    {
        if (rule.Chatter is not { } chatter)
            s = s with { Chatters = false, RaiseTimes = default };
        else if (!s.RaiseTimes.IsDefault && s.RaiseTimes.Length >= chatter.Raises)
            s = s with { RaiseTimes = s.RaiseTimes[^(chatter.Raises - 1)..] };
        if (s.OutsideHours)
            s = s with { ShelvedUntil = rule.During?.NextOpen(now) ?? now };
        return Rewake(s, rule, now);
    }

    /// <summary>A fault of which nobody is to hear before its rule's hours begin.</summary>
    internal static FaultState Held(FaultState s, Hours hours, FaultRule rule, ServerTime now) =>
        Rewake(s with { ShelvedUntil = hours.NextOpen(now), OutsideHours = true, Maintained = false }, rule, now);

    private static TimeSpan WithQuiet(TimeSpan time, in FaultState s, FaultRule rule) =>
        s.Chatters && rule.Chatter is { } chatter && chatter.Quiet > time ? chatter.Quiet : time;

    private static TimeSpan GapOf(in FaultState s, FaultRule rule) => s.Chatters && rule.Chatter is { } chatter ? chatter.MaxGap : rule.MaxGap;

    /// <summary>True while nothing says that the condition of an existing fault is over for good.</summary>
    private static bool IsThere(in FaultState s) => s.Phase is FaultPhase.Active or FaultPhase.Clearing;

    private static FaultStepResult OnAcknowledge(FaultState s) => s.Phase switch
    {
        FaultPhase.Latched => Clear(Plain(s), FaultReason.Acknowledged),
        FaultPhase.Active or FaultPhase.Clearing => new(s with { Acknowledged = true }, FaultChange.None, FaultReason.Acknowledged),
        _ => Unchanged(s, FaultReason.NotInThisPhase),
    };

    /// <summary>The condition is over, its release served: the fault is cleared, or where a person has yet to acknowledge it, waits for that.</summary>
    private static FaultStepResult Over(FaultState s, FaultRule rule, FaultReason why) => rule.Latch && !s.Acknowledged
        ? new(s with { Phase = FaultPhase.Latched, RaiseBits = 0, CodesSet = 0, WakeAt = s.ShelvedUntil }, FaultChange.Latched, why)
        : Clear(Plain(s), why);

    /// <summary>A fault whose condition was over: where it is true again it is the same fault still.</summary>
    private static FaultStepResult FromLatched(FaultState s, bool asserted, Severity severity, FaultReason why) => asserted
        ? new(s with { Phase = FaultPhase.Active, Severity = severity, ClearBits = 0 }, FaultChange.Relapsed, why)
        : Unchanged(s, FaultReason.StillFalse);

    /// <summary>Under a rule that no longer latches a fault that waits for a person alone is over at once.</summary>
    private static (ServerTime At, FaultReason Why) Unlatched(FaultRule rule) => rule.Latch ? default : (new ServerTime(1), FaultReason.ConditionFalse);

    /// <summary>Without what ends together with a fault.</summary>
    private static FaultState Plain(FaultState s) => s with
    {
        Chatters = false,
        ShelvedUntil = s.OutsideHours ? ServerTime.Zero : s.ShelvedUntil,
        OutsideHours = false,
        Maintained = false,
    };

    /// <summary>Counts a raise, and says that the fault chatters where that is one too many. From then on nothing is kept: after it counting begins anew.</summary>
    private static FaultState Counted(FaultState s, FaultRule rule, ServerTime now)
    {
        if (rule.Chatter is not { } chatter)
            return s;
        var times = s.RaiseTimes.IsDefault ? [] : s.RaiseTimes.RemoveAll(t => now - t > chatter.Within);
        return times.Length + 1 >= chatter.Raises
            ? s with { Chatters = true, RaiseTimes = default }
            : s with { RaiseTimes = times.Add(now) };
    }

    /// <summary>A fault that is raised outside its rule's hours is held until they begin, unless a person has silenced it anyway.</summary>
    private static FaultState WithinHours(FaultState s, FaultRule rule, ServerTime now) => rule.During is { } hours && !s.IsShelved(now) && !hours.IsOpen(now)
        ? s with { ShelvedUntil = hours.NextOpen(now), OutsideHours = true }
        : s;

    /// <summary>
    /// What becomes of a step while people work on the device: what would be raised waits for <paramref name="until"/>, and so does what was shelved. Null where the
    /// step goes ahead: everything else does, and nothing keeps back what endangers people.
    /// </summary>
    internal static FaultStepResult? HeldByMaintenance(in FaultState before, in FaultStepResult result, FaultRule rule, ServerTime until, ServerTime now) => result.Change switch
    {
        _ when rule.Class == FaultClass.Safety => null,
        FaultChange.Raised => Unchanged(result.State with
        {
            Phase = FaultPhase.Pending,
            RaisedAt = ServerTime.Zero,
            WakeAt = until,
            Maintained = true,
            Chatters = before.Chatters,
            RaiseTimes = before.RaiseTimes,
            ShelvedUntil = before.ShelvedUntil,
            OutsideHours = before.OutsideHours,
        }, FaultReason.Maintenance),
        // Its release goes on: it may be over before people are done.
        FaultChange.ShelfEnded => Unchanged(Rewake(result.State with { ShelvedUntil = until, OutsideHours = before.OutsideHours, Maintained = true }, rule, now), FaultReason.Maintenance),
        _ => null,
    };

    /// <summary>A shelf is over: by its time, or because somebody <paramref name="asked"/>. Outside its hours a fault stays held, unless it is just that which
    /// somebody does not want.</summary>
    private static FaultStepResult EndShelf(FaultState s, FaultRule rule, ServerTime now, bool asked)
    {
        if (s.ShelvedUntil == ServerTime.Zero)
            return Unchanged(s, FaultReason.NotInThisPhase);
        if (s.Exists && !(asked && s.OutsideHours) && rule.During is { } hours && !hours.IsOpen(now))
            return new(Held(s, hours, rule, now), FaultChange.HeldOutsideHours, FaultReason.OutsideHours);
        var why = s.OutsideHours && !asked ? FaultReason.HoursBegan : FaultReason.ShelfEnded;
        return new(Rewake(s with { ShelvedUntil = ServerTime.Zero, OutsideHours = false, Maintained = s.Maintained && !s.Exists }, rule, now), s.Exists ? FaultChange.ShelfEnded : FaultChange.None, why);
    }
}
