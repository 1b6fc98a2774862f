using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Contacts;
using B2D.Console.Shell;
using B2D.Core.Cases;
using B2D.Storage;
using B2D.Storage.Contacts;
using B2D.Storage.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Cases;

/// <summary>What the form begins with. <paramref name="Devices"/>: of the customer, or the one that was named; <paramref name="Families"/>: kinds that rules know, with a title of one.</summary>
public sealed record HandCaseModel(string Customer, IReadOnlyList<DeviceRow> Devices, ContactRow? Contact, IReadOnlyList<(string Family, string Title)> Families, IReadOnlyList<string> Queues);

/// <summary>A case that somebody opens.</summary>
internal sealed record HandCaseWords
{
    public string Device { get; init; } = "";

    /// <summary>The kind of problem, as rules have it; without it: reported.</summary>
    public string? Family { get; init; }

    public string Title { get; init; } = "";

    public string? About { get; init; }

    public string? Queue { get; init; }

    /// <summary>1 to 4, usually 3.</summary>
    public int? Priority { get; init; }

    /// <summary>The number of the contact in which the customer said so.</summary>
    public long Contact { get; init; }

    public HandCase Read() => new(Device.Trim(), string.IsNullOrWhiteSpace(Family) ? HandCase.OtherFamily : Family.Trim(), Title.Trim(), (About ?? "").Trim(),
        string.IsNullOrWhiteSpace(Queue) ? "service" : Queue.Trim(), Priority ?? 3)
    { Contact = Contact };
}

/// <summary>The case that was opened, or that took it: opened, joined or reopened. Id 0: it is of a queue that whoever asks does not see.</summary>
internal sealed record HandCaseAnswer(long Id, string How);

/// <summary>Opening a case by hand: from a customer, a device or a contact.</summary>
internal static class HandCasePages
{
    private const int MostDevices = 50;

    /// <summary>The case is of a queue that whoever opened it does not see.</summary>
    private const string NotSeen = "It is on a case of another queue; who works there sees it, you do not.";

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/cases/new", (HttpContext http, Stores stores, IRuleView rules) =>
        {
            var (customer, device) = (http.Request.Query["customer"].ToString(), http.Request.Query["device"].ToString());
            _ = long.TryParse(http.Request.Query["contact"], out var contact);
            return Html.Page<NewCasePage>(stores.State.Read(db =>
            {
                var said = contact > 0 ? ContactStore.Find(db, contact) : null;
                var owner = said?.Customer ?? customer;
                var of = device.Length > 0 ? device : said?.Device ?? "";
                IReadOnlyList<DeviceRow> devices = of.Length > 0 ? DeviceStore.Find(db, of) is { } one ? [one] : []
                    : owner.Length > 0 ? DeviceStore.List(db, new DeviceFilter { Customer = owner, Limit = MostDevices }) : [];
                return new HandCaseModel(owner, devices, said, Families(rules), QueueReader.Names(db));
            }));
        }).ExcludeFromDescription();
        write.MapForm("/cases", (http, form) =>
        {
            var back = Forms.LocalOr(form.Text("back", 1000), "/cases/new");
            var words = new HandCaseWords
            {
                Device = form.Text("device", 128), Family = form.Text("family", 65), Title = form.Text("title", HandCase.MaxTitle + 1), About = form.Text("about", HandCase.MaxAbout + 1),
                Queue = form.Text("queue", CaseQueue.MaxName + 1), Priority = form.ContainsKey("priority") ? form.Number("priority") : null, Contact = form.Long("contact"),
            };
            return Open(http, words.Read()) switch
            {
                HandCaseOutcome.Taken taken when !Sights.Sees(http, "cases", taken.CaseId) => Forms.Back(http, back, NotSeen),
                HandCaseOutcome.Taken taken => Forms.Back(http, $"/cases/{taken.CaseId}", Said(taken.How)),
                HandCaseOutcome.Rejected rejected => Forms.Back(http, back, $"No case was opened: {rejected.Reason}.", bad: true),
                _ => Results.StatusCode(500),
            };
        });
    }

    public static void MapApi(IEndpointRouteBuilder write) => write.MapPost("/cases", (HandCaseWords words, HttpContext http) => Open(http, words.Read()) switch
    {
        HandCaseOutcome.Taken taken => Results.Json(new HandCaseAnswer(Sights.Sees(http, "cases", taken.CaseId) ? taken.CaseId : 0, taken.How switch { CaseOpening.Join => "joined", CaseOpening.Reopen => "reopened", _ => "opened" }),
            statusCode: taken.How is CaseOpening.Open or CaseOpening.OpenLinked ? 201 : 200),
        HandCaseOutcome.Rejected rejected => Refusals.Of(422, Words.Sentence(rejected.Reason) + "."),
        _ => Results.StatusCode(500),
    }).WithTags("cases").WithSummary("Open a case by hand").Produces<HandCaseAnswer>(201).Produces<HandCaseAnswer>()
        .WithDescription("device; title: what is wrong; family: the kind of problem as rules have it, usually reported; about; queue, usually service; priority 1 to 4, usually 3; contact: the number of "
            + "the one in which the customer said so. Where a case of that device and kind is open it takes this; where one was resolved a short while ago it is opened again.");

    private static HandCaseOutcome Open(HttpContext http, HandCase asked)
    {
        if (!Sights.Sees(http, "devices", asked.Device))
            return new HandCaseOutcome.Rejected("there is no such device");
        if (asked.Contact > 0 && !Sights.Sees(http, "contacts", asked.Contact))
            return new HandCaseOutcome.Rejected("there is no such contact with the device’s owner");
        return http.RequestServices.GetRequiredService<IHandCaseDesk>().Open(asked, http.User.Identity?.Name ?? "");
    }

    private static string Said(CaseOpening how) => how switch
    {
        CaseOpening.Join => "It is on this case, which was open for that device and kind of problem.",
        CaseOpening.Reopen => "This case was resolved a short while ago; it is open again, ahead of new work.",
        _ => "The case is open. Nobody is on it yet.",
    };

    private static IReadOnlyList<(string Family, string Title)> Families(IRuleView rules) =>
        [.. rules.Current.Faults.Where(f => f.Case is not null).GroupBy(f => f.Case!.Family).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.First().Title))];
}
