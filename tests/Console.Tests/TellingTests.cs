using System.Net;
using System.Net.Http.Json;
using B2D.Console.Tests.Town;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Notices;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Console.Tests;

/// <summary>Notices to many, facts of other systems, and links that end notices.</summary>
public sealed class TellingTests
{
    [Fact]
    public async Task Approval_StandsOnTheStartPage_WithTextAndList_AndIsStoppedWithAReason()
    {
        await using var host = await TownHost.Open();
        var (outage, customer) = host.Stores.State.Read(db => (OutageStore.List(db, [])[0], CustomerStore.List(db)[0]));
        host.Stores.State.Write(db =>
        {
            ApprovalStore.Put(db, new ApprovalRow { Subject = $"outage:{outage.Id}", Status = "opened", Recipients = 812, OfferedAt = 1, GoesAt = TownHost.Start.ToUnixTimeMilliseconds() + 480_000 });
            NoticeStore.Put(db, new NoticeRow { Id = "n-held", Customer = customer.Id, Subject = $"outage:{outage.Id}", Episode = "9-9", Status = "opened", Revision = 1, Channel = "sms", State = "Held", Class = "service" });
        });
        using var browser = await SignedIn.As(host, "admin", host.Password);
        Assert.Contains("812 customers are to be told", await browser.GetStringAsync("/"), StringComparison.Ordinal);
        var page = await browser.GetStringAsync("/approvals/1");
        Assert.Contains("Phone and mobile do.", page, StringComparison.Ordinal);
        Assert.Contains("Let it go now, to 812 customers", page, StringComparison.Ordinal);
        await browser.Post("/approvals/1", "/approvals/1/act", ("act", "stop"), ("version", "1"), ("reason", ""));
        Assert.Contains("reason is missing", await browser.GetStringAsync("/approvals/1"), StringComparison.Ordinal);
        await browser.Post("/approvals/1", "/approvals/1/act", ("act", "stop"), ("version", "1"), ("reason", "a drill"));
        Assert.Contains("admin stopped it", await browser.GetStringAsync("/approvals/1"), StringComparison.Ordinal);
        Assert.Equal("Suppressed", host.Stores.State.Read(db => NoticeStore.Find(db, "n-held"))!.State);
        using var program = host.Program(host.Key("operator"));
        Assert.Contains("\"phase\":\"Stopped\"", await program.GetStringAsync("/api/approvals"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PostAsJsonAsync("/api/approvals/1/acts", new { act = "let-go" })).StatusCode);
    }

    [Fact]
    public async Task Facts_TakenOnceByTheirKey_StandOnTheCustomersPage_AndEnd()
    {
        await using var host = await TownHost.Open();
        var customer = host.Stores.State.Read(db => CustomerStore.List(db)[0]);
        using var program = host.Program(host.Key("agent"));
        var fact = new { key = "crm-1", kind = "moved", subject = $"customer:{customer.Id}", from = "2026-11-01T00:00:00Z" };
        Assert.Equal(HttpStatusCode.Created, (await program.PostAsJsonAsync("/api/facts", fact)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await program.PostAsJsonAsync("/api/facts", fact)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await program.PostAsJsonAsync("/api/facts", fact with { kind = "deceased" })).StatusCode);
        foreach (var wrong in new[] { fact with { key = "" }, fact with { key = "2", kind = "happy" }, fact with { key = "2", subject = "ana" }, fact with { key = "2", from = "soon" } })
            Assert.Equal(HttpStatusCode.BadRequest, (await program.PostAsJsonAsync("/api/facts", wrong)).StatusCode);
        using var browser = await SignedIn.As(host, "admin", host.Password);
        Assert.Contains("What other systems told us", await browser.GetStringAsync($"/customers/{customer.Id}"), StringComparison.Ordinal);
        Assert.Contains("\"key\":\"crm-1\"", await program.GetStringAsync("/api/facts?kind=moved"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await program.PostAsync(new Uri("/api/facts/1/end", UriKind.Relative), null)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PostAsync(new Uri("/api/facts/1/end", UriKind.Relative), null)).StatusCode);
    }

    [Fact]
    public async Task Unsubscribe_ReadingChangesNothing_OneClickEndsTheClass_AndAGuessFindsNothing()
    {
        var secret = "whsec_" + Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);
        await using var host = await TownHost.Open(notices: new NoticeOptions { Links = new LinkOptions { Url = "https://service.example.org", Secret = secret } });
        var customer = host.Stores.State.Read(db => CustomerStore.List(db)[0]);
        var path = new Uri(new UnsubscribeLinks(new LinkOptions { Url = "https://service.example.org", Secret = secret }).Of(customer.Id, NoticeClass.Usage, "x@example.org")).AbsolutePath;
        using var stranger = host.Program("");
        Assert.Contains("No more reminders?", await stranger.GetStringAsync(path), StringComparison.Ordinal);
        Assert.Empty(host.Stores.State.Read(db => ConsentStore.Of(db, customer.Id)));
        using var oneClick = new FormUrlEncodedContent([KeyValuePair.Create("List-Unsubscribe", "One-Click")]);
        Assert.Contains("You get no more reminders", await (await stranger.PostAsync(new Uri(path, UriKind.Relative), oneClick)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(("usage", false, "customer"), host.Stores.State.Read(db => ConsentStore.Of(db, customer.Id)).Select(c => (c.Class, c.Given, c.Source)).Single());
        foreach (var guess in new[] { path[..^2] + "xx", "/unsubscribe/x", "/unsubscribe/x.y" })
            Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(new Uri(guess, UriKind.Relative))).StatusCode);
    }
}
