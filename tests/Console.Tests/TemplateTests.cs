using System.Net;
using System.Net.Http.Json;
using B2D.Console.Tests.Town;
using B2D.Core.Notices;
using B2D.Storage.Notices;

namespace B2D.Console.Tests;

/// <summary>Texts of notices, on their pages and by the API.</summary>
public sealed class TemplateTests
{
    private const string Page = "/templates/filter-due/en/any";
    private const string Text = "Your {{device}} has used {{share}} %: {{title}}. {{contact}} {{sender}}";

    [Fact]
    public async Task Pages_AllTexts_AndOneWithItsFactsAndHowItReads()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var list = await browser.GetStringAsync("/templates");
        Assert.Contains("href=\"/templates/outage-opened/de/sms\"", list, StringComparison.Ordinal);
        Assert.Contains("the program’s own", SignedIn.Words(list), StringComparison.Ordinal);
        var page = SignedIn.Words(await browser.GetStringAsync(Page));
        Assert.Contains("Nothing to mend", page, StringComparison.Ordinal);
        Assert.Contains("sample facts", page, StringComparison.Ordinal);
        Assert.Contains("HP-0211", page, StringComparison.Ordinal);
        Assert.Contains("small alphabet (GSM-7", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(new Uri("/templates/nothing/en/any", UriKind.Relative))).StatusCode);
        Assert.Equal("/templates/filter-due/fr/sms", (await browser.GetAsync(new Uri("/templates?name=filter-due&language=fr&channel=sms", UriKind.Relative))).Headers.Location!.OriginalString);
        Assert.Contains("two letters", await browser.GetStringAsync("/templates?name=filter-due&language=x&channel=sms"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(new Uri("/templates/filter-due/fr/sms", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Save_Draft_ThenLive_ThenBack_EachWithWhy()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var said = await browser.Follow(await browser.Post(Page, Page, ("act", "save"), ("subject", "{{sender}}: {{title}}"), ("text", Text), ("why", "shorter"), ("based-on", "0")));
        Assert.Contains("Saved as version 1. It is not sent before you put it live.", said, StringComparison.Ordinal);
        Assert.Contains("The program’s own text is sent.", said, StringComparison.Ordinal);
        said = await browser.Follow(await browser.Post(Page, Page, ("act", "use"), ("version", "1"), ("why", "it is good")));
        Assert.Contains("Version 1 is sent, since", said, StringComparison.Ordinal);
        said = await browser.Follow(await browser.Post(Page, Page, ("act", "live"), ("subject", "{{sender}}: soon {{title}}"), ("text", Text), ("why", "clearer"), ("based-on", "1")));
        Assert.Contains("Saved as version 2. It is sent from now on.", said, StringComparison.Ordinal);
        Assert.Contains("{{sender}}: {{title}}", WebUtility.HtmlDecode(await browser.GetStringAsync(Page + "?version=1")), StringComparison.Ordinal);
        await browser.Post(Page, Page, ("act", "use"), ("version", "0"), ("why", "as it was"));
        Assert.Equal(0, host.Stores.State.Read(db => TemplateStore.Live(db)).Single().Version);
    }

    [Fact]
    public async Task Form_WithErrorsOrLate_KeepsWhatWasWritten()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var answer = await browser.Post(Page, Page, ("act", "live"), ("subject", "s"), ("text", "Buy <b>{{devise}}</b>"), ("why", "x"), ("based-on", "0"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains("there is no fact", SignedIn.Words(html), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Buy &lt;b&gt;{{devise}}&lt;/b&gt;", html, StringComparison.Ordinal);
        await browser.Post(Page, Page, ("act", "save"), ("subject", "s"), ("text", Text), ("why", "x"), ("based-on", "0"));
        answer = await browser.Post(Page, Page, ("act", "save"), ("subject", "s"), ("text", "mine"), ("why", "x"), ("based-on", "0"));
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("mine", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var look = SignedIn.Words(await (await browser.Post(Page, Page, ("act", "check"), ("subject", "s"), ("text", Text), ("of", "outage:99"), ("based-on", "1"))).Content.ReadAsStringAsync());
        Assert.Contains("nothing was told or planned of outage:99", look, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooLong_IsSaidAndNotRead_OnThePageInATestAndByTheApi()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        using var program = host.Program(host.Key("operator"));
        var tooLong = string.Concat(Enumerable.Repeat("{{#if a}}", 600));
        var look = await (await program.PostAsJsonAsync("/api/templates/filter-due/en/any/check", new { subject = "s", text = tooLong })).Content.ReadAsStringAsync();
        Assert.Contains("it has 5400 characters, at most 5000 are allowed", look, StringComparison.Ordinal);
        Assert.DoesNotContain("within each other", look, StringComparison.Ordinal);
        var page = await (await browser.Post(Page, Page, ("act", "check"), ("subject", "s"), ("text", tooLong), ("based-on", "0"))).Content.ReadAsStringAsync();
        Assert.Contains("at most 5000 are allowed", SignedIn.Words(page), StringComparison.Ordinal);
        Assert.Contains(tooLong, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        var test = await browser.Post(Page, Page, ("act", "test"), ("subject", "s"), ("text", tooLong), ("address", "rui@example.org"), ("based-on", "0"));
        Assert.Contains("The test was not sent: text: it has 5400 characters", SignedIn.Words(await test.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewer_ReadsAndCannotWrite()
    {
        await using var host = await TownHost.Open();
        host.AddUser("vera", "verasvera", "viewer");
        using var browser = await SignedIn.As(host, "vera", "verasvera");
        var page = await browser.GetStringAsync(Page);
        Assert.DoesNotContain("<textarea", page, StringComparison.Ordinal);
        Assert.Contains("{{device}}", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_WithoutAChannel_SaysSo()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var answer = await browser.Post(Page, Page, ("act", "test"), ("subject", "s"), ("text", Text), ("address", "rui@example.org"), ("based-on", "0"));
        Assert.Contains("e-mail is not switched on here", SignedIn.Words(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_SavesChecksAndPutsLive()
    {
        await using var host = await TownHost.Open();
        using var program = host.Program(host.Key("operator"));
        const string Path = "/api/templates/filter-due/en/sms";
        var look = await (await program.PostAsJsonAsync(Path + "/check", new { subject = "s", text = "{{nothing}}" })).Content.ReadAsStringAsync();
        Assert.Contains("there is no fact", look, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PutAsJsonAsync(Path, new { subject = "s", text = "{{nothing}}", why = "x", live = true })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await program.PutAsJsonAsync(Path, new { subject = "s", text = Text, why = "x", live = true })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await program.PutAsJsonAsync(Path, new { subject = "s", text = Text, why = "x", version = 0 })).StatusCode);
        Assert.Contains("\"live\":1", await program.GetStringAsync(Path), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await program.PostAsJsonAsync(Path + "/live", new { version = 0, why = "x" })).StatusCode);
        Assert.Contains("\"live\":0", await program.GetStringAsync(Path), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await program.PostAsJsonAsync(Path + "/live", new { version = 7, why = "x" })).StatusCode);
        Assert.Contains("\"name\":\"filter-due\",\"language\":\"en\",\"channel\":\"sms\"", await program.GetStringAsync("/api/templates"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync(new Uri("/api/templates/filter-due/en/pigeon", UriKind.Relative))).StatusCode);
    }
}
