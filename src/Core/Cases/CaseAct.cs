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

    /// <summary>Whoever has it now has read what was left to them.</summary>
    public sealed record ReadHandOff : CaseAct;

    /// <summary>Does a step once more that was done or left out.</summary>
    public sealed record RepeatStep(long StepId) : CaseAct;

    /// <summary>Proposes a step that worked as the standard one of the rule and model.</summary>
    public sealed record ProposeStep(long StepId) : CaseAct;

    /// <summary>Writes to the customer, and promises the next word where <paramref name="NextAt"/> is not zero.</summary>
    /// <param name="What">What the next word is about, for the team.</param>
    public sealed record Write(string Text, ServerTime NextAt, string What) : CaseAct;

    /// <summary>Notes that the customer was promised a word, on the telephone for instance.</summary>
    public sealed record PromiseWord(ServerTime At, string What) : CaseAct;

    /// <summary>Makes it part of the case <paramref name="Into"/> and closes it.</summary>
    public sealed record Merge(long Into) : CaseAct;

    /// <summary>Links it to <paramref name="Subject"/>, as in <see cref="CaseSubject"/>.</summary>
    public sealed record Link(string Subject) : CaseAct;

    /// <summary>Takes a link back.</summary>
    public sealed record Unlink(string Subject) : CaseAct;

    /// <summary>It should not have reached the actor; <paramref name="Reason"/> as in <see cref="Objections.Reasons"/>.</summary>
    public sealed record Objection(string Reason, string Text) : CaseAct;

    /// <summary>The actor has seen what came of their objection.</summary>
    public sealed record SeenOutcome : CaseAct;

    /// <summary>The customer complains; <paramref name="Owner"/> owes the answer, the actor where it is empty.</summary>
    public sealed record Complain(string Text, string Owner) : CaseAct;

    /// <summary>Tells the customer that we have their complaint.</summary>
    public sealed record AcknowledgeComplaint(string Text) : CaseAct;

    /// <summary>The final answer to the complaint.</summary>
    public sealed record AnswerComplaint(string Text) : CaseAct;

    /// <summary>Gives the customer something as goodwill, within what <paramref name="Role"/> may.</summary>
    public sealed record Grant(GrantKind Kind, int Amount, string Reason, string Role) : CaseAct;

    /// <summary>The customer no longer waits for the promised word, because of <paramref name="Why"/>.</summary>
    public sealed record TakeBackWord(string Why) : CaseAct;

    /// <summary>Books a visit in a slot for the customer, in place of the one that is booked.</summary>
    /// <param name="Text">What they read of it, as it stands here; empty: they were told on the telephone.</param>
    public sealed record BookVisit(long Slot, string Text) : CaseAct;

    /// <summary>Gives back the visit that is booked, and tells the customer so in these words.</summary>
    public sealed record CallOffVisit(string Text) : CaseAct;
}
