namespace B2D.Core.Notices;

/// <summary>Where the approval of a notice to many stands.</summary>
public enum ApprovalPhase : byte
{
    /// <summary>A person may stop it, or let it go sooner.</summary>
    Offered = 1,
    LetGo = 2,
    Stopped = 3,

    /// <summary>Its time was over and nobody stopped it.</summary>
    WentByItself = 4,

    /// <summary>There was nothing to tell any more.</summary>
    Over = 5,
}

/// <summary>What happens to an approval.</summary>
public abstract record ApprovalAct
{
    private ApprovalAct() { }

    /// <summary>A person lets it go.</summary>
    public sealed record LetGo : ApprovalAct;

    /// <summary>A person stops it.</summary>
    public sealed record Stop(string Reason) : ApprovalAct;

    /// <summary>What was stopped is offered again, with what is known by now.</summary>
    public sealed record Again : ApprovalAct;

    /// <summary>Its time is over.</summary>
    public sealed record TimeIsOver : ApprovalAct;

    /// <summary>What it is about is over.</summary>
    public sealed record NothingToTell : ApprovalAct;
}

/// <summary>The machine of approvals.</summary>
public static class ApprovalStep
{
    /// <summary>Whether so many more who are to be told of one thing wait for a person: whoever joins what was let go does not.</summary>
    /// <param name="before">Where the approval of those before them stands; null where there was none.</param>
    public static bool Needs(int recipients, int above, ApprovalPhase? before) => before is null && recipients > above;

    /// <summary>One step; with the reason where it is not possible.</summary>
    public static (ApprovalPhase Phase, string Problem) Step(ApprovalPhase phase, ApprovalAct act) => (phase, act) switch
    {
        (ApprovalPhase.Offered, ApprovalAct.LetGo) => (ApprovalPhase.LetGo, ""),
        (ApprovalPhase.Offered, ApprovalAct.Stop { Reason.Length: 0 }) => (phase, "say why; whoever asks later will read it"),
        (ApprovalPhase.Offered, ApprovalAct.Stop) => (ApprovalPhase.Stopped, ""),
        (ApprovalPhase.Offered, ApprovalAct.TimeIsOver) => (ApprovalPhase.WentByItself, ""),
        (ApprovalPhase.Offered, ApprovalAct.NothingToTell) => (ApprovalPhase.Over, ""),
        (ApprovalPhase.Offered, ApprovalAct.Again) => (phase, "it is offered already"),
        (ApprovalPhase.Stopped, ApprovalAct.Again) => (ApprovalPhase.Offered, ""),
        (ApprovalPhase.Stopped, ApprovalAct.LetGo) => (phase, "it was stopped, and what it said is old by now: offer it again"),
        (ApprovalPhase.Stopped, _) => (phase, "it is stopped already"),
        (ApprovalPhase.Over, _) => (phase, "there is nothing to tell any more"),
        _ => (phase, "it has gone out already"),
    };
}

/// <summary>Where people decide about notices to many.</summary>
public interface IApprovalDesk
{
    /// <summary>Does it as <paramref name="who"/>; refused where it is at another version by now.</summary>
    ActOutcome Act(long approvalId, int version, ApprovalAct act, string who);
}
