using System.Collections.Immutable;
using B2D.Console.Lists;

namespace B2D.Console.Devices;

/// <summary>A device as a line of a list: registry, presence, and how many faults are open. No secret.</summary>
public sealed record DeviceLine
{
    public string Id { get; init; } = "";
    public string Model { get; init; } = "";
    public string Firmware { get; init; } = "";
    public string Serial { get; init; } = "";
    public string Parent { get; init; } = "";
    public string Segment { get; init; } = "";
    public string Customer { get; init; } = "";
    public string Installed { get; init; } = "";
    public string WarrantyUntil { get; init; } = "";
    public string Params { get; init; } = "{}";
    public long RegisteredAt { get; init; }

    /// <summary>Null where it was never heard.</summary>
    public bool? Online { get; init; }
    public long? OnlineAt { get; init; }
    public long? LastSeenAt { get; init; }
    public long OpenFaults { get; init; }

    /// <summary>Until when people work on it; may lie in the past.</summary>
    public long MaintenanceUntil { get; init; }

    /// <summary>Its own contract, and that one's first and last day; empty: none, without beginning, without end.</summary>
    public string Contract { get; init; } = "";
    public string ContractFrom { get; init; } = "";
    public string ContractUntil { get; init; } = "";

    /// <summary>Since when it is its owner's; 0: as far back as is known.</summary>
    public long OwnerSince { get; init; }
    public string? CustomerName { get; init; }
    public string? Place { get; init; }
}

/// <summary>The list of devices.</summary>
internal static class DeviceLists
{
    private const string Faulty = "d.id IN (SELECT f.device FROM faults f WHERE f.cleared_at = 0 AND f.shadow = FALSE)";

    public static readonly ListDefinition Definition = new()
    {
        Select =
            """
            d.id, d.model, d.firmware, d.serial, d.parent, d.segment, d.customer, d.installed, d.warranty_until, d.params, d.registered_at, d.maintenance_until, d.owner_since, d.contract, d.contract_from, d.contract_until,
            l.online, l.online_at, l.last_seen_at,
            (SELECT count(*) FROM faults f WHERE f.device = d.id AND f.cleared_at = 0 AND f.shadow = FALSE) AS open_faults,
            cu.name AS customer_name, cu.place AS place
            """,
        From = "devices d LEFT JOIN device_live l ON l.device = d.id LEFT JOIN customers cu ON cu.id = d.customer",
        Fields =
        [
            new("is", "", FieldMatch.Meaning, "online, offline, unheard, healthy, faulty or maintained")
            {
                Meanings = ImmutableDictionary<string, string>.Empty
                    .Add("online", "l.online = TRUE").Add("offline", "d.id IN (SELECT device FROM device_live WHERE online = FALSE)").Add("unheard", "l.device IS NULL")
                    .Add("healthy", $"NOT ({Faulty})").Add("faulty", Faulty)
                    .Add("maintained", "d.maintenance > 0 AND d.maintenance IN (SELECT m.id FROM maintenance m WHERE m.state = 'Running')"),
            },
            new("model", "d.model", FieldMatch.Pattern, "the model, with *"),
            new("firmware", "d.firmware", FieldMatch.Pattern, "the firmware, with *"),
            new("segment", "d.segment", FieldMatch.Path, "a segment and everything below it"),
            new("customer", "d.customer", FieldMatch.Whole, "the customer’s id"),
            new("parent", "d.parent", FieldMatch.Whole, "the gateway device’s id"),
            new("device", "d.id", FieldMatch.Pattern, "the id, with *"),
            new("contract", "d.contract", FieldMatch.Whole, "the device’s own contract"),
            new("serial", "d.serial", FieldMatch.Pattern, "the serial number, with *"),
        ],
        Text = [],
        Begins =
        [
            "SELECT id FROM devices WHERE LOWER(id) >= {0} AND LOWER(id) < {1}", "SELECT id FROM devices WHERE LOWER(serial) >= {0} AND LOWER(serial) < {1}",
            "SELECT id FROM devices WHERE LOWER(model) >= {0} AND LOWER(model) < {1}", "SELECT id FROM devices WHERE segment >= {0} AND segment < {1}",
        ],
        Words = [new("customer_words", "customer", "SELECT id FROM devices WHERE customer IN ({0})")],
        TextWords = "the beginning of id, serial, model and segment, and the owner’s name and place",
        Order = "d.id",
        Key = ListKey.TextUp,
        KeyColumn = "d.id",
        Views = [new("All", ""), new("Faulty", "is:faulty"), new("Offline", "is:offline"), new("Never heard", "is:unheard")],
        Example = "model:HP-* is:faulty Porto",
    };
}
