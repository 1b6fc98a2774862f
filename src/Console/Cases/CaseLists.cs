using System.Collections.Immutable;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core.Rules;

namespace B2D.Console.Cases;

/// <summary>A case as a line of a list.</summary>
public sealed record CaseLine
{
    public long Id { get; init; }
    public string Device { get; init; } = "";
    public string Family { get; init; } = "";
    public string State { get; init; } = "";
    public int Priority { get; init; }
    public string Queue { get; init; } = "";
    public string Title { get; init; } = "";
    public string Rule { get; init; } = "";
    public string RuleVersion { get; init; } = "";
    public string Episode { get; init; } = "";
    public Severity Severity { get; init; }
    public FaultClass Class { get; init; }
    public string Segment { get; init; } = "";
    public string Customer { get; init; } = "";
    public long OpenedAt { get; init; }
    public long OnsetAt { get; init; }
    public long LastSeenAt { get; init; }
    public long Recurrences { get; init; }
    public string Assignee { get; init; } = "";
    public string WaitingKind { get; init; } = "";
    public string WaitingFor { get; init; } = "";
    public long WaitingUntil { get; init; }
    public long ResolvedAt { get; init; }
    public long ClosedAt { get; init; }
    public string Disposition { get; init; } = "";
    public string Contract { get; init; } = "";
    public long RespondedAt { get; init; }
    public long ResponseDueAt { get; init; }
    public long RepairDueAt { get; init; }
    public long NextDueAt { get; init; }
    public bool Late { get; init; }
    public long AskedAt { get; init; }
    public long HandedAt { get; init; }
    public long WordAt { get; init; }
    public string WordWhat { get; init; } = "";
    public long WordMissed { get; init; }
    public long MergedInto { get; init; }
    public bool Chronic { get; init; }
    public bool Care { get; init; }
    public long ComplaintDueAt { get; init; }
    public bool ComplaintLate { get; init; }
    public long OutageId { get; init; }
    public long Reopened { get; init; }
    public string Summary { get; init; } = "";
    public string NextStep { get; init; } = "";
    public long Version { get; init; }

    /// <summary>From the customer's row; empty where it is not known.</summary>
    public string? CustomerName { get; init; }
    public string? Place { get; init; }
    public string? Model { get; init; }
}

/// <summary>The list of cases.</summary>
internal static class CaseLists
{
    /// <summary>What the order begins with: below 2 a case is open. As in the index <c>cases_order</c>, which so holds both filter and order.</summary>
    private const string Rank = "CASE c.state WHEN 'New' THEN 0 WHEN 'Working' THEN 0 WHEN 'Waiting' THEN 1 WHEN 'Resolved' THEN 2 ELSE 3 END";

    public static readonly ImmutableDictionary<string, string> States = new Dictionary<string, string>
    {
        ["open"] = Rank + " <= 1",
        ["done"] = Rank + " >= 2",
    }.ToImmutableDictionary();

    /// <summary>Part of an outage that goes on, and nothing more: what is about safety, and what a customer needs or was promised besides, stays in every list.</summary>
    public const string InOutage =
        "c.class <> 1 AND c.care = FALSE AND c.complaint_due_at = 0 AND c.reopened = 0 AND c.word_at = 0 AND c.late = FALSE AND c.outage_id IN (SELECT id FROM outages WHERE state <> 'Resolved')";

    /// <summary>Its faults are gone, and somebody is to ask the customer, or to look at it, before it ends.</summary>
    public const string ToAsk = "c.asked_at > 0 AND c.state IN ('New', 'Working', 'Waiting')";

