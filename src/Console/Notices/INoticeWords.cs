namespace B2D.Console;

/// <summary>The words of a notice as they went, or will go, to the customer.</summary>
/// <param name="Title">Subject line; empty on channels without one.</param>
public sealed record NoticeWords(string Title, string Text);

/// <summary>Renders the ledger's facts with their template again; absent where the worker runs elsewhere.</summary>
public interface INoticeWords
{
    /// <summary>The words of a notice; null where it is not known or its template is gone.</summary>
    NoticeWords? Of(string noticeId);
}
