using System.Collections.Immutable;
using System.Globalization;

namespace B2D.Core.Devices;

/// <summary>
/// One device as imported, checked. A null text means that the import does not speak of it: what is registered stays. An empty one takes it away.
/// </summary>
public sealed record DeviceImportRow(int Line, DeviceId Id)
{
    public string? Model { get; init; }
    public string? Firmware { get; init; }
    public string? Serial { get; init; }
    public string? Parent { get; init; }
    public string? Segment { get; init; }
    public string? Customer { get; init; }

    /// <summary><c>yyyy-MM-dd</c></summary>
    public string? Installed { get; init; }

    /// <summary><c>yyyy-MM-dd</c></summary>
    public string? WarrantyUntil { get; init; }

    /// <summary>The device's own contract, its first and its last day.</summary>
    public string? Contract { get; init; }
    public string? ContractFrom { get; init; }
    public string? ContractUntil { get; init; }

    /// <summary>What the device signs in with; null or empty: as it was.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// SHA-256 thumbprints of the certificates that it signs in with, 64 hexadecimal digits in lower case; those that are missing here are taken back. Null: as
    /// it was.
    /// </summary>
    public ImmutableArray<string>? Thumbprints { get; init; }

    /// <summary>First key of its shared-access signatures, base64; null: as it was, empty: none.</summary>
    public string? SasPrimary { get; init; }

    /// <summary>Second key, so that keys can be changed one after the other; null: as it was, empty: none.</summary>
    public string? SasSecondary { get; init; }

    /// <summary>The device as it is after the import.</summary>
    /// <param name="existing">As it is registered; null where it is new.</param>
    public Device ApplyTo(Device? existing)
    {
        var device = existing ?? new Device(Id);
        return device with
        {
            Model = Model ?? device.Model,
            Firmware = Firmware ?? device.Firmware,
            Serial = Serial ?? device.Serial,
            Parent = Parent switch { null => device.Parent, "" => null, _ => DeviceId.Parse(Parent) },
            Segment = Segment is null ? device.Segment : Devices.Segment.Parse(Segment),
            Customer = Customer ?? device.Customer,
            Installed = Installed is null ? device.Installed : Day(Installed),
            WarrantyUntil = WarrantyUntil is null ? device.WarrantyUntil : Day(WarrantyUntil),
        };
    }

    /// <summary>The device's own contract after the import.</summary>
    /// <param name="existing">As it is registered.</param>
    public DeviceContract ContractAfter(DeviceContract existing) => Contract is "" ? DeviceContract.None
        : new(Contract ?? existing.Name, ContractFrom ?? existing.From, ContractUntil ?? existing.Until);

    /// <summary>Without password and keys.</summary>
    public override string ToString() => $"{Id} (line {Line})";

    private static DateOnly? Day(string text) => text.Length == 0 ? null : DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>
/// Reads devices to import: <c>id,model,firmware,serial,parent,segment,customer,installed,warranty_until,password,thumbprint,sas_primary,sas_secondary,contract,contract_from,contract_until</c>,
/// all but id optional, in any order.
/// </summary>
public static class DeviceImport
{
    /// <summary>Most rows of one import.</summary>
    public const int MaxRows = ImportTable.MaxRows;

    private const int ThumbprintLength = 64;
    private const int MinKeyBytes = 16;
    private const int MaxKeyBytes = 128;

    private static readonly ImportField[] Fields =
    [
        new("id", DeviceId.MaxLength, ImportField.Id),
        new("model", 100),
        new("firmware", 100),
        new("serial", 100),
        new("parent", DeviceId.MaxLength, ImportField.Id),
        new("segment", Segment.MaxLength, ImportField.SegmentPath),
        new("customer", 128, ImportField.Id),
        new("installed", 10, ImportField.Day),
        new("warranty_until", 10, ImportField.Day),
        new("password", 256, Verbatim: true),
        new("thumbprint", 400, Thumbprint),
        new("sas_primary", 200, SasKey),
        new("sas_secondary", 200, SasKey),
        new("contract", 64, ImportField.RuleName),
        new("contract_from", 10, ImportField.Day),
        new("contract_until", 10, ImportField.Day),
    ];

    /// <summary>Reads a CSV file with a header.</summary>
    public static ImportReading<DeviceImportRow> Read(string csvText) => Read(new ImportTable("device", Fields).ReadCsv(csvText));

    /// <summary>Reads an array of objects, or one; the same names and checks.</summary>
    public static ImportReading<DeviceImportRow> ReadJson(string json) => Read(new ImportTable("device", Fields).ReadJson(json));

    /// <summary>The parents that are neither among the rows nor registered.</summary>
    /// <param name="registered">Ids in the registry: at least those of <see cref="DeviceImportRow.Parent"/> that are there.</param>
    public static ImmutableArray<ImportProblem> CheckParents(IReadOnlyList<DeviceImportRow> rows, IReadOnlySet<string> registered)
    {
        var ids = rows.Select(r => r.Id.Value).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. rows.Where(r => !string.IsNullOrEmpty(r.Parent) && !ids.Contains(r.Parent) && !registered.Contains(r.Parent))
                .Select(r => new ImportProblem(r.Line, "parent", $"'{r.Parent}' is neither in the file nor registered",
                    ImportNames.Nearest(r.Parent!, ids.Concat(registered)) is { } nearest
                        ? $"did you mean {nearest}?"
                        : "import the gateway device too, or leave the field empty")),
        ];
    }

