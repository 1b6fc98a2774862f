using System.Security.Claims;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace B2D.Console.Access;

/// <summary>Why the organisation's own sign-in did not come about, in a sentence that may be shown.</summary>
internal sealed class OpenIdException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The user's name, where it is known.</summary>
    public string Name { get; init; } = "";
}

/// <summary>What the issuer says of itself (OpenID Connect Discovery 1.0), with its keys.</summary>
internal sealed record OpenIdIssuer(string Name, string Authorization, string Token, IReadOnlyCollection<SecurityKey> Keys);

/// <summary>Asks the issuer where its doors are and checks what it signed. What it said is kept for an hour; keys that are not among them are asked for anew.</summary>
internal sealed class OpenIdProvider(ConsoleOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>Between two questions because of a key that was not there, so that nobody makes us ask all the time.</summary>
    private static readonly TimeSpan AskedAgain = TimeSpan.FromMinutes(1);

    /// <summary>How far the issuer's clock may be off.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 1024 * 1024 };
    private (OpenIdIssuer Issuer, long At)? found;

    /// <exception cref="OpenIdException">It does not answer, or not as itself.</exception>
    public async Task<OpenIdIssuer> FindAsync(CancellationToken stop, TimeSpan? newerThan = null)
    {
        if (found is { } kept && time.GetElapsedTime(kept.At) < (newerThan ?? Kept))
            return kept.Issuer;
        try
        {
            var said = await GetAsync(options.OpenId.Authority.TrimEnd('/') + "/.well-known/openid-configuration", stop);
            var issuer = Text(said, "issuer");
            if (issuer.TrimEnd('/') != options.OpenId.Authority.TrimEnd('/'))
                throw new OpenIdException("it calls itself by another name than the one that is set here");
            var keys = new JsonWebKeySet((await GetAsync(Text(said, "jwks_uri"), stop)).GetRawText()).GetSigningKeys();
            var fresh = new OpenIdIssuer(issuer, Safe(Text(said, "authorization_endpoint")), Safe(Text(said, "token_endpoint")), [.. keys]);
            found = (fresh, time.GetTimestamp());
            return fresh;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or ArgumentException
            || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new OpenIdException("it does not answer as it should; try again in a little while", e);
        }
    }

    /// <summary>The claims of an ID token, after all that OpenID Connect Core 1.0 §3.1.3.7 asks for.</summary>
    /// <param name="nonce">What was sent along; it comes back in the token.</param>
    /// <exception cref="OpenIdException">It is not good.</exception>
    public async Task<ClaimsIdentity> ReadAsync(string token, string nonce, CancellationToken stop)
    {
        var issuer = await FindAsync(stop);
        var result = await Validate(token, issuer);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
            result = await Validate(token, await FindAsync(stop, AskedAgain));
        if (!result.IsValid)
            throw new OpenIdException("what it says of you is not good", result.Exception);
        if (nonce.Length == 0 || result.ClaimsIdentity.FindFirst("nonce")?.Value != nonce)
            throw new OpenIdException("what it says of you was said for another sign-in");
        return result.ClaimsIdentity;
    }

    public void Dispose() => http.Dispose();

    private Task<TokenValidationResult> Validate(string token, OpenIdIssuer issuer)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = issuer.Name,
            ValidAudience = options.OpenId.ClientId,
            IssuerSigningKeys = issuer.Keys,
            ValidAlgorithms = ["RS256", "PS256", "ES256"],
            LifetimeValidator = (from, until, _, _) => until is { } end && end > now - Skew && (from is null || from <= now + Skew),
        });
    }

    private async Task<JsonElement> GetAsync(string address, CancellationToken stop) => JsonElement.Parse(await http.GetStringAsync(new Uri(Safe(address)), stop));

    private static string Text(JsonElement said, string name) => said.GetProperty(name).GetString() ?? "";

    private static string Safe(string address) => OpenIdOptions.IsSafe(address) ? address
        : throw new OpenIdException("one of its addresses is not safe");
}
