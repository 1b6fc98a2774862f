using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Access;
using Microsoft.AspNetCore.Http;

namespace B2D.Console.Exports;

/// <summary>A column of a file: its name, and its value of a row: text, number, yes or no, or nothing.</summary>
internal sealed record ExportColumn<T>(string Name, Func<T, object?> Value)
{
    /// <summary>A time as ISO 8601 in UTC; nothing for 0.</summary>
    public static ExportColumn<T> Time(string name, Func<T, long> at) => new(name, row => Words.IsoOrNull(at(row)));
}

/// <summary>Files that leave the console: CSV (<c>?as=csv</c>) or a JSON object a line (<c>?as=jsonl</c>), written as they are read. Who took what is in the audit.</summary>
internal static class Export
{
    private const int AtOnce = 500;

    // For files, not for pages: people read them.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>All rows of a list that a filter finds, in the order of its key.</summary>
    /// <param name="cursor">The cursor of a row.</param>
    public static IResult List<T>(HttpContext http, string name, ListDefinition list, Func<T, string> cursor, IReadOnlyList<ExportColumn<T>> columns)
    {
        var (stores, view) = (http.RequestServices.GetRequiredService<Stores>(), http.RequestServices.GetRequiredService<View>());
        var asked = FilterText.Parse(http.Request.Query["q"]);
        var filter = list.Timed(asked.Replace("assignee", "me", view.User), view.Now, view.Zone);
        try
        {
            // What cannot be understood is said before a file begins.
            var first = Read("");
            return File(http, name, columns, Pages(first), filtered: asked.Text.Length > 0);
        }
        catch (FormatException e)
        {
            return Html.Page<Problem>(new ProblemModel("Nothing was exported", e.Message), StatusCodes.Status400BadRequest);
        }

        IReadOnlyList<T> Read(string after) => stores.State.Read(db => list.After<T>(db, filter, AtOnce, after));

        IEnumerable<IReadOnlyList<T>> Pages(IReadOnlyList<T> page)
        {
            while (page.Count > 0)
            {
                yield return page;
                page = page.Count < AtOnce ? [] : Read(cursor(page[^1]));
            }
        }
    }

    /// <param name="pages">Read while it is written.</param>
    /// <param name="filtered">Not all rows were asked for. The audit does not say which: people look for names and numbers of customers, which are to be forgotten with them.</param>
    public static IResult File<T>(HttpContext http, string name, IReadOnlyList<ExportColumn<T>> columns, IEnumerable<IReadOnlyList<T>> pages, bool filtered = false)
    {
        var format = http.Request.Query["as"].ToString();
        if (format is not ("csv" or "jsonl"))
            return Html.Page<Problem>(new ProblemModel("Nothing was exported", "Say as what: as=csv for a spreadsheet, as=jsonl for a program."), StatusCodes.Status400BadRequest);
        var view = http.RequestServices.GetRequiredService<View>();
        http.RequestServices.GetRequiredService<Stores>().State.Write(db =>
            AuditStore.Append(db, view.Now, view.User, "export", name, JsonSerializer.Serialize(new { filtered, format })));
        var csv = format == "csv";
        var cancellation = http.RequestAborted;
        return Results.Stream(
            async stream =>
            {
                await using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 15, leaveOpen: true);
                if (csv)
                    await writer.WriteAsync(CsvText.Mark + CsvText.Line(columns.Select(c => c.Name)));
                foreach (var page in pages)
                {
                    cancellation.ThrowIfCancellationRequested();
                    foreach (var row in page)
                        await writer.WriteAsync(csv ? CsvText.Line(columns.Select(c => c.Value(row))) : JsonSerializer.Serialize(columns.ToDictionary(c => c.Name, c => c.Value(row)), Plain) + "\n");
                    await writer.FlushAsync(cancellation);
                }
            },
            csv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8",
            $"{name.Replace(':', '-').Replace('/', '-')}.{format}");
    }
}
