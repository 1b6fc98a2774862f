using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Exports;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Outages;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Outages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Outages;

/// <summary>The list of reviews, and what is to be done because of them.</summary>
public sealed record ReviewsModel(ListPage<ReviewListLine> Page, IReadOnlyList<ReviewNoteRow> Actions, long Overdue);

/// <summary>A review with the users that can own it.</summary>
public sealed record ReviewModel(ReviewRecord Record, IReadOnlyList<string> Users);

/// <summary>A customer's notice of an outage, with who it was.</summary>
public sealed record ToldLine
{
    public string Id { get; init; } = "";
    public string Subject { get; init; } = "";
    public string Customer { get; init; } = "";
    public string Status { get; init; } = "";
    public long Revision { get; init; }
    public string Channel { get; init; } = "";
    public string State { get; init; } = "";
    public string Reason { get; init; } = "";
    public long CreatedAt { get; init; }
    public long DueAt { get; init; }
    public long SentAt { get; init; }
    public int Attempts { get; init; }
    public string LastError { get; init; } = "";
    public string? CustomerName { get; init; }
    public string? Place { get; init; }

    /// <summary><c>customer</c>, <c>carer</c> of one, or <c>subscriber</c> of a place.</summary>
    public string Who => Carer.Is(Customer) ? "carer" : Customer.StartsWith("subscriber/", StringComparison.Ordinal) ? "subscriber" : "customer";
}

/// <summary>Something found, or something to do, as the API shows it. Kind: finding or action.</summary>
internal sealed record ReviewNoteItem(long Id, string Kind, string Text, string? Owner, string? Due, string? DoneAt, string By);

/// <summary>A review as the API shows it. State: Open, Done; null with version 0: there is none yet. Spans are in seconds.</summary>
internal sealed record ReviewItem(
    long Outage, string? State, string? Owner, string? DueAt, string? DoneAt, long Version, double? ToFirstNotice, double? ToLastNotice, long Touched, long Told, long Untold, long AllCleared, long ContactsBefore,
    long ContactsAfter, long Owed, long PromisesKept, long PromisesMissed, IReadOnlyList<ReviewNoteItem> Notes);

/// <summary>A review in the list as the API shows it.</summary>
internal sealed record ReviewListItem(long Outage, string State, string? Owner, string? DueAt, string? DoneAt, string Title, string Place, long Customers);

/// <summary>Reviews of outages: pages, forms, files and /api/reviews.</summary>
internal static class ReviewPages
{
    private const int MostActions = 50;

    private static readonly IReadOnlyList<ExportColumn<ReviewLine>> LineColumns =
        [ExportColumn<ReviewLine>.Time("at", l => l.At), new("kind", l => l.Kind), new("text", l => l.Text), new("who", l => l.Who)];

