using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Core.Maintenance;
using B2D.Storage;
using B2D.Storage.Maintenance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Maintenance;

/// <summary>Maintenance as the API shows it.</summary>
internal sealed class MaintenanceItem(MaintenanceRow row)
{
    public long Id => row.Id;

    /// <summary>Planned, Running or Over.</summary>
    public string State => row.State;
    public string Title => row.Title;
    public string Reason => row.Reason;

    /// <summary>segment, device or model.</summary>
    public string Scope => row.Scope.ToLowerInvariant();
    public string Target => row.Target;
    public string? From => Shell.Words.IsoOrNull(row.FromAt);
    public string? Until => Shell.Words.IsoOrNull(row.UntilAt);

    /// <summary>The hours in which it runs; null: all the time.</summary>
    public string? Hours => row.Hours.Length == 0 ? null : row.Hours;
    public string By => row.Person;

    /// <summary>Who ended it before its time.</summary>
    public string? EndedBy => row.EndedBy.Length == 0 ? null : row.EndedBy;
    public string? CreatedAt => Shell.Words.IsoOrNull(row.CreatedAt);

    /// <summary>Customers feel it, and are told: what does not work meanwhile, why, what still does, and the channels that are down.</summary>
    public bool Felt => row.Felt;
    public string? Words => row.Felt ? row.Words : null;
    public string? Cause => row.Cause.Length == 0 ? null : row.Cause;
    public string? StillWorks => row.StillWorks.Length == 0 ? null : row.StillWorks;
    public IReadOnlyList<string> TakesDown => [.. ChannelSet.Names.Where(n => new ChannelSet((int)row.TakesDown).Has(ChannelSet.Named(n)!.Value))];

    /// <summary>When customers first heard of it.</summary>
    public string? ToldAt => Shell.Words.IsoOrNull(row.ToldAt);

    /// <summary>The last change explained.</summary>
    public string? Why => row.Why.Length == 0 ? null : row.Why;
    public long Version => row.Revision;
}

/// <summary>A customer whom planned work touches, and what they hold of it. State: Told, Left, Over or WithOutage; null: not told yet.</summary>
internal sealed record MaintenanceCustomer(string Customer, string? State, string? ToldAt);

/// <summary>The number of what was planned, and how many devices it concerns as the registry is now.</summary>
internal sealed record MaintenancePlanned(long Id, long Devices);

/// <summary>/api/maintenance</summary>
internal static class MaintenanceApi
{
    private const int MostCustomers = 200;

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapList<MaintenanceRow, MaintenanceItem>("maintenance", "Maintenance, newest first", MaintenanceLists.Definition,
            m => m.Id.ToString(CultureInfo.InvariantCulture), m => new MaintenanceItem(m));
        read.MapGet("/maintenance/{id:long}", (long id, Stores stores) => stores.State.Read(db => MaintenanceStore.Find(db, id)) is { } row
            ? Results.Ok(new MaintenanceItem(row)) : Refusals.Of(404, $"There is no maintenance {id}.")).WithTags("maintenance").WithSummary("One maintenance")
                .Produces<MaintenanceItem>();
        write.MapPost("/maintenance", (MaintenanceWords words, HttpContext http, MaintenanceDesk desk, TimeProvider time) =>
        {
            if (words.From is { Length: > 0 } && Times.Read(words.From) is null)
                return Refusals.Of(400, "from is no time: ISO 8601, or epoch milliseconds.");
            var (row, problem) = words.Read(Times.Read(words.From), Times.Read(words.Until), ServerTime.From(time.GetUtcNow()));
            if (row is null)
                return Refusals.Of(400, Words.Sentence(problem));
            if (Sights.RefusalOf(http, Enum.Parse<MaintenanceScope>(row.Scope), row.Target) is { Length: > 0 } outside)
                return Refusals.Of(422, Words.Sentence(outside));
            var (id, devices, refused) = desk.Plan(row, http.User.Identity?.Name ?? "");
            return refused.Length > 0 ? Refusals.Of(422, Words.Sentence(refused)) : Results.Created($"/api/maintenance/{id}", new MaintenancePlanned(id, devices));
        }).WithTags("maintenance").WithSummary("Plan maintenance").Produces<MaintenancePlanned>(201)
            .WithDescription("While it runs nothing is raised on its devices but faults of the class safety; what is still bad at its end is raised then. scope: segment (and all "
                + "below), device (and all that report through it) or model; target: which one; from (default now) and until, at most 90 days later; hours: only then, "
                + "mon-fri 22:00-06:00 Europe/Lisbon, and until at most 366 days later. felt: customers feel it, and are told with words (what does not work meanwhile), cause, "
                + "stillWorks; takesDown: channels that do not reach them meanwhile (email, sms, app, phone).");
        read.MapGet("/maintenance/{id:long}/customers", (long id, string? cursor, Stores stores) => stores.State.Read(db => MaintenanceStore.Find(db, id) is { } row
            ? Results.Ok(CustomersOf(db, row, cursor ?? "")) : Refusals.Of(404, $"There is no maintenance {id}."))).WithTags("maintenance").WithSummary("Whom a maintenance touches")
                .Produces<ListAnswer<MaintenanceCustomer>>().WithDescription("Owners of its devices as the registry is now, by id, 200 at a time; cursor is the 'next' of the answer before.");
        write.MapPost("/maintenance/{id:long}/acts", (long id, MaintenanceActWords words, HttpContext http, MaintenanceDesk desk) =>
        {
            var (act, problem) = words.Read(Times.Read(words.From), Times.Read(words.Until));
            return act is null ? Refusals.Of(400, Words.Sentence(problem)) : Acts.Answer(desk.Act(id, words.Version ?? 0, act, http.User.Identity?.Name ?? ""));
        }).WithTags("maintenance").WithSummary("End maintenance, or move it").Produces<Acted>().WithDescription("act: end, until (until: the new end) or move (from, until). why: the explanation, needed where customers "
            + "were told, who read it. With a version, the act is refused with 409 where it has another one by now.");
    }

    private static ListAnswer<MaintenanceCustomer> CustomersOf(Db db, MaintenanceRow row, string after)
    {
        var owners = PlannedStore.Owners(db, row, MostCustomers, after);
        return new ListAnswer<MaintenanceCustomer>(
            [.. owners.Select(c => PlannedStore.Find(db, row.Id, c) is { } told ? new MaintenanceCustomer(c, told.State, Words.IsoOrNull(told.ToldAt)) : new MaintenanceCustomer(c, null, null))],
            owners.Count == MostCustomers ? owners[^1] : null);
    }
}
