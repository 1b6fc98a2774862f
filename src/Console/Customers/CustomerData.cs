using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Customers;

namespace B2D.Console.Customers;

/// <summary>
/// Everything that is kept about one customer, as they may ask for it: one zip with <c>data.json</c> for machines and <c>data.html</c> for people, which say the same.
/// </summary>
internal sealed class CustomerData(Stores stores, IServiceProvider services, TimeProvider time, ConsoleOptions options)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="Cut">There is more of it, which is not given.</param>
    private sealed record Part(string What, IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows, bool Cut = false);

    /// <summary>The zip, with a line in the audit that says that it was made; null where there is no such customer.</summary>
    public byte[]? Zip(string customer, string who)
    {
        var now = time.GetUtcNow();
        var parts = stores.State.Read(db => CustomerStore.Find(db, customer) is null ? null : Read(db, customer));
        if (parts is null)
            return null;
        var all = parts.Select(p => p.What == "notices" ? p with { Rows = [.. p.Rows.Select(WithWords)] } : p).Append(new Part("readings", Readings(parts))).Where(p => p.Rows.Count > 0).ToArray();
        stores.State.Write(db => AuditStore.Append(db, now.ToUnixTimeMilliseconds(), who, "customer.Export", $"customer:{customer}", JsonSerializer.Serialize(new { rows = all.Sum(p => p.Rows.Count) })));
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "data.json", JsonSerializer.Serialize(new Dictionary<string, object>
            {
                ["customer"] = customer,
                ["organisation"] = options.Organisation,
                ["made"] = Words.Iso(now.ToUnixTimeMilliseconds()),
                // Of these there is more than is given.
                ["cut"] = all.Where(p => p.Cut).Select(p => p.What).ToArray(),
                ["data"] = all.ToDictionary(p => p.What, p => p.Rows),
            }, Indented), now);
            Add(zip, "data.html", Page(customer, all, now), now);
        }
        return file.ToArray();
    }

    /// <summary>The name of the file.</summary>
    public static string NameOf(string customer) => $"customer-{string.Concat(customer.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))}.zip";

    private static List<Part> Read(Db db, string customer)
    {
        var parts = CustomerTraces.All.Select(t => (t.Table, Rows: CustomerTraces.Rows(db, t, customer)))
            .Select(t => new Part(t.Table.Replace('_', ' '), [.. t.Rows.Take(CustomerTraces.MostRows)], t.Rows.Count > CustomerTraces.MostRows)).ToList();
        var cases = parts.FindIndex(p => p.What == "cases");
        var theirs = parts[cases].Rows;
        parts[cases] = parts[cases] with { Rows = CustomerCases.Rows(db, customer, theirs) };
        parts.Add(new Part("timelines of cases", CustomerCases.Lines(db, customer, theirs)));
        return parts;
    }

    /// <summary>A notice as they got it, word for word.</summary>
    private IReadOnlyDictionary<string, object?> WithWords(IReadOnlyDictionary<string, object?> notice)
    {
        var words = services.GetService<INoticeWords>()?.Of((string)notice["id"]!);
        return words is null ? notice : new Dictionary<string, object?>(notice) { ["title"] = words.Title, ["words"] = words.Text };
    }

    /// <summary>What their devices report: the last value of each metric. The course of it is the device's.</summary>
    private IReadOnlyList<IReadOnlyDictionary<string, object?>> Readings(IEnumerable<Part> parts) =>
    [
        .. parts.First(p => p.What == "devices").Rows.Where(d => DeviceId.TryParse((string)d["id"]!, out _, out _))
            .SelectMany(d => stores.Telemetry.Latest(DeviceId.Parse((string)d["id"]!)).Where(l => l.At.EpochMs >= Convert.ToInt64(d.GetValueOrDefault("owner_since") ?? 0L, CultureInfo.InvariantCulture))
                .Select(l => (IReadOnlyDictionary<string, object?>)new Dictionary<string, object?> { ["device"] = d["id"], ["metric"] = l.Metric, ["value"] = l.Value.ToString(), ["at"] = l.At.EpochMs })),
    ];

    private string Page(string customer, IReadOnlyList<Part> parts, DateTimeOffset now)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
        var html = new StringBuilder("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>").Append(Text(customer))
            .Append("</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}dl{border-top:1px solid #ccc;padding:.5rem 0;margin:0}dt{float:left;clear:left;width:12rem;color:#555}dd{margin:0 0 0 13rem;white-space:pre-wrap}</style>")
            .Append("<h1>What ").Append(Text(options.Organisation)).Append(" keeps about you</h1><p>As of ").Append(Text(Words.Exact(now.ToUnixTimeMilliseconds(), zone))).Append(".</p>\n");
        foreach (var part in parts)
        {
            html.Append("<h2>").Append(Text(Words.Sentence(part.What))).Append("</h2>\n");
            if (part.Cut)
                html.Append("<p>There is more: ").Append(Words.Number(CustomerTraces.MostRows)).Append(" are here, the newest where there is a time. Ask us for the rest.</p>\n");
            foreach (var row in part.Rows)
            {
                html.Append("<dl>");
                foreach (var (column, value) in row)
                {
                    if (Shown(column, value, zone) is { Length: > 0 } shown)
                        html.Append("<dt>").Append(Text(column.Replace('_', ' '))).Append("</dt><dd>").Append(Text(shown)).Append("</dd>");
                }
                html.Append("</dl>\n");
            }
        }
        return html.Append("</html>\n").ToString();
    }

    /// <summary>A value as people read it; empty where it says nothing.</summary>
    private static string Shown(string column, object? value, TimeZoneInfo zone) => value switch
    {
        null or "" or "{}" => "",
        long at when column is "at" || column.EndsWith("_at", StringComparison.Ordinal) || column.EndsWith("_until", StringComparison.Ordinal) || column.EndsWith("_from", StringComparison.Ordinal)
            || column.EndsWith("_since", StringComparison.Ordinal) || column.EndsWith("_by", StringComparison.Ordinal) => at > 1_000_000_000_000 ? Words.Exact(at, zone) : "",
        byte[] => "",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static void Add(ZipArchive zip, string name, string text, DateTimeOffset now)
    {
        var entry = zip.CreateEntry(name);
        entry.LastWriteTime = now;
        using var stream = entry.Open();
        stream.Write(Encoding.UTF8.GetBytes(text));
    }
}
