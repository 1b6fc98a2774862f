using System.Collections.Immutable;

namespace B2D.Core.Notices;

/// <summary>What a notice is for. Each has its own consent, its own cap and its own way with the night.</summary>
public enum NoticeClass : byte
{
    /// <summary>Somebody may come to harm.</summary>
    Safety = 1,

    /// <summary>What many have not: outages and planned work.</summary>
    Service = 2,

    /// <summary>A fault of one's own device, and the case that it became.</summary>
    Case = 3,

    /// <summary>Nothing is broken: reminders that come from use.</summary>
    Usage = 4,

    /// <summary>Something to buy.</summary>
    Offer = 5,

    /// <summary>A question about us.</summary>
    Survey = 6,

    /// <summary>The answer to what the customer wrote or asked for.</summary>
    Answer = 7,
}

/// <summary>Classes of notices as words.</summary>
public static class NoticeClasses
{
    /// <summary>Those that a customer may want or not.</summary>
    public static readonly ImmutableArray<NoticeClass> WithConsent = [NoticeClass.Service, NoticeClass.Case, NoticeClass.Usage, NoticeClass.Offer, NoticeClass.Survey];

    /// <summary>In ledger, API and imports.</summary>
    public static string Word(this NoticeClass noticeClass) => noticeClass switch
    {
        NoticeClass.Safety => "safety",
        NoticeClass.Service => "service",
        NoticeClass.Case => "case",
        NoticeClass.Usage => "usage",
        NoticeClass.Offer => "offer",
        NoticeClass.Survey => "survey",
        _ => "answer",
    };

    /// <summary>For people, in the plural: what somebody has no more of.</summary>
    public static string Meaning(this NoticeClass noticeClass) => noticeClass switch
    {
        NoticeClass.Safety => "warnings of danger",
        NoticeClass.Service => "news of outages",
        NoticeClass.Case => "notices of faults and cases",
        NoticeClass.Usage => "reminders",
        NoticeClass.Offer => "offers",
        NoticeClass.Survey => "surveys",
        _ => "answers",
    };

    /// <summary>The class of a word; null where it is none.</summary>
    public static NoticeClass? Of(string? word) => Enum.GetValues<NoticeClass>().Cast<NoticeClass?>().FirstOrDefault(c => c!.Value.Word() == word);

    /// <summary>The class of what is told about a subject of the ledger, where nobody says otherwise.</summary>
    public static NoticeClass OfSubject(string subject) => subject.Split(':', 2)[0] switch
    {
        "outage" or "maintenance" => NoticeClass.Service,
        "due" => NoticeClass.Usage,
        "message" => NoticeClass.Answer,
        _ => NoticeClass.Case,
    };

    /// <summary>What somebody who was told something is owed whatever they think of such notices: that it is over, or over for others only, that planned work changes, the word
    /// that was promised, and what a person wrote.</summary>
    public static bool IsOwed(string status) => status is "all-clear" or "left" or "update" or "word" or "no-news" or "moved" or "called-off" or "late";

    /// <summary>Whether what is owed goes also to who wants no more of its class: the end does, and not the news before it.</summary>
    public static bool OutlivesStop(string status) => status != "update";
}
