using System.Collections.Immutable;
using System.Globalization;
using B2D.Console.Lists;
using B2D.Storage.Notices;

namespace B2D.Console.Notices;

/// <summary>The ledger of notices as a list.</summary>
internal static class NoticeLists
{
    public static readonly ListDefinition Definition = new()
    {
        Select = "n.*",
        From = "notices n LEFT JOIN customers cu ON cu.id = n.customer",
        Fields =
        [
            new("state", "n.state", FieldMatch.Whole, "waiting, due, held, sending, retrying, calling, sent, failed or suppressed")
            {
                Meanings = ImmutableDictionary<string, string>.Empty.Add("waiting", "n.state IN ('Due', 'Held', 'Sending', 'Retrying')"),
            },
            new("channel", "n.channel", FieldMatch.Whole, "email, sms, webhook, phone or letter"),
            new("class", "n.class", FieldMatch.Whole, "safety, service, case, usage, offer, survey or answer"),
            new("status", "n.status", FieldMatch.Whole, "opened, update, all-clear, device-fault, due"),
            new("customer", "n.customer", FieldMatch.Whole, "the customer’s id"),
            new("subject", "n.subject", FieldMatch.Pattern, "case:12, outage:3, due:4, with *"),
            new("template", "n.template", FieldMatch.Pattern, "the template’s name, with *"),
        ],
        Text = [],
        Begins = ["SELECT id FROM notices WHERE subject >= {0} AND subject < {1}"],
        Words = [new("customer_words", "customer", "SELECT id FROM notices WHERE customer IN ({0})")],
        TextWords = "the customer’s name and place, and the beginning of the subject",
        Order = "n.created_at DESC, n.id DESC",
        Key = ListKey.TimeAndTextDown,
        KeyColumn = "n.id",
        TimeColumn = "n.created_at",
        Views = [new("All", ""), new("Waiting", "state:waiting"), new("Held for a person", "state:held"), new("Failed", "state:failed,retrying"),
            new("Suppressed", "state:suppressed"), new("All-clears", "status:all-clear")],
        Example = "state:failed channel:email",
    };

    public static string Cursor(NoticeRow row) => string.Create(CultureInfo.InvariantCulture, $"{row.CreatedAt}.{row.Id}");
}
