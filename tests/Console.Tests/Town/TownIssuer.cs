using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace B2D.Console.Tests.Town;

/// <summary>An issuer of OpenID Connect: whoever comes is the person that the test set, and is sent back at once.</summary>
public sealed class TownIssuer : IAsyncDisposable
{
    public const string ClientId = "b2d-console";
    public const string Secret = "between the two";

    private readonly WebApplication app;
    private readonly DateTimeOffset now;
    private readonly Dictionary<string, (string Nonce, string Challenge)> codes = [];
    private RSA key = RSA.Create(2048);

    private TownIssuer(WebApplication app, DateTimeOffset now) => (this.app, this.now) = (app, now);

    public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>What is said of the person; <c>nonce</c>, <c>iss</c>, <c>aud</c> and <c>exp</c> are added where they are not there.</summary>
    public Dictionary<string, object> Says { get; set; } = new() { ["sub"] = "s-1", ["preferred_username"] = "Ana.Lopes" };

    /// <summary>Signs with another key than the one that it shows.</summary>
    public bool Forged { get; set; }

    /// <summary>Does not sign at all.</summary>
    public bool WithoutSignature { get; set; }

    public static async Task<TownIssuer> Open(DateTimeOffset now)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var issuer = new TownIssuer(builder.Build(), now);
        issuer.Map();
        await issuer.app.StartAsync();
        return issuer;
    }

    /// <summary>From now on with another key.</summary>
    public void ChangeKey() => key = RSA.Create(2048);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private void Map()
    {
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, string>
        {
            ["issuer"] = Address,
            ["authorization_endpoint"] = Address + "/authorize",
            ["token_endpoint"] = Address + "/token",
            ["jwks_uri"] = Address + "/keys",
        }));
        app.MapGet("/keys", () =>
        {
            var shown = key.ExportParameters(false);
            return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", kid = KeyId(), n = Base64UrlEncoder.Encode(shown.Modulus), e = Base64UrlEncoder.Encode(shown.Exponent) } } });
        });
        app.MapGet("/authorize", (HttpRequest request) =>
        {
            var query = request.Query;
            Assert.Equal($"{ClientId} code openid profile S256", $"{query["client_id"]} {query["response_type"]} {query["scope"]} {query["code_challenge_method"]}");
            var code = Guid.NewGuid().ToString("N");
            codes[code] = (query["nonce"].ToString(), query["code_challenge"].ToString());
            return Results.Redirect(QueryHelpers.AddQueryString(query["redirect_uri"].ToString(), new Dictionary<string, string?> { ["code"] = code, ["state"] = query["state"] }));
        });
        app.MapPost("/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            var challenge = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
            return codes.Remove(form["code"].ToString(), out var given) && given.Challenge == challenge && form["client_id"] == ClientId && form["client_secret"] == Secret
                ? Results.Json(new { access_token = "x", token_type = "Bearer", id_token = Token(given.Nonce) }) : Results.BadRequest(new { error = "invalid_grant" });
        });
    }

    private string Token(string nonce)
    {
        var claims = new Dictionary<string, object>(Says);
        claims.TryAdd("nonce", nonce);
        claims.TryAdd("iss", Address);
        claims.TryAdd("aud", ClientId);
        claims.TryAdd("exp", now.AddMinutes(5).ToUnixTimeSeconds());
        var signing = new RsaSecurityKey(Forged ? RSA.Create(2048) : key) { KeyId = KeyId() };
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Claims = claims,
            SigningCredentials = WithoutSignature ? null : new SigningCredentials(signing, SecurityAlgorithms.RsaSha256),
        });
    }

    private string KeyId() => Convert.ToHexStringLower(SHA256.HashData(key.ExportParameters(false).Modulus!))[..8];
}
