using System.Net;
using B2D.Console.Tests.Town;

namespace B2D.Console.Tests;

public sealed class PagesTests(SharedTown town) : IClassFixture<SharedTown>
{
    [Theory]
    [InlineData("/", "2 outages, 4 open cases", "things need a person", "Gas pressure out of range", "Mended itself today",
        "Devices with a fault, last 24 hours")]
    [InlineData("/cases", "4 cases open, 1 of them about safety, 2 with nobody on them.", "#1 Pump blocked", "HP-0010", "next: Send a technician",
        "for the spare part")]
    [InlineData("/cases?q=", "1–50 of 74", "Older")]
    [InlineData("/cases?q=state%3Aopen&page=2", "No case here", "Nothing matches this filter")]
    [InlineData("/cases/1", "The pump has drawn three times its normal current since 13:56.", "Restart was tried at 14:02, without effect.",
        "The owner was told at 14:04 by SMS.",
        "within the warranty (until 1 May 2027)", "rule pump-blocked version a1b2c3d4e5f6", "began 13:56:00", "limit 7", "Visit with pump kit P-88",
        "Neighbour says it hums loudly. · marta",
        "so a technician is needed. We will call you", "The readings that fired it (3)", "raise: current_a > params.limit")]
    [InlineData("/cases/2", "This is about safety: call the customer first", "The owner has not been told.")]
    [InlineData("/outages", "Bonfim, Porto", "waits for a person", "Investigating")]
    [InlineData("/outages/1", "28 of 30 devices silent since 13:48 · 29 customers told · cause not known yet · next word promised for 15:00",
        "2 routers are back", "Set the cause", "Internet in Bonfim")]
    [InlineData("/outages/3", "This waits for you", "It is real: tell 3,900 customers")]
    [InlineData("/", "Defect: Compressor defect HP-2 with firmware 2.0.7",
        "30 of 1,000 devices (3 %) in 14 days, elsewhere 9 of 9,000 (0.1 %): 30 times as often, at least 12.8 times with 99 % confidence")]
    [InlineData("/defects", "#1 Compressor defect", "HP-2 with firmware 2.0.7 · compressor-defect", "30 of 1,000", "at least 12.8", "only here", "stands out no longer", "Over")]
    [InlineData("/defects?q=id%3A2", "#2 <script>alert(1)</script>")]
    [InlineData("/defects?q=over%3Aserial", "No defect here")]
    [InlineData("/defects/1", "Compressor defect: HP-2 with firmware 2.0.7", "at least 12.8 times with 99 % confidence.", "Suspected", "HP-0010", "HP-0022", "Compressor runs too hot",
        "2.0.6 0.16 % 8 of 5,000", "Compared with HP-2 with other firmware. The rule asks for 10 devices and 3 times as often with 99 % confidence.", "30 of 1,000 devices of HP-2 with firmware")]
    [InlineData("/defects/2", "only here", "It has not stood out since 12:50; it is over when that stays so for a day.", "None of the group has had it in the last 14 days.")]
    [InlineData("/defects/3", "a group that shares its devices explains it. Defect #1")]
    [InlineData("/devices", "37 of 68 devices healthy", "CM-0000", "never heard")]
    [InlineData("/devices/HP-0010?metric=current_a", "Pump blocked, the first since 13:56.", "E42", "case #1", "Send to HP-0010", "current_a")]
    [InlineData("/devices/CM-0035", "It has never been heard", "No reading yet")]
    [InlineData("/dues", "Water filter", "1,104 of 1,200 litres", "Overdue", "It is done")]
    [InlineData("/notices", "31 notices sent, 2 waiting", "SMS instead of e-mail: the outage takes the router down", "450 mailbox busy")]
    [InlineData("/rules", "5 rules in force since 13:20", "pump-blocked", "heating.yaml:3")]
    [InlineData("/rules/pump-blocked", "Raised while current_a > params.limit && flow_lpm < 5.0 for 2 min.", "A stuck rotor", "72")]
    [InlineData("/audit", "Signed in", "admin", "Rules activated")]
    [InlineData("/audit?check", "The chain is whole")]
    [InlineData("/users", "admin (you)", "administrator", "Good", "1 browser", "New password by link", "Add a user")]
    [InlineData("/users?q=role%3Aagent", "Nobody matches this filter")]
    [InlineData("/keys", "reader", "viewer", "writer", "operator", "Make a key", "Revoke it for good")]
    [InlineData("/account", "You are admin, and your role is administrator", "127.0.0.1 (here)", "after 2 h without use", "Change your password")]
    [InlineData("/customers/c10", "An outage has touched them since 13:48", "+351 912 000 010", "HP-0010", "prefers SMS")]
    [InlineData("/demo", "Cut a cabinet", "Repair", "Not verified", "Nothing: that is the point.")]
    [InlineData("/stop", "notices that wait", "Type STOP to confirm", "That includes safety notices")]
    [InlineData("/search?q=ferreira", "Customers", "Ana Ferreira", "HP-0010")]
    [InlineData("/search?q=hums", "Cases", "#1 Pump blocked")]
    [InlineData("/search", "Who is it?")]
    [InlineData("/contacts", "No contact here")]
    [InlineData("/queues", "4 cases open in 2 queues", "heating", "coffee")]
    [InlineData("/views", "No view saved yet")]
    [InlineData("/status", "One thing does not work", "Internet does not work, Bonfim, Porto", "by 15:00 (Europe/Lisbon)")]
    public async Task Page_SignedIn_SaysWhatItMust(string path, params string[] words)
    {
        var answer = await town.Browser.GetAsync(new Uri(path, UriKind.Relative));
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.StartsWith("text/html", answer.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>", html.TrimStart(), StringComparison.Ordinal);
        var text = SignedIn.Words(html);
        Assert.All(words, w => Assert.Contains(w, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/cases/999999", "There is no case #999999")]
    [InlineData("/outages/77", "There is no outage O-77")]
    [InlineData("/defects/77", "There is no defect #77")]
    [InlineData("/devices/nowhere", "There is no such device")]
    [InlineData("/customers/nobody", "There is no such customer")]
    [InlineData("/rules/nothing", "There is no rule")]
    [InlineData("/no/such/page", "There is no such page")]
    public async Task Page_OfNothing_Says404InWords(string path, string words)
    {
        var answer = await town.Browser.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains(words, SignedIn.Words(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_AsPart_LeavesTheFrameOut()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/cases");
        request.Headers.Add("X-B2D-Part", "1");
        var html = await (await town.Browser.SendAsync(request)).Content.ReadAsStringAsync();
        Assert.DoesNotContain("<html", html, StringComparison.Ordinal);
        Assert.Contains("id=\"cases\" data-live=\"cases\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chart_OfACase_DrawsLineLimitAndOnset()
    {
        var html = await town.Browser.GetStringAsync("/cases/1");
        Assert.Contains("<path class=\"line\" d=\"M", html, StringComparison.Ordinal);
        Assert.Contains("class=\"limit\"", html, StringComparison.Ordinal);
        Assert.Contains("class=\"marker marker-crit\"", html, StringComparison.Ordinal);
        Assert.Contains("role=\"img\"", html, StringComparison.Ordinal);
        Assert.Contains("<desc>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostileStrings_OnEveryPage_AreEncoded()
    {
        foreach (var path in new[] { "/devices/HP-0010", "/cases/1", "/customers/c13", "/outages/1", "/", "/defects", "/defects/2", "/notices", "/search?q=<script>alert(2)</script>",
            "/cases?q=<script>alert(1)</script>", "/cases?q=<b>:x", "/devices?q=\"><script>alert(1)</script>" })
        {
            var html = await town.Browser.GetStringAsync(path);
            Assert.DoesNotContain("<script>alert", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img src=x", html, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", await town.Browser.GetStringAsync("/devices/HP-0010"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_HaveNoInlineScriptOrStyle_AndStrictHeaders()
    {
        foreach (var path in new[] { "/", "/cases/1", "/defects/1", "/demo", "/status", "/signin" })
        {
            var answer = await town.Browser.GetAsync(new Uri(path, UriKind.Relative));
            var html = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotContain(" style=\"", html, StringComparison.Ordinal);
            Assert.DoesNotContain(" onclick=", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
            var policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("script-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }

    [Theory]
    [InlineData("b2d.css", "text/css")]
    [InlineData("b2d.js", "text/javascript")]
    [InlineData("icon.svg", "image/svg+xml")]
    public async Task Assets_ServedFromTheAssembly_AreWholeAndCacheable(string name, string type)
    {
        var page = await town.Browser.GetStringAsync("/");
        var address = System.Text.RegularExpressions.Regex.Match(page, $"/assets/{name.Replace(".", "\\.", StringComparison.Ordinal)}\\?v=[0-9a-f]+").Value;
        var answer = await town.Browser.GetAsync(new Uri(address, UriKind.Relative));
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.True((await answer.Content.ReadAsByteArrayAsync()).Length > 100);
        Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await town.Browser.GetAsync(new Uri("/assets/other.css", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Pages_OfAnEmptyInstallation_SayWhatWillAppear()
    {
        await using var host = await TownHost.Open(seeded: false, demo: false);
        using var browser = await SignedIn.AsAdministrator(host);
        foreach (var (path, words) in new[]
        {
            ("/", "No device is registered yet."), ("/cases", "A case opens by itself"), ("/outages", "an outage opens by itself"), ("/defects", "stands here by itself. No customer is told of it."), ("/maintenance", "Work that you plan on a segment"),
            ("/devices", "Import devices with"),
            ("/dues", "When a counter"), ("/notices", "When a fault, a due or an outage"), ("/rules", "Write rules as YAML files"),
            ("/status", "Everything works"),
        })
            Assert.Contains(words, SignedIn.Words(await browser.GetStringAsync(path)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(new Uri("/demo", UriKind.Relative))).StatusCode);
        Assert.DoesNotContain("href=\"/demo\"", await browser.GetStringAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_WithErrorsInTheFiles_KeepTheLastGoodSetAndSaySo()
    {
        await using var host = await TownHost.Open();
        host.Rules.Problems = [new(B2D.Core.Rules.ProblemLevel.Error, "heating.yaml", 7, 12, "'temp' is no metric that any device sends",
            "did you mean temp_c?")];
        using var browser = await SignedIn.AsAdministrator(host);
        var text = SignedIn.Words(await browser.GetStringAsync("/rules"));
        Assert.Contains("this last good set stays in force", text, StringComparison.Ordinal);
        Assert.Contains("heating.yaml:7:12", text, StringComparison.Ordinal);
        Assert.Contains("did you mean temp_c?", text, StringComparison.Ordinal);
    }
}
