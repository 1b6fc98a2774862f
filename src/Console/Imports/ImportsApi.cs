using System.Text;
using System.Text.Json;
using B2D.Console.Access;
using B2D.Console.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Imports;

/// <summary>What came of an import: how many rows were applied, and every row that was refused; where there is one, none was applied.</summary>
internal sealed record ImportAnswer(int Applied, IReadOnlyList<BadRow> Bad);

/// <summary>/api/imports: customers and devices as CSV (text/csv) or as a JSON array of objects with the same names.</summary>
internal static class ImportsApi
{
    private const int MostRows = 200_000;

    public static void Map(IEndpointRouteBuilder write)
    {
        Map(write, "customers", (imports, csv, who) => imports.Customers(csv, who),
            "id, name, email, phone, language, time_zone, preferred_channel, address, place, contract, contract_until, quiet_hours, consents");
        Map(write, "devices", (imports, csv, who) => imports.Devices(csv, who),
            "id, model, firmware, serial, parent, segment, customer, installed, warranty_until, password, thumbprint, sas_primary, sas_secondary, contract, contract_from, contract_until");
    }

    private static void Map(IEndpointRouteBuilder write, string what, Func<IImports, string, string, ImportOutcome> import, string columns) =>
        write.MapPost("/imports/" + what, async (HttpContext http, IImports imports) =>
        {
            using var reader = new StreamReader(http.Request.Body, new UTF8Encoding(false, throwOnInvalidBytes: true));
            string text;
            try
            {
                text = await reader.ReadToEndAsync(http.RequestAborted);
                if (http.Request.HasJsonContentType())
                    text = CsvOf(text);
            }
            catch (Exception e) when (e is JsonException or FormatException or DecoderFallbackException)
            {
                return Refusals.Of(400, e is DecoderFallbackException ? "The text is not UTF-8." : e.Message);
            }
            var outcome = import(imports, text, http.User.Identity?.Name ?? "");
            var status = outcome.Bad.Count > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK;
            return Results.Json(new ImportAnswer(outcome.Applied, outcome.Bad), statusCode: status);
        }).WithTags("imports").WithSummary($"Import {what}").Accepts<string>("text/csv", "application/json").Produces<ImportAnswer>()
            .Produces<ImportAnswer>(StatusCodes.Status422UnprocessableEntity)
            .WithDescription($"Quoted CSV (RFC 4180) with a heading, or a JSON array of objects. Columns, all but id optional: {columns}. "
                + "Where a row is bad, none is applied and each bad one is reported with its line (the heading is line 1).");

    /// <summary>A JSON array of flat objects as CSV, one line for each object, so that both ways share one reader and its line numbers.</summary>
    internal static string CsvOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
            throw new FormatException("The JSON is an array of objects, one for each row.");
        if (document.RootElement.GetArrayLength() > MostRows)
            throw new FormatException($"At most {Words.Number(MostRows)} rows are taken at once.");
        var rows = document.RootElement.EnumerateArray().ToList();
        if (rows.FindIndex(r => r.ValueKind != JsonValueKind.Object) is >= 0 and var wrong)
            throw new FormatException($"Row {wrong + 1} is no object.");
        var names = rows.SelectMany(r => r.EnumerateObject().Select(p => p.Name)).Distinct().ToList();
        var csv = new StringBuilder().AppendJoin(',', names.Select(Quoted)).Append('\n');
        foreach (var row in rows)
            csv.AppendJoin(',', names.Select(n => row.TryGetProperty(n, out var value) ? Quoted(Text(value)) : "")).Append('\n');
        return csv.ToString();
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
