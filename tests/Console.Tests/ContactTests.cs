using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Core.Customers;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Customers;

namespace B2D.Console.Tests;

public sealed class ContactTests
{
    [Theory]
    [InlineData("c14", "HP-0014", "It joined case #3, which is open for that device.", "case:3")]
    [InlineData("c10", "HP-0010", "It joined case #1, which is open for that device.", "case:1")]
    [InlineData("c10", "", "It joined outage O-1, which touches them.", "outage:1")]
    [InlineData("c31", "", "Nothing is open that it concerns, so it stands by itself.", "")]
    public async Task Contact_FromTheCustomersPage_JoinsWhatItConcerns(string customer, string device, string said, string subject)
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var page = await browser.Follow(await browser.Post($"/customers/{customer}", "/contacts", ("back", $"/customers/{customer}"), ("customer", customer), ("device", device),
            ("channel", "phone"), ("direction", "in"), ("about", "It hums again"), ("repeated", "yes")));
        Assert.Contains("Logged. " + said, page, StringComparison.Ordinal);
        Assert.Contains("1 contact had to say something again in 1 of them", page, StringComparison.Ordinal);
        Assert.Contains("They called", page, StringComparison.Ordinal);
        var line = subject.Length == 0 ? null : host.Stores.State.Read(db => TimelineStore.List(db, subject))[0];
        Assert.Equal(subject.Length == 0 ? null : "The customer called: It hums again. They had to say again what they had told us before.", line?.Text);
        Assert.Equal(("contact.log", "contact:1"), host.Stores.State.Read(db => AuditStore.List(db))[0] is { } audit ? (audit.Action, audit.Subject) : default);
        Assert.Contains("It hums again", SignedIn.Words(await browser.GetStringAsync("/contacts?q=repeated:yes")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Contact_FromTheCasesPage_CountsThereAndAnswersTheCustomer()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("Log a contact", await browser.GetStringAsync("/cases/1"), StringComparison.Ordinal);
        var page = await browser.Follow(await browser.Post("/cases/1", "/contacts", ("back", "/cases/1"), ("customer", "c10"), ("case", "1"),
            ("channel", "email"), ("direction", "out"), ("about", "A technician comes tomorrow."), ("repeated", "no")));
        Assert.Contains("It is on case #1.", page, StringComparison.Ordinal);
        Assert.Contains("The customer was sent an e-mail: A technician comes tomorrow.", page, StringComparison.Ordinal);
        Assert.Contains("1 contact", page, StringComparison.Ordinal);
        Assert.Equal("admin", host.Stores.State.Read(db => CaseStore.Find(db, 1))!.RespondedBy);
        var outage = await browser.Follow(await browser.Post("/outages/1", "/contacts", ("back", "/outages/1"), ("customer", "c11"), ("outage", "1"),
            ("channel", "chat"), ("direction", "in"), ("about", "When is it back?")));
        Assert.Contains("It is on outage O-1.", outage, StringComparison.Ordinal);
        Assert.Contains("The customer wrote in the chat: When is it back?.", outage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c99", "", "x", "there is no such customer")]
    [InlineData("c10", "99", "x", "there is no such case")]
    [InlineData("c11", "1", "x", "the case is another customer's")]
    [InlineData("c10", "", "", "say in 1 to 1000 characters what it was about")]
    [InlineData("", "", "x", "Customer is missing")]
    public async Task Contact_ThatCannotBe_IsRefusedInWords(string customer, string named, string about, string said)
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var page = await browser.Follow(await browser.Post("/customers/c10", "/contacts", ("customer", customer), ("case", named), ("about", about)));
        Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.Equal(0, host.Stores.State.Read(db => db.Scalar<long>("SELECT count(*) FROM contacts")));
    }

    [Fact]
    public async Task Inbound_FromATelephoneSystem_CountsOnceAndAnswersWithTheCard()
    {
        await using var host = await TownHost.Open();
        using var phone = host.Program(host.Key("contacts"));
        var first = await Call(phone, "call-1", """{"phone":"0912 000 010","channel":"phone"}""");
        Assert.Equal(HttpStatusCode.Created, first.Status);
        Assert.Equal("O-1", first.Answer.GetProperty("cards")[0].GetProperty("outages")[0].GetProperty("reference").GetString());
        Assert.Equal("It joined outage O-1, which touches them.", first.Answer.GetProperty("why").GetString());
        Assert.False(first.Answer.GetProperty("contact").GetProperty("again").GetBoolean());

        var again = await Call(phone, "call-1", """{"phone":"0912 000 010","channel":"phone"}""");
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.True(again.Answer.GetProperty("contact").GetProperty("again").GetBoolean());
        Assert.Equal(first.Answer.GetProperty("contact").GetProperty("id").GetInt64(), again.Answer.GetProperty("contact").GetProperty("id").GetInt64());
        Assert.Equal(1, host.Stores.State.Read(db => ContactStore.TallyOfOutage(db, 1)).Contacts);

        var other = await Call(phone, "call-2", """{"customer":"c10","device":"HP-0010","channel":"chat","about":"It hums"}""");
        Assert.Equal(1, other.Answer.GetProperty("contact").GetProperty("case").GetInt64());
        // Nobody has answered the customer by that.
        Assert.Equal(0, host.Stores.State.Read(db => CaseStore.Find(db, 1))!.RespondedAt);
        Assert.Equal("key:of contacts", host.Stores.State.Read(db => ContactStore.Find(db, 2))!.Who);
    }

    [Fact]
    public async Task WhatACustomerWrote_WaitsOnTheStartPage_ItsCaseAndTheList_UntilItIsRead()
    {
        await using var host = await TownHost.Open();
        using var chat = host.Program(host.Key("contacts"));
        var wrote = await Call(chat, "chat-1", """{"customer":"c10","device":"HP-0010","channel":"chat","about":"It hums"}""");
        await Call(chat, "chat-2", """{"customer":"c10","device":"HP-0010","channel":"sms","about":"Still humming"}""");
        // A call somebody took.
        await Call(chat, "call-1", """{"customer":"c10","device":"HP-0010","channel":"phone","about":"It hums"}""");
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("2 from customers, not read", SignedIn.Words(await browser.GetStringAsync("/")), StringComparison.Ordinal);
        Assert.Contains("and nobody has read it", SignedIn.Words(await browser.GetStringAsync("/cases/1")), StringComparison.Ordinal);
        Assert.Contains("/cases/1", await browser.GetStringAsync("/cases?q=is:unread"), StringComparison.Ordinal);
        var id = wrote.Answer.GetProperty("contact").GetProperty("id").GetInt64();
        var page = await browser.Follow(await browser.Post("/contacts?q=unread:yes", $"/contacts/{id}/read", ("back", "/contacts?q=unread:yes")));
        Assert.Contains("It is read.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("It hums", page, StringComparison.Ordinal);
        Assert.Contains("Still humming", page, StringComparison.Ordinal);
        using var agent = host.Program(host.Key("agent"));
        var item = await (await agent.PostAsync(new Uri($"/api/contacts/{id + 1}/read", UriKind.Relative), null)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.False(item.GetProperty("unread").GetBoolean());
        Assert.Equal(HttpStatusCode.NotFound, (await agent.PostAsync(new Uri("/api/contacts/999/read", UriKind.Relative), null)).StatusCode);
        Assert.DoesNotContain("not read", SignedIn.Words(await browser.GetStringAsync("/")), StringComparison.Ordinal);
        Assert.DoesNotContain("/cases/1\"", await browser.GetStringAsync("/cases?q=is:unread"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inbound_OfANumberThatIsNobodysOrSeverals_LogsNothing()
    {
        await using var host = await TownHost.Open();
        host.Stores.State.Write(db => CustomerStore.Put(db, new Customer("x1") { Name = "Eva", Phone = "912000010" }, 1));
        using var phone = host.Program(host.Key("contacts"));
        var several = await Call(phone, "", """{"phone":"+351912000010"}""");
        Assert.Equal(JsonValueKind.Null, several.Answer.GetProperty("contact").ValueKind);
        Assert.StartsWith("Several customers have this number", several.Answer.GetProperty("why").GetString(), StringComparison.Ordinal);
        Assert.Equal(["c10", "x1"], several.Answer.GetProperty("cards").EnumerateArray().Select(c => c.GetProperty("customer").GetString()));
        var nobody = await Call(phone, "", """{"phone":"+49 30 123456"}""");
        Assert.Equal("Nobody is known by this.", nobody.Answer.GetProperty("why").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, (await Call(phone, "", """{"phone":"12"}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await Call(phone, new string('x', 201), """{"customer":"c10"}""")).Status);
        Assert.Equal(0, host.Stores.State.Read(db => db.Scalar<long>("SELECT count(*) FROM contacts")));
    }

    [Fact]
    public async Task Key_OfTheScopeContacts_OpensNothingElse()
    {
        await using var host = await TownHost.Open();
        using var phone = host.Program(host.Key("contacts"));
        foreach (var path in new[] { "/api/cases", "/api/customers", "/api/search?q=c10", "/api/contacts", "/cases", "/", "/api/openapi.json" })
            Assert.Equal(HttpStatusCode.Forbidden, (await phone.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
        var refused = await phone.PostAsJsonAsync("/api/contacts", new { customer = "c10", about = "x" });
        Assert.Contains("has only the scope contacts", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var reader = host.Program(host.ReadKey);
        Assert.Equal(HttpStatusCode.Forbidden, (await Call(reader, "", """{"customer":"c10"}""")).Status);
    }

    [Fact]
    public async Task Contacts_OverTheApi_AreLoggedAndListed()
    {
        await using var host = await TownHost.Open();
        using var agent = host.Program(host.Key("agent"));
        var made = await agent.PostAsJsonAsync("/api/contacts", new { customer = "c10", about = "It hums", repeated = true, @case = 1 });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var items = (await agent.GetFromJsonAsync<JsonElement>("/api/contacts?case=1&repeated=yes")).GetProperty("items");
        Assert.Equal((1, "It hums", "case named", "in"), (items.GetArrayLength(), items[0].GetProperty("about").GetString(), items[0].GetProperty("why").GetString(),
            items[0].GetProperty("direction").GetString()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await agent.PostAsJsonAsync("/api/contacts", new { customer = "c10" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await agent.PostAsJsonAsync("/api/contacts", new { customer = "c10", about = "x", channel = "fax" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await agent.PostAsJsonAsync("/api/contacts", new { customer = "c10", about = "x", at = "soon" })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await agent.PostAsJsonAsync("/api/contacts", new { customer = "c10", about = "x", at = "2030-01-01T00:00:00Z" })).StatusCode);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> Call(HttpClient program, string delivery, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/contacts/inbound") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        if (delivery.Length > 0)
            request.Headers.Add("Idempotency-Key", delivery);
        var answer = await program.SendAsync(request);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
    }
}
