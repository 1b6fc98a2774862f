using B2D.Core.Devices;

namespace B2D.Core.Subscriptions;

/// <summary>Why somebody gets the mail by which they confirm, or not. Whoever asked reads the same words in all cases but the first two.</summary>
public enum SubscriptionReason : byte
{
    /// <summary>It is no e-mail address.</summary>
    NoAddress = 1,

    /// <summary>None of our customers lives there.</summary>
    NoPlace = 2,
    Mails = 3,

    /// <summary>They have confirmed it before.</summary>
    Already = 4,

    /// <summary>The address got such mails a short while ago.</summary>
    MailedLately = 5,

    /// <summary>The address has as many as one can have.</summary>
    Enough = 6,

    /// <summary>So many asked within an hour that it is more likely a machine.</summary>
    TooMany = 7,
}

/// <summary>What is known of an address and a place before somebody asks.</summary>
/// <param name="Confirmed">They have it.</param>
/// <param name="Mails">Mails to confirm this place that went to the address.</param>
/// <param name="MailedLately">Mails to confirm any place that went to the address within an hour.</param>
/// <param name="OfAddress">Places of the address, confirmed or not.</param>
/// <param name="LatelyInAll">Mails to confirm within an hour, to anybody.</param>
public readonly record struct SubscriptionFacts(bool Confirmed, long Mails, long MailedLately, long OfAddress, long LatelyInAll);

/// <summary>Decides who may be sent a mail to confirm that they want to hear of a place.</summary>
public static class SubscriptionDecision
{
    /// <summary>Most characters of an address, and of a place.</summary>
    public const int MaxAddress = 254, MaxPlace = 100;

    /// <summary>Places of one address.</summary>
    public const int MostOfAddress = 20;

    /// <summary>Mails to confirm one place: whoever does not answer does not want it.</summary>
    public const int MostMails = 3;

    /// <summary>Mails to confirm to one address within an hour.</summary>
    public const int MostAnHour = 3;

    /// <summary>Until a request that nobody confirms is forgotten.</summary>
    public static readonly TimeSpan ConfirmWithin = TimeSpan.FromDays(2);

    /// <summary>Whether a text can be an e-mail address, as imports have it.</summary>
    public static bool IsAddress(string text) => text.Length is > 0 and <= MaxAddress && !text.Any(char.IsControl) && ImportField.Email(text) is null;

    /// <param name="isAddress">It can be an e-mail address.</param>
    /// <param name="isPlace">A customer lives there.</param>
    /// <param name="mostInAll">Mails to confirm within an hour, to anybody.</param>
    public static SubscriptionReason Ask(bool isAddress, bool isPlace, SubscriptionFacts facts, int mostInAll) =>
        !isAddress ? SubscriptionReason.NoAddress
        : !isPlace ? SubscriptionReason.NoPlace
        : facts.Confirmed ? SubscriptionReason.Already
        : facts.MailedLately >= MostAnHour || facts.Mails >= MostMails ? SubscriptionReason.MailedLately
        : facts.OfAddress >= MostOfAddress ? SubscriptionReason.Enough
        : facts.LatelyInAll >= mostInAll ? SubscriptionReason.TooMany
        : SubscriptionReason.Mails;
}

/// <summary>Where people ask to hear of a place, without signing in.</summary>
public interface ISubscriptionDesk
{
    /// <summary>E-mail and links are switched on.</summary>
    bool IsOn { get; }

    /// <summary>Asks for it; only who confirms by the mail hears anything.</summary>
    /// <param name="language">Out of <c>en</c>, <c>de</c> and <c>pt</c>.</param>
    SubscriptionReason Ask(string email, string place, string language);

    /// <summary>The place that a mail's link confirms; null where it is none of ours or too old.</summary>
    string? PlaceOf(string token);

    /// <summary>Confirms it; the place, or null where the link is none of ours or too old. A second time says the same.</summary>
    string? Confirm(string token);
}
