using System.Text.RegularExpressions;
using B2D.Console.Access;
using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Browser;

/// <summary>Every page, wide and on a phone: nothing sticks out, nothing complains, axe finds nothing serious.</summary>
[Collection(Browsing.Name)]
public sealed partial class EveryPageTests(Chromium chromium, BrowserTown town)
{
    /// <summary>What is asked for and is no page; and the demo's, which another program shows.</summary>
    private static readonly string[] NoPages = ["/events", "/demo", "/outages/{id:long}/review/timeline", "/outages/{id:long}/review/told", "/tasks/letters.csv", "/tasks/letters.txt"];

    /// <summary>What tells one of a kind from the other in an address.</summary>
    [GeneratedRegex(@"(?<=/)[^/%?#]*\d[^/%?#]*|\?.*|#.*")]
    private static partial Regex Kind();

    [Fact]
    public async Task Page_WideAndOnAPhone_IsFine()
    {
        await using var stranger = await chromium.OpenAsync(town.B2d.Url, new Look(1440));
        var known = await town.FurnishAsync(stranger);
        await using var window = await chromium.OpenAsync(town.B2d.Url, new Look(1440));
        await window.SignInAsync(await town.UserAsync("ada", "administrator"));
        List<string> wrong = [];
        HashSet<string> kinds = [];
        var routes = Rights.Addresses.Where(a => a.StartsWith("GET /", StringComparison.Ordinal)).Select(a => a[4..])
            .Where(r => !r.StartsWith("/api/", StringComparison.Ordinal) && !r.StartsWith("/exports/", StringComparison.Ordinal) && !NoPages.Contains(r));
        // A page with a number that nobody named here is asked for as it is written, and is not found.
        foreach (var route in routes.Concat(known.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            var one = known.ContainsKey(route) && !Rights.Addresses.Contains($"GET {route}") ? stranger : window;
            foreach (var width in (int[])[1440, 390])
            {
                await one.Page.SetViewportSizeAsync(width, 900);
                if (width == 1440)
                    await one.GoAsync(known.GetValueOrDefault(route, route));
                try
                {
                    // axe looks at the narrow one, where everything is there too.
                    await one.AssertFineAsync(axe: width == 390);
                }
                catch (Xunit.Sdk.XunitException e)
                {
                    wrong.Add($"{route} at {width}: {e.Message}");
                }
                foreach (var link in await one.Page.Locator("main a[href^='/']").EvaluateAllAsync<string[]>("links => links.map(l => l.getAttribute('href'))"))
                {
                    // One of each kind on each page.
                    if (!kinds.Add($"{route} {Kind().Replace(link, "…")}"))
                        continue;
                    var answer = await one.Page.Context.APIRequest.GetAsync(new Uri(new Uri(town.B2d.Url), link).AbsoluteUri);
                    if (!answer.Ok)
                        wrong.Add($"{route} leads to {link}, which answers {answer.Status}");
                }
                await one.PictureAsync($"page{string.Concat(route.Select(c => char.IsLetterOrDigit(c) ? c : '-'))}-at{width}");
            }
        }
        // What waits for a person was told to nobody, whatever stands in the ledger.
        await window.GoAsync(known["/maintenance/{id:long}"]);
        await window.SeesAsync("Who will be told");
        await stranger.GoAsync("/status");
        Assert.DoesNotContain("New software for routers", await stranger.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
