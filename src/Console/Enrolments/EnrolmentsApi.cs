using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core.Devices;
using B2D.Storage;
using B2D.Storage.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Enrolments;

/// <summary>A device that asked to be registered with its fleet's key.</summary>
internal sealed class EnrolmentItem(EnrolmentRow row)
{
    public long Id => row.Id;
    public string Device => row.Device;
    public string Group => row.Fleet;
    public string State => row.State;
    public string? AskedAt => Words.IsoOrNull(row.AskedAt);
    public string AskedFrom => row.AskedFrom;
    public string? DecidedAt => Words.IsoOrNull(row.DecidedAt);
    public string DecidedBy => row.DecidedBy;
    public string? IssuedAt => Words.IsoOrNull(row.IssuedAt);
}

/// <summary>A fleet; its key is never shown again.</summary>
internal sealed class GroupItem(EnrolmentGroupRow row)
{
    public string Name => row.Name;
    public string Model => row.Model;
    public string Segment => row.Segment;
    public bool Approve => row.ByPolicy;
    public string? CreatedAt => Words.IsoOrNull(row.CreatedAt);
    public string CreatedBy => row.CreatedBy;
}

/// <summary>What a group is to be.</summary>
internal sealed record GroupWords
{
    /// <summary>1 to 80 characters.</summary>
    public string? Name { get; init; }

    /// <summary>What its devices are registered with; empty for none.</summary>
    public string? Model { get; init; }

    /// <summary>Where they hang; empty for nowhere.</summary>
    public string? Segment { get; init; }

    /// <summary>True: they are registered at once; false (usually): a person approves each.</summary>
    public bool Approve { get; init; }
}

/// <summary>A new group's key, in clear this once.</summary>
internal sealed record GroupAnswer(string Name, string Key);

/// <summary>/api/groups and /api/enrolments</summary>
internal static class EnrolmentsApi
{
    private const int MostRows = 200;
    private const int MaxName = 80;
    private const int MaxModel = 100;

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/enrolments", List).WithTags("enrolments").WithSummary("Devices that asked to be registered, in the order in which they asked")
            .Produces<ListAnswer<EnrolmentItem>>()
            .WithDescription("state is waiting, approved, rejected or issued; usually all. limit is 1 to 200. cursor is the 'next' of the answer before.");
        write.MapPost("/enrolments/{id:long}/approve", (long id, HttpContext http) => Decide(http, id, true)).WithTags("enrolments")
            .WithSummary("Register a device that waits; when it connects again, it gets a credential of its own").Produces<Acted>();
        write.MapPost("/enrolments/{id:long}/reject", (long id, HttpContext http) => Decide(http, id, false)).WithTags("enrolments")
            .WithSummary("Refuse a device that waits, for good").Produces<Acted>();
        read.MapGet("/groups", (Stores stores) => new ListAnswer<GroupItem>([.. stores.State.Read(EnrolmentStore.Groups).Select(g => new GroupItem(g))], null))
            .WithTags("enrolments").WithSummary("Fleets whose devices may ask to be registered").Produces<ListAnswer<GroupItem>>();
        write.MapPost("/groups", Create).WithTags("enrolments").WithSummary("Make a fleet and its key").Produces<GroupAnswer>(StatusCodes.Status201Created)
            .WithDescription("name, model and segment of its devices; approve: true registers them at once. The key (base64) is in this answer only.");
        write.MapDelete("/groups/{name}", (string name, HttpContext http) => Desk(http) is { } desk ? Acts.Answer(desk.RemoveGroup(name, WhoOf(http))) : Refusals.Of(404))
            .WithTags("enrolments").WithSummary("Take a fleet away; its key lets nobody in any more").Produces<Acted>();
    }

    private static IEnrolmentDesk? Desk(HttpContext http) => http.RequestServices.GetService<IEnrolmentDesk>();

    private static string WhoOf(HttpContext http) => http.User.Identity?.Name ?? "";

    private static IResult Decide(HttpContext http, long id, bool approve) =>
        Desk(http) is { } desk ? Acts.Answer(desk.Decide(id, approve, WhoOf(http))) : Refusals.Of(404);

    private static IResult List(Stores stores, string? state, int? limit, string? cursor)
    {
        if (state is not (null or EnrolmentState.Waiting or EnrolmentState.Approved or EnrolmentState.Rejected or EnrolmentState.Issued))
            return Refusals.Of(400, $"state is waiting, approved, rejected or issued, not '{Words.Cut(state, 40)}'.");
        if (limit is < 1 or > MostRows)
            return Refusals.Of(400, $"limit is 1 to {MostRows}, not '{limit}'.");
        var after = 0L;
        if (!string.IsNullOrEmpty(cursor) && !long.TryParse(cursor, out after))
            return Refusals.Of(400, "cursor is the 'next' of an answer before.");
        var most = limit ?? MostRows;
        var rows = stores.State.Read(db => EnrolmentStore.List(db, state, most + 1, after));
        return Results.Ok(new ListAnswer<EnrolmentItem>(
            [.. rows.Take(most).Select(r => new EnrolmentItem(r))],
            rows.Count > most ? rows[most - 1].Id.ToString(System.Globalization.CultureInfo.InvariantCulture) : null));
    }

    private static IResult Create(GroupWords words, HttpContext http)
    {
        var (name, model) = ((words.Name ?? "").Trim(), (words.Model ?? "").Trim());
        if (name.Length is 0 or > MaxName || name.Any(char.IsControl))
            return Refusals.Of(400, $"name has 1 to {MaxName} characters.");
        if (model.Length > MaxModel || model.Any(char.IsControl))
            return Refusals.Of(400, $"model has at most {MaxModel} characters.");
        if (!Segment.TryParse(words.Segment, out var segment, out var problem))
            return Refusals.Of(400, problem);
        if (Desk(http) is not { } desk)
            return Refusals.Of(404);
        return desk.CreateGroup(name, model, segment, words.Approve, WhoOf(http)) is { } key
            ? Results.Json(new GroupAnswer(name, key), statusCode: StatusCodes.Status201Created)
            : Refusals.Of(409, $"There is a group {name} already, or there are {EnrolmentStore.MaxGroups} groups.");
    }
}
