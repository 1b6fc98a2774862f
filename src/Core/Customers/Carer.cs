using System.Net.Mail;
using B2D.Core.Notices;

namespace B2D.Core.Customers;

/// <summary>Somebody whom a customer named to be told too.</summary>
/// <param name="Channel"><c>email</c> or <c>sms</c>.</param>
/// <param name="Language">Two letters; empty: the customer's.</param>
public sealed record Carer(string Name, string Email, string Phone, string Channel, string Language)
{
    /// <summary>What the ledger calls a carer: this, and the customer's id.</summary>
    public const string Prefix = "carer:";

    /// <summary>Whether the ledger means a carer.</summary>
    public static bool Is(string recipient) => recipient.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The customer of a recipient of the ledger: themselves, or who named them.</summary>
    public static string CustomerOf(string recipient) => Is(recipient) ? recipient[Prefix.Length..] : recipient;

    /// <summary>Why they cannot be told, in a sentence; empty where they can.</summary>
    /// <param name="consent">The customer named them, and they agreed.</param>
    public string Refusal(bool consent) =>
        Name.Trim().Length is 0 or > 100 ? "a name has 1 to 100 characters"
        : !consent ? "it takes that the customer named them and that they agreed"
        : Channel is not ("email" or "sms") ? "a carer is told by email or sms"
        : Email.Length > 0 && (!MailAddress.TryCreate(Email, out var mail) || mail.Address != Email) ? "the e-mail address is none"
        : Phone.Length > 0 && Phone.Count(char.IsAsciiDigit) is < 5 or > 20 ? "the phone number is none: with the country’s code"
        : (Channel == "email" ? Email : Phone).Length == 0 ? "the address for their channel is missing"
        : Language.Length is not (0 or 2) || !Language.All(char.IsAsciiLetterLower) ? "a language has two letters: en, de, pt"
        : "";
}

/// <summary>Whether a carer is told too.</summary>
public static class CarerDecision
{
    /// <summary>Of the first word of danger, and of what the customer depends on; that it is over goes to whoever was told.</summary>
    /// <param name="dependent">The customer's health or safety depends on it.</param>
    public static bool IsTold(NoticeClass noticeClass, string status, bool dependent) => status is "opened" or "device-fault"
        && (noticeClass == NoticeClass.Safety || (dependent && noticeClass is NoticeClass.Service or NoticeClass.Case));

    /// <summary>Whether somebody who writes this wants to be told no more as a carer: not where they name only what carers never get, as one who is a customer too.</summary>
    public static bool Ends(StopWish wish) => wish.Kind == StopKind.Stop
        && (wish.All || wish.Classes.IsEmpty || wish.Classes.Any(c => c is NoticeClass.Service or NoticeClass.Case));
}

/// <summary>Where carers are named.</summary>
public interface ICarerDesk
{
    /// <summary>Names one in place of the one before.</summary>
    /// <param name="consent">The customer named them, and they agreed.</param>
    ActOutcome Name(string customer, Carer carer, bool consent, string who);

    /// <summary>Nobody is told besides the customer any more.</summary>
    ActOutcome Remove(string customer, string who);
}
