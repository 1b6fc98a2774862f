using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core.Customers;
using B2D.Storage;
using B2D.Storage.Customers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Customers;

/// <summary>Somebody whom a customer named to be told too, as the API has them.</summary>
internal sealed record CarerBody
{
    public string Name { get; init; } = "";
    public string Email { get; init; } = "";

    /// <summary>With the country's code.</summary>
    public string Phone { get; init; } = "";

    /// <summary>email or sms.</summary>
    public string Channel { get; init; } = "";

    /// <summary>Two letters; empty: the customer's.</summary>
    public string Language { get; init; } = "";

    /// <summary>The customer named them, and they agreed.</summary>
    public bool Consent { get; init; }

    public Carer ToCarer() => new(Name, Email.Trim(), Phone.Trim(), Channel, Language.Trim());
}

/// <summary>Naming a carer, by a form on the customer's page and over the API.</summary>
internal static class CarerPages
{
    public static void MapForms(IEndpointRouteBuilder write) => write.MapForm("/customers/{id}/carer", (http, form) =>
    {
        var id = (string)http.Request.RouteValues["id"]!;
        var page = $"/customers/{Uri.EscapeDataString(id)}";
        var body = new CarerBody { Name = form.Text("name", 101), Email = form.Text("email", 255), Phone = form.Text("phone", 40), Channel = form.Text("channel", 10), Language = form.Text("language", 3) };
        return form.Text("act", 10) == "end"
            ? Forms.Back(http, page, Desk(http).Remove(id, Who(http)), "They are told no more.")
            : Forms.Back(http, page, Desk(http).Name(id, body.ToCarer(), form.ContainsKey("consent"), Who(http)), "Written down. They are told of danger, and of what the customer depends on.");
    });

    public static void MapApi(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/customers/{id}/carer", (string id, Stores stores) => stores.State.Read(db => CarerStore.Find(db, id)) is { } row
            ? Results.Ok(new CarerBody { Name = row.Name, Email = row.Email, Phone = row.Phone, Channel = row.Channel, Language = row.Language, Consent = true })
            : Refusals.Of(404, "This customer has named nobody.")).WithTags("customers").WithSummary("Whom a customer named to be told too").Produces<CarerBody>();
        write.MapPut("/customers/{id}/carer", (string id, CarerBody body, HttpContext http) => Acts.Answer(Desk(http).Name(id, body.ToCarer(), body.Consent, Who(http))))
            .WithTags("customers").WithSummary("Name somebody who is told of danger and of what the customer depends on; it takes their consent").Produces<Acted>();
        write.MapDelete("/customers/{id}/carer", (string id, HttpContext http) => Acts.Answer(Desk(http).Remove(id, Who(http))))
            .WithTags("customers").WithSummary("Tell nobody besides the customer any more").Produces<Acted>();
    }

    private static ICarerDesk Desk(HttpContext http) => http.RequestServices.GetRequiredService<ICarerDesk>();

    private static string Who(HttpContext http) => http.User.Identity?.Name ?? "";
}
