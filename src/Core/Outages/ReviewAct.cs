namespace B2D.Core.Outages;

/// <summary>Where a review stands.</summary>
public enum ReviewPhase : byte { Open = 1, Done = 2 }

/// <summary>What is written down in a review: what was found, or what is to be done because of it.</summary>
public enum ReviewNoteKind : byte { Finding = 1, Action = 2 }

/// <summary>What a person does to the review of an outage.</summary>
public abstract record ReviewAct
{
    private ReviewAct() { }

    /// <summary>Longest text of a note, in characters.</summary>
    public const int MaxText = 500;

    /// <summary>Reviews an outage that was too small for it by itself.</summary>
    public sealed record Open : ReviewAct;

    /// <summary>Somebody owns it.</summary>
    public sealed record Assign(string Owner) : ReviewAct;

    /// <summary>Something was found.</summary>
    public sealed record Find(string Text) : ReviewAct;

    /// <summary>Something is to be done, by whom and until when.</summary>
    public sealed record Plan(string Text, string Owner, ServerTime Due) : ReviewAct;

    /// <summary>An action was done.</summary>
    public sealed record Finish(long Note) : ReviewAct;

    /// <summary>The review is done; its actions may go on.</summary>
    public sealed record Close : ReviewAct;

    /// <summary>There is more to find out.</summary>
    public sealed record Reopen : ReviewAct;
}

/// <summary>The machine of reviews.</summary>
public static class ReviewStep
{
    /// <param name="phase">Where it stands; null: there is none yet.</param>
    /// <param name="isOver">The outage is.</param>
    /// <param name="owner">Empty: nobody.</param>
    /// <param name="findings">How many there are.</param>
    /// <returns>Where it stands then, and why it is not done; empty where it is.</returns>
    public static (ReviewPhase Phase, string Problem) Step(ReviewPhase? phase, ReviewAct act, bool isOver, string owner, long findings) => (phase, act) switch
    {
        (null, ReviewAct.Open) when !isOver => (ReviewPhase.Open, "the outage goes on; it is reviewed when it is over"),
        (null, ReviewAct.Open) => (ReviewPhase.Open, ""),
        (null, _) => (ReviewPhase.Open, "there is no review of it yet; open one first"),
        (_, ReviewAct.Open) => (phase.Value, "there is a review of it already"),
        (ReviewPhase.Done, ReviewAct.Reopen) => (ReviewPhase.Open, ""),
        (ReviewPhase.Open, ReviewAct.Reopen) => (ReviewPhase.Open, "it is open"),
        // What was decided to be done goes on after the review.
        (_, ReviewAct.Finish) => (phase.Value, ""),
        (ReviewPhase.Done, _) => (ReviewPhase.Done, "the review is done; reopen it first"),
        (_, ReviewAct.Close) when owner.Length == 0 => (ReviewPhase.Open, "nobody owns it; somebody has to answer for it"),
        (_, ReviewAct.Close) when findings == 0 => (ReviewPhase.Open, "nothing was found yet; write down at least one finding, even that all went well"),
        (_, ReviewAct.Close) => (ReviewPhase.Done, ""),
        _ => (ReviewPhase.Open, ""),
    };
}

/// <summary>Where outages are reviewed.</summary>
public interface IReviewDesk
{
    /// <summary>Does it as <paramref name="who"/>, unless the review is no longer at <paramref name="version"/>; of one that is opened the version is 0.</summary>
    ActOutcome Act(long outageId, int version, ReviewAct act, string who);
}
