namespace B2D.Core.Cases;

/// <summary>What has to be known of a case that is merged.</summary>
/// <param name="Customer">Empty: not known.</param>
/// <param name="Complaint">A complaint is open on it.</param>
public readonly record struct MergeFacts(long Id, CasePhase Phase, string Device, string Customer, bool Complaint);

/// <summary>Whether two cases become one, or why not; reaches screens.</summary>
public enum MergeReason : byte
{
    Done = 0,
    Itself = 1,

    /// <summary>The one that would be merged away is closed for good.</summary>
    ClosedIsFinal = 2,

    /// <summary>The one that would remain is not open.</summary>
    OtherIsNotOpen = 3,

    /// <summary>They have neither the device nor the customer in common.</summary>
    NothingInCommon = 4,

    /// <summary>A complaint ends only with its final answer.</summary>
    ComplaintIsOpen = 5,
}

/// <summary>Decides whether a case may be merged into another: it closes, and what belongs to it is read at the other.</summary>
public static class CaseMerge
{
    /// <param name="from">The one that closes.</param>
    /// <param name="into">The one that remains.</param>
    public static MergeReason Decide(MergeFacts from, MergeFacts into) =>
        from.Id == into.Id ? MergeReason.Itself
        : from.Phase == CasePhase.Closed ? MergeReason.ClosedIsFinal
        : into.Phase is CasePhase.Resolved or CasePhase.Closed ? MergeReason.OtherIsNotOpen
        : from.Device != into.Device && (from.Customer.Length == 0 || from.Customer != into.Customer) ? MergeReason.NothingInCommon
        : from.Complaint ? MergeReason.ComplaintIsOpen
        : MergeReason.Done;
}
