using System.Collections.Immutable;

namespace B2D.Core.Notices;

/// <summary>What other systems know and ours cannot.</summary>
public enum FactKind : byte
{
    /// <summary>What was needed is on its way to the customer.</summary>
    Shipped = 1,

    /// <summary>The device is with us again, or on its way.</summary>
    Returned = 2,

    Paid = 3,
    VisitBooked = 4,

    /// <summary>The customer lives elsewhere.</summary>
    Moved = 5,
    Deceased = 6,
}

/// <summary>Something that another system told us.</summary>
/// <param name="Subject"><c>customer:ana</c>, <c>device:HP-1</c> or <c>case:12</c>.</param>
/// <param name="Until">Not so any more from then on; null: without end.</param>
public sealed record OutsideFact(FactKind Kind, string Subject, ServerTime From, ServerTime? Until)
{
    /// <summary>The words of the kinds.</summary>
    public static readonly ImmutableArray<string> Kinds = ["shipped", "returned", "paid", "visit-booked", "moved", "deceased"];

    /// <summary>The kind of a word; null where it is none.</summary>
    public static FactKind? KindOf(string word) => Kinds.IndexOf(word) is >= 0 and var index ? (FactKind)(index + 1) : null;

    public static string WordOf(FactKind kind) => Kinds[(int)kind - 1];
}

/// <summary>Whether what other systems know speaks against a notice.</summary>
public static class FactDecision
{
    /// <returns>What had become so, to be followed by <c>was told</c>; null where the notice stands.</returns>
    public static string? Contradicts(FactKind kind, NoticeClass noticeClass, string status)
    {
        // Whoever lives there now may come to harm.
        if (noticeClass is NoticeClass.Safety or NoticeClass.Answer)
            return null;
        var ofDevice = status is "device-fault" or "due" || (status == "all-clear" && noticeClass == NoticeClass.Case);
        return kind switch
        {
            FactKind.Deceased => "the customer had died before it",
            FactKind.Moved when !NoticeClasses.IsOwed(status) => "the customer had moved before it",
            FactKind.Returned when ofDevice => "the device was returned before it",
            FactKind.Shipped when status == "due" => "what is needed was shipped before it",
            FactKind.VisitBooked when status is "due" or "visit" => "a visit was booked before it",
            FactKind.Paid when status == "payment" => "it was paid before it",
            _ => null,
        };
    }
}
