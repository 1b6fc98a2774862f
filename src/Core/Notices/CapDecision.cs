namespace B2D.Core.Notices;

/// <summary>Why a notice is sent although there were many, or not.</summary>
public enum CapReason : byte
{
    BelowTheCap = 1,

    /// <summary>No cap swallows it: danger, the first word of an outage, what is owed, and answers.</summary>
    Exempt = 2,

    /// <summary>The customer got so many of its class within a day already.</summary>
    OverTheCap = 3,
}

/// <summary>Whether one more notice goes to a customer.</summary>
public static class CapDecision
{
    /// <param name="owed">They were told of it before, or were promised it.</param>
    /// <param name="sent">How many of the class went to the customer, or are on their way, within a day.</param>
    /// <param name="most">How many there may be.</param>
    public static (bool May, CapReason Reason) Decide(NoticeClass noticeClass, string status, bool owed, long sent, int most)
    {
        if (owed || status == "opened" || noticeClass is NoticeClass.Safety or NoticeClass.Answer)
            return (true, CapReason.Exempt);
        return sent < most ? (true, CapReason.BelowTheCap) : (false, CapReason.OverTheCap);
    }
}
