namespace B2D.Console;

/// <summary>The words of a notice as they went, or will go, to the customer.</summary>
/// <param name="Title">Subject line; empty on channels without one.</param>
public sealed record NoticeWords(string Title, string Text)
{
    /// <summary>The text that it was made of: <c>outage-opened, en, sms, version 3</c>; empty where that is not known.</summary>
    public string Made { get; init; } = "";

    /// <summary>Kept when it left, word for word.</summary>
    public bool AsSent { get; init; }
}

/// <summary>The words of the ledger's notices; absent where the worker runs elsewhere.</summary>
public interface INoticeWords
{
    /// <summary>The words of a notice; null where it is not known or its template is gone.</summary>
    NoticeWords? Of(string noticeId);
}
