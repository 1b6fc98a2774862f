using B2D.Core.Notices;

namespace B2D.Console.Status;

/// <summary>The status page in English.</summary>
internal sealed class StatusTextEn() : StatusText("en")
{
    public override string Title => "Service status";
    public override string AllWorks => "Everything works";
    public override string Broken(int things) => $"{(things == 1 ? "One thing does" : $"{things} things do")} not work";
    public override string Disrupted => "Service disrupted";
    public override string Down(string at) => $"It has not worked since {at}.";
    public override string Watched(string at) => $"It works again for most since it began {at}; we watch it until we are sure.";
    public override string WeKnow => "We know; no need to report it.";
    public override string Meanwhile => "Meanwhile";
    public override string Cause => "Cause";
    public override string NoCause => "not known yet";
    public override string Expected => "Expected back";
    public override string Between(string from, string until) => $"between {from} and {until}";
    public override string NoEstimate => "no estimate yet";
    public override string NextUpdate => "Next update";
    public override string By(string at, string zone) => $"by {at} ({zone})";
    public override string Reference => "Reference";
    public override string ElseWorks => "Everything else works.";
    public override string Planned => "Planned work";
    public override string Now => "now";
    public override string To => "to";
    public override string Hear => "Hear of a place by e-mail";
    public override string HearWhat => "When something does not work there, what is new of it, and when it works again. Each mail has a link that ends it.";
    public override string Place => "Place";
    public override string Address => "Your e-mail address";
    public override string TellMe => "Tell me";
    public override string Feed => "Feed for news readers";
    public override string LastDays(int days) => $"The last {days} days";
    public override string BadDays(int bad, int days) => $"{bad} {(bad == 1 ? "day" : "days")} with trouble out of {days}";
    public override string Trouble => "trouble";
    public override string Worked => "everything worked";
    public override string Today => "today";
    public override string NoOutage => "No outage in these days.";
    public override string Over(string title) => $"Over: {title}";
    public override string Since(string at) => $"Since {at}.";
    public override string AgainSince(string at) => $"It works again since {at}.";
    public override string Asked => "If that is your address, a mail is on its way to it. You hear of outages there once you have confirmed it by that mail.";
    public override string TooMany => "Too many asked from where you are. Please try again in an hour.";
    public override string NoAddress => "That is no e-mail address; write it as name@example.org.";
    public override string NoPlace => "We serve no place of that name. Choose one of the list.";
    public override string Ended => "It has ended";
    public override string End => "End these messages";
    public override string EndIt => "End them";
    public override string NoMore(string what) => $"No more {what}?";
    public override string GotNoMore(string what) => $"You get no more {what} from us.";
    public override string Still => "Warnings of danger still come, and the end of what we told you of.";

    public override string Meaning(NoticeClass noticeClass) => noticeClass.Meaning();
}
