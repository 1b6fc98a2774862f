using System.Collections.Immutable;
using B2D.Core.Telemetry;

namespace B2D.Core.Devices;

/// <summary>One connected product, as the registry knows it. Immutable; a change is a new record and a new entry in the log.</summary>
public sealed record Device(DeviceId Id)
{
    /// <summary>Product model, <c>HP-2</c>; empty where unknown.</summary>
    public string Model { get; init; } = "";

    /// <summary>Firmware version as the device or the registry names it; empty where unknown.</summary>
    public string Firmware { get; init; } = "";

    /// <summary>Serial number; empty where unknown.</summary>
    public string Serial { get; init; } = "";

    /// <summary>The gateway device that speaks for it, if any.</summary>
    public DeviceId? Parent { get; init; }

    /// <summary>Where it hangs in the service topology.</summary>
    public Segment Segment { get; init; }

    /// <summary>The owner's customer id; empty where unknown.</summary>
    public string Customer { get; init; } = "";

    /// <summary>Date of installation, as a UTC day; null where unknown.</summary>
    public DateOnly? Installed { get; init; }

    /// <summary>Last day of warranty, as a UTC day; null where there is none or it is unknown.</summary>
    public DateOnly? WarrantyUntil { get; init; }

    /// <summary>Overrides of rule parameters, by <c>rule-id.parameter</c>.</summary>
    public ImmutableSortedDictionary<string, MetricValue> Params { get; init; } = ImmutableSortedDictionary<string, MetricValue>.Empty;
}
