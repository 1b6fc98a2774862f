using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Storage.Devices;

/// <summary>A device as the registry keeps it. Days are <c>yyyy-MM-dd</c>, texts empty where unknown.</summary>
public sealed record DeviceRow
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

    /// <summary>JSON: <c>rule-id.parameter</c> to number, boolean or text.</summary>
    public string Params { get; init; } = "{}";

    /// <summary>Empty (the device cannot sign in), <c>sha256</c>, or <c>pbkdf2:</c> and the number of iterations.</summary>
    public string SecretKind { get; init; } = "";
    public byte[] Secret { get; init; } = [];
    public byte[] Salt { get; init; } = [];
    public long RegisteredAt { get; init; }
    public long ChangedAt { get; init; }

    /// <summary>Since when it has its firmware; 0: as far back as is known.</summary>
    public long FirmwareSince { get; init; }

    /// <summary>Since when it is its owner's; 0: as far back as is known.</summary>
    public long OwnerSince { get; init; }

    /// <summary>Its own contract, and that one's first and last day; empty: none, without beginning, without end.</summary>
    public string Contract { get; init; } = "";
    public string ContractFrom { get; init; } = "";
    public string ContractUntil { get; init; } = "";

    /// <summary>Until when people work on it; 0: never yet.</summary>
    public long MaintenanceUntil { get; init; }

    /// <summary>The maintenance that says so; 0: none.</summary>
    public long Maintenance { get; init; }

    /// <summary>The row of a device without a secret.</summary>
    public static DeviceRow From(Device device, long now) => new()
    {
        Id = device.Id.Value,
        Model = device.Model,
        Firmware = device.Firmware,
        Serial = device.Serial,
        Parent = device.Parent is { } parent ? parent.Value : "",
        Segment = device.Segment.Path,
        Customer = device.Customer,
        Installed = Day(device.Installed),
        WarrantyUntil = Day(device.WarrantyUntil),
        Params = ParamsOf(device.Params),
        RegisteredAt = now,
        ChangedAt = now,
    };

    public DeviceContract ToContract() => new(Contract, ContractFrom, ContractUntil);

    public Device ToDevice() => new(DeviceId.Parse(Id))
    {
        Model = Model,
        Firmware = Firmware,
        Serial = Serial,
        Parent = Parent.Length == 0 ? null : DeviceId.Parse(Parent),
        Segment = B2D.Core.Devices.Segment.Parse(Segment),
        Customer = Customer,
        Installed = Day(Installed),
        WarrantyUntil = Day(WarrantyUntil),
        Params = ParamsOf(Params),
    };

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static DateOnly? Day(string text) =>
        text.Length == 0 ? null : DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string ParamsOf(ImmutableSortedDictionary<string, MetricValue> parameters) => JsonSerializer.Serialize(
        parameters.ToDictionary(p => p.Key, p => p.Value.Kind switch
        {
            ValueKind.Bool => (object)p.Value.IsTrue,
            ValueKind.Text => p.Value.Text,
            _ => p.Value.Number,
        }));

    private static ImmutableSortedDictionary<string, MetricValue> ParamsOf(string json)
    {
        if (json is "" or "{}")
            return ImmutableSortedDictionary<string, MetricValue>.Empty;
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToImmutableSortedDictionary(p => p.Name, p => p.Value.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => MetricValue.Of(p.Value.GetBoolean()),
            JsonValueKind.String => MetricValue.Of(p.Value.GetString()!),
            _ => MetricValue.Of(p.Value.GetDouble()),
        });
    }
}
