using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using B2D.Console.Tests.Town;
using B2D.Storage.Access;
using B2D.Storage.Maintenance;
using B2D.Storage.Outages;
using B2D.Storage.Subscriptions;

namespace B2D.Console.Tests;

/// <summary>The status page's feed, planned work on it, and hearing of a place by e-mail.</summary>
public sealed partial class SubscriptionTests
{
    [Fact]
    public async Task Feed_IsAtom_WithEveryOutageOfThePage_AndNobodysName()
    {
        await using var host = await TownHost.Open();
        using var stranger = host.Program("");
        var answer = await stranger.GetAsync(new Uri("/status/feed", UriKind.Relative));
        Assert.Equal("application/atom+xml", answer.Content.Headers.ContentType!.MediaType);
        var text = await answer.Content.ReadAsStringAsync();
        XNamespace atom = "http://www.w3.org/2005/Atom";
        var feed = XDocument.Parse(text).Root!;
        var entries = feed.Elements(atom + "entry").ToArray();
        Assert.Equal(["urn:b2d:outage:1", "urn:b2d:outage:2"], entries.Select(e => e.Element(atom + "id")!.Value));
        Assert.Equal(["Internet does not work, Bonfim, Porto", "Over: Service disrupted"], entries.Select(e => e.Element(atom + "title")!.Value));
        Assert.All(entries.Append(feed), e => Assert.True(DateTimeOffset.TryParse(e.Element(atom + "updated")!.Value, out _)));
        Assert.Contains("Phone and mobile work", entries[0].Element(atom + "content")!.Value, StringComparison.Ordinal);
        foreach (var leak in new[] { "cab-7", "cab-8", "n12", "north", "RT-00", "c10", "Ferreira", "912", "example.net", "Faro" })
            Assert.DoesNotContain(leak, text, StringComparison.Ordinal);
        Assert.Contains("/status/feed", await stranger.GetStringAsync("/status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlannedWork_OnSegments_StandsOnThePageInPeoplesWords()
    {
        await using var host = await TownHost.Open();
        var now = host.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        host.Stores.State.Write(db =>
        {
            MaintenanceStore.TryAdd(db, new MaintenanceRow { Title = "New switch for cab-7", Scope = "Segment", Target = "north/n12/cab-7", FromAt = now + 3_600_000, UntilAt = now + 7_200_000 });
            MaintenanceStore.TryAdd(db, new MaintenanceRow { Title = "Faster lines", Scope = "Segment", Target = "north/n12", FromAt = now - 1000, UntilAt = now + 7_200_000, State = "Running" });
            MaintenanceStore.TryAdd(db, new MaintenanceRow { Title = "Pump of Ana", Scope = "Device", Target = "HP-0010", FromAt = now, UntilAt = now + 7_200_000 });
        });
        using var stranger = host.Program("");
        var page = SignedIn.Words(await stranger.GetStringAsync("/status"));
        Assert.Contains("Planned work, Bonfim, Porto", page, StringComparison.Ordinal);
        Assert.Contains("Faster lines, Bonfim, Porto; Baixa, Porto (now)", page, StringComparison.Ordinal);
        foreach (var leak in new[] { "cab-7", "Pump of Ana", "HP-0010" })
            Assert.DoesNotContain(leak, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Place_IsAskedFor_ConfirmedByTheMailsFormAlone_AndEndedByALink()
    {
        await using var town = await LinkTown.Open();
        using var browser = town.Host.Browser();
        browser.DefaultRequestHeaders.AcceptLanguage.ParseAdd("de-AT,en;q=0.5");
        var said = await Ask(browser, "Max@Example.org", "porto");
        Assert.Contains("ist eine Nachricht unterwegs", said, StringComparison.Ordinal);
        await town.Send();
        var mail = Assert.Single(town.Phone.Sent);
        Assert.Equal(("max@example.org", "email", "Acme: Möchten Sie von Störungen in porto hören?"), (mail.Address, mail.Channel, mail.Subject));
        var path = PathIn().Match(mail.Text).Value["https://b2d.example".Length..];
        // Programs that follow links confirm nothing.
        Assert.Equal(HttpStatusCode.OK, await LinkTown.Status(browser, path));
        Assert.Equal((0L, 1L), town.Host.Stores.State.Read(SubscriptionStore.Count));
        using var cross = town.Host.Browser();
        await cross.Send(path);
        Assert.Equal((0L, 1L), town.Host.Stores.State.Read(SubscriptionStore.Count));
        var done = await (await browser.Post(path, path)).Content.ReadAsStringAsync();
        Assert.Contains("wenn in porto etwas nicht geht", WebUtility.HtmlDecode(done), StringComparison.Ordinal);
        await browser.Post(path, path);
        Assert.Equal((1L, 0L), town.Host.Stores.State.Read(SubscriptionStore.Count));
        Assert.Single(town.Host.Stores.State.Read(db => AuditStore.List(db)), a => a.Action == "subscription.confirm" && !a.Detail.Contains("max", StringComparison.OrdinalIgnoreCase));
        // Who has it is sent no second mail, and nobody learns that from the page.
        Assert.Contains("ist eine Nachricht unterwegs", await Ask(browser, "max@example.org", "Porto"), StringComparison.Ordinal);
        await town.Send();
        Assert.Single(town.Phone.Sent);
        Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(browser, path[..^2] + "xx"));
    }

    [Fact]
    public async Task Place_AskedForTooOften_OrWrongly_SendsNothing()
    {
        await using var town = await LinkTown.Open(LinkTown.Options with { Links = LinkTown.Options.Links with { SubscriptionsAnHour = 5 } });
        using var browser = town.Host.Browser();
        Assert.Contains("no e-mail address", await Ask(browser, "max", "Porto"), StringComparison.Ordinal);
        Assert.Contains("no place of that name", await Ask(browser, "max@example.org", "Paris"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.Send("/status/subscriptions", ("email", "max@example.org"), ("place", "Porto"))).StatusCode);
        for (var i = 0; i < 5; i++)
            await Ask(browser, "max@example.org", "Porto");
        await town.Send();
        Assert.Equal(3, town.Phone.Sent.Count);
        using var more = town.Host.Browser();
        more.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        for (var i = 0; i < 4; i++)
            await Ask(more, $"m{i}@example.org", "Porto");
        await town.Send();
        // Five within the hour in all.
        Assert.Equal(5, town.Phone.Sent.Count);
        for (var i = 0; i < 10; i++)
            await Ask(more, "z@example.org", "Porto");
        Assert.Contains("Too many asked", await Ask(more, "z@example.org", "Porto"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SwitchedOff_ThePageHasNoForm_AndNothingIsSent()
    {
        await using var host = await TownHost.Open();
        using var browser = host.Browser();
        Assert.DoesNotContain("Hear of a place", await browser.GetStringAsync("/status"), StringComparison.Ordinal);
        Assert.Equal(0, host.Stores.State.Read(SubscriptionStore.Count).Waiting);
        Assert.NotEmpty(host.Stores.State.Read(db => OutageStore.List(db, [])));
    }

    private static Task<string> Ask(HttpClient browser, string email, string place) => LinkTown.ActAt(browser, "/status", "/status/subscriptions", ("email", email), ("place", place));

    [GeneratedRegex(@"https://b2d\.example/status/subscriptions/\S+")]
    private static partial Regex PathIn();
}
