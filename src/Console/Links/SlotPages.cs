using System.Collections.Immutable;
using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Links;
using B2D.Storage;
using B2D.Storage.Links;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Links;

/// <summary>The page of slots: each with the visits that are to be made in it.</summary>
public sealed record SlotsModel(ListPage<SlotRow> List, IReadOnlyDictionary<long, IReadOnlyList<VisitRow>> Visits);

/// <summary>A visit as the API shows it.</summary>
internal sealed record VisitItem(long CaseId, string Customer, string? BookedAt);

/// <summary>A slot as the API shows it.</summary>
internal sealed record SlotItem(long Id, string? Place, string? Segment, string? Start, string? End, long Capacity, long Taken, bool Closed, string By, IReadOnlyList<VisitItem> Visits);

/// <summary>A slot as it is sent: times are ISO 8601 or epoch milliseconds.</summary>
internal sealed record SlotWords
{
    public string? Place { get; init; }
    public string? Segment { get; init; }
    public string? Start { get; init; }
    public string? End { get; init; }
    public int? Capacity { get; init; }
}

/// <summary>The number of what was added.</summary>
internal sealed record SlotAdded(long Id);

/// <summary>Where operators keep the times at which visits can be made: /slots and /api/slots.</summary>
internal static class SlotPages
{
    private static readonly ListDefinition Definition = new()
    {
        Select = "*",
        From = "slots",
        Fields =
        [
            new("is", "", FieldMatch.Meaning, "free, full or closed")
            {
                Meanings = ImmutableDictionary<string, string>.Empty.Add("free", "closed_at = 0 AND taken < capacity").Add("full", "taken >= capacity").Add("closed", "closed_at > 0"),
            },
            new("place", "place", FieldMatch.Pattern, "the place, with *"),
            new("segment", "segment", FieldMatch.Path, "a segment and everything below it"),
            new("id", "id", FieldMatch.Number, "its number"),
        ],
        Text = ["place", "segment"],
        TextWords = "place and segment",
        Order = "start_at DESC, id DESC",
        Key = ListKey.NumberDown,
        KeyColumn = "id",
        Views = [new("All", ""), new("Free", "is:free"), new("Full", "is:full")],
        Example = "is:free Porto",
    };

    /// <summary>Filters and views for the page.</summary>
    public static ListDefinition List => Definition;

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/slots", (HttpContext http, Stores stores) => Html.Page<SlotsPage>(stores.State.Read(db =>
        {
            var list = Definition.Page<SlotRow>(db, ListRequest.Of(http.Request, Definition.Usual));
            return new SlotsModel(list, list.Rows.ToDictionary(r => r.Id, r => SlotStore.VisitsIn(db, r.Id)));
        }))).ExcludeFromDescription();
        write.MapForm("/slots", (http, form) =>
        {
            var view = http.RequestServices.GetRequiredService<View>();
            if (form.Time("start", view.Zone) is not { } start || form.Time("end", view.Zone) is not { } end)
                return Forms.Back(http, "/slots", "Nothing was done: a slot has a begin and an end.", bad: true);
            var (id, refused) = http.RequestServices.GetRequiredService<ISlotDesk>().Add(new Slot(form.Text("place", 200), form.Text("segment", 500), start, end, form.Number("capacity"), 0, false), view.User);
            return refused.Length > 0 ? Forms.Back(http, "/slots", $"Nothing was done: {refused}.", bad: true) : Forms.Back(http, "/slots", $"Slot #{id} can be booked.");
        });
        write.MapForm("/slots/{id:long}/close", (http, _) => Forms.Back(http, "/slots",
            http.RequestServices.GetRequiredService<ISlotDesk>().Close(long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture), http.User.Identity?.Name ?? ""),
            "Nobody can book it any more; visits that are booked stay."));
    }

    public static void MapApi(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/slots", (HttpContext http, Stores stores) => ApiLists.Answer<SlotRow, SlotItem>(http, Definition, s => s.Id.ToString(CultureInfo.InvariantCulture), s => Item(stores, s)))
            .WithTags("slots").WithSummary("Slots for visits, newest first, each with the visits booked in it").Produces<ListAnswer<SlotItem>>();
        write.MapPost("/slots", (SlotWords words, HttpContext http, ISlotDesk desk) =>
        {
            if (Times.Read(words.Start) is not { } start || Times.Read(words.End) is not { } end)
                return Refusals.Of(400, "start and end are times: ISO 8601, or epoch milliseconds.");
            var (id, refused) = desk.Add(new Slot(words.Place ?? "", words.Segment ?? "", start, end, words.Capacity ?? 0, 0, false), http.User.Identity?.Name ?? "");
            return refused.Length > 0 ? Refusals.Of(422, Words.Sentence(refused)) : Results.Created($"/api/slots?id={id}", new SlotAdded(id));
        }).WithTags("slots").WithSummary("Add a slot for visits").Produces<SlotAdded>(201)
            .WithDescription("place: in people's words, as customers have it (Porto means Bonfim, Porto too); segment: with all below it; neither: everywhere. capacity: visits in it, 1 to 1,000.");
        write.MapPost("/slots/{id:long}/close", (long id, HttpContext http, ISlotDesk desk) => Acts.Answer(desk.Close(id, http.User.Identity?.Name ?? "")))
            .WithTags("slots").WithSummary("Let nobody book a slot any more; visits that are booked stay").Produces<Acted>();
    }

    private static SlotItem Item(Stores stores, SlotRow s) => new(s.Id, s.Place.Length > 0 ? s.Place : null, s.Segment.Length > 0 ? s.Segment : null, Words.IsoOrNull(s.StartAt), Words.IsoOrNull(s.EndAt),
        s.Capacity, s.Taken, s.ClosedAt > 0, s.Who, [.. stores.State.Read(db => SlotStore.VisitsIn(db, s.Id)).Select(v => new VisitItem(v.CaseId, v.Customer, Words.IsoOrNull(v.MadeAt)))]);
}
