using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace B2D.Console.Shell;

/// <summary>What came of a form, told on the next page. <paramref name="Bad"/>: it was not done.</summary>
internal sealed record Said(string Text, bool Bad);

/// <summary>Carries one sentence from a form to the page that follows it, in a protected cookie, so that nobody can put words into a page by a link.</summary>
internal sealed class Flash(IDataProtectionProvider protection)
{
    private const string Cookie = "b2d-said";
    private readonly IDataProtector protector = protection.CreateProtector("B2D.Console.Flash");

    public void Put(HttpContext http, Said said) =>
        http.Response.Cookies.Append(Cookie, protector.Protect((said.Bad ? "!" : " ") + Words.Cut(said.Text, 1000)), Options(http));

    /// <summary>The sentence, once.</summary>
    public Said? Take(HttpContext http)
    {
        if (!http.Request.Cookies.TryGetValue(Cookie, out var value) || string.IsNullOrEmpty(value))
            return null;
        if (!http.Response.HasStarted)
            http.Response.Cookies.Delete(Cookie, Options(http));
        try
        {
            var text = protector.Unprotect(value);
            return new Said(text[1..], text[0] == '!');
        }
        catch (CryptographicException)
        {
            // Written before a restart with other keys: nothing worth telling any more.
            return null;
        }
    }

    private static CookieOptions Options(HttpContext http) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, Path = "/", IsEssential = true };
}
