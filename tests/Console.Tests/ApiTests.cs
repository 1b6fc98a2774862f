using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Storage.Cases;
using B2D.Storage.Devices;
using B2D.Storage.Dues;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace B2D.Console.Tests;

public sealed class ApiTests(SharedTown town) : IClassFixture<SharedTown>
{
    private static readonly long Now = TownHost.Start.ToUnixTimeMilliseconds();

    [Fact]
    public async Task Cases_Listed_ComeNewestFirstInParts()
    {
        using var reader = town.Host.Program(town.Host.ReadKey);
        var ids = new List<long>();
        string? cursor = null;
        do
        {
            var answer = await reader.GetFromJsonAsync<JsonElement>($"/api/cases?limit=30{(cursor is null ? "" : "&cursor=" + cursor)}");
            ids.AddRange(answer.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetInt64()));
            cursor = answer.GetProperty("next").GetString();
        }
        while (cursor is not null);
        Assert.Equal(Enumerable.Range(1, 74).Reverse().Select(i => (long)i), ids);
    }

    [Theory]
    [InlineData("state=open", 4)]
    [InlineData("q=state:open", 4)]
    [InlineData("q=state:open%20pump", 3)]
    [InlineData("q=state:open%20-pump", 1)]
    [InlineData("q=state:open,closed&limit=200", 50)]
    [InlineData("class=safety", 1)]
    [InlineData("q=class:safety%20state:resolved", 0)]
    [InlineData("severity=critical,medium", 2)]
    [InlineData("device=CM-*", 1)]
    [InlineData("device=HP-0010&state=open", 1)]
    [InlineData("assignee=nobody&state=open", 2)]
    [InlineData("q=%22kit%20P-89%22", 0)]
    [InlineData("q=%22three%20times%22%20state:open", 2)]
    [InlineData("q=100%25", 0)]
    [InlineData("segment=north/n12&state=open", 4)]
    [InlineData("segment=north/n1", 0)]
    public async Task Cases_Filtered_AreThoseAskedFor(string query, int expected)
    {
        using var reader = town.Host.Program(town.Host.ReadKey);
        var answer = await reader.GetFromJsonAsync<JsonElement>("/api/cases?" + query);
        Assert.Equal(expected, answer.GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("/api/cases?colour=red", "There is no parameter 'colour'")]
    [InlineData("/api/cases?q=colour:red", "cannot be filtered by")]
    [InlineData("/api/cases?limit=0", "limit is 1 to 200")]
    [InlineData("/api/cases?limit=x", "another form than the one described")]
    [InlineData("/api/cases?cursor=abc", "is no cursor of this list")]
    [InlineData("/api/cases?id=abc", "says nothing here")]
    [InlineData("/api/notices?cursor=12", "is no cursor of this list")]
    [InlineData("/api/devices/HP-0010/series", "metric is missing")]
    [InlineData("/api/devices/HP-0010/series?metric=temp_c&points=1", "points is 2 to 10000")]
    [InlineData("/api/devices/HP-0010/series?metric=temp_c&from=yesterday", "from is a time")]
    [InlineData("/api/devices/HP-0010/events?limit=0", "limit is 1 to 10000")]
    public async Task Request_ThatSaysNothing_IsRefusedInWords(string path, string words)
    {
        using var reader = town.Host.Program(town.Host.ReadKey);
        var answer = await reader.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains(words, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/cases/9999")]
    [InlineData("/api/cases/abc")]
    [InlineData("/api/outages/99")]
    [InlineData("/api/defects/99")]
    [InlineData("/api/devices/none")]
    [InlineData("/api/devices/none/series?metric=x")]
    [InlineData("/api/devices/none/events")]
    [InlineData("/api/customers/none")]
    [InlineData("/api/dues/99")]
    [InlineData("/api/notices/none")]
    [InlineData("/api/commands/none")]
    [InlineData("/api/rules/none")]
    [InlineData("/api/faults/999")]
    [InlineData("/api/nothing")]
    public async Task Thing_ThatIsNotThere_Is404AsProblem(string path)
    {
        using var reader = town.Host.Program(town.Host.ReadKey);
        var answer = await reader.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Case_Asked_HasEvidenceRuleStepsTimelineNoticesAndCommands()
    {
        using var reader = town.Host.Program(town.Host.ReadKey);
        var one = await reader.GetFromJsonAsync<JsonElement>("/api/cases/1");
        Assert.Equal("New", one.GetProperty("state").GetString());
        Assert.Equal("pump-blocked", one.GetProperty("rule").GetString());
        Assert.Equal("a1b2c3d4e5f6", one.GetProperty("ruleVersion").GetString());
        Assert.StartsWith("- fault: pump-blocked", one.GetProperty("ruleText").GetString(), StringComparison.Ordinal);
        Assert.Equal("2026-11-24T14:00:00.000Z", one.GetProperty("openedAt").GetString());
        Assert.Equal(JsonValueKind.Null, one.GetProperty("resolvedAt").ValueKind);
        var evidence = one.GetProperty("evidence")[0];
        Assert.Equal("current_a", evidence.GetProperty("metric").GetString());
        Assert.Equal(9.1, evidence.GetProperty("value").GetDouble());
        Assert.Equal(Now - (24 * 60_000), evidence.GetProperty("atMs").GetInt64());
        Assert.Equal("2026-11-24T13:56:00.000Z", evidence.GetProperty("at").GetString());
        Assert.Equal(["Restart the pump", "Call the owner", "Visit with pump kit P-88"], one.GetProperty("steps").EnumerateArray()
            .Select(s => s.GetProperty("text").GetString()));
        Assert.Equal(6, one.GetProperty("timeline").GetArrayLength());
        Assert.StartsWith("Your heat pump reported", one.GetProperty("notices")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("NotVerified", one.GetProperty("commands")[0].GetProperty("state").GetString());
        Assert.Equal("high", one.GetProperty("faults")[0].GetProperty("severity").GetString());
        Assert.False(one.TryGetProperty("line", out _));
    }

    [Fact]
    public async Task Series_Asked_IsThinnedWithItsExtremes()
    {
        using var reader = town.Host.Program(town.Host.ReadKey);
        var all = (await reader.GetFromJsonAsync<JsonElement>($"/api/devices/HP-0010/series?metric=current_a&points=1000")).GetProperty("points")
            .EnumerateArray().ToList();
        Assert.Equal(360, all.Count);
        var few = (await reader.GetFromJsonAsync<JsonElement>($"/api/devices/HP-0010/series?metric=current_a&points=20")).GetProperty("points").EnumerateArray()
            .ToList();
        Assert.InRange(few.Count, 10, 20);
        Assert.Equal(all.Max(p => p.GetProperty("value").GetDouble()), few.Max(p => p.GetProperty("value").GetDouble()));
        var from = all[100].GetProperty("atMs").GetInt64();
        var part = await reader.GetFromJsonAsync<JsonElement>(
            $"/api/devices/HP-0010/series?metric=current_a&from={from}&until={Uri.EscapeDataString(all[110].GetProperty("at").GetString()!)}");
        Assert.Equal(10, part.GetProperty("points").GetArrayLength());
    }

    [Fact]
    public async Task Device_Asked_HasLatestValuesFaultsAndEventsButNoSecret()
    {
        await using var host = await TownHost.Open();
        host.Stores.State.Write(db => db.Execute("UPDATE devices SET secret_kind = 'sha256', secret = @secret WHERE id = 'HP-0010'",
            new { secret = new byte[] { 1, 2, 3 } }));
        using var reader = host.Program(host.ReadKey);
        var text = await reader.GetStringAsync("/api/devices/HP-0010");
        Assert.DoesNotContain("secret", text, StringComparison.OrdinalIgnoreCase);
        var device = JsonElement.Parse(text);
        var latest = device.GetProperty("latest").EnumerateArray().ToDictionary(l => l.GetProperty("metric").GetString()!, l => l.GetProperty("value"));
        Assert.Equal("heating", latest["mode"].GetString());
        Assert.Equal(JsonValueKind.False, latest["defrost"].ValueKind);
        Assert.Equal(JsonValueKind.Number, latest["temp_c"].ValueKind);
        Assert.Equal("pump-blocked", device.GetProperty("faults")[0].GetProperty("rule").GetString());
        var events = await reader.GetFromJsonAsync<JsonElement>("/api/devices/HP-0010/events");
        Assert.Equal("E42", events.GetProperty("items")[0].GetProperty("code").GetString());
        Assert.Equal("set", events.GetProperty("items")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Lists_OfEveryKind_PageWithoutGapOrRepeat()
    {
        using var reader = town.Host.Program(town.Host.AdministratorKey);
        foreach (var (name, key, count) in new[] { ("outages", "id", 3), ("defects", "id", 3), ("devices", "id", 68), ("customers", "id", 40), ("dues", "id", 3),
            ("notices", "id", 33), ("commands", "id", 35), ("faults", "id", 55), ("audit", "seq", -1), ("keys", "id", 3), ("users", "name", 1) })
        {
            var keys = new List<string>();
            string? cursor = null;
            do
            {
                var answer = await reader.GetFromJsonAsync<JsonElement>(
                    $"/api/{name}?limit=7{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}");
                keys.AddRange(answer.GetProperty("items").EnumerateArray().Select(i => i.GetProperty(key).ToString()));
                cursor = answer.GetProperty("next").GetString();
            }
            while (cursor is not null);
            Assert.Equal(keys.Count, keys.Distinct().Count());
            if (count >= 0)
                Assert.True(count == keys.Count, $"{name}: {keys.Count}");
        }
    }

    [Fact]
    public async Task Rules_Asked_ComeWithTextRecordAndProblems()
    {
        using var reader = town.Host.Program(town.Host.AdministratorKey);
        var rules = await reader.GetFromJsonAsync<JsonElement>("/api/rules");
        Assert.Equal("4f2a9c1177aa00bb", rules.GetProperty("hash").GetString());
        var pump = rules.GetProperty("items").EnumerateArray().Single(r => r.GetProperty("id").GetString() == "pump-blocked");
        Assert.Equal("fault", pump.GetProperty("kind").GetString());
        Assert.Equal(1, pump.GetProperty("faults").GetInt64());
        Assert.True((await reader.GetFromJsonAsync<JsonElement>("/api/audit/chain")).GetProperty("whole").GetBoolean());
    }

    [Fact]
    public async Task OpenApi_Lists_EveryRouteOfTheApi()
    {
        using var reader = town.Host.Program(town.Host.ReadKey);
        var document = await reader.GetFromJsonAsync<JsonElement>("/api/openapi.json");
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(m => $"{m.Name.ToUpperInvariant()} {p.Name}")).Order().ToList();
        var mapped = town.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(e => (Path: "/" + e.RoutePattern.RawText!.TrimStart('/').Replace(":long", "", StringComparison.Ordinal).Replace("{**", "{", StringComparison.Ordinal),
                Methods: e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []))
            .Where(e => e.Path.StartsWith("/api/", StringComparison.Ordinal) && e.Path != "/api/openapi.json")
                .SelectMany(e => e.Methods.Select(m => $"{m} {e.Path}")).Order().ToList();
        Assert.Equal(mapped, described);
        foreach (var word in new[] { "cases", "outages", "defects", "devices", "customers", "dues", "notices", "commands", "rules", "audit", "faults", "imports", "stop" })
            Assert.Contains(described, d => d.Contains("/api/" + word, StringComparison.Ordinal));
        Assert.All(document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject()),
            m => Assert.True(m.Value.TryGetProperty("summary", out _), m.Name));
        var item = document.GetProperty("components").GetProperty("schemas").GetProperty("CaseItem").GetProperty("properties");
        Assert.True(item.TryGetProperty("openedAt", out _));
        Assert.False(item.TryGetProperty("line", out _));
    }

    [Fact]
    public void Registry_OfTheTown_IsWhole() => Assert.Equal(68, town.Host.Stores.State.Read(db => DeviceStore.Count(db)));
}
