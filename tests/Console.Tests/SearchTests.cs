using System.Net;
using B2D.Console.Tests.Town;

namespace B2D.Console.Tests;

public sealed class SearchTests(SharedTown town) : IClassFixture<SharedTown>
{
    [Theory]
    [InlineData("C-1", "/cases/1")]
    [InlineData("c-2", "/cases/2")]
    [InlineData("%20O-1%20", "/outages/1")]
    [InlineData("o-3", "/outages/3")]
    public async Task Search_ByTheReferenceOfANotice_LeadsToItsPage(string text, string page)
    {
        using var browser = await SignedIn.AsAdministrator(town.Host);
        var answer = await browser.GetAsync(new Uri($"/search?q={text}", UriKind.Relative));
        Assert.Equal((HttpStatusCode.Redirect, page), (answer.StatusCode, answer.Headers.Location?.OriginalString));
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
