using System.Globalization;
using B2D.Console.Api;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Rules;
using B2D.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Faults;

/// <summary>What is held back as the API shows it. Fault: its number, null for what is none yet; onset is device time.</summary>
internal sealed record HeldItem(string By, string? Until, string Device, string Rule, string Title, string Severity, bool Safety, string? Since, string? OnsetAt, long? Fault,
    long? Outage, long? Maintenance, string Work, string Person, string Reason, string Segment, string Customer);

/// <summary>The page of what is held back, and /api/held.</summary>
internal static class HeldPages
{
    public static void Map(IEndpointRouteBuilder read) =>
        read.MapGet("/held", (HttpContext http, Stores stores, TimeProvider time) =>
        {
            var list = HeldLists.At(Now(time));
            return Html.Page<HeldPage>(stores.State.Read(db => list.Page<HeldLine>(db, ListRequest.Of(http.Request, list.Usual))));
        }).ExcludeFromDescription();

    public static void MapApi(IEndpointRouteBuilder read)
    {
        var fields = string.Join("; ", HeldLists.Definition.Fields.Select(f => $"{f.Key}: {f.Explain}"));
        read.MapGet("/held", (HttpContext http, TimeProvider time, string? q, int? limit, string? cursor) => ApiLists.Answer<HeldLine, HeldItem>(http, HeldLists.At(Now(time)), Cursor, Item))
            .WithTags("held").WithSummary("What is held back: faults of which nobody hears for now").Produces<ListAnswer<HeldItem>>()
            .WithDescription("Silenced by a person (by: shelf), outside the hours of their rule (hours), explained by an outage or by the device they report through (outage, parent), or "
                + $"found while people work on the device (maintenance). q filters as on the page ({fields}); each of these keys is a parameter of its own too. limit is 1 to 200, usually "
                + "50. cursor is the 'next' of the answer before.");
    }

    private static long Now(TimeProvider time) => ServerTime.From(time.GetUtcNow()).EpochMs;

    private static string Cursor(HeldLine line) => string.Create(CultureInfo.InvariantCulture, $"{line.Since}.{line.Key}");

    private static HeldItem Item(HeldLine h) => new(
        h.HeldBy, Words.IsoOrNull(h.Until), h.Device, h.Rule, h.Title, h.Severity.ToString().ToLowerInvariant(), h.Class == FaultClass.Safety, Words.IsoOrNull(h.Since),
        Words.IsoOrNull(h.OnsetAt), Given(h.Fault), Given(h.Outage), Given(h.Maintenance), h.Work, h.Person, h.Reason, h.Segment, h.Customer);

    private static long? Given(long number) => number == 0 ? null : number;
}
