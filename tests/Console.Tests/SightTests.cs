using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using B2D.Console.Access;
using B2D.Console.Live;
using B2D.Console.Tests.Town;
using B2D.Core.Access;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace B2D.Console.Tests;

/// <summary>
/// What people see who see only a part: every address of the running console is tried with what lies outside and with what lies inside. The addresses are those that are
/// there, so a new one without a decision fails here.
/// </summary>
public sealed partial class SightTests
{
    /// <summary>Bodies that name what lies outside, and what is said to them. A new address that asks needs a line here.</summary>
    private static readonly Dictionary<string, (string Body, HttpStatusCode Status)> Asking = new(StringComparer.Ordinal)
    {
        ["POST /api/contacts"] = ("""{"customer":"c10","about":"x"}""", HttpStatusCode.UnprocessableEntity),
        ["POST /api/contacts/inbound"] = ("""{"customer":"c10"}""", HttpStatusCode.OK),
        ["POST /api/cases"] = ("""{"device":"HP-0010","title":"x"}""", HttpStatusCode.UnprocessableEntity),
        ["POST /api/facts"] = ("""{"key":"k","kind":"shipped","subject":"device:HP-0010"}""", HttpStatusCode.UnprocessableEntity),
        ["POST /api/commands"] = ("""{"device":"HP-0010","name":"restart"}""", HttpStatusCode.UnprocessableEntity),
        ["POST /api/maintenance"] = ("""{"title":"x","scope":"device","target":"HP-0010","until":"2026-11-25T09:30:00Z"}""", HttpStatusCode.UnprocessableEntity),
    };

    /// <summary>The same for forms: fields, and the beginning of what is said.</summary>
    private static readonly Dictionary<string, ((string, string)[] Fields, string Said)> AskingForms = new(StringComparer.Ordinal)
    {
        ["POST /contacts"] = ([("customer", "c10"), ("about", "x"), ("back", "/contacts")], "Nothing was logged: there is no such customer, device, case or outage."),
        ["POST /cases"] = ([("device", "HP-0010"), ("title", "x"), ("back", "/cases/new")], "No case was opened: there is no such device."),
        ["POST /cases/many"] = ([("act", "take"), ("tick", "1.1"), ("back", "/cases")], "Nothing was done. Left alone: #1 (no longer there)."),
        ["POST /maintenance"] = ([("title", "x"), ("scope", "segment"), ("target", "north"), ("until", "2026-11-25T09:30")], "Nothing was planned: it is planned on what you see"),
        ["POST /rules/{id}/steps"] = ([("act", "accept"), ("step", "1")], "Nothing was done: it is no longer there."),
        ["POST /rules/{id}/objections"] = ([("text", "x"), ("objection", "1")], "Nothing was done: it is no longer there."),
    };

