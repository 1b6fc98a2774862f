using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Customers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Customers;

/// <summary>A customer as the API shows it.</summary>
internal sealed record CustomerItem(
    string Id, string Name, string Email, string Phone, string Language, string TimeZone, string PreferredChannel, string Address, string Postcode, string Place, string Contract, string ContractUntil,
    string? CreatedAt, string QuietHours);

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
            new("postcode", "postcode", FieldMatch.Pattern, "the postcode, with *"),
            new("phone", "phone", FieldMatch.Pattern, "the phone number, with *"),
            new("email", "email", FieldMatch.Pattern, "the e-mail address, with *"),
        ],
        Text = [],
        Words = [new("customer_words", "customer", "")],
        TextWords = "id, name, e-mail, address, postcode and place",
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
        var record = stores.State.Read(db => CustomerStore.Find(db, id) is { } row ? CustomerReader.Read(db, row) : null);
        if (record is null)
            return Html.Missing("such customer", "/search");
        return Html.Page<CustomerPage>(CustomerReader.WithWords(record, services.GetService<INoticeWords>()));
    }).ExcludeFromDescription();
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
        new(c.Id, c.Name, c.Email, c.Phone, c.Language, c.TimeZone, c.PreferredChannel, c.Address, c.Postcode, c.Place, c.Contract, c.ContractUntil, Words.IsoOrNull(c.CreatedAt), c.QuietHours);
}
