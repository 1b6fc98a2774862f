using B2D.Console.Shell;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Access;

/// <summary>The way to the organisation's own sign-in and back.</summary>
internal static class OpenIdSignIn
{
    private const string Scheme = "b2d-openid";

    public static void AddTo(AuthenticationBuilder schemes, ConsoleOptions options)
    {
        schemes.Services.AddSingleton<OpenIdProvider>();
        schemes.AddOAuth<OAuthOptions, OpenIdHandler>(Scheme, o =>
        {
            o.SignInScheme = Claims.CookieScheme;
            (o.ClientId, o.ClientSecret) = (options.OpenId.ClientId, options.OpenId.ClientSecret);
            // Until the issuer has said where its doors are.
            (o.AuthorizationEndpoint, o.TokenEndpoint) = (options.OpenId.Authority, options.OpenId.Authority);
            o.CallbackPath = "/signin/openid/back";
            o.UsePkce = true;
            o.Scope.Add("openid");
            o.Scope.Add("profile");
            o.BackchannelTimeout = TimeSpan.FromSeconds(10);
            o.RemoteAuthenticationTimeout = TimeSpan.FromMinutes(10);
            o.CorrelationCookie.Name = "b2d-openid.";
            o.CorrelationCookie.SameSite = SameSiteMode.Lax;
            o.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            o.Events.OnRemoteFailure = Failed;
        });
    }

    public static void Map(IEndpointRouteBuilder open) => open.MapGet("/signin/openid", async (HttpContext http, OpenIdProvider provider) =>
    {
        try
        {
            await provider.FindAsync(http.RequestAborted);
        }
        catch (OpenIdException e)
        {
            return Forms.Back(http, "/signin", Sentence(http, e.Message), bad: true);
        }
        return Results.Challenge(new AuthenticationProperties { RedirectUri = Forms.LocalOr(http.Request.Query["back"], "/") }, [Scheme]);
    }).ExcludeFromDescription().AllowAnonymous();

    private static async Task Failed(RemoteFailureContext context)
    {
        context.HandleResponse();
        var (http, why) = (context.HttpContext, context.Failure as OpenIdException ?? context.Failure?.InnerException as OpenIdException);
        http.RequestServices.GetRequiredService<FailedSignIns>().Note(null, why?.Name ?? "", AddressGate.Of(http)?.ToString() ?? "", "openid");
        await Forms.Back(http, "/signin", Sentence(http, why?.Message ?? "it was broken off, or took too long"), bad: true).ExecuteAsync(http);
    }

    private static string Sentence(HttpContext http, string why) =>
        $"Signing in with {http.RequestServices.GetRequiredService<ConsoleOptions>().OpenId.Title} did not work: {why}.";
}
