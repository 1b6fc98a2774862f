using System.Net;
using System.Net.Http.Json;
using B2D.Console.Tests.Town;
using B2D.Storage.Access;
using B2D.Storage.Customers;
using B2D.Storage.Notices;

namespace B2D.Console.Tests;

/// <summary>What customers want to hear, what they write, and calls, on pages and by the API.</summary>
public sealed class ConsentTests
{
    [Fact]
    public async Task Consent_WrittenDownOnThePage_StandsThereWithSourceAndInTheAudit()
    {
        await using var host = await TownHost.Open();
        var customer = Anybody(host);
        using var browser = await SignedIn.As(host, "admin", host.Password);
        var page = $"/customers/{customer.Id}";
        Assert.Contains("nothing said: none without a yes", await browser.GetStringAsync(page), StringComparison.Ordinal);
        await browser.Post(page, $"{page}/consents", ("class", "offer"), ("channel", "email"), ("given", "yes"));
        var shown = await browser.GetStringAsync(page);
        Assert.Contains("yes by e-mail", shown, StringComparison.Ordinal);
        Assert.Contains("written down by admin", shown, StringComparison.Ordinal);
        Assert.Contains(host.Stores.State.Read(db => AuditStore.List(db)), a => a is { Action: "consent.given", Who: "admin" } && a.Subject == $"customer:{customer.Id}");
        await browser.Post(page, $"{page}/quiet-hours", ("hours", "20:00-10:00"));
        Assert.Contains("20:00-10:00", await browser.GetStringAsync(page), StringComparison.Ordinal);
        await browser.Post(page, $"{page}/quiet-hours", ("hours", "nights"));
        Assert.Contains("are no quiet hours", await browser.GetStringAsync(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consent_ByTheApi_IsReadBack_AndWrongOnesAreRefused()
    {
        await using var host = await TownHost.Open();
        var customer = Anybody(host);
        using var program = host.Program(host.Key("agent"));
        var path = $"/api/customers/{customer.Id}/consents";
        Assert.Equal(HttpStatusCode.OK, (await program.PostAsJsonAsync(path, new { @class = "usage", given = false })).StatusCode);
        Assert.Contains("\"class\":\"usage\",\"channel\":null,\"given\":false,\"source\":\"person\"", await program.GetStringAsync(path), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PostAsJsonAsync(path, new { @class = "usage", given = false })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await program.PostAsJsonAsync(path, new { @class = "safety", given = false })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await program.PostAsJsonAsync(path, new { @class = "usage", channel = "pigeon", given = false })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await program.PostAsJsonAsync("/api/customers/nobody/consents", new { @class = "usage", given = false })).StatusCode);
    }

    [Fact]
    public async Task Inbound_StopFromAKnownNumber_IsTakenOnce()
    {
        await using var host = await TownHost.Open();
        var customer = Anybody(host);
        using var program = host.Program(host.Key("agent"));
        async Task<string> Say(string id, string text) =>
            await (await program.PostAsJsonAsync("/api/messages/inbound", new { id, channel = "sms", from = customer.Phone, text })).Content.ReadAsStringAsync();
        Assert.Contains("\"meaning\":\"stop\"", await Say("m-1", "stop offers"), StringComparison.Ordinal);
        Assert.Contains("\"repeated\":true", await Say("m-1", "stop offers"), StringComparison.Ordinal);
        Assert.Contains("\"meaning\":\"other\"", await Say("m-2", "<b>The pump</b> leaks"), StringComparison.Ordinal);
        using var browser = await SignedIn.As(host, "admin", host.Password);
        var page = await browser.GetStringAsync($"/customers/{customer.Id}");
        Assert.Contains("they said so", page, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;The pump&lt;/b&gt; leaks", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await program.PostAsJsonAsync("/api/messages/inbound", new { id = "m-3", channel = "pigeon", from = "1", text = "" })).StatusCode);
        Assert.Contains("\"customers\":[]", await (await program.PostAsJsonAsync("/api/messages/inbound", new { id = "m-4", channel = "email", from = "no@example.org", text = "stop" }))
            .Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_OnThePage_AreSaidWordForWord_AndWrittenDown()
    {
        await using var host = await TownHost.Open();
        var customer = Anybody(host);
        using var browser = await SignedIn.As(host, "admin", host.Password);
        Assert.Contains("Nobody is to be called", await browser.GetStringAsync("/tasks"), StringComparison.Ordinal);
        host.Stores.State.Write(db =>
        {
            NoticeStore.Put(db, new NoticeRow { Id = "n-call", Customer = customer.Id, Subject = "fault:HP-1/x", Episode = "1-1", Status = "device-fault", Revision = 1, Channel = "phone", State = "Calling", Class = "safety" });
            PhoneTaskStore.Put(db, new PhoneTaskRow { Notice = "n-call", Customer = customer.Id, Subject = "fault:HP-1/x", Class = "safety", Reason = "a text is not enough", DueAt = TownHost.Start.ToUnixTimeMilliseconds() });
        });
        var page = await browser.GetStringAsync("/tasks");
        Assert.Contains("Your heat pump reported a blocked pump", page, StringComparison.Ordinal);
        Assert.Contains("tel:" + customer.Phone.Replace(" ", "", StringComparison.Ordinal).Replace("+", "&#x2B;", StringComparison.Ordinal), page, StringComparison.Ordinal);
        Assert.Contains("to call", await browser.GetStringAsync("/"), StringComparison.Ordinal);
        await browser.Post("/tasks", "/tasks/1/act", ("act", "not-reached"), ("version", "1"));
        Assert.Contains("not reached", await browser.GetStringAsync("/tasks"), StringComparison.Ordinal);
        await browser.Post("/tasks", "/tasks/1/act", ("act", "reached"), ("version", "2"));
        Assert.Equal("Sent", host.Stores.State.Read(db => NoticeStore.Find(db, "n-call"))!.State);
        using var program = host.Program(host.Key("agent"));
        Assert.Contains("\"state\":\"Done\"", await program.GetStringAsync("/api/tasks/1"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PostAsJsonAsync("/api/tasks/1/acts", new { act = "reached" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync("/api/tasks/99")).StatusCode);
    }

    private static CustomerRow Anybody(TownHost host) => host.Stores.State.Read(db => CustomerStore.List(db, limit: 100)).First(c => c.Phone.Length > 0);
}
