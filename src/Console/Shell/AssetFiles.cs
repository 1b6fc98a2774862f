using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Shell;

/// <summary>Script, style and icon out of the assembly. Their addresses carry a hash, so that browsers may keep them for good.</summary>
internal static class AssetFiles
{
    private static readonly FrozenDictionary<string, Asset> All = Load();

    /// <summary>The address of an asset, <c>/assets/b2d.css?v=…</c>.</summary>
    public static string Address(string name) => $"/assets/{name}?v={All[name].Version}";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/assets/{name}", (string name, HttpContext http) =>
        {
            if (!All.TryGetValue(name, out var asset))
                return Results.NotFound();
            http.Response.Headers.CacheControl = http.Request.Query["v"] == asset.Version ? "public, max-age=31536000, immutable" : "no-cache";
            return Results.Bytes(asset.Bytes, asset.ContentType, entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{asset.Version}\""));
        }).ExcludeFromDescription().AllowAnonymous();

    private static FrozenDictionary<string, Asset> Load()
    {
        var assembly = typeof(AssetFiles).Assembly;
        var all = new Dictionary<string, Asset>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith("assets/", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var name = resource["assets/".Length..];
            all[name] = new Asset(bytes, ContentType(name), Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]);
        }
        return all.ToFrozenDictionary();
    }

    private static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"no content type is known for {other}"),
    };

    private sealed record Asset(byte[] Bytes, string ContentType, string Version);
}
