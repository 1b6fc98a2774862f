using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Storage;
using B2D.Storage.Customers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Customers;

/// <summary>An erased customer, with what people wrote on their cases.</summary>
public sealed record ErasureModel(ErasureRow Row, IReadOnlyList<FreeText> Written);

/// <summary>Erased customers; what nobody has read yet first.</summary>
public sealed record ErasuresModel(IReadOnlyList<ErasureRow> Rows);

/// <summary>Why a customer is erased.</summary>
internal sealed record EraseWords
{
    /// <summary>1 to 200 characters, without their name.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>What will happen when a customer is erased. Fate: deleted, blanked, ended, kept or read (by a person). Refusal is empty where they can be.</summary>
internal sealed record ErasurePlanItem(string Customer, IReadOnlyList<ErasureLineItem> Lines, string Refusal);

/// <summary>So much of something, what becomes of it and why.</summary>
internal sealed record ErasureLineItem(string Fate, string What, long Count, string Why);

/// <summary>A customer who was erased. ReviewedAt is null until somebody has read what people wrote on their cases.</summary>
internal sealed record ErasureItem(long Id, string Customer, string? At, string Who, string Reason, IReadOnlyList<long> Cases, string? ReviewedAt, string ReviewedBy);

/// <summary>Where administrators hand out and erase what is kept of a customer.</summary>
internal static class PrivacyPages
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/customers/{id}/privacy", (string id, IPrivacyDesk desk) =>
            desk.Plan(id) is { } plan ? Html.Page<PrivacyPage>(plan) : Html.Missing("such customer", "/search")).ExcludeFromDescription();
        write.MapForm("/customers/{id}/export", (http, _) =>
        {
            var id = (string)http.Request.RouteValues["id"]!;
            return Export(http, id) ?? Html.Missing("such customer", "/search");
        });
        write.MapForm("/customers/{id}/erase", (http, form) =>
        {
            var id = (string)http.Request.RouteValues["id"]!;
            var page = $"/customers/{Uri.EscapeDataString(id)}/privacy";
            if (form.Text("typed", 200) != id)
                return Forms.Back(http, page, "Nothing was erased: type the customer’s id to confirm.", bad: true);
            return http.RequestServices.GetRequiredService<IPrivacyDesk>().Erase(id, form.Text("reason", Erasure.MaxReason + 1), http.User.Identity?.Name ?? "") switch
            {
                ActOutcome.Done done => Forms.Back(http, $"/erasures/{done.Version.ToString(CultureInfo.InvariantCulture)}", "Erased."),
                ActOutcome.Unknown => Html.Missing("such customer", "/search"),
                var other => Forms.Back(http, page, other, ""),
            };
        });
        read.MapGet("/erasures", (Stores stores) => Html.Page<ErasuresPage>(new ErasuresModel(stores.State.Read(db => ErasureStore.List(db))))).ExcludeFromDescription();
        read.MapGet("/erasures/{id:long}", (long id, Stores stores) => stores.State.Read(db => ErasureStore.Find(db, id) is { } row
            ? new ErasureModel(row, [.. row.ToCaseIds().SelectMany(c => ErasureStore.Written(db, c))]) : null) is { } model
                ? Html.Page<ErasurePage>(model) : Html.Missing("such erasure", "/erasures")).ExcludeFromDescription();
        write.MapForm("/erasures/{id:long}/act", (http, form) =>
        {
            var id = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
            var key = form.Text("act", 20) == "reviewed" ? "" : form.Text("key", 100);
            return form.Text("act", 20) is "reviewed" or "blank"
                ? Forms.Back(http, $"/erasures/{id}", http.RequestServices.GetRequiredService<IPrivacyDesk>().Review(id, key, http.User.Identity?.Name ?? ""), key.Length > 0 ? "Blanked." : "Noted: what is left stays.")
                : Forms.Back(http, $"/erasures/{id}", "Nothing was done: act is blank or reviewed.", bad: true);
        });
    }

    public static void MapApi(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/customers/{id}/erasure", (string id, IPrivacyDesk desk) => desk.Plan(id) is { } plan
            ? Results.Ok(new ErasurePlanItem(plan.Customer, [.. plan.Lines.Select(l => new ErasureLineItem(l.Fate.ToString().ToLowerInvariant(), l.What, l.Count, l.Why))], plan.Refusal))
            : Refusals.Of(404, "There is no such customer.")).WithTags("customers").WithSummary("What will happen when a customer is erased").Produces<ErasurePlanItem>();
        write.MapPost("/customers/{id}/export", (string id, HttpContext http) => Export(http, id) ?? Refusals.Of(404, "There is no such customer."))
            .WithTags("customers").WithSummary("All that is kept about a customer: a zip with data.json and data.html").Produces(200, contentType: "application/zip");
        write.MapPost("/customers/{id}/erase", (string id, EraseWords words, HttpContext http, IPrivacyDesk desk) => Acts.Answer(desk.Erase(id, words.Reason, http.User.Identity?.Name ?? "")))
            .WithTags("customers").WithSummary("Erase a customer").Produces<Acted>()
            .WithDescription("reason: why, without their name. What will happen stands in GET /api/customers/{id}/erasure; version in the answer is the number of the erasure.");
        read.MapGet("/erasures", (Stores stores) => Results.Ok(new ListAnswer<ErasureItem>([.. stores.State.Read(db => ErasureStore.List(db)).Select(e =>
            new ErasureItem(e.Id, e.Customer, Shell.Words.IsoOrNull(e.At), e.Who, e.Reason, e.ToCaseIds(), Shell.Words.IsoOrNull(e.ReviewedAt), e.ReviewedBy))], null)))
            .WithTags("customers").WithSummary("Customers who were erased, the newest 200; what nobody has read yet first").Produces<ListAnswer<ErasureItem>>();
    }

    /// <summary>What becomes of it, in a few words.</summary>
    public static string Words(ErasureFate fate) => fate switch
    {
        ErasureFate.Deleted => "goes",
        ErasureFate.Blanked => "is blanked",
        ErasureFate.Ended => "ends",
        ErasureFate.Kept => "stays",
        _ => "is yours to read",
    };

    private static IResult? Export(HttpContext http, string id) =>
        http.RequestServices.GetRequiredService<CustomerData>().Zip(id, http.User.Identity?.Name ?? "") is { } zip ? Results.File(zip, "application/zip", CustomerData.NameOf(id)) : null;
}
