using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Storage.Cases;
using B2D.Storage.Remedies;

namespace B2D.Console.Tests;

/// <summary>Complaints, grants, whom people depend on, who else is there, and closing. It is Tuesday, 14:20.</summary>
public sealed class GoodwillTests
{
    private static readonly long Now = TownHost.Start.ToUnixTimeMilliseconds();

    [Fact]
    public async Task Complaint_ByForms_HasItsOwnerAndTimes_AndItsEnd()
    {
        await using var host = await TownHost.Open();
        host.AddUser("rui", "ruisruis", "lead");
        using var browser = await SignedIn.AsAdministrator(host);
        var page = await Post(host, browser, 1, ("act", "complain"), ("text", "Third time this month"), ("to", "rui"));
        Assert.Contains("Complaint owned by rui Third time this month to be acknowledged by tomorrow 14:20", page, StringComparison.Ordinal);
        Assert.Contains("· complaint", SignedIn.Words(await browser.GetStringAsync("/cases?q=is:complaint")), StringComparison.Ordinal);
        Assert.Contains("ends only with its final answer", await Post(host, browser, 1, ("act", "close"), ("disposition", "wear")), StringComparison.Ordinal);
        Assert.Contains("acknowledged 14:20", await Post(host, browser, 1, ("act", "acknowledge-complaint"), ("text", "We have it.")), StringComparison.Ordinal);
        Assert.Contains("Complaint answered by admin", await Post(host, browser, 1, ("act", "answer-complaint"), ("text", "A new pump comes.")), StringComparison.Ordinal);
        Assert.Equal(2, host.Stores.State.Read(db => db.Scalar<long>("SELECT count(*) FROM outbox WHERE kind = 'notice.case'")));
    }

