namespace B2D.Core.Outages;

/// <summary>What a person does to an outage.</summary>
public abstract record OutageAct
{
    private OutageAct() { }

    /// <summary>Says the cause; people alone assert it. Empty takes it back, and those who were told of it hear so.</summary>
    public sealed record SetCause(string Cause) : OutageAct;

    /// <summary>What customers can do meanwhile; empty takes it back.</summary>
    public sealed record SetWorkaround(string Text) : OutageAct;

    /// <summary>When it should be over, as a window.</summary>
    public sealed record SetEstimate(ServerTime From, ServerTime Until) : OutageAct;

    /// <summary>The time of the next word to customers.</summary>
    public sealed record SetNextUpdate(ServerTime At) : OutageAct;

    /// <summary>What was written and has not left is not told by itself: with the next promised word at the earliest, or with what is written next.</summary>
    public sealed record HoldNews : OutageAct;

    /// <summary>Puts it in a state against what telemetry says, and why; not back to held, because what was told was told.</summary>
    public sealed record Override(OutagePhase State, string Reason) : OutageAct;

    /// <summary>Lets the notices go that wait for a person.</summary>
    public sealed record ReleaseGuard : OutageAct;
}
