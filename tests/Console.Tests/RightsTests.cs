using System.Net;
using System.Text;
using B2D.Console.Access;
using B2D.Console.Tests.Town;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace B2D.Console.Tests;

/// <summary>Every address of the running console, tried as everybody.</summary>
public sealed class RightsTests(SharedTown town) : IClassFixture<SharedTown>
{
    /// <summary>Whom each address is for, at least; <c>anybody</c> needs no sign-in: beside the status page, which may be subscribed to,
    /// those are the pages behind customers' links and codes, the one thing that strangers may do here. A new address needs a line here.</summary>
    private const string Written =
        """
        anybody        GET /assets/{name} | GET /health | GET /healthz | GET /metrics | GET /readyz | GET /signin | POST /signin | GET /status
        anybody        GET /invitation/{token} | POST /invitation | GET /unsubscribe/{token} | POST /unsubscribe/{token} | GET /signin/openid
        anybody        GET /l/{token} | POST /l/{token} | GET /k | POST /k | GET /k/{code} | GET /status/feed
        anybody        POST /status/subscriptions | GET /status/subscriptions/{token} | POST /status/subscriptions/{token}
        viewer         GET /slots | GET /surveys | GET /api/slots | GET /api/surveys
        operator       POST /slots | POST /slots/{id:long}/close | POST /api/slots | POST /api/slots/{id:long}/close
        viewer         GET / | GET /events | GET /search | POST /signout | GET /account | POST /account/password | POST /account/sign-ins | GET /demo
        viewer         GET /cases | GET /cases/{id:long} | GET /api/cases | GET /api/cases/{id:long}
        agent          POST /cases/{id:long}/act | POST /api/cases/{id:long}/acts
        viewer         GET /api/standard-steps | GET /api/rules/{id}/objections
        lead           GET /grants | POST /grants/{id:long}/act | GET /api/grants | POST /api/grants/{id:long}/acts
        agent          POST /customers/{id}/care | PUT /api/customers/{id}/care
        lead           POST /rules/{id}/objections | POST /api/objections/{id:long}/answer
        lead           POST /rules/{id}/steps | POST /api/standard-steps/{id:long}/acts
        viewer         GET /contacts | GET /queues | GET /views | POST /views | POST /views/{id:long} | GET /api/search | GET /api/contacts | GET /api/queues
        agent          POST /contacts | POST /contacts/{id:long}/read | POST /api/contacts/{id:long}/read | POST /cases/many | GET /cases/new | POST /cases | POST /api/cases | POST /api/contacts | POST /api/contacts/inbound
        viewer         GET /outages | GET /outages/{id:long} | GET /api/outages | GET /api/outages/{id:long}
        operator       POST /outages/{id:long}/act | POST /api/outages/{id:long}/acts
        viewer         GET /reviews | GET /outages/{id:long}/review | GET /outages/{id:long}/review/timeline | GET /outages/{id:long}/review/told
        viewer         GET /api/reviews | GET /api/outages/{id:long}/review | GET /exports/cases | GET /exports/outages | GET /exports/notices | GET /exports/devices
        lead           POST /outages/{id:long}/review/act | POST /api/outages/{id:long}/review/acts
        viewer         GET /defects | GET /defects/{id:long} | GET /api/defects | GET /api/defects/{id:long}
        viewer         GET /maintenance | GET /api/maintenance | GET /api/maintenance/{id:long}
        viewer         GET /maintenance/{id:long} | GET /api/maintenance/{id:long}/customers
        operator       POST /maintenance | POST /maintenance/{id:long}/act | POST /api/maintenance | POST /api/maintenance/{id:long}/acts
        viewer         GET /devices | GET /devices/{id} | GET /api/devices | GET /api/devices/{id} | GET /api/devices/{id}/series | GET /api/devices/{id}/events
        viewer         GET /customers/{id} | GET /api/customers | GET /api/customers/{id}
        viewer         GET /api/customers/{id}/consents | GET /tasks | GET /api/tasks | GET /api/tasks/{id:long}
        agent          POST /customers/{id}/consents | POST /customers/{id}/quiet-hours | POST /tasks/{id:long}/act | POST /api/tasks/{id:long}/acts
        agent          POST /api/customers/{id}/consents | POST /api/customers/{id}/quiet-hours | POST /api/messages/inbound
        viewer         GET /api/facts | GET /approvals/{id:long} | GET /api/approvals
        operator       POST /approvals/{id:long}/act | POST /api/approvals/{id:long}/acts
        agent          POST /api/facts | POST /api/facts/{id:long}/end
        viewer         GET /api/commands | GET /api/commands/{id}
        operator       POST /devices/{id}/command | POST /api/commands | POST /devices/{id}/contract | PUT /api/devices/{id}/contract
        viewer         GET /held | GET /api/held | GET /api/faults | GET /api/faults/{id:long} | GET /api/faults/{id:long}/explanation
        agent          POST /faults/{id:long}/act | POST /api/faults/{id:long}/acts
        viewer         GET /dues | GET /api/dues | GET /api/dues/{id:long}
        agent          POST /dues/{id:long}/done | POST /api/dues/{id:long}/done
        viewer         GET /notices | GET /api/notices | GET /api/notices/{id}
        agent          POST /customers/{id}/carer | GET /api/customers/{id}/carer | PUT /api/customers/{id}/carer | DELETE /api/customers/{id}/carer
        agent          GET /tasks/letters | POST /tasks/letters | GET /tasks/letters.csv | GET /tasks/letters.txt | GET /api/letters | POST /api/letters/printed
        agent          POST /api/notices/bounces | POST /customers/{id}/email-good | POST /api/customers/{id}/email-good
        viewer         GET /templates | GET /templates/{name}/{language}/{channel} | GET /api/templates | GET /api/templates/{name}/{language}/{channel}
        operator       POST /templates/{name}/{language}/{channel} | PUT /api/templates/{name}/{language}/{channel}
        operator       POST /api/templates/{name}/{language}/{channel}/live | POST /api/templates/{name}/{language}/{channel}/check
        viewer         GET /rules | GET /rules/{id} | GET /backtests/{id} | GET /rule-files | GET /rule-files/{**name} | GET /rule-history
        viewer         GET /rule-history/{hash} | GET /api/rules | GET /api/rules/{id} | GET /api/rules/{id}/backtest | GET /api/rule-files
        viewer         GET /api/rule-history
        operator       POST /rules/{id}/backtest | POST /rule-files | POST /rule-files/{**name} | POST /rule-history/{hash} | POST /api/rules/{id}/backtest
        operator       DELETE /api/rules/{id}/backtest | POST /api/rules/check | PUT /api/rule-files/{**name} | DELETE /api/rule-files/{**name}
        viewer         GET /stop | GET /api/stop
        operator       POST /stop | POST /stop/resume | POST /api/stop | DELETE /api/stop
        operator       POST /demo/press | POST /api/imports/customers | POST /api/imports/devices
        operator       GET /api/backups/latest | POST /api/backups | DELETE /api/backups/latest
        viewer         GET /api/enrolments | GET /api/groups | GET /api/openapi.json
        operator       POST /api/enrolments/{id:long}/approve | POST /api/enrolments/{id:long}/reject | POST /api/groups | DELETE /api/groups/{name}
        administrator  GET /webhooks | GET /webhooks/{id:long} | POST /webhooks | POST /webhooks/{id:long} | POST /webhooks/{id:long}/deliveries/{delivery:long}
        administrator  GET /api/webhooks | GET /api/webhooks/{id:long} | GET /api/webhook-deliveries | POST /api/webhooks | PUT /api/webhooks/{id:long}
        administrator  DELETE /api/webhooks/{id:long} | POST /api/webhooks/{id:long}/acts | POST /api/webhooks/{id:long}/deliveries/{delivery:long}/resend
        administrator  GET /audit | GET /api/audit | GET /api/audit/chain
        administrator  GET /users | POST /users | POST /users/{name}/act | GET /api/users | POST /api/users | POST /api/users/{name}/acts
        administrator  GET /customers/{id}/privacy | POST /customers/{id}/export | POST /customers/{id}/erase | GET /erasures | GET /erasures/{id:long} | POST /erasures/{id:long}/act
        administrator  GET /api/customers/{id}/erasure | POST /api/customers/{id}/export | POST /api/customers/{id}/erase | GET /api/erasures
        administrator  GET /keys | POST /keys | POST /keys/{id}/revoke | GET /api/keys | POST /api/keys | DELETE /api/keys/{id}
        """;