    private static readonly IReadOnlyList<ExportColumn<ToldLine>> ToldColumns =
    [
        new("customer", n => n.Customer), new("name", n => n.CustomerName), new("place", n => n.Place), new("about", n => n.Subject), new("status", n => n.Status), new("revision", n => n.Revision), new("channel", n => n.Channel),
        new("state", n => n.State), new("reason", n => n.Reason), ExportColumn<ToldLine>.Time("planned_at", n => n.CreatedAt), ExportColumn<ToldLine>.Time("due_at", n => n.DueAt), ExportColumn<ToldLine>.Time("sent_at", n => n.SentAt),
        new("attempts", n => n.Attempts), new("last_error", n => n.LastError), new("notice", n => n.Id), new("who", n => n.Who),
    ];

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/reviews", (HttpContext http, Stores stores, View view) =>
        {
            var request = ListRequest.Of(http.Request, Definition.Usual);
            var asked = request with { Filter = Definition.Timed(request.Filter.Replace("owner", "me", view.User), view.Now, view.Zone) };
            return Html.Page<ReviewsPage>(stores.State.Read(db => new ReviewsModel(Definition.Page<ReviewListLine>(db, asked), ReviewStore.OpenActions(db, MostActions), ReviewStore.CountOverdue(db, view.Now))));
        }).ExcludeFromDescription();
        read.MapGet("/outages/{id:long}/review", (long id, ReviewReader reader, Stores stores, View view) => reader.Find(id, view.Now, view.Zone) is { } record
            ? Html.Page<ReviewPage>(new ReviewModel(record, stores.State.Read(db => (IReadOnlyList<string>)[.. UserStore.List(db).Where(u => u.LockedAt == 0).Select(u => u.Name)])))
            : Html.Missing($"outage O-{id}", "/outages")).ExcludeFromDescription();
        read.MapGet("/outages/{id:long}/review/timeline", (long id, HttpContext http, ReviewReader reader, View view) => reader.Find(id, view.Now, view.Zone) is { } record
            ? Export.File(http, string.Create(CultureInfo.InvariantCulture, $"outage:{id}/timeline"), LineColumns, [record.Lines])
            : Html.Missing($"outage O-{id}", "/outages")).ExcludeFromDescription();
        read.MapGet("/outages/{id:long}/review/told", (long id, HttpContext http, Stores stores) => stores.State.Read(db => OutageStore.Find(db, id) is { } row ? OutageStore.Parts(db, row.Id) : null) is { } parts
            ? Export.File(http, string.Create(CultureInfo.InvariantCulture, $"outage:{id}/told"), ToldColumns, TellingsOf(stores, [id, .. parts.Select(p => p.Id)]))
            : Html.Missing($"outage O-{id}", "/outages")).ExcludeFromDescription();
        write.MapForm("/outages/{id:long}/review/act", (http, form) =>
        {
            var id = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
            var view = http.RequestServices.GetRequiredService<View>();
            var page = string.Create(CultureInfo.InvariantCulture, $"/outages/{id}/review");
            var (act, problem) = new ReviewActWords { Act = form.Text("act", 40), Text = form.Text("text", ReviewAct.MaxText + 1), Owner = form.Text("owner", 101), Note = form.Long("note") }.Read(EndOf(form, view));
            return act is null
                ? Forms.Back(http, page, Words.Sentence(problem), bad: true)
                : Forms.Back(http, page, http.RequestServices.GetRequiredService<IReviewDesk>().Act(id, form.Number("version"), act, view.User), ReviewActWords.Done(act));
        });
    }

    public static void MapApi(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapList<ReviewListLine, ReviewListItem>("reviews", "Reviews of outages, newest outage first", Definition, r => r.OutageId.ToString(CultureInfo.InvariantCulture), r => new ReviewListItem(
            r.OutageId, r.State, r.Owner.Length == 0 ? null : r.Owner, Words.IsoOrNull(r.DueAt), Words.IsoOrNull(r.DoneAt), r.Title, r.Place, r.Customers));
        read.MapGet("/outages/{id:long}/review", (long id, ReviewReader reader, View view) => reader.Find(id, view.Now, view.Zone) is { } record
            ? Results.Ok(Item(record)) : Refusals.Of(404, $"There is no outage {id}.")).WithTags("reviews").WithSummary("The review of an outage, with what it counts").Produces<ReviewItem>();
        write.MapPost("/outages/{id:long}/review/acts", (long id, ReviewActWords words, HttpContext http, IReviewDesk desk, Stores stores) =>
        {
            var (act, problem) = words.Read(Times.Read(words.Due));
            if (act is null)
                return Refusals.Of(400, Words.Sentence(problem));
            var version = words.Version ?? (int)(stores.State.Read(db => ReviewStore.Find(db, id))?.Version ?? 0);
            return Acts.Answer(desk.Act(id, version, act, http.User.Identity?.Name ?? ""));
        }).WithTags("reviews").WithSummary("Do something to the review of an outage").Produces<Acted>()
            .WithDescription("act: open, assign (owner), find (text), plan (text, owner, due), finish (note), close, reopen. With a version, the act is refused with 409 where the review has another one by now.");
    }

    private static ListDefinition Definition => ReviewReader.Definition;

    /// <summary>Until the end of the day that was chosen.</summary>
    private static ServerTime? EndOf(IFormCollection form, View view) =>
        DateOnly.TryParseExact(form.Text("due", 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? ServerTime.From(Words.Midnight(new DateTimeOffset(day, new TimeOnly(12, 0), TimeSpan.Zero).ToUnixTimeMilliseconds(), view.Zone).AddDays(1).AddSeconds(-1)) : null;

    private static IEnumerable<IReadOnlyList<ToldLine>> TellingsOf(Stores stores, IReadOnlyList<long> outages)
    {
        const int AtOnce = 500;
        var subjects = string.Join(", ", outages.Select(o => string.Create(CultureInfo.InvariantCulture, $"'outage:{o}'")));
        var (at, id) = (long.MaxValue, "");
        while (true)
        {
            var page = stores.State.Read(db => db.Query<ToldLine>(
                $"""
                SELECT n.*, cu.name AS customer_name, cu.place AS place FROM notices n LEFT JOIN customers cu ON cu.id = n.customer
                WHERE n.subject IN ({subjects}) AND (n.created_at < @at OR (n.created_at = @at AND n.id < @id)) ORDER BY n.created_at DESC, n.id DESC LIMIT {AtOnce}
                """,
                new { at, id }));
            if (page.Count > 0)
                yield return page;
            if (page.Count < AtOnce)
                yield break;
            (at, id) = (page[^1].CreatedAt, page[^1].Id);
        }
    }

    private static ReviewItem Item(ReviewRecord record) => new(
        record.Outage.Id, record.Review?.State, record.Review is { Owner.Length: > 0 } owned ? owned.Owner : null, Words.IsoOrNull(record.Review?.DueAt ?? 0), Words.IsoOrNull(record.Review?.DoneAt ?? 0), record.Review?.Version ?? 0,
        record.Figures.ToFirstNotice?.TotalSeconds, record.Figures.ToLastNotice?.TotalSeconds, record.Figures.Touched, record.Figures.Told, record.Figures.Untold, record.Cleared, record.ContactsBefore, record.ContactsAfter,
        record.Figures.Owed, record.Figures.Promises.Count(p => p.Fate is PromiseFate.Kept or PromiseFate.OverBefore), record.Figures.Promises.Count(p => p.Fate == PromiseFate.Missed),
        [.. record.Notes.Select(n => new ReviewNoteItem(n.Id, n.Kind.ToLowerInvariant(), n.Text, n.Owner.Length == 0 ? null : n.Owner, Words.IsoOrNull(n.DueAt), Words.IsoOrNull(n.DoneAt), n.Who))]);
}
