using System.Net;
using System.Net.Http.Json;
using System.Text;
using B2D.Console.Tests.Town;
using B2D.Storage.Customers;
using B2D.Storage.Notices;

namespace B2D.Console.Tests;

/// <summary>Reports about mails that did not arrive, as a mail server hands them on.</summary>
public sealed class BounceTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Report_AsItCame_WithAKeyThatMayNothingElse_MarksTheAddressOnThePage()
    {
        await using var host = await TownHost.Open();
        var customer = Told(host);
        using var program = host.Program(host.Key("bounces"));
        var answer = await Post(program, Report(customer.Email));
        Assert.Contains("\"known\":true", answer, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"no-such-address\",\"repeated\":false", answer, StringComparison.Ordinal);
        Assert.Contains("\"addressMarked\":true", answer, StringComparison.Ordinal);
        Assert.Contains("\"repeated\":true", await Post(program, Report(customer.Email)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await program.GetAsync(new Uri("/api/notices", UriKind.Relative))).StatusCode);
        using var browser = await SignedIn.AsAdministrator(host);
        var page = $"/customers/{customer.Id}";
        Assert.Contains("550 no such user <b>", SignedIn.Words(await browser.GetStringAsync(page)), StringComparison.Ordinal);
        Assert.Contains("no such user &lt;b&gt;", await browser.GetStringAsync(page), StringComparison.Ordinal);
        Assert.Contains("Mail goes to this address again.", await browser.Follow(await browser.Post(page, page + "/email-good")), StringComparison.Ordinal);
        Assert.False(host.Stores.State.Read(db => CustomerStore.Find(db, customer.Id))!.MailComesBack);
    }

    [Fact]
    public async Task Report_OfNothingOfOurs_IsAnsweredWithWhy_SoThatEverythingCanBeHandedOn()
    {
        await using var host = await TownHost.Open();
        using var program = host.Program(host.Key("bounces"));
        Assert.Contains("\"known\":false", await Post(program, "Subject: I am away\n\nUntil Monday."), StringComparison.Ordinal);
        Assert.Contains("no delivery status", await Post(program, ""), StringComparison.Ordinal);
        Assert.Contains("The ledger has no notice of this id.", await Post(program, Report("x@example.org")), StringComparison.Ordinal);
        using var large = new StringContent(new string('a', 300_000), Encoding.Latin1, "message/rfc822");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await program.PostAsync(new Uri("/api/notices/bounces", UriKind.Relative), large)).StatusCode);
    }

    [Fact]
    public async Task Report_AsJsonOfAProvider_IsTakenToo()
    {
        await using var host = await TownHost.Open();
        var customer = Told(host);
        using var program = host.Program(host.Key("agent"));
        var answer = await (await program.PostAsJsonAsync("/api/notices/bounces", new { messageId = $"<{Id}@acme.example>", kind = "hard", recipient = customer.Email, reason = "gone" })).Content.ReadAsStringAsync();
        Assert.Contains("\"addressMarked\":true", answer, StringComparison.Ordinal);
        foreach (var wrong in new object[] { new { messageId = "x", kind = "hard" }, new { messageId = Id, kind = "odd" }, new[] { 1 } })
            Assert.Equal(HttpStatusCode.BadRequest, (await program.PostAsJsonAsync("/api/notices/bounces", wrong)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await program.PostAsync(new Uri($"/api/customers/{customer.Id}/email-good", UriKind.Relative), null)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PostAsync(new Uri($"/api/customers/{customer.Id}/email-good", UriKind.Relative), null)).StatusCode);
    }

    private static string Report(string address) => $"""
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mail.example.org

        Final-Recipient: rfc822; {address}
        Action: failed
        Status: 5.1.1
        Diagnostic-Code: smtp; 550 no such user <b>

        --b
        Content-Type: text/rfc822-headers

        Message-ID: <{Id}@acme.example>

        --b--
        """;

    private static async Task<string> Post(HttpClient program, string message)
    {
        using var body = new StringContent(message, Encoding.Latin1, "message/rfc822");
        var answer = await program.PostAsync(new Uri("/api/notices/bounces", UriKind.Relative), body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private static CustomerRow Told(TownHost host)
    {
        var customer = host.Stores.State.Read(db => CustomerStore.List(db, limit: 100)).First(c => c.Email.Length > 0);
        host.Stores.State.Write(db => NoticeStore.Put(db, new NoticeRow { Id = Id, Customer = customer.Id, Subject = "case:1", Episode = "1-1", Status = "word", Revision = 99, Channel = "email", State = "Sent", Class = "case", Template = "case-update" }));
        return customer;
    }
}
