namespace B2D.Core.Notices;

/// <summary>Whether a letter is printed to a customer whom nothing else reaches.</summary>
public static class LetterDecision
{
    /// <param name="hasNews">It says what a person wrote; only of news and words there are some without.</param>
    public static bool IsPrinted(NoticeClass noticeClass, string status, bool hasNews) => noticeClass is NoticeClass.Safety or NoticeClass.Service or NoticeClass.Case
        // That there is no news yet is out of date when it arrives, and would be printed again and again.
        && status != "no-news" && (status != "update" || hasNews);
}
