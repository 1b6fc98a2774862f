namespace B2D.Core.Links;

/// <summary>Why a customer is asked how hard it was, or not; reaches tests.</summary>
public enum SurveyReason : byte
{
    Asks = 1,

    /// <summary>They were asked a short while ago.</summary>
    AskedLately = 2,

    /// <summary>They do not want to be asked.</summary>
    NotWanted = 3,

    /// <summary>Nobody is known whom to ask, or it was no case of theirs: merged, a test, a false alarm.</summary>
    Nobody = 4,
}

/// <summary>Decides about the one question after a case: how hard was this for you?</summary>
public static class SurveyDecision
{
    /// <summary>The scale: 1 very easy, 7 very hard.</summary>
    public const int Easiest = 1, Hardest = 7;

    /// <summary>Most characters of what they add.</summary>
    public const int MaxWords = 1000;

    /// <summary>A case is over that was open.</summary>
    /// <param name="isTheirs">It has a customer, and was a case to them.</param>
    /// <param name="withdrawn">They said that they want no surveys.</param>
    /// <param name="lastAsked">Zero: never.</param>
    /// <param name="every">They are asked at most once in so long.</param>
    public static SurveyReason Ask(bool isTheirs, bool withdrawn, ServerTime lastAsked, TimeSpan every, ServerTime now) =>
        !isTheirs ? SurveyReason.Nobody
        : withdrawn ? SurveyReason.NotWanted
        : lastAsked > ServerTime.Zero && now - lastAsked < every ? SurveyReason.AskedLately
        : SurveyReason.Asks;

    /// <summary>Whether it can be an answer.</summary>
    public static bool IsAnswer(int score, string words) => score is >= Easiest and <= Hardest && words.Length <= MaxWords;
}
