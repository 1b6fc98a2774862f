using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Core.Customers;
using B2D.Storage.Customers;

namespace B2D.Console.Tests;

public sealed class SearchTests(SharedTown town) : IClassFixture<SharedTown>
{
    [Theory]
    [InlineData("C-1", "/cases/1")]
    [InlineData("c-2", "/cases/2")]
    [InlineData("%20O-1%20", "/outages/1")]
    [InlineData("o-3", "/outages/3")]
    [InlineData("%231", "/cases/1")]
    [InlineData("912000010", "/customers/c10")]
    [InlineData("00351+912+000+010", "/customers/c10")]
    [InlineData("hp-0010", "/customers/c10")]
    [InlineData("sn0010x", "/customers/c10")]
    [InlineData("HP-0038", "/customers/c38")]
    public async Task Search_ByTheReferenceOfANotice_LeadsToItsPage(string text, string page)
    {
        using var browser = await SignedIn.AsAdministrator(town.Host);
        var answer = await browser.GetAsync(new Uri($"/search?q={text}", UriKind.Relative));
        Assert.Equal((HttpStatusCode.Redirect, page), (answer.StatusCode, answer.Headers.Location?.OriginalString));
    }

    [Fact]
    public async Task Search_OfSeveral_HasACardForEach_WithAllThatIsSaid()
    {
        var text = SignedIn.Words(await town.Browser.GetStringAsync("/search?q=FERREIRA%20bonfim"));
        Assert.Contains("Customers", text, StringComparison.Ordinal);
        foreach (var words in new[]
        {
            "Ana Ferreira found by name, place or address", "+351 912 000 010", "An outage has touched them since 13:48; we know of it and promised the next word for 15:00.",
            "HP-0010 HP-2", "1 fault", "O-1 Internet does not work, Bonfim, Porto", "#1 Pump blocked HP-0010", "the next word about the outage by 15:00",
            "14:04 by SMS Your heat pump reported a blocked pump at 13:58.", "Log a contact",
        })
            Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.DoesNotContain("Rui Costa", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_OfMoreThanCanBeShown_SaysSo() =>
        Assert.Contains("Customers: the first 10; say more to see fewer", SignedIn.Words(await town.Browser.GetStringAsync("/search?q=porto")), StringComparison.Ordinal);

    [Fact]
    public async Task Search_ByPostcode_FindsTheCaller()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        host.Stores.State.Write(db =>
        {
            CustomerStore.Put(db, new Customer("x1") { Name = "Eva", Postcode = "4300-123" }, 1);
            CustomerStore.Put(db, new Customer("x2") { Name = "Ivo", Postcode = "4300 124" }, 1);
        });
        foreach (var spelled in new[] { "4300-123", "4300123", "4300%20123" })
            Assert.Equal("/customers/x1", (await browser.GetAsync(new Uri($"/search?q={spelled}", UriKind.Relative))).Headers.Location?.OriginalString);
        var both = SignedIn.Words(await browser.GetStringAsync("/search?q=4300"));
        Assert.Contains("Eva found by postcode", both, StringComparison.Ordinal);
        Assert.Contains("Ivo found by postcode", both, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_OverTheApi_AnswersWithCards()
    {
        using var program = town.Host.Program(town.Host.ReadKey);
        var answer = await program.GetFromJsonAsync<JsonElement>("/api/search?q=912000010");
        var card = answer.GetProperty("customers")[0];
        Assert.Equal("/customers/c10", answer.GetProperty("opens").GetString());
        Assert.Equal(("c10", "phone", "C-1", "O-1"), (card.GetProperty("customer").GetString(), card.GetProperty("foundBy").GetString(),
            card.GetProperty("openCases")[0].GetProperty("reference").GetString(), card.GetProperty("outages")[0].GetProperty("reference").GetString()));
        Assert.StartsWith("An outage has touched them", card.GetProperty("say").GetString(), StringComparison.Ordinal);
        Assert.Equal(["the next word about the outage by 15:00"], card.GetProperty("promised").EnumerateArray().Select(p => p.GetString()));
        Assert.StartsWith("Your heat pump", card.GetProperty("lastNotice").GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await program.GetAsync(new Uri("/api/search", UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData("C-4711")]
    [InlineData("O-99")]
    [InlineData("O--1")]
    [InlineData("C-+1")]
    [InlineData("C-99999999999999999999")]
    [InlineData("X-1")]
    [InlineData("C-")]
    public async Task Search_ByWhatIsNoReference_IsLookedForAsText(string text)
    {
        using var browser = await SignedIn.AsAdministrator(town.Host);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(new Uri($"/search?q={Uri.EscapeDataString(text)}", UriKind.Relative))).StatusCode);
    }
}
