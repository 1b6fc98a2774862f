using System.Globalization;
using B2D.Console.Access;
using B2D.Core;
using B2D.Core.Contacts;
using B2D.Storage.Contacts;
using Microsoft.AspNetCore.Http;

namespace B2D.Console.Contacts;

/// <summary>A contact as a form or the API tells of it.</summary>
internal sealed record ContactWords
{
    /// <summary>It names somebody or something that is not there.</summary>
    public const string NotThere = "there is no such customer, device, case or outage";

    /// <summary>The customer's id.</summary>
    public string? Customer { get; init; }

    /// <summary>Of an inbound contact, instead of the customer: their number in any spelling.</summary>
    public string? Phone { get; init; }

    /// <summary>The device that it was about.</summary>
    public string? Device { get; init; }

    /// <summary>The case or the outage that it belongs to; without them it is found out.</summary>
    public long Case { get; init; }

    public long Outage { get; init; }

    /// <summary>phone (usually), chat, email, sms or visit.</summary>
    public string? Channel { get; init; }

    /// <summary>in (usually) or out.</summary>
    public string? Direction { get; init; }

    /// <summary>What it was about, at most 1,000 characters.</summary>
    public string? About { get; init; }

    /// <summary>The customer had to say again what they had told us before.</summary>
    public bool Repeated { get; init; }

    /// <summary>When it was: ISO 8601 or epoch milliseconds; without it: now.</summary>
    public string? At { get; init; }

    /// <summary>The contact, or what is wrong with it in a sentence.</summary>
    /// <param name="customer">Whose it is.</param>
    /// <param name="at">As read by the caller.</param>
    public (Contact? Contact, string Problem) Read(string customer, ServerTime? at)
    {
        if (customer.Length == 0)
            return (null, "customer is missing: whose contact it is.");
        if (Channels(Channel) is not { } channel)
            return (null, "channel is phone, chat, email, sms or visit.");
        if (Direction is not (null or "" or "in" or "out"))
            return (null, "direction is in or out.");
        return (new Contact(customer, channel, Direction != "out", (About ?? "").Trim(), Repeated)
        {
            Device = (Device ?? "").Trim(),
            CaseId = Math.Max(0, Case),
            OutageId = Math.Max(0, Outage),
            At = at,
        }, "");
    }

    /// <summary>What came of it, for the person who logged it.</summary>
    public static string Done(HttpContext http, ContactOutcome.Kept kept) => $"Logged. {Joined(http, kept.Joins)}";

    /// <summary>What it joined and why, for whoever may not see that.</summary>
    public static string Joined(HttpContext http, ContactJoin joins) => IsSeen(http, joins) ? Joined(joins) : "It joined what somebody works on who sees it; you do not.";

    /// <summary>Whether what it joined is there for whoever tells of it.</summary>
    public static bool IsSeen(HttpContext http, ContactJoin joins) => (joins.CaseId == 0 || Sights.Sees(http, "cases", joins.CaseId)) && (joins.OutageId == 0 || Sights.Sees(http, "outages", joins.OutageId));

    /// <summary>What it joined and why, in a sentence.</summary>
    public static string Joined(ContactJoin joins) => joins.Reason switch
    {
        ContactReason.CaseNamed => $"It is on case #{joins.CaseId}.",
        ContactReason.OutageNamed => $"It is on outage O-{joins.OutageId}.",
        ContactReason.CaseOfDevice => $"It joined case #{joins.CaseId}, which is open for that device.",
        ContactReason.OutageOfCustomer => $"It joined outage O-{joins.OutageId}, which touches them.",
        ContactReason.OnlyCase => $"It joined case #{joins.CaseId}, the one that is open for them.",
        ContactReason.SeveralCases => "Several of their cases are open, so it stands by itself; from a case’s page it goes to that case.",
        _ => "Nothing is open that it concerns, so it stands by itself.",
    };

    /// <summary>A contact in two or three words.</summary>
    public static string How(ContactRow row) => (row.Channel, row.Inbound) switch
    {
        ("phone", true) => "They called",
        ("phone", false) => "We called",
        ("chat", true) => "They wrote in the chat",
        ("chat", false) => "We wrote in the chat",
        ("email", true) => "They sent an e-mail",
        ("email", false) => "We sent an e-mail",
        ("sms", true) => "They wrote an SMS",
        ("sms", false) => "We wrote an SMS",
        (_, true) => "They came by",
        _ => "We visited",
    };

    /// <summary>What a contact joined, as a reference; empty where it stands by itself.</summary>
    public static string Joined(ContactRow row) => row.CaseId > 0 ? Text($"C-{row.CaseId}") : row.OutageId > 0 ? Text($"O-{row.OutageId}") : "";

    /// <summary>The page of what it joined; empty where it stands by itself.</summary>
    public static string Page(ContactRow row) => row.CaseId > 0 ? Text($"/cases/{row.CaseId}") : row.OutageId > 0 ? Text($"/outages/{row.OutageId}") : "";

    /// <summary>Whether all that it names is there for whoever tells of it.</summary>
    public static bool IsSeen(HttpContext http, Contact contact) => Sights.Sees(http, "customers", contact.Customer)
        && (contact.Device.Length == 0 || Sights.Sees(http, "devices", contact.Device))
        && (contact.CaseId == 0 || Sights.Sees(http, "cases", contact.CaseId)) && (contact.OutageId == 0 || Sights.Sees(http, "outages", contact.OutageId));

    private static ContactChannel? Channels(string? name) => name switch
    {
        null or "" or "phone" => ContactChannel.Phone,
        "chat" => ContactChannel.Chat,
        "email" => ContactChannel.Email,
        "sms" => ContactChannel.Sms,
        "visit" => ContactChannel.Visit,
        _ => null,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
