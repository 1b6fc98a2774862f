using System.Text.Json;
using B2D.Core;
using B2D.Storage;
using B2D.Storage.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Access;

/// <summary>What a key is to be.</summary>
internal sealed record KeyWords
{
    /// <summary>What it is for, 1 to 80 characters; shown in lists and in the audit.</summary>
    public string? Name { get; init; }

    /// <summary>read (usually), or write, which includes reading.</summary>
    public string? Scope { get; init; }
}

/// <summary>A new key, in clear this once.</summary>
internal sealed record KeyAnswer(string Id, string Key);

/// <summary>/api/keys</summary>
internal static class KeysApi
{
    public static void Map(IEndpointRouteBuilder write) => write.MapPost("/keys", (KeyWords words, HttpContext http, Stores stores, TimeProvider time) =>
    {
        var (name, scope) = ((words.Name ?? "").Trim(), words.Scope ?? Claims.Read);
        if (name.Length is 0 or > ApiKeys.MaxName || name.Any(char.IsControl))
            return Refusals.Of(400, $"name says what the key is for, in 1 to {ApiKeys.MaxName} characters.");
        if (scope is not (Claims.Read or Claims.Write))
            return Refusals.Of(400, "scope is read or write.");
        var made = Make(stores, name, scope, ServerTime.From(time.GetUtcNow()), http.User.Identity?.Name ?? "");
        return Results.Json(made, statusCode: StatusCodes.Status201Created);
    }).WithTags("keys").WithSummary("Make a key of the API").Produces<KeyAnswer>(StatusCodes.Status201Created)
        .WithDescription(
            $"name: what it is for, 1 to {ApiKeys.MaxName} characters; scope: read (usually) or write. The key is in this answer only; what is stored is its hash.");

    private static KeyAnswer Make(Stores stores, string name, string scope, ServerTime now, string who) => stores.State.Write(db =>
    {
        var key = ApiKeys.Create(db, name, scope, now, who);
        return new KeyAnswer(KeyStore.FindByHash(db, ApiKeys.Hash(key))!.Id, key);
    });
}
