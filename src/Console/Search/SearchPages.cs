using B2D.Console.Access;
using B2D.Console.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Search;

/// <summary>One search for whoever calls or writes: by phone, postcode, place, serial, name, or the reference that a notice names.</summary>
internal static class SearchPages
{
    public static void Map(IEndpointRouteBuilder read) => read.MapGet("/search", (string? q, SearchReader search) =>
        search.Find(q ?? "") is var model && model.Opens.Length > 0 ? Results.Redirect(model.Opens) : Html.Page<SearchPage>(model)).ExcludeFromDescription();
}

/// <summary>/api/search</summary>
internal static class SearchApi
{
    public static void Map(IEndpointRouteBuilder read)
    {
        read.MapGet("/search", (string? q, SearchReader search, TimeProvider time, ConsoleOptions options) => string.IsNullOrWhiteSpace(q)
                ? Refusals.Of(400, "q is missing: what the caller says of themselves.")
                : Results.Ok(SearchAnswer.Of(search.Find(q), time.GetUtcNow().ToUnixTimeMilliseconds(), TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone))))
            .WithTags("search").WithSummary("Find whoever calls").Produces<SearchAnswer>()
            .WithDescription("q: a phone number, a postcode, a place, a device's id or serial number, a name or a reference (C-12, #12, O-3), in any spelling. Each customer who may "
                + "be meant comes with devices, open cases, outages, promises, the last notice, and a sentence to say. opens: the console's page where it is plain what is meant.");
    }
}
