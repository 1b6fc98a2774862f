using B2D.Console.Cases;
using B2D.Console.Devices;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Customers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Search;

/// <summary>What was found; the first 20 of each kind.</summary>
public sealed record SearchModel(string Text, IReadOnlyList<CustomerRow> Customers, IReadOnlyList<DeviceLine> Devices, IReadOnlyList<CaseLine> Cases);

/// <summary>One search over customers, devices and cases: by phone, place, serial, name or number.</summary>
internal static class SearchPages
{
    private const int Most = 20;

    public static void Map(IEndpointRouteBuilder read) => read.MapGet("/search", (string? q, Stores stores) =>
    {
        var text = Words.Cut((q ?? "").Trim(), 100);
        // The text is looked for as it stands: a colon in it is no key.
        var filter = new FilterText(text, [new FilterWord("", [text], false)]);
        var byNumber = long.TryParse(text.TrimStart('#'), out var number) ? FilterText.Parse("id:" + number) : null;
        return Html.Page<SearchPage>(text.Length == 0 ? new SearchModel("", [], [], []) : stores.State.Read(db => new SearchModel(
            text,
            CustomerStore.List(db, text, Most),
            DeviceLists.Definition.After<DeviceLine>(db, filter, Most, ""),
            CaseLists.Definition.After<CaseLine>(db, byNumber ?? filter, Most, ""))));
    }).ExcludeFromDescription();
}
