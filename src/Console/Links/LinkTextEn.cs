using B2D.Core.Links;

namespace B2D.Console.Links;

/// <summary>Customers' pages in English.</summary>
internal sealed class LinkTextEn : LinkText
{
    public override string Language => "en";
    public override string Since(string at) => $"Since {at}.";
    public override string Over(string at) => $"It works again since {at}.";
    public override string WeKnow => "We know about it; you need not report it.";
    public override string Watched => "Most of it works again; we are watching that it stays so.";
    public override string OwnIsBack => "Your own connection answers again.";
    public override string OnIt => "We are on it.";
    public override string WaitsForYou => "It waits for an answer from you.";
    public override string WaitsForParts => "We are waiting for a part.";
    public override string WaitsForOthers => "We are waiting for somebody else’s work.";
    public override string LooksWell => "It looks well again to us. Is it so for you?";
    public override string Cause(string cause) => $"The cause: {cause}.";
    public override string Until(string workaround) => $"Until then: {workaround}.";
    public override string Estimate(string from, string until) => $"We expect it to be mended between {from} and {until}.";
    public override string NoEstimate => "There is no estimate yet.";
    public override string NextWord(string at) => $"Next news by {at}.";
    public override string NoNextWord => "We write when there is news.";
    public override string Reference(string reference) => $"Reference {reference}";
    public override string Told => "What we told you";
    public override string StillBroken => "It is still broken";
    public override string StillBrokenWords => "What does not work? You may leave this empty.";
    public override string WorksAgain => "It works again";
    public override string Visit => "A visit";
    public override string Booked(string when) => $"We come {when}.";
    public override string ChangeUntil(string at) => $"You can change it or give it back until {at}.";
    public override string NoChange => "It can no longer be changed here; please tell us if you cannot be there.";
    public override string OtherSlots => "Another time";
    public override string GiveBack => "I do not need the visit";
    public override string Call => "A call";
    public override string CallBy(string at) => $"We call you by {at}.";
    public override string CallMeBy => "Call me by";
    public override string CallMe => "Ask for the call";
    public override string NoCall => "I do not need the call";
    public override string HowHard => "How hard was this for you?";
    public override string Scale => "1 is very easy, 7 is very hard";
    public override string HowHardWords => "What should we do better? You may leave this empty.";
    public override string Send => "Send";
    public override string Answered(int score) => $"You said {score} of 7. Thank you.";
    public override string EndsAt(string at) => $"This page is here until {at}. Whoever has its address can read it and answer for you.";
    public override string TooOld => "Nothing was done: this page was open for too long. Please try once more.";
    public override string Missing => "This page is not there";
    public override string MissingText => "Its time may be over, or the address is not quite right. What we wrote to you stands without it.";
    public override string Wait(int minutes) => $"There were too many tries. Please try again in {minutes} min.";
    public override string Code => "The code in our message";
    public override string CodeLabel => "Eight letters and digits";
    public override string CodeWrong => "This code opens nothing. It may be mistyped, or its time is over.";
    public override string Open => "Open";
    public override string Hear(string place) => $"Do you want to hear of outages in {place}?";
    public override string HearYes => "Yes, write to me";
    public override string Heard(string place) => $"You hear from us when something does not work in {place}, and when it works again. Each message has a link that ends it.";

    public override string Of(LinkOutcome outcome) => outcome switch
    {
        LinkOutcome.Gone => "Nothing was done: this page has ended.",
        LinkOutcome.NotPossible => "Nothing was done: that is not possible as things are now.",
        LinkOutcome.Kept => "Thank you. We keep at it, and ask you before we end it.",
        LinkOutcome.Reopened => "Thank you. We are on it again, before other work.",
        LinkOutcome.Opened => "Thank you. Somebody looks after it now.",
        LinkOutcome.Noted => "Thank you, it is written down.",
        LinkOutcome.Resolved => "Thank you. We take it as mended.",
        LinkOutcome.AlreadySaid => "We have that already.",
        LinkOutcome.Booked => "The visit is booked.",
        LinkOutcome.AlreadyBooked => "This visit is yours already.",
        LinkOutcome.Full => "Somebody else was faster; that time is taken. What you had before stands.",
        LinkOutcome.Fixed => "Nothing was done: the visit can no longer be changed here.",
        LinkOutcome.GivenBack => "The visit is called off.",
        LinkOutcome.NothingBooked => "No visit is booked.",
        LinkOutcome.CallPromised => "We will call you.",
        LinkOutcome.AlreadyPromised => "That call is promised already.",
        LinkOutcome.NoNumber => "Nothing was done: we have no number of yours.",
        LinkOutcome.CallTakenBack => "We do not call.",
        LinkOutcome.Thanked => "Thank you for the answer.",
        LinkOutcome.AlreadyAnswered => "You had answered already; the first answer stands.",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "an outcome without words"),
    };
}
