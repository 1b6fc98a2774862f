using System.Text.Json;
using B2D.Interop.Programs;

namespace B2D.Interop.Browser;

/// <summary>A town in which everything has happened once, so that each page has something to show.</summary>
internal static class PagesOfTown
{
    private const string Defect =
        """
        - defect: fan-defect
          title: Fans are loud after an update
          of: [ fan-noise ]
          over: [ model, firmware ]
          when: { devices: 5, rate_ratio: 2, within: 1d }
        """;

    /// <summary>An address for each page, by its route; pages that take no number by themselves.</summary>
    /// <param name="stranger">A window without a sign-in.</param>
    public static async Task<IReadOnlyDictionary<string, string>> FurnishAsync(this BrowserTown town, Window stranger)
    {
        var (pump, customer) = town.NextHouse();
        var (left, gone) = town.NextHouse();
        var (mended, content) = town.NextHouse();
        foreach (var device in (string[])[Pump.Id, pump, left, mended, "P-lia", "P-pia", .. Enumerable.Range(1, 8).Select(i => $"F-{i}")])
            await town.SayAsync(device, device[0] == 'F' ? "E51" : "E42", "set");
        var id = await town.CaseAsync(Pump.Id);
        await town.CaseAsync(left);
        await town.LinkAsync(gone, "Pump blocked");
        await town.MakeAsync($"/api/customers/{gone}/erase", new { reason = "asked for by telephone" });
        await town.MakeAsync("/api/rules/pump-blocked/backtest", new { days = 1 });
        var maintenance = (await town.MakeAsync("/api/maintenance", new
        {
            title = "New software for routers", scope = "model", target = "RT-2", from = BrowserTown.Now.AddDays(3), until = BrowserTown.Now.AddDays(3).AddHours(2), felt = true,
            words = "The internet does not work", cause = "Routers get new software", takesDown = (string[])["app"],
        })).Long("id");
        var webhook = (await town.MakeAsync("/api/webhooks", new { name = "tickets", url = "https://tickets.b2d.example/in", events = (string[])["case.opened", "outage.opened"] })).Long("id");
        await town.MakeAsync("/api/cases", new { device = pump, title = "It hums loudly at night", about = "She says it began on Monday." });
        var invitation = new Uri((await town.MakeAsync("/api/users", new { name = "nina", role = "agent" })).Text("invitation")).AbsolutePath;
        await SayAsync(town, stranger, customer, content, await town.CaseAsync(mended));
        await OutageAsync(town);
        // Defects are looked for when their rule comes into force.
        town.B2d.Rule("defect.yaml", Defect);
        await Wait.UntilAsync(async () => (await town.B2d.Api.ListAsync("/api/defects")).Count > 0, TimeSpan.FromSeconds(20), "the defect is found");
        await Wait.UntilAsync(async () => (await town.B2d.Api.ListAsync("/api/approvals")).Count > 0, TimeSpan.FromSeconds(20), "the work is offered to a person");
        var outage = (await town.B2d.Api.ListAsync("/api/outages"))[0].Long("id");
        var mail = await town.MailAsync(customer, "Pump blocked");
        return new Dictionary<string, string>
        {
            ["/cases/{id:long}"] = $"/cases/{id}",
            ["/cases/new"] = $"/cases/new?customer={customer}",
            ["/outages/{id:long}"] = $"/outages/{outage}",
            ["/outages/{id:long}/review"] = $"/outages/{outage}/review",
            ["/defects/{id:long}"] = $"/defects/{(await town.B2d.Api.ListAsync("/api/defects"))[0].Long("id")}",
            ["/maintenance/{id:long}"] = $"/maintenance/{maintenance}",
            ["/approvals/{id:long}"] = $"/approvals/{(await town.B2d.Api.ListAsync("/api/approvals"))[0].Long("id")}",
            ["/devices/{id}"] = $"/devices/{Pump.Id}",
            ["/customers/{id}"] = "/customers/ana",
            ["/customers/{id}/privacy"] = "/customers/ana/privacy",
            ["/erasures/{id:long}"] = $"/erasures/{(await town.B2d.Api.ListAsync("/api/erasures"))[0].Long("id")}",
            ["/webhooks/{id:long}"] = $"/webhooks/{webhook}",
            ["/templates/{name}/{language}/{channel}"] = "/templates/device-fault/en/sms",
            ["/rules/{id}"] = "/rules/pump-blocked",
            ["/backtests/{id}"] = "/backtests/pump-blocked",
            ["/rule-files/{**name}"] = "/rule-files/street.yaml",
            ["/rule-history/{hash}"] = $"/rule-history/{(await town.B2d.Api.GetAsync("/api/rule-history"))[0].Text("hash")}",
            ["/search"] = "/search?q=Lima",
            // Open to everybody.
            ["/l/{token}"] = (await town.LinkAsync(customer, "Pump blocked")).Path,
            ["/k"] = "/k",
            ["/status"] = "/status",
            ["/status/subscriptions/{token}"] = await SubscriptionAsync(town, stranger),
            ["/unsubscribe/{token}"] = new Uri(mail.GetProperty("headers").Text("list-unsubscribe").Split(',').Select(u => u.Trim(' ', '<', '>')).First(u => u.StartsWith("https", StringComparison.Ordinal))).AbsolutePath,
            ["/invitation/{token}"] = invitation,
            ["/signin"] = "/signin",
        };
    }

