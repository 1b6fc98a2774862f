using System.Data.Common;
using System.Security.Claims;
using System.Text.Encodings.Web;
using B2D.Storage;
using B2D.Storage.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace B2D.Console.Access;

/// <summary>
/// Signs a request in by its key: <c>Authorization: Bearer b2d_…</c> or <c>X-Api-Key: b2d_…</c>. Answers 401 and 403 as problem+json, never by a redirect.
/// </summary>
internal sealed class KeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, Stores stores)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    private const string Bearer = "Bearer ";

    /// <summary>The last use of a key is written at most so often.</summary>
    private static readonly TimeSpan UseIsNoted = TimeSpan.FromMinutes(1);

    /// <summary>The key a request carries; null where it carries none.</summary>
    public static string? Of(HttpRequest request)
    {
        if (request.Headers["X-Api-Key"].ToString() is { Length: > 0 } key)
            return key;
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : null;
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"b2d\"";
        return Refusals.Write(Context, StatusCodes.Status401Unauthorized);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Refusals.Write(Context, StatusCodes.Status403Forbidden, Rights.Refusal(Context));

    /// <summary>A disk that is full keeps nobody from reading: the use is noted the next time.</summary>
    private void NoteUse(string key, long now)
    {
        try
        {
            stores.State.Write(db => KeyStore.Used(db, key, now));
        }
        catch (DbException)
        {
            // An alarm of its own says that the disk is full.
        }
    }

    private AuthenticateResult Authenticate()
    {
        if (Of(Request) is not { } clear)
            return AuthenticateResult.NoResult();
        if (!ApiKeys.LooksLikeOne(clear))
            return AuthenticateResult.Fail("not a key of B2D");
        var hash = ApiKeys.Hash(clear);
        var key = stores.State.Read(db => KeyStore.FindByHash(db, hash));
        var now = TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();
        if (key is null || ApiKeys.StateOf(key, now) != "good" || Roles.Scope(key.Scope) is not { } scope)
            return AuthenticateResult.Fail("no such key");
        if (now - key.LastUsedAt > UseIsNoted.TotalMilliseconds)
            NoteUse(key.Id, now);
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, "key:" + key.Name), new Claim(Roles.IsOneThing(scope) ? Claims.Scope : ClaimTypes.Role, scope), new Claim(Claims.Key, key.Id),
                .. Sights.ClaimsOf(key.Queues, key.Segments)], Scheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }
}
