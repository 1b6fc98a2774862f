using System.Collections.Immutable;
using B2D.Console.Lists;

namespace B2D.Console.Tasks;

/// <summary>A call as a line of the list.</summary>
public sealed record PhoneTaskLine
{
    public long Id { get; init; }
    public string Notice { get; init; } = "";
    public string Customer { get; init; } = "";
    public string Subject { get; init; } = "";
    public string Class { get; init; } = "";
    public string State { get; init; } = "";
    public string Reason { get; init; } = "";
    public long DueAt { get; init; }
    public long TryAt { get; init; }
    public long Tries { get; init; }
    public string Outcome { get; init; } = "";
    public string Who { get; init; } = "";
    public bool Late { get; init; }
    public long CreatedAt { get; init; }
    public long DoneAt { get; init; }
    public long Version { get; init; }
    public string? CustomerName { get; init; }
    public string? Phone { get; init; }
    public string? Place { get; init; }
    public string? Language { get; init; }

    /// <summary>What is said, word for word; null where it cannot be rendered.</summary>
    public NoticeWords? Words { get; init; }
}

/// <summary>The list of calls.</summary>
internal static class PhoneTaskLists
{
    public static readonly ListDefinition Definition = new()
    {
        Select = "t.*, cu.name AS customer_name, cu.phone AS phone, cu.place AS place, cu.language AS language",
        From = "phone_tasks t LEFT JOIN customers cu ON cu.id = t.customer",
        Fields =
        [
            new("state", "t.state", FieldMatch.Whole, "open, done or closed"),
            new("is", "", FieldMatch.Meaning, "late")
            {
                Meanings = ImmutableDictionary<string, string>.Empty.Add("late", "t.late = TRUE"),
            },
            new("class", "t.class", FieldMatch.Whole, "safety, service or case"),
            new("customer", "t.customer", FieldMatch.Whole, "the customer’s id"),
            new("subject", "t.subject", FieldMatch.Pattern, "outage:3, fault:HP-1/*, with *"),
            new("id", "t.id", FieldMatch.Number, "the task’s number"),
        ],
        Text = ["t.customer", "t.subject", "t.reason", "cu.name", "cu.phone", "cu.place"],
        TextWords = "customer, number, place, subject and reason",
        Order = "CASE t.state WHEN 'Open' THEN 0 ELSE 1 END, CASE t.class WHEN 'safety' THEN 0 ELSE 1 END, t.due_at, t.id",
        Key = ListKey.NumberDown,
        KeyColumn = "t.id",
        Views = [new("To call", "state:open"), new("Late", "state:open is:late"), new("Done", "state:done"), new("Not needed any more", "state:closed"), new("All", "")],
        Example = "state:open Bonfim",
    };
}
