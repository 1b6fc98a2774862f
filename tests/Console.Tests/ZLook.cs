using B2D.Console.Tests.Town;
using B2D.Core.Cases;

namespace B2D.Console.Tests;

public sealed class ZLook
{
    [Fact]
    public async Task Look()
    {
        await using var town = await LinkTown.Open();
        var (path, code) = await town.LinkOf(1);
        using var agent = await SignedIn.AsAdministrator(town.Host);
        foreach (var day in new[] { "26", "27", "28" })
            await agent.Post("/slots", "/slots", ("start", $"2026-11-{day}T09:00"), ("end", $"2026-11-{day}T11:00"), ("place", "Porto"), ("segment", ""), ("capacity", "3"));
        using var browser = town.Host.Browser();
        async Task Save(HttpClient who, string p, string name)
        {
            var html = await who.GetStringAsync(p);
            var css = System.Text.RegularExpressions.Regex.Match(html, "/assets/b2d.css[^\"]*").Value;
            html = html.Replace("</head>", "<style>" + await who.GetStringAsync(css) + "</style></head>", StringComparison.Ordinal);
            await File.WriteAllTextAsync("/tmp/links/" + name + ".html", html);
        }
        await LinkTown.Act(browser, path, ("act", "slot"), ("slot", "1"));
        await LinkTown.Act(browser, path, ("act", "broken"), ("words", "It hums"));
        await Save(browser, path, "case");
        await Save(browser, "/status", "status");
        await Save(browser, "/k", "code");
        await Save(agent, "/slots", "slots");
        await Save(agent, "/cases/1", "agentcase");
        town.Do(1, new CaseAct.Resolve());
        await Save(browser, path, "over");
        await LinkTown.Act(browser, path, ("act", "survey"), ("score", "2"), ("words", "All fine"));
        await Save(agent, "/surveys", "surveys");
    }
}
