namespace B2D.Core.Notices;

/// <summary>Why a person calls.</summary>
public enum CallReason : byte
{
    /// <summary>Somebody may come to harm: a text is not enough.</summary>
    Danger = 1,

    /// <summary>The customer's health or safety depends on it: a text is not enough.</summary>
    Depends = 2,

    /// <summary>There is no other way to reach them.</summary>
    NothingElse = 3,

    /// <summary>Every other way has failed.</summary>
    AllFailed = 4,

    /// <summary>The customer asked to be called.</summary>
    Asked = 5,
}

/// <summary>Whether a person calls a customer.</summary>
public static class CallDecision
{
    /// <param name="dependent">The customer's health or safety depends on the service.</param>
    /// <param name="hasNumber">We know a number.</param>
    /// <param name="hasChannel">It goes by another channel too.</param>
    /// <param name="failed">Another channel was tried.</param>
    /// <returns>Why; null for no call.</returns>
    public static CallReason? Decide(NoticeClass noticeClass, string status, bool dependent, bool hasNumber, bool hasChannel, bool failed)
    {
        // Nobody is called because of a filter.
        if (!hasNumber || noticeClass is not (NoticeClass.Safety or NoticeClass.Service or NoticeClass.Case))
            return null;
        var isFirst = status is "opened" or "device-fault" or "planned";
        if (isFirst && noticeClass == NoticeClass.Safety)
            return CallReason.Danger;
        if (isFirst && dependent)
            return CallReason.Depends;
        return hasChannel ? null : failed ? CallReason.AllFailed : CallReason.NothingElse;
    }

    /// <summary>For people.</summary>
    public static string Words(this CallReason reason) => reason switch
    {
        CallReason.Danger => "somebody may come to harm: a text is not enough",
        CallReason.Depends => "the customer depends on it: a text is not enough",
        CallReason.Asked => "the customer asked to be called",
        CallReason.NothingElse => "no other channel of the customer is known and switched on",
        _ => "every other channel has failed",
    };
}
