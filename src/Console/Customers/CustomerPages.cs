using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Devices;
using B2D.Console.Dues;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Customers;

/// <summary>A customer as the API shows it.</summary>
internal sealed record CustomerItem(
    string Id, string Name, string Email, string Phone, string Language, string TimeZone, string PreferredChannel, string Address, string Place, string Contract, string ContractUntil,
    string? CreatedAt, string QuietHours);

/// <summary>All there is to know about one customer.</summary>
public sealed record CustomerRecord
{
    public required CustomerRow Customer { get; init; }

    public required IReadOnlyList<DeviceLine> Devices { get; init; }

    public required IReadOnlyList<CaseRow> Cases { get; init; }

    /// <summary>Open outages that touch this customer.</summary>
    public required IReadOnlyList<OutageRow> Outages { get; init; }

    public required IReadOnlyList<DueLine> Dues { get; init; }

    /// <summary>Latest first.</summary>
    public required IReadOnlyList<Cases.ToldNotice> Notices { get; init; }

    /// <summary>What they want to hear and do not.</summary>
    public required IReadOnlyList<ConsentRow> Consents { get; init; }

    /// <summary>What they wrote, latest first.</summary>
    public required IReadOnlyList<InboundRow> Inbound { get; init; }
}

/// <summary>Customers as a list.</summary>
internal static class CustomerLists
{
    public static readonly ListDefinition Definition = new()
    {
        Select = "*",
        From = "customers",
        Fields =
        [
            new("id", "id", FieldMatch.Whole, "the customer’s id"),
            new("place", "place", FieldMatch.Pattern, "the place, with *"),
            new("phone", "phone", FieldMatch.Pattern, "the phone number, with *"),
            new("email", "email", FieldMatch.Pattern, "the e-mail address, with *"),
        ],
        Text = ["id", "name", "email", "phone", "address", "place"],
        TextWords = "id, name, e-mail, phone, address and place",
        Order = "id",
        Key = ListKey.TextUp,
        KeyColumn = "id",
    };
}

/// <summary>The page of one customer.</summary>
internal static class CustomerPages
{
    public static void Map(IEndpointRouteBuilder read) => read.MapGet("/customers/{id}", (string id, Stores stores, IServiceProvider services) =>
    {
        var record = stores.State.Read(db => CustomerStore.Find(db, id) is { } row ? Read(db, row) : null);
        if (record is null)
            return Html.Missing("such customer", "/search");
        var words = services.GetService<INoticeWords>();
        return Html.Page<CustomerPage>(record with { Notices = [.. record.Notices.Select(n => n with { Words = words?.Of(n.Row.Id) })] });
    }).ExcludeFromDescription();

    private static CustomerRecord Read(Db db, CustomerRow row) => new()
    {
        Customer = row,
        Devices = db.Query<DeviceLine>(
            $"SELECT {DeviceLists.Definition.Select} FROM {DeviceLists.Definition.From} WHERE d.customer = @Id ORDER BY d.id LIMIT 50", new { row.Id }),
        Cases = [.. CaseStore.List(db, new CaseFilter { Customer = row.Id, Limit = 20 }).OrderBy(c => c.State is "New" or "Working" or "Waiting" ? 0 : 1)],
        Outages = db.Query<OutageRow>(
            "SELECT * FROM outages WHERE state <> 'Resolved' AND id IN (SELECT outage_id FROM outage_devices WHERE customer = @Id) ORDER BY id DESC LIMIT 10",
            new { row.Id }),
        Dues = db.Query<DueLine>($"SELECT {DueLists.Definition.Select} FROM {DueLists.Definition.From} WHERE u.customer = @Id ORDER BY u.id DESC LIMIT 20",
            new { row.Id }),
        Notices = [.. NoticeStore.List(db, new NoticeFilter { Customer = row.Id, Limit = 20 }).Select(n => new Cases.ToldNotice(n, null))],
        Consents = ConsentStore.Of(db, row.Id),
        Inbound = InboundStore.Of(db, row.Id, 10),
    };
}

/// <summary>/api/customers</summary>
internal static class CustomersApi
{
    public static void Map(IEndpointRouteBuilder read)
    {
        read.MapList<CustomerRow, CustomerItem>("customers", "Customers by id", CustomerLists.Definition, c => c.Id, Item);
        read.MapGet("/customers/{id}", (string id, Stores stores) => stores.State.Read(db => CustomerStore.Find(db, id)) is { } row
            ? Results.Ok(Item(row)) : Refusals.Of(404, "There is no such customer.")).WithTags("customers").WithSummary("One customer")
                .Produces<CustomerItem>();
    }

    private static CustomerItem Item(CustomerRow c) =>
        new(c.Id, c.Name, c.Email, c.Phone, c.Language, c.TimeZone, c.PreferredChannel, c.Address, c.Place, c.Contract, c.ContractUntil, Words.IsoOrNull(c.CreatedAt), c.QuietHours);
}
