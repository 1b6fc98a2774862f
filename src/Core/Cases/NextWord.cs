namespace B2D.Core.Cases;

/// <summary>What is to be done about the next word that a customer was promised; reaches records and screens.</summary>
public enum NextWordReason : byte
{
    NothingPromised = 0,
    NotYet = 1,

    /// <summary>The time has come and nobody wrote: B2D says so, and when the next comes.</summary>
    NoNews = 2,

    /// <summary>The case is over: nothing is to be said of it any more.</summary>
    Over = 3,
}

/// <summary>Keeps the next word on a case, so that a promised time never passes in silence.</summary>
public static class NextWord
{
    /// <summary>How far ahead a word can be promised.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <param name="isOpen">Whether the case is.</param>
    /// <param name="promised">By when; zero: nothing is promised.</param>
    /// <param name="ahead">So long before it the word leaves, to be there by then.</param>
    public static NextWordReason Decide(bool isOpen, ServerTime promised, TimeSpan ahead, ServerTime now) =>
        promised == ServerTime.Zero ? NextWordReason.NothingPromised
        : !isOpen ? NextWordReason.Over
        : promised <= now + ahead ? NextWordReason.NoNews
        : NextWordReason.NotYet;

    /// <summary>Why a time cannot be promised, in a sentence; empty where it can.</summary>
    public static string Refusal(ServerTime promised, ServerTime now) =>
        promised <= now ? "the next word is promised for a time that has not come yet"
        : promised - now > Longest ? "the next word is promised for a time within 90 days"
        : "";
}
