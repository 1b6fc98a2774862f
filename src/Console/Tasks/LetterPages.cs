using System.Collections.Immutable;
using System.Text;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Tasks;

/// <summary>A letter that is to be printed.</summary>
public sealed record LetterLine
{
    /// <summary>The ledger's row.</summary>
    public string Id { get; init; } = "";
    public string Customer { get; init; } = "";
    public string Subject { get; init; } = "";
    public string Class { get; init; } = "";
    public long CreatedAt { get; init; }
    public string? Name { get; init; }
    public string? Address { get; init; }
    public string? Postcode { get; init; }
    public string? Place { get; init; }
    public string? Language { get; init; }
    public string? Title { get; init; }
    public string? Text { get; init; }

    /// <summary>As it stands on an envelope.</summary>
    public IEnumerable<string> Envelope => new[] { Name, Address, $"{Postcode} {Place}".Trim() }.OfType<string>().Where(l => l.Length > 0).Select(l => PlainText.Of(l));
}

/// <summary>A letter as the API shows it.</summary>
internal sealed record LetterItem(string Id, string Customer, string About, string Class, string? CreatedAt, string Name, string Address, string Postcode, string Place, string Language, string Title, string Text);

/// <summary>Letters that were printed.</summary>
internal sealed record PrintedBody(ImmutableArray<string> Ids);

/// <summary>Letters that are to be printed: a list, files for whoever prints them, and that it was done.</summary>
internal static class LetterPages
{
    /// <summary>Shown, and in a file, at once.</summary>
    public const int Most = 1000;

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/tasks/letters", (Stores stores) => Html.Page<LettersPage>(Read(stores))).ExcludeFromDescription();
        read.MapGet("/tasks/letters.csv", (Stores stores) => Results.File(Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(Csv(Read(stores)))).ToArray(), "text/csv; charset=utf-8", "letters.csv")).ExcludeFromDescription();
        read.MapGet("/tasks/letters.txt", (Stores stores) => Results.File(Encoding.UTF8.GetBytes(Text(Read(stores))), "text/plain; charset=utf-8", "letters.txt")).ExcludeFromDescription();
        write.MapForm("/tasks/letters", (http, form) =>
            http.RequestServices.GetRequiredService<ILetterDesk>().Printed([.. form["id"].OfType<string>().Take(Most)], http.User.Identity?.Name ?? "") is ActOutcome.Done done
                ? Forms.Back(http, "/tasks/letters", $"{Words.Count(done.Version, "letter")} marked as printed; their customers count as told.")
                : Forms.Back(http, "/tasks/letters", "Nothing was done: tick the letters that were printed.", bad: true));
    }

    public static void MapApi(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/letters", (Stores stores) => Read(stores).Select(l => new LetterItem(l.Id, l.Customer, l.Subject, l.Class, Words.IsoOrNull(l.CreatedAt), l.Name ?? "", l.Address ?? "", l.Postcode ?? "", l.Place ?? "", l.Language ?? "", l.Title ?? "", l.Text ?? "")).ToArray())
            .WithTags("tasks").WithSummary("Letters to print, the oldest first, at most 1,000").Produces<LetterItem[]>();
        write.MapPost("/letters/printed", (PrintedBody body, HttpContext http, ILetterDesk desk) => Acts.Answer(desk.Printed(body.Ids.IsDefault ? [] : body.Ids, http.User.Identity?.Name ?? "")))
            .WithTags("tasks").WithSummary("Mark letters as printed: their customers were told").Produces<Acted>().WithDescription("ids: of letters. The answer's version is how many were marked.");
    }

    /// <summary>For a mail merge; no field is taken for a formula.</summary>
    public static string Csv(IReadOnlyList<LetterLine> letters)
    {
        var csv = new StringBuilder("id,name,address,postcode,place,language,subject,text\r\n");
        foreach (var l in letters)
            csv.AppendJoin(',', new[] { l.Id, l.Name, l.Address, l.Postcode, l.Place, l.Language, l.Title, l.Text }.Select(f => PlainText.CsvField(PlainText.Of(f ?? "", lines: true)))).Append("\r\n");
        return csv.ToString();
    }

    /// <summary>A page each, as a printer takes it.</summary>
    public static string Text(IReadOnlyList<LetterLine> letters) =>
        string.Join("\f", letters.Select(l => $"{string.Join('\n', l.Envelope)}\n\n{PlainText.Of(l.Title ?? "")}\n\n{PlainText.Of(l.Text ?? "", lines: true)}\n"));

    private static IReadOnlyList<LetterLine> Read(Stores stores) => stores.State.Read(db => db.Query<LetterLine>(
        $"""
        SELECT n.id, n.customer, n.subject, n.class, n.created_at, cu.name, cu.address, cu.postcode, cu.place, w.language, w.subject AS title, w.text
        FROM notices n LEFT JOIN customers cu ON cu.id = n.customer LEFT JOIN notice_words w ON w.notice = n.id
        WHERE n.state = 'Calling' AND n.channel = 'letter' ORDER BY n.created_at, n.id LIMIT {Most}
        """));
}
