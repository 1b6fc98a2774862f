using System.Collections.Immutable;
using B2D.Core.Devices;

namespace B2D.Core.Customers;

/// <summary>
/// One customer as imported, checked. A null text means that the import does not speak of it: what is known stays. An empty one takes it away.
/// </summary>
public sealed record CustomerImportRow(int Line, string Id)
{
    public string? Name { get; init; }
    public string? Email { get; init; }
    public string? Phone { get; init; }
    public string? Language { get; init; }
    public string? TimeZone { get; init; }
    public string? PreferredChannel { get; init; }
    public string? Address { get; init; }
    public string? Postcode { get; init; }
    public string? Place { get; init; }
    public string? Contract { get; init; }
    public string? ContractUntil { get; init; }
    public string? QuietHours { get; init; }

    /// <summary>What the customer wants and does not want to hear, as <see cref="Notices.ConsentText"/> has it; what it does not name stays.</summary>
    public string? Consents { get; init; }

    /// <summary>The customer as it is after the import.</summary>
    /// <param name="existing">As it is known; null where it is new.</param>
    public Customer ApplyTo(Customer? existing)
    {
        var customer = existing ?? new Customer(Id);
        return customer with
        {
            Name = Name ?? customer.Name,
            Email = Email ?? customer.Email,
            Phone = Phone ?? customer.Phone,
            Language = Language ?? customer.Language,
            TimeZone = TimeZone ?? customer.TimeZone,
            PreferredChannel = PreferredChannel ?? customer.PreferredChannel,
            Address = Address ?? customer.Address,
            Postcode = Postcode ?? customer.Postcode,
            Place = Place ?? customer.Place,
            Contract = Contract ?? customer.Contract,
            ContractUntil = ContractUntil ?? customer.ContractUntil,
            QuietHours = QuietHours ?? customer.QuietHours,
        };
    }

    /// <summary>Without personal data.</summary>
    public override string ToString() => $"{Id} (line {Line})";
}

/// <summary>
/// Reads customers to import: <c>id,name,email,phone,language,time_zone,preferred_channel,address,postcode,place,contract,contract_until,quiet_hours,consents</c>, all but id optional, in any order.
/// </summary>
public static class CustomerImport
{
    /// <summary>Most rows of one import.</summary>
    public const int MaxRows = ImportTable.MaxRows;

    private static readonly ImportField[] Fields =
    [
        new("id", 128, ImportField.Id),
        new("name", 200),
        new("email", 254, ImportField.Email),
        new("phone", 32, ImportField.Phone),
        new("language", 35, ImportField.Language),
        new("time_zone", 64, ImportField.TimeZone),
        new("preferred_channel", 16, ImportField.Channel),
        new("address", 500, Lines: true),
        new("postcode", 16),
        new("place", 200),
        new("contract", 64, ImportField.RuleName),
        new("contract_until", 10, ImportField.Day),
        new("quiet_hours", 11, ImportField.QuietHours),
        new("consents", 200, ImportField.Consents),
    ];

    /// <summary>Reads a CSV file with a header.</summary>
    public static ImportReading<CustomerImportRow> Read(string csvText) => Read(new ImportTable("customer", Fields).ReadCsv(csvText));

    /// <summary>Reads an array of objects, or one; the same names and checks.</summary>
    public static ImportReading<CustomerImportRow> ReadJson(string json) => Read(new ImportTable("customer", Fields).ReadJson(json));

    private static ImportReading<CustomerImportRow> Read(ImportTable table)
    {
        ImmutableArray<ImportProblem> problems = [.. table.Problems.OrderBy(p => p.Line)];
        return new ImportReading<CustomerImportRow>(problems.IsEmpty ? [.. table.Rows.Select(RowOf)] : [], problems);
    }

    private static CustomerImportRow RowOf(ImportCells cells) => new(cells.Line, cells["id"]!)
    {
        Name = cells["name"],
        Email = cells["email"],
        Phone = cells["phone"],
        Language = cells["language"],
        TimeZone = cells["time_zone"],
        PreferredChannel = cells["preferred_channel"],
        Address = cells["address"],
        Postcode = cells["postcode"],
        Place = cells["place"],
        Contract = cells["contract"],
        ContractUntil = cells["contract_until"],
        QuietHours = cells["quiet_hours"],
        Consents = cells["consents"],
    };
}
