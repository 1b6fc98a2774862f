using System.Collections.Immutable;
using B2D.Console.Lists;

namespace B2D.Console.Maintenance;

/// <summary>The list of maintenance.</summary>
internal static class MaintenanceLists
{
    public static readonly ListDefinition Definition = new()
    {
        Select = "*",
        From = "maintenance",
        Fields =
        [
            new("state", "state", FieldMatch.Whole, "planned, running, over or live")
            {
                Meanings = ImmutableDictionary<string, string>.Empty.Add("live", "state <> 'Over'"),
            },
            new("scope", "scope", FieldMatch.Whole, "segment, device or model"),
            new("target", "target", FieldMatch.Pattern, "what is worked on, with *"),
            new("felt", "", FieldMatch.Meaning, "yes or no: whether customers feel it") { Meanings = ImmutableDictionary<string, string>.Empty.Add("yes", "felt = TRUE").Add("no", "felt = FALSE") },
            new("by", "person", FieldMatch.Whole, "who planned it"),
            new("id", "id", FieldMatch.Number, "its number"),
        ],
        Text = ["title", "target", "reason", "words", "place"],
        TextWords = "title, target, reason, and customers’ words and place",
        Order = "CASE state WHEN 'Running' THEN 0 WHEN 'Planned' THEN 1 ELSE 2 END, CASE state WHEN 'Over' THEN -from_at ELSE from_at END, id DESC",
        Key = ListKey.NumberDown,
        KeyColumn = "id",
        Views = [new("All", ""), new("Running", "state:running"), new("Planned", "state:planned"), new("Felt by customers", "felt:yes state:live"), new("Over", "state:over")],
        Example = "state:running lisbon/*",
    };
}
