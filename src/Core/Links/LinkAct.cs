namespace B2D.Core.Links;

/// <summary>What a customer does on the page behind a link.</summary>
public abstract record LinkAct
{
    private LinkAct() { }

    /// <summary>It is still broken, or again.</summary>
    /// <param name="Words">What they add, at most 1,000 characters; may be empty.</param>
    public sealed record StillBroken(string Words) : LinkAct;

    /// <summary>It works.</summary>
    public sealed record WorksAgain : LinkAct;

    /// <summary>Takes a place in a slot, in place of the one they have.</summary>
    public sealed record Pick(long Slot) : LinkAct;

    /// <summary>Gives the visit back.</summary>
    public sealed record GiveBack : LinkAct;

    /// <summary>Wants to be called by a time, in place of the one before.</summary>
    public sealed record CallMe(ServerTime By) : LinkAct;

    /// <summary>Needs no call any more.</summary>
    public sealed record NoCall : LinkAct;

    /// <summary>Says how hard it was, from <see cref="SurveyDecision.Easiest"/> to <see cref="SurveyDecision.Hardest"/>.</summary>
    public sealed record Answer(int Score, string Words) : LinkAct;
}

/// <summary>What came of it. The page has words for each in the customer's language.</summary>
public enum LinkOutcome : byte
{
    /// <summary>The link opens nothing any more; nothing was done.</summary>
    Gone = 1,

    /// <summary>It cannot be done as things are; nothing was done.</summary>
    NotPossible = 2,
    Kept = 3,
    Reopened = 4,
    Opened = 5,
    Noted = 6,
    Resolved = 7,

    /// <summary>They said so before.</summary>
    AlreadySaid = 8,
    Booked = 9,

    /// <summary>The visit is theirs already.</summary>
    AlreadyBooked = 10,

    /// <summary>Somebody else was faster; what they had before they still have.</summary>
    Full = 11,

    /// <summary>The visit can no longer be changed here.</summary>
    Fixed = 12,
    GivenBack = 13,
    NothingBooked = 14,
    CallPromised = 15,
    AlreadyPromised = 16,

    /// <summary>We have no number of them.</summary>
    NoNumber = 17,
    CallTakenBack = 18,
    Thanked = 19,

    /// <summary>They answered before; the first answer stands.</summary>
    AlreadyAnswered = 20,
}

/// <summary>A link that is good.</summary>
/// <param name="CaseId">The case that it is about; of an outage the one that came of it for this customer. 0: there is none.</param>
/// <param name="OutageId">The outage that it is about; 0: it is about a case.</param>
/// <param name="Language">The customer's, out of <c>en</c>, <c>de</c> and <c>pt</c>.</param>
/// <param name="TimeZone">The customer's, a name of the tz database.</param>
/// <param name="EndsAt">When the page is gone.</param>
public sealed record CustomerLink(long Id, string Customer, long CaseId, long OutageId, string Language, string TimeZone, ServerTime EndsAt);

/// <summary>What customers do without signing in. Reading changes nothing.</summary>
public interface ILinkDesk
{
    /// <summary>Whose it is and what about; null where it opens nothing, whatever the reason.</summary>
    CustomerLink? Open(string token);

    /// <summary>Whether a token was made here, though it may open nothing any more: whoever has it did not guess it.</summary>
    bool IsOurs(string token);

    /// <summary>The token behind a typed code; null where there is none, whatever the reason.</summary>
    string? TokenOf(string code);

    /// <summary>Does it, as the customer, once: a second time says what is so already.</summary>
    LinkOutcome Act(string token, LinkAct act);

    /// <summary>What a customer can choose from on the case at this moment.</summary>
    LinkChoices ChoicesOf(CustomerLink link);
}

/// <summary>A slot that can be taken.</summary>
public sealed record SlotChoice(long Id, ServerTime Start, ServerTime End);

/// <summary>A visit that is booked.</summary>
/// <param name="ChangeUntil">Until when the customer can change it or give it back.</param>
/// <param name="MayChange">Whether that time has not come.</param>
public sealed record BookedVisit(ServerTime Start, ServerTime End, ServerTime ChangeUntil, bool MayChange);

/// <summary>What a customer can choose from.</summary>
/// <param name="Calls">Times by which they can be called; empty where no number is known.</param>
/// <param name="CallBy">By when they will be called; null where they did not ask.</param>
/// <param name="AsksHowHard">They are asked, and have not answered.</param>
/// <param name="Answered">Their score; 0 where they gave none.</param>
public sealed record LinkChoices(IReadOnlyList<SlotChoice> Slots, BookedVisit? Visit, IReadOnlyList<ServerTime> Calls, ServerTime? CallBy, bool AsksHowHard, int Answered)
{
    public static readonly LinkChoices None = new([], null, [], null, false, 0);
}

/// <summary>Where operators keep slots, and agents find them.</summary>
public interface ISlotDesk
{
    /// <summary>Slots in which an agent can book a visit for a case, soonest first, at most twelve; none where the case is over or its owner is not known.</summary>
    IReadOnlyList<SlotChoice> FreeFor(long caseId);

    /// <summary>Adds one: its number, or why it was refused in a sentence.</summary>
    (long Id, string Refused) Add(Slot slot, string who);

    /// <summary>Nobody can take a place in it any more; visits that are booked stay.</summary>
    ActOutcome Close(long slotId, string who);
}
