using System.Collections.Immutable;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Storage.Contacts;

namespace B2D.Console.Contacts;

/// <summary>A contact as the API shows it. Case and outage are 0 where it joined none; why says how that came.</summary>
internal sealed record ContactItem(
    long Id, string? At, string Channel, string Direction, string Customer, string Device, string About, bool Repeated, bool Unread, long Case, long Outage, string Why, string Who)
{
    public static ContactItem Of(ContactRow c) => new(c.Id, Words.IsoOrNull(c.At), c.Channel, c.Inbound ? "in" : "out", c.Customer, c.Device, c.About, c.Repeated, c.Unread, c.CaseId,
        c.OutageId, Words.Spaced(c.Reason), c.Who);
}

/// <summary>The list of contacts.</summary>
internal static class ContactLists
{
    public static readonly ListDefinition Definition = new()
    {
        Select = "k.*",
        From = "contacts k",
        Fields =
        [
            new("channel", "k.channel", FieldMatch.Whole, "phone, chat, email, sms or visit"),
            new("direction", "", FieldMatch.Meaning, "in or out") { Meanings = Yes("k.inbound", "in", "out") },
            new("repeated", "", FieldMatch.Meaning, "yes or no: whether the customer had to say something again") { Meanings = Yes("k.repeated", "yes", "no") },
            new("joined", "", FieldMatch.Meaning, "case, outage or nothing")
            {
                Meanings = ImmutableDictionary<string, string>.Empty.Add("case", "k.case_id > 0").Add("outage", "k.outage_id > 0")
                    .Add("nothing", "k.case_id = 0 AND k.outage_id = 0"),
            },
            new("case", "k.case_id", FieldMatch.Number, "a case’s number"),
            new("outage", "k.outage_id", FieldMatch.Number, "an outage’s number"),
            new("customer", "k.customer", FieldMatch.Whole, "the customer’s id"),
            new("device", "k.device", FieldMatch.Pattern, "the device’s id, with *"),
            new("unread", "", FieldMatch.Meaning, "yes or no: whether the customer wrote it, and nobody has read it yet") { Meanings = Yes("k.unread", "yes", "no") },
            new("by", "k.who", FieldMatch.Pattern, "who logged it, with *"),
        ],
        Text = ["k.about", "k.device"],
        Words = [new("customer_words", "customer", "SELECT id FROM contacts WHERE customer IN ({0})")],
        TextWords = "what it was about, customer and device",
        Order = "k.id DESC",
        Key = ListKey.NumberDown,
        KeyColumn = "k.id",
        Views = [new("All", ""), new("Unread", "unread:yes"), new("Said again", "repeated:yes"), new("By themselves", "joined:nothing"), new("From customers", "direction:in")],
        Example = "repeated:yes channel:phone",
    };

    private static ImmutableDictionary<string, string> Yes(string column, string yes, string no) =>
        ImmutableDictionary<string, string>.Empty.Add(yes, $"{column} = TRUE").Add(no, $"{column} = FALSE");
}
