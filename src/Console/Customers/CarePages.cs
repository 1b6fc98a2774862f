using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core.Customers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Customers;

/// <summary>What makes a customer depend on their device. Empty what: it is taken away.</summary>
internal sealed record CareWords
{
    public string What { get; init; } = "";

    /// <summary>Its last day, <c>yyyy-MM-dd</c>.</summary>
    public string Until { get; init; } = "";

    /// <summary>They agreed that it is kept.</summary>
    public bool Consent { get; init; }
}

/// <summary>Keeping it, by a form on the customer's page and over the API.</summary>
internal static class CarePages
{
    public static void MapForms(IEndpointRouteBuilder write) => write.MapForm("/customers/{id}/care", (http, form) =>
    {
        var id = (string)http.Request.RouteValues["id"]!;
        var what = form.Text("act", 20) == "end" ? "" : form.Text("what", Care.MaxText);
        return what.Length == 0 && form.Text("act", 20) != "end"
            ? Forms.Back(http, $"/customers/{Uri.EscapeDataString(id)}", "Nothing was done: say what it is.", bad: true)
            : Forms.Back(http, $"/customers/{Uri.EscapeDataString(id)}", http.RequestServices.GetRequiredService<ICareDesk>().Set(id, what, form.Text("until", 10), form.ContainsKey("consent"), http.User.Identity?.Name ?? ""),
                what.Length > 0 ? "Noted. Their cases stand first, and say that they are to be called." : "It is not kept any more.");
    });

    public static void MapApi(IEndpointRouteBuilder write) => write.MapPut("/customers/{id}/care", (string id, CareWords words, HttpContext http, ICareDesk desk) =>
        Acts.Answer(desk.Set(id, words.What.Trim(), words.Until, words.Consent, http.User.Identity?.Name ?? "")))
        .WithTags("customers").WithSummary("Note what makes a customer depend on their device, with their consent and its last day; empty what takes it away").Produces<Acted>();
}
