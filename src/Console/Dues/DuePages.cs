using System.Collections.Immutable;
using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core.Dues;
using B2D.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Dues;

/// <summary>A due as a line of a list.</summary>
public sealed record DueLine
{
    public long Id { get; init; }
    public string Device { get; init; } = "";
    public string Customer { get; init; } = "";
    public string Rule { get; init; } = "";
    public string Title { get; init; } = "";
    public long Cycle { get; init; }
    public string State { get; init; } = "";
    public double Used { get; init; }
    public double Every { get; init; }
    public string Unit { get; init; } = "";
    public double TellAt { get; init; }
    public long ForecastFrom { get; init; }
    public long ForecastUntil { get; init; }
    public long DueAt { get; init; }
    public long ToldAt { get; init; }
    public long DoneAt { get; init; }
    public string DoneBy { get; init; } = "";
    public long ChangedAt { get; init; }
    public string? CustomerName { get; init; }
    public string? Place { get; init; }

    /// <summary>How much of the interval is used, 0 to 1.</summary>
    public double Share => Every > 0 ? Math.Clamp(Used / Every, 0, 1) : 0;

    public bool MayBeDone => State is "Forecast" or "Due" or "Told" or "Booked" or "Ordered" or "Declined" or "Overdue";
}

/// <summary>A due as the API shows it. Used and every are in unit; forecast is a range of dates.</summary>
internal sealed record DueItem(
    long Id, string State, string Title, string Device, string Customer, string Rule, long Cycle, double Used, double Every, string Unit, double TellAt,
    string? ForecastFrom,
    string? ForecastUntil, string? DueAt, string? ToldAt, string? DoneAt, string DoneBy, string? ChangedAt);

/// <summary>The list of dues.</summary>
internal static class DueLists
{
    public static readonly ListDefinition Definition = new()
    {
        Select = "u.*, cu.name AS customer_name, cu.place AS place",
        From = "dues u LEFT JOIN customers cu ON cu.id = u.customer",
        Fields =
        [
            new("state", "u.state", FieldMatch.Whole, "open, forecast, due, told, booked, ordered, declined, done or overdue")
            {
                Meanings = ImmutableDictionary<string, string>.Empty.Add("open", "u.state IN ('Due', 'Told', 'Booked', 'Ordered', 'Overdue')"),
            },
            new("device", "u.device", FieldMatch.Pattern, "the device’s id, with *"),
            new("customer", "u.customer", FieldMatch.Whole, "the customer’s id"),
            new("rule", "u.rule", FieldMatch.Pattern, "the rule’s id, with *"),
            new("id", "u.id", FieldMatch.Number, "the due’s number"),
        ],
        Text = ["u.title", "u.device"],
        Words = [new("customer_words", "customer", "SELECT id FROM dues WHERE customer IN ({0})")],
        TextWords = "title, device, customer and place",
        Order =
            """
            CASE u.state WHEN 'Overdue' THEN 0 WHEN 'Due' THEN 1 WHEN 'Told' THEN 2 WHEN 'Done' THEN 9 ELSE 3 END,
            u.used / CASE WHEN u.every > 0 THEN u.every ELSE 1 END DESC, u.id DESC
            """,
        Key = ListKey.NumberDown,
        KeyColumn = "u.id",
        Views = [new("Under way", "state:open"), new("Overdue", "state:overdue"), new("Coming", "state:forecast"), new("Done", "state:done"), new("All", "")],
        Example = "state:open filter",
    };
}

/// <summary>The page of dues and its form.</summary>
internal static class DuePages
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/dues", (HttpContext http, Stores stores) =>
            Html.Page<DuesPage>(stores.State.Read(db => DueLists.Definition.Page<DueLine>(db, ListRequest.Of(http.Request, DueLists.Definition.Usual)))))
                .ExcludeFromDescription();
        write.MapForm("/dues/{id:long}/done", (http, form) =>
        {
            var id = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
            var outcome = http.RequestServices.GetRequiredService<IDueDesk>().MarkDone(id, http.User.Identity?.Name ?? "");
            return Forms.Back(http, Forms.LocalOr(form.Text("back"), "/dues"), outcome, "Marked as done.");
        });
    }
}

/// <summary>/api/dues</summary>
internal static class DuesApi
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapList<DueLine, DueItem>("dues", "Dues, newest first", DueLists.Definition, d => d.Id.ToString(CultureInfo.InvariantCulture), Item);
        read.MapGet("/dues/{id:long}", (long id, Stores stores) =>
            stores.State.Read(db => Find(db, id)) is { } line
                ? Results.Ok(Item(line)) : Refusals.Of(404, $"There is no due {id}.")).WithTags("dues").WithSummary("One due").Produces<DueItem>();
        write.MapPost("/dues/{id:long}/done", (long id, HttpContext http, IDueDesk desk) => Acts.Answer(desk.MarkDone(id, http.User.Identity?.Name ?? "")))
            .WithTags("dues").WithSummary("Mark a due as done").Produces<Acted>();
    }

    private static DueLine? Find(Db db, long id) =>
        db.FirstOrDefault<DueLine>($"SELECT {DueLists.Definition.Select} FROM {DueLists.Definition.From} WHERE u.id = @id", new { id });

    private static DueItem Item(DueLine d) => new(
        d.Id, d.State, d.Title, d.Device, d.Customer, d.Rule, d.Cycle, d.Used, d.Every, d.Unit, d.TellAt, Words.IsoOrNull(d.ForecastFrom),
        Words.IsoOrNull(d.ForecastUntil),
        Words.IsoOrNull(d.DueAt), Words.IsoOrNull(d.ToldAt), Words.IsoOrNull(d.DoneAt), d.DoneBy, Words.IsoOrNull(d.ChangedAt));
}
