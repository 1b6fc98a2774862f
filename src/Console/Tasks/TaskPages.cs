using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Tasks;

/// <summary>What came of a call: reached, not-reached (tryAt) or wrong-number.</summary>
internal sealed record PhoneTaskActWords
{
    public string Act { get; init; } = "";

    /// <summary>ISO 8601 or epoch milliseconds: when to try again, for <c>not-reached</c>.</summary>
    public string? TryAt { get; init; }

    /// <summary>The version that was read; without it the present one.</summary>
    public int? Version { get; init; }

    /// <summary>The act, or what is missing for it in a sentence.</summary>
    public (PhoneTaskAct? Act, string Problem) Read(ServerTime? tryAt) => Act switch
    {
        "reached" => (new PhoneTaskAct.Reached(), ""),
        "wrong-number" => (new PhoneTaskAct.WrongNumber(), ""),
        "not-reached" when tryAt is null => (null, "tryAt is missing or no time: when to try again."),
        "not-reached" => (new PhoneTaskAct.NotReached(tryAt.Value), ""),
        _ => (null, $"'{Words.Cut(Act, 40)}' is nothing that comes of a call: reached, not-reached, wrong-number."),
    };
}

/// <summary>A call as the API shows it. Say: the words; number: of the customer as it is known now.</summary>
internal sealed record PhoneTaskItem(
    long Id, string State, string Customer, string Number, string Subject, string Class, string Reason, string? Say, string? DueAt, string? TryAt, long Tries, string Outcome, string Who,
    bool Late, string Notice, string? CreatedAt, string? DoneAt, long Version);

/// <summary>Calls that people are to make.</summary>
internal static class TaskPages
{
    /// <summary>Usual time until the next try.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromHours(1);

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/tasks", (HttpContext http, Stores stores, IServiceProvider services) =>
        {
            var page = stores.State.Read(db => PhoneTaskLists.Definition.Page<PhoneTaskLine>(db, ListRequest.Of(http.Request, PhoneTaskLists.Definition.Usual)));
            var words = services.GetService<INoticeWords>();
            return Html.Page<TasksPage>(page with { Rows = [.. page.Rows.Select(r => r with { Words = words?.Of(r.Notice) })] });
        }).ExcludeFromDescription();
        write.MapForm("/tasks/{id:long}/act", (http, form) =>
        {
            var view = http.RequestServices.GetRequiredService<View>();
            var words = new PhoneTaskActWords { Act = form.Text("act", 40) };
            var (act, problem) = words.Read(form.Time("try-at", view.Zone) ?? new ServerTime(view.Now) + Again);
            return act is null
                ? Forms.Back(http, "/tasks", problem, bad: true)
                : Forms.Back(http, "/tasks", http.RequestServices.GetRequiredService<IPhoneTaskDesk>().Act(IdOf(http), form.Number("version"), act, view.User), "Written down.");
        });
    }

    public static void MapApi(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapList<PhoneTaskLine, PhoneTaskItem>("tasks", "Calls that people are to make, newest first", PhoneTaskLists.Definition,
            t => t.Id.ToString(CultureInfo.InvariantCulture), t => Item(t, null));
        read.MapGet("/tasks/{id:long}", (long id, Stores stores, IServiceProvider services) =>
        {
            var lines = stores.State.Read(db => PhoneTaskLists.Definition.After<PhoneTaskLine>(db, FilterText.Parse($"id:{id}"), 1, ""));
            return lines is [var line] ? Results.Ok(Item(line, services.GetService<INoticeWords>()?.Of(line.Notice))) : Refusals.Of(404, $"There is no task {id}.");
        }).WithTags("tasks").WithSummary("One call with what is to be said").Produces<PhoneTaskItem>();
        write.MapPost("/tasks/{id:long}/acts", (long id, PhoneTaskActWords words, HttpContext http, IPhoneTaskDesk desk, Stores stores) =>
        {
            var (act, problem) = words.Read(Times.Read(words.TryAt));
            if (act is null)
                return Refusals.Of(400, problem);
            var version = words.Version is > 0 and var seen ? seen : (int)(stores.State.Read(db => PhoneTaskStore.Find(db, id))?.Version ?? 0);
            return Acts.Answer(desk.Act(id, version, act, http.User.Identity?.Name ?? ""));
        }).WithTags("tasks").WithSummary("Write down what came of a call").Produces<Acted>().WithDescription("act: reached, not-reached (tryAt, within a week) or wrong-number.");
    }

    private static PhoneTaskItem Item(PhoneTaskLine t, NoticeWords? words) => new(
        t.Id, t.State, t.Customer, t.Phone ?? "", t.Subject, t.Class, t.Reason, words?.Text, Words.IsoOrNull(t.DueAt), Words.IsoOrNull(t.TryAt), t.Tries, t.Outcome, t.Who, t.Late, t.Notice,
        Words.IsoOrNull(t.CreatedAt), Words.IsoOrNull(t.DoneAt), t.Version);

    private static long IdOf(HttpContext http) => long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
}
