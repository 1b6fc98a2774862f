using System.Net;
using System.Net.Http.Json;
using B2D.Console.Tests.Town;
using B2D.Storage.Access;
using B2D.Storage.Webhooks;

namespace B2D.Console.Tests;

/// <summary>Other systems that are told what happens, on pages and by the API.</summary>
public sealed class WebhookTests
{
    [Fact]
    public async Task Receiver_MadeOnThePage_ShowsItsSecretOnce_AndCanBeTriedChangedAndRemoved()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("No other system is told", await browser.GetStringAsync("/webhooks"), StringComparison.Ordinal);
        var said = await browser.Follow(await browser.Post("/webhooks", "/webhooks", ("name", "tickets <b>"), ("url", "https://tickets.example.com/b2d"), ("events", "case.opened"), ("events", "task.opened")));
        Assert.Matches("copy it now: whsec_[A-Za-z0-9+/=]{40,}", said);
        var page = await browser.GetStringAsync("/webhooks/1");
        Assert.DoesNotContain("whsec_", page, StringComparison.Ordinal);
        Assert.Contains("tickets &lt;b&gt;", page, StringComparison.Ordinal);
        Assert.Contains("case.opened, task.opened", SignedIn.Words(await browser.GetStringAsync("/webhooks")), StringComparison.Ordinal);
        long Version() => host.Stores.State.Read(db => WebhookStore.Find(db, 1))!.Version;
        await browser.Post("/webhooks/1", "/webhooks/1", ("act", "test"), ("version", $"{Version()}"));
        Assert.Contains("test/", await browser.GetStringAsync("/webhooks/1"), StringComparison.Ordinal);
        Assert.Contains("Nothing was done: it is on its way.", await browser.Follow(await browser.Post("/webhooks/1", "/webhooks/1/deliveries/1")), StringComparison.Ordinal);
        host.Stores.State.Write(db => WebhookStore.Mark(db, 1, "Failed", 24, 0, 1, "receiver answered 400"));
        Assert.Contains("receiver answered 400", await browser.GetStringAsync("/webhooks/1"), StringComparison.Ordinal);
        Assert.Contains("on its way again", await browser.Follow(await browser.Post("/webhooks/1", "/webhooks/1/deliveries/1")), StringComparison.Ordinal);
        await browser.Post("/webhooks/1", "/webhooks/1", ("act", "pause"), ("version", $"{Version()}"));
        Assert.Contains("admin paused it", SignedIn.Words(await browser.GetStringAsync("/webhooks/1")), StringComparison.OrdinalIgnoreCase);
        await browser.Post("/webhooks/1", "/webhooks/1", ("act", "resume"), ("version", $"{Version()}"));
        Assert.Contains("another secret", await browser.Follow(await browser.Post("/webhooks/1", "/webhooks/1", ("act", "new-secret"), ("version", $"{Version()}"))), StringComparison.Ordinal);
        await browser.Post("/webhooks/1", "/webhooks/1", ("act", "change"), ("version", $"{Version()}"), ("name", "other"), ("url", "https://other.example.com"), ("events", "case.opened"));
        Assert.Equal(("other", " case.opened "), host.Stores.State.Read(db => WebhookStore.Find(db, 1)) is { } row ? (row.Name, row.Events) : default);
        Assert.Contains("somebody else changed it", await browser.Follow(await browser.Post("/webhooks/1", "/webhooks/1", ("act", "pause"), ("version", "1"))), StringComparison.Ordinal);
        await browser.Post("/webhooks/1", "/webhooks/1", ("act", "remove"), ("version", $"{Version()}"));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(new Uri("/webhooks/1", UriKind.Relative))).StatusCode);
        var audit = host.Stores.State.Read(db => AuditStore.List(db)).Where(a => a.Action.StartsWith("webhooks", StringComparison.Ordinal)).ToArray();
        Assert.Equal(8, audit.Length);
        Assert.All(audit, a => Assert.DoesNotContain("whsec", a.Detail, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://tickets.example.com", "case.opened", "plain http")]
    [InlineData("tickets", "case.opened", "https")]
    [InlineData("https://tickets.example.com", "case.exploded", "case.exploded")]
    public async Task Receiver_ThatCannotBe_IsRefusedWithWhy(string url, string events, string why)
    {
        await using var host = await TownHost.Open(seeded: false);
        using var program = host.Program(host.AdministratorKey);
        var answer = await program.PostAsJsonAsync("/api/webhooks", new { name = "x", url, events = new[] { events } });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(why, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_MakesListsTriesAndRemoves()
    {
        await using var host = await TownHost.Open(seeded: false);
        using var program = host.Program(host.AdministratorKey);
        var made = await program.PostAsJsonAsync("/api/webhooks", new { name = "x", url = "https://x.example.com", events = new[] { "case.opened" } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Contains("\"secret\":\"whsec_", await made.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_", await program.GetStringAsync("/api/webhooks"), StringComparison.Ordinal);
        Assert.Contains("\"state\":\"on\"", await program.GetStringAsync("/api/webhooks/1"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await program.PostAsJsonAsync("/api/webhooks/1/acts", new { act = "test" })).StatusCode);
        Assert.Contains("\"type\":\"test\"", await program.GetStringAsync("/api/webhook-deliveries?receiver=1"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await program.PostAsJsonAsync("/api/webhooks/1/acts", new { act = "explode" })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PostAsync(new Uri("/api/webhooks/1/deliveries/1/resend", UriKind.Relative), null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await program.PutAsJsonAsync("/api/webhooks/1", new { name = "y", url = "https://y.example.com", events = new[] { "task.opened" } })).StatusCode);
        Assert.Contains("whsec_", await (await program.PostAsJsonAsync("/api/webhooks/1/acts", new { act = "new-secret" })).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await program.DeleteAsync(new Uri("/api/webhooks/1", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync(new Uri("/api/webhooks/1", UriKind.Relative))).StatusCode);
    }
}
