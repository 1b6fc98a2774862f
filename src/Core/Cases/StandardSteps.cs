namespace B2D.Core.Cases;

/// <summary>Where a proposal stands to make a step the standard one of a rule and model.</summary>
public enum StandardStepPhase : byte { Proposed = 1, Accepted = 2, Declined = 3, TakenBack = 4 }

/// <summary>What is decided about it.</summary>
public enum StandardStepAct : byte { Accept = 1, Decline = 2, TakeBack = 3 }

/// <summary>What came of a decision; reaches records and screens.</summary>
public enum StandardStepReason : byte { Done = 0, DecidedAlready = 1, NotAccepted = 2 }

/// <summary>The machine of standard steps, and how they come into a new case.</summary>
public static class StandardSteps
{
    /// <summary>Most steps that come into a new case.</summary>
    public const int Most = 20;

    /// <summary>One decision. What was declined or taken back is proposed anew where it works again.</summary>
    public static (StandardStepPhase Phase, StandardStepReason Reason) Step(StandardStepPhase phase, StandardStepAct act) => (phase, act) switch
    {
        (StandardStepPhase.Proposed, StandardStepAct.Accept) => (StandardStepPhase.Accepted, StandardStepReason.Done),
        (StandardStepPhase.Proposed, StandardStepAct.Decline) => (StandardStepPhase.Declined, StandardStepReason.Done),
        (StandardStepPhase.Accepted, StandardStepAct.TakeBack) => (StandardStepPhase.TakenBack, StandardStepReason.Done),
        (_, StandardStepAct.TakeBack) => (phase, StandardStepReason.NotAccepted),
        _ => (phase, StandardStepReason.DecidedAlready),
    };

    /// <summary>The steps of a new case: what was accepted for its rule and model first, then what the rule says and is not among them.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> accepted, IEnumerable<string> catalogue)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. accepted.Concat(catalogue).Where(s => seen.Add(NextStep.Key(s))).Take(Most)];
    }
}

/// <summary>Where it is decided which steps are the standard ones.</summary>
public interface IStandardStepDesk
{
    /// <summary>Decides about a proposal as <paramref name="who"/>.</summary>
    ActOutcome Act(long stepId, StandardStepAct act, string who);
}
