using System.Net;
using System.Text.Json;
using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Verbs;

/// <summary>Keys of the API: made on the command line and by the API, and what they open.</summary>
public sealed class KeyTests
{
    private static readonly string[] Reads =
    [
        "cases", "outages", "devices", "customers", "dues", "notices", "commands", "rules", "audit", "faults", "stop", "openapi.json", $"devices/{Pump.Id}",
    ];

    [Fact]
    public async Task Keys_MadeBeforeAndWhileItRuns_OpenWhatTheirScopeSays()
    {
        await using var b2d = await Pump.InstallAsync();
        var before = (await b2d.MustAsync("keys", "create", "before")).Trim();
        await b2d.StartAsync();
        var while1 = (await b2d.MustAsync("keys", "create", "while it runs", "--scope", "read")).Trim();
        var while2 = (await b2d.MustAsync("keys", "create", "writer", "--scope", "write")).Trim();
        Assert.Equal(4, new[] { b2d.Key, before, while1, while2 }.Distinct().Count());
        Assert.All([before, while1, while2], k => Assert.Matches("^b2d_[A-Za-z0-9_-]{43}$", k));

        foreach (var key in new[] { before, while1 })
        {
            using var reader = new ApiClient(b2d.Url, key);
            Assert.Equal(HttpStatusCode.OK, (await reader.TryGetAsync("/api/devices")).Status);
            AssertRefused(HttpStatusCode.Forbidden, await reader.PostAsync("/api/commands", new { device = Pump.Id, name = "restart" }));
            AssertRefused(HttpStatusCode.Forbidden, await reader.PostAsync("/api/keys", new { name = "more", scope = "write" }));
        }
        using var writer = new ApiClient(b2d.Url, while2);
        Assert.Equal(HttpStatusCode.Accepted, (await writer.PostAsync("/api/commands", new { device = Pump.Id, name = "restart" })).Status);
        var audit = await b2d.Api.ListAsync("/api/audit?action=keys.create");
        Assert.Equal(["key:before", "key:interop", "key:while it runs", "key:writer"], audit.Select(a => a.Text("subject")).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(audit, a => a.ToString().Contains("b2d_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Api_WithoutKeyOrWithAWrongOne_401AndNeverARedirect()
    {
        await using var b2d = await Pump.InstallAsync();
        await b2d.StartAsync();
        using var wrong = new ApiClient(b2d.Url, "b2d_" + new string('A', 43));
        foreach (var client in new[] { b2d.Open, wrong })
        {
            foreach (var path in Reads)
                AssertRefused(HttpStatusCode.Unauthorized, await client.TryGetAsync($"/api/{path}"));
            foreach (var path in new[] { "commands", "keys", "imports/devices", "stop" })
                AssertRefused(HttpStatusCode.Unauthorized, await client.PostAsync($"/api/{path}", new { }));
        }
        // What anybody may see.
        Assert.Equal(HttpStatusCode.OK, (await b2d.Open.TryGetAsync("/status")).Status);
        Assert.Equal(HttpStatusCode.OK, (await b2d.Open.TryGetAsync("/healthz")).Status);
    }

    [Fact]
    public async Task PostKeys_GoodAndBad_AKeyThatWorksOrWhatIsWrong()
    {
        await using var b2d = await Pump.InstallAsync();
        await b2d.StartAsync();

        var (status, body) = await b2d.Api.PostAsync("/api/keys", new { name = "by the API", scope = "operator" });
        Assert.Equal(HttpStatusCode.Created, status);
        var made = JsonElement.Parse(body);
        Assert.NotEmpty(made.Text("id"));
        using var client = new ApiClient(b2d.Url, made.Text("key"));
        AssertRefused(HttpStatusCode.Forbidden, await client.PostAsync("/api/keys", new { name = "another" }));
        var who = (await b2d.Api.ListAsync("/api/audit?action=keys.create")).Select(a => a.Text("who"));
        Assert.Equal(["key:interop", "command line"], who);

        AssertRefused(HttpStatusCode.BadRequest, await b2d.Api.PostAsync("/api/keys", new { scope = "read" }));
        AssertRefused(HttpStatusCode.BadRequest, await b2d.Api.PostAsync("/api/keys", new { name = new string('n', 81) }));
        AssertRefused(HttpStatusCode.BadRequest, await b2d.Api.PostAsync("/api/keys", new { name = "x", scope = "everything" }));
        AssertRefused(HttpStatusCode.BadRequest, await b2d.Api.PostAsync("/api/keys", "text"));
        Assert.Contains("\"/api/keys\"", (await b2d.Api.TryGetAsync("/api/openapi.json")).Body, StringComparison.Ordinal);
    }

    private static void AssertRefused(HttpStatusCode expected, (HttpStatusCode Status, string Body) answer)
    {
        Assert.Equal(expected, answer.Status);
        var problem = JsonElement.Parse(answer.Body);
        Assert.Equal((int)expected, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.Text("detail"));
    }
}
