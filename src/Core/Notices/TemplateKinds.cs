using System.Collections.Immutable;

namespace B2D.Core.Notices;

/// <summary>A fact that a text can say or ask for.</summary>
/// <param name="IsFlag">It can only be asked for, with <c>{{#if}}</c>.</param>
public sealed record TemplateFact(string Name, string Meaning, bool IsFlag = false);

/// <summary>A fact that a text has to say.</summary>
/// <param name="When">Where this one is so; empty: always.</param>
public sealed record TemplateNeed(string Fact, string When = "");

/// <summary>What a template is for.</summary>
public sealed record TemplateKind(string Name, NoticeClass Class, string When, params ImmutableArray<TemplateNeed> Needs);

/// <summary>All templates and the facts that they may have.</summary>
public static class TemplateKinds
{
    /// <summary>By name.</summary>
    public static readonly ImmutableArray<TemplateKind> All =
    [
        new("call-back", NoticeClass.Case, "a customer asked to be called; an agent reads it", new("sender"), new("device"), new("title"), new("reference")),
        new("case-ask", NoticeClass.Case, "a case is to end, and its customer is asked before whether it works", new("sender"), new("device"), new("title"), new("reference"), new("contact")),
        new("case-update", NoticeClass.Case, "an agent wrote on a case, or there is no news by the promised time", new("sender"), new("device"), new("words", "news"), new("next_update"), new("reference"), new("contact")),
        new("device-clear", NoticeClass.Case, "a fault is over that its owner was told of", new("sender"), new("device"), new("title"), new("until"), new("reference"), new("contact")),
        new("device-fault", NoticeClass.Case, "a device has a fault", new("sender"), new("device"), new("title"), new("since"), new("safety"), new("words"), new("self_help"), new("warning"), new("reference"), new("contact")),
        new("filter-due", NoticeClass.Usage, "use has brought something near", new("sender"), new("device"), new("title"), new("contact")),
        new("outage-all-clear", NoticeClass.Service, "an outage is over", new("sender"), new("until"), new("lasted"), new("reference"), new("contact")),
        new("outage-left", NoticeClass.Service, "an outage is over, and a customer’s own does not work yet", new("sender"), new("until"), new("back"), new("reference"), new("contact")),
        new("outage-opened", NoticeClass.Service, "an outage begins for a customer", new("sender"), new("title"), new("place"), new("since"), new("still_works"), new("warning"), new("workaround"), new("estimate"), new("next_update"),
            new("reference"), new("contact")),
        new("outage-update", NoticeClass.Service, "there is news of an outage, or none by the promised time", new("sender"), new("title"), new("since"), new("workaround"), new("estimate"), new("estimate_was"), new("next_update"),
            new("reference")),
        new("planned", NoticeClass.Service, "work is planned that a customer will feel", new("sender"), new("times"), new("title"), new("still_works"), new("reference"), new("contact")),
        new("planned-all-clear", NoticeClass.Service, "planned work is done", new("sender"), new("reference"), new("contact")),
        new("planned-called-off", NoticeClass.Service, "planned work does not take place", new("sender"), new("times_were"), new("reference"), new("contact")),
        new("planned-late", NoticeClass.Service, "planned work takes longer, or leaves something broken", new("sender"), new("over"), new("next_update"), new("reference"), new("contact")),
        new("planned-moved", NoticeClass.Service, "planned work is at another time", new("sender"), new("times"), new("times_were"), new("title"), new("still_works"), new("reference"), new("contact")),
        new("planned-reminder", NoticeClass.Service, "planned work is near", new("sender"), new("times"), new("title"), new("still_works"), new("reference"), new("contact")),
        new("start-done", NoticeClass.Answer, "a customer wants messages again", new("sender"), new("classes"), new("contact")),
        new("stop-done", NoticeClass.Answer, "a customer ended messages", new("sender"), new("classes"), new("contact")),
        new("stop-which", NoticeClass.Answer, "a customer wrote STOP and it is not plain what is to end", new("sender"), new("classes"), new("contact")),
        new("subscription-confirm", NoticeClass.Answer, "somebody wants to hear of outages of a place", new("sender"), new("place"), new("confirm")),
        new("survey", NoticeClass.Survey, "a case is over that was hard for a customer or easy", new("sender"), new("device"), new("title"), new("until"), new("contact"), new("reference")),
    ];

    /// <summary>Whatever the template; what a notice does not have is empty.</summary>
    public static readonly ImmutableArray<TemplateFact> Facts =
    [
        new("sender", "who writes"),
        new("contact", "how to reach a person"),
        new("name", "the customer’s name"),
        new("device", "the device’s id"),
        new("title", "what is wrong or due, in the customer’s language"),
        new("place", "where, in people’s words"),
        new("words", "what the rule or the agent says to the customer"),
        new("self_help", "what the customer can do"),
        new("still_works", "what still works"),
        new("warning", "what depends on it"),
        new("classes", "kinds of notices that ended or begin again"),
        new("safety", "somebody may come to harm", IsFlag: true),
        new("since", "when it began"),
        new("until", "when it was over"),
        new("lasted", "how long it lasted"),
        new("next_update", "by when the next word comes"),
        new("news", "a person wrote something new", IsFlag: true),
        new("monitoring", "most is well again", IsFlag: true),
        new("back", "what this customer has is well again", IsFlag: true),
        new("cause", "the cause, as a person wrote it"),
        new("cause_gone", "the cause that was told before is taken back", IsFlag: true),
        new("workaround", "what to do meanwhile"),
        new("estimate", "when it is expected to be mended"),
        new("estimate_was", "what was told of that before"),
        new("times", "when planned work takes place"),
        new("times_were", "when it was to, as told before"),
        new("why", "why planned work was changed"),
        new("over", "the planned work is done", IsFlag: true),
        new("after_work", "the planned work that this is left of"),
        new("owed", "what the customer is owed for it"),
        new("used", "how much is used"),
        new("every", "of how much"),
        new("share", "the same in per cent"),
        new("unit", "of what"),
        new("reference", "what to name when calling"),
        new("link", "the address of a page about it, where links are switched on"),
        new("typed", "the same address, short enough to be typed"),
        new("unsubscribe", "the address by which such messages end, for those who hear of a place"),
        new("confirm", "the address by which somebody confirms that they want them"),
    ];

    /// <summary>Facts that are addresses: they are put in when it leaves, and in the text only.</summary>
    public static readonly ImmutableArray<string> Addresses = ["link", "typed", "unsubscribe", "confirm"];

    /// <summary>Channels that can have a text of their own; empty: every channel.</summary>
    public static readonly ImmutableArray<string> Channels = ["", "email", "sms", "webhook", "phone", "letter"];

    /// <summary>The template of a name; null where there is none.</summary>
    public static TemplateKind? Find(string name) => All.FirstOrDefault(k => k.Name == name);
}
