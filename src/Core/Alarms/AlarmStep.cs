namespace B2D.Core.Alarms;

/// <summary>Where an alarm stands.</summary>
public enum AlarmPhase : byte
{
    /// <summary>All is well.</summary>
    Normal = 1,

    /// <summary>Something is wrong, not for long enough yet.</summary>
    Pending = 2,

    /// <summary>It is raised.</summary>
    Raised = 3,

    /// <summary>It is raised, and all has been well for a while.</summary>
    Clearing = 4,
}

/// <summary>What a step changed.</summary>
public enum AlarmChange : byte { None = 0, Raised = 1, LevelChanged = 2, Cleared = 3 }

/// <summary>An alarm's state; <paramref name="Since"/> is when the phase began, in time that passed since the start.</summary>
public readonly record struct AlarmState(AlarmPhase Phase, AlarmLevel Level, TimeSpan Since)
{
    public static readonly AlarmState Normal = new(AlarmPhase.Normal, AlarmLevel.None, TimeSpan.Zero);

    /// <summary>It is raised, or was and has not cleared yet.</summary>
    public bool IsOpen => Phase is AlarmPhase.Raised or AlarmPhase.Clearing;
}

/// <summary>The machine of every alarm of B2D's own.</summary>
public static class AlarmStep
{
    /// <summary>One look.</summary>
    /// <param name="level">What the condition says now.</param>
    /// <param name="now">Time that passed since the start, by a clock that nobody sets.</param>
    /// <param name="raiseAfter">How long it must be wrong.</param>
    /// <param name="clearAfter">How long it must be well.</param>
    public static (AlarmState State, AlarmChange Change) Step(AlarmState state, AlarmLevel level, TimeSpan now, TimeSpan raiseAfter, TimeSpan clearAfter)
    {
        var wrong = level != AlarmLevel.None;
        return (state.Phase, wrong) switch
        {
            (AlarmPhase.Normal, false) => (state, AlarmChange.None),
            (AlarmPhase.Normal, true) when raiseAfter <= TimeSpan.Zero => (new(AlarmPhase.Raised, level, now), AlarmChange.Raised),
            (AlarmPhase.Normal, true) => (new(AlarmPhase.Pending, level, now), AlarmChange.None),
            (AlarmPhase.Pending, false) => (AlarmState.Normal, AlarmChange.None),
            (AlarmPhase.Pending, true) when now - state.Since >= raiseAfter => (new(AlarmPhase.Raised, level, now), AlarmChange.Raised),
            (AlarmPhase.Pending, true) => (state with { Level = level }, AlarmChange.None),
            (AlarmPhase.Raised, true) when level == state.Level => (state, AlarmChange.None),
            (AlarmPhase.Raised, true) => (state with { Level = level }, AlarmChange.LevelChanged),
            (AlarmPhase.Raised, false) when clearAfter <= TimeSpan.Zero => (AlarmState.Normal, AlarmChange.Cleared),
            (AlarmPhase.Raised, false) => (state with { Phase = AlarmPhase.Clearing, Since = now }, AlarmChange.None),
            (AlarmPhase.Clearing, true) => (new(AlarmPhase.Raised, level, now), level == state.Level ? AlarmChange.None : AlarmChange.LevelChanged),
            (AlarmPhase.Clearing, false) when now - state.Since >= clearAfter => (AlarmState.Normal, AlarmChange.Cleared),
            (AlarmPhase.Clearing, false) => (state, AlarmChange.None),
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "no phase of an alarm"),
        };
    }
}
