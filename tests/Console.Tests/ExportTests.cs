using System.Net;
using System.Text;
using System.Text.Json;
using B2D.Console.Exports;
using B2D.Console.Tests.Town;
using B2D.Core.Customers;
using B2D.Storage.Access;
using B2D.Storage.Customers;
using B2D.Storage.Outages;

namespace B2D.Console.Tests;

/// <summary>Files that leave the console: whole, filtered as the page, and harmless in a spreadsheet.</summary>
public sealed class ExportTests(SharedTown town) : IClassFixture<SharedTown>
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"no\"", "\"say \"\"no\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData(" blank", "\" blank\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"")]
    [InlineData("+351 912", "'+351 912")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("\n=1", "\"'\n=1\"")]
    [InlineData("  =1", "'  =1")]
    [InlineData("\u00A0=1", "'\u00A0=1")]
    [InlineData("\uFF1D1", "'\uFF1D1")]
    [InlineData("'=1", "'=1")]
    [InlineData("a;=1", "a;'=1")]
    [InlineData("a; \"+1\";b", "\"a;' \"\"+1\"\";b\"")]
    [InlineData("a;b;", "a;b;")]
    [InlineData("2026-11-24T14:20:00.000Z", "2026-11-24T14:20:00.000Z")]
    public void Cell_OfAText_IsQuotedAndNoFormula(string text, string cell) => Assert.Equal(cell, CsvText.Cell(text));

    [Fact]
    public void Cell_OfOtherValues_IsPlain()
    {
        Assert.Equal("-5,1.5,yes,no,\r\n", CsvText.Line([-5L, 1.5, true, false, null]));
    }

    [Theory]
    [InlineData("cases", "state:open", 4)]
    [InlineData("cases", "", 74)]
    [InlineData("outages", "state:open", 2)]
    [InlineData("notices", "subject:outage:1", 30)]
    [InlineData("devices", "model:HP-*", 20)]
    public async Task List_UnderAFilter_IsWhatThePageFinds(string list, string filter, int rows)
    {
        var csv = await town.Browser.GetAsync($"/exports/{list}?q={Uri.EscapeDataString(filter)}&as=csv");
        Assert.Equal(("text/csv", "utf-8", $"{list}.csv"), (csv.Content.Headers.ContentType!.MediaType, csv.Content.Headers.ContentType.CharSet, csv.Content.Headers.ContentDisposition!.FileName));
        var bytes = await csv.Content.ReadAsByteArrayAsync();
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        var table = Read(Encoding.UTF8.GetString(bytes[3..]));
        Assert.Equal(rows, table.Count - 1);
        Assert.All(table, r => Assert.Equal(table[0].Count, r.Count));

        var lines = (await town.Browser.GetStringAsync($"/exports/{list}?q={Uri.EscapeDataString(filter)}&as=jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(rows, lines.Length);
        Assert.Equal(table[0], JsonElement.Parse(lines[0]).EnumerateObject().Select(p => p.Name));
        Assert.Contains($"/exports/{list}?q=", await town.Browser.GetStringAsync("/" + list), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_LargerThanOneRead_IsWhole_AndInTheAudit()
    {
        await using var host = await TownHost.Open(seeded: false);
        host.Stores.State.Write(db =>
        {
            for (var i = 0; i < 1203; i++)
                OutageStore.TryOpen(db, new OutageRow { Rule = "r", Title = $"T{i}", Segment = $"s{i}", Episode = "1-1", State = "Resolved" });
        });
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Equal(1204, Read((await browser.GetStringAsync("/exports/outages?q=&as=csv")).TrimStart('\uFEFF')).Count);
        var line = host.Stores.State.Read(db => AuditStore.List(db, 1))[0];
        Assert.Equal(("export", "outages", "admin"), (line.Action, line.Subject, line.Who));
    }

    [Fact]
    public async Task HostileTexts_NeitherRunNorBreakTheTable()
    {
        string[] hostile = ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", "a\"b,c\r\nd", "<script>"];
        await using var host = await TownHost.Open(seeded: false);
        host.Stores.State.Write(db =>
        {
            for (var i = 0; i < hostile.Length; i++)
                OutageStore.TryOpen(db, new OutageRow { Rule = "r", Title = hostile[i], Place = hostile[i], Cause = hostile[i], Segment = $"s{i}", Episode = "1-1", State = "Resolved" });
        });
        using var browser = await SignedIn.AsAdministrator(host);
        var table = Read((await browser.GetStringAsync("/exports/outages?q=&as=csv")).TrimStart('\uFEFF'));
        Assert.Equal(hostile.Length + 1, table.Count);
        Assert.All(table.Skip(1).SelectMany(r => r), c => Assert.False(c.TrimStart(' ').Length > 0 && "=+-@\t\r\n".Contains(c.TrimStart(' ')[0], StringComparison.Ordinal), c));
        Assert.Equal(hostile.Reverse(), table.Skip(1).Select(r => r[1].TrimStart('\'')));
        // Programs get what is there.
        var lines = (await browser.GetStringAsync("/exports/outages?q=&as=jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(hostile.Reverse(), lines.Select(l => JsonElement.Parse(l).GetProperty("title").GetString()));
    }

    [Theory]
    [InlineData("/exports/cases?q=colour:red&as=csv", "cannot be filtered by")]
    [InlineData("/exports/cases?q=", "as=csv")]
    public async Task AskedForWrongly_IsSaidBeforeAFileBegins(string address, string words)
    {
        var answer = await town.Browser.GetAsync(address);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(words, SignedIn.Words(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    /// <summary>Reads CSV as RFC 4180 has it.</summary>
    internal static List<List<string>> Read(string csv)
    {
        var (table, row, cell, quoted) = (new List<List<string>>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < csv.Length; i++)
        {
            if (quoted && csv[i] == '"' && i + 1 < csv.Length && csv[i + 1] == '"')
                cell.Append(csv[++i]);
            else if (csv[i] == '"')
                quoted = !quoted;
            else if (!quoted && csv[i] is ',' or '\r' && !quoted)
            {
                row.Add(cell.ToString());
                cell.Clear();
            }
            else if (csv[i] == '\n' && !quoted)
            {
                table.Add(row);
                row = [];
            }
            else
                cell.Append(csv[i]);
        }
        Assert.False(quoted);
        Assert.Empty(row);
        return table;
    }
}
