using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Lists;
using B2D.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Api;

/// <summary>
/// Answers lists of the API: <c>?q=</c> as on the pages, every key of the filter also as a parameter of its own, <c>limit</c> and <c>cursor</c>.
/// </summary>
internal static class ApiLists
{
    private const int UsualRows = 50;

    /// <summary>Maps <c>GET /api/{name}</c>.</summary>
    public static void MapList<TRow, TItem>(this IEndpointRouteBuilder routes, string name, string summary, ListDefinition list, Func<TRow, string> cursorOf,
        Func<TRow, TItem> item) =>
        routes.MapGet("/" + name, (HttpContext http, string? q, int? limit, string? cursor) => Answer(http, list, cursorOf, item))
            .WithTags(name).WithSummary(summary).Produces<ListAnswer<TItem>>()
            .WithDescription($"q filters as on the pages ({string.Join("; ", list.Fields.Select(f => $"{f.Key}: {f.Explain}"))}); each of these keys is a "
                + "parameter of its own too. limit is 1 to 200, usually 50. cursor is the 'next' of the answer before.");

    /// <param name="cursor">The cursor of a row.</param>
    /// <param name="item">How a row is shown.</param>
    public static IResult Answer<TRow, TItem>(HttpContext http, ListDefinition list, Func<TRow, string> cursor, Func<TRow, TItem> item)
    {
        var options = http.RequestServices.GetRequiredService<ConsoleOptions>();
        var query = http.Request.Query;
        var limit = UsualRows;
        if (query.ContainsKey("limit") && (!int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit < 1
            || limit > options.MostRows))
            return Refusals.Of(400, $"limit is 1 to {options.MostRows}, not '{query["limit"]}'.");
        if (query.Keys.FirstOrDefault(k => k is not ("q" or "limit" or "cursor") && list.Fields.All(f => f.Key != k)) is { } unknown)
        {
            var known = string.Join(", ", list.Fields.Select(f => f.Key));
            return Refusals.Of(400, $"There is no parameter '{Shell.Words.Cut(unknown, 40)}'; this list takes q, limit, cursor, {known}.");
        }
        try
        {
            var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
            var filter = list.Timed(Filter(http, list), now, TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone));
            var rows = http.RequestServices.GetRequiredService<Stores>().State.Read(db => list.After<TRow>(db, filter, limit + 1, query["cursor"].ToString()));
            var more = rows.Count > limit;
            return Results.Ok(new ListAnswer<TItem>([.. rows.Take(limit).Select(item)], more ? cursor(rows[limit - 1]) : null));
        }
        catch (FormatException e)
        {
            return Refusals.Of(400, e.Message);
        }
    }

    /// <summary>The filter of q, and one more word for each key that is given as a parameter.</summary>
    private static FilterText Filter(HttpContext http, ListDefinition list)
    {
        var query = http.Request.Query;
        var filter = FilterText.Parse(query["q"]);
        var words = list.Fields.Where(f => query.ContainsKey(f.Key))
            .Select(f => new FilterWord(f.Key, [.. query[f.Key].SelectMany(v => (v ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))], false))
            .Where(w => w.Values.Length > 0);
        return (filter with { Words = filter.Words.AddRange(words) }).Replace("assignee", "me", http.User.Identity?.Name ?? "");
    }
}
