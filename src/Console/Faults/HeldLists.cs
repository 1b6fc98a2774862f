using System.Collections.Immutable;
using System.Globalization;
using B2D.Console.Cases;
using B2D.Console.Lists;
using B2D.Core.Rules;
using B2D.Storage.Faults;

namespace B2D.Console.Faults;

/// <summary>What is held back, as a line of the list.</summary>
public sealed record HeldLine
{
    /// <summary>Unique; of a fault, or of what is none yet because people work on the device.</summary>
    public string Key { get; init; } = "";

    /// <summary>The fault's number; 0 for what is none yet.</summary>
    public long Fault { get; init; }
    public string Device { get; init; } = "";
    public string Rule { get; init; } = "";
    public string Title { get; init; } = "";
    public FaultClass Class { get; init; }
    public Severity Severity { get; init; }

    /// <summary>Device time in ms.</summary>
    public long OnsetAt { get; init; }

    /// <summary>When it was raised, or would have been; server time in ms.</summary>
    public long Since { get; init; }

    /// <summary>shelf, hours, maintenance, outage or parent.</summary>
    public string HeldBy { get; init; } = "";

    /// <summary>Until when, server time in ms; 0: until the outage or the parent is judged.</summary>
    public long Until { get; init; }

    /// <summary>Who silenced it, and why.</summary>
    public string Person { get; init; } = "";
    public string Reason { get; init; } = "";
    public long Outage { get; init; }
    public long Maintenance { get; init; }

    /// <summary>What the maintenance is about.</summary>
    public string Work { get; init; } = "";
    public string Segment { get; init; } = "";
    public string Customer { get; init; } = "";
}

/// <summary>The list of what is held back: of all that nobody hears of for now, with the reason and the end.</summary>
internal static class HeldLists
{
    public static readonly IReadOnlyList<SavedView> Views =
    [
        new("All", ""), new("Maintenance", "by:maintenance"), new("Silenced", "by:shelf"), new("Outside hours", "by:hours"), new("Outage", "by:outage"), new("Parent", "by:parent"),
    ];

    /// <summary>What can be asked of it, whenever.</summary>
    public static readonly ListDefinition Definition = new()
    {
        Select = "held.*",
        From = From("0"),
        Fields =
        [
            new("by", "held_by", FieldMatch.Whole, "maintenance, shelf, hours, outage or parent"),
            new("device", "device", FieldMatch.Pattern, "the device’s id, with *"),
            new("rule", "rule", FieldMatch.Pattern, "the rule’s id, with *"),
            new("severity", "severity", FieldMatch.Number, "critical, high, medium or low") { Meanings = CaseLists.Severities("severity") },
            new("segment", "segment", FieldMatch.Path, "a segment and everything below it"),
            new("customer", "customer", FieldMatch.Whole, "the customer’s id"),
            new("maintenance", "maintenance", FieldMatch.Number, "the number of a maintenance"),
            new("outage", "outage", FieldMatch.Number, "an outage’s number"),
        ],
        Text = ["title", "device", "rule", "customer", "person", "reason", "work"],
        TextWords = "title, device, rule, customer, person, reason and work",
        Order = "severity DESC, since DESC, key",
        Key = ListKey.TimeAndTextDown,
        KeyColumn = "key",
        TimeColumn = "since",
        Views = Views,
        Example = "by:maintenance lisbon/*",
    };

    /// <summary>The list as of now, in ms: a shelf that is over holds nothing back.</summary>
    public static ListDefinition At(long now) => Definition with { From = From(now.ToString(CultureInfo.InvariantCulture)) };

    private static string From(string now) =>
        $"""
        (SELECT 'fault/' || f.id AS key, f.id AS fault, f.device, f.rule, f.title, f.class, f.severity, f.onset_at, f.raised_at AS since,
           CASE WHEN f.shelved_until <= {now} THEN f.suppressed_by WHEN f.shelved_by <> '' THEN 'shelf'
             WHEN f.shelve_reason = '{FaultRow.OutsideHours}' THEN 'hours' WHEN f.shelve_reason = '{FaultRow.Maintained}' THEN 'maintenance' ELSE 'shelf' END AS held_by,
           CASE WHEN f.shelved_until > {now} THEN f.shelved_until ELSE 0 END AS until, f.shelved_by AS person, f.shelve_reason AS reason, f.outage_id AS outage,
           CASE WHEN f.shelved_until > {now} AND f.shelve_reason = '{FaultRow.Maintained}' THEN coalesce(d.maintenance, 0) ELSE 0 END AS maintenance,
           CASE WHEN f.shelved_until > {now} AND f.shelve_reason = '{FaultRow.Maintained}' THEN coalesce(m.title, '') ELSE '' END AS work, f.segment, f.customer
         FROM faults f LEFT JOIN devices d ON d.id = f.device LEFT JOIN maintenance m ON m.id = d.maintenance
         WHERE f.cleared_at = 0 AND f.shadow = FALSE AND (f.shelved_until > {now} OR f.suppressed_by <> '')
         UNION ALL
         SELECT 'maintenance/' || h.id, 0, h.device, h.rule, h.title, h.class, h.severity, h.onset_at, h.held_at, 'maintenance', coalesce(d.maintenance_until, 0), '', '', 0,
           coalesce(d.maintenance, 0), coalesce(m.title, ''), h.segment, h.customer
         FROM held_faults h LEFT JOIN devices d ON d.id = h.device LEFT JOIN maintenance m ON m.id = d.maintenance) held
        """;
}
