using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core.Cases;
using B2D.Storage;
using B2D.Storage.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Cases;

/// <summary>What was given to customers: what waits for a verdict first.</summary>
public sealed record GrantsModel(IReadOnlyList<GrantRow> Rows);

/// <summary>A grant as the API shows it. State: granted, toReview, reviewed, objected, asked or refused.</summary>
internal sealed record GrantItem(long Id, long CaseId, string Customer, string Kind, long Amount, string Unit, string Reason, string State, string Who, string Role, string? At, string DecidedBy, string? DecidedAt);

/// <summary>A verdict: approve or refuse.</summary>
internal sealed record VerdictWords
{
    public string Act { get; init; } = "";

    public GrantVerdict? Read() => Act switch { "approve" => GrantVerdict.Approve, "refuse" => GrantVerdict.Refuse, _ => null };
}

/// <summary>Where leads look at what customers were given: /grants and /api/grants.</summary>
internal static class GrantPages
{
    private const int MostRows = 200;
    private const string Verdicts = "act is approve or refuse.";

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/grants", (Stores stores) => Html.Page<GrantsPage>(stores.State.Read(db => new GrantsModel(List(db))))).ExcludeFromDescription();
        write.MapForm("/grants/{id:long}/act", (http, form) =>
        {
            var id = long.Parse((string)http.Request.RouteValues["id"]!, System.Globalization.CultureInfo.InvariantCulture);
            return new VerdictWords { Act = form.Text("act", 20) }.Read() is { } verdict
                ? Forms.Back(http, "/grants", http.RequestServices.GetRequiredService<IGrantDesk>().Act(id, verdict, http.User.Identity?.Name ?? ""), verdict == GrantVerdict.Approve ? "Approved." : "Noted; the case says so.")
                : Forms.Back(http, "/grants", Words.Sentence(Verdicts), bad: true);
        });
    }

    public static void MapApi(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/grants", (Stores stores) => Results.Ok(new ListAnswer<GrantItem>([.. stores.State.Read(List).Select(Item)], null)))
            .WithTags("grants").WithSummary("What customers were given, the newest 200; what waits for a verdict first").Produces<ListAnswer<GrantItem>>();
        write.MapPost("/grants/{id:long}/acts", (long id, VerdictWords words, HttpContext http, IGrantDesk desk) =>
            words.Read() is { } verdict ? Acts.Answer(desk.Act(id, verdict, http.User.Identity?.Name ?? "")) : Refusals.Of(400, Words.Sentence(Verdicts)))
            .WithTags("grants").WithSummary("Give a verdict on a grant: approve or refuse").Produces<Acted>();
    }

    /// <summary>A state in words.</summary>
    public static string State(string state) => state switch
    {
        "Granted" => "given",
        "ToReview" => "given; a lead looks at it",
        "Reviewed" => "given and approved",
        "Objected" => "given; it was too much",
        "Asked" => "a lead is asked first",
        _ => "refused",
    };

    private static IReadOnlyList<GrantRow> List(Db db) => [.. GrantStore.List(db, [], MostRows).OrderBy(g => g.State is "Asked" ? 0 : g.State is "ToReview" ? 1 : 2).ThenByDescending(g => g.Id)];

    private static GrantItem Item(GrantRow g) => new(g.Id, g.CaseId, g.Customer, g.Kind.ToLowerInvariant(), g.Amount, g.Unit, g.Reason, char.ToLowerInvariant(g.State[0]) + g.State[1..], g.Who, g.Role,
        Words.IsoOrNull(g.At), g.DecidedBy, Words.IsoOrNull(g.DecidedAt));
}
