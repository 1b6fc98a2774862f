using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using B2D.Console.Tests.Town;
using B2D.Storage.Access;

namespace B2D.Console.Tests;

public sealed partial class KeyTests
{
    [Theory]
    [InlineData("viewer")]
    [InlineData("operator")]
    [InlineData("write")]
    public async Task Key_OfLessThanAnAdministrator_MakesNoKeys(string scope)
    {
        await using var host = await TownHost.Open(seeded: false);
        using var program = host.Program(host.Key(scope));
        Assert.Equal(HttpStatusCode.Forbidden, (await program.PostAsJsonAsync("/api/keys", new { name = "more", scope = "viewer" })).StatusCode);
        Assert.DoesNotContain(host.Stores.State.Read(KeyStore.List), k => k.Name == "more");
    }

    [Fact]
    public async Task Key_OfAnAdministratorThatExpires_MakesNoneThatOutlivesIt()
    {
        var clock = new StillClock(TownHost.Start);
        await using var host = await TownHost.Open(seeded: false, clock: clock);
        using var program = host.Program(host.AdministratorKey);
        var end = TownHost.Start.AddDays(2);
        using var brief = host.Program(await Make(program, "brief", "administrator", end));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await brief.PostAsJsonAsync("/api/keys", new { name = "for ever" })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await brief.PostAsJsonAsync("/api/keys", new { name = "longer", expires = end.AddSeconds(1) })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await brief.PostAsJsonAsync("/api/keys", new { name = "over", expires = TownHost.Start })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await brief.PostAsJsonAsync("/api/keys", new { name = "soon", expires = "soon" })).StatusCode);
        using var shorter = host.Program(await Make(brief, "shorter", "agent", end.AddDays(-1)));
        Assert.Equal(HttpStatusCode.OK, await Cases(shorter));
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.OK], new[] { await Cases(shorter), await Cases(brief) });
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await Cases(brief));
        var items = (await program.GetFromJsonAsync<JsonElement>("/api/keys?q=by:key:brief")).GetProperty("items");
        var item = Assert.Single(items.EnumerateArray());
        Assert.Equal(("shorter", "agent", "expired", "key:brief", "2026-11-25T14:20:00.000Z"), (item.GetProperty("name").GetString(), item.GetProperty("scope").GetString(),
            item.GetProperty("state").GetString(), item.GetProperty("madeBy").GetString(), item.GetProperty("expiresAt").GetString()));
        Assert.False(item.TryGetProperty("hash", out _));
    }

    [Fact]
    public async Task Key_MadeAndRevokedByForm_IsShownOnceAndThenRefused()
    {
        await using var host = await TownHost.Open(seeded: false);
        using var admin = await SignedIn.AsAdministrator(host);
        var said = await admin.Follow(await admin.Post("/keys", "/keys", ("name", "telephone system"), ("scope", "agent"), ("days", "30")));
        var clear = Clear().Match(said).Value;
        Assert.NotEmpty(clear);
        Assert.DoesNotContain(clear, await admin.GetStringAsync("/keys"), StringComparison.Ordinal);
        using var program = host.Program(clear);
        Assert.Equal(HttpStatusCode.OK, await Cases(program));
        var row = host.Stores.State.Read(KeyStore.List).Single(k => k.Name == "telephone system");
        Assert.Equal(("admin", TownHost.Start.AddDays(30).ToUnixTimeMilliseconds()), (row.MadeBy, row.ExpiresAt));
        Assert.Contains("The key is revoked", await admin.Follow(await admin.Post("/keys", $"/keys/{row.Id}/revoke")), StringComparison.Ordinal);
        Assert.Contains("Nothing was done", await admin.Follow(await admin.Post("/keys", $"/keys/{row.Id}/revoke")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await Cases(program));
        Assert.Contains(row.Id, await admin.GetStringAsync("/keys?q="), StringComparison.Ordinal);
        Assert.DoesNotContain(row.Id, await admin.GetStringAsync("/keys"), StringComparison.Ordinal);
        Assert.Contains("No key was made", await admin.Follow(await admin.Post("/keys", "/keys", ("name", ""), ("scope", "agent"))), StringComparison.Ordinal);
        Assert.Contains("No key was made", await admin.Follow(await admin.Post("/keys", "/keys", ("name", "x"), ("scope", "king"))), StringComparison.Ordinal);
        var audit = host.Stores.State.Read(db => AuditStore.List(db)).Where(a => a.Action.StartsWith("keys.", StringComparison.Ordinal)).Reverse().ToArray();
        Assert.Equal(["admin keys.create key:telephone system", "admin keys.revoke key:telephone system"], audit.Select(a => $"{a.Who} {a.Action} {a.Subject}"));
        Assert.All(audit, a => Assert.Equal(row.Id, JsonElement.Parse(a.Detail).GetProperty("id").GetString()));
        Assert.All(audit, a => Assert.DoesNotContain(clear, a.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Key_RevokedByTheApi_IsGoneForGood()
    {
        await using var host = await TownHost.Open(seeded: false);
        using var program = host.Program(host.AdministratorKey);
        var id = host.Stores.State.Read(KeyStore.List).Single(k => k.Name == "writer").Id;
        Assert.Equal(HttpStatusCode.NoContent, (await program.DeleteAsync(new Uri("/api/keys/" + id, UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await program.DeleteAsync(new Uri("/api/keys/" + id, UriKind.Relative))).StatusCode);
        using var writer = host.Program(host.WriteKey);
        Assert.Equal(HttpStatusCode.Unauthorized, await Cases(writer));
        Assert.Equal("key:of administrator", host.Stores.State.Read(db => AuditStore.List(db, subject: "key:writer")).Single(a => a.Action == "keys.revoke").Who);
    }

    private static async Task<string> Make(HttpClient program, string name, string scope, DateTimeOffset expires)
    {
        var made = await program.PostAsJsonAsync("/api/keys", new { name, scope, expires });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
    }

    private static async Task<HttpStatusCode> Cases(HttpClient program) => (await program.GetAsync(new Uri("/api/cases", UriKind.Relative))).StatusCode;

    [GeneratedRegex("b2d_[A-Za-z0-9_-]{43}")]
    private static partial Regex Clear();
}
