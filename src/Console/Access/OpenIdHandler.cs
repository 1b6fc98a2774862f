using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using B2D.Console.Users;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace B2D.Console.Access;

/// <summary>The framework's OAuth code flow with what OpenID Connect adds: the issuer's own addresses, a nonce, and the ID token that says who it is.</summary>
internal sealed class OpenIdHandler(IOptionsMonitor<OAuthOptions> options, ILoggerFactory logs, UrlEncoder encoder, OpenIdProvider provider, ConsoleOptions console, UserDesk users, SignIn signIn)
    : OAuthHandler<OAuthOptions>(options, logs, encoder)
{
    private const string Nonce = "nonce";

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await PointAsync();
        await base.HandleChallengeAsync(properties);
    }

    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri)
    {
        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        properties.Items[Nonce] = nonce;
        return QueryHelpers.AddQueryString(base.BuildChallengeUrl(properties, redirectUri), Nonce, nonce);
    }

    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        await PointAsync();
        return await base.HandleRemoteAuthenticateAsync();
    }

    protected override async Task<AuthenticationTicket> CreateTicketAsync(ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        var nonce = properties.Items.TryGetValue(Nonce, out var sent) ? sent ?? "" : "";
        properties.Items.Remove(Nonce);
        if (tokens.Response?.RootElement.TryGetProperty("id_token", out var token) != true || token.GetString() is not { } text)
            throw new OpenIdException("it did not say who you are");
        var said = await provider.ReadAsync(text, nonce, Context.RequestAborted);
        var (name, subject) = ((said.FindFirst(console.OpenId.NameClaim)?.Value ?? "").Trim().ToLowerInvariant(), said.FindFirst("sub")?.Value ?? "");
        if (name.Length == 0 || subject.Length is 0 or > 255)
            throw new OpenIdException($"it did not say your name (claim {console.OpenId.NameClaim})");
        Role? role = null;
        if (console.OpenId.RoleClaim.Length > 0)
        {
            role = said.FindAll(console.OpenId.RoleClaim).Select(c => Roles.All.Where(r => r.Word() == c.Value).Select(r => (Role?)r).FirstOrDefault()).Max()
                ?? throw new OpenIdException($"it gives you none of the roles {Roles.Words}") { Name = name };
        }
        var (user, refusal) = users.Vouched(name, subject, role);
        if (user is null || signIn.Begin(Context, user) is not { } principal)
            throw new OpenIdException(refusal.Length > 0 ? refusal : "this user was changed just now; try again") { Name = name };
        return new AuthenticationTicket(principal, properties, Scheme.Name);
    }

    /// <summary>The issuer's addresses, which it may change, into the options that the flow reads.</summary>
    private async Task PointAsync()
    {
        var issuer = await provider.FindAsync(Context.RequestAborted);
        (Options.AuthorizationEndpoint, Options.TokenEndpoint) = (issuer.Authorization, issuer.Token);
    }
}
