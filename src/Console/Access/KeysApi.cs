using System.Collections.Immutable;
using B2D.Console.Api;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Access;
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

    /// <summary>viewer (usually), agent, lead, operator or administrator; also read (viewer) and write (operator); or contacts.</summary>
    public string? Scope { get; init; }

    /// <summary>When it ends by itself: ISO 8601 or epoch milliseconds; without it: never.</summary>
    public string? Expires { get; init; }

    /// <summary>The queues and the segments (with all below them) that it sees; without them all.</summary>
    public IReadOnlyList<string>? Queues { get; init; }
    public IReadOnlyList<string>? Segments { get; init; }
}

/// <summary>A new key, in clear this once.</summary>
internal sealed record KeyAnswer(string Id, string Key);

/// <summary>A key as the API shows it. State is good, expired or revoked; madeBy is null where it was not written down.</summary>
internal sealed record KeyItem(string Id, string Name, string Scope, string State, string? MadeBy, string? CreatedAt, string? LastUsedAt, string? ExpiresAt, string? RevokedAt, IReadOnlyList<string> Queues, IReadOnlyList<string> Segments)
{
    public static KeyItem Of(KeyRow k, long now) => new(k.Id, k.Name, Roles.Scope(k.Scope) ?? k.Scope, ApiKeys.StateOf(k, now),
        k.MadeBy.Length == 0 ? null : k.MadeBy, Words.IsoOrNull(k.CreatedAt), Words.IsoOrNull(k.LastUsedAt), Words.IsoOrNull(k.ExpiresAt), Words.IsoOrNull(k.RevokedAt),
        Sight.Of(k.Queues, "").Queues, Sight.Of("", k.Segments).Segments);
}

/// <summary>The keys as a list, without their hashes.</summary>
internal static class KeyLists
{
    public static readonly ListDefinition Definition = new()
    {
        Select = "id, name, scope, created_at, last_used_at, revoked_at, made_by, expires_at, queues, segments",
        From = "api_keys",
        Fields =
        [
            new("state", "CASE revoked_at WHEN 0 THEN 'live' ELSE 'revoked' END", FieldMatch.Whole, "live or revoked"),
            new("name", "name", FieldMatch.Pattern, "what it is for, with *"),
            new("scope", "scope", FieldMatch.Whole, "what it may do: " + Roles.Scopes)
            {
                Meanings = ImmutableDictionary<string, string>.Empty.Add("viewer", "scope IN ('viewer', 'read')").Add("operator", "scope IN ('operator', 'write')"),
            },
            new("by", "made_by", FieldMatch.Pattern, "who made it, with *"),
        ],
        Text = ["name", "made_by"],
        TextWords = "name and maker",
        Order = "created_at DESC, id DESC",
        Key = ListKey.TimeAndTextDown,
        TimeColumn = "created_at",
        KeyColumn = "id",
        Views = [new("Live", "state:live"), new("All", "")],
        Example = "state:live scope:operator",
    };
}

/// <summary>/api/keys</summary>
internal static class KeysApi
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/keys", (HttpContext http, TimeProvider time, string? q, int? limit, string? cursor) => ApiLists.Answer<KeyRow, KeyItem>(http, KeyLists.Definition,
                k => FormattableString.Invariant($"{k.CreatedAt}.{k.Id}"), k => KeyItem.Of(k, time.GetUtcNow().ToUnixTimeMilliseconds())))
            .WithTags("keys").WithSummary("Keys of the API, newest first").Produces<ListAnswer<KeyItem>>();
        write.MapPost("/keys", (KeyWords words, HttpContext http, Stores stores, TimeProvider time) =>
        {
            var expires = Times.Read(words.Expires);
            if (words.Expires is { Length: > 0 } && expires is null)
                return Refusals.Of(400, "expires is no time: ISO 8601, or epoch milliseconds.");
            var (made, problem, status) = KeyMaking.Make(http, stores, words, expires, ServerTime.From(time.GetUtcNow()));
            return made is null ? Refusals.Of(status, problem) : Results.Json(made, statusCode: StatusCodes.Status201Created);
        }).WithTags("keys").WithSummary("Make a key of the API").Produces<KeyAnswer>(StatusCodes.Status201Created)
            .WithDescription($"name: what it is for, 1 to {ApiKeys.MaxName} characters; scope: what it may do, {Roles.Scopes}; expires: when it ends by itself; queues and segments: what it sees, without them all. The key is in this "
                + "answer only; what is stored is its hash.");
        write.MapDelete("/keys/{id}", (string id, HttpContext http, Stores stores, TimeProvider time) =>
            stores.State.Write(db => ApiKeys.Revoke(db, id, ServerTime.From(time.GetUtcNow()), http.User.Identity?.Name ?? ""))
                ? Results.NoContent() : Refusals.Of(404, "There is no such key, or it was revoked before."))
            .WithTags("keys").WithSummary("Revoke a key for good");
    }
}

/// <summary>Makes keys for whoever asks, as far as they may.</summary>
internal static class KeyMaking
{
    /// <summary>The key, or why there is none and as which status.</summary>
    public static (KeyAnswer? Made, string Problem, int Status) Make(HttpContext http, Stores stores, KeyWords words, ServerTime? expires, ServerTime now)
    {
        var name = (words.Name ?? "").Trim();
        if (name.Length is 0 or > ApiKeys.MaxName || name.Any(char.IsControl))
            return (null, $"name says what the key is for, in 1 to {ApiKeys.MaxName} characters.", 400);
        if (Roles.Scope(words.Scope ?? Role.Viewer.Word()) is not { } wanted)
            return (null, $"scope is {Roles.Scopes}.", 400);
        var (sight, wrong) = Sight.Read(string.Join('\n', words.Queues ?? []), string.Join('\n', words.Segments ?? []));
        if (sight is null)
            return (null, Words.Sentence(wrong) + ".", 400);
        if (!sight.IsEverything && wanted == Role.Administrator.Word())
            return (null, "A key of an administrator sees everything.", 422);
        return stores.State.Write<(KeyAnswer?, string, int)>(db =>
        {
            var maker = http.User.FindFirst(Claims.Key) is { } by ? KeyStore.Find(db, by.Value) : null;
            ServerTime? makersEnd = maker is { ExpiresAt: > 0 } ? new ServerTime(maker.ExpiresAt) : null;
            if (ApiKeys.RefusalOf(Roles.Of(http.User), makersEnd, expires, now) is { Length: > 0 } refusal)
                return (null, refusal, 422);
            var key = ApiKeys.Create(db, name, wanted, now, http.User.Identity?.Name ?? "", expires, sight);
            return (new KeyAnswer(KeyStore.FindByHash(db, ApiKeys.Hash(key))!.Id, key), "", 201);
        });
    }
}
