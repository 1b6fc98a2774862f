namespace B2D.Core.Links;

/// <summary>Whether a link opens its page; reaches tests and metrics. Whoever holds it reads the same words in all cases but the first.</summary>
public enum LinkReason : byte
{
    Good = 1,

    /// <summary>It is none of ours, or was made with another key.</summary>
    Unknown = 2,

    /// <summary>Its time is over.</summary>
    Expired = 3,

    /// <summary>It was ended: the device was sold, or the customer erased.</summary>
    Ended = 4,

    /// <summary>What it is about is not the customer's any more.</summary>
    NotTheirs = 5,
}

/// <summary>Decides whether a link still opens its page.</summary>
public static class LinkDecision
{
    /// <param name="isOurs">Its signature, or its code, is good.</param>
    /// <param name="ended">It was ended before its time.</param>
    /// <param name="endsAt">Its time.</param>
    /// <param name="isTheirs">The customer is known and owns what it is about at this moment.</param>
    public static LinkReason Open(bool isOurs, bool ended, ServerTime endsAt, bool isTheirs, ServerTime now) =>
        !isOurs ? LinkReason.Unknown
        : ended ? LinkReason.Ended
        : endsAt <= now ? LinkReason.Expired
        : isTheirs ? LinkReason.Good
        : LinkReason.NotTheirs;

    /// <summary>When a link ends that goes out now: its time counts from the last message that carried it.</summary>
    public static ServerTime EndsAt(ServerTime before, TimeSpan lasts, ServerTime now) => ServerTime.Max(before, now + lasts);
}