    [Fact]
    public async Task Grant_ByARole_IsJudgedByItsLimits_AndLookedAtByALead()
    {
        await using var host = await TownHost.Open();
        host.AddUser("ana", "anasana", "agent");
        host.AddUser("lea", "leasleas", "lead");
        using var ana = await SignedIn.As(host, "ana", "anasana");
        using var lea = await SignedIn.As(host, "lea", "leasleas");
        Assert.Contains("20 EUR for the customer: a cold evening ana 14:20 given", await Post(host, ana, 1, ("act", "grant"), ("kind", "money"), ("amount", "20"), ("reason", "a cold evening")), StringComparison.Ordinal);
        Assert.Contains("30 EUR for the customer: one more ana 14:20 given; a lead looks at it", await Post(host, ana, 1, ("act", "grant"), ("kind", "money"), ("amount", "30"), ("reason", "one more")), StringComparison.Ordinal);
        Assert.Contains("9 days for the customer: a week ana 14:20 a lead is asked first", await Post(host, ana, 1, ("act", "grant"), ("kind", "days"), ("amount", "9"), ("reason", "a week")), StringComparison.Ordinal);
        Assert.Contains("Amount is missing or no whole number", await Post(host, ana, 1, ("act", "grant"), ("kind", "days"), ("amount", "x"), ("reason", "a week")), StringComparison.Ordinal);
        Assert.Contains("2 grants wait for a verdict", SignedIn.Words(await lea.GetStringAsync("/grants")), StringComparison.Ordinal);
        Assert.Contains("Approved.", await lea.Follow(await lea.Post("/grants", "/grants/3/act", ("act", "approve"))), StringComparison.Ordinal);
        using var key = host.Program(host.Key("lead"));
        Assert.Equal(System.Net.HttpStatusCode.OK, (await key.PostAsJsonAsync("/api/grants/2/acts", new { act = "refuse" })).StatusCode);
        var states = (await key.GetFromJsonAsync<JsonElement>("/api/grants")).GetProperty("items").EnumerateArray().Select(g => g.GetProperty("state").GetString());
        Assert.Equal(["granted", "objected", "granted"], states);
        Assert.Contains("Nothing waits for a verdict.", SignedIn.Words(await lea.GetStringAsync("/grants")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OwedByPolicy_IsProposedUntilItIsGiven()
    {
        await using var host = await TownHost.Open(options: o => o with { CompensationPerDay = 5, CompensationAfter = TimeSpan.FromMinutes(10) });
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("By policy the customer is owed 5 for the time since it began.", SignedIn.Words(await browser.GetStringAsync("/cases/1")), StringComparison.Ordinal);
        Assert.DoesNotContain("is owed", await Post(host, browser, 1, ("act", "grant"), ("kind", "money"), ("amount", "5"), ("reason", "by policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CustomerWhoDependsOnIt_StandsFirst_AndIsCalled()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var refused = await browser.Follow(await browser.Post("/customers/c14", "/customers/c14/care", ("act", "set"), ("what", "telecare line"), ("until", "2027-01-31")));
        Assert.Contains("only with their consent", refused, StringComparison.Ordinal);
        var said = await browser.Follow(await browser.Post("/customers/c14", "/customers/c14/care", ("act", "set"), ("what", "telecare line"), ("until", "2027-01-31"), ("consent", "yes")));
        Assert.Contains("They depend on it: telecare line, until 2027-01-31", said, StringComparison.Ordinal);
        var list = SignedIn.Words(await browser.GetStringAsync("/cases"));
        Assert.True(list.IndexOf("#2 Gas", StringComparison.Ordinal) < list.IndexOf("#3 Pump", StringComparison.Ordinal));
        Assert.True(list.IndexOf("#3 Pump", StringComparison.Ordinal) < list.IndexOf("#1 Pump", StringComparison.Ordinal));
        Assert.Contains("Call Inês Rocha first (+351 912 000 014): they depend on it (telecare line).", SignedIn.Words(await browser.GetStringAsync("/cases/3")), StringComparison.Ordinal);
        Assert.Contains("depends on it, call first", SignedIn.Words(await browser.GetStringAsync("/cases?q=is:depended-on")), StringComparison.Ordinal);
        Assert.DoesNotContain("telecare", string.Join('\n', host.Stores.State.Read(db => Storage.Access.AuditStore.List(db)).Select(a => a.Detail)), StringComparison.Ordinal);
        using var key = host.Program(host.Key("agent"));
        Assert.Equal(System.Net.HttpStatusCode.OK, (await key.PutAsJsonAsync("/api/customers/c14/care", new { what = "" })).StatusCode);
        Assert.DoesNotContain("depend on it", SignedIn.Words(await browser.GetStringAsync("/cases/3")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChronicCase_ShowsWhenItHadBeenMendedBefore()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        host.Stores.State.Write(db =>
        {
            foreach (var (days, episode) in new[] { (2, "a"), (5, "b"), (9, "c"), (20, "d") })
                HealStore.Add(db, new HealRow { Device = "HP-0010", Rule = "pump-blocked", Episode = episode, At = Now - (days * 86_400_000L), Customer = "c10" });
        });
        Assert.Contains("Mended 3 times by a remedy in the 14 days before, and it came back: that is chronic, not a success", SignedIn.Words(await browser.GetStringAsync("/cases/1")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoAtOneCase_SeeEachOther()
    {
        await using var host = await TownHost.Open();
        host.AddUser("ana", "anasana", "agent");
        using var ana = await SignedIn.As(host, "ana", "anasana");
        using var admin = await SignedIn.AsAdministrator(host);
        Assert.DoesNotContain("opened this case", SignedIn.Words(await ana.GetStringAsync("/cases/1")), StringComparison.Ordinal);
        Assert.Contains("ana opened this case just now", SignedIn.Words(await admin.GetStringAsync("/cases/1")), StringComparison.Ordinal);
        Assert.Contains("data-presence=\"case:1\"", await ana.GetStringAsync("/cases/1"), StringComparison.Ordinal);
        Assert.DoesNotContain("opened this case", SignedIn.Words(await ana.GetStringAsync("/cases/2")), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events?at=case:1");
        using (var events = await ana.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            using var reader = new StreamReader(await events.Content.ReadAsStreamAsync());
            Assert.Equal("event: ready", await reader.ReadLineAsync());
            Assert.Contains("ana has this case open too, since 14:20", SignedIn.Words(await admin.GetStringAsync("/cases/1")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Close_IsSelectedBeforehand_AndNotAskedOfWhatResolvedByItself()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("<option value=\"true-fault\" selected", await browser.GetStringAsync("/cases/1"), StringComparison.Ordinal);
        await Post(host, browser, 1, ("act", "objection"), ("reason", "false-alarm"));
        Assert.Contains("<option value=\"false-rule\" selected", await browser.GetStringAsync("/cases/1"), StringComparison.Ordinal);
        Assert.Contains("say why the case is closed", await Post(host, browser, 1, ("act", "close"), ("disposition", "")), StringComparison.Ordinal);
        var itself = host.Stores.State.Read(db => db.Scalar<long>("SELECT min(id) FROM cases WHERE state = 'Resolved' AND resolved_by = 'B2D'"));
        Assert.Contains(">It resolved by itself</option>", await browser.GetStringAsync($"/cases/{itself}"), StringComparison.Ordinal);
        Assert.Contains("Closed 14:20: Resolved by itself.", await Post(host, browser, itself, ("act", "close"), ("disposition", "")), StringComparison.Ordinal);
    }

    private static async Task<string> Post(TownHost host, HttpClient browser, long id, params (string, string)[] fields)
    {
        var version = host.Stores.State.Read(db => CaseStore.Find(db, id))!.Version.ToString(CultureInfo.InvariantCulture);
        return await browser.Follow(await browser.Post($"/cases/{id}", $"/cases/{id}/act", [.. fields, ("version", version)]));
    }
}