    private static readonly Dictionary<string, string> Table = Written.Split('\n')
        .SelectMany(l => l[15..].Split(" | ").Select(a => KeyValuePair.Create(a.Trim(), l[..15].Trim()))).ToDictionary(StringComparer.Ordinal);

    /// <summary>All that have a role at all, and an address for each with something in the place of its parameters.</summary>
    private static IEnumerable<(string Method, string Path, Role Least)> Guarded =>
        Table.Where(l => l.Value != "anybody").Select(l => (Method(l.Key), PathOf(l.Key), Roles.Of(l.Value)!.Value));

    [Fact]
    public async Task Endpoints_EachHasALine_AndEachLineAnEndpoint()
    {
        // With everything that can be switched on.
        await using var host = await TownHost.Open(seeded: false, options: o => o with
        {
            OpenId = new OpenIdOptions { Authority = "https://id.example.org", ClientId = "b2d", ClientSecret = "x" },
        });
        var there = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m => $"{m} /{e.RoutePattern.RawText!.TrimStart('/')}"));
        Assert.Equal(there.Distinct().Order(StringComparer.Ordinal), Table.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Endpoints_WithoutSignIn_OnlyThoseForAnybodyAreOpen()
    {
        using var stranger = town.Host.Program("");
        foreach (var (line, least) in Table)
        {
            var answer = await Try(stranger, Method(line), PathOf(line));
            if (least == "anybody")
            {
                Assert.False(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.Redirect, $"{line}: {answer.StatusCode}");
            }
            else if (line.Contains(" /api/", StringComparison.Ordinal))
            {
                Assert.True(HttpStatusCode.Unauthorized == answer.StatusCode, $"{line}: {answer.StatusCode}");
                Assert.Null(answer.Headers.Location);
                Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            }
            else if (line == "GET /events")
            {
                Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            }
            else
            {
                Assert.True(HttpStatusCode.Redirect == answer.StatusCode, $"{line}: {answer.StatusCode}");
                Assert.StartsWith("/signin", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("viewer")]
    [InlineData("agent")]
    [InlineData("lead")]
    [InlineData("operator")]
    [InlineData("administrator")]
    public async Task Endpoints_AsARole_AreOpenAsTheTableSays(string role)
    {
        await using var host = await TownHost.Open();
        host.AddUser("somebody", "somebody's", role);
        using var key = host.Program(host.Key(role));
        using var browser = await SignedIn.As(host, "somebody", "somebody's");
        var token = SignedIn.TokenOf(await browser.GetStringAsync("/account"));
        foreach (var (method, path, least) in Guarded)
        {
            var may = Roles.Of(role)!.Value >= least;
            Check(await Try(key, method, path), may, $"{method} {path} as a key of {role}");
            // With the token that calls of the API by a browser carry; forms have none here and do nothing.
            var ofApi = path.StartsWith("/api/", StringComparison.Ordinal);
            Check(await Try(browser, method, path, ofApi ? token : ""), may, $"{method} {path} as {role}");
        }
    }

    [Theory]
    [InlineData("read", "viewer")]
    [InlineData("write", "operator")]
    public async Task Endpoints_WithAKeyFromBeforeThereWereRoles_AreOpenAsItsRole(string scope, string role)
    {
        await using var host = await TownHost.Open(seeded: false);
        var clear = host.Key(role);
        host.Stores.State.Write(db => db.Execute("UPDATE api_keys SET scope = @scope WHERE name = @name", new { scope, name = "of " + role }));
        using var key = host.Program(clear);
        foreach (var (method, path, least) in Guarded.Where(g => g.Path.StartsWith("/api/", StringComparison.Ordinal)))
            Check(await Try(key, method, path), Roles.Of(role)!.Value >= least, $"{method} {path} with {scope}");
    }

    [Fact]
    public async Task Refusal_OfARole_SaysWhichItTakes()
    {
        await using var host = await TownHost.Open();
        host.AddUser("ana", "anasana", "agent");
        using var browser = await SignedIn.As(host, "ana", "anasana");
        var page = await browser.GetAsync(new Uri("/audit", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        Assert.Contains("This takes the role administrator; ana has agent.", SignedIn.Words(await page.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/users\"", await browser.GetStringAsync("/"), StringComparison.Ordinal);
        using var key = host.Program(host.Key("agent"));
        var answer = await (await key.DeleteAsync(new Uri("/api/stop", UriKind.Relative))).Content.ReadAsStringAsync();
        Assert.Contains("This takes the role operator or one above it; key:of agent has agent.", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("agent", false)]
    [InlineData("lead", true)]
    public async Task Case_GivenToSomebodyElse_TakesALead(string role, bool may)
    {
        await using var host = await TownHost.Open();
        host.AddUser("ana", "anasana", role);
        host.AddUser("rui", "ruisruis", "agent");
        using var browser = await SignedIn.As(host, "ana", "anasana");
        Assert.Equal(may, (await browser.GetStringAsync("/cases/1")).Contains("value=\"assign\"", StringComparison.Ordinal));
        var said = await browser.Follow(await browser.Post("/cases/1", "/cases/1/act", ("act", "assign"), ("to", "rui"), ("version", "1")));
        Assert.Contains(may ? "Assigned to rui." : "Nothing was done. This takes the role lead or one above it; ana has agent.", said, StringComparison.Ordinal);
        using var key = host.Program(host.Key(role));
        var status = (await key.PostAsync(new Uri("/api/cases/2/acts", UriKind.Relative),
            new StringContent("""{"act":"assign","to":"rui","version":1}""", Encoding.UTF8, "application/json"))).StatusCode;
        Assert.Equal(may ? HttpStatusCode.OK : HttpStatusCode.Forbidden, status);
        // One's own is nobody else's work.
        await browser.Post("/cases/2", "/cases/2/act", ("act", "assign"), ("to", "ana"), ("version", may ? "2" : "1"));
        Assert.Contains("ana case.Assign case:2", string.Join('\n', host.Acts), StringComparison.OrdinalIgnoreCase);
    }

    private static void Check(HttpResponseMessage answer, bool may, string what)
    {
        var ok = may
            ? answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.InternalServerError)
                && answer.Headers.Location?.OriginalString.StartsWith("/signin", StringComparison.Ordinal) != true
            : answer.StatusCode == HttpStatusCode.Forbidden;
        Assert.True(ok, $"{what}: {answer.StatusCode}");
    }

    /// <summary>A call with a body of the form that addresses read and none takes for what it wants, so that nothing changes under the other calls.</summary>
    private static async Task<HttpResponseMessage> Try(HttpClient client, string method, string path, string token = "")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "GET" ? null : new StringContent("[]", Encoding.UTF8, "application/json") };
        if (token.Length > 0)
            request.Headers.Add("X-B2D-Token", token);
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.Dispose();
        return answer;
    }

    private static string Method(string line) => line[..line.IndexOf(' ', StringComparison.Ordinal)];

    private static string PathOf(string line) => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..].Replace("{id:long}", "1", StringComparison.Ordinal)
        .Replace("{id}", "HP-0010", StringComparison.Ordinal).Replace("{name}", "b2d.css", StringComparison.Ordinal)
        .Replace("{**name}", "b2d.yaml", StringComparison.Ordinal).Replace("{hash}", "4f2a", StringComparison.Ordinal).Replace("{token}", "x", StringComparison.Ordinal).Replace("{code}", "x", StringComparison.Ordinal)
        .Replace("{delivery:long}", "1", StringComparison.Ordinal).Replace("{language}", "en", StringComparison.Ordinal).Replace("{channel}", "any", StringComparison.Ordinal);
}