    public static readonly ListDefinition Definition = new()
    {
        Select = "c.*, cu.name AS customer_name, cu.place AS place, d.model AS model",
        From = "cases c LEFT JOIN customers cu ON cu.id = c.customer LEFT JOIN devices d ON d.id = c.device",
        Fields =
        [
            new("state", "c.state", FieldMatch.Whole, "open, done, new, working, waiting, resolved or closed") { Meanings = States },
            new("severity", "c.severity", FieldMatch.Number, "critical, high, medium or low") { Meanings = Severities("c.severity") },
            new("class", "", FieldMatch.Meaning, "safety or ordinary") { Meanings = Classes("c.class") },
            new("priority", "c.priority", FieldMatch.Number, "P1 to P4"),
            new("late", "", FieldMatch.Meaning, "yes or no: whether a promised time is over") { Meanings = Late },
            new("due", "c.next_due_at", FieldMatch.Until, "today, tomorrow or a duration, 2h: what is promised until then"),
            new("word", "c.word_at", FieldMatch.Until, "today, tomorrow or a duration, 2h: the next word to the customer is promised until then"),
            new("is", "", FieldMatch.Meaning, "handed-off (and not read by whoever got it) or word-missed (a promised word that nobody wrote), in-outage (one that goes on, and the case has nothing of its own that comes first), chronic (healed three times in 14 days), merged, complaint, complaint-late, depended-on (the customer depends on the device), unread (the customer wrote, and nobody has read it) or to-ask (its faults are gone, and somebody is to ask the customer or to look at it)") { Meanings = Is },
            new("sort", "", FieldMatch.Meaning, "due: what is promised next comes first; on pages only") { Meanings = Sorted },
            new("waits", "c.waiting_kind", FieldMatch.Whole, "customer, parts or third-party"),
            new("contract", "c.contract", FieldMatch.Whole, "the contract’s name"),
            new("queue", "c.queue", FieldMatch.Whole, "the team’s queue"),
            new("assignee", "c.assignee", FieldMatch.Whole, "a person’s name, me or nobody") { Meanings = Nobody },
            new("device", "c.device", FieldMatch.Pattern, "the device’s id, with * for any characters"),
            new("model", "d.model", FieldMatch.Pattern, "the device’s model, with *"),
            new("customer", "c.customer", FieldMatch.Whole, "the customer’s id"),
            new("family", "c.family", FieldMatch.Whole, "the problem family"),
            new("rule", "c.rule", FieldMatch.Pattern, "the rule’s id, with *"),
            new("segment", "c.segment", FieldMatch.Path, "a segment and everything below it"),
            new("outage", "c.outage_id", FieldMatch.Number, "an outage’s number"),
            new("id", "c.id", FieldMatch.Number, "the case’s number"),
        ],
        Text = [],
        Words = [new("case_words", "case_id", ""), new("customer_words", "customer", "SELECT id FROM cases WHERE customer IN ({0})")],
        TextWords = "all that is written on a case: title, summary, steps, timeline and notes, and in its customer’s name and place; whole words, the last may be begun",
        Order =
            """
            CASE c.state WHEN 'New' THEN 0 WHEN 'Working' THEN 0 WHEN 'Waiting' THEN 1 WHEN 'Resolved' THEN 2 ELSE 3 END, c.class DESC, c.care DESC, c.complaint_late DESC,
            CASE WHEN c.reopened > 0 AND c.state IN ('New', 'Working') THEN 0 ELSE 1 END, c.late DESC, c.priority,
            CASE WHEN c.next_due_at > 0 OR c.word_at > 0 THEN 0 ELSE 1 END, CASE WHEN c.next_due_at = 0 OR (c.word_at > 0 AND c.word_at < c.next_due_at) THEN c.word_at ELSE c.next_due_at END, c.severity DESC, c.opened_at DESC, c.id DESC
            """,
        Orders = new Dictionary<string, string>
        {
            ["due"] = "CASE WHEN c.next_due_at > 0 THEN 0 ELSE 1 END, c.next_due_at, c.priority, c.id DESC",
        },
        Key = ListKey.NumberDown,
        KeyColumn = "c.id",
        Views =
        [
            new("Open", "state:open -is:in-outage"), new("Mine", "state:open assignee:me"), new("Nobody’s", "state:open assignee:nobody"),
            new("Late", "state:open late:yes"), new("Due next", "state:open sort:due"), new("Safety", "state:open class:safety"),
            new("Complaints", "state:open is:complaint"), new("Chronic", "state:open is:chronic"), new("To ask", "is:to-ask"), new("Waiting", "state:waiting"), new("Done", "state:done"), new("All", ""),
        ],
        Example = "state:open device:HP-* pump",
        Timed = (filter, now, zone) => Until(filter, now, zone),
    };

    public static bool IsOpen(CaseLine line) => line.State is "New" or "Working" or "Waiting";

    /// <summary>The same for what is written on the cases themselves.</summary>
    public static ListDefinition Written { get; } = Definition with { Words = [Definition.Words[0]] };

    private static ImmutableDictionary<string, string> Nobody => new Dictionary<string, string> { ["nobody"] = "c.assignee = ''" }.ToImmutableDictionary();

    private static ImmutableDictionary<string, string> Late =>
        new Dictionary<string, string> { ["yes"] = "c.late = TRUE", ["no"] = "c.late = FALSE" }.ToImmutableDictionary();

    private static ImmutableDictionary<string, string> Is =>
        new Dictionary<string, string> { ["handed-off"] = "c.handed_at > 0", ["word-missed"] = "c.word_missed > 0", ["in-outage"] = InOutage, ["chronic"] = "c.chronic = TRUE", ["merged"] = "c.merged_into > 0", ["complaint"] = "c.complaint_due_at > 0", ["complaint-late"] = "c.complaint_late = TRUE", ["to-ask"] = ToAsk, ["unread"] = "EXISTS (SELECT 1 FROM contacts k WHERE k.case_id = c.id AND k.case_id > 0 AND k.unread = TRUE)", ["depended-on"] = "c.care = TRUE" }.ToImmutableDictionary();

    private static ImmutableDictionary<string, string> Sorted => new Dictionary<string, string> { ["due"] = "1 = 1" }.ToImmutableDictionary();

    /// <summary>The values of <c>due</c> and <c>word</c> as epoch milliseconds; what is none of their words stays.</summary>
    private static FilterText Until(FilterText filter, long now, TimeZoneInfo zone)
    {
        var midnight = Words.Midnight(now, zone);
        var read = filter;
        foreach (var key in new[] { "due", "word" })
        {
            read = read.Replace(key, "today", Text(midnight.AddDays(1))).Replace(key, "tomorrow", Text(midnight.AddDays(2)));
            foreach (var value in filter.Of(key))
            {
                if (DurationText.TryParse(value, out var span))
                    read = read.Replace(key, value, Text(DateTimeOffset.FromUnixTimeMilliseconds(now) + span));
            }
        }
        return read;

        string Text(DateTimeOffset at) => at.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The words for severities over a column.</summary>
    public static ImmutableDictionary<string, string> Severities(string column) =>
        Enum.GetValues<Severity>().ToImmutableDictionary(s => s.ToString().ToLowerInvariant(), s => $"{column} = {(int)s}");

    /// <summary>The words for classes over a column.</summary>
    public static ImmutableDictionary<string, string> Classes(string column) =>
        Enum.GetValues<FaultClass>().ToImmutableDictionary(c => c.ToString().ToLowerInvariant(), c => $"{column} = {(int)c}");
}