    /// <summary>The rows in an order in which a gateway device comes before the devices that hang on it. They lead in no circle.</summary>
    public static IEnumerable<DeviceImportRow> ParentsFirst(IReadOnlyList<DeviceImportRow> rows)
    {
        var waiting = rows.ToDictionary(r => r.Id.Value, StringComparer.Ordinal);
        var chain = new Stack<DeviceImportRow>();
        foreach (var row in rows)
        {
            var next = row;
            while (waiting.Remove(next.Id.Value))
            {
                chain.Push(next);
                if (!waiting.TryGetValue(next.Parent ?? "", out next))
                    break;
            }
            while (chain.TryPop(out var first))
                yield return first;
        }
    }

    private static ImportReading<DeviceImportRow> Read(ImportTable table)
    {
        var rows = table.Rows.Select(RowOf).ToImmutableArray();
        var problems = table.Problems.Concat(rows.SelectMany(Problems)).Concat(Circles(rows)).OrderBy(p => p.Line).ToImmutableArray();
        return new ImportReading<DeviceImportRow>(problems.IsEmpty ? rows : [], problems);
    }

    private static DeviceImportRow RowOf(ImportCells cells) => new(cells.Line, DeviceId.Parse(cells["id"]!))
    {
        Model = cells["model"],
        Firmware = cells["firmware"],
        Serial = cells["serial"],
        Parent = cells["parent"],
        Segment = cells["segment"],
        Customer = cells["customer"],
        Installed = cells["installed"],
        WarrantyUntil = cells["warranty_until"],
        Contract = cells["contract"],
        ContractFrom = cells["contract_from"],
        ContractUntil = cells["contract_until"],
        Password = cells["password"],
        Thumbprints = cells["thumbprint"] is { } thumbprints ? [.. ThumbprintsOf(thumbprints)] : null,
        SasPrimary = cells["sas_primary"],
        SasSecondary = cells["sas_secondary"],
    };

    /// <summary>Several are parted by blanks; the colons that openssl puts between bytes do not count.</summary>
    private static IEnumerable<string> ThumbprintsOf(string text) => text.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant()
        .Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal);

    private static (string, string)? Thumbprint(string text) =>
        ThumbprintsOf(text).FirstOrDefault(t => t.Length != ThumbprintLength || !t.All(char.IsAsciiHexDigit)) is { } wrong
            ? ($"'{wrong}' is no SHA-256 thumbprint of a certificate", $"write its {ThumbprintLength} hexadecimal digits: openssl x509 -fingerprint -sha256")
            : null;

    private static (string, string)? SasKey(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var count) && count is >= MinKeyBytes and <= MaxKeyBytes
            ? null
            : ("is no key of a shared-access signature", $"write {MinKeyBytes} to {MaxKeyBytes} random bytes in base64: openssl rand -base64 32");
    }

    private static IEnumerable<ImportProblem> Problems(DeviceImportRow row)
    {
        if (!string.IsNullOrEmpty(row.Installed) && !string.IsNullOrEmpty(row.WarrantyUntil) && string.CompareOrdinal(row.WarrantyUntil, row.Installed) < 0)
            yield return new ImportProblem(row.Line, "warranty_until", $"the warranty ends on {row.WarrantyUntil}, before the installation on {row.Installed}",
                "correct one of the days");
        if (!string.IsNullOrEmpty(row.ContractFrom) && !string.IsNullOrEmpty(row.ContractUntil) && string.CompareOrdinal(row.ContractUntil, row.ContractFrom) < 0)
            yield return new ImportProblem(row.Line, "contract_until", $"the contract ends on {row.ContractUntil}, before it begins on {row.ContractFrom}", "correct one of the days");
        if (row.Parent == row.Id.Value)
            yield return new ImportProblem(row.Line, "parent", "a device cannot be its own gateway", "name the gateway device, or leave the field empty");
    }

    /// <summary>Gateways that would speak for themselves through others; each row is visited once.</summary>
    private static IEnumerable<ImportProblem> Circles(ImmutableArray<DeviceImportRow> rows)
    {
        var byId = rows.ToDictionary(r => r.Id.Value, StringComparer.Ordinal);
        var visit = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            while (row is not null && visit.TryAdd(row.Id.Value, i) && row.Parent != row.Id.Value)
                row = byId.GetValueOrDefault(row.Parent ?? "");
            if (row is not null && row.Parent != row.Id.Value && visit[row.Id.Value] == i)
                yield return new ImportProblem(row.Line, "parent", $"the gateways of '{row.Id}' lead back to it",
                    "let the chain of gateways end at a device without a parent");
        }
    }
}
