using System.Net;
using System.Text.RegularExpressions;

namespace B2D.Console.Tests.Town;

/// <summary>What a person does in a browser, without script.</summary>
public static partial class SignedIn
{
    /// <summary>A browser in which somebody has signed in by the form.</summary>
    public static async Task<HttpClient> As(TownHost host, string name, string password)
    {
        var browser = host.Browser();
        var answer = await browser.Post("/signin", "/signin", ("name", name), ("password", password), ("back", "/"));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return browser;
    }

    public static Task<HttpClient> AsAdministrator(TownHost host) => As(host, "admin", host.Password);

    /// <summary>Fetches a page, takes its token and sends a form with it.</summary>
    public static async Task<HttpResponseMessage> Post(this HttpClient browser, string page, string action, params (string Name, string Value)[] fields)
    {
        var token = TokenOf(await browser.GetStringAsync(page));
        return await browser.Send(action, [("__token", token), .. fields]);
    }

    /// <summary>The token of a page's forms.</summary>
    public static string TokenOf(string html) => WebUtility.HtmlDecode(Token().Match(html).Groups[1].Value);

    /// <summary>Sends a form as it is.</summary>
    public static Task<HttpResponseMessage> Send(this HttpClient browser, string action, params (string Name, string Value)[] fields) =>
        browser.PostAsync(new Uri(action, UriKind.Relative), new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))));

    /// <summary>The page as text for people: tags gone, entities read, blanks joined.</summary>
    public static string Words(string html) => Blanks().Replace(WebUtility.HtmlDecode(Tags().Replace(html, " ")), " ");

    /// <summary>The page that a form's answer leads to, as words.</summary>
    public static async Task<string> Follow(this HttpClient browser, HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return Words(await browser.GetStringAsync(answer.Headers.Location!));
    }

    [GeneratedRegex("name=\"__token\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("<script.*?</script>|<[^>]+>", RegexOptions.Singleline)]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}

/// <summary>One seeded town for the tests that only look.</summary>
public sealed class SharedTown : IAsyncLifetime
{
    public TownHost Host { get; private set; } = null!;

    public HttpClient Browser { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await TownHost.Open();
        Browser = await SignedIn.AsAdministrator(Host);
    }

    public async Task DisposeAsync()
    {
        Browser.Dispose();
        await Host.DisposeAsync();
    }
}
