using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace B2D.Console.Access;

/// <summary>
/// An API call that changes something and is signed in by a browser's cookie carries a form token too (header X-B2D-Token); a key needs none.
/// </summary>
internal static class CookieWrites
{
    public static async ValueTask<object?> Guard(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var byCookie = http.User.Identity?.AuthenticationType == Claims.CookieScheme;
        return byCookie && !await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http)
            ? Refusals.Of(403, "A browser's sign-in alone may not change things here, so that no other page can do it in your name. Use an API key.")
            : await next(context);
    }
}
