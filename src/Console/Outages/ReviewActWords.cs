using B2D.Core;
using B2D.Core.Outages;

namespace B2D.Console.Outages;

/// <summary>What is done to a review: open, assign (owner), find (text), plan (text, owner, due), finish (note), close or reopen.</summary>
internal sealed record ReviewActWords
{
    public string Act { get; init; } = "";

    /// <summary>The version of the review that the actor saw; 0 where there was none.</summary>
    public int? Version { get; init; }

    /// <summary>1 to 500 characters.</summary>
    public string? Text { get; init; }

    /// <summary>A user's name.</summary>
    public string? Owner { get; init; }

    /// <summary>ISO 8601 or epoch milliseconds.</summary>
    public string? Due { get; init; }

    /// <summary>The number of an action.</summary>
    public long? Note { get; init; }

    /// <summary>The act, or what is missing for it in a sentence.</summary>
    public (ReviewAct? Act, string Problem) Read(ServerTime? due)
    {
        var (text, owner) = ((Text ?? "").Trim(), (Owner ?? "").Trim());
        return Act switch
        {
            "open" => (new ReviewAct.Open(), ""),
            "assign" when owner.Length is 0 or > 100 => (null, "owner is missing: the user whose it is."),
            "assign" => (new ReviewAct.Assign(owner), ""),
            "find" or "plan" when text.Length is 0 or > ReviewAct.MaxText => (null, "text is missing or longer than 500 characters."),
            "find" => (new ReviewAct.Find(text), ""),
            "plan" when owner.Length is 0 or > 100 => (null, "owner is missing: the user who does it."),
            "plan" when due is null => (null, "due is missing or no time: until when it is done."),
            "plan" => (new ReviewAct.Plan(text, owner, due.Value), ""),
            "finish" when Note is null or <= 0 => (null, "note is missing: the number of what was done."),
            "finish" => (new ReviewAct.Finish(Note.Value), ""),
            "close" => (new ReviewAct.Close(), ""),
            "reopen" => (new ReviewAct.Reopen(), ""),
            _ => (null, $"'{Shell.Words.Cut(Act, 40)}' is nothing that can be done to a review: open, assign, find, plan, finish, close, reopen."),
        };
    }

    /// <summary>What was done, for the person who did it.</summary>
    public static string Done(ReviewAct act) => act switch
    {
        ReviewAct.Open => "The review is open.",
        ReviewAct.Assign a => $"The review is {a.Owner}’s.",
        ReviewAct.Find => "Written down.",
        ReviewAct.Plan p => $"{p.Owner} does it.",
        ReviewAct.Finish => "Done.",
        ReviewAct.Close => "The review is done.",
        _ => "The review is open again.",
    };
}
