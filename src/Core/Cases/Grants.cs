namespace B2D.Core.Cases;

/// <summary>What a customer can be given as goodwill.</summary>
public enum GrantKind : byte
{
    /// <summary>Whole units of the organisation's currency.</summary>
    Money = 1,

    /// <summary>Days of service.</summary>
    Days = 2,
}

/// <summary>How much a role gives on one case: at once, and beyond that with review afterwards.</summary>
public readonly record struct GrantLimits(int AtOnce, int Reviewed);

/// <summary>What becomes of a grant; reaches records and screens.</summary>
public enum GrantReason : byte
{
    /// <summary>Within the first limit: given.</summary>
    AtOnce = 1,

    /// <summary>Within the second: given, and a lead looks at it afterwards.</summary>
    Reviewed = 2,

    /// <summary>Beyond both: a lead is asked first.</summary>
    Asks = 3,
}

/// <summary>Where a grant stands.</summary>
public enum GrantPhase : byte { Granted = 1, ToReview = 2, Reviewed = 3, Objected = 4, Asked = 5, Refused = 6 }

/// <summary>What a lead says of it.</summary>
public enum GrantVerdict : byte { Approve = 1, Refuse = 2 }

/// <summary>Decides about grants. What was given on the case before counts, so that a large one is not made of small ones.</summary>
public static class Grants
{
    /// <param name="amount">At least 1.</param>
    /// <param name="before">What of the kind was given or asked for on the case before and not refused.</param>
    public static GrantReason Decide(int amount, long before, GrantLimits limits) =>
        before + amount <= limits.AtOnce ? GrantReason.AtOnce
        : before + amount <= limits.Reviewed ? GrantReason.Reviewed
        : GrantReason.Asks;

    /// <summary>Where a new grant stands.</summary>
    public static GrantPhase Of(GrantReason reason) => reason switch { GrantReason.AtOnce => GrantPhase.Granted, GrantReason.Reviewed => GrantPhase.ToReview, _ => GrantPhase.Asked };

    /// <summary>A lead's verdict; false: nothing waits for one. What was given is not taken from the customer again; the objection is for whoever gave it.</summary>
    public static (GrantPhase Phase, bool Accepted) Step(GrantPhase phase, GrantVerdict verdict) => (phase, verdict) switch
    {
        (GrantPhase.ToReview, GrantVerdict.Approve) => (GrantPhase.Reviewed, true),
        (GrantPhase.ToReview, GrantVerdict.Refuse) => (GrantPhase.Objected, true),
        (GrantPhase.Asked, GrantVerdict.Approve) => (GrantPhase.Granted, true),
        (GrantPhase.Asked, GrantVerdict.Refuse) => (GrantPhase.Refused, true),
        _ => (phase, false),
    };
}

/// <summary>Where leads look at grants.</summary>
public interface IGrantDesk
{
    /// <summary>Gives a verdict as <paramref name="who"/>, who is not whoever gave or asked.</summary>
    ActOutcome Act(long grantId, GrantVerdict verdict, string who);
}