    private static IEnumerable<(string Method, string Route)> Addresses(TownHost host) => host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is null)
        .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m => (m, "/" + e.RoutePattern.RawText!.TrimStart('/')))).Distinct();

    [Fact]
    public async Task Addresses_Each_IsDecidedAbout()
    {
        await using var host = await TownHost.Open(seeded: false);
        foreach (var (method, route) in Addresses(host))
        {
            var line = $"{method} {route}";
            Assert.True(Sights.Of(method, route) is not null, $"{line} has no line in Sights: how does it keep to what somebody sees?");
            if (Sights.Of(method, route) == SightWay.Asks)
                Assert.True(Asking.ContainsKey(line) || AskingForms.ContainsKey(line), $"{line} asks by itself; try it here with something that lies outside");
        }
    }

    [Fact]
    public async Task Addresses_WithWhatLiesOutside_AnswerAsIfItDidNotExist()
    {
        await using var host = await TownHost.Open();
        var seed = new SightSeed(host);
        using var key = host.Program(seed.Key("operator"));
        var wrong = new List<string>();
        foreach (var (method, route) in Addresses(host).Where(a => Rights.Of(a.Method, a.Route) <= Role.Operator))
        {
            var line = $"{method} {route}";
            var way = Sights.Of(method, route)!.Value;
            var (about, kind) = (route.Contains("{id", StringComparison.Ordinal), route.Replace("/api", "", StringComparison.Ordinal).Split('/')[1]);
            if (way == SightWay.Closed)
            {
                if ((await Try(key, method, Path(route, "1"))).Status != HttpStatusCode.Forbidden)
                    wrong.Add($"{line} is not closed");
            }
            else if (way is SightWay.Reads or SightWay.About && about && kind != "rules")
            {
                Assert.True(seed.Knows(kind), $"{line}: put one of them outside and one inside into SightSeed");
                var (status, body) = await Try(key, method, Path(route, seed.Outside(kind)));
                if (status != HttpStatusCode.NotFound)
                    wrong.Add($"{line} with {seed.Outside(kind)}: {status}");
                if (NotThere(body, seed.Outside(kind)) != NotThere((await Try(key, method, Path(route, "99999"))).Body, "99999"))
                    wrong.Add($"{line} tells that it exists");
                // Who lets fleets in is not part of this town: there nothing is found.
                if (seed.Inside(kind).Length > 0 && kind != "enrolments")
                    wrong.Add(Shown(line, await Try(key, method, Path(route, seed.Inside(kind)))));
            }
            else if (way is SightWay.Reads && method == "GET")
            {
                wrong.Add(Shown(line, await Try(key, method, Path(route, "pump-blocked") + (route == "/events" ? "" : "?q="))));
            }
        }
        Assert.Equal([], wrong.Where(w => w.Length > 0));
    }

    [Fact]
    public async Task Addresses_ThatAsk_RefuseWhatLiesOutside()
    {
        await using var host = await TownHost.Open();
        var seed = new SightSeed(host);
        using var browser = await SignedIn.As(host, "ana", "anasana");
        using var key = host.Program(seed.Key("operator"));
        foreach (var (line, (body, status)) in Asking)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            var answer = await key.PostAsync(new Uri(line[5..], UriKind.Relative), content);
            Assert.True(status == answer.StatusCode, $"{line}: {answer.StatusCode}");
            Assert.True(!Outside().IsMatch(await answer.Content.ReadAsStringAsync()), line);
        }
        foreach (var (line, (fields, said)) in AskingForms)
        {
            var page = await browser.Follow(await browser.Post("/account", Path(line[5..], "pump-blocked"), fields));
            Assert.True(page.Contains(said, StringComparison.Ordinal), $"{line}: {page}");
        }
        Assert.Equal((1L, ""), host.Stores.State.Read(db => CaseStore.Find(db, 1)) is { } row ? (row.Version, row.Assignee) : default);
    }

    [Fact]
    public async Task Lists_Counts_AndSearch_HaveOnlyWhatIsSeen()
    {
        await using var host = await TownHost.Open();
        var seed = new SightSeed(host);
        using var key = host.Program(seed.Key("viewer"));
        var devices = (await key.GetFromJsonAsync<JsonElement>("/api/devices?limit=200")).GetProperty("items");
        Assert.Equal(10 + 5 + 2, devices.GetArrayLength());
        Assert.All(devices.EnumerateArray(), d => Assert.Equal(SightSeed.Segment, d.GetProperty("segment").GetString()));
        Assert.Contains("of 17 devices", SignedIn.Words(await key.GetStringAsync("/")), StringComparison.Ordinal);
        Assert.Equal("heating 1", string.Join(' ', (await key.GetFromJsonAsync<JsonElement>("/api/queues")).EnumerateArray()
            .Where(q => q.GetProperty("open").GetInt64() > 0).Select(q => $"{q.GetProperty("queue").GetString()} {q.GetProperty("open").GetInt64()}")));
        foreach (var text in new[] { "HP-0010", "912 000 010", "SN0010X", "C-1", "O-1", "c10" })
            Assert.True(!Outside().IsMatch((await key.GetStringAsync("/api/search?q=" + Uri.EscapeDataString(text))).Replace(text, "", StringComparison.Ordinal)), text);
        Assert.Contains("HP-0030", await key.GetStringAsync("/api/search?q=SN0030X"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queue_Alone_LimitsCasesAndWhatHangsOnThem()
    {
        await using var host = await TownHost.Open();
        _ = new SightSeed(host);
        host.AddUser("rui", "ruisrui", "agent");
        host.Stores.State.Write(db => UserStore.SetSight(db, "rui", Sight.Of("coffee", "")));
        using var browser = await SignedIn.As(host, "rui", "ruisrui");
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(new Uri("/cases/1", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(new Uri("/cases/4", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(new Uri("/devices/HP-0010", UriKind.Relative))).StatusCode);
        Assert.DoesNotContain("/cases/1\"", await browser.GetStringAsync("/devices/HP-0010"), StringComparison.Ordinal);
        Assert.DoesNotContain("/cases/1\"", await browser.GetStringAsync("/customers/c10"), StringComparison.Ordinal);
        // Nothing is merged with or linked to what is not seen, and nobody is given what they do not see.
        Assert.Contains("Nothing was done: there is no case #1.", await Act(("act", "merge"), ("subject", "case:1")), StringComparison.Ordinal);
        Assert.Contains("Nothing was done: there is no case #1.", await Act(("act", "link"), ("subject", "case:1")), StringComparison.Ordinal);
        using var admin = await SignedIn.AsAdministrator(host);
        Assert.Contains("Nothing was done: rui does not see case #1: rui sees queue coffee.",
            await admin.Follow(await admin.Post("/cases/1", "/cases/1/act", ("act", "assign"), ("to", "rui"), ("version", "1"))), StringComparison.Ordinal);
        // What is moved away is gone.
        await Act(("act", "move-queue"), ("to", "heating"), fails: false);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(new Uri("/cases/4", UriKind.Relative))).StatusCode);

        async Task<string> Act((string, string) one, (string, string) two, bool fails = true)
        {
            var answer = await browser.Post("/cases/4", "/cases/4/act", one, two, ("version", "1"));
            return fails ? await browser.Follow(answer) : "";
        }
    }

    [Fact]
    public async Task Outage_ThatReachesBeyond_IsReadAndNotActedOn()
    {
        await using var host = await TownHost.Open();
        var seed = new SightSeed(host);
        host.Stores.State.Write(db => db.Execute("UPDATE outages SET segment = 'north/n12' WHERE id = 1"));
        using var key = host.Program(seed.Key("operator"));
        Assert.Equal(HttpStatusCode.NotFound, (await Try(key, "GET", "/api/outages/1")).Status);
        host.Stores.State.Write(db => db.Execute("INSERT INTO outage_devices (outage_id, device, customer, fault_episode, down_at, up_at) VALUES (1, 'RT-0031', 'c31', '3-31', 1, 0)"));
        var outage = await key.GetFromJsonAsync<JsonElement>("/api/outages/1");
        Assert.Equal((1, 1), (outage.GetProperty("devices").GetInt32(), outage.GetProperty("customers").GetInt32()));
        var (status, body) = await Try(key, "POST", "/api/outages/1/acts", """{"act":"set-cause","text":"x","version":1}""");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("reaches beyond what key:part sees (segment north/n12/cab-8)", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approval_OfWorkOnMoreThanIsSeen_IsNotDecidedOn()
    {
        await using var host = await TownHost.Open();
        var seed = new SightSeed(host);
        var now = host.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var (model, outage) = host.Stores.State.Write(db => (
            ApprovalStore.Put(db, new ApprovalRow { Subject = $"maintenance:{MaintenanceStore.TryAdd(db, new MaintenanceRow { Title = "All of them", Scope = "Model", Target = "HP-2", FromAt = now, UntilAt = now + 1000 })}", Status = "planned", OfferedAt = now })!.Value,
            ApprovalStore.Find(db, "outage:2", "opened")!.Id));
        using var key = host.Program(seed.Key("operator"));
        Assert.Equal(HttpStatusCode.NotFound, (await Try(key, "GET", $"/approvals/{model}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Try(key, "POST", $"/api/approvals/{model}/acts", """{"act":"let-go","version":1}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Try(key, "POST", $"/api/approvals/{outage}/acts", """{"act":"let-go","version":1}""")).Status);
    }

    [Fact]
    public async Task Feed_OfAPart_SaysNothingOfTheAuditAndSettings()
    {
        await using var host = await TownHost.Open();
        _ = new SightSeed(host);
        var (clock, feeds) = ((StillClock)host.Clock, host.Services.GetRequiredService<ChangeFeeds>());
        var (part, all) = (feeds.Of(Sight.Of("", SightSeed.Segment)), feeds.Of(Sight.Everything));
        var (heard, whole) = (part.Current(), all.Current());
        host.Stores.State.Write(db =>
        {
            AuditStore.Append(db, 1, "admin", "users.lock", "user:x", "{}");
            SettingStore.Set(db, "x", "y", clock.GetUtcNow().ToUnixTimeMilliseconds(), "admin");
            TimelineStore.Add(db, new TimelineRow { Subject = "phone-task:1", Kind = "call", Text = "x" });
            NoticeStore.Put(db, NoticeStore.Find(db, "n-pump")! with { Id = "n-new", Revision = 9, State = "Sent", CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds() + 1 });
        });
        Assert.Equal(("", "audit notices other settings"), (New(part, ref heard), New(all, ref whole)));
        host.Stores.State.Write(db => NoticeStore.Put(db, NoticeStore.Find(db, "n-inside")! with { Id = "n-newer", Revision = 9, State = "Sent", CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds() }));
        Assert.Equal("notices", New(part, ref heard));

        string New(ChangeFeed feed, ref IReadOnlyDictionary<string, long> known)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            var (before, now) = (known, feed.Current());
            known = now;
            return string.Join(' ', now.Where(t => before.GetValueOrDefault(t.Key) != t.Value).Select(t => t.Key).Order());
        }
    }

    [Fact]
    public async Task CaseOfAQueueThatIsNotSeen_TakesWhatIsReported_AndIsNotNamed()
    {
        await using var host = await TownHost.Open();
        _ = new SightSeed(host);
        using var key = host.Program(host.Stores.State.Write(db => ApiKeys.Create(db, "coffee", "operator", Core.ServerTime.From(host.Clock.GetUtcNow()), "admin", sight: Sight.Of("coffee", ""))));
        var known = host.Stores.State.Read(db => CaseStore.Find(db, 1))!;
        var reported = await (await key.PostAsJsonAsync("/api/cases", new { device = known.Device, family = known.Family, title = "It leaks" })).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((0, "joined"), (reported.GetProperty("id").GetInt32(), reported.GetProperty("how").GetString()));
        var logged = await (await key.PostAsJsonAsync("/api/contacts", new { customer = known.Customer, device = known.Device, about = "It leaks" })).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((0, "It joined what somebody works on who sees it; you do not."), (logged.GetProperty("case").GetInt32(), logged.GetProperty("joined").GetString()));
        using var whole = host.Program(host.WriteKey);
        Assert.Equal(1, (await (await whole.PostAsJsonAsync("/api/cases", new { device = known.Device, family = known.Family, title = "It leaks" })).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task Administrator_LimitsAUser_WhoSeesNoMoreAtOnce()
    {
        await using var host = await TownHost.Open();
        host.AddUser("ana", "anasana", "agent");
        using var ana = await SignedIn.As(host, "ana", "anasana");
        using var admin = await SignedIn.AsAdministrator(host);
        Assert.Equal(HttpStatusCode.OK, (await ana.GetAsync(new Uri("/cases/1", UriKind.Relative))).StatusCode);
        Assert.Contains("ana sees queue coffee; segment north from now on.",
            await admin.Follow(await admin.Post("/users", "/users/ana/act", ("act", "see"), ("queues", "Coffee"), ("segments", "north/\nnorth/n12"))), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await ana.GetAsync(new Uri("/cases/1", UriKind.Relative))).StatusCode);
        Assert.Contains("sees queue coffee; segment north", SignedIn.Words(await admin.GetStringAsync("/users?q=sees:part")), StringComparison.Ordinal);
        Assert.Contains("Nothing was done: a queue is called by", await admin.Follow(await admin.Post("/users", "/users/ana/act", ("act", "see"), ("queues", "Not one"))), StringComparison.Ordinal);
        Assert.Contains("who sees everything", await admin.Follow(await admin.Post("/users", "/users/admin/act", ("act", "see"), ("queues", "coffee"))), StringComparison.Ordinal);
        await admin.Post("/users", "/users/ana/act", ("act", "see"));
        Assert.Equal(HttpStatusCode.OK, (await ana.GetAsync(new Uri("/cases/1", UriKind.Relative))).StatusCode);
        Assert.Equal(["users.see everything → queue coffee; segment north", "users.see queue coffee; segment north → everything"],
            host.Stores.State.Read(db => AuditStore.List(db)).Reverse().Where(a => a.Action == "users.see").Select(a => JsonDocument.Parse(a.Detail).RootElement is var d
                ? $"{a.Action} {d.GetProperty("from").GetString()} → {d.GetProperty("to").GetString()}" : ""));
    }

    [Fact]
    public async Task Key_MadeWithLimits_HasThem()
    {
        await using var host = await TownHost.Open();
        using var admin = host.Program(host.AdministratorKey);
        var made = await (await admin.PostAsJsonAsync("/api/keys", new { name = "part", scope = "viewer", queues = new[] { "coffee" }, segments = new[] { "north" } })).Content.ReadFromJsonAsync<JsonElement>();
        using var key = host.Program(made.GetProperty("key").GetString()!);
        Assert.Equal("4", string.Join(' ', (await key.GetFromJsonAsync<JsonElement>("/api/cases")).GetProperty("items").EnumerateArray().Select(c => c.GetProperty("id"))));
        var listed = (await admin.GetFromJsonAsync<JsonElement>("/api/keys")).GetProperty("items").EnumerateArray().Single(k => k.GetProperty("name").GetString() == "part");
        Assert.Equal(("coffee", "north"), (listed.GetProperty("queues")[0].GetString(), listed.GetProperty("segments")[0].GetString()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await admin.PostAsJsonAsync("/api/keys", new { name = "part", scope = "administrator", queues = new[] { "coffee" } })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.PostAsJsonAsync("/api/keys", new { name = "part", queues = new[] { "No Queue" } })).StatusCode);
    }

    /// <summary>What is wrong with an answer of what is seen; empty where nothing is.</summary>
    private static string Shown(string line, (HttpStatusCode Status, string Body) answer)
    {
        if (answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.InternalServerError)
            return $"{line} of what is seen: {answer.Status}";
        var leak = Outside().Match(Token().Replace(answer.Body, ""));
        return leak.Success ? $"{line} shows {leak.Value}: …{Around(answer.Body, leak.Value)}…" : "";
    }

    private static string Around(string body, string what) => body.IndexOf(what, StringComparison.Ordinal) is var at and >= 0 ? body[Math.Max(0, at - 200)..Math.Min(body.Length, at + 100)] : "";

    /// <summary>An answer that says that something is not there, without what was asked for.</summary>
    private static string NotThere(string body, string id)
    {
        var said = Traced().Replace(Token().Replace(body, ""), "");
        return Numbers().Replace(id.All(char.IsAsciiDigit) ? said : said.Replace(id, "1", StringComparison.Ordinal), "#");
    }

    private static async Task<(HttpStatusCode Status, string Body)> Try(HttpClient client, string method, string path, string body = "[]")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "GET" ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (answer.StatusCode, path == "/events" ? "" : await answer.Content.ReadAsStringAsync());
    }

    private static string Path(string route, string id) => route.Replace("{id:long}", id, StringComparison.Ordinal).Replace("{id}", id, StringComparison.Ordinal)
        .Replace("{name}", "x", StringComparison.Ordinal).Replace("{**name}", "b2d.yaml", StringComparison.Ordinal).Replace("{hash}", "4f2a", StringComparison.Ordinal);

    /// <summary>Devices, customers and places of cabinet 7 and of the south.</summary>
    [GeneratedRegex(@"\b(?:RT|HP|CM)-00[0-2]\d\b|\bc[0-2]\d\b|cab-7|south/s1|\+351 912 000 0[0-2]")]
    private static partial Regex Outside();

    [GeneratedRegex("name=\"__token\" value=\"[^\"]*\"")]
    private static partial Regex Token();

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex Traced();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();
}