    /// <summary>One customer books a visit and asks for a call; another answers how hard it was.</summary>
    private static async Task SayAsync(BrowserTown town, Window stranger, string customer, string content, long mended)
    {
        await stranger.GoAsync((await town.LinkAsync(customer, "Pump blocked")).Path);
        await stranger.PressAsync(stranger.Page.Locator("#visit .slots button").First);
        await stranger.PressAsync(stranger.Button("Ask for the call"));
        await stranger.SeesAsync("We call you by");
        await town.MakeAsync($"/api/cases/{mended}/acts", new { act = "resolve", version = (await town.B2d.Api.GetAsync($"/api/cases/{mended}")).Long("version") });
        await stranger.GoAsync((await town.LinkAsync(content, "Pump blocked")).Path);
        await stranger.PickAsync(stranger.Page.Locator("#survey input[type=radio]").First, 6);
        await stranger.TypeAsync(stranger.Page.Locator("#survey textarea"), "Nobody told me how long it takes.");
        await stranger.PressAsync(stranger.Button("Send"));
        await stranger.SeesAsync("You said 6 of 7.");
    }

    /// <summary>An outage of the third street, from its beginning to its end.</summary>
    private static async Task OutageAsync(BrowserTown town)
    {
        foreach (var state in (string[])["set", "clear"])
        {
            foreach (var router in BrowserTown.Street("T"))
                await town.SayAsync(router, "E10", state);
            await Wait.UntilAsync(async () => (await town.B2d.Api.ListAsync("/api/outages?q=segment:far")).Any(o => o.Text("state") == "Resolved" == (state == "clear")), TimeSpan.FromSeconds(30), $"the outage is {state}");
        }
    }

    /// <summary>Somebody asks on the status page to hear of a place; the way to the page that confirms it.</summary>
    private static async Task<string> SubscriptionAsync(BrowserTown town, Window stranger)
    {
        await stranger.GoAsync("/status");
        await stranger.TypeAsync(stranger.Page.GetByLabel("Place"), "Gaia");
        await stranger.TypeAsync(stranger.Page.GetByLabel("Your e-mail address"), "rosa@example.org");
        await stranger.PressAsync(stranger.Button("Tell me"));
        await stranger.SeesAsync("a mail is on its way to it");
        var text = (await town.MailAsync("rosa", "Gaia")).Text("text");
        return text[text.IndexOf("/status/subscriptions/", StringComparison.Ordinal)..].Split((char[])[' ', '\r', '\n'], 2)[0];
    }
}
