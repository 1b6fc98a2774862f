namespace B2D.Core.Cases;

/// <summary>What a person does to a case.</summary>
public abstract record CaseAct
{
    private CaseAct() { }

    /// <summary>The actor takes it.</summary>
    public sealed record Take : CaseAct;

    /// <summary>Gives it to <paramref name="To"/>, a user's name.</summary>
    public sealed record Assign(string To) : CaseAct;

    /// <summary>Moves it to another team's queue, as <see cref="CaseQueue"/> has its name; nobody has it there yet.</summary>
    public sealed record MoveQueue(string Queue) : CaseAct;

    /// <summary>Adds a step before the one that is now at <paramref name="Position"/> (from 0); beyond the end: last.</summary>
    public sealed record AddStep(string Text, int Position) : CaseAct;

    /// <summary>Ticks a step off.</summary>
    public sealed record CompleteStep(long StepId) : CaseAct;

    /// <summary>Leaves a step out.</summary>
    public sealed record SkipStep(long StepId) : CaseAct;

    /// <summary>Moves a step to <paramref name="Position"/> (from 0).</summary>
    public sealed record MoveStep(long StepId, int Position) : CaseAct;

    /// <summary>Pauses the clocks until <paramref name="Until"/> because of <paramref name="For"/> (the pump kit, a call back, the power company).</summary>
    public sealed record Wait(WaitKind Kind, string For, ServerTime Until) : CaseAct;

    /// <summary>Ends a wait.</summary>
    public sealed record Resume : CaseAct;

    /// <summary>Adds words to the timeline.</summary>
    public sealed record Note(string Text) : CaseAct;

    /// <summary>The work is done.</summary>
    public sealed record Resolve : CaseAct;

    /// <summary>It was not done after all.</summary>
    public sealed record Reopen : CaseAct;

    /// <summary>Final, with the reason: a <see cref="Core.Cases.Disposition"/> in words with hyphens, <c>customer-side</c>.</summary>
    public sealed record Close(string Disposition) : CaseAct;

    /// <summary>Passes it on with what is done, what is open and what was promised to the customer.</summary>
    public sealed record HandOff(string To, string Finished, string Open, string Promised) : CaseAct;
}
