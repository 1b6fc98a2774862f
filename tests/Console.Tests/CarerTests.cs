using System.Net;
using System.Net.Http.Json;
using B2D.Console.Tests.Town;
using B2D.Core.Customers;
using B2D.Storage.Customers;
using B2D.Storage.Notices;

namespace B2D.Console.Tests;

/// <summary>Carers and letters, on pages and by the API.</summary>
public sealed class CarerTests
{
    [Fact]
    public async Task Carer_NamedOnThePage_WithConsentOnly_AndTakenAway()
    {
        await using var host = await TownHost.Open();
        var customer = host.Stores.State.Read(db => CustomerStore.List(db))[0].Id;
        var page = $"/customers/{customer}";
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("agreed", await browser.Follow(await browser.Post(page, page + "/carer", ("act", "set"), ("name", "Marta"), ("phone", "+351 910 000 002"), ("channel", "sms"))), StringComparison.Ordinal);
        Assert.Contains("Marta <b>, by SMS: +351 910 000 002", await browser.Follow(await browser.Post(page, page + "/carer", ("act", "set"), ("name", "Marta <b>"), ("phone", "+351 910 000 002"), ("channel", "sms"), ("consent", "yes"))), StringComparison.Ordinal);
        await browser.Post(page, page + "/carer", ("act", "end"));
        Assert.Null(host.Stores.State.Read(db => CarerStore.Find(db, customer)));
    }

    [Fact]
    public async Task Carer_ByTheApi_IsReadBackAndTakenAway()
    {
        await using var host = await TownHost.Open();
        var path = $"/api/customers/{host.Stores.State.Read(db => CustomerStore.List(db))[0].Id}/carer";
        using var program = host.Program(host.Key("agent"));
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PutAsJsonAsync(path, new { name = "Marta", email = "m@example.org", channel = "email" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await program.PutAsJsonAsync(path, new { name = "Marta", email = "m@example.org", channel = "email", consent = true })).StatusCode);
        Assert.Contains("\"email\":\"m@example.org\"", await program.GetStringAsync(path), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await program.DeleteAsync(new Uri(path, UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await program.DeleteAsync(new Uri(path, UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Letters_AsListTextAndCsv_WithoutFormulas_AndMarkedAsPrinted()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("No letter is to be printed", await browser.GetStringAsync("/tasks/letters"), StringComparison.Ordinal);
        host.Stores.State.Write(db =>
        {
            CustomerStore.Put(db, new Customer("eve") { Name = "=HYPERLINK(\"http://x\")", Address = "Rua 1\r\nBcc: x", Postcode = "4000", Place = "@Porto" }, 1);
            NoticeStore.Put(db, new NoticeRow { Id = "n-letter", Customer = "eve", Subject = "fault:HP-1/x", Episode = "1-1", Status = "device-fault", Revision = 1, Channel = "letter", State = "Calling", Class = "safety" });
            NoticeWordsStore.Put(db, new NoticeWordsRow { Notice = "n-letter", Customer = "eve", Subject = "Gas", Text = "Call first.\n<script>alert(1)</script>" });
        });
        var page = await browser.GetStringAsync("/tasks/letters");
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        var csv = await browser.GetStringAsync("/tasks/letters.csv");
        Assert.Contains("\"'=HYPERLINK(\"\"http://x\"\")\",\"Rua 1\nBcc: x\",4000,'@Porto", csv, StringComparison.Ordinal);
        Assert.Contains("=HYPERLINK(\"http://x\")\nRua 1 Bcc: x\n4000 @Porto\n\nGas\n\nCall first.", await browser.GetStringAsync("/tasks/letters.txt"), StringComparison.Ordinal);
        Assert.Contains("tick the letters", await browser.Follow(await browser.Post("/tasks/letters", "/tasks/letters")), StringComparison.Ordinal);
        Assert.Contains("1 letter marked as printed", await browser.Follow(await browser.Post("/tasks/letters", "/tasks/letters", ("id", "n-letter"))), StringComparison.Ordinal);
        Assert.Equal("Sent", host.Stores.State.Read(db => NoticeStore.Find(db, "n-letter"))!.State);
        using var program = host.Program(host.Key("agent"));
        Assert.Equal("[]", await program.GetStringAsync("/api/letters"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PostAsJsonAsync("/api/letters/printed", new { ids = new[] { "n-letter" } })).StatusCode);
    }
}
