using System.Globalization;
using B2D.Console.Cases;
using B2D.Console.Devices;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Outages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Search;

/// <summary>What was found; the first 20 of each kind.</summary>
public sealed record SearchModel(string Text, IReadOnlyList<CustomerRow> Customers, IReadOnlyList<DeviceLine> Devices, IReadOnlyList<CaseLine> Cases);

/// <summary>One search over customers, devices and cases: by phone, place, serial, name, number, or the reference that a notice names.</summary>
internal static class SearchPages
{
    private const int Most = 20;

    public static void Map(IEndpointRouteBuilder read) => read.MapGet("/search", (string? q, Stores stores) =>
    {
        var text = Words.Cut((q ?? "").Trim(), 100);
        // What customers read on their notices leads where it means.
        if (stores.State.Read(db => PageOf(db, text)) is { } page)
            return Results.Redirect(page);
        // The text is looked for as it stands: a colon in it is no key.
        var filter = new FilterText(text, [new FilterWord("", [text], false)]);
        var byNumber = long.TryParse(text.TrimStart('#'), out var number) ? FilterText.Parse("id:" + number) : null;
        return Html.Page<SearchPage>(text.Length == 0 ? new SearchModel("", [], [], []) : stores.State.Read(db => new SearchModel(
            text,
            CustomerStore.List(db, text, Most),
            DeviceLists.Definition.After<DeviceLine>(db, filter, Most, ""),
            CaseLists.Definition.After<CaseLine>(db, byNumber ?? filter, Most, ""))));
    }).ExcludeFromDescription();

    /// <summary>The page of a reference, <c>C-12</c> of a case or <c>O-3</c> of an outage; null where it is none, or names nothing.</summary>
    private static string? PageOf(Db db, string text)
    {
        if (text.Length < 3 || text[1] != '-' || !long.TryParse(text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return null;
        return char.ToUpperInvariant(text[0]) switch
        {
            'C' when CaseStore.Find(db, id) is not null => string.Create(CultureInfo.InvariantCulture, $"/cases/{id}"),
            'O' when OutageStore.Find(db, id) is not null => string.Create(CultureInfo.InvariantCulture, $"/outages/{id}"),
            _ => null,
        };
    }
}
