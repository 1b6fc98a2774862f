using System.Net;
using System.Text.RegularExpressions;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Pages;

/// <summary>Every page and every list of the API by the built program, started from an empty folder, with something to show on each.</summary>
public sealed class PageTests(ITestOutputHelper output)
{
    private const string Filter =
        """
        - due: water-filter
          counter: litres_total
          every: 100 litres
          tell_at: 50 %
          done: { reset_of: filter_litres, or: owner_says }
        """;

    [Fact]
    public async Task Get_EveryPageAssetAndList_IsComplete()
    {
        await using var b2d = await Pump.InstallAsync();
        b2d.Rule("more.yaml", Filter);
        await b2d.StartAsync();
        await b2d.PublishAsync(Pump.Id, Pump.Password, $"devices/{Pump.Id}/telemetry", """{"temp_c":41.5,"litres_total":0}""");
        await b2d.PublishAsync(Pump.Id, Pump.Password, $"devices/{Pump.Id}/telemetry", """{"temp_c":44.5,"litres_total":80}""");
        await b2d.SayAsync(Pump.Set);
        await b2d.Api.PostAsync("/api/commands", new { device = Pump.Id, name = "restart" });
        await Wait.UntilAsync(async () => (await b2d.CasesAsync()).Count > 0, TimeSpan.FromSeconds(10), "a case is open");
        await Wait.UntilAsync(async () => (await b2d.Api.ListAsync("/api/dues")).Count > 0, TimeSpan.FromSeconds(10), "a due is told");
        await Wait.UntilAsync(async () => (await b2d.Api.ListAsync("/api/notices")).Count > 0, TimeSpan.FromSeconds(10), "a notice is in the ledger");
        var notice = (await b2d.Api.ListAsync("/api/notices"))[0].Text("id");

        string[] pages =
        [
            "/", "/cases", "/cases/1", "/outages", "/defects", "/maintenance", "/held", "/devices", $"/devices/{Pump.Id}", "/dues", "/notices", "/rules", "/rules/pump-blocked", "/rule-files", "/rule-history",
            "/customers/ana", "/audit", "/audit?check", "/users", "/keys", "/account", "/search?q=HP", "/stop", "/status",
        ];
        var assets = new HashSet<string>();
        foreach (var page in pages)
        {
            var (status, body) = await b2d.Api.TryGetAsync(page);
            output.WriteLine($"{(int)status} {page} {body.Length}");
            Assert.True(status == HttpStatusCode.OK, $"{page} answered {(int)status}\n{b2d.Output}");
            Assert.Contains("</html>", body, StringComparison.Ordinal);
            assets.UnionWith(Regex.Matches(body, "(?:href|src)=\"(/[^\"]+\\.(?:css|js|svg|png|woff2)[^\"]*)\"").Select(m => m.Groups[1].Value));
        }
        assets.RemoveWhere(a => a.StartsWith("/api/", StringComparison.Ordinal));
        Assert.NotEmpty(assets);
        foreach (var asset in assets)
        {
            var (status, body) = await b2d.Open.TryGetAsync(asset);
            Assert.True(status == HttpStatusCode.OK && body.Length > 0, $"{asset} answered {(int)status} with {body.Length} characters");
        }
        foreach (var list in new[] { "cases", "outages", "defects", "devices", "customers", "dues", "notices", "commands", "rules", "audit", "faults", "held", "users", "keys" })
            await b2d.Api.GetAsync($"/api/{list}");
        string[] single =
        [
            "cases/1", "faults/1", $"devices/{Pump.Id}", "customers/ana", $"notices/{notice}", "rules/water-filter", "stop", "audit/chain", "openapi.json",
        ];
        foreach (var one in single)
            await b2d.Api.GetAsync($"/api/{one}");
        Assert.Contains("b2d_readings_total", (await b2d.Open.TryGetAsync("/metrics")).Body, StringComparison.Ordinal);
        Assert.DoesNotMatch(" (ERR|WRN) ", b2d.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(b2d.Work));
    }
}
